"""Rows as bytes for the storage, and back.

A record begins with its version. All that a row knows is in one record, elements of collections included: a read is one
get, and a write of one element reads and writes the record. Cells of columns apart (five to ten times slower to read)
were the road not taken. This module must not know types or where records are kept.
"""

from __future__ import annotations

from struct import Struct

from helenus.engine.cells import NEVER, Cell, Column, Complex, Liveness, Partition, RangeDeletion, Row

__all__ = ["pack_partition", "pack_row", "unpack_partition", "unpack_row"]

_HEAD = Struct(">BBH")  # flags, clustering columns, columns
_LIVE = Struct(">qiq")
_STAMP = Struct(">q")
_COLUMN = Struct(">H")
_CELL = Struct(">Bqi")  # flags, timestamp, length of the value
_TTL = Struct(">iq")
_LENGTH = Struct(">I")
_COMPLEX = Struct(">BqI")  # flags, deletion, elements

_HAS_LIVE = 1
_HAS_DELETION = 2
_IS_COMPLEX = 1
_HAS_TTL = 2
_VERSION = 0x10  # in the high half of the first byte


def pack_row(row: Row) -> bytes:
    """Return the record of a row.

    Args:
        row: the row, reconciled.
    """
    flags = _VERSION | (_HAS_LIVE if row.live else 0) | (_HAS_DELETION if row.deletion != NEVER else 0)
    parts = [_HEAD.pack(flags, len(row.clustering), len(row.columns))]
    parts += [_LENGTH.pack(len(value)) + value for value in row.clustering]
    if row.live:
        parts.append(_LIVE.pack(*row.live))
    if row.deletion != NEVER:
        parts.append(_STAMP.pack(row.deletion))
    for number, column in row.columns.items():
        parts.append(_COLUMN.pack(number))
        if isinstance(column, Cell):
            _pack_cell(column, parts)
        else:
            parts.append(_COMPLEX.pack(_IS_COMPLEX, column.deletion, len(column.cells)))
            for place, (path, cell) in column.cells.items():
                parts.append(_LENGTH.pack(len(place)) + place + _LENGTH.pack(len(path)) + path)
                _pack_cell(cell, parts)
    return b"".join(parts)


def _pack_cell(cell: Cell, parts: list[bytes]) -> None:
    value, timestamp, ttl, expiry = cell
    parts.append(_CELL.pack(_HAS_TTL if expiry else 0, timestamp, -1 if value is None else len(value)))
    if expiry:
        parts.append(_TTL.pack(ttl, expiry))
    if value:
        parts.append(value)


def unpack_row(data: bytes) -> Row:
    """Return the row of a record.

    Args:
        data: what ``pack_row`` returned.
    """
    return _read_row(data, 0)[0]


def _read_row(data: bytes, at: int) -> tuple[Row, int]:
    flags, count, columns = _HEAD.unpack_from(data, at)
    at += 4
    clustering: list[bytes] = []
    for _ in range(count):
        value, at = _read_bytes(data, at)
        clustering.append(value)
    row = Row(tuple(clustering))
    if flags & _HAS_LIVE:
        row.live = Liveness(*_LIVE.unpack_from(data, at))
        at += _LIVE.size
    if flags & _HAS_DELETION:
        (row.deletion,) = _STAMP.unpack_from(data, at)
        at += 8
    for _ in range(columns):
        (number,) = _COLUMN.unpack_from(data, at)
        row.columns[number], at = _read_column(data, at + 2)
    return row, at


def _read_column(data: bytes, at: int) -> tuple[Column, int]:
    if not data[at] & _IS_COMPLEX:
        return _read_cell(data, at)
    _, deletion, count = _COMPLEX.unpack_from(data, at)
    at += _COMPLEX.size
    column = Complex(deletion)
    for _ in range(count):
        place, at = _read_bytes(data, at)
        path, at = _read_bytes(data, at)
        cell, at = _read_cell(data, at)
        column.cells[place] = path, cell
    return column, at


def _read_cell(data: bytes, at: int) -> tuple[Cell, int]:
    flags, timestamp, length = _CELL.unpack_from(data, at)
    at += 13
    ttl = expiry = 0
    if flags:
        ttl, expiry = _TTL.unpack_from(data, at)
        at += 12
    if length < 0:
        return Cell(None, timestamp, ttl, expiry), at
    return Cell(data[at : at + length], timestamp, ttl, expiry), at + length


def _read_bytes(data: bytes, at: int) -> tuple[bytes, int]:
    (length,) = _LENGTH.unpack_from(data, at)
    at += 4
    return data[at : at + length], at + length


# ---- partitions ------------------------------------------------------------------------------------------------------


def pack_partition(partition: Partition) -> bytes:
    """Return the record of what a partition has beside its rows.

    Args:
        partition: the partition, reconciled.
    """
    parts = [pack_row(partition.static), _STAMP.pack(partition.deletion), _LENGTH.pack(len(partition.ranges))]
    for deleted in partition.ranges:
        parts += [_LENGTH.pack(len(deleted.low)), deleted.low, _LENGTH.pack(len(deleted.high)), deleted.high]
        parts.append(_STAMP.pack(deleted.timestamp))
    return b"".join(parts)


def unpack_partition(data: bytes) -> Partition:
    """Return the partition of a record.

    Args:
        data: what ``pack_partition`` returned.
    """
    static, at = _read_row(data, 0)
    (deletion,) = _STAMP.unpack_from(data, at)
    (count,) = _LENGTH.unpack_from(data, at + 8)
    at += 12
    ranges: list[RangeDeletion] = []
    for _ in range(count):
        low, at = _read_bytes(data, at)
        high, at = _read_bytes(data, at)
        ranges.append(RangeDeletion(low, high, *_STAMP.unpack_from(data, at)))
        at += 8
    return Partition(deletion, ranges, static)
