"""The catalogue as a note of the storage, and back: JSON, without the system's keyspaces.

This module must not know how the storage keeps notes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypedDict
from uuid import UUID

from helenus.cql.types import parse_type
from helenus.engine.catalog import (
    Catalog,
    ColumnMeta,
    DroppedColumn,
    Index,
    Keyspace,
    OptionValue,
    Table,
    UserType,
)
from helenus.engine.types import resolve

__all__ = ["dump_catalog", "load_catalog"]


class _Table(TypedDict):
    id: str
    columns: list[tuple[str, str, str, int, bool, int]]
    options: dict[str, str | int | float | dict[str, str] | list[str] | None]
    indexes: list[tuple[str, str, str, str | None, dict[str, str]]]
    dropped: list[tuple[str, str, str, int]]
    next_number: int


class _Keyspace(TypedDict):
    replication: dict[str, str]
    durable_writes: bool
    types: dict[str, list[tuple[str, str]]]
    tables: dict[str, _Table]


def dump_catalog(catalog: Catalog, system: Mapping[str, Keyspace]) -> bytes:
    """Return the note of a catalogue.

    Args:
        catalog: the catalogue.
        system: the keyspaces that are left out.
    """
    keyspaces = {name: _dump_keyspace(keyspace) for name, keyspace in catalog.keyspaces.items() if name not in system}
    return json.dumps({"version": str(catalog.version), "keyspaces": keyspaces}).encode()


def _dump_keyspace(keyspace: Keyspace) -> _Keyspace:
    return {
        "replication": dict(keyspace.replication),
        "durable_writes": keyspace.durable_writes,
        "types": {name: [(field, str(of)) for field, of in kept.fields] for name, kept in keyspace.types.items()},
        "tables": {name: _dump_table(table) for name, table in keyspace.tables.items()},
    }


def _dump_table(table: Table) -> _Table:
    return {
        "id": str(table.id),
        "columns": [
            (column.name, str(column.type), column.kind, column.position, column.descending, column.number)
            for column in table.columns
        ],
        "options": {name: _dump_option(value) for name, value in table.options.items()},
        "indexes": [
            (index.name, index.column, index.target, index.custom_class, dict(index.options)) for index in table.indexes
        ],
        "dropped": [(gone.name, gone.type, gone.kind, gone.dropped_time) for gone in table.dropped],
        "next_number": table.next_number,
    }


def _dump_option(value: OptionValue) -> str | int | float | dict[str, str] | list[str] | None:
    if isinstance(value, frozenset):
        return sorted(value)
    return dict(value) if isinstance(value, Mapping) else value


def load_catalog(note: bytes, system: Mapping[str, Keyspace]) -> Catalog:
    """Return the catalogue of a note.

    Args:
        note: what ``dump_catalog`` returned.
        system: the system's keyspaces.
    """
    found = json.loads(note)
    kept: dict[str, _Keyspace] = found["keyspaces"]
    keyspaces = {name: _load_keyspace(name, one) for name, one in kept.items()}
    return Catalog({**system, **keyspaces}, UUID(found["version"]))


def _load_keyspace(name: str, kept: _Keyspace) -> Keyspace:
    types = {
        type_name: UserType(name, type_name, tuple((field, parse_type(of)) for field, of in fields))
        for type_name, fields in kept["types"].items()
    }
    keyspace = Keyspace(name, kept["replication"], kept["durable_writes"], types=types)
    for table_name, table in kept["tables"].items():
        keyspace = keyspace.with_table(_load_table(keyspace, table_name, table))
    return keyspace


def _load_table(keyspace: Keyspace, name: str, kept: _Table) -> Table:
    columns: list[ColumnMeta] = []
    for column, text, kind, position, descending, number in kept["columns"]:
        of = parse_type(text)
        columns.append(ColumnMeta(column, of, kind, position, descending, number, resolve(of, keyspace.lookup)))
    options = {
        option: frozenset(value) if isinstance(value, list) else value for option, value in kept["options"].items()
    }
    return Table(
        keyspace.name,
        name,
        UUID(kept["id"]),
        tuple(columns),
        options,
        tuple(Index(*index) for index in kept["indexes"]),
        tuple(DroppedColumn(*gone) for gone in kept["dropped"]),
        kept["next_number"],
    )
