"""What a column binds, the driver's own serializers take; what they decode, the column loads, and it is the same.

The driver's ``cassandra.cqltypes`` stand for the server here: they write the bytes that would be sent, and read them.
"""

from __future__ import annotations

import datetime as dt
import decimal
import ipaddress
import uuid
from typing import Any

import pytest
from cassandra import cqltypes, util
from hypothesis import given, settings
from hypothesis import strategies as st

from helenus.cql import types
from helenus.mapper import columns
from helenus.mapper.usertype import UserType

PROTOCOLS = (4, 5)
VERSIONS = st.sampled_from(PROTOCOLS)


class Point(UserType):
    x = columns.Integer()
    y = columns.Integer(db_field="Y")


class Person(UserType):
    name = columns.Text()
    born = columns.Date()
    seen = columns.DateTime()
    where = columns.UserDefinedType(Point)
    tags = columns.Set(columns.Text)
    scores = columns.Map(columns.Text, columns.Float)
    pair = columns.Tuple(columns.Integer, columns.List(columns.Time))


def cass_type(column: columns.AnyColumn) -> Any:
    """Return the driver's class for a column's type."""
    match types.unfreeze(column.cql_type):
        case types.Native(name=name):
            return cqltypes._cqltypes[name]
        case types.Vector(dimension=dimension):
            element = cass_type(column.value_col)
            return type("Vector", (cqltypes.VectorType,), {"vector_size": dimension, "subtype": element})
        case types.UserDefined(name=name):
            fields = list(column.user_type._fields.values())
            names = tuple(field.db_field_name for field in fields)
            return cqltypes.UserType.make_udt_class("ks", name, names, tuple(map(cass_type, fields)))
        case kind:
            parametrized = {
                types.List: "ListType",
                types.Set: "SetType",
                types.Map: "MapType",
                types.Tuple: "TupleType",
            }
            return getattr(cqltypes, parametrized[type(kind)]).apply_parameters([cass_type(c) for c in column.types])


def travel(column: columns.AnyColumn, value: object, protocol: int) -> object:
    """Return a value bound, serialized, deserialized and loaded."""
    driver = cass_type(column)
    decoded = driver.from_binary(driver.to_binary(column.binder()(value), protocol), protocol)
    load = column.loader()
    return decoded if load is None or decoded is None else load(decoded)


def whole(bits: int) -> st.SearchStrategy[int]:
    return st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
MILLISECONDS = st.datetimes().map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))
NANOSECONDS = st.integers(0, 86_400 * 10**9 - 1)
DURATIONS = st.builds(
    lambda sign, parts: util.Duration(*[sign * part for part in parts]),
    st.sampled_from([1, -1]),
    st.tuples(st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1), st.integers(0, 2**63 - 1)),
)
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False)

SCALARS: dict[str, tuple[columns.AnyColumn, st.SearchStrategy[Any]]] = {
    "ascii": (columns.Ascii(), st.text(st.characters(max_codepoint=127))),
    "bigint": (columns.BigInt(), whole(64)),
    "blob": (columns.Blob(), st.binary()),
    "boolean": (columns.Boolean(), st.booleans()),
    "counter": (columns.Counter(), whole(64)),
    "date": (columns.Date(), st.dates()),
    "decimal": (columns.Decimal(), DECIMALS),
    "double": (columns.Double(), st.floats(allow_nan=False)),
    "duration": (columns.Duration(), DURATIONS),
    "float": (columns.Float(), st.floats(width=32, allow_nan=False)),
    "inet": (columns.Inet(), st.ip_addresses().map(str)),
    "int": (columns.Integer(), whole(32)),
    "smallint": (columns.SmallInt(), whole(16)),
    "text": (columns.Text(), st.text(st.characters(exclude_categories=["Cs"]))),
    "time": (columns.Time(), st.times()),
    "timestamp": (columns.DateTime(), MILLISECONDS),
    "timeuuid": (columns.TimeUUID(), st.uuids(version=1)),
    "tinyint": (columns.TinyInt(), whole(8)),
    "uuid": (columns.UUID(), st.uuids()),
    "varint": (columns.VarInt(), st.integers()),
}


@pytest.mark.parametrize("name", SCALARS)
def test_a_scalar_comes_back_as_the_column_validates_it(name: str) -> None:
    column, values = SCALARS[name]

    @settings(deadline=None)
    @given(values, VERSIONS)
    def check(value: object, protocol: int) -> None:
        assert travel(column, value, protocol) == column.validate(value)

    check()


KEYS = [name for name in SCALARS if name not in {"counter", "duration"}]


@st.composite
def columns_of_any_depth(draw: st.DrawFn, depth: int = 3, hashable: bool = False) -> tuple[Any, Any]:
    """Return a column and a strategy of its values."""
    kinds = ["scalar", "tuple"] if hashable else ["scalar", "list", "set", "map", "tuple", "vector"]
    kind = draw(st.sampled_from(kinds)) if depth else "scalar"
    if kind == "scalar":
        return SCALARS[draw(st.sampled_from(KEYS))]
    if kind == "tuple":
        parts = [draw(columns_of_any_depth(depth - 1, hashable)) for _ in range(draw(st.integers(1, 3)))]
        return columns.Tuple(*[part[0] for part in parts]), st.tuples(*[part[1] for part in parts])
    of, values = draw(columns_of_any_depth(depth - 1, hashable or kind == "set"))
    if kind == "list":
        return columns.List(of), st.lists(values, max_size=3)
    if kind == "set":
        return columns.Set(of, frozen=draw(st.booleans())), st.sets(values, max_size=3)
    if kind == "vector":
        return columns.Vector(of, 2), st.lists(values, min_size=2, max_size=2)
    key, keys = draw(columns_of_any_depth(depth - 1, hashable=True))
    return columns.Map(key, of), st.dictionaries(keys, values, max_size=3)


def test_nested_collections_come_back_as_the_column_validates_them() -> None:
    @settings(deadline=None)
    @given(st.data(), VERSIONS)
    def check(data: st.DataObject, protocol: int) -> None:
        column, values = data.draw(columns_of_any_depth())
        value = data.draw(values)
        assert travel(column, value, protocol) == column.validate(value)

    check()


POINTS = st.builds(Point, x=st.none() | whole(32), y=st.none() | whole(32))
PEOPLE = st.builds(
    Person,
    name=st.none() | TEXTS,
    born=st.none() | st.dates(),
    seen=st.none() | MILLISECONDS,
    where=st.none() | POINTS,
    tags=st.sets(TEXTS, max_size=3),
    scores=st.dictionaries(TEXTS, st.floats(width=32, allow_nan=False), max_size=3),
    pair=st.none() | st.tuples(whole(32), st.lists(st.times(), max_size=2)),
)
UDT_COLUMNS: dict[str, tuple[columns.AnyColumn, st.SearchStrategy[Any]]] = {
    "alone": (columns.UserDefinedType(Person), PEOPLE),
    "in a list": (columns.List(columns.UserDefinedType(Person)), st.lists(PEOPLE, max_size=3)),
    "in a set": (columns.Set(columns.UserDefinedType(Person)), st.sets(PEOPLE, max_size=3)),
    "as a map's key": (
        columns.Map(columns.UserDefinedType(Point), columns.UserDefinedType(Person)),
        st.dictionaries(POINTS, PEOPLE, max_size=3),
    ),
    "in a tuple": (columns.Tuple(columns.UserDefinedType(Point), columns.Text), st.tuples(POINTS, TEXTS)),
}


@pytest.mark.parametrize("place", UDT_COLUMNS)
def test_a_user_defined_type_comes_back_equal(place: str) -> None:
    column, values = UDT_COLUMNS[place]

    @settings(deadline=None, max_examples=40)
    @given(values, VERSIONS)
    def check(value: object, protocol: int) -> None:
        back = travel(column, value, protocol)
        assert back == value
        assert type(back) is type(value)

    check()


@pytest.mark.parametrize("column", [pair[0] for pair in [*SCALARS.values(), *UDT_COLUMNS.values()]], ids=repr)
def test_null_is_bound_as_null(column: columns.AnyColumn) -> None:
    assert column.binder()(None) is None
    assert column.to_database(None) is None
    assert column.validate(None) is None


def test_what_is_given_in_other_forms_arrives_as_the_same_value() -> None:
    number = uuid.uuid4()
    forms = [
        (columns.Date(), [dt.date(1969, 12, 31), dt.datetime(1969, 12, 31, 9), "1969-12-31", -1, util.Date(-1)]),
        (
            columns.Time(),
            [dt.time(1, 2, 3, 500_000), "01:02:03.5", "1:2:3.5", 3_723_500_000_000, util.Time("01:02:03.5")],
        ),
        (columns.DateTime(), [dt.datetime(1970, 1, 2), dt.date(1970, 1, 2), 86_400, 86_400.0, decimal.Decimal(86_400)]),
        (columns.Inet(), ["::1", "0::01", ipaddress.ip_address("::1")]),
        (columns.UUID(), [number, str(number), number.hex]),
        (columns.Decimal(), [decimal.Decimal("1.5"), "1.5", 1.5]),
        (columns.Double(), [2.0, 2, "2"]),
        (columns.Integer(), [1, True, 1.0, "1", decimal.Decimal(1)]),
        (columns.Boolean(), [True, 1]),
        (columns.Blob(), [b"ab", bytearray(b"ab"), memoryview(b"ab")]),
        (columns.Duration(), [util.Duration(1, 2, 3), columns.DurationValue(1, 2, 3)]),
    ]
    for column, values in forms:
        for protocol in PROTOCOLS:
            assert len({repr(travel(column, value, protocol)) for value in values}) == 1, column
