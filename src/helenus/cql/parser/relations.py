"""How the relations of a WHERE clause and the conditions behind IF are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping

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
    Where,
)
from helenus.cql.ast.terms import Term, TupleLiteral
from helenus.cql.cursor import Cursor
from helenus.cql.parser.names import index_part
from helenus.cql.parser.terms import bind_marker, marker_or_none, term, tuple_literal
from helenus.cql.tokens import NAME_KINDS

__all__ = ["conditions", "where"]

_COMPARISONS = frozenset({"=", "<", "<=", ">", ">=", "!="})


def where(cursor: Cursor) -> tuple[Where, ...]:
    """Take what stands behind WHERE.

    Args:
        cursor: where the first relation begins.
    """
    relations = [_relation(cursor)]
    while cursor.accept("K_AND"):
        relations.append(_relation(cursor))
    return tuple(relations)


def _relation(cursor: Cursor) -> Where:
    kind = cursor.kinds[cursor.at]
    if kind in NAME_KINDS:
        return _column_relation(cursor)
    reader = _RELATIONS.get(kind)
    return cursor.no_alternative() if reader is None else reader(cursor)


def _column_relation(cursor: Cursor) -> Where:
    follows = cursor.ahead(1)
    reader = _OPERATORS.get(follows)
    if reader is None:
        cursor.no_alternative(1)
    return reader(cursor, cursor.name())


def _comparison(cursor: Cursor) -> str:
    if cursor.kinds[cursor.at] not in _COMPARISONS:
        cursor.no_alternative()
    cursor.at += 1
    return cursor.words[cursor.at - 1]


def _compared(cursor: Cursor, column: str) -> Relation:
    return Relation(column, _comparison(cursor), term(cursor))


def _in(cursor: Cursor, column: str) -> Relation:
    if cursor.ahead(1) not in _VALUES_BEGIN:
        cursor.at -= 1
        cursor.no_alternative(2)
    cursor.expect("K_IN")
    return Relation(column, "IN", _in_values(cursor))


_VALUES_BEGIN = frozenset({"(", "?", ":"})


def _in_values(cursor: Cursor) -> Term:
    marker = marker_or_none(cursor)
    if marker is not None:
        return marker
    if cursor.kind != "(":
        cursor.no_alternative()
    return TupleLiteral() if cursor.ahead(1) == ")" and _empty(cursor) else tuple_literal(cursor)


def _empty(cursor: Cursor) -> bool:
    cursor.phrase("(", ")")
    return True


def _contains(cursor: Cursor, column: str) -> Relation:
    return Relation(column, _contains_operator(cursor), term(cursor))


def _contains_operator(cursor: Cursor) -> str:
    cursor.expect("K_CONTAINS")
    return "CONTAINS KEY" if cursor.accept("K_KEY") else "CONTAINS"


def _like(cursor: Cursor, column: str) -> Relation:
    cursor.expect("K_LIKE")
    return Relation(column, "LIKE", term(cursor))


def _is_not_null(cursor: Cursor, column: str) -> NotNullRelation:
    cursor.phrase("K_IS", "K_NOT", "K_NULL")
    return NotNullRelation(column)


def _map_entry(cursor: Cursor, column: str) -> MapEntryRelation:
    cursor.expect("[")
    key = term(cursor)
    cursor.expect("]")
    return MapEntryRelation(column, key, _comparison(cursor), term(cursor))


_OPERATORS: Mapping[str, Callable[[Cursor, str], Where]] = {
    **dict.fromkeys(_COMPARISONS, _compared),
    "K_IN": _in,
    "K_CONTAINS": _contains,
    "K_LIKE": _like,
    "K_IS": _is_not_null,
    "[": _map_entry,
}


# ---- several columns at once -----------------------------------------------------------------------------------------


def _token(cursor: Cursor) -> TokenRelation:
    cursor.expect("K_TOKEN")
    return TokenRelation(cursor.bracketed(Cursor.name), _comparison(cursor), term(cursor))


def _index_expression(cursor: Cursor) -> IndexExpression:
    cursor.expect("EXPR")
    index = index_part(cursor)
    cursor.expect(",")
    value = term(cursor)
    cursor.expect(")")
    return IndexExpression(index, value)


def _parenthesized(cursor: Cursor) -> Where:
    if cursor.ahead(1) in NAME_KINDS and cursor.ahead(2) in {",", ")"}:
        return _tuple_relation(cursor)
    cursor.enter()
    cursor.expect("(")
    relation = _relation(cursor)
    cursor.expect(")")
    cursor.leave()
    return relation


def _tuple_relation(cursor: Cursor) -> TupleRelation:
    columns = cursor.bracketed(Cursor.name)
    if cursor.accept("K_IN"):
        return TupleRelation(columns, "IN", _in_tuples(cursor))
    if cursor.kind in _COMPARISONS and cursor.ahead(1) not in _VALUES_BEGIN:
        cursor.no_alternative(1)
    return TupleRelation(columns, _comparison(cursor), marker_or_none(cursor) or tuple_literal(cursor))


def _in_tuples(cursor: Cursor) -> Term:
    marker = marker_or_none(cursor)
    if marker is not None:
        return marker
    if cursor.kind != "(":
        cursor.no_alternative()
    reader = _TUPLES.get(cursor.ahead(1))
    return cursor.no_alternative(1) if reader is None else reader(cursor)


def _no_tuples(cursor: Cursor) -> TupleLiteral:
    _empty(cursor)
    return TupleLiteral()


def _tuples(cursor: Cursor) -> TupleLiteral:
    return TupleLiteral(cursor.bracketed(tuple_literal))


def _markers(cursor: Cursor) -> TupleLiteral:
    return TupleLiteral(cursor.bracketed(bind_marker))


_TUPLES: Mapping[str, Callable[[Cursor], TupleLiteral]] = {
    ")": _no_tuples,
    "(": _tuples,
    "?": _markers,
    ":": _markers,
}

_RELATIONS: Mapping[str, Callable[[Cursor], Where]] = {
    "K_TOKEN": _token,
    "EXPR": _index_expression,
    "(": _parenthesized,
}


# ---- conditions ------------------------------------------------------------------------------------------------------


def conditions(cursor: Cursor) -> tuple[AnyCondition, ...]:
    """Take the conditions that stand behind IF.

    Args:
        cursor: where the first one begins.
    """
    found = [_condition(cursor)]
    while cursor.accept("K_AND"):
        found.append(_condition(cursor))
    return tuple(found)


def _condition(cursor: Cursor) -> AnyCondition:
    column = cursor.name()
    if cursor.accept("["):
        key = term(cursor)
        cursor.expect("]")
        return ElementCondition(column, key, *_operator_and_value(cursor))
    if cursor.accept("."):
        return FieldCondition(column, cursor.name(), *_operator_and_value(cursor))
    if cursor.kind == "K_CONTAINS":
        return Condition(column, _contains_operator(cursor), term(cursor))
    return Condition(column, *_operator_and_value(cursor))


def _operator_and_value(cursor: Cursor) -> tuple[str, Term]:
    if cursor.accept("K_IN"):
        return "IN", _in_values(cursor)
    return _comparison(cursor), term(cursor)
