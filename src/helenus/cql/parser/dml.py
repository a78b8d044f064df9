"""How statements on data are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from helenus.cql.ast.base import TableName
from helenus.cql.ast.dml import (
    Add,
    Assignment,
    Batch,
    Delete,
    Insert,
    InsertJSON,
    Modification,
    Ordering,
    Prepend,
    Select,
    SetElement,
    SetField,
    SetValue,
    Subtract,
    Truncate,
    Update,
    Use,
    Using,
)
from helenus.cql.ast.relations import AnyCondition
from helenus.cql.ast.terms import BindMarker, Column, Constant, ElementAccess, FieldAccess, Term
from helenus.cql.cursor import Cursor
from helenus.cql.parser.names import if_not_exists, is_call, keyspace_name, table_name
from helenus.cql.parser.relations import conditions, where
from helenus.cql.parser.selectors import BEGINS, expression, selectors
from helenus.cql.parser.terms import bind_marker, constant, integer_or_marker, term
from helenus.cql.tokens import NAME_KINDS

__all__ = ["batch", "delete", "insert", "select", "truncate", "update", "use"]


def use(cursor: Cursor) -> Use:
    """Take USE.

    Args:
        cursor: where it begins.
    """
    cursor.expect("K_USE")
    return Use(keyspace_name(cursor))


def truncate(cursor: Cursor) -> Truncate:
    """Take TRUNCATE.

    Args:
        cursor: where it begins.
    """
    cursor.expect("K_TRUNCATE")
    cursor.accept("K_COLUMNFAMILY")
    return Truncate(table_name(cursor))


# ---- SELECT ----------------------------------------------------------------------------------------------------------


def select(cursor: Cursor) -> Select:
    """Take SELECT.

    Args:
        cursor: where it begins.
    """
    cursor.expect("K_SELECT")
    json = _modifier(cursor, "K_JSON")
    distinct = _modifier(cursor, "K_DISTINCT")
    chosen = selectors(cursor)
    cursor.expect("K_FROM")
    return Select(
        table=table_name(cursor),
        selectors=chosen,
        where=where(cursor) if cursor.accept("K_WHERE") else (),
        group_by=cursor.list_of(expression) if cursor.accept_phrase("K_GROUP", "K_BY") else (),
        order_by=cursor.list_of(_ordering) if cursor.accept_phrase("K_ORDER", "K_BY") else (),
        per_partition_limit=_limit(cursor, "K_PER", "K_PARTITION", "K_LIMIT"),
        limit=_limit(cursor, "K_LIMIT"),
        allow_filtering=cursor.accept_phrase("K_ALLOW", "K_FILTERING"),
        distinct=distinct,
        json=json,
    )


def _modifier(cursor: Cursor, kind: str) -> bool:
    # JSON and DISTINCT may also be columns: they are words of their own only before something to select.
    if cursor.kind != kind or cursor.ahead(1) not in BEGINS:
        return False
    aliased = cursor.ahead(1) == "K_AS" and cursor.ahead(2) in NAME_KINDS
    if aliased and not (cursor.ahead(2) == "K_AS" and cursor.ahead(3) in NAME_KINDS):
        return False
    return cursor.accept(kind)


def _limit(cursor: Cursor, *phrase: str) -> Constant | BindMarker | None:
    return integer_or_marker(cursor) if cursor.accept_phrase(*phrase) else None


def _ordering(cursor: Cursor) -> Ordering:
    column = cursor.name()
    near = term(cursor) if cursor.accept_phrase("K_ANN", "K_OF") else None
    descending = not cursor.accept("K_ASC") and cursor.accept("K_DESC")
    return Ordering(column, descending, near)


# ---- INSERT ----------------------------------------------------------------------------------------------------------


def insert(cursor: Cursor) -> Insert | InsertJSON:
    """Take INSERT.

    Args:
        cursor: where it begins.
    """
    cursor.phrase("K_INSERT", "K_INTO")
    table = table_name(cursor)
    if cursor.accept("K_JSON"):
        return _insert_json(cursor, table)
    if cursor.kind != "(":
        cursor.no_alternative()
    columns = cursor.bracketed(Cursor.name)
    cursor.expect("K_VALUES")
    values = cursor.bracketed(term)
    return Insert(table, columns, values, if_not_exists(cursor), _using(cursor))


def _insert_json(cursor: Cursor, table: TableName) -> InsertJSON:
    if cursor.kind not in {"STRING_LITERAL", "?", ":"}:
        cursor.no_alternative()
    value = constant(cursor) if cursor.kind == "STRING_LITERAL" else bind_marker(cursor)
    unset = cursor.accept("K_DEFAULT") and _unset(cursor)
    return InsertJSON(table, value, unset, if_not_exists(cursor), _using(cursor))


def _unset(cursor: Cursor) -> bool:
    if cursor.accept("K_UNSET"):
        return True
    if cursor.kind != "K_NULL":
        cursor.no_alternative()
    cursor.expect("K_NULL")
    return False


def _using(cursor: Cursor) -> Using | None:
    if not cursor.accept("K_USING"):
        return None
    said: dict[str, Term] = {}
    while True:
        name = _USING.get(cursor.kind)
        if name is None:
            cursor.no_alternative()
        cursor.expect(cursor.kind)
        said[name] = integer_or_marker(cursor)
        if not cursor.accept("K_AND"):
            return Using(said.get("ttl"), said.get("timestamp"))


_USING = {"K_TTL": "ttl", "K_TIMESTAMP": "timestamp"}


# ---- UPDATE ----------------------------------------------------------------------------------------------------------


def update(cursor: Cursor) -> Update:
    """Take UPDATE.

    Args:
        cursor: where it begins.
    """
    cursor.expect("K_UPDATE")
    table = table_name(cursor)
    using = _using(cursor)
    cursor.expect("K_SET")
    assignments = cursor.list_of(_assignment)
    cursor.expect("K_WHERE")
    relations = where(cursor)
    exists, checked = _if(cursor)
    return Update(table, assignments, relations, checked, exists, using)


def _if(cursor: Cursor) -> tuple[bool, tuple[AnyCondition, ...]]:
    if not cursor.accept("K_IF"):
        return False, ()
    # "exists" may also be a column.
    if cursor.kind == "K_EXISTS" and cursor.ahead(1) not in _CONDITION_GOES_ON:
        return cursor.accept("K_EXISTS"), ()
    return False, conditions(cursor)


_CONDITION_GOES_ON = frozenset({"=", "<", "<=", ">", ">=", "!=", "[", ".", "K_IN", "K_CONTAINS"})


def _assignment(cursor: Cursor) -> Assignment:
    column = cursor.name()
    reader = _ASSIGNMENTS.get(cursor.kind)
    if reader is None:
        cursor.no_alternative()
    cursor.expect(cursor.kind)
    return reader(cursor, column)


def _set_element(cursor: Cursor, column: str) -> SetElement:
    key = term(cursor)
    cursor.phrase("]", "=")
    return SetElement(column, key, term(cursor))


def _set_field(cursor: Cursor, column: str) -> SetField:
    field = cursor.name()
    cursor.expect("=")
    return SetField(column, field, term(cursor))


def _set(cursor: Cursor, column: str) -> Assignment:
    if cursor.kind in NAME_KINDS and not is_call(cursor):
        reader = _CHANGES.get(cursor.ahead(1))
        if reader is not None:
            return reader(cursor, column)
    value = term(cursor)
    if not cursor.accept("+"):
        return SetValue(column, value)
    _same(cursor, column, "X = <value> + X")
    return Prepend(column, value)


def _same(cursor: Cursor, column: str, form: str) -> None:
    if cursor.name() != column:
        cursor.at -= 1
        cursor.fail(f"Only expressions of the form {form} are supported.")


def _plus(cursor: Cursor, column: str) -> Add:
    _same(cursor, column, "X = X +<value>")
    cursor.expect("+")
    return Add(column, term(cursor))


def _minus(cursor: Cursor, column: str) -> Subtract:
    _same(cursor, column, "X = X -<value>")
    cursor.expect("-")
    return Subtract(column, term(cursor))


def _plus_integer(cursor: Cursor, column: str) -> Add:
    # "c = c -3" has no sign for the lexer, only the integer -3; the server adds it.
    sign = "-" if cursor.words[cursor.at + 1].startswith("-") else "+"
    _same(cursor, column, f"X = X {sign} <value>")
    return Add(column, constant(cursor))


_CHANGES: Mapping[str, Callable[[Cursor, str], Assignment]] = {"+": _plus, "-": _minus, "INTEGER": _plus_integer}

_ASSIGNMENTS: Mapping[str, Callable[[Cursor, str], Assignment]] = {
    "=": _set,
    "+=": lambda cursor, column: Add(column, term(cursor)),
    "-=": lambda cursor, column: Subtract(column, term(cursor)),
    "[": _set_element,
    ".": _set_field,
}


# ---- DELETE ----------------------------------------------------------------------------------------------------------


def delete(cursor: Cursor) -> Delete:
    """Take DELETE.

    Args:
        cursor: where it begins.
    """
    cursor.expect("K_DELETE")
    selections = cursor.list_of(_deletion) if cursor.kind in NAME_KINDS else ()
    cursor.expect("K_FROM")
    table = table_name(cursor)
    using = Using(timestamp=_timestamp(cursor)) if cursor.accept("K_USING") else None
    cursor.expect("K_WHERE")
    relations = where(cursor)
    exists, checked = _if(cursor)
    return Delete(table, selections, relations, checked, exists, using)


def _timestamp(cursor: Cursor) -> Term:
    cursor.expect("K_TIMESTAMP")
    return integer_or_marker(cursor)


def _deletion(cursor: Cursor) -> Column | ElementAccess | FieldAccess:
    column = Column(cursor.name())
    if cursor.accept("["):
        key = term(cursor)
        cursor.expect("]")
        return ElementAccess(column, key)
    return FieldAccess(column, cursor.name()) if cursor.accept(".") else column


# ---- BATCH -----------------------------------------------------------------------------------------------------------


def batch(cursor: Cursor) -> Batch:
    """Take BATCH with the statements in it.

    Args:
        cursor: where it begins.
    """
    cursor.expect("K_BEGIN")
    kind = _KINDS.get(cursor.kind, "LOGGED")
    if kind != "LOGGED":
        cursor.expect(cursor.kind)
    cursor.expect("K_BATCH")
    using = _using(cursor)
    statements: list[Modification] = []
    while (reader := _MODIFICATIONS.get(cursor.kind)) is not None:
        statements.append(reader(cursor))
        cursor.accept(";")
    cursor.phrase("K_APPLY", "K_BATCH")
    return Batch(kind, tuple(statements), using)


_KINDS = {"K_UNLOGGED": "UNLOGGED", "K_COUNTER": "COUNTER"}

_MODIFICATIONS: Mapping[str, Callable[[Cursor], Modification]] = {
    "K_INSERT": insert,
    "K_UPDATE": update,
    "K_DELETE": delete,
}
