"""Encodings that compare as values do."""

from __future__ import annotations

import itertools
import math
import struct
import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helenus.cql.types import parse_type
from helenus.engine.order import AFTER, compare, invert, order_of, reversed_order_of
from helenus.wire import codec

INTEGERS = {"tinyint": 8, "smallint": 16, "int": 32, "bigint": 64, "timestamp": 64}


def encoded(cql, value):
    of = parse_type(cql)
    return order_of(of)(codec.encode(of, value))


def ascending(cql, values):
    """Tell whether values that are in Cassandra's order are in that of their encodings."""
    keys = [encoded(cql, value) for value in values]
    return keys == sorted(set(keys))


@pytest.mark.parametrize(("cql", "bits"), INTEGERS.items())
def test_integers_are_in_order_of_their_numbers(cql, bits):
    top = 1 << (bits - 1)
    assert ascending(cql, [-top, -top + 1, -2, -1, 0, 1, 2, 100, top - 1])


TABLE = [
    ("boolean", [False, True]),
    ("text", ["", "\0", "\0\0", "\0a", "a", "a\0", "a\0b", "aa", "b", "ä", "\U0001f600"]),
    ("blob", [b"", b"\0", b"\0\0", b"\0\xff", b"\1", b"\xff", b"\xff\0", b"\xff\xff"]),
    ("double", [-math.inf, -1.5, -5e-324, -0.0, 0.0, 5e-324, 1.5, math.inf, math.nan]),
    ("float", [-math.inf, -1.5, -0.0, 0.0, 1.5, math.inf, math.nan]),
    ("varint", [-(1 << 80), -65537, -65536, -257, -256, -129, -128, -1, 0, 1, 127, 128, 255, 256, 1 << 80]),
    ("decimal", [Decimal(text) for text in ("-1E+9", "-10", "-1.01", "-1", "-1E-9", "0", "1E-9", "1", "1.01", "10")]),
    ("date", [0, 1, 1 << 31, (1 << 32) - 1]),
    ("time", [0, 1, 86_399_999_999_999]),
    ("inet", ["0.0.0.1", "1.0.0.0", "::1", "255.0.0.0"][:2]),
    ("frozen<list<int>>", [[], [-1], [0], [0, -5], [1], [1, 1], [2]]),
    ("frozen<map<int, text>>", [{}, {1: ""}, {1: "a"}, {1: "a", 2: "a"}, {1: "b"}, {2: "a"}]),
    ("frozen<tuple<int, text>>", [(None, None), (None, "a"), (1, None), (1, ""), (1, "a"), (2, None)]),
    ("frozen<set<text>>", [[], ["a"], ["a", "b"], ["aa"]]),
    ("vector<float, 2>", [[-1.0, 5.0], [0.0, 1.0], [0.0, 2.0], [1.0, -9.0]]),
]


@pytest.mark.parametrize(("cql", "values"), TABLE)
def test_values_are_in_cassandras_order(cql, values):
    assert ascending(cql, values)


@pytest.mark.parametrize("spelled", ["1.0", "1.00", "1", "10E-1", "0.1E+1"])
def test_spellings_of_one_decimal_are_one_value(spelled):
    assert encoded("decimal", Decimal(spelled)) == encoded("decimal", Decimal(1))


def test_a_varint_with_needless_bytes_is_the_same_number():
    of = parse_type("varint")
    assert compare(of, b"\x00\x00\x05", b"\x05") == 0


def test_all_nans_are_one_value():
    of = parse_type("double")
    assert compare(of, struct.pack(">Q", 0x7FF8000000000001), struct.pack(">Q", 0xFFF8000000000000)) == 0


def test_a_tuple_that_ends_early_equals_one_with_nulls():
    of = parse_type("frozen<tuple<int, int>>")
    assert compare(of, b"\0\0\0\4\0\0\0\1", b"\0\0\0\4\0\0\0\1\xff\xff\xff\xff") == 0


def test_uuids_are_in_order_of_version_then_of_time():
    one = uuid.UUID("ffffffff-0000-1000-8000-000000000000")
    later = uuid.UUID("00000000-0001-1000-8000-000000000000")
    random = uuid.UUID("00000000-0000-4000-8000-000000000000")
    assert ascending("uuid", [one, later, random])


def test_timeuuids_of_one_moment_compare_by_signed_bytes():
    low, high = (uuid.UUID(f"00000000-0001-1000-{end}") for end in ("8000-000000000000", "7000-000000000000"))
    assert ascending("timeuuid", [low, high])
    assert ascending("uuid", [high, low])


@pytest.mark.parametrize("cql", ["int", "text", "frozen<list<int>>"])
def test_null_comes_before_the_empty_value_and_that_before_all_others(cql):
    encode = order_of(parse_type(cql))
    other = codec.encode(parse_type(cql), {"int": -(1 << 31), "text": "\0", "frozen<list<int>>": []}[cql])
    assert encode(None) < encode(b"") < encode(other)


@given(st.lists(st.tuples(st.text(max_size=5), st.integers(-5, 5)), min_size=2, max_size=8))
def test_components_one_behind_the_other_compare_one_by_one(rows):
    text, number = order_of(parse_type("text")), reversed_order_of(parse_type("int"))
    keys = {row: text(row[0].encode()) + number(struct.pack(">i", row[1])) for row in rows}
    expected = sorted(set(rows), key=lambda row: (row[0].encode(), -row[1]))
    assert sorted(keys, key=lambda row: keys[row]) == expected


@given(st.binary(max_size=6), st.binary(max_size=6), st.binary(max_size=6))
def test_after_is_behind_all_that_begins_with_a_prefix_and_before_the_next_one(one, other, rest):
    encode = order_of(parse_type("blob"))
    for way in (lambda data: data, invert):
        low, high = sorted((way(encode(one)), way(encode(other))))
        if low != high:
            assert low <= low + way(encode(rest)) < low + AFTER < high


@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False), min_size=2, max_size=5))
def test_decimals_compare_as_numbers(numbers):
    of = parse_type("decimal")
    for one, other in itertools.pairwise(numbers):
        data = [codec.encode(of, number) for number in (one, other)]
        assert compare(of, *data) == (one > other) - (one < other)
