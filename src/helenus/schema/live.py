"""What a keyspace holds right now: rows of ``system_schema`` made into frozen values, and the flows that read them.

This module does not know models, nor what anybody wants the schema to be.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from helenus.connection.request import Flow
from helenus.cql.names import unquote
from helenus.mapper.reflect import LiveColumn, Row, select, table_columns

__all__ = [
    "KeyspaceMeta",
    "LiveIndex",
    "LiveTable",
    "LiveType",
    "LiveView",
    "index_of",
    "keyspace_of",
    "read_keyspace",
    "read_table",
    "read_types",
    "read_view",
    "table_of",
    "type_of",
]

_TARGET = re.compile(r"(keys|entries|values|full)\((.+)\)", re.DOTALL)

# Columns of system_schema.tables that say which table it is, not how it is kept.
_NOT_OPTIONS = frozenset({"keyspace_name", "table_name", "id", "flags"})


@dataclass(frozen=True, slots=True)
class KeyspaceMeta:
    """A keyspace that exists.

    Args:
        name: what the server stores, without quotes.
        replication: ``class`` (a Java class name) and its arguments, all text.
        durable_writes: whether writes go through the commit log.
    """

    name: str
    replication: Mapping[str, str] = field(default_factory=dict)
    durable_writes: bool = True


@dataclass(frozen=True, slots=True)
class LiveIndex:
    """A secondary index that exists.

    Args:
        name: the index' name, without quotes.
        column: the indexed column's name, without quotes.
        target: ``values``, ``keys``, ``entries``, ``full``, or ``local`` for ScyllaDB's indexes of one partition.
        kind: ``COMPOSITES`` and ``KEYS`` are the server's own indexes, ``CUSTOM`` has a class.
        options: what else the server stores, ``class_name`` among it.
    """

    name: str
    column: str
    target: str = "values"
    kind: str = "COMPOSITES"
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LiveTable:
    """A table that exists.

    Args:
        keyspace: its keyspace's name.
        name: its name, without quotes.
        columns: the key in its order, then static, then regular columns.
        options: ``compaction``, ``comment`` ... as the server stores them; None is an option that it does not show.
        indexes: its secondary indexes.
    """

    keyspace: str
    name: str
    columns: tuple[LiveColumn, ...]
    options: Mapping[str, object] = field(default_factory=dict)
    indexes: tuple[LiveIndex, ...] = ()

    def of_kind(self, kind: str) -> tuple[LiveColumn, ...]:
        """Return the columns of one kind (``partition_key``, ``clustering``, ``static``, ``regular``), in order."""
        return tuple(column for column in self.columns if column.kind == kind)


@dataclass(frozen=True, slots=True)
class LiveView:
    """A materialized view that exists.

    Args:
        keyspace: its keyspace's name.
        name: its name, without quotes.
        base_table: the name of the table that it is a view of.
    """

    keyspace: str
    name: str
    base_table: str


@dataclass(frozen=True, slots=True)
class LiveType:
    """A user-defined type that exists.

    Args:
        keyspace: its keyspace's name.
        name: its name, without quotes.
        fields: pairs of field name and CQL type, in order.
    """

    keyspace: str
    name: str
    fields: tuple[tuple[str, str], ...]


def keyspace_of(row: Row) -> KeyspaceMeta:
    """Make a value of a row of ``system_schema.keyspaces``."""
    return KeyspaceMeta(str(row["keyspace_name"]), _texts(row["replication"]), row["durable_writes"] is not False)


def type_of(row: Row) -> LiveType:
    """Make a value of a row of ``system_schema.types``."""
    fields = zip(_list(row["field_names"]), _list(row["field_types"]), strict=True)
    return LiveType(str(row["keyspace_name"]), str(row["type_name"]), tuple(fields))


def table_of(row: Row, columns: Sequence[LiveColumn], indexes: Sequence[LiveIndex] = ()) -> LiveTable:
    """Make a value of a row of ``system_schema.tables``, with what the other schema tables say of it."""
    options = {name: value for name, value in row.items() if name not in _NOT_OPTIONS}
    return LiveTable(str(row["keyspace_name"]), str(row["table_name"]), tuple(columns), options, tuple(indexes))


def index_of(row: Row) -> LiveIndex:
    """Make a value of a row of ``system_schema.indexes``.

    The target is CQL text (Cassandra's ``TargetParser``): ``c``, ``"C"``, ``values(c)``, ``full(c)``; ScyllaDB writes
    JSON for indexes that have a partition key of their own: ``{"pk": ["p"], "ck": ["c"]}``.
    """
    options = _texts(row["options"])
    target, column = _target(options.pop("target", ""))
    return LiveIndex(str(row["index_name"]), column, target, str(row["kind"]), options)


def _target(text: str) -> tuple[str, str]:
    if text.startswith("{"):
        document = json.loads(text)
        return "local", str(next(iter(document.get("ck", [])), ""))
    match = _TARGET.fullmatch(text)
    kind, identifier = (match[1], match[2]) if match else ("values", text)
    return kind, unquote(identifier) if identifier.startswith('"') else identifier


def _texts(value: object) -> dict[str, str]:
    # The driver gives maps of a type of its own, and None for an empty one.
    return {str(key): str(item) for key, item in value.items()} if isinstance(value, Mapping) else {}


def _list(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, (list, tuple)) else []


def read_keyspace(name: str, connection: str | None) -> Flow[KeyspaceMeta | None]:
    """Read one keyspace; None if there is no such."""
    text = "SELECT keyspace_name, durable_writes, replication FROM system_schema.keyspaces WHERE keyspace_name = ?"
    rows = yield from select(text, (name,), connection)
    return keyspace_of(rows[0]) if rows else None


def read_types(keyspace: str, connection: str | None) -> Flow[dict[str, LiveType]]:
    """Read all user-defined types of a keyspace, by name."""
    text = "SELECT keyspace_name, type_name, field_names, field_types FROM system_schema.types WHERE keyspace_name = ?"
    rows = yield from select(text, (keyspace,), connection)
    return {found.name: found for found in map(type_of, rows)}


def read_table(keyspace: str, name: str, connection: str | None) -> Flow[LiveTable | None]:
    """Read one table with its columns, options and indexes; None if there is no such table."""
    # All columns: which options there are differs between servers, and each column is one.
    text = "SELECT * FROM system_schema.tables WHERE keyspace_name = ? AND table_name = ?"
    rows = yield from select(text, (keyspace, name), connection)
    if not rows:
        return None
    columns = yield from table_columns(keyspace, name, connection)
    if not columns:
        # Another session is just creating or dropping it: its rows in the schema tables come and go one after another.
        return None
    text = "SELECT index_name, kind, options FROM system_schema.indexes WHERE keyspace_name = ? AND table_name = ?"
    indexes = yield from select(text, (keyspace, name), connection)
    return table_of(rows[0], columns, [index_of(row) for row in indexes])


def read_view(keyspace: str, name: str, connection: str | None) -> Flow[LiveView | None]:
    """Read one materialized view; None if there is no such view."""
    text = (
        "SELECT keyspace_name, view_name, base_table_name FROM system_schema.views"
        " WHERE keyspace_name = ? AND view_name = ?"
    )
    rows = yield from select(text, (keyspace, name), connection)
    return LiveView(keyspace, name, str(rows[0]["base_table_name"])) if rows else None
