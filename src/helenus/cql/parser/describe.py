"""How DESCRIBE is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from helenus.cql.ast.admin import Describe
from helenus.cql.ast.base import IndexName
from helenus.cql.cursor import Cursor
from helenus.cql.parser.names import function_name, keyspace_name, table_name, type_name
from helenus.cql.tokens import NAME_KINDS

__all__ = ["describe"]


def describe(cursor: Cursor) -> Describe:
    """Take DESCRIBE, or DESC for short.

    Args:
        cursor: where it begins.
    """
    cursor.expect(cursor.kind)
    reader = _READERS.get(cursor.kind, _anything)
    # Some of the words may also be the keyspace of something; those that stand alone may not.
    named = cursor.ahead(1) == "." and cursor.kind in NAME_KINDS and reader is not _bare
    found = _anything(cursor) if named else reader(cursor)
    internals = cursor.accept_phrase("K_WITH", "K_INTERNALS")
    return Describe(found.kind, found.name, internals)


def _anything(cursor: Cursor) -> Describe:
    return Describe(None, table_name(cursor))


def _bare(cursor: Cursor) -> Describe:
    return Describe(cursor.expect(cursor.kind).upper())


def _full_schema(cursor: Cursor) -> Describe:
    cursor.phrase("K_FULL", "K_SCHEMA")
    return Describe("FULL SCHEMA")


def _keyspace(cursor: Cursor) -> Describe:
    kind = "ONLY KEYSPACE" if cursor.accept("K_ONLY") else "KEYSPACE"
    cursor.expect("K_KEYSPACE")
    return Describe(kind, keyspace_name(cursor) if cursor.kind in NAME_KINDS | {"?"} else None)


def _only(cursor: Cursor) -> Describe:
    return _keyspace(cursor) if cursor.ahead(1) == "K_KEYSPACE" else _anything(cursor)


def _table(cursor: Cursor) -> Describe:
    cursor.expect("K_COLUMNFAMILY")
    return Describe("TABLE", table_name(cursor))


def _index(cursor: Cursor) -> Describe:
    cursor.expect("K_INDEX")
    name = table_name(cursor)
    return Describe("INDEX", IndexName(name.keyspace, name.name))


def _view(cursor: Cursor) -> Describe:
    cursor.phrase("K_MATERIALIZED", "K_VIEW")
    return Describe("MATERIALIZED VIEW", table_name(cursor))


def _type(cursor: Cursor) -> Describe:
    if cursor.ahead(1) not in NAME_KINDS:
        return _anything(cursor)
    cursor.expect("K_TYPE")
    return Describe("TYPE", type_name(cursor))


def _function(cursor: Cursor) -> Describe:
    if cursor.ahead(1) not in NAME_KINDS | {"K_TOKEN"}:
        return _anything(cursor)
    return Describe(cursor.expect(cursor.kind).upper(), function_name(cursor))


_READERS: Mapping[str, Callable[[Cursor], Describe]] = {
    "K_AGGREGATE": _function,
    "K_AGGREGATES": _bare,
    "K_CLUSTER": _bare,
    "K_COLUMNFAMILY": _table,
    "K_FULL": _full_schema,
    "K_FUNCTION": _function,
    "K_FUNCTIONS": _bare,
    "K_INDEX": _index,
    "K_KEYSPACE": _keyspace,
    "K_KEYSPACES": _bare,
    "K_MATERIALIZED": _view,
    "K_ONLY": _only,
    "K_SCHEMA": _bare,
    "K_TABLES": _bare,
    "K_TYPE": _type,
    "K_TYPES": _bare,
}
