"""CREATE, ALTER and DROP TABLE, on the catalogue.

This module must not know storage.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from helenus.cql.ast import (
    AlterTableAdd,
    AlterTableDrop,
    AlterTableOptions,
    AlterTableRename,
    AlterTableType,
    ColumnDefinition,
    CreateTable,
    DropTable,
    TableName,
)
from helenus.cql.types import CQLType, canonical
from helenus.engine.catalog import ColumnMeta, DroppedColumn, Keyspace, Table, sorted_columns
from helenus.engine.ddl.base import Change, Context
from helenus.engine.ddl.options import table_options
from helenus.engine.ddl.types import checked_type, key_problem
from helenus.engine.errors import AlreadyExists, ConfigurationError, InvalidRequest
from helenus.engine.types import COUNTER, resolve

__all__ = [
    "alter_table_add",
    "alter_table_drop",
    "alter_table_options",
    "alter_table_rename",
    "alter_table_type",
    "create_table",
    "drop_table",
]

_NAME = re.compile(r"\w+", re.ASCII)


# ---- CREATE ----------------------------------------------------------------------------------------------------------


def create_table(context: Context, statement: CreateTable) -> Change:
    """Add a table.

    Args:
        context: what there is.
        statement: what is asked.

    Raises:
        AlreadyExists: there is one of that name.
        InvalidRequest: its columns or its key cannot be.
        ConfigurationError: its options cannot be.
    """
    keyspace = context.keyspace(statement.table.keyspace)
    name = statement.table.name
    if name in keyspace.tables:
        if statement.if_not_exists:
            return context.unchanged()
        raise AlreadyExists(keyspace.name, name)
    if statement.compact_storage:
        raise InvalidRequest("COMPACT STORAGE is not supported by the embedded engine")
    options = table_options(statement.options)
    types = _types(keyspace, name, statement.columns)
    _check_key(statement, types, keyspace.name)
    columns = [
        _column(statement, keyspace, definition, types[definition.name], number)
        for number, definition in enumerate(statement.columns)
    ]
    _check_counters(columns)
    if not _NAME.fullmatch(name):
        raise ConfigurationError(
            f"{keyspace.name}.{name}: Table name must not be empty or not contain non-alphanumeric-underscore "
            f'characters (got "{name}")'
        )
    table = Table(
        keyspace.name, name, context.new_id(), sorted_columns(tuple(columns)), options, next_number=len(columns)
    )
    return context.changed(keyspace.with_table(table), "CREATED", "TABLE", name)


def _types(keyspace: Keyspace, table: str, definitions: Sequence[ColumnDefinition]) -> dict[str, CQLType]:
    types: dict[str, CQLType] = {}
    for definition in definitions:
        if definition.name in types:
            raise InvalidRequest(f"Duplicate column '{definition.name}' declaration for table '{table}'")
        if definition.mask is not None:
            raise InvalidRequest("Dynamic data masking is not supported by the embedded engine")
        types[definition.name] = checked_type(keyspace, definition.type)
    return types


def _check_key(statement: CreateTable, types: dict[str, CQLType], keyspace: str) -> None:
    name = statement.table.name
    if not statement.partition_key:
        raise InvalidRequest(f"No PRIMARY KEY specifed for table '{name}' (exactly one required)")
    statics = {definition.name for definition in statement.columns if definition.static}
    key = (*statement.partition_key, *statement.clustering_key)
    for place, column in enumerate(key):
        if column not in types:
            raise InvalidRequest(f"Unknown column '{column}' referenced in PRIMARY KEY for table '{name}'")
        if column in key[:place]:
            raise InvalidRequest(f"Duplicate column '{column}' in PRIMARY KEY clause for table '{name}'")
        problem = key_problem(types[column], keyspace, column)
        if problem is not None:
            raise InvalidRequest(problem)
        if column in statics:
            raise InvalidRequest(f"Static column '{column}' cannot be part of the PRIMARY KEY")
    _check_order(statement)
    if statics and not statement.clustering_key:
        raise InvalidRequest(
            "Static columns are only useful (and thus allowed) if the table has at least one clustering column"
        )


def _check_order(statement: CreateTable) -> None:
    """Check CLUSTERING ORDER BY: the clustering columns in their order, of which the last ones may be left out."""
    key = statement.clustering_key
    named = [part.column for part in statement.clustering_order]
    for place, column in enumerate(named):
        if column in named[:place]:
            raise InvalidRequest(
                f"Duplicate column '{column}' in CLUSTERING ORDER BY clause for table '{statement.table.name}'"
            )
    others = [column for column in named if column not in key]
    if others:
        raise InvalidRequest(
            f"Only clustering key columns can be defined in CLUSTERING ORDER directive: [{', '.join(others)}] are not "
            "clustering columns"
        )
    for place, column in enumerate(named):
        wanted = key[place]
        if column != wanted and wanted not in named:
            raise InvalidRequest(f"Missing CLUSTERING ORDER for column {wanted}")
        if column != wanted:
            raise InvalidRequest(
                "The order of columns in the CLUSTERING ORDER directive must match that of the clustering columns "
                f"({wanted} must appear before {column})"
            )


def _column(
    statement: CreateTable, keyspace: Keyspace, definition: ColumnDefinition, of: CQLType, number: int
) -> ColumnMeta:
    name = definition.name
    descending = any(part.column == name and part.descending for part in statement.clustering_order)
    if name in statement.partition_key:
        kind, position = "partition_key", statement.partition_key.index(name)
    elif name in statement.clustering_key:
        kind, position = "clustering", statement.clustering_key.index(name)
    else:
        kind, position = ("static" if definition.static else "regular"), -1
    return ColumnMeta(name, of, kind, position, descending, number, resolve(of, keyspace.lookup))


def _check_counters(columns: Sequence[ColumnMeta]) -> None:
    counters = [column.type == COUNTER for column in columns if not column.is_key]
    if any(counters) and not all(counters):
        raise InvalidRequest("Cannot mix counter and non counter columns in the same table")


# ---- ALTER -----------------------------------------------------------------------------------------------------------


def _existing(context: Context, name: TableName, *, if_exists: bool) -> Table | None:
    table = context.table(name.keyspace, name.name)
    if table is None and not if_exists:
        raise InvalidRequest(f"Table '{context.keyspace_name(name.keyspace)}.{name.name}' doesn't exist")
    return table


def _altered(context: Context, table: Table) -> Change:
    keyspace = context.keyspace(table.keyspace)
    return context.changed(keyspace.with_table(table), "UPDATED", "TABLE", table.name)


def alter_table_add(context: Context, statement: AlterTableAdd) -> Change:
    """Add columns to a table.

    Args:
        context: what there is.
        statement: what is asked.

    Raises:
        InvalidRequest: a column is there, or cannot be added.
    """
    table = _existing(context, statement.table, if_exists=statement.if_exists)
    if table is None:
        return context.unchanged()
    for definition in statement.columns:
        if definition.name in table.by_name:
            if statement.if_not_exists:
                continue
            raise InvalidRequest(f"Column with name '{definition.name}' already exists")
        table = _with_column(context, table, definition)
    return _altered(context, table)


def _with_column(context: Context, table: Table, definition: ColumnDefinition) -> Table:
    keyspace = context.keyspace(table.keyspace)
    if definition.mask is not None:
        raise InvalidRequest("Dynamic data masking is not supported by the embedded engine")
    of = checked_type(keyspace, definition.type)
    if definition.static and not table.clustering:
        raise InvalidRequest(
            "Static columns are only useful (and thus allowed) if the table has at least one clustering column"
        )
    _check_dropped(table, definition, of)
    if of == COUNTER and not table.is_counter and (table.regular or table.static):
        raise ConfigurationError(f'{table}: Cannot have a counter column ("{definition.name}") in a non counter table')
    if of != COUNTER and table.is_counter:
        raise ConfigurationError(f'{table}: Cannot have a non counter column ("{definition.name}") in a counter table')
    kind = "static" if definition.static else "regular"
    column = ColumnMeta(definition.name, of, kind, -1, False, table.next_number, resolve(of, keyspace.lookup))
    columns = sorted_columns((*table.columns, column))
    return replace(table, columns=columns, next_number=table.next_number + 1)


def _check_dropped(table: Table, definition: ColumnDefinition, of: CQLType) -> None:
    before = next((column for column in table.dropped if column.name == definition.name), None)
    if before is None:
        return
    if before.type != str(canonical(of)):
        raise InvalidRequest(
            f"Cannot re-add previously dropped column '{definition.name}' of type {of}, incompatible with previous "
            f"type {before.type}"
        )
    if (before.kind == "static") != definition.static:
        raise InvalidRequest(
            f"Cannot re-add previously dropped column '{definition.name}' of kind "
            f"{'STATIC' if definition.static else 'REGULAR'}, incompatible with previous kind {before.kind.upper()}"
        )


def alter_table_drop(context: Context, statement: AlterTableDrop) -> Change:
    """Remove columns from a table; their values are gone even if a column of the name comes back.

    Args:
        context: what there is.
        statement: what is asked.

    Raises:
        InvalidRequest: there is no such column, or it cannot be removed.
    """
    table = _existing(context, statement.table, if_exists=statement.if_exists)
    if table is None:
        return context.unchanged()
    for name in statement.columns:
        column = table.by_name.get(name)
        if column is None:
            if statement.if_columns_exist:
                continue
            raise InvalidRequest(f"Column {name} was not found in table '{table}'")
        table = _without_column(table, column, context.now if statement.timestamp is None else statement.timestamp)
    return _altered(context, table)


def _without_column(table: Table, column: ColumnMeta, dropped_time: int) -> Table:
    if column.is_key:
        raise InvalidRequest(f"Cannot drop PRIMARY KEY column {column.name}")
    indexes = [index.name for index in reversed(table.indexes) if index.column == column.name]
    if indexes:
        raise InvalidRequest(
            f"Cannot drop column {column.name} because it has dependent secondary indexes ({', '.join(indexes)})"
        )
    left = tuple(other for other in table.columns if other is not column)
    dropped = tuple(other for other in table.dropped if other.name != column.name)
    gone = DroppedColumn(column.name, str(column.type), column.kind, dropped_time)
    return replace(table, columns=left, dropped=(*dropped, gone))


def alter_table_rename(context: Context, statement: AlterTableRename) -> Change:
    """Rename columns of a table's primary key.

    Args:
        context: what there is.
        statement: what is asked.

    Raises:
        InvalidRequest: there is no such column, or it cannot be renamed.
    """
    table = _existing(context, statement.table, if_exists=statement.if_exists)
    if table is None:
        return context.unchanged()
    for old, new in statement.renames:
        if old not in table.by_name and statement.if_columns_exist:
            continue
        table = _renamed(table, old, new)
    return _altered(context, table)


def _renamed(table: Table, old: str, new: str) -> Table:
    column = table.column(old)
    if not column.is_key:
        raise InvalidRequest(f"Cannot rename non PRIMARY KEY column {old}")
    if new in table.by_name:
        raise InvalidRequest(
            f"Cannot rename column {old} to {new} in table '{table}'; another column with that name already exists"
        )
    if any(index.column == old for index in table.indexes):
        raise InvalidRequest(f"Can't rename column {old} because it has dependent secondary indexes")
    columns = tuple(replace(other, name=new) if other is column else other for other in table.columns)
    return replace(table, columns=columns)


def alter_table_options(context: Context, statement: AlterTableOptions) -> Change:
    """Change a table's options.

    Args:
        context: what there is.
        statement: what is asked.

    Raises:
        ConfigurationError: an option cannot be.
    """
    table = _existing(context, statement.table, if_exists=statement.if_exists)
    if table is None:
        return context.unchanged()
    return _altered(context, replace(table, options=table_options(statement.options, table.options)))


def alter_table_type(context: Context, statement: AlterTableType) -> Change:
    """Refuse to change a column's type, as servers since 3.10 do.

    Args:
        context: what there is.
        statement: what is asked.

    Raises:
        InvalidRequest: always, unless there is no such table and that is allowed.
    """
    if _existing(context, statement.table, if_exists=statement.if_exists) is None:
        return context.unchanged()
    raise InvalidRequest("Altering column types is no longer supported")


def drop_table(context: Context, statement: DropTable) -> Change:
    """Remove a table.

    Args:
        context: what there is.
        statement: what is asked.

    Raises:
        InvalidRequest: there is no such table.
    """
    table = _existing(context, statement.table, if_exists=statement.if_exists)
    if table is None:
        return context.unchanged()
    keyspace = context.keyspace(table.keyspace).without_table(table.name)
    return context.changed(keyspace, "DROPPED", "TABLE", table.name)
