"""Cells, rows and deletions, and which of two wins: Cassandra's reconciliation, TTL and row liveness.

Rows are kept reconciled: whatever a deletion covers is dropped when either is written, so that reading has only TTLs to
look at. This module must not know types, tables or how a row is stored.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeAlias

__all__ = [
    "NEVER",
    "Cell",
    "Column",
    "Complex",
    "Liveness",
    "Partition",
    "RangeDeletion",
    "Row",
    "is_live",
    "merge",
    "reconcile",
    "shadow",
]

NEVER = -(1 << 63)
"""The timestamp of a deletion that has not happened."""


class Cell(NamedTuple):
    """The value of a simple column, or of one element of a collection.

    Args:
        value: its bytes; None for a tombstone.
        timestamp: write time in microseconds.
        ttl: seconds it was written to live; 0 for ever.
        expiry: when it dies, in seconds since 1970; 0 for never.
    """

    value: bytes | None
    timestamp: int
    ttl: int = 0
    expiry: int = 0


class Liveness(NamedTuple):
    """The marker that INSERT leaves: the row is there though all its columns be null. Fields as in ``Cell``."""

    timestamp: int
    ttl: int = 0
    expiry: int = 0


@dataclass(slots=True)
class Complex:
    """A column whose elements are cells of their own: a collection or user type that is not frozen.

    Args:
        deletion: when the whole column was last deleted.
        cells: by the element's place in the order; each with its path, the element's key.
    """

    deletion: int = NEVER
    cells: dict[bytes, tuple[bytes, Cell]] = field(default_factory=dict)


Column: TypeAlias = Cell | Complex


@dataclass(slots=True)
class Row:
    """A row, or the static part of a partition; also what a statement writes to one.

    Args:
        clustering: bytes of its clustering columns; empty for the static part.
        live: its marker, if it has one.
        deletion: when the row was last deleted.
        columns: by the column's number.
    """

    clustering: tuple[bytes, ...] = ()
    live: Liveness | None = None
    deletion: int = NEVER
    columns: dict[int, Column] = field(default_factory=dict)

    def newest(self) -> int:
        """Return the greatest timestamp within."""
        found = [self.deletion, NEVER if self.live is None else self.live.timestamp]
        for column in self.columns.values():
            if isinstance(column, Cell):
                found.append(column.timestamp)
            else:
                found += [column.deletion, *[cell.timestamp for _, cell in column.cells.values()]]
        return max(found)

    def is_empty(self) -> bool:
        """Tell whether nothing is in it, not even a tombstone."""
        return self.live is None and self.deletion == NEVER and not self.columns


class RangeDeletion(NamedTuple):
    """Rows of a partition that were deleted together.

    Args:
        low: the first place in the clustering order.
        high: the place behind the last.
        timestamp: when.
    """

    low: bytes
    high: bytes
    timestamp: int


@dataclass(slots=True)
class Partition:
    """What is known of a partition beside its rows.

    Args:
        deletion: when all of it was last deleted.
        ranges: deletions of ranges of rows.
        static: the static part.
    """

    deletion: int = NEVER
    ranges: list[RangeDeletion] = field(default_factory=list)
    static: Row = field(default_factory=Row)

    def covering(self, place: bytes) -> int:
        """Return when the row at a place was last deleted with the partition or with a range.

        Args:
            place: the row's place in the clustering order.
        """
        found = self.deletion
        for deleted in self.ranges:
            if deleted.timestamp > found and deleted.low <= place < deleted.high:
                found = deleted.timestamp
        return found

    def is_empty(self) -> bool:
        """Tell whether nothing is in it, not even a tombstone."""
        return self.deletion == NEVER and not self.ranges and self.static.is_empty()


def is_live(cell: Cell, now: int) -> bool:
    """Tell whether a cell has a value.

    Args:
        cell: the cell.
        now: seconds since 1970.
    """
    return cell.value is not None and (cell.expiry == 0 or cell.expiry > now)


def reconcile(one: Cell, other: Cell) -> Cell:
    """Return the cell that wins (Cassandra's ``Cells.reconcile``).

    The later write wins; of two at the same microsecond a tombstone, then one that expires, then the one that expires
    later, then the one with the shorter TTL (it was written later), then the greater bytes.

    Args:
        one: a cell.
        other: another of the same column and path.
    """
    return one if _rank(one) >= _rank(other) else other


def _rank(cell: Cell) -> tuple[int, int, int, int, bytes]:
    if cell.value is None:
        return cell.timestamp, 2, 0, 0, b""
    return cell.timestamp, 1 if cell.expiry else 0, cell.expiry, -cell.ttl, cell.value


def _later(one: Liveness | None, other: Liveness | None) -> Liveness | None:
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda live: (live.timestamp, live.expiry != 0, live.expiry, -live.ttl))


def _merge_columns(old: Column | None, new: Column) -> Column:
    if old is None:
        merged = new
    elif isinstance(old, Cell) or isinstance(new, Cell):
        return reconcile(old, new) if isinstance(old, Cell) and isinstance(new, Cell) else new
    else:
        cells = dict(old.cells)
        for place, (path, cell) in new.cells.items():
            before = cells.get(place)
            cells[place] = (path, cell) if before is None or reconcile(before[1], cell) is cell else before
        merged = Complex(max(old.deletion, new.deletion), cells)
    return merged if isinstance(merged, Cell) else _shadow_complex(merged, NEVER)


def _shadow_complex(column: Complex, deletion: int) -> Complex:
    """Drop what a deletion covers; cells that stay are in order."""
    covered = max(column.deletion, deletion)
    kept = {place: entry for place, entry in sorted(column.cells.items()) if entry[1].timestamp > covered}
    return Complex(column.deletion if column.deletion > deletion else NEVER, kept)


def merge(old: Row, new: Row) -> Row:
    """Return what a row is after a write, in whatever order the two were written.

    Args:
        old: the row.
        new: what is written.
    """
    columns = dict(old.columns)
    for number, column in new.columns.items():
        columns[number] = _merge_columns(columns.get(number), column)
    clustering = old.clustering or new.clustering
    row = Row(clustering, _later(old.live, new.live), max(old.deletion, new.deletion), columns)
    return shadow(row, row.deletion)


def shadow(row: Row, deletion: int) -> Row:
    """Return a row without what a deletion covers.

    Args:
        row: the row.
        deletion: when it was deleted.
    """
    if deletion == NEVER:
        return row
    kept: dict[int, Column] = {}
    for number, column in row.columns.items():
        if isinstance(column, Cell):
            if column.timestamp > deletion:
                kept[number] = column
            continue
        left = _shadow_complex(column, deletion)
        if left.cells or left.deletion != NEVER:
            kept[number] = left
    live = row.live if row.live is not None and row.live.timestamp > deletion else None
    return replace(row, live=live, columns=kept, deletion=row.deletion if row.deletion >= deletion else NEVER)
