"""Schema statements: from a catalogue to the next one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from helenus.cql import ast
from helenus.engine.ddl import indexes, keyspaces, tables, types
from helenus.engine.ddl.base import NO_KEYSPACE, SYSTEM_KEYSPACES, Change, Context, SchemaChange
from helenus.engine.ddl.options import DEFAULTS

__all__ = ["DEFAULTS", "NO_KEYSPACE", "STATEMENTS", "SYSTEM_KEYSPACES", "Change", "Context", "SchemaChange"]

STATEMENTS: Mapping[type[ast.Statement], Callable[..., Change]] = {
    ast.AlterKeyspace: keyspaces.alter_keyspace,
    ast.AlterTableAdd: tables.alter_table_add,
    ast.AlterTableDrop: tables.alter_table_drop,
    ast.AlterTableOptions: tables.alter_table_options,
    ast.AlterTableRename: tables.alter_table_rename,
    ast.AlterTableType: tables.alter_table_type,
    ast.AlterTypeAdd: types.alter_type_add,
    ast.AlterTypeField: types.alter_type_field,
    ast.AlterTypeRename: types.alter_type_rename,
    ast.CreateIndex: indexes.create_index,
    ast.CreateKeyspace: keyspaces.create_keyspace,
    ast.CreateTable: tables.create_table,
    ast.CreateType: types.create_type,
    ast.DropIndex: indexes.drop_index,
    ast.DropKeyspace: keyspaces.drop_keyspace,
    ast.DropTable: tables.drop_table,
    ast.DropType: types.drop_type,
}
"""Which function makes which change: each takes a ``Context`` and the statement."""
