"""Identifiers: when a name needs quotes, and how it is written and read.

A *name* is what the server stores (``Users``); an *identifier* is how CQL text spells it (``"Users"``). Unquoted
identifiers are folded to lower case. This module must not know whether a table or column exists.
"""

from __future__ import annotations

import re

from helenus.cql.keywords import (
    NATIVE_TYPES,
    NOT_FUNCTION_NAMES,
    RESERVED,
    RESERVED_ELSEWHERE,
    RESERVED_TYPE_NAMES,
    VALUES,
)
from helenus.errors import ValidationError

__all__ = [
    "check_name",
    "maybe_quote",
    "maybe_quote_function",
    "maybe_quote_type",
    "needs_quotes",
    "qualified",
    "quote",
    "unquote",
]

_PLAIN = re.compile(r"[a-z][a-z0-9_]*")
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_QUOTED = re.compile(r'"((?:[^"]|"")+)"')

_QUOTED_WORDS = RESERVED | RESERVED_ELSEWHERE | VALUES
# "expr(" is one token, the beginning of an index expression.
_QUOTED_FUNCTIONS = (_QUOTED_WORDS | NOT_FUNCTION_NAMES | {"expr"}) - {"token"}
_QUOTED_TYPES = (
    _QUOTED_WORDS
    | NATIVE_TYPES
    | RESERVED_TYPE_NAMES
    | (NOT_FUNCTION_NAMES - {"key"})
    | {"count", "frozen", "list", "map", "tuple", "vector"}
)


def check_name(name: str) -> str:
    """Return a name that can be written in CQL, or refuse it.

    Args:
        name: what the server is to store, without quotes.

    Raises:
        ValidationError: the name is empty, holds a NUL character, or cannot be encoded as UTF-8.
    """
    if not name:
        message = (
            "A CQL name must not be empty; give the keyspace, table, column or field a name of one letter or more."
        )
        raise ValidationError(message)
    if "\0" in name:
        raise ValidationError(f"The CQL name {name!r} holds a NUL character, which no server accepts; remove it.")
    if not name.isascii():
        _check_utf8(name)
    return name


def _check_utf8(name: str) -> None:
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise ValidationError(
            f"The CQL name {name!r} cannot be encoded as UTF-8 ({error.reason}); remove the lone surrogate."
        ) from error


def needs_quotes(name: str) -> bool:
    """Tell whether a name must be quoted to mean itself.

    True for capitals, other characters than ``a-z 0-9 _``, a first character that is no letter, ``true`` and ``false``,
    and the reserved words of Cassandra 5.0, of Cassandra 3 and of ScyllaDB.

    Args:
        name: what the server stores, without quotes.
    """
    return _PLAIN.fullmatch(name) is None or name in _QUOTED_WORDS


def quote(name: str) -> str:
    """Return the identifier of a name, always in quotes (CQL: a ``"`` within is doubled).

    Args:
        name: what the server stores, without quotes.

    Raises:
        ValidationError: the name cannot be written in CQL.
    """
    return '"' + check_name(name).replace('"', '""') + '"'


def maybe_quote(name: str) -> str:
    """Return the identifier of a name, in quotes only if it needs them.

    Args:
        name: what the server stores, without quotes.

    Raises:
        ValidationError: the name cannot be written in CQL.
    """
    return quote(name) if needs_quotes(name) else name


def maybe_quote_function(name: str) -> str:
    """Return the identifier of a function's name; ``token`` stays bare, ``ttl`` and its like do not.

    Args:
        name: the function's name, without keyspace and quotes.

    Raises:
        ValidationError: the name cannot be written in CQL.
    """
    return quote(name) if _PLAIN.fullmatch(name) is None or name in _QUOTED_FUNCTIONS else name


def maybe_quote_type(name: str) -> str:
    """Return the identifier of a user-defined type's name; a type called ``int`` or ``list`` is quoted.

    Args:
        name: the type's name, without keyspace and quotes.

    Raises:
        ValidationError: the name cannot be written in CQL.
    """
    return quote(name) if _PLAIN.fullmatch(name) is None or name in _QUOTED_TYPES else name


def qualified(keyspace: str | None, name: str) -> str:
    """Return ``keyspace.name``, or the name alone when there is no keyspace, each quoted if it needs it.

    Args:
        keyspace: the keyspace's name, or None for the session's keyspace.
        name: the table's, view's or index' name.

    Raises:
        ValidationError: one of the names cannot be written in CQL.
    """
    return maybe_quote(name) if keyspace is None else f"{maybe_quote(keyspace)}.{maybe_quote(name)}"


def unquote(identifier: str) -> str:
    """Return the name that an identifier stands for: ``"A""b"`` is ``A"b``, ``Ab`` is ``ab``.

    Args:
        identifier: one identifier as CQL text spells it; an unquoted keyword is taken for a name.

    Raises:
        ValidationError: the text is not one identifier.
    """
    if _IDENTIFIER.fullmatch(identifier):
        return identifier.lower()
    quoted = _QUOTED.fullmatch(identifier)
    if quoted is None:
        raise ValidationError(
            f"{identifier!r} is not a CQL identifier; put it in double quotes and double those within."
        )
    return check_name(quoted[1].replace('""', '"'))
