"""What all columns of several values share: element columns, their names in messages, their frozen types.

This module must not know the concrete collections.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any, TypeAlias, TypeVar, Unpack, cast

from helenus.cql.types import freeze
from helenus.errors import ValidationError
from helenus.mapper.columns.base import Column
from helenus.mapper.columns.options import AnyColumn, ColumnOptions, Loader, shown

__all__ = ["BaseCollectionColumn", "Of", "check_hashable", "checked", "is_set", "reader"]

T = TypeVar("T")
V = TypeVar("V")

Of: TypeAlias = Column[V] | type[Column[V]]
"""An element's column: a class, or an instance where it needs arguments."""


class BaseCollectionColumn(Column[T]):
    """What all columns of several values share.

    Collections that are elements of others are frozen, as CQL wants it.

    Args:
        types: the element columns, as classes or instances.
        options: see :class:`Column`.

    Raises:
        ValidationError: if one of them is no column, or an abstract one.
    """

    _mutable = True

    def __init__(self, types: Iterable[Of[Any]], **options: Unpack[ColumnOptions]) -> None:
        """Declare the column; see the class for the arguments."""
        self.types: list[AnyColumn] = [_element(item) for item in types]
        super().__init__(**options)

    def __getstate__(self) -> dict[str, object]:
        """Give a copy element columns of its own, since they carry its name in messages."""
        return {**super().__getstate__(), "types": [copy.copy(item) for item in self.types]}

    @property
    def sub_types(self) -> list[AnyColumn]:
        """The element columns."""
        return self.types

    def _roles(self) -> tuple[str, ...]:
        """Return how messages call the elements."""
        return ("element",)

    def _relabel(self, label: str) -> None:
        super()._relabel(label)
        for item, role in zip(self.types, self._roles(), strict=True):
            item._relabel(f"{label} ({role})")

    def _val_is_null(self, val: object) -> bool:
        """Whether a value is the same as null: empty collections are."""
        return not val

    def _freeze_db_type(self) -> None:
        self.db_type = str(freeze(self.cql_type))


def _element(item: object) -> AnyColumn:
    """Return an element's column: a new one of a class, a copy of an instance, which may serve elsewhere too."""
    if isinstance(item, type) and issubclass(item, Column):
        column: AnyColumn = item()
    elif isinstance(item, Column):
        column = copy.copy(item)
    else:
        raise ValidationError(f"{shown(item)} is not a column class; give a column such as Text or Text(max_length=9)")
    if column.db_type is None:
        raise ValidationError(f"{shown(item)} is an abstract type; give one with a db_type, such as Text")
    if (frozen := freeze(column.cql_type)) is not column.cql_type:
        column.db_type = str(frozen)
    return column


def checked(column: Column[V], value: object) -> V:
    """Return an element validated; None is refused.

    Args:
        column: the element's column.
        value: the element.

    Raises:
        ValidationError: if it is None or does not fit.
    """
    if value is None:
        raise column.none_refusal()
    return cast(V, column.validate(value))


def check_hashable(column: AnyColumn, message: str) -> None:
    """Refuse an element column whose Python values cannot be in a set or be the keys of a dict.

    Args:
        column: the element's column.
        message: what cannot be created.

    Raises:
        ValidationError: if they cannot.
    """
    if not column._python_type_hashable:
        raise ValidationError(f"{message} (see PYTHON-494): {column.db_type}; Python cannot hash its values")


def is_set(value: object) -> bool:
    """Whether a value behaves like a set; the driver's SortedSet does without being registered as one.

    Args:
        value: any object.
    """
    return isinstance(value, (set, frozenset)) or hasattr(value, "isdisjoint")


def reader(column: AnyColumn) -> Loader:
    """Return a loader of a field or tuple item, which may be null.

    Args:
        column: the field's column.
    """
    load, empty = column.loader(), column.empty

    def read(value: object) -> object:
        if value is None:
            return empty()
        return value if load is None else load(value)

    return read
