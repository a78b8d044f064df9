"""How statements on keyspaces, types and indexes are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from helenus.cql.ast.base import Statement, TypeName
from helenus.cql.ast.ddl import (
    AlterKeyspace,
    AlterTypeAdd,
    AlterTypeField,
    AlterTypeRename,
    CreateIndex,
    CreateKeyspace,
    CreateType,
    DropIndex,
    DropKeyspace,
    DropType,
    FieldDefinition,
    IndexTarget,
)
from helenus.cql.cursor import Cursor
from helenus.cql.parser.clauses import options, renames
from helenus.cql.parser.names import (
    if_exists,
    if_not_exists,
    index_name,
    index_part,
    keyspace_name,
    string_literal,
    table_name,
    type_name,
)
from helenus.cql.tokens import NAME_KINDS
from helenus.cql.types import read_type

__all__ = ["ALTER", "CREATE", "DROP"]


# ---- keyspaces -------------------------------------------------------------------------------------------------------


def _create_keyspace(cursor: Cursor) -> CreateKeyspace:
    cursor.expect("K_KEYSPACE")
    absent = if_not_exists(cursor)
    return CreateKeyspace(keyspace_name(cursor), options(cursor), absent)


def _alter_keyspace(cursor: Cursor) -> AlterKeyspace:
    cursor.expect("K_KEYSPACE")
    present = if_exists(cursor)
    return AlterKeyspace(keyspace_name(cursor), options(cursor), present)


def _drop_keyspace(cursor: Cursor) -> DropKeyspace:
    cursor.expect("K_KEYSPACE")
    present = if_exists(cursor)
    return DropKeyspace(keyspace_name(cursor), present)


# ---- types -----------------------------------------------------------------------------------------------------------


def _create_type(cursor: Cursor) -> CreateType:
    cursor.expect("K_TYPE")
    absent = if_not_exists(cursor)
    name = type_name(cursor)
    cursor.expect("(")
    fields = [_field(cursor)]
    while cursor.accept(","):
        if cursor.kind not in {",", ")"}:
            fields.append(_field(cursor))
    cursor.expect(")")
    return CreateType(name, tuple(fields), absent)


def _field(cursor: Cursor) -> FieldDefinition:
    name = cursor.name()
    return FieldDefinition(name, read_type(cursor))


def _alter_type(cursor: Cursor) -> Statement:
    cursor.expect("K_TYPE")
    present = if_exists(cursor)
    name = type_name(cursor)
    reader = _TYPE_CHANGES.get(cursor.kind)
    return cursor.no_alternative() if reader is None else reader(cursor, name, present)


def _alter_type_alter(cursor: Cursor, name: TypeName, present: bool) -> Statement:
    cursor.expect("K_ALTER")
    changed = cursor.name()
    cursor.expect("K_TYPE")
    return AlterTypeField(name, FieldDefinition(changed, read_type(cursor)), present)


def _alter_type_add(cursor: Cursor, name: TypeName, present: bool) -> Statement:
    cursor.expect("K_ADD")
    absent = if_not_exists(cursor)
    return AlterTypeAdd(name, _field(cursor), present, absent)


def _alter_type_rename(cursor: Cursor, name: TypeName, present: bool) -> Statement:
    cursor.expect("K_RENAME")
    fields_present = if_exists(cursor)
    return AlterTypeRename(name, renames(cursor), present, fields_present)


_TYPE_CHANGES: Mapping[str, Callable[[Cursor, TypeName, bool], Statement]] = {
    "K_ADD": _alter_type_add,
    "K_ALTER": _alter_type_alter,
    "K_RENAME": _alter_type_rename,
}


def _drop_type(cursor: Cursor) -> DropType:
    cursor.expect("K_TYPE")
    present = if_exists(cursor)
    return DropType(type_name(cursor), present)


# ---- indexes ---------------------------------------------------------------------------------------------------------


def _create_index(cursor: Cursor) -> CreateIndex:
    custom = cursor.accept("K_CUSTOM")
    cursor.expect("K_INDEX")
    absent = if_not_exists(cursor)
    name = index_part(cursor) if cursor.kind in NAME_KINDS | {"?"} else None
    cursor.expect("K_ON")
    table = table_name(cursor)
    cursor.expect("(")
    targets = () if cursor.kind == ")" else cursor.list_of(_index_target)
    cursor.expect(")")
    return CreateIndex(
        table,
        targets,
        name,
        string_literal(cursor) if cursor.accept("K_USING") else None,
        options(cursor) if cursor.kind == "K_WITH" else (),
        custom,
        absent,
    )


def _index_target(cursor: Cursor) -> IndexTarget:
    kind = _TARGETS.get(cursor.kind)
    if kind is None or cursor.ahead(1) != "(":
        return IndexTarget(cursor.name())
    cursor.phrase(cursor.kind, "(")
    column = cursor.name()
    cursor.expect(")")
    return IndexTarget(column, kind)


_TARGETS = {"K_VALUES": "VALUES", "K_KEYS": "KEYS", "K_ENTRIES": "ENTRIES", "K_FULL": "FULL"}


def _drop_index(cursor: Cursor) -> DropIndex:
    cursor.expect("K_INDEX")
    present = if_exists(cursor)
    return DropIndex(index_name(cursor), present)


CREATE: Mapping[str, Callable[[Cursor], Statement]] = {
    "K_CUSTOM": _create_index,
    "K_INDEX": _create_index,
    "K_KEYSPACE": _create_keyspace,
    "K_TYPE": _create_type,
}
"""What of this module can stand behind CREATE, by the kind of the word."""

ALTER: Mapping[str, Callable[[Cursor], Statement]] = {
    "K_KEYSPACE": _alter_keyspace,
    "K_TYPE": _alter_type,
}
"""What of this module can stand behind ALTER, by the kind of the word."""

DROP: Mapping[str, Callable[[Cursor], Statement]] = {
    "K_INDEX": _drop_index,
    "K_KEYSPACE": _drop_keyspace,
    "K_TYPE": _drop_type,
}
"""What of this module can stand behind DROP, by the kind of the word."""
