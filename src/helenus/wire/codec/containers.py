"""Codecs of lists, sets, maps, tuples, user types and vectors, and the cells that they are made of.

Whatever a container holds decodes to tuples, in the order of the bytes, and a map to a tuple of pairs: they may be
elements of sets and keys of maps again, and nothing is lost, neither 0.0 beside -0.0 nor an order. ``list``, ``set``
and ``dict`` take them. This module must not know any native type.
"""

from __future__ import annotations

import struct
from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from struct import Struct
from typing import NamedTuple

from helenus.wire.codec.base import Codec, refuse
from helenus.wire.codec.temporal import read_unsigned_vint, unsigned_vint
from helenus.wire.errors import MarshalError

__all__ = [
    "Cell",
    "ListCodec",
    "MapCodec",
    "SetCodec",
    "TupleCodec",
    "UdtCodec",
    "VectorCodec",
    "pack_cells",
    "pack_elements",
    "pack_pairs",
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


def unpack_cells(data: bytes) -> tuple[Cell, ...]:
    """Return the cells of a tuple or a user type, as many as are there.

    Args:
        data: the bytes of the value.

    Raises:
        MarshalError: the bytes end within a cell.
    """
    return tuple(_take(data, 0, None, "value")[0])


def pack_elements(cells: Sequence[Cell]) -> bytes:
    """Return the bytes of a list or set.

    Args:
        cells: its elements, in order; a set's must be sorted by their type already.
    """
    return _LENGTH.pack(len(cells)) + pack_cells(cells)


def unpack_elements(data: bytes, kind: str = "list") -> tuple[Cell, ...]:
    """Return the elements of a list or set; bytes behind the last one are not looked at.

    Args:
        data: the bytes of the value.
        kind: ``list`` or ``set``, for messages.

    Raises:
        MarshalError: there are fewer elements than it says.
    """
    return tuple(_take(data, 4, _count(data, kind), kind)[0])


def pack_pairs(pairs: Sequence[tuple[Cell, Cell]]) -> bytes:
    """Return the bytes of a map.

    Args:
        pairs: keys and values; the keys must be sorted by their type already.
    """
    return _LENGTH.pack(len(pairs)) + pack_cells([cell for pair in pairs for cell in pair])


def unpack_pairs(data: bytes) -> tuple[tuple[Cell, Cell], ...]:
    """Return the pairs of a map; bytes behind the last one are not looked at.

    Args:
        data: the bytes of the value.

    Raises:
        MarshalError: there are fewer pairs than it says.
    """
    cells = _take(data, 4, 2 * _count(data, "map"), "map")[0]
    return tuple(zip(cells[::2], cells[1::2], strict=True))


def _count(data: bytes, kind: str) -> int:
    if len(data) < 4:
        raise MarshalError(f"Not enough bytes to read a {kind}")
    return int(_LENGTH.unpack_from(data)[0])


def _take(data: bytes, at: int, count: int | None, kind: str) -> tuple[list[Cell], int]:
    """Take cells, all that there are if no count is given, and say where they end."""
    cells: list[Cell] = []
    while at < len(data) if count is None else len(cells) < count:
        try:
            (length,) = _LENGTH.unpack_from(data, at)
        except struct.error:
            raise MarshalError(f"Not enough bytes to read a {kind}") from None
        at += 4
        if length < 0:
            cells.append(None)
            continue
        if at + length > len(data):
            raise MarshalError(f"Not enough bytes to read a {kind}")
        cells.append(data[at : at + length])
        at += length
    return cells, at


def _decode(codec: Codec, cell: Cell) -> object:
    return None if cell is None else codec.decode(cell)


def _encode(codec: Codec, value: object) -> Cell:
    return None if value is None else codec.encode(value)


class _CollectionCodec(Codec):
    """Lists, sets and maps: a count and cells.

    Args:
        name: the type's CQL text.
        parts: the codecs of the cells in turn: of the elements, or of keys and values.
    """

    kind: str

    def __init__(self, name: str, *parts: Codec) -> None:
        """Keep the codecs of the cells."""
        self.name = name
        self.parts = parts

    def cells(self, data: bytes) -> list[Cell]:
        """Return the cells, elements or keys and values in turn.

        Args:
            data: the bytes of the value.

        Raises:
            MarshalError: they end too early or too late.
        """
        cells, end = _take(data, 4, len(self.parts) * _count(data, self.kind), self.kind)
        if end != len(data):
            raise MarshalError(f"Unexpected extraneous bytes after {self.kind} value")
        return cells

    def validate(self, data: bytes) -> None:
        """Check the cells one by one."""
        parts = self.parts
        for index, cell in enumerate(self.cells(data)):
            if cell is not None:
                parts[index % len(parts)].validate(cell)


class ListCodec(_CollectionCodec):
    """``list``: a tuple; any iterable but a str can be encoded."""

    kind = "list"

    def encode(self, value: object) -> bytes:
        """Return the bytes of the elements, in their order."""
        if not isinstance(value, Iterable) or isinstance(value, str | bytes | Mapping):
            refuse(self.name, f"a {self.kind}", value)
        return pack_elements([_encode(self.parts[0], element) for element in value])

    def decode(self, data: bytes) -> tuple[object, ...]:
        """Return the elements."""
        return tuple([_decode(self.parts[0], cell) for cell in self.cells(data)])


class SetCodec(ListCodec):
    """``set``: a tuple in the order of the bytes; sorting is the business of who stores it."""

    kind = "set"


class MapCodec(_CollectionCodec):
    """``map``: a tuple of pairs; a mapping or an iterable of pairs can be encoded."""

    kind = "map"

    def encode(self, value: object) -> bytes:
        """Return the bytes of keys and values, in their order."""
        pairs = value.items() if isinstance(value, Mapping) else value
        if not isinstance(pairs, Iterable) or isinstance(pairs, str | bytes):
            refuse(self.name, "a mapping", value)
        keys, values = self.parts
        try:
            return pack_pairs([(_encode(keys, key), _encode(values, element)) for key, element in pairs])
        except (TypeError, ValueError):
            refuse(self.name, "a mapping or pairs", value)

    def decode(self, data: bytes) -> tuple[tuple[object, object], ...]:
        """Return the pairs."""
        keys, values = self.parts
        cells = iter(self.cells(data))
        return tuple([(_decode(keys, key), _decode(values, value)) for key, value in zip(cells, cells, strict=True)])


class Component(NamedTuple):
    """A component of a tuple or a field of a user type.

    Args:
        label: what Cassandra calls it in messages.
        codec: its codec.
    """

    label: str
    codec: Codec


class _RowCodec(Codec):
    """Tuples and user types: cells of various types, of which the last may be missing.

    Args:
        name: the type's CQL text.
        parts: its components, in order.
    """

    def __init__(self, name: str, parts: Sequence[Component]) -> None:
        """Keep the components."""
        self.name = name
        self.parts = tuple(parts)

    @abstractmethod
    def excess(self) -> MarshalError:
        """Make the error for bytes behind the last component."""

    def decode(self, data: bytes) -> tuple[object, ...]:
        """Return the components; those that are missing are null."""
        cells = self.cells(data)
        values = [_decode(part.codec, cell) for part, cell in zip(self.parts, cells, strict=False)]
        return (*values, *[None] * (len(self.parts) - len(values)))

    def encode(self, value: object) -> bytes:
        """Return the bytes of a sequence of components, not more than there are."""
        if not isinstance(value, Sequence) or isinstance(value, str | bytes):
            refuse(self.name, "a tuple", value)
        if len(value) > len(self.parts):
            raise MarshalError(f"A value of type {self.name} has {len(self.parts)} components, not {len(value)}")
        return pack_cells([_encode(part.codec, one) for part, one in zip(self.parts, value, strict=False)])

    def cells(self, data: bytes) -> list[Cell]:
        """Return the cells that are there.

        Args:
            data: the bytes of the value.

        Raises:
            MarshalError: they end within a component, or behind the last.
        """
        cells: list[Cell] = []
        at = 0
        for index, part in enumerate(self.parts):
            if at == len(data):
                return cells
            if at + 4 > len(data):
                raise MarshalError(f"Not enough bytes to read size of {index}th {part.label}")
            (length,) = _LENGTH.unpack_from(data, at)
            at += 4
            end = at + max(length, 0)
            if end > len(data):
                raise MarshalError(f"Not enough bytes to read {index}th {part.label}")
            cells.append(None if length < 0 else data[at:end])
            at = end
        if at != len(data):
            raise self.excess()
        return cells

    def validate(self, data: bytes) -> None:
        """Check the components one by one."""
        for part, cell in zip(self.parts, self.cells(data), strict=False):
            if cell is not None:
                part.codec.validate(cell)


class TupleCodec(_RowCodec):
    """``tuple``: a tuple."""

    def __init__(self, name: str, codecs: Sequence[Codec]) -> None:
        """Keep the codecs of the components."""
        super().__init__(name, [Component("component", codec) for codec in codecs])

    def excess(self) -> MarshalError:
        """Make the error for bytes behind the last component."""
        return MarshalError("Invalid remaining data after end of tuple value")


class UdtCodec(_RowCodec):
    """A user type: a tuple in the order of its fields; a mapping by their names can be encoded as well.

    Args:
        name: the type's CQL text.
        fields: name and codec of each field, in order.
    """

    def __init__(self, name: str, fields: Sequence[tuple[str, Codec]]) -> None:
        """Keep the fields."""
        super().__init__(name, [Component(f"field {field}", codec) for field, codec in fields])
        self._names = tuple(field for field, _ in fields)

    def encode(self, value: object) -> bytes:
        """Return the bytes of the fields."""
        if isinstance(value, Mapping):
            return super().encode(tuple(value.get(field) for field in self._names))
        return super().encode(value)

    def excess(self) -> MarshalError:
        """Make the error for bytes behind the last field."""
        return MarshalError("Invalid remaining data after end of UDT value")


class VectorCodec(Codec):
    """``vector``: a tuple of as many elements as its dimension, none of which is null.

    Args:
        name: the type's CQL text.
        element: the codec of the elements.
        dimension: how many.
    """

    def __init__(self, name: str, element: Codec, dimension: int) -> None:
        """Keep element and dimension."""
        self.name = name
        self.element = element
        self.dimension = dimension
        self.width = None if element.width is None else element.width * dimension

    def encode(self, value: object) -> bytes:
        """Return the bytes of the elements, each with its length unless all have the same."""
        if not isinstance(value, Sequence) or isinstance(value, str | bytes):
            refuse(self.name, "a sequence", value)
        if len(value) != self.dimension:
            raise MarshalError(f"Required {self.dimension} elements, but saw {len(value)}")
        if any(element is None for element in value):
            raise MarshalError("Invalid null element in list")
        cells = [self.element.encode(element) for element in value]
        if self.element.width is None:
            cells = [unsigned_vint(len(cell)) + cell for cell in cells]
        return b"".join(cells)

    def decode(self, data: bytes) -> tuple[object, ...]:
        """Return the elements."""
        return tuple([self.element.decode(cell) for cell in self.cells(data)])

    def cells(self, data: bytes) -> list[bytes]:
        """Return the bytes of each element.

        Args:
            data: the bytes of the value.

        Raises:
            MarshalError: they end too early or too late.
        """
        if not data:
            raise MarshalError("Invalid empty vector value")
        cells, end = self._fixed(data) if self.element.width is not None else self._variable(data)
        if end != len(data):
            raise MarshalError(f"Unexpected {len(data) - end} extraneous bytes after {self.name} value")
        return cells

    def _fixed(self, data: bytes) -> tuple[list[bytes], int]:
        width = self.element.width or 0
        end = width * self.dimension
        if len(data) < end:
            raise MarshalError(f"Not enough bytes to read a {self.name}")
        return [data[at : at + width] for at in range(0, end, width)], end

    def _variable(self, data: bytes) -> tuple[list[bytes], int]:
        cells: list[bytes] = []
        at = 0
        while len(cells) < self.dimension:
            if at >= len(data):
                raise MarshalError(f"Not enough bytes to read a {self.name}")
            length, at = read_unsigned_vint(data, at)
            if at + length > len(data):
                raise MarshalError(f"Not enough bytes to read a {self.name}")
            cells.append(data[at : at + length])
            at += length
        return cells, at

    def validate(self, data: bytes) -> None:
        """Check the elements one by one."""
        for cell in self.cells(data):
            self.element.validate(cell)
