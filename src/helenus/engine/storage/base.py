"""The port of the storage: for each table, records in the order of token, partition key and clustering.

This module must not know what a record says.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

__all__ = ["PARTITION", "Place", "Record", "Span", "Storage", "Store"]

PARTITION = b""
"""The clustering of the record that is about the partition itself; it comes before those of rows."""


class Place(NamedTuple):
    """Where a record is.

    Args:
        token: the token of the partition key.
        key: the serialized partition key.
        clustering: the row's place in the clustering order, or ``PARTITION``.
    """

    token: int
    key: bytes
    clustering: bytes


class Record(NamedTuple):
    """A record and where it is. Fields as in ``Place``."""

    token: int
    key: bytes
    clustering: bytes
    data: bytes


class Span(NamedTuple):
    """A range of rows within a partition.

    Args:
        low: the first place in the clustering order.
        high: the place behind the last; None for the end.
    """

    low: bytes = b"\x00"
    high: bytes | None = None


class Store(Protocol):
    """The records of one table."""

    def get(self, place: Place) -> bytes | None:
        """Return the record at a place, or None.

        Args:
            place: where.
        """

    def rows(self, token: int, key: bytes, span: Span, *, reverse: bool = False) -> Iterator[Record]:
        """Yield the records of a partition's rows, without the partition's own.

        Args:
            token: the partition's token.
            key: its key.
            span: which rows.
            reverse: whether to begin with the last.
        """

    def scan(self, low: int, high: int, after: Place | None = None) -> Iterator[Record]:
        """Yield the records of all partitions, each partition's own one first.

        Args:
            low: the smallest token.
            high: the greatest token.
            after: begin behind this place.
        """

    def put(self, place: Place, data: bytes) -> None:
        """Keep a record, instead of the one that is there.

        Args:
            place: where.
            data: the record.
        """

    def remove(self, place: Place) -> None:
        """Forget a record.

        Args:
            place: where; there may be none.
        """


class Storage(Protocol):
    """All tables, and small notes such as the schema."""

    def store(self, table: str) -> Store:
        """Return the records of a table, which ``create`` has made.

        Args:
            table: the table's id.
        """

    def create(self, table: str) -> None:
        """Make room for a table's records.

        Args:
            table: the table's id.
        """

    def drop(self, table: str) -> None:
        """Forget a table with all its records.

        Args:
            table: the table's id.
        """

    def truncate(self, table: str) -> None:
        """Forget all records of a table.

        Args:
            table: the table's id.
        """

    def note(self, name: str) -> bytes | None:
        """Return a note, or None.

        Args:
            name: its name.
        """

    def set_note(self, name: str, data: bytes) -> None:
        """Keep a note, instead of the one that is there.

        Args:
            name: its name.
            data: the note.
        """

    def transaction(self) -> AbstractContextManager[None]:
        """Return a context in which all writes are kept, or none if it is left with an error."""

    def close(self) -> None:
        """Let go of the data; nothing can be read any more."""
