"""How statements on functions, aggregates and triggers are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from helenus.cql.ast.base import Statement
from helenus.cql.ast.functions import (
    Argument,
    CreateAggregate,
    CreateFunction,
    CreateTrigger,
    DropAggregate,
    DropFunction,
    DropTrigger,
)
from helenus.cql.cursor import Cursor
from helenus.cql.parser.names import (
    function_name,
    function_part,
    if_exists,
    if_not_exists,
    string_literal,
    table_name,
)
from helenus.cql.parser.terms import term
from helenus.cql.types import CQLType, read_type

__all__ = ["CREATE", "DROP", "signature"]


def signature(cursor: Cursor) -> tuple[CQLType, ...]:
    """Take the types of a function's arguments in parentheses; there may be none.

    Args:
        cursor: where the parenthesis opens.
    """
    cursor.expect("(")
    types = () if cursor.kind == ")" else cursor.list_of(read_type)
    cursor.expect(")")
    return types


def _create_or_replace(cursor: Cursor) -> Statement:
    reader = _REPLACEABLE.get(cursor.ahead(2)) if cursor.ahead(1) == "K_REPLACE" else None
    if reader is None:
        cursor.at -= 1
        cursor.no_alternative(3 if cursor.ahead(2) == "K_REPLACE" else 2)
    cursor.phrase("K_OR", "K_REPLACE")
    return reader(cursor, replace=True)


def _create_function(cursor: Cursor, *, replace: bool = False) -> CreateFunction:
    cursor.expect("K_FUNCTION")
    absent = if_not_exists(cursor)
    name = function_name(cursor)
    cursor.expect("(")
    arguments = () if cursor.kind == ")" else cursor.list_of(_argument)
    cursor.expect(")")
    called = _called_on_null(cursor)
    cursor.phrase("K_ON", "K_NULL", "K_INPUT", "K_RETURNS")
    returns = read_type(cursor)
    cursor.expect("K_LANGUAGE")
    language = cursor.expect("IDENT").lower()
    cursor.expect("K_AS")
    return CreateFunction(name, arguments, returns, language, string_literal(cursor), called, replace, absent)


def _argument(cursor: Cursor) -> Argument:
    name = cursor.name()
    return Argument(name, read_type(cursor))


def _called_on_null(cursor: Cursor) -> bool:
    if cursor.accept("K_CALLED"):
        return True
    if cursor.kind != "K_RETURNS":
        cursor.no_alternative()
    cursor.phrase("K_RETURNS", "K_NULL")
    return False


def _drop_function(cursor: Cursor) -> DropFunction:
    cursor.expect("K_FUNCTION")
    present = if_exists(cursor)
    name = function_name(cursor)
    return DropFunction(name, signature(cursor) if cursor.kind == "(" else None, present)


def _create_aggregate(cursor: Cursor, *, replace: bool = False) -> CreateAggregate:
    cursor.expect("K_AGGREGATE")
    absent = if_not_exists(cursor)
    name = function_name(cursor)
    types = signature(cursor)
    cursor.expect("K_SFUNC")
    state_function = function_part(cursor)
    cursor.expect("K_STYPE")
    return CreateAggregate(
        name,
        types,
        state_function,
        read_type(cursor),
        function_part(cursor) if cursor.accept("K_FINALFUNC") else None,
        term(cursor) if cursor.accept("K_INITCOND") else None,
        replace,
        absent,
    )


def _drop_aggregate(cursor: Cursor) -> DropAggregate:
    cursor.expect("K_AGGREGATE")
    present = if_exists(cursor)
    name = function_name(cursor)
    return DropAggregate(name, signature(cursor) if cursor.kind == "(" else None, present)


def _create_trigger(cursor: Cursor) -> CreateTrigger:
    cursor.expect("K_TRIGGER")
    absent = if_not_exists(cursor)
    name = cursor.name()
    cursor.expect("K_ON")
    table = table_name(cursor)
    cursor.expect("K_USING")
    return CreateTrigger(name, table, string_literal(cursor), absent)


def _drop_trigger(cursor: Cursor) -> DropTrigger:
    cursor.expect("K_TRIGGER")
    present = if_exists(cursor)
    name = cursor.name()
    cursor.expect("K_ON")
    return DropTrigger(name, table_name(cursor), present)


_REPLACEABLE = {"K_FUNCTION": _create_function, "K_AGGREGATE": _create_aggregate}

CREATE: Mapping[str, Callable[[Cursor], Statement]] = {
    "K_AGGREGATE": _create_aggregate,
    "K_FUNCTION": _create_function,
    "K_OR": _create_or_replace,
    "K_TRIGGER": _create_trigger,
}
"""What of this module can stand behind CREATE, by the kind of the word."""

DROP: Mapping[str, Callable[[Cursor], Statement]] = {
    "K_AGGREGATE": _drop_aggregate,
    "K_FUNCTION": _drop_function,
    "K_TRIGGER": _drop_trigger,
}
"""What of this module can stand behind DROP, by the kind of the word."""
