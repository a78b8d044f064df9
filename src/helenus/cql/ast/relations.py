"""What a WHERE clause and the conditions of a lightweight transaction are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from helenus.cql.ast.base import Node
from helenus.cql.ast.terms import Term

__all__ = [
    "AnyCondition",
    "Condition",
    "ElementCondition",
    "FieldCondition",
    "IndexExpression",
    "MapEntryRelation",
    "NotNullRelation",
    "Relation",
    "TokenRelation",
    "TupleRelation",
    "Where",
]


@dataclass(frozen=True, slots=True)
class Relation(Node):
    """``column operator value``.

    Args:
        column: the column's name.
        operator: one of ``= < <= > >= != IN CONTAINS LIKE`` or ``CONTAINS KEY``.
        value: after IN a ``TupleLiteral`` of the values, or a ``BindMarker`` for all of them.
    """

    column: str
    operator: str
    value: Term


@dataclass(frozen=True, slots=True)
class MapEntryRelation(Node):
    """``column[key] operator value``.

    Args:
        column: the map column's name.
        key: the entry's key.
        operator: one of ``= < <= > >= !=``.
        value: what to compare the entry's value with.
    """

    column: str
    key: Term
    operator: str
    value: Term


@dataclass(frozen=True, slots=True)
class TupleRelation(Node):
    """``(a, b) operator value``: several clustering columns at once.

    Args:
        columns: their names, one or more.
        operator: one of ``= < <= > >= != IN``.
        value: a ``TupleLiteral`` or ``BindMarker``; after IN a marker for all values, or a ``TupleLiteral`` whose items
            are all tuples or all markers, or none.
    """

    columns: tuple[str, ...]
    operator: str
    value: Term


@dataclass(frozen=True, slots=True)
class TokenRelation(Node):
    """``token(a, b) operator value``.

    Args:
        columns: the partition key's columns.
        operator: one of ``= < <= > >= !=``.
        value: a token, or a call of ``token``.
    """

    columns: tuple[str, ...]
    operator: str
    value: Term


@dataclass(frozen=True, slots=True)
class NotNullRelation(Node):
    """``column IS NOT NULL``, for materialized views."""

    column: str


@dataclass(frozen=True, slots=True)
class IndexExpression(Node):
    """``expr(index, value)``: a question that only a custom index understands."""

    index: str
    value: Term


Where: TypeAlias = Relation | MapEntryRelation | TupleRelation | TokenRelation | NotNullRelation | IndexExpression


# ---- IF --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Condition(Node):
    """``IF column operator value``.

    Args:
        column: the column's name.
        operator: one of ``= < <= > >= != IN CONTAINS`` or ``CONTAINS KEY``.
        value: after IN a ``TupleLiteral`` of the values, or a ``BindMarker`` for all of them.
    """

    column: str
    operator: str
    value: Term


@dataclass(frozen=True, slots=True)
class ElementCondition(Node):
    """``IF column[key] operator value``; operators as in ``Condition``, without CONTAINS."""

    column: str
    key: Term
    operator: str
    value: Term


@dataclass(frozen=True, slots=True)
class FieldCondition(Node):
    """``IF column.field operator value``; operators as in ``Condition``, without CONTAINS."""

    column: str
    field: str
    operator: str
    value: Term


AnyCondition: TypeAlias = Condition | ElementCondition | FieldCondition
