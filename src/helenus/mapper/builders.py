"""Builds the CQL text of a statement's shape, through the syntax tree.

Loaded when the first statement of a process is built, see ``statements``. Pure.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from helenus.cql import ast
from helenus.cql.render import render
from helenus.mapper.expressions import Operator
from helenus.mapper.loader import columns_of
from helenus.mapper.values import Change, Value

if TYPE_CHECKING:
    from helenus.mapper.model import BaseModel
    from helenus.mapper.statements import Outline, Shape

__all__ = ["BUILDERS", "build"]

MARKER = ast.BindMarker()


def build(model: type[BaseModel], shape: Shape) -> str:
    """Return the CQL of a shape."""
    return render(BUILDERS[shape.kind](model, shape))


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
