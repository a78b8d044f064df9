"""How a constructor's values become a column's: compiled, with short cuts for values that are what they should be.

Says the same as ``Column.to_python``, which checks and converts every value and every element of a container. Pure.
"""

from __future__ import annotations

import decimal
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from helenus.mapper.columns import (
    UUID,
    AnyColumn,
    BaseFloat,
    Boolean,
    Column,
    DateTime,
    Decimal,
    Integer,
    List,
    Map,
    Set,
    VarInt,
)

if TYPE_CHECKING:
    from helenus.mapper.values import Value

__all__ = ["Conversion", "conversion"]

Convert: TypeAlias = Callable[[Any], Any]
Conversion: TypeAlias = tuple[str, type | None, Convert]
"""A column's name, the type whose values need no conversion, and the conversion of the others."""

EXACT: tuple[tuple[type[AnyColumn], type], ...] = (
    (Integer, int),
    (VarInt, int),
    (UUID, uuid.UUID),
    (Boolean, bool),
    (BaseFloat, float),
    (Decimal, decimal.Decimal),
)


def conversion(column: AnyColumn) -> Conversion | None:
    """Return the conversion of a column's values; None if there is none."""
    if not _converts(column):
        return None
    if column._overrides("to_python"):
        return column.column_name, None, column.to_python
    return column.column_name, _exact(column), _convert(column)


def _converts(column: AnyColumn) -> bool:
    return column._overrides("to_python") or type(column)._read is not Column._read


def _exact(column: AnyColumn) -> type | None:
    if column._overrides("to_python"):
        return None
    return next((kind for family, kind in EXACT if isinstance(column, family)), None)


def _convert(column: AnyColumn) -> Convert:
    if isinstance(column, DateTime):
        return _datetime(column)
    if isinstance(column, Map):
        return _container(column.to_python, dict, [(column.key_col, dict.keys), (column.value_col, dict.values)])
    if isinstance(column, List):
        return _container(column.to_python, list, [(column.value_col, iter)])
    if isinstance(column, Set):
        return _container(column.to_python, set, [(column.value_col, iter)])
    return column.to_python


def _datetime(column: DateTime) -> Convert:
    def convert(value: Value) -> Value:
        if type(value) is datetime and not column.truncate_microseconds:
            return value
        return column.to_python(value)

    return convert


def _container(slow: Convert, kind: Value, parts: list[tuple[AnyColumn, Callable[[Any], Any]]]) -> Convert:
    """Return a conversion that copies a container whose elements all have their exact types, and is slow for others."""
    checks = [(items, {_exact(element)}) for element, items in parts if _converts(element)]
    if any(None in exact for _, exact in checks):
        return slow

    def convert(value: Value) -> Value:
        if type(value) is kind:
            for items, exact in checks:
                if value and set(map(type, items(value))) != exact:
                    return slow(value)
            return value.copy()
        return slow(value)

    return convert
