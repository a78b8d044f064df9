"""What type checkers see of columns: values on instances, expressions on classes, columns elsewhere."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid
from typing import assert_type

from helenus.mapper import columns
from helenus.mapper.columns import AnyColumn, Column, DateValue, DurationLike, TimeValue
from helenus.mapper.expressions import ColumnExpression
from helenus.mapper.usertype import UserType


class Part(UserType):
    """A nested type."""

    number = columns.Integer()


class Everything(UserType):
    """One field of each kind."""

    text = columns.Text(required=True, max_length=10)
    ascii = columns.Ascii()
    blob = columns.Blob()
    inet = columns.Inet()
    integer = columns.Integer(index=True)
    counter = columns.Counter()
    boolean = columns.Boolean(default=False)
    number = columns.Double()
    decimal = columns.Decimal()
    uuid = columns.UUID(primary_key=True, default=uuid.uuid4)
    moment = columns.DateTime()
    day = columns.Date()
    time = columns.Time()
    duration = columns.Duration()
    words = columns.List(columns.Text)
    tags = columns.Set(columns.Text(max_length=3))
    prices = columns.Map(columns.Text, columns.List(columns.Decimal))
    pair = columns.Tuple(columns.Integer, columns.Set(columns.Text))
    vector = columns.Vector(columns.Float, 3)
    part = columns.UserDefinedType(Part)


def instances(thing: Everything) -> None:
    """Attributes of an instance are values."""
    assert_type(thing.text, str)
    assert_type(thing.ascii, str)
    assert_type(thing.blob, bytes)
    assert_type(thing.inet, str)
    assert_type(thing.integer, int)
    assert_type(thing.counter, int)
    assert_type(thing.boolean, bool)
    assert_type(thing.number, float)
    assert_type(thing.decimal, decimal.Decimal)
    assert_type(thing.uuid, uuid.UUID)
    assert_type(thing.moment, dt.datetime)
    assert_type(thing.day, DateValue)
    assert_type(thing.time, TimeValue)
    assert_type(thing.duration, DurationLike)
    assert_type(thing.words, list[str])
    assert_type(thing.tags, set[str])
    assert_type(thing.prices, dict[str, list[decimal.Decimal]])
    assert_type(thing.pair, tuple[int, set[str]])
    assert_type(thing.vector, list[float])
    assert_type(thing.part, Part)
    assert_type(thing.part.number, int)


def assignments(thing: Everything) -> None:
    """What a column takes may be assigned, None as well."""
    thing.text = "a"
    thing.text = None
    thing.moment = dt.datetime(2024, 1, 1)
    thing.moment = dt.date(2024, 1, 1)
    thing.day = dt.date(2024, 1, 1)
    thing.day = "2024-01-01"
    thing.time = dt.time(1)
    thing.words = ["a"]
    thing.part = Part(number=1)


def classes() -> None:
    """Attributes of the class are expressions."""
    assert_type(Everything.text, ColumnExpression)
    assert_type(Everything.words, ColumnExpression)


class Holder:
    """A class that is no model keeps columns as columns."""

    column: AnyColumn
    text: Column[str]

    def __init__(self, column: AnyColumn) -> None:
        """Keep one."""
        self.column = column
        self.text = columns.Text()


def elsewhere(holder: Holder) -> None:
    """Outside of models a column is a column."""
    assert_type(holder.text, Column[str])
    assert_type(columns.List(columns.Text), columns.List[str])
    holder.column.set_column_name("x")
