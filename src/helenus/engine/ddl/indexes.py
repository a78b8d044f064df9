"""CREATE and DROP INDEX, on the catalogue.

This module must not know storage.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from helenus.cql.ast import CreateIndex, DropIndex, IndexTarget, MapLiteral
from helenus.cql.types import Frozen, Map, is_collection
from helenus.engine.catalog import ColumnMeta, Index, Table
from helenus.engine.ddl.base import Change, Context
from helenus.engine.ddl.options import text_map
from helenus.engine.errors import ConfigurationError, InvalidRequest
from helenus.engine.types import Udt

__all__ = ["create_index", "drop_index"]

_SAI = frozenset({"sai", "storageattachedindex", "org.apache.cassandra.index.sai.storageattachedindex"})


def create_index(context: Context, statement: CreateIndex) -> Change:
    """Add an index to a table.

    Args:
        context: what there is.
        statement: what is asked.

    Raises:
        InvalidRequest: there is one of that name or on that target, or there cannot be one.
        ConfigurationError: its class is not known.
    """
    table = context.table(statement.table.keyspace, statement.table.name)
    if table is None:
        raise InvalidRequest(f"Table '{statement.table.name}' doesn't exist")
    if statement.custom and statement.custom_class is None:
        raise ConfigurationError("Unable to find custom indexer class 'legacy_local_table'")
    if statement.custom_class is not None and statement.custom_class.lower() not in _SAI:
        raise ConfigurationError(f"Unable to find custom indexer class '{statement.custom_class}'")
    if len(statement.targets) != 1:
        raise InvalidRequest("Only CUSTOM indexes can be created without or with more than one target column")
    keyspace = context.keyspace(table.keyspace)
    taken = {index.name: index for other in keyspace.tables.values() for index in other.indexes}
    if statement.name in taken:
        if statement.if_not_exists:
            return context.unchanged()
        raise InvalidRequest(f"Index '{statement.name}' already exists")
    index = _index(table, statement, taken)
    for other in table.indexes:
        if (other.column, other.target, other.custom_class) == (index.column, index.target, index.custom_class):
            if statement.if_not_exists:
                return context.unchanged()
            raise InvalidRequest(f"Index {index.name} is a duplicate of existing index {other.name}")
    changed = keyspace.with_table(replace(table, indexes=(*table.indexes, index)))
    return context.changed(changed, "UPDATED", "TABLE", table.name)


def _index(table: Table, statement: CreateIndex, taken: Mapping[str, Index]) -> Index:
    target = statement.targets[0]
    column = table.column(target.column)
    kind = _target_kind(table, column, target)
    options: dict[str, str] = {}
    for option in statement.options:
        if isinstance(option.value, MapLiteral):
            options.update(text_map(option.value))
    name = statement.name or _free_name(f"{table.name}_{column.name}_idx", taken)
    return Index(name, column.name, kind, statement.custom_class, options)


def _free_name(wanted: str, taken: Mapping[str, Index]) -> str:
    name, count = wanted, 0
    while name in taken:
        count += 1
        name = f"{wanted}_{count}"
    return name


def _target_kind(table: Table, column: ColumnMeta, target: IndexTarget) -> str:
    name = column.name
    if column.kind == "partition_key" and len(table.partition_key) == 1:
        raise InvalidRequest(f"Cannot create secondary index on the only partition key column {name}")
    if table.is_counter and not column.is_key:
        raise InvalidRequest("Secondary indexes are not supported on counter tables")
    kind = "simple" if target.kind is None else target.kind.lower()
    frozen = isinstance(column.type, Frozen)
    if kind == "full" and not (frozen and is_collection(column.type)):
        raise InvalidRequest("full() indexes can only be created on frozen collections")
    if not is_collection(column.type) and kind != "simple":
        raise InvalidRequest(
            f"Cannot create {kind}() index on {name}. Non-collection columns only support simple indexes"
        )
    if frozen and is_collection(column.type) and kind not in {"full", "simple"}:
        raise InvalidRequest(
            f"Cannot create {kind}() index on frozen column {name}. Frozen collections are immutable and must be fully "
            f"indexed by using the 'full({name})' modifier"
        )
    if kind in {"keys", "entries"} and not isinstance(column.type, Map):
        raise InvalidRequest(f"Cannot create index on {kind} of column {name} with non-map type")
    if isinstance(column.resolved, Udt):
        raise InvalidRequest(f"Cannot create index on non-frozen UDT column {name}")
    return "values" if kind == "simple" and is_collection(column.type) and not frozen else kind


def drop_index(context: Context, statement: DropIndex) -> Change:
    """Remove an index.

    Args:
        context: what there is.
        statement: what is asked.

    Raises:
        InvalidRequest: there is no such index.
    """
    name = statement.index.name
    keyspace_name = context.keyspace_name(statement.index.keyspace)
    keyspace = context.catalog.keyspaces.get(keyspace_name)
    for table in keyspace.tables.values() if keyspace else ():
        left = tuple(index for index in table.indexes if index.name != name)
        if len(left) != len(table.indexes) and keyspace is not None:
            changed = keyspace.with_table(replace(table, indexes=left))
            return context.changed(changed, "UPDATED", "TABLE", table.name)
    if statement.if_exists:
        return context.unchanged()
    # The lone quote is Cassandra's.
    raise InvalidRequest(f"Index '{keyspace_name}.{name}' doesn't exist'")
