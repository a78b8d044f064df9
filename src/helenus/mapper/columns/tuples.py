"""Columns of a fixed number of values: tuple and vector. This module must not know models or the driver."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar, Unpack, cast, overload

from helenus.errors import ValidationError
from helenus.mapper.columns.base import resolve_udts
from helenus.mapper.columns.collection import BaseCollectionColumn, Of, checked, reader
from helenus.mapper.columns.options import AnyColumn, Binder, ColumnOptions, Loader

if TYPE_CHECKING:
    from helenus.mapper.usertype import BaseUserType

__all__ = ["Tuple", "Vector"]

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")


class Tuple(BaseCollectionColumn[T]):
    """A ``tuple``: a value of each of several types; reading gives a ``tuple``, null gives None.

    Takes tuples and lists with as many values or fewer; the missing ones are null. Too many are refused (TypeError in
    cqlengine, by mistake). A null among the values reads as the element's ``empty()``.

    Args:
        types: the columns of the values.
        options: see :class:`Column`.

    Raises:
        ValueError: if there is none.
    """

    @overload
    def __init__(self: Tuple[tuple[A]], a: Of[A], /, **options: Unpack[ColumnOptions]) -> None: ...
    @overload
    def __init__(self: Tuple[tuple[A, B]], a: Of[A], b: Of[B], /, **options: Unpack[ColumnOptions]) -> None: ...
    @overload
    def __init__(
        self: Tuple[tuple[A, B, C]], a: Of[A], b: Of[B], c: Of[C], /, **options: Unpack[ColumnOptions]
    ) -> None: ...
    @overload
    def __init__(
        self: Tuple[tuple[A, B, C, D]], a: Of[A], b: Of[B], c: Of[C], d: Of[D], /, **options: Unpack[ColumnOptions]
    ) -> None: ...
    @overload
    def __init__(self: Tuple[tuple[Any, ...]], *types: Of[Any], **options: Unpack[ColumnOptions]) -> None: ...
    def __init__(self, *types: Of[Any], **options: Unpack[ColumnOptions]) -> None:
        """Declare the column; see the class for the arguments."""
        if not types:
            raise ValueError("Tuple must specify at least one inner type, as in Tuple(Text, Integer)")
        super().__init__(types, **options)
        self._python_type_hashable = all(item._python_type_hashable for item in self.types)
        self._mutable = any(item.mutable for item in self.types)
        self.db_type = f"tuple<{', '.join(str(item.db_type) for item in self.types)}>"

    def _roles(self) -> tuple[str, ...]:
        return tuple(f"item {number}" for number in range(1, len(self.types) + 1))

    def _items(self, value: object) -> list[object]:
        if not isinstance(value, (tuple, list)):
            raise self.refusal(value, "a tuple", "pass a tuple or list with one value for each type")
        if len(value) > len(self.types):
            raise self.refusal(
                value, f"at most {len(self.types)} values, {self.db_type}", f"it has more fields: {len(value)}"
            )
        return [*value, *[None] * (len(self.types) - len(value))]

    def _clean(self, value: object) -> T:
        return self._each([item.validate for item in self.types], value)

    def _read(self, value: object) -> T:
        return self._each([item.to_python for item in self.types], value)

    def _write(self, value: T) -> object:
        return self._each([item.to_database for item in self.types], value)

    def _bind(self, value: object) -> object:
        return super()._bind(None) if value is None else self._each([item.as_field() for item in self.types], value)

    def _each(self, functions: list[Callable[[object], object]], value: object) -> T:
        found = tuple(convert(part) for convert, part in zip(functions, self._items(value), strict=True))
        return cast(T, found)

    def _fast_loader(self) -> Loader | None:
        if all(item.loader() is None and item.empty() is None for item in self.types):
            return None
        readers = [reader(item) for item in self.types]
        return lambda value: self._each(readers, value)


class Vector(BaseCollectionColumn[list[A]], Generic[A]):
    """A ``vector`` of a fixed number of values (Cassandra 5.0, CEP-30); reading gives a ``list``.

    Takes lists, tuples and other sequences, and arrays with ``tolist()``, such as NumPy's. User-defined types within
    vectors are refused: the drivers (scylla-driver 3.29, cassandra-driver 3.30) take names such as ``address``, whose
    hexadecimal form has digits only, for numbers when they parse the type, and the connection is lost.

    Args:
        subtype: the column of the values, most often ``Float``.
        dimension: how many there are, from 1.
        options: see :class:`Column`.

    Raises:
        ValidationError: if the dimension is below 1, or the values hold a user-defined type.
    """

    _python_type_hashable = False

    def __init__(self, subtype: Of[A], dimension: int, **options: Unpack[ColumnOptions]) -> None:
        """Declare the column; see the class for the arguments."""
        super().__init__((subtype,), **options)
        self.dimension = dimension
        self.db_type = f"vector<{self.value_col.db_type}, {dimension}>"
        if dimension < 1:
            raise ValidationError(f"{self.db_type}: a vector has a dimension of 1 or more")
        user_types: list[type[BaseUserType]] = []
        resolve_udts(self.value_col, user_types)
        if user_types:
            raise ValidationError(f"{self.db_type}: the driver loses its connection over such vectors; use a list")

    @property
    def value_col(self) -> AnyColumn:
        """The column of the values."""
        return self.types[0]

    def element_binder(self) -> Binder:
        """Return the binder of one value; None is refused."""
        return self.value_col.as_element()

    def _items(self, value: object) -> Sequence[object]:
        items = value.tolist() if hasattr(value, "tolist") else value
        if not isinstance(items, Sequence) or isinstance(items, (str, bytes, bytearray)):
            raise self.refusal(value, f"{self.dimension} values", "pass a list, a tuple or an array of one dimension")
        if len(items) != self.dimension:
            raise self.refusal(value, f"{self.dimension} values, {self.db_type}", f"there are {len(items)}")
        return items

    def _clean(self, value: object) -> list[A]:
        return [checked(self.value_col, item) for item in self._items(value)]

    def _read(self, value: object) -> list[A]:
        return [cast(A, self.value_col.to_python(item)) for item in self._items(value)]

    def _write(self, value: list[A]) -> list[object]:
        return list(map(self.value_col.to_database, value))

    def _bind(self, value: object) -> object:
        return super()._bind(None) if value is None else list(map(self.value_col.as_element(), self._items(value)))

    def _fast_binder(self, slow: Binder) -> Binder:
        bind, dimension = self.value_col.as_element(), self.dimension
        return lambda value: list(map(bind, value)) if type(value) is list and len(value) == dimension else slow(value)

    def _fast_loader(self) -> Loader:
        load = self.value_col.loader()
        return cast(Loader, list) if load is None else lambda value: list(map(load, cast(list[object], value)))
