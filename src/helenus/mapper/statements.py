"""The shape of a statement, and the CQL text of a shape: built once through the syntax tree, then looked up.

A shape says which columns a statement names and how, never with which values: everything is bound, TTL, timestamp,
LIMIT, IN lists and map keys included. A model therefore has a handful of texts for its whole life, which the servers
prepare once. Pure: nothing is sent here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from helenus.cql import ast
from helenus.cql.render import render
from helenus.mapper.expressions import Operator, Relation
from helenus.mapper.loader import columns_of
from helenus.mapper.values import Change, Value

if TYPE_CHECKING:
    from helenus.mapper.model import BaseModel

__all__ = ["MAX_TEXTS", "Outline", "Shape", "operands", "outline", "text"]

MAX_TEXTS = 512
"""How many texts a model keeps; a program with more shapes than this renders some again."""

MARKER = ast.BindMarker()
Outline: TypeAlias = tuple[tuple[str | None, str, Any], ...]


class Shape(NamedTuple):
    """What a statement says, without its values.

    Args:
        kind: ``insert``, ``update``, ``delete``, ``select`` or ``count``.
        keyspace: the keyspace that its table is in.
        columns: names for INSERT and SELECT; pairs of name and :class:`Change` for UPDATE.
        where: see :func:`outline`.
        conditions: of a lightweight transaction, see :func:`outline`.
        using: ``ttl`` and ``timestamp``, those that are given.
        exists: IF NOT EXISTS for INSERT, IF EXISTS else.
        order: pairs of clustering column and whether it is descending.
        limit: whether there is a LIMIT.
        per_partition_limit: whether there is a PER PARTITION LIMIT.
        filtering: whether it says ALLOW FILTERING.
        distinct: whether it says DISTINCT.
    """

    kind: str
    keyspace: str | None
    columns: tuple[Any, ...] = ()
    where: Outline = ()
    conditions: Outline = ()
    using: tuple[str, ...] = ()
    exists: bool = False
    order: tuple[tuple[str, bool], ...] = ()
    limit: bool = False
    per_partition_limit: bool = False
    filtering: bool = False
    distinct: bool = False


def outline(relations: Sequence[Relation]) -> Outline:
    """Return conditions without their values."""
    return tuple([relation.outline for relation in relations])


def operands(relations: Sequence[Relation]) -> list[object]:
    """Return the values that conditions bind, in the order of their markers."""
    values: list[object] = []
    for relation in relations:
        if relation.outline[2] is not None:
            values.extend(relation.value.terms()[1])
        elif relation.operator is not Operator.IS_NOT_NULL:
            values.append(relation.value)
    return values


def text(model: type[BaseModel], shape: Shape) -> str:
    """Return the CQL of a shape, from the model's cache or built now."""
    cache = model._texts
    found = cache.get(shape)
    if found is None:
        found = render(BUILDERS[shape.kind](model, shape))
        if len(cache) >= MAX_TEXTS:
            cache.clear()
        cache[shape] = found
    return found


def _table(model: type[BaseModel], shape: Shape) -> ast.TableName:
    return ast.TableName(shape.keyspace, model.__table__.name)


def _field(model: type[BaseModel], name: str) -> str:
    return columns_of(model)[name].db_field_name


def _using(shape: Shape) -> ast.Using | None:
    if not shape.using:
        return None
    return ast.Using(**dict.fromkeys(shape.using, MARKER))


def _where(model: type[BaseModel], relations: Outline) -> tuple[ast.Where, ...]:
    return tuple(_relation(model, *relation) for relation in relations)


def _relation(model: type[BaseModel], name: str | None, operator: str, term: Value) -> ast.Where:
    if name is None:
        partition_key = tuple(column.db_field_name for column in model.__table__.partition_key)
        return ast.TokenRelation(partition_key, operator, term or MARKER)
    field = _field(model, name)
    if operator == Operator.IS_NOT_NULL.value:
        return ast.NotNullRelation(field)
    return ast.Relation(field, operator, term or MARKER)


def _conditions(model: type[BaseModel], relations: Outline) -> tuple[ast.Condition, ...]:
    return tuple(
        ast.Condition(_field(model, name or ""), operator, term or MARKER) for name, operator, term in relations
    )


def _insert(model: type[BaseModel], shape: Shape) -> ast.Statement:
    return ast.Insert(
        table=_table(model, shape),
        columns=tuple(_field(model, name) for name in shape.columns),
        values=(MARKER,) * len(shape.columns),
        if_not_exists=shape.exists,
        using=_using(shape),
    )


def _update(model: type[BaseModel], shape: Shape) -> ast.Statement:
    return ast.Update(
        table=_table(model, shape),
        assignments=tuple(ASSIGNMENTS[change](_field(model, name)) for name, change in shape.columns),
        where=_where(model, shape.where),
        conditions=_conditions(model, shape.conditions),
        if_exists=shape.exists,
        using=_using(shape),
    )


def _delete(model: type[BaseModel], shape: Shape) -> ast.Statement:
    return ast.Delete(
        table=_table(model, shape),
        where=_where(model, shape.where),
        conditions=_conditions(model, shape.conditions),
        if_exists=shape.exists,
        using=_using(shape),
    )


def _select(model: type[BaseModel], shape: Shape) -> ast.Statement:
    return ast.Select(
        table=_table(model, shape),
        selectors=tuple(ast.Selector(ast.Column(_field(model, name))) for name in shape.columns),
        where=_where(model, shape.where),
        order_by=tuple(ast.Ordering(_field(model, name), descending) for name, descending in shape.order),
        per_partition_limit=MARKER if shape.per_partition_limit else None,
        limit=MARKER if shape.limit else None,
        allow_filtering=shape.filtering,
        distinct=shape.distinct,
    )


def _count(model: type[BaseModel], shape: Shape) -> ast.Statement:
    return ast.Select(
        table=_table(model, shape),
        selectors=(ast.Selector(ast.CountRows()),),
        where=_where(model, shape.where),
        allow_filtering=shape.filtering,
    )


ASSIGNMENTS: dict[Change, Callable[[str], ast.Assignment]] = {
    Change.SET: lambda field: ast.SetValue(field, MARKER),
    Change.ADD: lambda field: ast.Add(field, MARKER),
    Change.SUBTRACT: lambda field: ast.Subtract(field, MARKER),
    Change.PREPEND: lambda field: ast.Prepend(field, MARKER),
    Change.PUT: lambda field: ast.SetElement(field, MARKER, MARKER),
}

BUILDERS = {"insert": _insert, "update": _update, "delete": _delete, "select": _select, "count": _count}
