"""What each column takes, what it makes of it, and with which words it refuses the rest."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import ipaddress
import uuid
from typing import Any

import pytest
from cassandra import util

from helenus.errors import ValidationError
from helenus.mapper import columns

NUMBER_1 = uuid.UUID("0f2f1f80-6f1f-11ee-b962-0242ac120002")
NUMBER_4 = uuid.UUID("f47ac10b-58cc-4372-a567-0e02b2c3d479")
CENTRE = 2**31


class Colour(str, enum.Enum):
    RED = "red"


class Size(enum.StrEnum):
    XL = "xl"


class Address(str, enum.Enum):
    HOME = "127.0.0.1"


class Level(enum.IntEnum):
    HIGH = 3


class Markup(str):
    """A str as template engines have it, which prints otherwise."""

    __slots__ = ()

    def __str__(self) -> str:
        return "other"


CEST = dt.timezone(dt.timedelta(hours=2))

BOUND: list[tuple[columns.AnyColumn, object, object]] = [
    (columns.Text(), "", ""),
    (columns.Text(), "żółw", "żółw"),
    (columns.Text(), Markup("<b>"), "<b>"),
    (columns.Text(), Colour.RED, "red"),
    (columns.Text(), Size.XL, "xl"),
    (columns.Text(), bytearray("é".encode()), "é"),
    (columns.Text(min_length=2, max_length=3), "abc", "abc"),
    (columns.Text(max_length=3), Markup("abc"), "abc"),
    (columns.Text(min_length=0, required=True), "", ""),
    (columns.Ascii(), "abc", "abc"),
    (columns.Ascii(), bytearray(b"abc"), "abc"),
    (columns.Blob(), b"\0\xff", b"\0\xff"),
    (columns.Blob(), bytearray(b"a"), b"a"),
    (columns.Blob(), memoryview(b"abcd")[::2], b"ac"),
    (columns.Inet(), "127.0.0.1", "127.0.0.1"),
    (columns.Inet(), Address.HOME, "127.0.0.1"),
    (columns.Inet(), ipaddress.ip_address("2001:db8::1"), "2001:db8::1"),
    (columns.Inet(), "2001:0DB8:0:0:0:0:0:1", "2001:db8::1"),
    (columns.Inet(), "::ffff:1.2.3.4", "::ffff:1.2.3.4"),
    (columns.Inet(), "::102:304", "::1.2.3.4"),
    (columns.TinyInt(), 127, 127),
    (columns.TinyInt(), -128, -128),
    (columns.Integer(), True, 1),
    (columns.Integer(), Level.HIGH, 3),
    (columns.Integer(), " 12 ", 12),
    (columns.Integer(), -3.0, -3),
    (columns.Integer(), decimal.Decimal("1E+2"), 100),
    (columns.BigInt(), -(2**63), -(2**63)),
    (columns.VarInt(), 2**200, 2**200),
    (columns.VarInt(), "9" * 30, int("9" * 30)),
    (columns.Counter(), 2**40, 2**40),
    (columns.Float(), 3, 3.0),
    (columns.Float(), 3.4028235e38, 3.4028235e38),
    (columns.Float(), float("inf"), float("inf")),
    (columns.Double(), "1e300", 1e300),
    (columns.Double(), decimal.Decimal("0.5"), 0.5),
    (columns.Decimal(), 1.1, decimal.Decimal("1.1")),
    (columns.Decimal(), 2, decimal.Decimal(2)),
    (columns.Decimal(), "1.10", decimal.Decimal("1.10")),
    (columns.Decimal(), (1, (1, 5), -1), decimal.Decimal("-1.5")),
    (columns.Boolean(), True, True),
    (columns.Boolean(), 0, False),
    (columns.Boolean(), 1.0, True),
    (columns.UUID(), NUMBER_4, NUMBER_4),
    (columns.UUID(), str(NUMBER_4), NUMBER_4),
    (columns.UUID(), NUMBER_4.hex, NUMBER_4),
    (columns.TimeUUID(), NUMBER_1, NUMBER_1),
    (columns.TimeUUID(), str(NUMBER_1), NUMBER_1),
    (columns.DateTime(), dt.datetime(1970, 1, 1, 0, 0, 1, 1999), 1001),
    (columns.DateTime(), dt.datetime(1969, 12, 31, 23, 59, 59, 999_999), -1),
    (columns.DateTime(), dt.datetime(1970, 1, 1, 2, tzinfo=CEST), 0),
    (columns.DateTime(), dt.datetime.max.replace(tzinfo=dt.UTC), 253_402_300_799_999),
    (columns.DateTime(), dt.datetime.min.replace(tzinfo=CEST), -62_135_604_000_000),
    (columns.DateTime(), dt.date(1970, 1, 2), 86_400_000),
    (columns.DateTime(), -0.5, -500),
    (columns.Date(), dt.date(1970, 1, 1), CENTRE),
    (columns.Date(), dt.datetime(1970, 1, 2, 23, 59, tzinfo=CEST), CENTRE + 1),
    (columns.Date(), "+1969-12-31", CENTRE - 1),
    (columns.Date(), "2024-2-9", CENTRE + 19_762),
    (columns.Date(), -(2**31), 0),
    (columns.Date(), util.Date(2**31 - 1), 2**32 - 1),
    (columns.Time(), dt.time(0, 0, 1, 5), 1_000_005_000),
    (columns.Time(), "23:59:59.999999999", 86_399_999_999_999),
    (columns.Time(), "1:02:03", 3_723_000_000_000),
    (columns.Time(), 0, 0),
    (columns.Time(), util.Time(7), 7),
    (columns.Duration(), util.Duration(-1, 0, -5), columns.DurationValue(-1, 0, -5)),
    (columns.Duration(), columns.DurationValue(days=2), columns.DurationValue(0, 2, 0)),
    (columns.List(columns.Text), ("a", Size.XL), ["a", "xl"]),
    (columns.List(columns.Integer), {1}, [1]),
    (columns.List(columns.Integer), util.SortedSet([2, 1]), [1, 2]),
    (columns.List(columns.Integer), [], []),
    (columns.Set(columns.Integer), {1, 2.0}, {1, 2}),
    (columns.Set(columns.Integer), frozenset({1}), {1}),
    (columns.Set(columns.Integer), util.SortedSet([1, 2]), {1, 2}),
    (columns.Set(columns.Integer), {1: "a"}.keys(), {1}),
    (columns.Set(columns.Integer, strict=False), [1, 1], {1}),
    (columns.Map(columns.Text, columns.Integer), {"a": "1", "b": None}, {"a": 1, "b": None}),
    (columns.Map(columns.Text, columns.Integer), util.OrderedMap([("a", 1)]), {"a": 1}),
    (columns.Tuple(columns.Text, columns.Integer), ("a", "1"), ("a", 1)),
    (columns.Tuple(columns.Text, columns.Integer), ["a"], ("a", None)),
    (columns.Vector(columns.Float, 2), [1, 2.5], [1.0, 2.5]),
    (columns.Vector(columns.Float, 2), (1.0, 2.5), [1.0, 2.5]),
]


@pytest.mark.parametrize(("column", "value", "expected"), BOUND)
def test_a_value_is_bound_in_its_one_form(column: columns.AnyColumn, value: object, expected: object) -> None:
    for bound in (column.binder()(value), column.to_database(value), column.to_database(column.validate(value))):
        assert bound == expected
        assert type(bound) is type(expected)


REFUSED: list[tuple[columns.AnyColumn, object, str]] = [
    (columns.Text(), 5, "col: expected text (str), got 5 (int); it is not a string; pass str(value)"),
    (columns.Text(), b"x", "col: expected text (str), got b'x' (bytes); decode it with bytes.decode()"),
    (
        columns.Text(),
        bytearray(b"\xff"),
        "col: expected text, got bytearray(b'\\xff') (bytearray); the bytes are not UTF-8; decode them first",
    ),
    (
        columns.Text(),
        "\ud800",
        "col: expected text, got '\\ud800' (str); it holds a lone surrogate, which UTF-8 cannot encode",
    ),
    (
        columns.Text(max_length=2),
        "abc",
        "col: expected at most 2 characters, got 'abc' (str); it is longer than 2 characters",
    ),
    (
        columns.Text(min_length=2),
        "a",
        "col: expected at least 2 characters, got 'a' (str); it is shorter than 2 characters",
    ),
    (columns.Text(min_length=2), None, "col is shorter than 2 characters: it is None"),
    (columns.Text(required=True), None, "col - None values are not allowed: the column is required"),
    (
        columns.Text(required=True),
        "",
        "col: expected at least 1 characters, got '' (str); it is shorter than 1 characters",
    ),
    (
        columns.Ascii(),
        "é",
        "col: expected US-ASCII text, got 'é' (str); it is not an ASCII string; use a Text column for others",
    ),
    (
        columns.Ascii(max_length=3),
        "éa",
        "col: expected US-ASCII text, got 'éa' (str); it is not an ASCII string; use a Text column for others",
    ),
    (
        columns.Blob(),
        "x",
        "col: expected bytes, bytearray or memoryview, got 'x' (str); encode text with str.encode()",
    ),
    *[
        (
            columns.Inet(),
            value,
            (
                f"col: expected an IPv4 or IPv6 address, got {value!r} ({type(value).__name__}); give text such as"
                " '192.0.2.1' or '2001:db8::1', without mask or scope"
            ),
        )
        for value in ("zzz", "", "1.2.3", "1.2.3.4/8", "fe80::1%eth0", 1, b"\x7f\0\0\1", ipaddress.ip_interface("::/8"))
    ],
    (
        columns.TinyInt(),
        128,
        "col: expected tinyint from -128 to 127, got 128 (int); use a wider type, BigInt or VarInt",
    ),
    (
        columns.SmallInt(),
        "-32769",
        "col: expected smallint from -32768 to 32767, got '-32769' (str); use a wider type, BigInt or VarInt",
    ),
    (columns.Integer(), 1.9, "col: expected int, got 1.9 (float); it is not a whole number; round it first"),
    (
        columns.Integer(),
        decimal.Decimal("1.5"),
        "col: expected int, got Decimal('1.5') (Decimal); it is not a whole number; round it first",
    ),
    (columns.Integer(), "1.0", "col: expected int, got '1.0' (str); it can't be converted to integral value"),
    (columns.Integer(), [1], "col: expected int, got [1] (list); it can't be converted to integral value"),
    (columns.BigInt(), float("inf"), "col: expected bigint, got inf (float); it can't be converted to integral value"),
    (columns.VarInt(), float("nan"), "col: expected varint, got nan (float); it can't be converted to integral value"),
    (columns.Counter(), "a", "col: expected counter, got 'a' (str); it can't be converted to integral value"),
    (columns.Float(), "a", "col: expected float, got 'a' (str); it is not a valid float; pass a number"),
    (columns.Float(), 3.5e38, "col: expected float within ±3.4e38, got 3.5e+38 (float); use a Double column"),
    (columns.Double(), [], "col: expected double, got [] (list); it is not a valid float; pass a number"),
    (
        columns.Double(),
        10**400,
        f"col: expected double, got 1{'0' * 17}...{'0' * 19} (int); it is not a valid float; pass a number",
    ),
    *[
        (
            columns.Decimal(),
            value,
            (
                f"col: expected a decimal, got {value!r} ({type(value).__name__}); it can't be coerced to decimal;"
                " pass a Decimal, int or str"
            ),
        )
        for value in ("1,5", [1], {}, object, (1, 2))
    ],
    *[
        (
            columns.Decimal(),
            value,
            (
                f"col: expected a finite decimal, got {value!r} ({type(value).__name__}); CQL has no NaN, infinity"
                " or exponent beyond 32 bits"
            ),
        )
        for value in (float("nan"), decimal.Decimal("-Infinity"), "sNaN", decimal.Decimal("1E+99999999999"))
    ],
    *[
        (
            columns.Boolean(),
            value,
            (
                f"col: expected True or False (or 1, 0), got {value!r} ({type(value).__name__}); compare it with"
                " what you mean by true, or pass bool(value)"
            ),
        )
        for value in ("false", "true", "", 2, [], b"\1", 0.5)
    ],
    (
        columns.UUID(),
        "zzz",
        "col: expected a UUID, got 'zzz' (str); it is not a valid uuid; pass uuid.UUID or its text",
    ),
    (columns.UUID(), 5, "col: expected a UUID, got 5 (int); it is not a valid uuid; pass uuid.UUID or its text"),
    (
        columns.TimeUUID(),
        NUMBER_4,
        (
            "col: expected a UUID of version 1, got UUID('f47ac10b-58cc-4372-a567-0e02b2c3d479') (UUID); make one"
            " with uuid.uuid1(), or use a UUID column"
        ),
    ),
    *[
        (
            columns.DateTime(),
            value,
            (
                f"col: expected a datetime, got {value!r} ({type(value).__name__}); it is not a datetime object;"
                " parse text with datetime.fromisoformat()"
            ),
        )
        for value in ("2024-01-01", True, dt.time(1))
    ],
    (
        columns.DateTime(),
        1_700_000_000_000,
        "col: expected seconds since 1970, got 1700000000000 (int); divide milliseconds by 1000",
    ),
    *[
        (
            columns.Date(),
            value,
            (
                f"col: expected a date, got {value!r} ({type(value).__name__}); pass a date, text such as"
                " '2024-02-29', or days since 1970-01-01 within 32 bits"
            ),
        )
        for value in ("2023-02-29", "yesterday", 2**31, True, 1.5, dt.time(1))
    ],
    *[
        (
            columns.Time(),
            value,
            (
                f"col: expected a time of day, got {value!r} ({type(value).__name__}); pass a time, text such as"
                " '12:30:01.5', or nanoseconds of the day"
            ),
        )
        for value in ("24:00:00", "1:2", "00:00:00.1234567890", -1, 86_400 * 10**9, False, dt.date(1970, 1, 1))
    ],
    (
        columns.Time(),
        dt.time(1, tzinfo=dt.UTC),
        (
            "col: expected a time without zone, got datetime.time(1, 0, tzinfo=datetime.timezone.utc) (time);"
            " convert it, then drop it: .replace(tzinfo=None)"
        ),
    ),
    *[
        (
            columns.Duration(),
            value,
            (
                f"col: expected an object with whole months, days and nanoseconds, got {value!r}"
                f" ({type(value).__name__}); pass cassandra.util.Duration(months, days, nanoseconds)"
            ),
        )
        for value in ("1d", dt.timedelta(1), util.Duration(1.5, 0, 0), util.Duration(2**31), (1, 2, 3))
    ],
    (
        columns.Duration(),
        util.Duration(1, -1, 0),
        (
            "col: expected months, days and nanoseconds of one sign, got Duration(1, -1, 0) (Duration); split it or"
            " make it one unit"
        ),
    ),
    (
        columns.List(columns.Text),
        "abc",
        "col: expected a list, got 'abc' (str); it is not a list object; pass a list, tuple or set",
    ),
    (
        columns.List(columns.Text),
        {"a": "b"},
        "col: expected a list, got {'a': 'b'} (dict); it is not a list object; pass a list, tuple or set",
    ),
    (
        columns.List(columns.Text),
        ["a", None],
        "col (element): None is not allowed in a collection; leave the element out",
    ),
    (
        columns.List(columns.Text),
        ["a", 5],
        "col (element): expected text (str), got 5 (int); it is not a string; pass str(value)",
    ),
    (
        columns.List(columns.Set(columns.TinyInt)),
        [{300}],
        "col (element) (element): expected tinyint from -128 to 127, got 300 (int); use a wider type, BigInt or VarInt",
    ),
    (
        columns.Set(columns.Text),
        ["a"],
        "col: expected a set, got ['a'] (list); it is not a set object; pass set(value), or declare strict=False",
    ),
    (
        columns.Set(columns.Text, strict=False),
        "abc",
        "col: expected a set, got 'abc' (str); it cannot be coerced to a set object; pass a set, list or tuple",
    ),
    (columns.Set(columns.Text), {None}, "col (element): None is not allowed in a collection; leave the element out"),
    (
        columns.Map(columns.Text, columns.Text),
        [("a", "b")],
        "col: expected a map, got [('a', 'b')] (list); it is not a dict object; pass a dict",
    ),
    (
        columns.Map(columns.Text, columns.Text),
        {None: "a"},
        "col (key): None is not allowed in a collection; leave the element out",
    ),
    (
        columns.Map(columns.Text, columns.Integer),
        {"a": "b"},
        "col (value): expected int, got 'b' (str); it can't be converted to integral value",
    ),
    (
        columns.Tuple(columns.Text),
        ("a", "b"),
        "col: expected at most 1 values, tuple<text>, got ('a', 'b') (tuple); it has more fields: 2",
    ),
    (
        columns.Tuple(columns.Text),
        "a",
        "col: expected a tuple, got 'a' (str); pass a tuple or list with one value for each type",
    ),
    (
        columns.Tuple(columns.Text, columns.TimeUUID),
        ("a", 1),
        "col (item 2): expected a UUID, got 1 (int); it is not a valid uuid; pass uuid.UUID or its text",
    ),
    (
        columns.Vector(columns.Float, 2),
        [1.0],
        "col: expected 2 values, vector<float, 2>, got [1.0] (list); there are 1",
    ),
    (
        columns.Vector(columns.Float, 2),
        "ab",
        "col: expected 2 values, got 'ab' (str); pass a list, a tuple or an array of one dimension",
    ),
    (
        columns.Vector(columns.Float, 2),
        {1.0, 2.0},
        "col: expected 2 values, got {1.0, 2.0} (set); pass a list, a tuple or an array of one dimension",
    ),
    (
        columns.Vector(columns.Float, 2),
        [1.0, None],
        "col (element): None is not allowed in a collection; leave the element out",
    ),
]


@pytest.mark.parametrize(("column", "value", "message"), REFUSED)
def test_a_value_that_does_not_fit_is_refused_in_the_same_words_everywhere(
    column: columns.AnyColumn, value: object, message: str
) -> None:
    column.set_column_name("col")
    for check in (column.validate, column.binder()):
        with pytest.raises(ValidationError) as caught:
            check(value)
        assert str(caught.value) == message


def test_the_model_is_named_once_it_is_known() -> None:
    column = columns.Map(columns.Text, columns.Integer)
    column.set_column_name("prices")
    column.set_owner("Automobile")
    with pytest.raises(ValidationError, match=r"^Automobile\.prices \(value\): expected int, got 'a' \(str\)"):
        column.binder()({"eu": "a"})


def test_a_long_value_is_shortened_in_the_message() -> None:
    with pytest.raises(ValidationError) as caught:
        columns.UUID().validate("x" * 10_000)
    assert len(str(caught.value)) < 200


def test_pandas_nat_which_says_it_is_a_datetime_is_refused() -> None:
    class NotATime(dt.datetime):
        def utcoffset(self) -> None:
            raise ValueError("NaTType does not support utcoffset")

    with pytest.raises(ValidationError, match="it is no point in time; use None"):
        columns.DateTime().binder()(NotATime(1970, 1, 1))


READ: list[tuple[columns.AnyColumn, object, object]] = [
    (columns.Text(), "a", "a"),
    (columns.Text(), None, None),
    (columns.Integer(), "5", 5),
    (columns.Boolean(), 1, True),
    (columns.Decimal(), 1.5, decimal.Decimal("1.5")),
    (columns.Double(), 1, 1.0),
    (columns.UUID(), str(NUMBER_4), NUMBER_4),
    (columns.Date(), dt.date(1970, 1, 2), util.Date(1)),
    (columns.Date(), dt.datetime(1970, 1, 2, 3), util.Date(1)),
    (columns.Time(), dt.time(0, 0, 1), util.Time(10**9)),
    (columns.DateTime(), dt.date(1970, 1, 2), dt.datetime(1970, 1, 2)),
    (columns.DateTime(), 1.5, dt.datetime(1970, 1, 1, 0, 0, 1, 500_000)),
    (columns.Counter(), None, 0),
    (columns.List(columns.Integer), (str(n) for n in range(2)), [0, 1]),
    (columns.List(columns.Integer), None, []),
    (columns.Set(columns.Integer), [1, 1], {1}),
    (columns.Set(columns.Date), util.SortedSet([util.Date(1)]), {util.Date(1)}),
    (columns.Set(columns.Integer), None, set()),
    (columns.Map(columns.Text, columns.Integer), util.OrderedMap([("a", "1")]), {"a": 1}),
    (columns.Map(columns.Text, columns.Integer), None, {}),
    (columns.Tuple(columns.Text, columns.List(columns.Text)), ("a", None), ("a", [])),
    (columns.Tuple(columns.Text), None, None),
    (columns.Vector(columns.Float, 2), ["1", 2], [1.0, 2.0]),
]


@pytest.mark.parametrize(("column", "value", "expected"), READ)
def test_to_python_gives_what_a_model_has(column: columns.AnyColumn, value: object, expected: object) -> None:
    found = column.to_python(value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize("value", ["abc", b"abc", {"a": 1}, 5], ids=repr)
def test_to_python_of_a_list_or_set_does_not_take_what_is_one_value(value: object) -> None:
    for column in (columns.List(columns.Text), columns.Set(columns.Text)):
        with pytest.raises(ValidationError, match="expected several values"):
            column.to_python(value)


def test_microseconds_are_cut_where_the_switch_is_on(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = dt.datetime(1969, 12, 31, 23, 59, 59, 999_999)
    assert columns.DateTime().to_python(moment) == moment
    monkeypatch.setattr(columns.DateTime, "truncate_microseconds", True)
    assert columns.DateTime().to_python(moment) == moment.replace(microsecond=999_000)


BAD_LENGTHS: list[tuple[dict[str, Any], str]] = [
    ({"min_length": -1}, "min_length is not allowed to be negative, got -1"),
    ({"max_length": -1}, "max_length is not allowed to be negative, got -1"),
    ({"min_length": 2, "max_length": 1}, "max_length must be greater or equal to min_length, got 1 and 2"),
    ({"required": True, "max_length": 0}, "max_length must be greater or equal to min_length, got 0 and 1"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD_LENGTHS)
def test_impossible_lengths_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        columns.Text(**arguments)


def test_an_array_is_a_vector() -> None:
    class Array:
        """What NumPy's array and the standard library's have in common."""

        def tolist(self) -> list[float]:
            return [1.0, 2.0]

    assert columns.Vector(columns.Float, 2).binder()(Array()) == [1.0, 2.0]


def test_a_vector_has_a_dimension() -> None:
    with pytest.raises(ValidationError, match="vector<float, 0>: a vector has a dimension of 1 or more"):
        columns.Vector(columns.Float, 0)
