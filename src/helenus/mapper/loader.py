"""Turns the driver's tuples into instances.

An instance keeps its row as the driver decoded it; a value is converted when it is first read. Pure: no I/O, no
statements.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from helenus.errors import PolymorphicModelException
from helenus.mapper.state import Layout, Origin
from helenus.mapper.values import NOTHING, Value

if TYPE_CHECKING:
    from helenus.mapper.columns import AnyColumn
    from helenus.mapper.family import Family
    from helenus.mapper.model import BaseModel

__all__ = ["columns_of", "full_layout", "layout_of", "load", "load_values"]

M = TypeVar("M", bound="BaseModel")
MAX_LAYOUTS = 256  # per model; a program that selects more column sets x places than this rebuilds them


def columns_of(model: type[Family]) -> dict[str, AnyColumn]:
    """Return the columns that a row of the model can have: a polymorphic base's rows have its subclasses' too."""
    columns = dict(model.__table__.by_name)
    if model._is_polymorphic:
        for subclass in model._subclasses():
            for name, column in subclass.__table__.by_name.items():
                columns.setdefault(name, column)
    return columns


def layout_of(model: type[BaseModel], names: tuple[str, ...], origin: Origin) -> Layout:
    """Return the layout of rows that hold the columns ``names``, in that order."""
    key = (names, origin)
    cache = model._layouts
    layout = cache.get(key)
    if layout is None:
        columns = columns_of(model)
        positions = {name: index for index, name in enumerate(names)}
        loaders = {name: columns[name].loader() for name in names}
        plain = {
            name: index
            for name, index in positions.items()
            if loaders[name] is None and not columns[name].mutable and columns[name].empty() is None
        }
        layout = Layout(positions, loaders, origin, plain)
        if len(cache) >= MAX_LAYOUTS:
            cache.clear()
        cache[key] = layout
    return layout


def full_layout(model: type[BaseModel], origin: Origin) -> Layout:
    """Return the layout of an instance that was just written: every column is known."""
    return layout_of(model, tuple(model.__table__.by_name), origin)


def load(model: type[M], layout: Layout, rows: Sequence[tuple[object, ...]]) -> list[M]:
    """Return one instance for each row."""
    if model._is_polymorphic:
        return [_load_polymorphic(model, layout, row) for row in rows]
    if model._has_own_init:
        return [_construct(model, layout, row) for row in rows]
    new, nothing = model.__new__, NOTHING
    instances = []
    for row in rows:
        instance = new(model)
        instance._data = nothing
        instance._row = row
        instance._layout = layout
        instances.append(instance)
    return instances


def _load_polymorphic(model: type[M], layout: Layout, row: tuple[object, ...]) -> M:
    discriminator = model.__table__.discriminator
    position = layout.positions.get(discriminator.column_name) if discriminator else None
    value = None if position is None else row[position]
    if value is None:
        raise PolymorphicModelException(
            f"{model.__name__}: discriminator value was not found in values; fetch the discriminator column"
        )
    subclass = model._class_of(value)
    instance: M = _construct(subclass, layout, row)
    return instance


def _construct(model: type[Any], layout: Layout, row: tuple[object, ...]) -> Value:
    """Build an instance by its own ``__init__``, where a model defines one, as cqlengine does for every row."""
    if model._has_own_init:
        values = {}
        for name in model.__table__.by_name:
            if name in layout.positions:
                values[name] = load_values(layout, (name,), row)[0]
        instance = model(**values)
        for name in instance._implicit:
            instance._data.pop(name, None)
        instance._implicit = frozenset()
    else:
        instance = object.__new__(model)
        instance._data = NOTHING
    instance._row = row
    instance._layout = layout
    return instance


def load_values(layout: Layout, names: Sequence[str], row: tuple[object, ...]) -> list[Any]:
    """Return the Python values of some columns of a row; null containers stay None."""
    values = []
    for name in names:
        value = row[layout.positions[name]]
        loader = layout.loaders[name]
        values.append(value if loader is None or value is None else loader(value))
    return values
