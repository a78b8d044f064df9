"""The front door of the parser: which statement begins with which word, and where one ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from helenus.cql.ast.base import Statement
from helenus.cql.cursor import Cursor
from helenus.cql.parser import admin, ddl, dml, functions, tables
from helenus.cql.parser.describe import describe

__all__ = ["parse", "parse_all"]


def parse(text: str) -> Statement:
    """Read one statement, which semicolons may follow.

    Args:
        text: CQL as Cassandra 5.0.6 takes it.

    Raises:
        CQLSyntaxError: the text does not follow the grammar; the message is the server's.
    """
    cursor = Cursor(text)
    statement = _statement(cursor)
    while cursor.accept(";"):
        pass
    cursor.expect("EOF")
    return statement


def parse_all(text: str) -> list[Statement]:
    """Read a script: statements with semicolons between them, or none at all.

    Args:
        text: CQL as cqlsh's SOURCE takes it, without cqlsh's own commands.

    Raises:
        CQLSyntaxError: the text does not follow the grammar; line and column count from the start of the script.
    """
    cursor = Cursor(text)
    statements: list[Statement] = []
    while True:
        while cursor.accept(";"):
            pass
        if cursor.accept("EOF"):
            return statements
        cursor.markers = 0
        statements.append(_statement(cursor))
        if cursor.kind != "EOF":
            cursor.expect(";")


def _statement(cursor: Cursor) -> Statement:
    reader = _STATEMENTS.get(cursor.kind)
    if reader is None:
        cursor.no_alternative()
    try:
        return reader(cursor)
    except RecursionError:
        # The cap on nesting keeps the parser far from Python's limit, but the caller may already be near it.
        cursor.fail("nested deeper than Python's stack has room for")


def _one_of(readers: Mapping[str, Callable[[Cursor], Statement]]) -> Callable[[Cursor], Statement]:
    def read(cursor: Cursor) -> Statement:
        reader = readers.get(cursor.ahead(1))
        if reader is None:
            cursor.no_alternative(1)
        cursor.at += 1
        return reader(cursor)

    return read


_STATEMENTS: Mapping[str, Callable[[Cursor], Statement]] = {
    "K_ADD": admin.add,
    "K_ALTER": _one_of({**ddl.ALTER, **tables.ALTER, **admin.ALTER}),
    "K_BEGIN": dml.batch,
    "K_CREATE": _one_of({**ddl.CREATE, **tables.CREATE, **functions.CREATE, **admin.CREATE}),
    "K_DELETE": dml.delete,
    "K_DESC": describe,
    "K_DESCRIBE": describe,
    "K_DROP": _one_of({**ddl.DROP, **tables.DROP, **functions.DROP, **admin.DROP}),
    "K_GRANT": admin.grant,
    "K_INSERT": dml.insert,
    "K_LIST": admin.list_something,
    "K_REVOKE": admin.revoke,
    "K_SELECT": dml.select,
    "K_TRUNCATE": dml.truncate,
    "K_UPDATE": dml.update,
    "K_USE": dml.use,
}
