"""What a statement answers.

This module must not know how an answer travels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from helenus.cql.types import CQLType
from helenus.engine.ddl import SchemaChange

__all__ = ["KeyspaceSet", "Result", "ResultColumn", "Rows", "SchemaChanged", "Void"]


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """A column of a result, or a marker of a statement.

    Args:
        name: its name.
        type: its type; user types have their fields (``engine.types.Udt``).
    """

    name: str
    type: CQLType


@dataclass(frozen=True, slots=True)
class Void:
    """A write was done."""

    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyspaceSet:
    """The session's keyspace is another one now."""

    keyspace: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SchemaChanged:
    """The schema is another one now; ``event`` says in what."""

    event: SchemaChange
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows.

    Args:
        keyspace: of the table that was asked.
        table: its name.
        columns: names and types.
        rows: bytes of each value; None for null.
        paging_state: where to go on; None at the end.
        warnings: for who asked.
    """

    keyspace: str
    table: str
    columns: tuple[ResultColumn, ...]
    rows: tuple[tuple[bytes | None, ...], ...]
    paging_state: bytes | None = None
    warnings: tuple[str, ...] = ()


Result: TypeAlias = Void | KeyspaceSet | SchemaChanged | Rows
