"""A row as a query sees it, and the values of its columns at a moment.

This module must not know statements.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from helenus.cql.types import List, Map, Set
from helenus.engine.catalog import ColumnMeta
from helenus.engine.cells import Cell, Complex, Partition, Row, is_live
from helenus.engine.marshal import pack_collection, pack_fields
from helenus.engine.storage import Place
from helenus.engine.types import Udt

__all__ = ["Found", "Read", "elements", "has_data", "reader"]


@dataclass(slots=True)
class Found:
    """A row, or a partition that has none but a static part.

    Args:
        key: values of the partition key columns.
        place: where the row is; of a partition without rows, where its record is.
        partition: what the partition has beside its rows.
        row: the row, or None.
        now: seconds since 1970, at which cells are looked at.
    """

    key: tuple[bytes, ...]
    place: Place
    partition: Partition
    row: Row | None
    now: int


Read: TypeAlias = Callable[[Found], bytes | None]
"""Returns the bytes of something in a row; None for null."""


def has_data(row: Row, now: int) -> bool:
    """Tell whether a row is there: it has its marker, or a value.

    Args:
        row: the row, or the static part of a partition.
        now: seconds since 1970.
    """
    if row.live is not None and (row.live.expiry == 0 or row.live.expiry > now):
        return True
    for column in row.columns.values():
        if isinstance(column, Cell):
            if is_live(column, now):
                return True
        elif any(is_live(cell, now) for _, cell in column.cells.values()):
            return True
    return False


def elements(column: Complex, now: int) -> list[tuple[bytes, Cell]]:
    """Return the elements that a collection has, with their paths, in order.

    Args:
        column: the collection.
        now: seconds since 1970.
    """
    return [(path, cell) for path, cell in column.cells.values() if is_live(cell, now)]


def reader(column: ColumnMeta) -> Read:
    """Return what reads a column's value.

    Args:
        column: the column.
    """
    position, number = column.position, column.number
    if column.kind == "partition_key":
        return lambda found: found.key[position]
    if column.kind == "clustering":
        return lambda found: None if found.row is None else found.row.clustering[position]
    whole = _assembler(column)

    def read(found: Found) -> bytes | None:
        row = found.partition.static if is_static else found.row
        cell = None if row is None else row.columns.get(number)
        if cell is None:
            return None
        if isinstance(cell, Complex):
            return whole(cell, found.now)
        return cell.value if is_live(cell, found.now) else None

    is_static = column.kind == "static"
    return read


def _assembler(column: ColumnMeta) -> Callable[[Complex, int], bytes | None]:
    of = column.resolved

    def assemble(data: Complex, now: int) -> bytes | None:
        live = elements(data, now)
        if not live:
            return None
        match of:
            case Set():
                return pack_collection([path for path, _ in live])
            case Map():
                return pack_collection([part for path, cell in live for part in (path, cell.value)], 2)
            case Udt():
                fields = {path: cell.value for path, cell in live}
                return pack_fields([fields.get(index.to_bytes(2)) for index in range(len(of.fields))])
            case List() | _:
                return pack_collection([cell.value for _, cell in live])

    return assemble
