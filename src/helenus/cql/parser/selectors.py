"""How the expressions of a SELECT clause are read (rules from ``unaliasedSelector``).

They are terms that may also name columns, and take fields, elements and slices of what they name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from helenus.cql.ast.dml import Selector
from helenus.cql.ast.terms import (
    Arithmetic,
    CellFunction,
    Column,
    CountRows,
    ElementAccess,
    FieldAccess,
    ListLiteral,
    Negation,
    SliceAccess,
    Term,
    TupleLiteral,
)
from helenus.cql.cursor import Cursor
from helenus.cql.parser.names import FUNCTION_KINDS, is_call
from helenus.cql.parser.terms import (
    ADDITIVE,
    CONSTANTS,
    bind_marker,
    cast,
    constant,
    function_call,
    marker_follows,
    null,
    operator,
    product_of,
    set_or_map,
    term,
    type_hint,
)
from helenus.cql.tokens import NAME_KINDS

__all__ = ["BEGINS", "expression", "selectors"]


def selectors(cursor: Cursor) -> tuple[Selector, ...]:
    """Take what SELECT selects; ``*`` is none.

    Args:
        cursor: where it begins.
    """
    return () if cursor.accept("*") else cursor.list_of(_selector)


def _selector(cursor: Cursor) -> Selector:
    chosen = expression(cursor)
    return Selector(chosen, cursor.name() if cursor.accept("K_AS") else None)


def expression(cursor: Cursor) -> Term:
    """Take an expression that may name columns.

    Args:
        cursor: where it begins.

    Raises:
        CQLSyntaxError: none begins there, or it nests too deep.
    """
    depth = cursor.depth
    cursor.enter()
    left = product_of(cursor, _group)
    while cursor.kinds[cursor.at] in ADDITIVE:
        left = Arithmetic(operator(cursor), left, product_of(cursor, _group))
    cursor.depth = depth
    return left


def _group(cursor: Cursor) -> Term:
    if cursor.accept("-"):
        cursor.enter()
        negated = Negation(_group(cursor))
        cursor.leave()
        return negated
    return _accesses(cursor, _simple(cursor))


def _accesses(cursor: Cursor, operand: Term) -> Term:
    depth = cursor.depth
    while (reader := _ACCESSES.get(cursor.kinds[cursor.at])) is not None:
        cursor.enter()
        operand = reader(cursor, operand)
    cursor.depth = depth
    return operand


def _field(cursor: Cursor, operand: Term) -> FieldAccess:
    cursor.expect(".")
    return FieldAccess(operand, cursor.name())


def _element_or_slice(cursor: Cursor, operand: Term) -> ElementAccess | SliceAccess:
    cursor.expect("[")
    start = None if cursor.kind == ".." else term(cursor)
    if start is not None and cursor.accept("]"):
        return ElementAccess(operand, start)
    cursor.expect("..")
    end = None if start is not None and cursor.kind == "]" else term(cursor)
    cursor.expect("]")
    return SliceAccess(operand, start, end)


_ACCESSES: Mapping[str, Callable[[Cursor, Term], Term]] = {".": _field, "[": _element_or_slice}


def _simple(cursor: Cursor) -> Term:
    reader = _READERS.get(cursor.kinds[cursor.at])
    return cursor.no_alternative() if reader is None else reader(cursor)


def _name(cursor: Cursor) -> Term:
    if is_call(cursor):
        return function_call(cursor, expression)
    if cursor.ahead(1) not in _AFTER_COLUMN:
        cursor.no_alternative(1)
    cursor.looked = cursor.at + 2
    return Column(cursor.name())


# What may stand behind a column that is selected; the server looks at it to know that it is no function.
_AFTER_COLUMN = frozenset(
    {".", "[", "+", "-", "*", "/", "%", ",", ")", "]", "}", ":", ";", "EOF", "K_AS", "K_FROM"}
    | {"K_ORDER", "K_PER", "K_LIMIT", "K_ALLOW"}
)


def _count(cursor: Cursor) -> Term:
    if cursor.ahead(1) == "(" and cursor.ahead(2) == "*":
        cursor.phrase("K_COUNT", "(", "*", ")")
        return CountRows()
    return _name(cursor)


def _cell_function(cursor: Cursor) -> Term:
    if cursor.ahead(1) != "(":
        return _name(cursor)
    name = cursor.name()
    cursor.expect("(")
    operand = _accesses(cursor, Column(cursor.name()))
    if not cursor.accept(")"):
        cursor.no_alternative()
    return CellFunction(name, operand)


def _cast(cursor: Cursor) -> Term:
    return cast(cursor, expression) if cursor.ahead(1) == "(" else _name(cursor)


def _list(cursor: Cursor) -> ListLiteral:
    cursor.expect("[")
    items = () if cursor.kind == "]" else cursor.list_of(expression)
    cursor.expect("]")
    return ListLiteral(items)


def _parentheses(cursor: Cursor) -> Term:
    return type_hint(cursor, _simple, _simple_follows) or TupleLiteral(cursor.bracketed(expression))


def _simple_follows(cursor: Cursor) -> bool:
    # AS and PER are columns as well, unless they go on as an alias or a limit.
    kind, after = cursor.kind, cursor.ahead(1)
    if kind == "K_AS":
        return after == "K_AS" or after not in NAME_KINDS
    if kind == "K_PER":
        return after != "K_PARTITION"
    return marker_follows(cursor) if kind == ":" else kind in _READERS


_READERS: Mapping[str, Callable[[Cursor], Term]] = {
    **dict.fromkeys(FUNCTION_KINDS | NAME_KINDS, _name),
    **dict.fromkeys(CONSTANTS, constant),
    "K_CAST": _cast,
    "K_COUNT": _count,
    "K_MAXWRITETIME": _cell_function,
    "K_NULL": null,
    "K_TTL": _cell_function,
    "K_WRITETIME": _cell_function,
    "?": bind_marker,
    ":": bind_marker,
    "[": _list,
    "{": lambda cursor: set_or_map(cursor, expression),
    "(": _parentheses,
}

BEGINS = frozenset(_READERS) | {"-", "*"}
"""Kinds of tokens that what SELECT selects can begin with."""
