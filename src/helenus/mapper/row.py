"""An instance as a row: a mapping of its columns, equality by value, hash by primary key, printing, pickling."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from helenus.mapper.state import Layout, Origin
from helenus.mapper.values import MISSING, NOTHING, Value, current

if TYPE_CHECKING:
    from helenus.mapper.metadata import TableMeta

__all__ = ["RowProtocol"]


class RowProtocol:
    """The dict protocol and the identity of an instance."""

    __slots__ = ()

    if TYPE_CHECKING:
        __table__: ClassVar[TableMeta]
        _data: dict[str, Any]
        _row: Any
        _layout: Any
        _saved: Any
        _implicit: Any
        _identity: ClassVar[type[Any]]
        _is_clone: ClassVar[bool]
        __connection__: ClassVar[str | None]
        __keyspace__: ClassVar[str | None]

    def __iter__(self) -> Iterator[str]:
        """Yield the column names."""
        return iter(self.__table__.by_name)

    def __len__(self) -> int:
        """Return the number of columns."""
        return len(self.__table__.by_name)

    def __bool__(self) -> bool:
        """Tell that there is an instance, however many columns it has."""
        return True

    def __getitem__(self, name: str) -> Value:
        """Return the value of a column.

        Raises:
            TypeError: if the name is no str.
            KeyError: if there is no such column.
        """
        self._check_key(name)
        return getattr(self, name)

    def __setitem__(self, name: str, value: object) -> None:
        """Assign to a column; raises like reading one."""
        self._check_key(name)
        setattr(self, name, value)

    def _check_key(self, name: object) -> None:
        if not isinstance(name, str):
            raise TypeError(f"columns have names, got {name!r}")
        if name not in self.__table__.by_name:
            raise KeyError(name)

    def keys(self) -> list[str]:
        """Return the column names."""
        return list(self.__table__.by_name)

    def values(self) -> list[Any]:
        """Return the values, in the order of the columns."""
        return [getattr(self, name) for name in self.__table__.by_name]

    def items(self) -> list[tuple[str, Any]]:
        """Return pairs of column name and value."""
        return [(name, getattr(self, name)) for name in self.__table__.by_name]

    def __eq__(self, other: object) -> bool:
        """Tell whether another instance of the same model has the same values; not fetched equals not fetched."""
        if self is other:
            return True
        if not isinstance(other, RowProtocol) or self._identity is not other._identity:
            return NotImplemented
        return all(current(self, column) == current(other, column) for column in self.__table__.columns)

    def __hash__(self) -> int:
        """Hash by primary key, so that equal instances hash alike.

        Raises:
            TypeError: if a value of the key cannot be hashed (a frozen list, set or map).
        """
        return hash((self._identity, *(current(self, column) for column in self.__table__.primary_key)))

    def __repr__(self) -> str:
        """Print as the call that makes such an instance; columns that were not fetched are left out."""
        parts = (
            f"{column.column_name}={value!r}"
            for column in self.__table__.columns
            if not column.discriminator_column and (value := current(self, column)) is not MISSING
        )
        return f"{type(self).__name__}({', '.join(parts)})"

    def __str__(self) -> str:
        """Print the primary key."""
        parts = (f"{column.column_name}={current(self, column)!s}" for column in self.__table__.primary_key)
        return f"{type(self).__name__} <{', '.join(parts)}>"

    def _as_dict(self) -> dict[str, Any]:
        """Return the values by column name, as the database takes them."""
        return {
            column.column_name: None
            if (value := getattr(self, column.column_name)) is None
            else column.to_database(value)
            for column in self.__table__.columns
        }

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle and copy: values, what was loaded, and where from; marks for the next operation are left out."""
        state = {name: value for name, value in vars(self).items() if name != "_next"}
        model = type(self)
        if model._is_clone and self._layout is None:
            # The copy is of the original model, which may live elsewhere.
            state.setdefault("_home", Origin(model.__connection__, model.__keyspace__))
        loaded = None if self._layout is None else (tuple(self._layout.positions.items()), self._layout.origin)
        return _rebuild, (model._identity, dict(self._data), self._row, loaded, state)


def _rebuild(
    model: type[Any], data: dict[str, Any], row: Value, loaded: tuple[Any, Any] | None, state: dict[str, Any]
) -> Value:
    """Make the instance that ``__reduce__`` described."""
    instance: Any = object.__new__(model)
    instance._data = data or NOTHING
    instance._row = row
    instance._layout = None
    if loaded is not None:
        positions = dict(loaded[0])
        columns = model.__table__.by_name
        loaders = {name: columns[name].loader() for name in positions if name in columns}
        instance._layout = Layout(positions, loaders, Origin(*loaded[1]))
    vars(instance).update(state)
    return instance
