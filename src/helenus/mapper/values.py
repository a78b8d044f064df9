"""An instance's values: reading them lazily, telling what changed, and what an UPDATE must say for it.

Dirtiness is derived, not tracked: an assigned (or handed out, if it can change in place) value is compared with what
was loaded or last saved. cqlengine deep-copies every container of every row for this, and still misses edits inside a
user-defined type. Pure: no statements, no connections.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

from helenus.mapper.columns import AnyColumn, List, Map, Set

if TYPE_CHECKING:
    from helenus.mapper.model import BaseModel
    from helenus.mapper.state import Layout

__all__ = [
    "MISSING",
    "NOTHING",
    "Assignment",
    "Change",
    "Value",
    "ValueView",
    "assignments",
    "binder_of",
    "bound",
    "current",
    "dirty",
    "is_dirty",
]

NOTHING: Any = MappingProxyType({})
"""The values of an instance to which nothing was assigned; shared by all, so that loaded rows carry no dict."""


Value: TypeAlias = Any
"""A value of a column, in Python's form or bound: which type it has, only the column knows."""


class Loaded(Protocol):
    """What reading a value needs of an instance."""

    _data: dict[str, Any]
    _row: Any
    _layout: Layout | None


class Missing(Enum):
    """Marks a value that was not fetched."""

    MISSING = "MISSING"


MISSING = Missing.MISSING


class Change(Enum):
    """How an UPDATE changes a column; the value is for messages."""

    SET = "c = ?"
    ADD = "c = c + ?"
    SUBTRACT = "c = c - ?"
    PREPEND = "c = ? + c"
    PUT = "c[?] = ?"

    # Enum's own __hash__ is Python code; members are part of every statement-shape key.
    __hash__ = object.__hash__


class Assignment(NamedTuple):
    """One assignment of an UPDATE.

    Args:
        column: the column.
        change: how it changes.
        value: the bound value; for PUT a pair of key and value.
    """

    column: AnyColumn
    change: Change
    value: Any


def bound(column: AnyColumn, value: object) -> Value:
    """Return a value as the driver binds it: null and empty containers are None, map entries without value left out.

    Raises:
        ValidationError: if the value does not fit, or is None and the column is required.
    """
    return binder_of(column)(value)


def binder_of(column: AnyColumn) -> Callable[[object], Any]:
    """Return :func:`bound` of one column; compiled once, since every value that is written passes it."""
    compiled: Callable[[object], Any] | None = column._compiled.get("bound")
    if compiled is None:
        compiled = column._compiled["bound"] = _compile(column, column.binder())
    return compiled


def _compile(column: AnyColumn, bind: Callable[[object], Any]) -> Callable[[object], Any]:
    def bind_value(value: object) -> Value:
        if value is None:
            return column.validate(None) if column.required else None
        return bind(value)

    def bind_container(value: object) -> Value:
        return bind_value(value) or None

    def bind_map(value: object) -> Value:
        result = bind_value(value)
        if result and None in result.values():
            result = {key: item for key, item in result.items() if item is not None}
        return result or None

    if isinstance(column, Map):
        return bind_map
    if isinstance(column, (List, Set)):
        return bind_container
    # The binder of a built-in column knows what None is; that of a user's subclass must not see it, as in cqlengine.
    return bind_value if column._overrides("validate", "to_database") else bind


def current(instance: Loaded, column: AnyColumn) -> Value:
    """Return the Python value, MISSING if it was not fetched; never asks the database, never hands out a default."""
    name = column.column_name
    if name in instance._data:
        return instance._data[name]
    return baseline(instance, column)


def baseline(instance: Loaded, column: AnyColumn) -> Value:
    """Return what was loaded, as a fresh Python value."""
    layout = instance._layout
    if layout is None:
        return column.empty()
    position = layout.positions.get(column.column_name)
    if position is None:
        return MISSING
    value = instance._row[position]
    if value is None:
        return column.empty()
    loader = layout.loaders[column.column_name]
    return value if loader is None else loader(value)


def is_dirty(instance: BaseModel, column: AnyColumn) -> bool:
    """Whether a column's value differs from what was loaded or last saved."""
    name = column.column_name
    data = instance._data
    if name not in data:
        return False
    value = data[name]
    saved = instance._saved
    if saved is not None and name in saved:
        return bool((bound(column, value) if name in instance._mutable_names else value) != saved[name])
    base = baseline(instance, column)
    if base is MISSING:
        return True
    if instance._layout is None and value is not None and isinstance(value, (list, set, dict)):
        return bool(value) or name not in instance._implicit
    if instance._layout is None:
        return name not in instance._implicit
    return bool(value != base) and not (column._val_is_null(value) and column._val_is_null(base))


def dirty(instance: BaseModel, columns: Iterable[AnyColumn]) -> list[AnyColumn]:
    """Return the columns whose values have changed."""
    data, saved, mutable = instance._data, instance._saved, instance._mutable_names
    changed = []
    for column in columns:
        name = column.column_name
        if name not in data:
            continue
        if saved is not None and name in saved and name not in mutable:  # by far the commonest case
            if data[name] != saved[name]:
                changed.append(column)
        elif is_dirty(instance, column):
            changed.append(column)
    return changed


def assignments(instance: BaseModel, columns: Iterable[AnyColumn]) -> list[Assignment]:
    """Return what an UPDATE must say so that the row's ``columns`` become the instance's."""
    result: list[Assignment] = []
    for column in columns:
        new = bound(column, current(instance, column))
        old = _bound_baseline(instance, column)
        result.extend(difference(column, old, new))
    return result


def _bound_baseline(instance: BaseModel, column: AnyColumn) -> Value:
    saved = instance._saved
    if saved is not None and column.column_name in saved:
        value = saved[column.column_name]
        return value if column.column_name in instance._mutable_names else bound(column, value)
    value = baseline(instance, column)
    return None if value is MISSING else bound(column, value)


def difference(column: AnyColumn, old: Value, new: Value) -> list[Assignment]:
    """Return the assignments that turn ``old`` into ``new``, both bound.

    Containers become additions and removals, so that two writers who add different elements both win. A container
    that was null, becomes null, is frozen, or is a list that did not merely grow is assigned whole.
    """
    if old is not None and new is not None and not getattr(column, "frozen", False):
        if isinstance(column, Set):
            return _edits(column, new - old, old - new)
        if isinstance(column, Map):
            put = {key: value for key, value in new.items() if key not in old or old[key] != value}
            return _edits(column, put, {key for key in old if key not in new})
        if isinstance(column, List):
            return _list_edits(column, old, new)
    return [Assignment(column, Change.SET, new)]


def _edits(column: AnyColumn, added: Value, removed: Value) -> list[Assignment]:
    result = []
    if added:
        result.append(Assignment(column, Change.ADD, added))
    if removed:
        result.append(Assignment(column, Change.SUBTRACT, removed))
    return result


def _list_edits(column: AnyColumn, old: list[Any], new: list[Any]) -> list[Assignment]:
    grown = len(new) - len(old)
    start = next((i for i in range(grown + 1) if new[i : i + len(old)] == old), None)
    if start is None:
        return [Assignment(column, Change.SET, new)]
    before, after = new[:start], new[start + len(old) :]
    result = []
    if before:
        result.append(Assignment(column, Change.PREPEND, before))
    if after:
        result.append(Assignment(column, Change.ADD, after))
    return result


class ValueView:
    """What cqlengine's value managers tell about one column of an instance; read-only.

    Attributes:
        value: the current value.
        previous_value: what was loaded or last saved.
        explicit: whether the value was assigned, not defaulted.
    """

    __slots__ = ("_instance", "column")

    def __init__(self, instance: BaseModel, column: AnyColumn) -> None:
        """Look at ``column`` of ``instance``."""
        self._instance = instance
        self.column = column

    @property
    def value(self) -> object:
        """The current value."""
        return getattr(self._instance, self.column.column_name)

    @property
    def previous_value(self) -> object:
        """What was loaded or last saved, None for a new instance."""
        if not self._instance._is_persisted:
            return None
        saved = self._instance._saved
        if saved is not None and self.column.column_name in saved:
            return saved[self.column.column_name]
        value = baseline(self._instance, self.column)
        return None if value is MISSING else value

    @property
    def explicit(self) -> bool:
        """Whether the value was assigned since it was loaded or saved."""
        return self.changed and self.column.column_name not in self._instance._implicit

    @property
    def changed(self) -> bool:
        """Whether the value differs from what was loaded or last saved."""
        return is_dirty(self._instance, self.column)

    @property
    def deleted(self) -> bool:
        """Whether saving would delete the value."""
        return self.changed and bound(self.column, self.value) is None

    def getval(self) -> object:
        """Return the current value."""
        return self.value

    def setval(self, val: object) -> None:
        """Assign a value."""
        setattr(self._instance, self.column.column_name, val)

    def delval(self) -> None:
        """Assign None, which saving writes as a deletion."""
        self.setval(None)


class Values(Mapping[str, ValueView]):
    """``instance._values`` of cqlengine: a view of each column by name."""

    __slots__ = ("_instance",)

    def __init__(self, instance: BaseModel) -> None:
        """Look at ``instance``."""
        self._instance = instance

    def __getitem__(self, name: str) -> ValueView:
        """Return the view of one column."""
        return ValueView(self._instance, self._instance.__table__.by_name[name])

    def __iter__(self) -> Iterator[str]:
        """Iterate over the column names."""
        return iter(self._instance.__table__.by_name)

    def __len__(self) -> int:
        """Return the number of columns."""
        return len(self._instance.__table__.by_name)
