"""Columns: a CQL type, a role in the key, a default, and how values are checked, written and read."""

from __future__ import annotations

from helenus.mapper.columns.base import Column, resolve_udts
from helenus.mapper.columns.collection import BaseCollectionColumn
from helenus.mapper.columns.containers import BaseContainerColumn, List, Map, Set
from helenus.mapper.columns.drivertypes import DateValue, DurationLike, DurationValue, TimeValue
from helenus.mapper.columns.options import AnyColumn, Binder, ColumnOptions, Loader
from helenus.mapper.columns.scalars import (
    UUID,
    BaseFloat,
    BigInt,
    Boolean,
    Counter,
    Decimal,
    Double,
    Float,
    Integer,
    SmallInt,
    TimeUUID,
    TinyInt,
    VarInt,
)
from helenus.mapper.columns.temporal import Date, DateTime, Duration, Time
from helenus.mapper.columns.texts import Ascii, Blob, Bytes, Inet, Text
from helenus.mapper.columns.tuples import Tuple, Vector
from helenus.mapper.columns.udt import UDTValue, UserDefinedType

__all__ = [
    "UUID",
    "AnyColumn",
    "Ascii",
    "BaseCollectionColumn",
    "BaseContainerColumn",
    "BaseFloat",
    "BigInt",
    "Binder",
    "Blob",
    "Boolean",
    "Bytes",
    "Column",
    "ColumnOptions",
    "Counter",
    "Date",
    "DateTime",
    "DateValue",
    "Decimal",
    "Double",
    "Duration",
    "DurationLike",
    "DurationValue",
    "Float",
    "Inet",
    "Integer",
    "List",
    "Loader",
    "Map",
    "Set",
    "SmallInt",
    "Text",
    "Time",
    "TimeUUID",
    "TimeValue",
    "TinyInt",
    "Tuple",
    "UDTValue",
    "UserDefinedType",
    "VarInt",
    "Vector",
    "resolve_udts",
]
