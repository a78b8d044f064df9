"""How the clauses are read that several statements on the schema share: options, renamings, columns with a mask."""

from __future__ import annotations

from helenus.cql.ast.ddl import ColumnDefinition, Option, Word
from helenus.cql.ast.terms import Constant, FunctionCall
from helenus.cql.cursor import Cursor
from helenus.cql.parser.names import function_name
from helenus.cql.parser.terms import CONSTANTS, constant, map_literal, term
from helenus.cql.tokens import NAME_KINDS
from helenus.cql.types import read_type

__all__ = ["column", "mask", "option", "options", "renames"]


def options(cursor: Cursor) -> tuple[Option, ...]:
    """Take WITH and one option or more.

    Args:
        cursor: where WITH stands.
    """
    cursor.expect("K_WITH")
    found: list[Option] = []
    while True:
        option(cursor, found)
        if not cursor.accept("K_AND"):
            return tuple(found)


def option(cursor: Cursor, found: list[Option]) -> None:
    """Take one option and add it to those that were found.

    Args:
        cursor: where it begins.
        found: the options before it; the server refuses to set one twice.
    """
    if cursor.kind in NAME_KINDS:
        _check_option(cursor)
    at = cursor.at
    name = cursor.name()
    if any(option.name == name for option in found):
        cursor.at = at
        cursor.fail(f"Multiple definitions for property '{name}'")
    cursor.expect("=")
    found.append(Option(name, map_literal(cursor) if cursor.kind == "{" else _simple_value(cursor)))


def _check_option(cursor: Cursor) -> None:
    # The server looks at three tokens to know which kind of option it is.
    if cursor.ahead(1) != "=":
        cursor.no_alternative(1)
    if cursor.ahead(2) not in _VALUES_BEGIN:
        cursor.no_alternative(2)


_VALUES_BEGIN = CONSTANTS | (NAME_KINDS - {"IDENT", "QUOTED_NAME"}) | {"{"}


def _simple_value(cursor: Cursor) -> Word | Constant:
    return constant(cursor) if cursor.kind in CONSTANTS else Word(cursor.name())


def column(cursor: Cursor) -> ColumnDefinition:
    """Take the definition of a column, without PRIMARY KEY.

    Args:
        cursor: where it begins.
    """
    name = cursor.name()
    kind = read_type(cursor)
    return ColumnDefinition(name, kind, cursor.accept("K_STATIC"), mask(cursor))


def mask(cursor: Cursor) -> FunctionCall | None:
    """Take MASKED WITH and what follows, if it is there.

    Args:
        cursor: where it may begin.
    """
    if not cursor.accept_phrase("K_MASKED", "K_WITH"):
        return None
    if cursor.kind == "K_DEFAULT" and cursor.ahead(1) not in {"(", "."}:
        cursor.expect("K_DEFAULT")
        return FunctionCall("mask_default", (), "system")
    name = function_name(cursor)
    cursor.expect("(")
    arguments = () if cursor.kind == ")" else cursor.list_of(term)
    cursor.expect(")")
    return FunctionCall(name.name, arguments, name.keyspace)


def renames(cursor: Cursor) -> tuple[tuple[str, str], ...]:
    """Take ``a TO b AND c TO d`` as pairs.

    Args:
        cursor: where the first one begins.
    """
    pairs = [_rename(cursor)]
    while cursor.accept("K_AND"):
        pairs.append(_rename(cursor))
    return tuple(pairs)


def _rename(cursor: Cursor) -> tuple[str, str]:
    old = cursor.name()
    cursor.expect("K_TO")
    return old, cursor.name()
