"""Statements on data: SELECT, INSERT, UPDATE, DELETE, BATCH, TRUNCATE, USE, and the clauses they are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from helenus.cql.ast.base import Node, Statement, TableName
from helenus.cql.ast.relations import AnyCondition, Where
from helenus.cql.ast.terms import BindMarker, Column, Constant, ElementAccess, FieldAccess, Term

__all__ = [
    "Add",
    "Assignment",
    "Batch",
    "Delete",
    "Insert",
    "InsertJSON",
    "Modification",
    "Ordering",
    "Prepend",
    "Select",
    "Selector",
    "SetElement",
    "SetField",
    "SetValue",
    "Subtract",
    "Truncate",
    "Update",
    "Use",
    "Using",
]


@dataclass(frozen=True, slots=True)
class Use(Statement):
    """``USE keyspace``."""

    keyspace: str


@dataclass(frozen=True, slots=True)
class Truncate(Statement):
    """``TRUNCATE TABLE table``."""

    table: TableName


@dataclass(frozen=True, slots=True)
class Using(Node):
    """``USING TTL ttl AND TIMESTAMP timestamp``.

    Args:
        ttl: seconds to live, an integer or a marker; None if absent.
        timestamp: write time in microseconds since 1970, an integer or a marker; None if absent.
    """

    ttl: Term | None = None
    timestamp: Term | None = None


# ---- SELECT ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Selector(Node):
    """``expression AS alias``.

    Args:
        expression: what to select.
        alias: its name in the result, or None.
    """

    expression: Term
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class Ordering(Node):
    """``column DESC``, or ``column ANN OF vector``.

    Args:
        column: the column's name.
        descending: whether DESC stands behind it.
        ann_of: the vector to be near to, or None.
    """

    column: str
    descending: bool = False
    ann_of: Term | None = None


@dataclass(frozen=True, slots=True)
class Select(Statement):
    """A query.

    Args:
        table: a table or a materialized view.
        selectors: what to select; empty for ``*``.
        where: relations that must all hold.
        group_by: expressions to group by.
        order_by: clustering columns and their direction.
        per_partition_limit: rows of each partition at most, an integer or a marker.
        limit: rows at most, an integer or a marker.
        allow_filtering: whether rows may be read and thrown away.
        distinct: whether each partition is answered once.
        json: whether each row is answered as one JSON text.
    """

    table: TableName
    selectors: tuple[Selector, ...] = ()
    where: tuple[Where, ...] = ()
    group_by: tuple[Term, ...] = ()
    order_by: tuple[Ordering, ...] = ()
    per_partition_limit: Term | None = None
    limit: Term | None = None
    allow_filtering: bool = False
    distinct: bool = False
    json: bool = False


# ---- INSERT, UPDATE, DELETE ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Insert(Statement):
    """``INSERT INTO table (columns) VALUES (values)``.

    Args:
        table: the table.
        columns: names, one or more.
        values: a term for each column (the parser does not count them, as the server does not).
        if_not_exists: whether it is conditional (LWT).
        using: TTL and timestamp.
    """

    table: TableName
    columns: tuple[str, ...]
    values: tuple[Term, ...]
    if_not_exists: bool = False
    using: Using | None = None


@dataclass(frozen=True, slots=True)
class InsertJSON(Statement):
    """``INSERT INTO table JSON value``.

    Args:
        table: the table.
        value: a string constant or a marker.
        default_unset: whether absent columns are left as they are instead of being set to null.
        if_not_exists: whether it is conditional (LWT).
        using: TTL and timestamp.
    """

    table: TableName
    value: Constant | BindMarker
    default_unset: bool = False
    if_not_exists: bool = False
    using: Using | None = None


@dataclass(frozen=True, slots=True)
class SetValue(Node):
    """``column = value``."""

    column: str
    value: Term


@dataclass(frozen=True, slots=True)
class Add(Node):
    """``column = column + value``, also written ``column += value``: counters, appending, adding to sets and maps."""

    column: str
    value: Term


@dataclass(frozen=True, slots=True)
class Subtract(Node):
    """``column = column - value``, also written ``column -= value``: counters, removing from collections."""

    column: str
    value: Term


@dataclass(frozen=True, slots=True)
class Prepend(Node):
    """``column = value + column``: to the front of a list."""

    column: str
    value: Term


@dataclass(frozen=True, slots=True)
class SetElement(Node):
    """``column[key] = value``: a list's element by index, a map's value by key."""

    column: str
    key: Term
    value: Term


@dataclass(frozen=True, slots=True)
class SetField(Node):
    """``column.field = value``: a field of a non-frozen user-defined type."""

    column: str
    field: str
    value: Term


Assignment: TypeAlias = SetValue | Add | Subtract | Prepend | SetElement | SetField


@dataclass(frozen=True, slots=True)
class Update(Statement):
    """``UPDATE table SET assignments WHERE where``.

    Args:
        table: the table.
        assignments: one or more.
        where: relations that must all hold, one or more.
        conditions: what must hold of the row that is there (LWT).
        if_exists: whether there must be such a row (LWT); excludes conditions.
        using: TTL and timestamp.
    """

    table: TableName
    assignments: tuple[Assignment, ...]
    where: tuple[Where, ...]
    conditions: tuple[AnyCondition, ...] = ()
    if_exists: bool = False
    using: Using | None = None


@dataclass(frozen=True, slots=True)
class Delete(Statement):
    """``DELETE selections FROM table WHERE where``.

    Args:
        table: the table.
        selections: ``Column``, ``ElementAccess`` or ``FieldAccess`` of a column; empty for whole rows.
        where: relations that must all hold, one or more.
        conditions: what must hold of the row that is there (LWT).
        if_exists: whether there must be such a row (LWT); excludes conditions.
        using: a timestamp, no TTL.
    """

    table: TableName
    selections: tuple[Column | ElementAccess | FieldAccess, ...] = ()
    where: tuple[Where, ...] = ()
    conditions: tuple[AnyCondition, ...] = ()
    if_exists: bool = False
    using: Using | None = None


Modification: TypeAlias = Insert | InsertJSON | Update | Delete


@dataclass(frozen=True, slots=True)
class Batch(Statement):
    """``BEGIN BATCH statements APPLY BATCH``.

    Args:
        kind: ``LOGGED``, ``UNLOGGED`` or ``COUNTER``.
        statements: in order; there may be none.
        using: TTL and timestamp (the server takes no TTL, the grammar does).
    """

    kind: str = "LOGGED"
    statements: tuple[Modification, ...] = ()
    using: Using | None = None
