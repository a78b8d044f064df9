"""Statements on the schema: keyspaces, tables, types, indexes, materialized views."""

from __future__ import annotations

from dataclasses import dataclass

from helenus.cql.ast.base import IndexName, Node, Statement, TableName, TypeName
from helenus.cql.ast.dml import Selector
from helenus.cql.ast.relations import Where
from helenus.cql.ast.terms import Constant, FunctionCall, MapLiteral
from helenus.cql.types import CQLType

__all__ = [
    "AlterKeyspace",
    "AlterMaterializedView",
    "AlterTableAdd",
    "AlterTableDrop",
    "AlterTableDropCompactStorage",
    "AlterTableMask",
    "AlterTableOptions",
    "AlterTableRename",
    "AlterTableType",
    "AlterTypeAdd",
    "AlterTypeField",
    "AlterTypeRename",
    "ClusteringOrder",
    "ColumnDefinition",
    "CreateIndex",
    "CreateKeyspace",
    "CreateMaterializedView",
    "CreateTable",
    "CreateType",
    "DropIndex",
    "DropKeyspace",
    "DropMaterializedView",
    "DropTable",
    "DropType",
    "FieldDefinition",
    "IndexTarget",
    "Option",
    "Word",
]


@dataclass(frozen=True, slots=True)
class Word(Node):
    """An unreserved keyword as the value of an option, in lower case."""

    text: str


@dataclass(frozen=True, slots=True)
class Option(Node):
    """``name = value`` behind WITH.

    Args:
        name: the option's name.
        value: a constant, a map (``{}`` is an empty one), or a keyword.
    """

    name: str
    value: Constant | MapLiteral | Word


# ---- keyspaces -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CreateKeyspace(Statement):
    """``CREATE KEYSPACE name WITH options``; one option or more."""

    name: str
    options: tuple[Option, ...]
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class AlterKeyspace(Statement):
    """``ALTER KEYSPACE name WITH options``; one option or more."""

    name: str
    options: tuple[Option, ...]
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropKeyspace(Statement):
    """``DROP KEYSPACE name``."""

    name: str
    if_exists: bool = False


# ---- tables ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ColumnDefinition(Node):
    """A column of CREATE TABLE or ALTER TABLE ADD.

    Args:
        name: the column's name.
        type: its type, as written (``types.canonical`` gives the stored form).
        static: whether the partition's rows share it.
        mask: the function of ``MASKED WITH``; ``MASKED WITH DEFAULT`` is ``system.mask_default()``.
    """

    name: str
    type: CQLType
    static: bool = False
    mask: FunctionCall | None = None


@dataclass(frozen=True, slots=True)
class ClusteringOrder(Node):
    """``column ASC`` or ``column DESC`` in CLUSTERING ORDER BY."""

    column: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class CreateTable(Statement):
    """``CREATE TABLE table (columns, PRIMARY KEY ((partition_key), clustering_key)) WITH ...``.

    Args:
        table: the table.
        columns: in the order of the text.
        partition_key: names of its columns; empty if no primary key was declared, which the server refuses.
        clustering_key: names of its columns.
        clustering_order: what CLUSTERING ORDER BY says, if anything.
        options: other options, in the order of the text.
        compact_storage: whether COMPACT STORAGE stands among the options.
        if_not_exists: whether an existing table is no error.
    """

    table: TableName
    columns: tuple[ColumnDefinition, ...]
    partition_key: tuple[str, ...] = ()
    clustering_key: tuple[str, ...] = ()
    clustering_order: tuple[ClusteringOrder, ...] = ()
    options: tuple[Option, ...] = ()
    compact_storage: bool = False
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class AlterTableAdd(Statement):
    """``ALTER TABLE table ADD columns``; one column or more."""

    table: TableName
    columns: tuple[ColumnDefinition, ...]
    if_exists: bool = False
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class AlterTableDrop(Statement):
    """``ALTER TABLE table DROP columns USING TIMESTAMP timestamp``.

    Args:
        table: the table.
        columns: names, one or more.
        timestamp: microseconds since 1970 up to which values are dropped; None for now.
        if_exists: whether a missing table is no error.
        if_columns_exist: whether a missing column is no error.
    """

    table: TableName
    columns: tuple[str, ...]
    timestamp: int | None = None
    if_exists: bool = False
    if_columns_exist: bool = False


@dataclass(frozen=True, slots=True)
class AlterTableRename(Statement):
    """``ALTER TABLE table RENAME a TO b AND c TO d``.

    Args:
        table: the table.
        renames: pairs of old and new column name, one or more.
        if_exists: whether a missing table is no error.
        if_columns_exist: whether a missing column is no error.
    """

    table: TableName
    renames: tuple[tuple[str, str], ...]
    if_exists: bool = False
    if_columns_exist: bool = False


@dataclass(frozen=True, slots=True)
class AlterTableOptions(Statement):
    """``ALTER TABLE table WITH options``; one option or more."""

    table: TableName
    options: tuple[Option, ...]
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class AlterTableType(Statement):
    """``ALTER TABLE table ALTER column TYPE type``; the grammar still has it, servers since 3.10 refuse it."""

    table: TableName
    column: str
    type: CQLType
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class AlterTableMask(Statement):
    """``ALTER TABLE table ALTER column MASKED WITH mask``, or ``DROP MASKED`` when the mask is None."""

    table: TableName
    column: str
    mask: FunctionCall | None
    if_exists: bool = False
    if_column_exists: bool = False


@dataclass(frozen=True, slots=True)
class AlterTableDropCompactStorage(Statement):
    """``ALTER TABLE table DROP COMPACT STORAGE``."""

    table: TableName
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropTable(Statement):
    """``DROP TABLE table``."""

    table: TableName
    if_exists: bool = False


# ---- types -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FieldDefinition(Node):
    """A field of a user-defined type."""

    name: str
    type: CQLType


@dataclass(frozen=True, slots=True)
class CreateType(Statement):
    """``CREATE TYPE name (fields)``; one field or more."""

    name: TypeName
    fields: tuple[FieldDefinition, ...]
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class AlterTypeAdd(Statement):
    """``ALTER TYPE name ADD field type``."""

    name: TypeName
    field: FieldDefinition
    if_exists: bool = False
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class AlterTypeRename(Statement):
    """``ALTER TYPE name RENAME a TO b AND c TO d``; pairs of old and new field name, one or more."""

    name: TypeName
    renames: tuple[tuple[str, str], ...]
    if_exists: bool = False
    if_fields_exist: bool = False


@dataclass(frozen=True, slots=True)
class AlterTypeField(Statement):
    """``ALTER TYPE name ALTER field TYPE type``; the grammar still has it, servers since 3.10 refuse it."""

    name: TypeName
    field: FieldDefinition
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropType(Statement):
    """``DROP TYPE name``."""

    name: TypeName
    if_exists: bool = False


# ---- indexes ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IndexTarget(Node):
    """What an index is on.

    Args:
        column: the column's name.
        kind: ``VALUES``, ``KEYS``, ``ENTRIES`` or ``FULL``; None for the column as it is.
    """

    column: str
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class CreateIndex(Statement):
    """``CREATE CUSTOM INDEX name ON table (targets) USING 'custom_class' WITH options``.

    Args:
        table: the table.
        targets: what is indexed; the grammar allows none, which is for some custom indexes.
        name: the index' name, or None to let the server name it.
        custom_class: ``sai`` or a Java class, or None.
        options: behind WITH, most often one called ``options``.
        custom: whether CUSTOM was written.
        if_not_exists: whether an existing index is no error.
    """

    table: TableName
    targets: tuple[IndexTarget, ...]
    name: str | None = None
    custom_class: str | None = None
    options: tuple[Option, ...] = ()
    custom: bool = False
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropIndex(Statement):
    """``DROP INDEX index``."""

    index: IndexName
    if_exists: bool = False


# ---- materialized views ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CreateMaterializedView(Statement):
    """``CREATE MATERIALIZED VIEW view AS SELECT selectors FROM base WHERE where PRIMARY KEY (...) WITH ...``.

    Args:
        view: the view.
        base: the table it is of.
        selectors: what to select; empty for ``*``.
        where: relations that must all hold.
        partition_key: names of the view's partition key columns, one or more.
        clustering_key: names of the view's clustering columns.
        clustering_order: what CLUSTERING ORDER BY says, if anything.
        options: other options, in the order of the text.
        compact_storage: whether COMPACT STORAGE stands among the options, which the server refuses.
        if_not_exists: whether an existing view is no error.
    """

    view: TableName
    base: TableName
    selectors: tuple[Selector, ...]
    where: tuple[Where, ...]
    partition_key: tuple[str, ...]
    clustering_key: tuple[str, ...] = ()
    clustering_order: tuple[ClusteringOrder, ...] = ()
    options: tuple[Option, ...] = ()
    compact_storage: bool = False
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class AlterMaterializedView(Statement):
    """``ALTER MATERIALIZED VIEW view WITH options``; one option or more."""

    view: TableName
    options: tuple[Option, ...]
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropMaterializedView(Statement):
    """``DROP MATERIALIZED VIEW view``."""

    view: TableName
    if_exists: bool = False
