"""Values and their bytes: round trips, exact bytes, and Cassandra's own complaints about bytes that are no values."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import math
import uuid
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from helenus import wire
from helenus.cql.types import Custom, Frozen, List, Native, UserDefined, parse_type
from helenus.wire.class_names import NATIVE_CLASSES
from helenus.wire.codec import (
    pack_cells,
    pack_elements,
    pack_pairs,
    unpack_cells,
    unpack_elements,
    unpack_pairs,
)
from helenus.wire.codec.registry import NATIVE_CODECS
from helenus.wire.codec.temporal import read_unsigned_vint, unsigned_vint
from tests.wire import strategies
from tests.wire.strategies import thorough

USER_TYPE = wire.Udt("wv", "u", (("a", Native("int")), ("B c", Native("text")), ("l", Frozen(List(Native("int"))))))


def resolved(text):
    """Read a type in which u is the user type above."""
    return wire.resolve(parse_type(text), lambda _: USER_TYPE)


# ---- round trips -----------------------------------------------------------------------------------------------------


@thorough
@given(strategies.typed_values)
@example((Native("decimal"), Decimal("1.00")))
@example((Native("double"), -0.0))
def test_a_value_comes_back_and_its_bytes_are_valid(typed):
    of, value = typed
    data = wire.encode(of, value)
    wire.validate(of, data)
    decoded = wire.decode(of, data)
    assert decoded == value
    assert repr(decoded) == repr(value)
    assert wire.encode(of, decoded) == data


@thorough
@given(strategies.types, st.binary(max_size=40))
def test_any_bytes_are_a_value_or_refused(of, data):
    for verb in (wire.validate, wire.decode):
        with contextlib.suppress(wire.MarshalError):
            verb(of, data)


@thorough
@given(strategies.types)
def test_frozen_changes_nothing(of):
    assert type(wire.codec_of(Frozen(of))) is type(wire.codec_of(of))


def test_null_is_none_for_every_type():
    assert wire.encode(Native("int"), None) is None
    assert wire.decode(Native("int"), None) is None
    wire.validate(Native("int"), None)


def test_every_native_type_has_a_codec_of_its_name():
    assert set(NATIVE_CODECS) == set(NATIVE_CLASSES)


# ---- exact bytes -----------------------------------------------------------------------------------------------------

UUID1 = uuid.UUID("0c6fcbd0-0000-11f0-8000-000000000000")
EXACT = [
    ("ascii", "abc", "616263"),
    ("bigint", -2, "fffffffffffffffe"),
    ("blob", b"\x00\x01", "0001"),
    ("boolean", True, "01"),
    ("boolean", False, "00"),
    ("counter", 1, "0000000000000001"),
    ("date", 1 << 31, "80000000"),
    ("decimal", Decimal("-1.50"), "00000002ff6a"),
    ("decimal", Decimal("1E+3"), "fffffffd01"),
    ("double", 1.5, "3ff8000000000000"),
    ("duration", wire.Duration(-1, -2, -10_800_000_000_000), "0103fc13a52453bfff"),
    ("float", 1.5, "3fc00000"),
    ("inet", ipaddress.ip_address("127.0.0.1"), "7f000001"),
    ("inet", ipaddress.ip_address("::1"), "00000000000000000000000000000001"),
    ("int", 7, "00000007"),
    ("smallint", -5, "fffb"),
    ("text", "é", "c3a9"),
    ("time", 45_296_789_012_345, "000029327b04bf79"),
    ("timestamp", -1, "ffffffffffffffff"),
    ("timeuuid", UUID1, UUID1.hex),
    ("tinyint", -1, "ff"),
    ("uuid", UUID1, UUID1.hex),
    ("varint", 0, "00"),
    ("varint", 127, "7f"),
    ("varint", 128, "0080"),
    ("varint", -128, "80"),
    ("varint", -129, "ff7f"),
    ("list<int>", (3, None), "00000002 00000004 00000003 ffffffff"),
    ("set<text>", ("a", "b"), "00000002 00000001 61 00000001 62"),
    ("map<text, int>", (("a", 1),), "00000001 00000001 61 00000004 00000001"),
    ("tuple<int, text>", (None, "a"), "ffffffff 00000001 61"),
    ("u", (1, None, (2,)), "00000004 00000001 ffffffff 0000000c 00000001 00000004 00000002"),
    ("vector<float, 2>", (1.0, 2.0), "3f800000 40000000"),
    ("vector<text, 2>", ("", "ab"), "00 02 6162"),
    ("vector<smallint, 2>", (1, 2), "02 0001 02 0002"),
    ("vector<vector<int, 1>, 2>", ((1,), (2,)), "00000001 00000002"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value", "data"), EXACT, ids=[f"{n}-{case[0]}" for n, case in enumerate(EXACT)])
def test_the_bytes_are_cassandras(text, value, data):
    of = resolved(text)
    assert wire.encode(of, value).hex() == bytes.fromhex(data).hex()
    assert wire.decode(of, bytes.fromhex(data)) == value


ALSO = [
    ("timestamp", dt.datetime(1970, 1, 1, 0, 0, 1, 999, tzinfo=dt.UTC), 1000),
    ("timestamp", dt.datetime(1970, 1, 1, 0, 0, 1), 1000),
    ("timestamp", dt.datetime(1970, 1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=1))), 0),
    ("timestamp", dt.datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=dt.UTC), -1),
    ("date", dt.date(1970, 1, 2), (1 << 31) + 1),
    ("time", dt.time(0, 0, 1, 1), 1_000_001_000),
    ("inet", "::1", ipaddress.ip_address("::1")),
    ("blob", bytearray(b"x"), b"x"),
    ("decimal", 5, Decimal(5)),
    ("double", 5, 5.0),
    ("list<int>", range(2), (0, 1)),
    ("set<int>", {1}, (1,)),
    ("map<text, int>", {"a": 1}, (("a", 1),)),
    ("u", {"a": 1, "other": 2}, (1, None, None)),
    ("u", (1,), (1, None, None)),
    ("tuple<int, int>", [1], (1, None)),
]


@pytest.mark.parametrize(("text", "given", "value"), ALSO, ids=[f"{n}-{case[0]}" for n, case in enumerate(ALSO)])
def test_other_python_values_are_taken_as_well(text, given, value):
    of = resolved(text)
    assert wire.decode(of, wire.encode(of, given)) == value


def test_a_float_keeps_what_is_not_a_number():
    assert math.isnan(wire.decode(Native("float"), wire.encode(Native("float"), math.nan)))


@pytest.mark.parametrize("digits", [4_301, 30_000])
def test_a_decimal_may_have_more_digits_than_python_reads(digits):
    value = Decimal((1, (7,) * digits, -5))
    assert wire.decode(Native("decimal"), wire.encode(Native("decimal"), value)) == value


def test_a_decimal_that_takes_quadratic_time_is_valid_but_not_decoded():
    data = bytes(4) + b"\x7f" * 20_000
    wire.validate(Native("decimal"), data)
    with pytest.raises(wire.MarshalError, match="A decimal of 20004 bytes is too large to compute with"):
        wire.decode(Native("decimal"), data)


EMPTY = {"ascii": "", "blob": b"", "text": ""}
STRICT = {"date", "duration", "smallint", "time", "tinyint"}


@pytest.mark.parametrize("name", sorted(NATIVE_CLASSES))
def test_no_bytes_are_an_empty_value_null_or_refused(name):
    of = Native(name)
    if name in STRICT:
        for verb in (wire.decode, wire.validate):
            with pytest.raises(wire.MarshalError):
                verb(of, b"")
    else:
        wire.validate(of, b"")
        assert wire.decode(of, b"") == EMPTY.get(name)


def test_a_custom_type_is_bytes():
    of = Custom("org.apache.cassandra.db.marshal.LexicalUUIDType")
    assert wire.decode(of, wire.encode(of, b"anything")) == b"anything"


UNFIT = [
    ("int", "5", "A value of type int must be an int, not str"),
    ("int", 1 << 31, "A value of type int must fit into 32 bits"),
    ("tinyint", 128, "A value of type tinyint must fit into 8 bits"),
    ("float", 1e300, "A value of type float must fit into 32 bits"),
    ("double", 10**400, "A value of type double must fit into 64 bits"),
    ("double", "1", "A value of type double must be a float, not str"),
    ("boolean", 1, "A value of type boolean must be a bool, not int"),
    ("blob", "x", "A value of type blob must be bytes, not str"),
    ("text", b"x", "A value of type text must be a str, not bytes"),
    ("text", "\ud800", "A value of type text cannot hold the character at 0"),
    ("ascii", "aé", "A value of type ascii cannot hold the character at 1"),
    ("varint", 1.0, "A value of type varint must be an int, not float"),
    ("decimal", 1.0, "A value of type decimal must be a Decimal, not float"),
    ("decimal", Decimal("NaN"), "A value of type decimal must be finite"),
    ("decimal", Decimal((0, (1,), 1 << 40)), "A value of type decimal must have a scale of 32 bits"),
    ("uuid", "x", "A value of type uuid must be a uuid.UUID, not str"),
    ("timeuuid", uuid.UUID(int=0), "Invalid version for TimeUUID type: 0x0"),
    ("inet", "localhost", "A value of type inet must be an IPv4 or IPv6 address"),
    ("inet", 5, "A value of type inet must be an IP address, not int"),
    ("timestamp", "now", "A value of type timestamp must be an int or a datetime, not str"),
    ("timestamp", 1 << 63, "A value of type timestamp is out of range"),
    ("date", dt.datetime(2020, 1, 1, tzinfo=dt.UTC), "A value of type date must be an int or a date, not datetime"),
    ("date", -1, "A value of type date is out of range"),
    ("time", "noon", "A value of type time must be an int or a time, not str"),
    ("duration", 5, "A value of type duration must be a duration (months, days, nanoseconds), not int"),
    ("duration", wire.Duration(1, -1, 0),
     "The duration months, days and nanoseconds must be all of the same sign (1, -1, 0)"),
    ("duration", wire.Duration(1 << 31, 0, 0), "The duration months must be a 32 bits integer but was: 2147483648"),
    ("duration", wire.Duration(0, 0, 1 << 63),
     "The duration nanoseconds must be a 64 bits integer but was: 9223372036854775808"),
    ("list<int>", "12", "A value of type list<int> must be a list, not str"),
    ("set<int>", 5, "A value of type set<int> must be a set, not int"),
    ("map<int, int>", 5, "A value of type map<int, int> must be a mapping, not int"),
    ("map<int, int>", [1], "A value of type map<int, int> must be a mapping or pairs, not list"),
    ("tuple<int, int>", (1, 2, 3), "A value of type tuple<int, int> has 2 components, not 3"),
    ("tuple<int, int>", 5, "A value of type tuple<int, int> must be a tuple, not int"),
    ("vector<int, 2>", (1,), "Required 2 elements, but saw 1"),
    ("vector<int, 2>", (1, None), "Invalid null element in list"),
    ("vector<int, 2>", 5, "A value of type vector<int, 2> must be a sequence, not int"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value", "complaint"), UNFIT, ids=[f"{n}-{case[0]}" for n, case in enumerate(UNFIT)])
def test_a_value_that_does_not_fit_is_refused_without_being_shown(text, value, complaint):
    with pytest.raises(wire.MarshalError) as caught:
        wire.encode(parse_type(text), value)
    assert str(caught.value) == complaint


def test_a_user_type_without_fields_has_no_codec():
    with pytest.raises(wire.MarshalError, match=r"The fields of the user type ks\.u are not known"):
        wire.encode(UserDefined("ks", "u"), ())


# ---- Cassandra's words -----------------------------------------------------------------------------------------------


def judged() -> dict[str, list[tuple[bytes, str]]]:
    """Read what Cassandra said of bytes that were bound, by type."""
    path = Path(__file__).parent / "captured" / "cassandra-5.0.6-validation.txt"
    found: dict[str, list[tuple[bytes, str]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            text, data, complaint = line.split("\t")
            found.setdefault(text, []).append((bytes.fromhex(data), complaint))
    return found


JUDGED = judged()


@pytest.mark.parametrize("text", JUDGED)
def test_bytes_are_judged_as_cassandra_judges_them(text):
    of = resolved(text)
    ours = [(data.hex(), complaint_of(of, data)) for data, _ in JUDGED[text]]
    assert ours == [(data.hex(), complaint) for data, complaint in JUDGED[text]]


def complaint_of(of, data):
    try:
        wire.validate(of, data)
    except wire.MarshalError as error:
        return str(error)
    return "-"


# Seen on a node as well; what is captured holds none of these.
LATER = [
    ("frozen<list<text>>", "00000001 00000004 f0f69880", "Invalid UTF-8 bytes f0f69880"),
    ("frozen<map<int, text>>", "00000001 00000000 00000002 c080", "Invalid UTF-8 bytes c080"),
    ("text", "f0f69880", "-"),
    ("text", "c080", "-"),
    ("timeuuid", "a70986e59711f104b4ca02fc00000001", "Invalid version for TimeUUID type: 0xa"),
]


@pytest.mark.parametrize(("text", "data", "complaint"), LATER)
def test_the_rarer_complaints_are_cassandras_too(text, data, complaint):
    assert complaint_of(resolved(text), bytes.fromhex(data)) == complaint


def test_what_only_cassandra_takes_for_utf8_decodes_to_replacement_characters():
    assert wire.decode(Native("text"), b"a\xc0\x80") == "a\ufffd\ufffd"


@pytest.mark.parametrize("data", ["ffffffff", "0000f0", "fffffffffffffffe 0000"])
def test_a_duration_that_is_cut_is_refused(data):
    # Cassandra answers with an assertion error of its own.
    with pytest.raises(wire.MarshalError):
        wire.validate(Native("duration"), bytes.fromhex(data))


def test_enough_was_judged():
    assert len(JUDGED) == 38
    assert sum(map(len, JUDGED.values())) > 2_500


# ---- cells -----------------------------------------------------------------------------------------------------------

cells = st.lists(st.none() | st.binary(max_size=4), max_size=5).map(tuple)


@thorough
@given(cells, cells)
def test_cells_come_back(first, second):
    pairs = tuple(zip(first, second, strict=False))
    assert unpack_cells(pack_cells(first)) == first
    assert unpack_elements(pack_elements(first)) == first
    assert unpack_pairs(pack_pairs(pairs)) == pairs


@pytest.mark.parametrize("unpack", [unpack_cells, unpack_elements, unpack_pairs])
@pytest.mark.parametrize("data", ["7fffffff", "7fffffff00", "0000000200000004000000"])
def test_cells_that_are_not_there_are_refused(unpack, data):
    with pytest.raises(wire.MarshalError, match="Not enough bytes to read a"):
        unpack(bytes.fromhex(data))


@thorough
@given(st.integers(0, (1 << 64) - 1), st.binary(max_size=3))
@example((1 << 56) - 1, b"")
@example(1 << 56, b"")
@example((1 << 64) - 1, b"")
def test_a_variable_length_integer_comes_back(number, behind):
    data = unsigned_vint(number)
    assert read_unsigned_vint(data + behind, 0) == (number, len(data))
    assert len(data) == max(1, -(-number.bit_length() // 7)) or len(data) == 9
