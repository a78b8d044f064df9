"""CQL functions of queries, under cqlengine's module name."""

from __future__ import annotations

from helenus.cqlengine.names import UnicodeMixin
from helenus.errors import ValidationError
from helenus.mapper.functions import (
    BaseQueryFunction,
    MaxTimeUUID,
    MinTimeUUID,
    QueryValue,
    TimeUUIDQueryFunction,
    Token,
    get_total_seconds,
)

__all__ = [
    "BaseQueryFunction",
    "MaxTimeUUID",
    "MinTimeUUID",
    "QueryValue",
    "TimeUUIDQueryFunction",
    "Token",
    "UnicodeMixin",
    "ValidationError",
    "get_total_seconds",
]
