"""How statements on data are written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from helenus.cql.ast.base import Node
from helenus.cql.ast.dml import (
    Add,
    Batch,
    Delete,
    Insert,
    InsertJSON,
    Ordering,
    Prepend,
    Select,
    Selector,
    SetElement,
    SetField,
    SetValue,
    Subtract,
    Truncate,
    Update,
    Use,
    Using,
)
from helenus.cql.ast.relations import (
    AnyCondition,
    Condition,
    ElementCondition,
    FieldCondition,
    IndexExpression,
    MapEntryRelation,
    NotNullRelation,
    Relation,
    TokenRelation,
    TupleRelation,
)
from helenus.cql.ast.terms import BindMarker, Term
from helenus.cql.names import maybe_quote
from helenus.cql.render.base import commas, if_exists, if_not_exists, names, one_of, parts, render

__all__ = ["selectors", "where"]

_Compared: TypeAlias = Relation | MapEntryRelation | TupleRelation | TokenRelation | AnyCondition


def _clause(word: str, node: Node | None) -> str:
    return "" if node is None else f"{word} {render(node)}"


def _all_of(word: str, nodes: Sequence[Node]) -> str:
    return f"{word} {' AND '.join(map(render, nodes))}" if nodes else ""


def where(relations: Sequence[Node]) -> str:
    """Render a WHERE clause; no relations, no clause.

    Args:
        relations: in order.
    """
    return _all_of("WHERE", relations)


def selectors(chosen: Sequence[Selector]) -> str:
    """Render what SELECT selects; nothing chosen is ``*``.

    Args:
        chosen: in order.
    """
    return commas(chosen) or "*"


@render.register
def _use(node: Use) -> str:
    return f"USE {maybe_quote(node.keyspace)}"


@render.register
def _truncate(node: Truncate) -> str:
    return f"TRUNCATE TABLE {render(node.table)}"


@render.register
def _using(node: Using) -> str:
    clauses = [_clause("TTL", node.ttl), _clause("TIMESTAMP", node.timestamp)]
    if 0 <= _index(node.timestamp) < _index(node.ttl):
        clauses.reverse()  # Positional markers must keep the order that they had in the text.
    return " AND ".join(filter(None, clauses))


def _index(term: Term | None) -> int:
    return term.index if isinstance(term, BindMarker) else -1


_COMPARISONS = frozenset({"=", "<", "<=", ">", ">=", "!="})
_OPERATORS = {
    Relation: _COMPARISONS | {"IN", "CONTAINS", "CONTAINS KEY", "LIKE"},
    MapEntryRelation: _COMPARISONS,
    TupleRelation: _COMPARISONS | {"IN"},
    TokenRelation: _COMPARISONS,
    Condition: _COMPARISONS | {"IN", "CONTAINS", "CONTAINS KEY"},
    ElementCondition: _COMPARISONS | {"IN"},
    FieldCondition: _COMPARISONS | {"IN"},
}


def _compared(left: str, node: _Compared) -> str:
    operator = one_of(node.operator, _OPERATORS[type(node)], f"an operator of a {type(node).__name__}")
    return f"{left} {operator} {render(node.value)}"


# ---- relations -------------------------------------------------------------------------------------------------------


@render.register
def _relation(node: Relation) -> str:
    return _compared(maybe_quote(node.column), node)


@render.register
def _map_entry_relation(node: MapEntryRelation) -> str:
    return _compared(f"{maybe_quote(node.column)}[{render(node.key)}]", node)


@render.register
def _tuple_relation(node: TupleRelation) -> str:
    return _compared(f"({names(node.columns)})", node)


@render.register
def _token_relation(node: TokenRelation) -> str:
    return _compared(f"token({names(node.columns)})", node)


@render.register
def _not_null_relation(node: NotNullRelation) -> str:
    return f"{maybe_quote(node.column)} IS NOT NULL"


@render.register
def _index_expression(node: IndexExpression) -> str:
    return f"expr({maybe_quote(node.index)}, {render(node.value)})"


# ---- SELECT ----------------------------------------------------------------------------------------------------------


@render.register
def _selector(node: Selector) -> str:
    expression = render(node.expression)
    return expression if node.alias is None else f"{expression} AS {maybe_quote(node.alias)}"


@render.register
def _ordering(node: Ordering) -> str:
    return parts(maybe_quote(node.column), _clause("ANN OF", node.ann_of), "DESC" if node.descending else "")


@render.register
def _select(node: Select) -> str:
    return parts(
        "SELECT",
        "JSON" if node.json else "",
        "DISTINCT" if node.distinct else "",
        selectors(node.selectors),
        f"FROM {render(node.table)}",
        where(node.where),
        f"GROUP BY {commas(node.group_by)}" if node.group_by else "",
        f"ORDER BY {commas(node.order_by)}" if node.order_by else "",
        _clause("PER PARTITION LIMIT", node.per_partition_limit),
        _clause("LIMIT", node.limit),
        "ALLOW FILTERING" if node.allow_filtering else "",
    )


# ---- INSERT, UPDATE, DELETE, BATCH -----------------------------------------------------------------------------------


@render.register
def _insert(node: Insert) -> str:
    return parts(
        f"INSERT INTO {render(node.table)} ({names(node.columns)}) VALUES ({commas(node.values)})",
        if_not_exists(node.if_not_exists),
        _clause("USING", node.using),
    )


@render.register
def _insert_json(node: InsertJSON) -> str:
    return parts(
        f"INSERT INTO {render(node.table)} JSON {render(node.value)}",
        "DEFAULT UNSET" if node.default_unset else "",
        if_not_exists(node.if_not_exists),
        _clause("USING", node.using),
    )


@render.register
def _set_value(node: SetValue) -> str:
    return f"{maybe_quote(node.column)} = {render(node.value)}"


@render.register
def _add(node: Add) -> str:
    # Not "+=": ScyllaDB and Cassandra before 4.0 do not know it.
    column = maybe_quote(node.column)
    return f"{column} = {column} + {render(node.value)}"


@render.register
def _subtract(node: Subtract) -> str:
    column = maybe_quote(node.column)
    return f"{column} = {column} - {render(node.value)}"


@render.register
def _prepend(node: Prepend) -> str:
    column = maybe_quote(node.column)
    return f"{column} = {render(node.value)} + {column}"


@render.register
def _set_element(node: SetElement) -> str:
    return f"{maybe_quote(node.column)}[{render(node.key)}] = {render(node.value)}"


@render.register
def _set_field(node: SetField) -> str:
    return f"{maybe_quote(node.column)}.{maybe_quote(node.field)} = {render(node.value)}"


@render.register
def _condition(node: Condition) -> str:
    return _compared(maybe_quote(node.column), node)


@render.register
def _element_condition(node: ElementCondition) -> str:
    return _compared(f"{maybe_quote(node.column)}[{render(node.key)}]", node)


@render.register
def _field_condition(node: FieldCondition) -> str:
    return _compared(f"{maybe_quote(node.column)}.{maybe_quote(node.field)}", node)


@render.register
def _update(node: Update) -> str:
    return parts(
        f"UPDATE {render(node.table)}",
        _clause("USING", node.using),
        f"SET {commas(node.assignments)}",
        where(node.where),
        if_exists(node.if_exists) or _all_of("IF", node.conditions),
    )


@render.register
def _delete(node: Delete) -> str:
    return parts(
        "DELETE",
        commas(node.selections),
        f"FROM {render(node.table)}",
        _clause("USING", node.using),
        where(node.where),
        if_exists(node.if_exists) or _all_of("IF", node.conditions),
    )


_BATCHES = frozenset({"COUNTER", "LOGGED", "UNLOGGED"})


@render.register
def _batch(node: Batch) -> str:
    return parts(
        "BEGIN",
        "" if one_of(node.kind, _BATCHES, "a kind of batch") == "LOGGED" else node.kind,
        "BATCH",
        _clause("USING", node.using),
        *(f"{render(statement)};" for statement in node.statements),
        "APPLY BATCH",
    )
