"""How the text of a type is read, alone or within a statement."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from helenus.cql.cursor import Cursor
from helenus.cql.keywords import BASIC_UNRESERVED, NATIVE_TYPES, RESERVED_TYPE_NAMES
from helenus.cql.tokens import NAME_KINDS
from helenus.cql.types.values import CQLType, Custom, Frozen, List, Map, Native, Set, Tuple, UserDefined, Vector

__all__ = ["NATIVE_KINDS", "parse_type", "read_type", "read_type_name", "string_value", "type_keyspace"]


def parse_type(text: str) -> CQLType:
    """Read one CQL type, as a statement or ``system_schema`` spells it.

    Args:
        text: ``map<text, frozen<list<int>>>`` for one.

    Raises:
        CQLSyntaxError: the text is not one CQL type.
        ValidationError: it is one that no server has, as a vector of dimension 0.
    """
    cursor = Cursor(text)
    parsed = read_type(cursor)
    cursor.expect("EOF")
    return parsed


def read_type(cursor: Cursor) -> CQLType:
    """Take one type from the tokens of a statement (rule ``comparatorType``).

    Args:
        cursor: where the type begins.

    Raises:
        CQLSyntaxError: no type begins there.
        ValidationError: it is one that no server has.
    """
    kind = cursor.kind
    reader = _READERS.get(kind)
    if reader is not None and cursor.ahead(1) == "<":
        return _read_parametrized(cursor, kind)
    if kind == "STRING_LITERAL":
        return Custom(string_value(cursor.expect(kind)))
    if kind in NATIVE_KINDS and cursor.ahead(1) != ".":
        if cursor.ahead(1) not in _AFTER_TYPE:
            cursor.no_alternative(1)
        cursor.looked = cursor.at + 2
        return Native(cursor.expect(kind))
    return _read_user_type(cursor)


# What may stand behind a type; the server looks at it to know that a native type's name is no keyspace.
_AFTER_TYPE = frozenset(
    {",", ")", ">", ";", "EOF", "K_FINALFUNC", "K_INITCOND", "K_LANGUAGE", "K_MASKED", "K_PRIMARY", "K_STATIC"}
)


def _read_parametrized(cursor: Cursor, kind: str) -> CQLType:
    cursor.enter()
    cursor.phrase(kind, "<")
    parsed = _READERS[kind](cursor)
    cursor.expect(">")
    cursor.leave()
    return parsed


def _read_map(cursor: Cursor) -> Map:
    key = read_type(cursor)
    cursor.expect(",")
    return Map(key, read_type(cursor))


def _read_vector(cursor: Cursor) -> Vector:
    element = read_type(cursor)
    cursor.expect(",")
    word = cursor.expect("INTEGER")
    if not 0 < len(word.lstrip("0")) < _MAX_DIGITS or word.startswith("-"):
        cursor.fail(f"vectors may only have positive dimensions; given {word}")
    return Vector(element, int(word))


_MAX_DIGITS = 10


_READERS: Mapping[str, Callable[[Cursor], CQLType]] = {
    "K_FROZEN": lambda cursor: Frozen(read_type(cursor)),
    "K_LIST": lambda cursor: List(read_type(cursor)),
    "K_MAP": _read_map,
    "K_SET": lambda cursor: Set(read_type(cursor)),
    "K_TUPLE": lambda cursor: Tuple(cursor.list_of(read_type)),
    "K_VECTOR": _read_vector,
}
NATIVE_KINDS = frozenset(f"K_{name.upper()}" for name in NATIVE_TYPES)


def _read_user_type(cursor: Cursor) -> UserDefined:
    return UserDefined(type_keyspace(cursor), read_type_name(cursor))


def type_keyspace(cursor: Cursor) -> str | None:
    """Take the keyspace and the dot before the name of a user-defined type, if they are there.

    Args:
        cursor: where the name begins.

    Raises:
        CQLSyntaxError: a word stands there that can only be a keyspace, and no dot follows.
    """
    if cursor.kind not in NAME_KINDS or (cursor.ahead(1) != "." and cursor.kind in _TYPE_NAME_KINDS):
        return None
    keyspace = cursor.name()
    cursor.expect(".")
    return keyspace


def read_type_name(cursor: Cursor) -> str:
    """Take the name of a user-defined type, without keyspace (rule ``non_type_ident``).

    Args:
        cursor: where the name begins.

    Raises:
        CQLSyntaxError: no such name stands there.
    """
    if cursor.kind not in _TYPE_NAME_KINDS:
        cursor.no_alternative()
    if cursor.kind == "IDENT" and cursor.words[cursor.at] in RESERVED_TYPE_NAMES:
        cursor.fail(f"Invalid (reserved) user type name {cursor.words[cursor.at]}")
    return cursor.name()


_TYPE_NAME_KINDS = frozenset({"IDENT", "QUOTED_NAME", "K_KEY"} | {f"K_{word.upper()}" for word in BASIC_UNRESERVED})


def string_value(word: str) -> str:
    """Return what a string literal stands for.

    Args:
        word: the token, in quotes or between ``$$``.
    """
    return word[2:-2] if word[0] == "$" else word[1:-1].replace("''", "'")
