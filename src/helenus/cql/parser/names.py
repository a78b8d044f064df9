"""How the names of tables, indexes, types, functions and roles are read, and phrases that many statements share."""

from __future__ import annotations

from typing import NoReturn

from helenus.cql.ast.base import FunctionName, IndexName, TableName, TypeName
from helenus.cql.cursor import Cursor
from helenus.cql.keywords import BASIC_UNRESERVED, NATIVE_TYPES
from helenus.cql.tokens import NAME_KINDS
from helenus.cql.types import read_type_name, string_value, type_keyspace

__all__ = [
    "FUNCTION_KINDS",
    "function_name",
    "function_part",
    "if_exists",
    "if_not_exists",
    "index_name",
    "index_part",
    "is_call",
    "keyspace_name",
    "role_name",
    "string_literal",
    "table_name",
    "type_name",
]

FUNCTION_KINDS = frozenset(
    {"IDENT", "QUOTED_NAME", "K_TOKEN", "K_COUNT"} | {f"K_{word.upper()}" for word in BASIC_UNRESERVED | NATIVE_TYPES}
)
"""Kinds of tokens that can be a function's name (rule ``allowedFunctionName``)."""

# What may stand behind a table's name in any statement. The server looks one token past the name to see whether it was
# a keyspace, so a wrong token there is an error of the name.
_AFTER_TABLE = frozenset(
    {
        ".",
        ";",
        "EOF",
        "(",
        "K_ADD",
        "K_ALLOW",
        "K_ALTER",
        "K_AS",
        "K_DROP",
        "K_FROM",
        "K_GROUP",
        "K_JSON",
        "K_LIMIT",
        "K_NORECURSIVE",
        "K_OF",
        "K_ORDER",
        "K_PER",
        "K_PRIMARY",
        "K_RENAME",
        "K_SET",
        "K_TO",
        "K_USING",
        "K_WHERE",
        "K_WITH",
    }
)


def table_name(cursor: Cursor) -> TableName:
    """Take ``name`` or ``keyspace.name`` of a table or view.

    Args:
        cursor: where it begins.
    """
    return TableName(*_qualified(cursor, "table"))


def index_name(cursor: Cursor) -> IndexName:
    """Take ``name`` or ``keyspace.name`` of an index.

    Args:
        cursor: where it begins.
    """
    return IndexName(*_qualified(cursor, "index"))


def index_part(cursor: Cursor) -> str:
    """Take the name of an index without keyspace.

    Args:
        cursor: where it begins.
    """
    return _named(cursor, "index")


def keyspace_name(cursor: Cursor) -> str:
    """Take the name of a keyspace.

    Args:
        cursor: where it begins.
    """
    return _named(cursor, "keyspace")


def _qualified(cursor: Cursor, what: str) -> tuple[str | None, str]:
    if cursor.kind in _NAMES and cursor.ahead(1) not in _AFTER_TABLE:
        cursor.no_alternative(1)
    if cursor.ahead(1) != ".":
        name = _named(cursor, what)
        cursor.looked = cursor.at + 1
        return None, name
    keyspace = _named(cursor, "keyspace")
    cursor.expect(".")
    return keyspace, _named(cursor, what)


_NAMES = NAME_KINDS | {"?"}


def _named(cursor: Cursor, what: str) -> str:
    if cursor.kind == "?":
        _refuse_marker(cursor, what)
    return cursor.name()


def _refuse_marker(cursor: Cursor, what: str) -> NoReturn:
    cursor.fail(f"Bind variables cannot be used for {what} names")


def type_name(cursor: Cursor) -> TypeName:
    """Take ``name`` or ``keyspace.name`` of a user-defined type.

    Args:
        cursor: where it begins.
    """
    return TypeName(type_keyspace(cursor), read_type_name(cursor))


def is_call(cursor: Cursor, offset: int = 0) -> bool:
    """Tell whether a function's name and an opening parenthesis come next.

    Args:
        cursor: where to look.
        offset: how many tokens to skip.
    """
    name, follows = cursor.ahead(offset), cursor.ahead(offset + 1)
    if follows == "(":
        return name in FUNCTION_KINDS
    if follows != "." or name not in NAME_KINDS:
        return False
    return cursor.ahead(offset + 2) in FUNCTION_KINDS and cursor.ahead(offset + 3) == "("


def function_name(cursor: Cursor) -> FunctionName:
    """Take ``name`` or ``keyspace.name`` of a function or aggregate.

    Args:
        cursor: where it begins.
    """
    keyspace = None
    if cursor.ahead(1) == ".":
        keyspace = keyspace_name(cursor)
        cursor.expect(".")
    return FunctionName(keyspace, function_part(cursor))


def function_part(cursor: Cursor) -> str:
    """Take the name of a function without keyspace.

    Args:
        cursor: where it begins.
    """
    if cursor.kind not in FUNCTION_KINDS:
        cursor.no_alternative()
    if cursor.kind == "K_TOKEN":
        cursor.expect("K_TOKEN")
        return "token"
    return cursor.name()


def role_name(cursor: Cursor) -> str:
    """Take the name of a role: an identifier or a string.

    Args:
        cursor: where it begins.
    """
    return string_literal(cursor) if cursor.kind == "STRING_LITERAL" else _named(cursor, "role")


def string_literal(cursor: Cursor) -> str:
    """Take a string literal and return what it stands for.

    Args:
        cursor: where it begins.
    """
    return string_value(cursor.expect("STRING_LITERAL"))


def if_exists(cursor: Cursor) -> bool:
    """Take IF EXISTS if it is there, and tell whether it was.

    Args:
        cursor: where it may begin.
    """
    return cursor.accept_phrase("K_IF", "K_EXISTS")


def if_not_exists(cursor: Cursor) -> bool:
    """Take IF NOT EXISTS if it is there, and tell whether it was.

    Args:
        cursor: where it may begin.
    """
    return cursor.accept_phrase("K_IF", "K_NOT", "K_EXISTS")
