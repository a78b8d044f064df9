"""How statements on the schema are written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from helenus.cql.ast.ddl import (
    AlterKeyspace,
    AlterMaterializedView,
    AlterTableAdd,
    AlterTableDrop,
    AlterTableDropCompactStorage,
    AlterTableMask,
    AlterTableOptions,
    AlterTableRename,
    AlterTableType,
    AlterTypeAdd,
    AlterTypeField,
    AlterTypeRename,
    ClusteringOrder,
    ColumnDefinition,
    CreateIndex,
    CreateKeyspace,
    CreateMaterializedView,
    CreateTable,
    CreateType,
    DropIndex,
    DropKeyspace,
    DropMaterializedView,
    DropTable,
    DropType,
    FieldDefinition,
    IndexTarget,
    Option,
    Word,
)
from helenus.cql.ast.terms import FunctionCall
from helenus.cql.keywords import UNRESERVED
from helenus.cql.names import maybe_quote
from helenus.cql.render.base import commas, if_exists, if_not_exists, names, one_of, parts, render, text
from helenus.cql.render.dml import selectors, where

__all__: list[str] = []


@render.register
def _word(node: Word) -> str:
    return one_of(node.text, UNRESERVED, "an unreserved keyword")


@render.register
def _option(node: Option) -> str:
    return f"{maybe_quote(node.name)} = {render(node.value)}"


def _with(clauses: Sequence[str]) -> str:
    return f"WITH {' AND '.join(clauses)}" if clauses else ""


def _options(options: Sequence[Option]) -> str:
    return _with([render(option) for option in options])


@render.register
def _create_keyspace(node: CreateKeyspace) -> str:
    return parts("CREATE KEYSPACE", if_not_exists(node.if_not_exists), maybe_quote(node.name), _options(node.options))


@render.register
def _alter_keyspace(node: AlterKeyspace) -> str:
    return parts("ALTER KEYSPACE", if_exists(node.if_exists), maybe_quote(node.name), _options(node.options))


@render.register
def _drop_keyspace(node: DropKeyspace) -> str:
    return parts("DROP KEYSPACE", if_exists(node.if_exists), maybe_quote(node.name))


# ---- tables ----------------------------------------------------------------------------------------------------------


def _mask(mask: FunctionCall | None) -> str:
    if mask is None:
        return ""
    return (
        "MASKED WITH DEFAULT" if mask == FunctionCall("mask_default", (), "system") else f"MASKED WITH {render(mask)}"
    )


@render.register
def _column_definition(node: ColumnDefinition) -> str:
    return parts(maybe_quote(node.name), str(node.type), "STATIC" if node.static else "", _mask(node.mask))


@render.register
def _clustering_order(node: ClusteringOrder) -> str:
    return f"{maybe_quote(node.column)} {'DESC' if node.descending else 'ASC'}"


def _primary_key(partition_key: Sequence[str], clustering_key: Sequence[str]) -> str:
    first = names(partition_key) if len(partition_key) == 1 else f"({names(partition_key)})"
    return f"PRIMARY KEY ({', '.join([first, *map(maybe_quote, clustering_key)])})"


def _table_options(node: CreateTable | CreateMaterializedView) -> str:
    order = f"CLUSTERING ORDER BY ({commas(node.clustering_order)})" if node.clustering_order else ""
    compact = "COMPACT STORAGE" if node.compact_storage else ""
    return _with([*filter(None, (compact, order)), *map(render, node.options)])


@render.register
def _create_table(node: CreateTable) -> str:
    columns = [render(column) for column in node.columns]
    if node.partition_key:
        columns.append(_primary_key(node.partition_key, node.clustering_key))
    return parts(
        "CREATE TABLE",
        if_not_exists(node.if_not_exists),
        f"{render(node.table)} ({', '.join(columns)})",
        _table_options(node),
    )


_AlterTable: TypeAlias = (
    AlterTableAdd
    | AlterTableDrop
    | AlterTableDropCompactStorage
    | AlterTableMask
    | AlterTableOptions
    | AlterTableRename
    | AlterTableType
)


def _alter_table(node: _AlterTable) -> str:
    return parts("ALTER TABLE", if_exists(node.if_exists), render(node.table))


@render.register
def _alter_table_add(node: AlterTableAdd) -> str:
    added = commas(node.columns)
    return parts(
        _alter_table(node), "ADD", if_not_exists(node.if_not_exists), added if len(node.columns) == 1 else f"({added})"
    )


@render.register
def _alter_table_drop(node: AlterTableDrop) -> str:
    dropped = names(node.columns)
    return parts(
        _alter_table(node),
        "DROP",
        if_exists(node.if_columns_exist),
        dropped if len(node.columns) == 1 else f"({dropped})",
        "" if node.timestamp is None else f"USING TIMESTAMP {node.timestamp}",
    )


def _renames(pairs: Sequence[tuple[str, str]]) -> str:
    return " AND ".join(f"{maybe_quote(old)} TO {maybe_quote(new)}" for old, new in pairs)


@render.register
def _alter_table_rename(node: AlterTableRename) -> str:
    return parts(_alter_table(node), "RENAME", if_exists(node.if_columns_exist), _renames(node.renames))


@render.register
def _alter_table_options(node: AlterTableOptions) -> str:
    return parts(_alter_table(node), _options(node.options))


@render.register
def _alter_table_type(node: AlterTableType) -> str:
    return parts(_alter_table(node), f"ALTER {maybe_quote(node.column)} TYPE {node.type}")


@render.register
def _alter_table_mask(node: AlterTableMask) -> str:
    return parts(
        _alter_table(node),
        "ALTER",
        if_exists(node.if_column_exists),
        maybe_quote(node.column),
        _mask(node.mask) or "DROP MASKED",
    )


@render.register
def _alter_table_drop_compact_storage(node: AlterTableDropCompactStorage) -> str:
    return parts(_alter_table(node), "DROP COMPACT STORAGE")


@render.register
def _drop_table(node: DropTable) -> str:
    return parts("DROP TABLE", if_exists(node.if_exists), render(node.table))


# ---- types -----------------------------------------------------------------------------------------------------------


@render.register
def _field_definition(node: FieldDefinition) -> str:
    return f"{maybe_quote(node.name)} {node.type}"


@render.register
def _create_type(node: CreateType) -> str:
    return parts("CREATE TYPE", if_not_exists(node.if_not_exists), f"{render(node.name)} ({commas(node.fields)})")


def _alter_type(node: AlterTypeAdd | AlterTypeRename | AlterTypeField) -> str:
    return parts("ALTER TYPE", if_exists(node.if_exists), render(node.name))


@render.register
def _alter_type_add(node: AlterTypeAdd) -> str:
    return parts(_alter_type(node), "ADD", if_not_exists(node.if_not_exists), render(node.field))


@render.register
def _alter_type_rename(node: AlterTypeRename) -> str:
    return parts(_alter_type(node), "RENAME", if_exists(node.if_fields_exist), _renames(node.renames))


@render.register
def _alter_type_field(node: AlterTypeField) -> str:
    return parts(_alter_type(node), f"ALTER {maybe_quote(node.field.name)} TYPE {node.field.type}")


@render.register
def _drop_type(node: DropType) -> str:
    return parts("DROP TYPE", if_exists(node.if_exists), render(node.name))


# ---- indexes and materialized views ----------------------------------------------------------------------------------


@render.register
def _index_target(node: IndexTarget) -> str:
    column = maybe_quote(node.column)
    return column if node.kind is None else f"{one_of(node.kind, _TARGETS, 'a part to index')}({column})"


_TARGETS = frozenset({"ENTRIES", "FULL", "KEYS", "VALUES"})


@render.register
def _create_index(node: CreateIndex) -> str:
    return parts(
        "CREATE",
        "CUSTOM" if node.custom else "",
        "INDEX",
        if_not_exists(node.if_not_exists),
        "" if node.name is None else maybe_quote(node.name),
        f"ON {render(node.table)} ({commas(node.targets)})",
        "" if node.custom_class is None else f"USING {text(node.custom_class)}",
        _options(node.options),
    )


@render.register
def _drop_index(node: DropIndex) -> str:
    return parts("DROP INDEX", if_exists(node.if_exists), render(node.index))


@render.register
def _create_materialized_view(node: CreateMaterializedView) -> str:
    return parts(
        "CREATE MATERIALIZED VIEW",
        if_not_exists(node.if_not_exists),
        f"{render(node.view)} AS SELECT {selectors(node.selectors)} FROM {render(node.base)}",
        where(node.where),
        _primary_key(node.partition_key, node.clustering_key),
        _table_options(node),
    )


@render.register
def _alter_materialized_view(node: AlterMaterializedView) -> str:
    return parts("ALTER MATERIALIZED VIEW", if_exists(node.if_exists), render(node.view), _options(node.options))


@render.register
def _drop_materialized_view(node: DropMaterializedView) -> str:
    return parts("DROP MATERIALIZED VIEW", if_exists(node.if_exists), render(node.view))
