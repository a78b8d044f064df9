"""What a model wants of a schema, as statements: ``TableMeta`` to CREATE TABLE, CREATE INDEX, CREATE TYPE.

Pure. This module does not know what exists already; ``diff`` compares.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from helenus.cql import ast
from helenus.cql.types import Frozen, is_collection
from helenus.errors import SchemaException
from helenus.mapper.columns import AnyColumn, resolve_udts
from helenus.mapper.metadata import TableMeta
from helenus.mapper.usertype import BaseUserType
from helenus.schema.options import named

__all__ = [
    "Wanted",
    "create_index",
    "create_keyspace",
    "create_table",
    "create_type",
    "create_types",
    "network_topology",
    "option",
    "simple",
    "user_types",
    "wanted",
]


@dataclass(frozen=True, slots=True)
class Wanted:
    """All that a model wants of one keyspace.

    Args:
        model: the model's name, for messages.
        table: its table.
        types: the user-defined types of its columns, inner ones first.
        indexes: its secondary indexes.
        options: ``__options__`` as written; the statement has them as constants.
    """

    model: str
    table: ast.CreateTable
    types: tuple[ast.CreateType, ...]
    indexes: tuple[ast.CreateIndex, ...]
    options: Mapping[str, object]


def wanted(table: TableMeta, keyspace: str) -> Wanted:
    """Return what a model wants of a keyspace.

    Args:
        table: the model's table.
        keyspace: the keyspace's name, which need not be the model's own.

    Raises:
        SchemaException: an option has a value that CQL cannot write.
    """
    return Wanted(
        table.model_name,
        create_table(table, keyspace),
        create_types(table.columns, keyspace),
        tuple(create_index(table, column, keyspace) for column in table.columns if _is_indexed(column)),
        table.options,
    )


def create_table(table: TableMeta, keyspace: str) -> ast.CreateTable:
    """Return CREATE TABLE: columns in declaration order, the order of every clustering column, options by name.

    Args:
        table: the model's table.
        keyspace: the keyspace's name.

    Raises:
        SchemaException: an option has a value that CQL cannot write.
    """
    return ast.CreateTable(
        ast.TableName(keyspace, table.name),
        tuple(ast.ColumnDefinition(c.db_field_name, c.cql_type, c.static) for c in table.columns),
        partition_key=tuple(c.db_field_name for c in table.partition_key),
        clustering_key=tuple(c.db_field_name for c in table.clustering_key),
        clustering_order=tuple(
            ast.ClusteringOrder(c.db_field_name, (c.clustering_order or "asc").lower() == "desc")
            for c in table.clustering_key
        ),
        options=tuple(option(name, value, table.model_name) for name, value in named(table.options).items()),
        if_not_exists=True,
    )


def _is_indexed(column: AnyColumn) -> bool:
    # A custom index is somebody else's, says the column; helenus neither creates it nor a second one beside it.
    return column.index and not column.custom_index


def create_index(table: TableMeta, column: AnyColumn, keyspace: str) -> ast.CreateIndex:
    """Return CREATE INDEX on one column: on the whole value of a frozen collection, else on the (elements') values.

    Without a name, so that the server finds one. The names that it makes (``table_column_idx``) belong to the whole
    keyspace and are not unambiguous (``a_b.c`` and ``a.b_c``); under a name of ours IF NOT EXISTS would do nothing if
    another table's index had it. An index without a name that exists already is not made again, says
    ``CreateIndexStatement`` of Cassandra, whatever the name of the one that is there.

    Args:
        table: the model's table.
        column: the column.
        keyspace: the keyspace's name.
    """
    kind = "FULL" if isinstance(column.cql_type, Frozen) and is_collection(column.cql_type) else None
    target = ast.IndexTarget(column.db_field_name, kind)
    return ast.CreateIndex(ast.TableName(keyspace, table.name), (target,), if_not_exists=True)


def user_types(columns: Iterable[AnyColumn]) -> tuple[type[BaseUserType], ...]:
    """Return the user types that columns are made of, each once, inner ones first.

    Args:
        columns: a model's columns, or a user type's.
    """
    found: list[type[BaseUserType]] = []
    for column in columns:
        resolve_udts(column, found)
    return tuple(dict.fromkeys(found))


def create_types(columns: Iterable[AnyColumn], keyspace: str) -> tuple[ast.CreateType, ...]:
    """Return CREATE TYPE for each user type that columns are made of, inner ones first.

    Args:
        columns: a model's columns, or a user type's.
        keyspace: the keyspace's name.
    """
    return tuple(create_type(user_type, keyspace) for user_type in user_types(columns))


def create_type(user_type: type[BaseUserType], keyspace: str) -> ast.CreateType:
    """Return CREATE TYPE, fields in declaration order.

    Args:
        user_type: the user type.
        keyspace: the keyspace's name.
    """
    fields = tuple(ast.FieldDefinition(c.db_field_name, c.cql_type) for c in user_type._fields.values())
    return ast.CreateType(ast.TypeName(keyspace, user_type.type_name()), fields, if_not_exists=True)


def create_keyspace(name: str, replication: Mapping[str, object], *, durable_writes: bool) -> ast.CreateKeyspace:
    """Return CREATE KEYSPACE.

    Args:
        name: the keyspace's name.
        replication: ``class`` and its arguments.
        durable_writes: whether writes go through the commit log.

    Raises:
        SchemaException: the replication has a value that CQL cannot write.
    """
    options = (option("replication", replication, name), option("durable_writes", durable_writes, name))
    return ast.CreateKeyspace(name, options, if_not_exists=True)


def simple(replication_factor: int) -> dict[str, object]:
    """Return the replication of a keyspace with SimpleStrategy.

    Args:
        replication_factor: number of copies of every row.
    """
    return {"class": "SimpleStrategy", "replication_factor": replication_factor}


def network_topology(replication_factors: Mapping[str, int]) -> dict[str, object]:
    """Return the replication of a keyspace with NetworkTopologyStrategy.

    Args:
        replication_factors: number of copies of every row by data center.
    """
    return {"class": "NetworkTopologyStrategy", **replication_factors}


def option(name: str, value: object, owner: str) -> ast.Option:
    """Return one option behind WITH.

    Args:
        name: the option's name.
        value: a string, number, boolean, or a mapping of strings to these.
        owner: the model's or keyspace's name, for the error.

    Raises:
        SchemaException: the value is something else.
    """
    if not isinstance(value, Mapping):
        return ast.Option(name, _constant(name, value, owner))
    items = tuple((ast.string(str(key)), _constant(f"{name}[{key!r}]", item, owner)) for key, item in value.items())
    return ast.Option(name, ast.MapLiteral(items))


def _constant(name: str, value: object, owner: str) -> ast.Constant:
    match value:
        case bool():
            return ast.boolean(value)
        case int():
            return ast.integer(value)
        case float() | Decimal():
            return ast.Constant(ast.ConstantKind.FLOAT, str(value))
        case str():
            return ast.string(value)
        case _:
            raise SchemaException(
                f"{owner}: the option {name} is {value!r} ({type(value).__name__}); an option is a string, number,"
                " boolean, or a dict of strings to these"
            )
