"""What the column classes share with their callers: the types of the hooks, of the options, and values in messages.

This module must not know any column.
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict

if TYPE_CHECKING:
    from helenus.mapper.columns.base import Column

__all__ = ["AnyColumn", "Binder", "ColumnOptions", "Loader", "PlainOptions", "shown"]

Loader: TypeAlias = Callable[[object], object]
"""Turns what the driver decoded (never None) into the Python value."""

Binder: TypeAlias = Callable[[object], object]
"""Checks a Python value and returns what the driver takes; shares nothing that can change with its argument."""

AnyColumn: TypeAlias = "Column[Any]"
"""A column of whatever Python type, where the type does not matter."""

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 80


class PlainOptions(TypedDict, total=False):
    """The keyword arguments of columns that have an own ``default``; :class:`Column` says what they mean."""

    primary_key: bool
    partition_key: bool
    index: bool
    db_field: str | None
    required: bool
    clustering_order: str | None
    discriminator_column: bool
    static: bool
    custom_index: bool


class ColumnOptions(PlainOptions, total=False):
    """The keyword arguments that all columns take."""

    default: object


def shown(value: object) -> str:
    """Return a value for a message: its shortened ``repr`` and its type, ``'abc' (str)``.

    Args:
        value: any object, however large.
    """
    return f"{_SHORT.repr(value)} ({type(value).__name__})"
