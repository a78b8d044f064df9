"""Columns of any number of values: list, set and map.

Each composes the hooks of its element columns. Loading always copies into a plain ``list``, ``set`` or ``dict``: the
row that the driver decoded stays untouched, since what changed is told by comparing with it. Binding copies as well.

This module must not know models or the driver; the driver's own collections are taken by what they can do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Generic, TypeVar, Unpack, cast

from helenus.mapper.columns.collection import BaseCollectionColumn, Of, check_hashable, checked, is_set
from helenus.mapper.columns.options import AnyColumn, Binder, ColumnOptions, Loader, PlainOptions

__all__ = ["BaseContainerColumn", "List", "Map", "Set"]

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")


class BaseContainerColumn(BaseCollectionColumn[T]):
    """What lists, sets and maps share: null and empty are the same, and the whole may be frozen.

    cqlengine's limit of 65535 elements is not kept: since native protocol v3 counts have 32 bits.

    Args:
        types: the element columns.
        frozen: the collection is one cell, written as a whole; an index on it is a FULL one.
        options: see :class:`Column`.
    """

    frozen: bool = False
    _python_type_hashable = False
    _empty: ClassVar[type] = list

    def __init__(self, types: Iterable[Of[Any]], frozen: bool = False, **options: Unpack[ColumnOptions]) -> None:
        """Declare the column; see the class for the arguments."""
        self.frozen = frozen
        super().__init__(types, **options)

    def _set_type(self, name: str) -> None:
        self.db_type = f"{name}<{', '.join(str(item.db_type) for item in self.types)}>"
        if self.frozen:
            self._freeze_db_type()

    @property
    def value_col(self) -> AnyColumn:
        """The column of the elements, or of a map's values."""
        return self.types[-1]

    def empty(self) -> object:
        """Return a fresh empty container, which null reads as."""
        return self._empty()

    def element_binder(self) -> Binder:
        """Return the binder of one element, or of one of a map's values; None is refused."""
        return self.value_col.as_element()


def _iterable(column: AnyColumn, value: object) -> Iterable[object]:
    """Return what a constructor's caller or the driver gave for a list or set; cqlengine takes whatever iterates."""
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes, bytearray, Mapping)):
        return value
    raise column.refusal(value, "several values", "pass a list, set or tuple")


def _pairs(value: Mapping[object, object]) -> Iterable[tuple[object, object]]:
    """Return the items of a map as the driver decoded it.

    The public ``items()`` of its OrderedMapSerializedKey serializes every key once more to look up the value, so its
    list of pairs is taken where there is one.
    """
    items = getattr(value, "_items", None)
    return items if type(items) is list else value.items()


class List(BaseContainerColumn[list[V]], Generic[V]):
    """A ``list``: values in order; reading gives a ``list``.

    Takes lists, tuples and sets, without None among them.

    Args:
        value_type: the column of the elements.
        default: see :class:`Column`; an empty list by default.
        frozen: see :class:`BaseContainerColumn`.
        options: see :class:`Column`.
    """

    def __init__(
        self, value_type: Of[V], default: object = list, frozen: bool = False, **options: Unpack[PlainOptions]
    ) -> None:
        """Declare the column; see the class for the arguments."""
        super().__init__((value_type,), frozen=frozen, default=default, **options)
        self._set_type("list")

    def _items(self, value: object) -> Iterable[object]:
        if isinstance(value, (list, tuple)) or is_set(value):
            return cast(Iterable[object], value)
        raise self.refusal(value, "a list", "it is not a list object; pass a list, tuple or set")

    def _clean(self, value: object) -> list[V]:
        return [checked(self.value_col, item) for item in self._items(value)]

    def _read(self, value: object) -> list[V]:
        return [cast(V, self.value_col.to_python(item)) for item in _iterable(self, value)]

    def _write(self, value: list[V]) -> list[object]:
        return list(map(self.value_col.to_database, value))

    def _bind(self, value: object) -> object:
        return super()._bind(None) if value is None else list(map(self.value_col.as_element(), self._items(value)))

    def _fast_binder(self, slow: Binder) -> Binder:
        bind = self.value_col.as_element()
        return lambda value: list(map(bind, value)) if type(value) is list else slow(value)

    def _fast_loader(self) -> Loader:
        load = self.value_col.loader()
        return cast(Loader, list) if load is None else lambda value: list(map(load, cast(list[object], value)))


class Set(BaseContainerColumn[set[V]], Generic[V]):
    """A ``set``: values without order or duplicates; reading gives a ``set``.

    Takes sets and frozensets (cqlengine refuses these), the driver's SortedSet and whatever else behaves like a set.

    Args:
        value_type: the column of the elements; their Python values must be hashable.
        strict: refuse lists and tuples.
        default: see :class:`Column`; an empty set by default.
        frozen: see :class:`BaseContainerColumn`.
        options: see :class:`Column`.

    Raises:
        ValidationError: if the elements are lists, sets, maps or something else that Python cannot hash.
    """

    _empty = set

    def __init__(
        self,
        value_type: Of[V],
        strict: bool = True,
        default: object = set,
        frozen: bool = False,
        **options: Unpack[PlainOptions],
    ) -> None:
        """Declare the column; see the class for the arguments."""
        self.strict = strict
        super().__init__((value_type,), frozen=frozen, default=default, **options)
        check_hashable(self.value_col, "Cannot create a Set with unhashable value type")
        self._set_type("set")

    def _items(self, value: object) -> Iterable[object]:
        if is_set(value) or (isinstance(value, (list, tuple)) and not self.strict):
            return cast(Iterable[object], value)
        if self.strict:
            raise self.refusal(value, "a set", "it is not a set object; pass set(value), or declare strict=False")
        raise self.refusal(value, "a set", "it cannot be coerced to a set object; pass a set, list or tuple")

    def _clean(self, value: object) -> set[V]:
        return {checked(self.value_col, item) for item in self._items(value)}

    def _read(self, value: object) -> set[V]:
        return {cast(V, self.value_col.to_python(item)) for item in _iterable(self, value)}

    def _write(self, value: set[V]) -> set[object]:
        return set(map(self.value_col.to_database, value))

    def _bind(self, value: object) -> object:
        return super()._bind(None) if value is None else set(map(self.value_col.as_element(), self._items(value)))

    def _fast_binder(self, slow: Binder) -> Binder:
        bind = self.value_col.as_element()
        return lambda value: set(map(bind, value)) if type(value) is set else slow(value)

    def _fast_loader(self) -> Loader:
        load = self.value_col.loader()
        return cast(Loader, set) if load is None else lambda value: set(map(load, cast(Iterable[object], value)))


class Map(BaseContainerColumn[dict[K, V]], Generic[K, V]):
    """A ``map``: values by key; reading gives a ``dict``.

    Takes any mapping. A key must not be None; a value may be, which removes the entry: ``binder`` keeps it, so that
    the statement can say so, and within other columns it is left out (servers refuse nulls in a map).

    Args:
        key_type: the column of the keys; their Python values must be hashable.
        value_type: the column of the values.
        default: see :class:`Column`; an empty dict by default.
        frozen: see :class:`BaseContainerColumn`.
        options: see :class:`Column`.

    Raises:
        ValidationError: if the keys are lists, sets, maps or something else that Python cannot hash.
    """

    _empty = dict

    def __init__(
        self,
        key_type: Of[K],
        value_type: Of[V],
        default: object = dict,
        frozen: bool = False,
        **options: Unpack[PlainOptions],
    ) -> None:
        """Declare the column; see the class for the arguments."""
        super().__init__((key_type, value_type), frozen=frozen, default=default, **options)
        check_hashable(self.key_col, "Cannot create a Map with unhashable key type")
        self._set_type("map")

    @property
    def key_col(self) -> AnyColumn:
        """The column of the keys."""
        return self.types[0]

    def key_binder(self) -> Binder:
        """Return the binder of one key; None is refused."""
        return self.key_col.as_element()

    def as_element(self) -> Binder:
        """Return the binder of this column as an element; entries without value are left out, as everywhere."""
        return _without_nulls(super().as_element())

    def as_field(self) -> Binder:
        """Return the binder of this column as an item or field; entries without value are left out."""
        return _without_nulls(super().as_field())

    def _roles(self) -> tuple[str, ...]:
        return ("key", "value")

    def _items(self, value: object) -> Iterable[tuple[object, object]]:
        if isinstance(value, Mapping):
            return _pairs(value)
        raise self.refusal(value, "a map", "it is not a dict object; pass a dict")

    def _clean(self, value: object) -> dict[K, V]:
        key, item = self.types
        return {checked(key, k): cast(V, item.validate(v)) for k, v in self._items(value)}

    def _read(self, value: object) -> dict[K, V]:
        key, item = self.types
        return {cast(K, key.to_python(k)): cast(V, item.to_python(v)) for k, v in self._items(value)}

    def _write(self, value: dict[K, V]) -> dict[object, object]:
        key, item = self.types
        return {key.to_database(k): item.to_database(v) for k, v in value.items()}

    def _bind(self, value: object) -> object:
        if value is None:
            return super()._bind(None)
        key, item = self.key_col.as_element(), self.value_col.as_field()
        return {key(k): item(v) for k, v in self._items(value)}

    def _fast_binder(self, slow: Binder) -> Binder:
        key, item = self.key_col.as_element(), self.value_col.as_field()
        return lambda value: {key(k): item(v) for k, v in value.items()} if type(value) is dict else slow(value)

    def _fast_loader(self) -> Loader:
        key, item = self.key_col.loader(), self.value_col.loader()
        if key is None and item is None:
            return lambda value: dict(_pairs(cast(Mapping[object, object], value)))

        def load(value: object) -> dict[object, object]:
            pairs = _pairs(cast(Mapping[object, object], value))
            return {(k if key is None else key(k)): (v if item is None or v is None else item(v)) for k, v in pairs}

        return load


def _without_nulls(bind: Binder) -> Binder:
    def bind_inner(value: object) -> object:
        found = bind(value)
        if isinstance(found, dict) and None in found.values():
            return {key: item for key, item in found.items() if item is not None}
        return found

    return bind_inner
