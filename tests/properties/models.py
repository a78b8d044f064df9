"""Models with a column of every type, and strategies for their values."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import uuid

from cassandra.util import Date, Duration
from hypothesis import strategies as st

from helenus import Model, UserType, columns

NAME = "properties"
KEYSPACE = "properties"


class Engine(UserType):
    """A user-defined type, nested in another one."""

    fuel = columns.Text()
    cylinders = columns.Integer()
    tags = columns.List(columns.Text)


class Part(UserType):
    """A user-defined type that holds another one."""

    name = columns.Text()
    engine = columns.UserDefinedType(Engine)
    prices = columns.Map(columns.Text, columns.Decimal)


class EveryType(Model):
    """One column of every type."""

    __keyspace__ = KEYSPACE
    __connection__ = NAME
    id = columns.UUID(primary_key=True)
    a_ascii = columns.Ascii()
    a_text = columns.Text()
    a_blob = columns.Blob()
    a_boolean = columns.Boolean()
    a_tinyint = columns.TinyInt()
    a_smallint = columns.SmallInt()
    an_int = columns.Integer()
    a_bigint = columns.BigInt()
    a_varint = columns.VarInt()
    a_float = columns.Float()
    a_double = columns.Double()
    a_decimal = columns.Decimal()
    a_uuid = columns.UUID()
    a_timeuuid = columns.TimeUUID()
    a_timestamp = columns.DateTime()
    a_date = columns.Date()
    a_time = columns.Time()
    a_duration = columns.Duration()
    an_inet = columns.Inet()
    a_list = columns.List(columns.Integer)
    a_set = columns.Set(columns.Text)
    a_map = columns.Map(columns.Text, columns.Integer)
    a_frozen_list = columns.List(columns.Integer, frozen=True)
    a_nested_map = columns.Map(columns.Integer, columns.List(columns.Text))
    a_map_of_dates = columns.Map(columns.Date, columns.DateTime)
    a_tuple = columns.Tuple(columns.Text, columns.Integer, columns.Boolean)
    a_udt = columns.UserDefinedType(Part)
    a_list_of_udts = columns.List(columns.UserDefinedType(Engine))
    a_vector = columns.Vector(columns.Float, 3)


class Garage(Model):
    """What a loaded instance can be edited in: scalars, containers, a frozen one, a static one, user-defined types."""

    __keyspace__ = KEYSPACE
    __connection__ = NAME
    town = columns.Text(primary_key=True)
    number = columns.Integer(primary_key=True)
    mayor = columns.Text(static=True)
    name = columns.Text(db_field="title")
    size = columns.Integer()
    cars = columns.List(columns.Text)
    staff = columns.Set(columns.Text)
    stock = columns.Map(columns.Text, columns.Integer)
    hours = columns.List(columns.Integer, frozen=True)
    lift = columns.UserDefinedType(Part)
    lifts = columns.Map(columns.Text, columns.UserDefinedType(Engine))


# A text column holds what UTF-8 can say, which leaves out lone surrogates.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SMALL = st.integers(-(2**31), 2**31 - 1)
DECIMAL = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12)
# As keys and elements the driver's own Date: a datetime.date equals it, but has another hash.
DATE = st.dates(dt.date(1900, 1, 1), dt.date(2200, 1, 1))
FLOAT = st.floats(width=32, allow_nan=False)
# Cassandra keeps milliseconds.
MOMENT = st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(2200, 1, 1)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)


def _printed(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """Return an address as C, and with it the driver, prints it: ``::ffff:0.0.0.0``, not ``::ffff:0:0``."""
    return socket.inet_ntop(socket.AF_INET if address.version == 4 else socket.AF_INET6, address.packed)


def _time_uuid(time: int, rest: int) -> uuid.UUID:
    low, middle, high = time & 0xFFFFFFFF, time >> 32 & 0xFFFF, time >> 48
    return uuid.UUID(fields=(low, middle, high, rest >> 56, rest >> 48 & 0xFF, rest & (2**48 - 1)), version=1)


def _duration(months: int, days: int, nanoseconds: int, sign: int) -> Duration:
    return Duration(sign * months, sign * days, sign * nanoseconds)


ENGINE = st.builds(Engine, fuel=TEXT, cylinders=SMALL, tags=st.lists(TEXT, max_size=3))
PART = st.builds(Part, name=TEXT, engine=ENGINE, prices=st.dictionaries(TEXT, DECIMAL, max_size=3))

VALUES: dict[str, st.SearchStrategy[object]] = {
    "a_ascii": st.text(st.characters(max_codepoint=127), max_size=20),
    "a_text": TEXT,
    "a_blob": st.binary(max_size=30),
    "a_boolean": st.booleans(),
    "a_tinyint": st.integers(-128, 127),
    "a_smallint": st.integers(-(2**15), 2**15 - 1),
    "an_int": SMALL,
    "a_bigint": st.integers(-(2**63), 2**63 - 1),
    "a_varint": st.integers(-(2**200), 2**200),
    "a_float": FLOAT,
    "a_double": st.floats(allow_nan=False),
    "a_decimal": DECIMAL,
    "a_uuid": st.uuids(),
    "a_timeuuid": st.builds(_time_uuid, st.integers(0, 2**60 - 1), st.integers(0, 2**62 - 1)),
    "a_timestamp": MOMENT,
    "a_date": DATE,
    "a_time": st.times(),
    "a_duration": st.builds(
        _duration, st.integers(0, 1000), st.integers(0, 1000), st.integers(0, 10**15), st.sampled_from([1, -1])
    ),
    "an_inet": st.ip_addresses().map(_printed),
    "a_list": st.lists(SMALL, max_size=5),
    "a_set": st.sets(TEXT, max_size=5),
    "a_map": st.dictionaries(TEXT, SMALL, max_size=5),
    "a_frozen_list": st.lists(SMALL, max_size=5),
    "a_nested_map": st.dictionaries(SMALL, st.lists(TEXT, max_size=3), max_size=3),
    "a_map_of_dates": st.dictionaries(DATE.map(Date), MOMENT, max_size=3),
    "a_tuple": st.tuples(TEXT, SMALL, st.booleans()),
    "a_udt": PART,
    "a_list_of_udts": st.lists(ENGINE, max_size=3),
    "a_vector": st.lists(FLOAT, min_size=3, max_size=3),
}
