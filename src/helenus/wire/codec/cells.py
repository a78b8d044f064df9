"""The cells that containers are made of: the bytes of an element, a field or a component, behind their length.

Who keeps values as bytes takes them apart and puts them together with these functions and decodes nothing. This module
must not know types.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from struct import Struct

from helenus.wire.errors import MarshalError

__all__ = [
    "Cell",
    "pack_cells",
    "pack_elements",
    "pack_pairs",
    "take_cell",
    "take_count",
    "unpack_cells",
    "unpack_elements",
    "unpack_pairs",
]

Cell = bytes | None
"""The bytes of an element, a field or a component; None for null."""

_LENGTH = Struct(">i")
_NULL = _LENGTH.pack(-1)


def pack_cells(cells: Iterable[Cell]) -> bytes:
    """Return cells one behind the other, each behind its length: what tuples and user types are.

    Args:
        cells: in order.
    """
    return b"".join([_NULL if cell is None else _LENGTH.pack(len(cell)) + cell for cell in cells])


def pack_elements(cells: Sequence[Cell]) -> bytes:
    """Return the bytes of a list or set.

    Args:
        cells: its elements, in order; a set's must be sorted by their type already.
    """
    return _LENGTH.pack(len(cells)) + pack_cells(cells)


def pack_pairs(pairs: Sequence[tuple[Cell, Cell]]) -> bytes:
    """Return the bytes of a map.

    Args:
        pairs: keys and values; the keys must be sorted by their type already.
    """
    return _LENGTH.pack(len(pairs)) + pack_cells([cell for pair in pairs for cell in pair])


def take_count(data: bytes, kind: str) -> int:
    """Return how many elements or pairs a collection says that it has, which may be less than none.

    Args:
        data: the bytes of the value.
        kind: ``list``, ``set`` or ``map``, for messages.

    Raises:
        MarshalError: it says nothing.
    """
    if len(data) < _LENGTH.size:
        raise MarshalError(f"Not enough bytes to read a {kind}")
    return int(_LENGTH.unpack_from(data)[0])


def take_cell(data: bytes, at: int, what: str, *, article: str = "a ") -> tuple[Cell, int]:
    """Return a cell and the offset behind it.

    Args:
        data: the bytes of the container.
        at: where the cell's length begins.
        what: what it belongs to, for messages.
        article: goes before that.

    Raises:
        MarshalError: the bytes end within the cell.
    """
    start = at + _LENGTH.size
    if start > len(data):
        raise MarshalError(f"Not enough bytes to read {article}{what}")
    (length,) = _LENGTH.unpack_from(data, at)
    if length < 0:
        return None, start
    end = start + length
    if end > len(data):
        raise MarshalError(f"Not enough bytes to read {article}{what}")
    return data[start:end], end


def _take_cells(data: bytes, count: int, kind: str) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    at = _LENGTH.size
    while len(cells) < count:
        cell, at = take_cell(data, at, kind)
        cells.append(cell)
    return tuple(cells)


def unpack_cells(data: bytes) -> tuple[Cell, ...]:
    """Return the cells of a tuple or a user type, as many as are there.

    Args:
        data: the bytes of the value.

    Raises:
        MarshalError: the bytes end within a cell.
    """
    cells: list[Cell] = []
    at = 0
    while at < len(data):
        cell, at = take_cell(data, at, "component")
        cells.append(cell)
    return tuple(cells)


def unpack_elements(data: bytes, kind: str = "list") -> tuple[Cell, ...]:
    """Return the elements of a list or set; bytes behind the last one are not looked at.

    Args:
        data: the bytes of the value.
        kind: ``list`` or ``set``, for messages.

    Raises:
        MarshalError: there are fewer elements than it says.
    """
    return _take_cells(data, take_count(data, kind), kind)


def unpack_pairs(data: bytes) -> tuple[tuple[Cell, Cell], ...]:
    """Return the pairs of a map; bytes behind the last one are not looked at.

    Args:
        data: the bytes of the value.

    Raises:
        MarshalError: there are fewer pairs than it says.
    """
    cells = _take_cells(data, 2 * take_count(data, "map"), "map")
    return tuple(zip(cells[::2], cells[1::2], strict=True))
