"""Codecs of lists, sets, maps, tuples, user types and vectors.

Whatever a container holds decodes to tuples, in the order of the bytes, and a map to a tuple of pairs: they may be
elements of sets and keys of maps again, and nothing is lost, neither 0.0 beside -0.0 nor an order. ``list``, ``set``
and ``dict`` take them. This module must not know any native type.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from helenus.wire.codec.base import Codec, refuse
from helenus.wire.codec.cells import Cell, pack_cells, pack_elements, pack_pairs, take_cell, take_count
from helenus.wire.codec.temporal import read_unsigned_vint, unsigned_vint
from helenus.wire.errors import MarshalError

__all__ = ["ListCodec", "MapCodec", "SetCodec", "TupleCodec", "UdtCodec", "VectorCodec"]


def _decode(codec: Codec, cell: Cell) -> object:
    return None if cell is None else codec.decode(cell)


def _encode(codec: Codec, value: object) -> Cell:
    return None if value is None else codec.encode(value)


class _ContainerCodec(Codec):
    """Whatever is made of cells. They are checked one by one as they are read, for so Cassandra finds what is wrong."""

    @abstractmethod
    def parts_of(self, data: bytes) -> Iterator[tuple[Codec, Cell]]:
        """Go through the cells and their codecs.

        Args:
            data: the bytes of the value.

        Raises:
            MarshalError: the bytes end too early or too late, on the way.
        """

    def decode(self, data: bytes) -> tuple[object, ...]:
        """Return the values of the cells."""
        return tuple([_decode(codec, cell) for codec, cell in self.parts_of(data)])

    def validate(self, data: bytes) -> None:
        """Check the cells."""
        for codec, cell in self.parts_of(data):
            if cell is not None:
                codec.validate(cell)


class _CollectionCodec(_ContainerCodec):
    """Lists, sets and maps: a count, and that many cells or pairs of cells.

    Args:
        name: the type's CQL text.
        codecs: of the cells in turn: of the elements, or of keys and values.
    """

    kind: str
    nulls = False
    admits_bound = True

    def __init__(self, name: str, *codecs: Codec) -> None:
        """Keep the codecs of the cells."""
        self.name = name
        self.codecs = codecs

    def parts_of(self, data: bytes) -> Iterator[tuple[Codec, Cell]]:
        """Go through the cells; of the three kinds, only a list may have a null."""
        count = take_count(data, self.kind)
        if count < 0:
            raise MarshalError(f"The data cannot be deserialized as a {self.kind}")
        return self._parts(data, count, nulls=self.nulls)

    def _parts(self, data: bytes, count: int, *, nulls: bool) -> Iterator[tuple[Codec, Cell]]:
        at = 4
        for _ in range(count):
            for codec in self.codecs:
                cell, at = take_cell(data, at, self.kind)
                if cell is None and not nulls:
                    raise MarshalError("Null value read when not allowed")
                yield codec, cell
        if at != len(data):
            raise MarshalError(f"Unexpected extraneous bytes after {self.kind} value")

    def validate(self, data: bytes) -> None:
        """Check the cells; Cassandra has no nulls here, and takes a negative count for none."""
        for codec, cell in self._parts(data, take_count(data, self.kind), nulls=False):
            codec.validate(cell or b"")

    def admit(self, data: bytes) -> None:
        """Check the cells, and what Cassandra finds when it turns them into objects."""
        for codec, cell in self.parts_of(data):
            if cell is not None:
                codec.validate(cell)
                codec.admit(cell)


class ListCodec(_CollectionCodec):
    """``list``: a tuple; any iterable but a text or a mapping can be encoded.

    Args:
        name: the type's CQL text.
        element: the codec of the elements.
    """

    kind = "list"
    nulls = True

    def __init__(self, name: str, element: Codec) -> None:
        """Keep the codec of the elements."""
        super().__init__(name, element)
        self.element = element

    def encode(self, value: object) -> bytes:
        """Return the bytes of the elements, in their order."""
        if not isinstance(value, Iterable) or isinstance(value, str | bytes | Mapping):
            refuse(self.name, f"a {self.kind}", value)
        return pack_elements([_encode(self.element, element) for element in value])


class SetCodec(ListCodec):
    """``set``: a tuple in the order of the bytes; sorting is the business of who stores it."""

    kind = "set"
    nulls = False


class MapCodec(_CollectionCodec):
    """``map``: a tuple of pairs; a mapping or an iterable of pairs can be encoded.

    Args:
        name: the type's CQL text.
        key: the codec of the keys.
        value: the codec of the values.
    """

    kind = "map"

    def __init__(self, name: str, key: Codec, value: Codec) -> None:
        """Keep the codecs of keys and values."""
        super().__init__(name, key, value)
        self.key = key
        self.value = value

    def encode(self, value: object) -> bytes:
        """Return the bytes of keys and values, in their order."""
        pairs = value.items() if isinstance(value, Mapping) else value
        if not isinstance(pairs, Iterable) or isinstance(pairs, str | bytes):
            refuse(self.name, "a mapping", value)
        try:
            split = [(key, element) for key, element in pairs]
        except (TypeError, ValueError):
            refuse(self.name, "a mapping or pairs", value)
        return pack_pairs([(_encode(self.key, key), _encode(self.value, element)) for key, element in split])

    def decode(self, data: bytes) -> tuple[tuple[object, object], ...]:
        """Return the pairs."""
        values = iter(super().decode(data))
        return tuple(zip(values, values, strict=True))


class Component(NamedTuple):
    """A component of a tuple or a field of a user type.

    Args:
        label: what Cassandra calls it in messages.
        codec: its codec.
    """

    label: str
    codec: Codec


class _RowCodec(_ContainerCodec):
    """Tuples and user types: cells of various types, of which the last may be missing.

    Args:
        name: the type's CQL text.
        components: in order.
    """

    kind: str

    def __init__(self, name: str, components: Sequence[Component]) -> None:
        """Keep the components."""
        self.name = name
        self.components = tuple(components)

    def decode(self, data: bytes) -> tuple[object, ...]:
        """Return the components; those that are missing are null."""
        values = super().decode(data)
        return values + (None,) * (len(self.components) - len(values))

    def encode(self, value: object) -> bytes:
        """Return the bytes of a sequence of components, not more than there are."""
        if not isinstance(value, Sequence) or isinstance(value, str | bytes):
            refuse(self.name, "a tuple", value)
        if len(value) > len(self.components):
            raise MarshalError(f"A value of type {self.name} has {len(self.components)} components, not {len(value)}")
        return pack_cells([_encode(part.codec, one) for part, one in zip(self.components, value, strict=False)])

    def parts_of(self, data: bytes) -> Iterator[tuple[Codec, Cell]]:
        """Go through the components that are there."""
        at = 0
        for index, (label, codec) in enumerate(self.components):
            if at == len(data):
                return
            if at + 4 > len(data):
                raise MarshalError(f"Not enough bytes to read size of {index}th {label}")
            cell, at = take_cell(data, at, f"{index}th {label}", article="")
            yield codec, cell
        if at != len(data):
            raise MarshalError(f"Invalid remaining data after end of {self.kind} value")


class TupleCodec(_RowCodec):
    """``tuple``: a tuple.

    Args:
        name: the type's CQL text.
        codecs: of the components, in order.
    """

    kind = "tuple"

    def __init__(self, name: str, codecs: Sequence[Codec]) -> None:
        """Keep the codecs of the components."""
        super().__init__(name, [Component("component", codec) for codec in codecs])


class UdtCodec(_RowCodec):
    """A user type: a tuple in the order of its fields; a mapping by their names can be encoded as well.

    Args:
        name: the type's CQL text.
        fields: name and codec of each field, in order.
    """

    kind = "UDT"

    def __init__(self, name: str, fields: Sequence[tuple[str, Codec]]) -> None:
        """Keep the fields."""
        super().__init__(name, [Component(f"field {field}", codec) for field, codec in fields])
        self._names = tuple(field for field, _ in fields)

    def validate(self, data: bytes) -> None:
        """Check the fields, and say which one is wrong."""
        for index, (codec, cell) in enumerate(self.parts_of(data)):
            if cell is None:
                continue
            try:
                codec.validate(cell)
            except MarshalError as error:
                label = self.components[index].label
                raise MarshalError(f"Failure validating the {index}th {label}; {error}") from error

    def encode(self, value: object) -> bytes:
        """Return the bytes of the fields."""
        if isinstance(value, Mapping):
            return super().encode(tuple(value.get(field) for field in self._names))
        return super().encode(value)


class VectorCodec(_ContainerCodec):
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

    def admit(self, data: bytes) -> None:
        """Check what Cassandra finds when it turns the elements into objects."""
        for codec, cell in self.parts_of(data):
            codec.admit(cell or b"")

    def parts_of(self, data: bytes) -> Iterator[tuple[Codec, Cell]]:
        """Go through the elements."""
        if not data:
            raise MarshalError("Invalid empty vector value")
        width, at = self.element.width, 0
        if width is not None and len(data) < width * self.dimension:
            raise self._short()
        for _ in range(self.dimension):
            if at >= len(data):
                raise self._short()
            length, start = (width, at) if width is not None else self._length(data, at)
            at = start + length
            if at > len(data):
                raise self._short()
            yield self.element, data[start:at]
        if at != len(data):
            raise MarshalError(f"Unexpected {len(data) - at} extraneous bytes after {self.name} value")

    @staticmethod
    def _length(data: bytes, at: int) -> tuple[int, int]:
        # Cassandra goes on behind the shortest form of the length, whichever form is there.
        length, _ = read_unsigned_vint(data, at)
        return length, at + len(unsigned_vint(length))

    def _short(self) -> MarshalError:
        return MarshalError(f"Not enough bytes to read a {self.name}")
