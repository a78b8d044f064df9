"""Reads one table's columns from the live schema (``system_schema``), as a flow.

The driver's metadata is not asked: it may be switched off, stale, or differ between driver releases, while the
server's own tables are always there. This module does not know models, nor what is done with what it reads; it
sends nothing by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from helenus.connection.request import Flow, Options, Request

__all__ = ["LiveColumn", "Row", "clustering_key", "partition_key", "select", "table_columns"]

Row: TypeAlias = Mapping[str, object]

# Consistency level ONE. The schema tables are local to each node, a level of the user's (EACH_QUORUM) may not fit them.
_LOCAL = Options(consistency=1)

# Keyspaces without data, whose columns stand elsewhere (Cassandra 4.0, CASSANDRA-7622).
_VIRTUAL = frozenset({"system_views", "system_virtual_schema"})

_KINDS = ("partition_key", "clustering", "static", "regular")


@dataclass(frozen=True, slots=True)
class LiveColumn:
    """One column of a table or view, as the server has it.

    Args:
        name: what the server stores, without quotes.
        type: the CQL type as the server prints it: ``frozen<map<text, int>>``.
        kind: ``partition_key``, ``clustering``, ``static`` or ``regular``.
        position: place within the partition key or the clustering columns, from 0; -1 for other columns.
        clustering_order: ``asc`` or ``desc`` for clustering columns, ``none`` for the others.
    """

    name: str
    type: str
    kind: str
    position: int = -1
    clustering_order: str = "none"


def select(text: str, values: Sequence[object], connection: str | None) -> Flow[list[Row]]:
    """Read all rows of one SELECT on the schema tables, page after page.

    Args:
        text: the SELECT, with positional markers.
        values: one value for each marker.
        connection: the registered name of the connection; None is the default one.
    """
    rows: list[Row] = []
    state: bytes | None = None
    while True:
        page = yield Request(
            text, values, connection, idempotent=True, options=_LOCAL, paging_state=state, label="system_schema"
        )
        rows.extend(dict(zip(page.columns, row, strict=True)) for row in page.rows)
        state = page.paging_state
        if state is None:
            return rows


def table_columns(keyspace: str, table: str, connection: str | None = None) -> Flow[tuple[LiveColumn, ...]]:
    """Read the columns of a table or materialized view: the key in its order, then static, then regular by name.

    Args:
        keyspace: the keyspace's name, without quotes.
        table: the table's or view's name, without quotes.
        connection: the registered name of the connection; None is the default one.

    Returns:
        No columns at all if there is no such table.
    """
    schema = "system_virtual_schema" if keyspace in _VIRTUAL else "system_schema"
    text = (
        "SELECT column_name, type, kind, position, clustering_order"
        f" FROM {schema}.columns WHERE keyspace_name = ? AND table_name = ?"
    )
    rows = yield from select(text, (keyspace, table), connection)
    return tuple(sorted(map(_column, rows), key=_place))


def partition_key(columns: Sequence[LiveColumn]) -> tuple[LiveColumn, ...]:
    """Return the columns of the partition key, in order, of what :func:`table_columns` read."""
    return tuple(column for column in columns if column.kind == "partition_key")


def clustering_key(columns: Sequence[LiveColumn]) -> tuple[LiveColumn, ...]:
    """Return the clustering columns, in order, of what :func:`table_columns` read."""
    return tuple(column for column in columns if column.kind == "clustering")


def _column(row: Row) -> LiveColumn:
    return LiveColumn(
        name=str(row["column_name"]),
        type=str(row["type"]),
        kind=str(row["kind"]),
        position=int(str(row["position"])),
        clustering_order=str(row["clustering_order"]).lower(),
    )


def _place(column: LiveColumn) -> tuple[int, int, str]:
    kind = _KINDS.index(column.kind) if column.kind in _KINDS else len(_KINDS)
    return kind, column.position, column.name
