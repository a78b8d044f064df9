"""The column of a user-defined type: between the driver's tuples and the user's class.

What is bound is a :class:`UDTValue`, from which the driver takes fields by name. So the order of the fields in the
class and in the database may differ, which happens when fields were added in different orders.

This module must not know models, connections or the driver.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from keyword import iskeyword
from typing import TYPE_CHECKING, TypeVar, Unpack, cast

from helenus.cql.names import maybe_quote_type
from helenus.mapper.columns.base import Column
from helenus.mapper.columns.collection import reader
from helenus.mapper.columns.options import AnyColumn, Binder, ColumnOptions, Loader
from helenus.mapper.columns.snapshots import snapshot

if TYPE_CHECKING:
    from helenus.mapper.usertype import BaseUserType

__all__ = ["UDTValue", "UserDefinedType"]

U = TypeVar("U", bound="BaseUserType")
MAX_READERS = 16  # kinds of raw values; the driver makes a new class when a type's fields change


class UDTValue:
    """A user-defined type's value as it is bound: fields as attributes, by their names in the database.

    It has no ``__getitem__`` on purpose: the driver (``cqltypes.UserType.serialize_safe``) tries ``value[i]`` first,
    in the order that the database has, and takes attributes where that is a TypeError.

    Args:
        fields: bound values by field name; iterating gives the values in this order.
    """

    def __init__(self, fields: Mapping[str, object]) -> None:
        """Take the fields."""
        self.__dict__.update(fields)

    def __iter__(self) -> Iterator[object]:
        """Iterate over the values, so that ``tuple(value)`` is the value in the class's order."""
        return iter(self.__dict__.values())

    def __len__(self) -> int:
        """Return the number of fields."""
        return len(self.__dict__)

    def __eq__(self, other: object) -> bool:
        """Two are equal if they have equal fields, in whatever order."""
        return self.__dict__ == other.__dict__ if isinstance(other, UDTValue) else NotImplemented

    def __hash__(self) -> int:
        """Hash by the fields, containers included: a value is bound once and does not change."""
        return hash(frozenset((name, snapshot(value)) for name, value in self.__dict__.items()))

    def __repr__(self) -> str:
        """Print the fields."""
        return f"UDTValue({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"


class UserDefinedType(Column[U]):
    """A user-defined type: an instance of a :class:`~helenus.mapper.usertype.UserType` class.

    Takes instances, mappings by field name, and named tuples as the driver decodes them. Nothing needs to be
    registered with the driver: rows hold named tuples, and the column turns them into instances. Fields that the type
    has in the database but not in the class are kept and written back, so that a program that is older than the
    schema does not wipe them out; fields that it has in the class only read as null.

    Args:
        user_type: the class.
        frozen: the value is one cell, as everywhere in cqlengine; False for an existing column of the bare type.
        options: see :class:`Column`.
    """

    _mutable = True

    def __init__(self, user_type: type[U], frozen: bool = True, **options: Unpack[ColumnOptions]) -> None:
        """Declare the column; see the class for the arguments."""
        self.user_type = user_type
        self.frozen = frozen
        name = maybe_quote_type(user_type.type_name())
        self.db_type = f"frozen<{name}>" if frozen else name
        super().__init__(**options)

    @property
    def sub_types(self) -> list[AnyColumn]:
        """The columns of the fields."""
        return list(self.user_type._fields.values())

    def _clean(self, value: object) -> U:
        instance = self._instance(value)
        instance.validate()
        return instance

    def _read(self, value: object) -> U:
        return self._instance(value)

    def _write(self, value: U) -> object:
        return UDTValue(
            {**value._extra, **{f.db_field_name: f.to_database(getattr(value, n)) for n, f in self._fields()}}
        )

    def _fields(self) -> list[tuple[str, AnyColumn]]:
        return list(self.user_type._fields.items())

    def _instance(self, value: object) -> U:
        if isinstance(value, self.user_type):
            return value
        if isinstance(value, Mapping) and all(isinstance(name, str) for name in value):
            return self.user_type(**value)
        if isinstance(value, tuple) and len(value) <= len(self.user_type._fields):
            return cast(U, self._fast_loader()(value))
        advice = f"pass {self.user_type.__name__}(...) or a dict of its fields"
        raise self.refusal(value, f"a {self.user_type.__name__}", advice)

    def _bind(self, value: object) -> object:
        return super()._bind(None) if value is None else self._instance_binder()(self._instance(value))

    def _fast_binder(self, slow: Binder) -> Binder:
        user_type, bind = self.user_type, self._instance_binder()
        return lambda value: bind(value) if type(value) is user_type else slow(value)

    def _instance_binder(self) -> Binder:
        """Return the binder of instances, which are not checked to be some."""
        if "instance" not in self._compiled:
            self._compiled["instance"] = cast(Binder, self._compile_instance_binder())
        return self._compiled["instance"]

    def _compile_instance_binder(self) -> Callable[[U], object]:
        steps = [(field.db_field_name, name, field.as_field()) for name, field in self._fields()]
        checks = self.user_type._overrides_validate()

        def bind(value: U) -> object:
            if checks:
                value.validate()
            fields = {db_name: bind_field(getattr(value, name)) for db_name, name, bind_field in steps}
            return UDTValue({**value._extra, **fields} if value._extra else fields)

        return bind

    # ---- loading -----------------------------------------------------------------------------------------------------

    def _fast_loader(self) -> Loader:
        readers: dict[type, Loader] = {}

        def load(value: object) -> object:
            read = readers.get(type(value))
            if read is None:
                if len(readers) >= MAX_READERS:
                    readers.clear()
                read = readers[type(value)] = self._reader_of(type(value))
            return read(value)

        return load

    def _reader_of(self, kind: type) -> Loader:
        """Return what reads one kind of raw value."""
        if issubclass(kind, self.user_type):
            return cast(Loader, _twin)
        if issubclass(kind, Mapping):
            return self._mapping_reader()
        if issubclass(kind, tuple):
            return self._tuple_reader(getattr(kind, "_fields", None))
        return self._object_reader()

    def _tuple_reader(self, names: tuple[str, ...] | None) -> Loader:
        """Return what reads a tuple: by the names that it has, or by position if it has none."""
        places, extras = self._places(names)
        steps = [(name, places.get(field.db_field_name), _optional_reader(field)) for name, field in self._fields()]

        def values(value: tuple[object, ...]) -> dict[str, object]:
            size = len(value)
            found = {}
            for name, place, read in steps:
                item = value[place] if place is not None and place < size else None
                found[name] = item if read is None else read(item)
            return found

        def load(value: object) -> object:
            row = cast(tuple[object, ...], value)
            extra = {name: row[place] for name, place in extras} if extras else {}
            return self.user_type._loaded(partial(values, row), extra)

        return load

    def _places(self, names: tuple[str, ...] | None) -> tuple[dict[str, int], list[tuple[str, int]]]:
        """Return where each field of the class is in a tuple, and where the fields are that it does not have.

        The driver names a field that cannot be an attribute ``field_<n>_``; such a field is found if the class has
        one of that kind at the same place.
        """
        own = [field.db_field_name for _, field in self._fields()]
        if names is None:
            return {name: place for place, name in enumerate(own)}, []
        places, extras = {}, []
        for place, name in enumerate(names):
            if name in own:
                places[name] = place
            elif name == f"field_{place}_" and place < len(own) and not _can_be_attribute(own[place]):
                places[own[place]] = place
            else:
                extras.append((name, place))
        return places, extras

    def _mapping_reader(self) -> Loader:
        steps = [(name, field.db_field_name, reader(field)) for name, field in self._fields()]
        known = {known for step in steps for known in step[:2]}

        def values(value: Mapping[str, object]) -> dict[str, object]:
            return {name: read(value.get(db_name, value.get(name))) for name, db_name, read in steps}

        def load(value: object) -> object:
            row = dict(cast(Mapping[str, object], value))
            extra = {name: item for name, item in row.items() if name not in known}
            return self.user_type._loaded(partial(values, row), extra)

        return load

    def _object_reader(self) -> Loader:
        """Return what reads an instance of a class that the user registered with the driver."""
        steps = [(name, field.db_field_name, reader(field)) for name, field in self._fields()]

        def values(value: object) -> dict[str, object]:
            return {name: read(getattr(value, db_name, getattr(value, name, None))) for name, db_name, read in steps}

        def load(value: object) -> object:
            if not any(hasattr(value, db_name) or hasattr(value, name) for name, db_name, _ in steps):
                raise self.refusal(value, f"a {self.user_type.__name__}", "the driver decoded something else")
            return self.user_type._loaded(partial(values, value), {})

        return load


def _twin(value: U) -> U:
    """Return a copy of what the driver made, where the class is registered with it: the row must stay as it is."""
    twin = copy.deepcopy(value)
    twin.reset_changed_fields()
    return twin


def _optional_reader(field: AnyColumn) -> Loader | None:
    return None if field.loader() is None and field.empty() is None else reader(field)


def _can_be_attribute(name: str) -> bool:
    return name.isidentifier() and not iskeyword(name) and not name.startswith("_")
