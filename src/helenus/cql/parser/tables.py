"""How statements on tables and materialized views are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from helenus.cql.ast.base import Statement, TableName
from helenus.cql.ast.ddl import (
    AlterMaterializedView,
    AlterTableAdd,
    AlterTableDrop,
    AlterTableDropCompactStorage,
    AlterTableMask,
    AlterTableOptions,
    AlterTableRename,
    AlterTableType,
    ClusteringOrder,
    ColumnDefinition,
    CreateMaterializedView,
    CreateTable,
    DropMaterializedView,
    DropTable,
    Option,
)
from helenus.cql.cursor import Cursor
from helenus.cql.parser.clauses import column, mask, option, options, renames
from helenus.cql.parser.names import if_exists, if_not_exists, table_name
from helenus.cql.parser.relations import where
from helenus.cql.parser.selectors import selectors
from helenus.cql.tokens import NAME_KINDS
from helenus.cql.types import read_type

__all__ = ["ALTER", "CREATE", "DROP"]


# ---- CREATE TABLE ----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Table:
    """What has been read of a table's definition."""

    columns: list[ColumnDefinition] = field(default_factory=list)
    partition_key: tuple[str, ...] = ()
    clustering_key: tuple[str, ...] = ()
    clustering_order: list[ClusteringOrder] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    compact_storage: bool = False


def _create_table(cursor: Cursor) -> CreateTable:
    cursor.expect("K_COLUMNFAMILY")
    absent = if_not_exists(cursor)
    name = table_name(cursor)
    table = _Table()
    cursor.expect("(")
    _table_part(cursor, name, table)
    while cursor.accept(","):
        if cursor.kind not in {",", ")"}:
            _table_part(cursor, name, table)
    cursor.expect(")")
    _table_options(cursor, table)
    return CreateTable(
        name,
        tuple(table.columns),
        table.partition_key,
        table.clustering_key,
        tuple(table.clustering_order),
        tuple(table.options),
        table.compact_storage,
        absent,
    )


def _table_part(cursor: Cursor, name: TableName, table: _Table) -> None:
    if cursor.kind == "K_PRIMARY":
        cursor.phrase("K_PRIMARY", "K_KEY")
        _set_key(cursor, name, table, *_key(cursor))
        return
    defined = column(cursor)
    table.columns.append(defined)
    if cursor.accept_phrase("K_PRIMARY", "K_KEY"):
        _set_key(cursor, name, table, (defined.name,), ())


def _set_key(
    cursor: Cursor, name: TableName, table: _Table, partition_key: tuple[str, ...], clustering_key: tuple[str, ...]
) -> None:
    if table.partition_key:
        cursor.fail(f"Multiple PRIMARY KEY specified for table '{name.name}' (exactly one required)")
    table.partition_key = partition_key
    table.clustering_key = clustering_key


def _key(cursor: Cursor) -> tuple[tuple[str, ...], tuple[str, ...]]:
    cursor.expect("(")
    partition_key = cursor.bracketed(Cursor.name) if cursor.kind == "(" else (cursor.name(),)
    clustering_key = cursor.list_of(Cursor.name) if cursor.accept(",") else ()
    cursor.expect(")")
    return partition_key, clustering_key


def _table_options(cursor: Cursor, table: _Table) -> None:
    if cursor.accept("K_WITH"):
        _table_option(cursor, table)
        while cursor.accept("K_AND"):
            _table_option(cursor, table)


def _table_option(cursor: Cursor, table: _Table) -> None:
    if cursor.ahead(1) == "=":
        option(cursor, table.options)
    elif cursor.kind == "K_COMPACT" and cursor.ahead(1) == "K_STORAGE":
        cursor.phrase("K_COMPACT", "K_STORAGE")
        table.compact_storage = True
    elif cursor.kind == "K_CLUSTERING" and cursor.ahead(1) == "K_ORDER":
        cursor.phrase("K_CLUSTERING", "K_ORDER", "K_BY")
        table.clustering_order += cursor.bracketed(_clustering_order)
    else:
        cursor.no_alternative(1 if cursor.kind in NAME_KINDS else 0)


def _clustering_order(cursor: Cursor) -> ClusteringOrder:
    name = cursor.name()
    if cursor.kind not in {"K_ASC", "K_DESC"}:
        cursor.no_alternative()
    return ClusteringOrder(name, cursor.expect(cursor.kind).upper() == "DESC")


# ---- ALTER TABLE -----------------------------------------------------------------------------------------------------


def _alter_table(cursor: Cursor) -> Statement:
    cursor.expect("K_COLUMNFAMILY")
    present = if_exists(cursor)
    table = table_name(cursor)
    reader = _TABLE_CHANGES.get(cursor.kind)
    return cursor.no_alternative() if reader is None else reader(cursor, table, present)


def _alter_table_alter(cursor: Cursor, table: TableName, present: bool) -> Statement:
    cursor.expect("K_ALTER")
    column_present = if_exists(cursor)
    altered = cursor.name()
    if not column_present and cursor.accept("K_TYPE"):
        return AlterTableType(table, altered, read_type(cursor), present)
    if cursor.accept_phrase("K_DROP", "K_MASKED"):
        return AlterTableMask(table, altered, None, present, column_present)
    return AlterTableMask(table, altered, mask(cursor) or cursor.no_alternative(), present, column_present)


def _alter_table_add(cursor: Cursor, table: TableName, present: bool) -> Statement:
    cursor.expect("K_ADD")
    absent = if_not_exists(cursor)
    columns = cursor.bracketed(column) if cursor.kind == "(" else (column(cursor),)
    return AlterTableAdd(table, columns, present, absent)


def _alter_table_drop(cursor: Cursor, table: TableName, present: bool) -> Statement:
    cursor.expect("K_DROP")
    if cursor.kind == "K_COMPACT" and cursor.ahead(1) == "K_STORAGE":
        cursor.phrase("K_COMPACT", "K_STORAGE")
        return AlterTableDropCompactStorage(table, present)
    columns_present = if_exists(cursor)
    columns = cursor.bracketed(Cursor.name) if cursor.kind == "(" else (cursor.name(),)
    timestamp = _long(cursor) if cursor.accept_phrase("K_USING", "K_TIMESTAMP") else None
    return AlterTableDrop(table, columns, timestamp, present, columns_present)


def _long(cursor: Cursor) -> int:
    word = cursor.expect("INTEGER")
    if len(word) > _MAX_DIGITS:
        cursor.fail(f'For input string: "{word}"')
    return int(word)


_MAX_DIGITS = 20


def _alter_table_rename(cursor: Cursor, table: TableName, present: bool) -> Statement:
    cursor.expect("K_RENAME")
    columns_present = if_exists(cursor)
    return AlterTableRename(table, renames(cursor), present, columns_present)


def _alter_table_options(cursor: Cursor, table: TableName, present: bool) -> Statement:
    return AlterTableOptions(table, options(cursor), present)


_TABLE_CHANGES: Mapping[str, Callable[[Cursor, TableName, bool], Statement]] = {
    "K_ADD": _alter_table_add,
    "K_ALTER": _alter_table_alter,
    "K_DROP": _alter_table_drop,
    "K_RENAME": _alter_table_rename,
    "K_WITH": _alter_table_options,
}


def _drop_table(cursor: Cursor) -> DropTable:
    cursor.expect("K_COLUMNFAMILY")
    present = if_exists(cursor)
    return DropTable(table_name(cursor), present)


# ---- materialized views ----------------------------------------------------------------------------------------------


def _create_materialized_view(cursor: Cursor) -> CreateMaterializedView:
    cursor.phrase("K_MATERIALIZED", "K_VIEW")
    absent = if_not_exists(cursor)
    view = table_name(cursor)
    cursor.phrase("K_AS", "K_SELECT")
    chosen = selectors(cursor)
    cursor.expect("K_FROM")
    base = table_name(cursor)
    relations = where(cursor) if cursor.accept("K_WHERE") else ()
    cursor.phrase("K_PRIMARY", "K_KEY")
    partition_key, clustering_key = _key(cursor)
    table = _Table()
    _table_options(cursor, table)
    return CreateMaterializedView(
        view,
        base,
        chosen,
        relations,
        partition_key,
        clustering_key,
        tuple(table.clustering_order),
        tuple(table.options),
        table.compact_storage,
        absent,
    )


def _alter_materialized_view(cursor: Cursor) -> AlterMaterializedView:
    cursor.phrase("K_MATERIALIZED", "K_VIEW")
    present = if_exists(cursor)
    return AlterMaterializedView(table_name(cursor), options(cursor), present)


def _drop_materialized_view(cursor: Cursor) -> DropMaterializedView:
    cursor.phrase("K_MATERIALIZED", "K_VIEW")
    present = if_exists(cursor)
    return DropMaterializedView(table_name(cursor), present)


CREATE: Mapping[str, Callable[[Cursor], Statement]] = {
    "K_COLUMNFAMILY": _create_table,
    "K_MATERIALIZED": _create_materialized_view,
}
"""What of this module can stand behind CREATE, by the kind of the word."""

ALTER: Mapping[str, Callable[[Cursor], Statement]] = {
    "K_COLUMNFAMILY": _alter_table,
    "K_MATERIALIZED": _alter_materialized_view,
}
"""What of this module can stand behind ALTER, by the kind of the word."""

DROP: Mapping[str, Callable[[Cursor], Statement]] = {
    "K_COLUMNFAMILY": _drop_table,
    "K_MATERIALIZED": _drop_materialized_view,
}
"""What of this module can stand behind DROP, by the kind of the word."""
