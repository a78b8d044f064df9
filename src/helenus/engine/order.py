"""Bytes that compare as CQL values do: memcomparable encodings of clustering columns, and of whatever is compared.

Every component begins with a tag, so that an empty value comes before all others and a null before that, and ends by
itself, so that components can be put one behind the other. No component begins with 0xFF or, reversed, with 0x00:
``prefix + AFTER`` is behind everything that begins with the prefix. This module must not know tables or storage.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import TypeAlias

from helenus.cql.types import CQLType, List, Map, Native, Set, Tuple, Vector, unfreeze
from helenus.engine.marshal import read_cells, read_fields, read_vector, varint_bytes
from helenus.engine.types import Udt

__all__ = ["AFTER", "Orderer", "compare", "invert", "order_of", "reversed_order_of"]

Orderer: TypeAlias = Callable[[bytes | None], bytes]
"""From a value's CQL bytes (None for null) to bytes that compare as the values do."""

AFTER = b"\xff"
"""Put behind a prefix, it is greater than anything that begins with the prefix."""

_END = b"\x00"
_NULL = b"\x01"
_EMPTY = b"\x02"
_VALUE = b"\x03"

_INVERSE = bytes(255 - byte for byte in range(256))
_FLIP = bytes(byte ^ 0x80 for byte in range(256))


def invert(encoded: bytes) -> bytes:
    """Return an encoding that compares the other way round, for a descending clustering column.

    Args:
        encoded: one whole component.
    """
    return encoded.translate(_INVERSE)


def _signed(data: bytes) -> bytes:
    return bytes((data[0] ^ 0x80,)) + data[1:]


def _boolean(data: bytes) -> bytes:
    return b"\x00" if data == b"\x00" else b"\x01"


def _real(data: bytes) -> bytes:
    """Encode IEEE numbers as Java's ``compare``: -Infinity, ..., -0.0, 0.0, ..., Infinity, NaN (all of them equal)."""
    size = len(data)
    bits = int.from_bytes(data)
    infinity = 0x7F80 << 16 if size == 4 else 0x7FF0 << 48
    sign = 1 << (8 * size - 1)
    if bits & ~sign > infinity:
        return b"\xff" * size
    return (bits ^ (sign if bits < sign else (sign << 1) - 1)).to_bytes(size)


def _escaped(data: bytes) -> bytes:
    return data.replace(b"\x00", b"\x00\xff") + b"\x00\x00"


def _plain(data: bytes) -> bytes:
    return data


def _varint(data: bytes) -> bytes:
    number = int.from_bytes(data, signed=True)
    digits = varint_bytes(number)
    return ((1 << 31) + (len(digits) if number >= 0 else -len(digits))).to_bytes(4) + digits


def _decimal(data: bytes) -> bytes:
    """Encode the sign, the exponent of 0.ddd, and the digits: 1.0, 1.00 and 10E-1 are one value."""
    unscaled = int.from_bytes(data[4:], signed=True)
    if unscaled == 0:
        return b"\x80"
    digits = _digits(abs(unscaled))
    exponent = len(digits) - int.from_bytes(data[:4], signed=True)
    encoded = (exponent + (1 << 63)).to_bytes(8) + digits.rstrip("0").encode() + _END
    return b"\x81" + encoded if unscaled > 0 else b"\x7f" + invert(encoded)


def _digits(number: int) -> str:
    # str(int) is refused beyond 4300 digits; Decimal's text is not.
    return format(Decimal(number), "f")


def _reordered(data: bytes) -> bytes:
    """Put the timestamp of a version 1 UUID in order: version and high part, middle, low."""
    return data[6:8] + data[4:6] + data[0:4]


def _uuid(data: bytes) -> bytes:
    version = data[6] >> 4
    return bytes((version,)) + (_reordered(data) + data[8:] if version == 1 else data)


def _timeuuid(data: bytes) -> bytes:
    # TimeUUIDType compares the lower half as signed bytes, UUIDType as unsigned ones; both are on disk, so both stay.
    return _reordered(data) + data[8:].translate(_FLIP)


_NATIVES: dict[str, Callable[[bytes], bytes]] = {
    "ascii": _escaped,
    "bigint": _signed,
    "blob": _escaped,
    "boolean": _boolean,
    "counter": _signed,
    "date": _plain,
    "decimal": _decimal,
    "double": _real,
    "duration": _escaped,
    "float": _real,
    "inet": _escaped,
    "int": _signed,
    "smallint": _signed,
    "text": _escaped,
    "time": _signed,
    "timestamp": _signed,
    "timeuuid": _timeuuid,
    "tinyint": _signed,
    "uuid": _uuid,
    "varint": _varint,
}


@lru_cache(maxsize=4096)
def order_of(of: CQLType) -> Orderer:
    """Return the encoder of a type's values.

    Args:
        of: the type; its user types have their fields.
    """
    body = _body(of)

    def encode(data: bytes | None) -> bytes:
        if data is None:
            return _NULL
        return _VALUE + body(data) if data else _EMPTY

    return encode


@lru_cache(maxsize=4096)
def reversed_order_of(of: CQLType) -> Orderer:
    """Return the encoder of a descending clustering column's values.

    Args:
        of: the column's type.
    """
    encode = order_of(of)
    return lambda data: invert(encode(data))


def _body(of: CQLType) -> Callable[[bytes], bytes]:
    plain = unfreeze(of)
    match plain:
        case Native():
            return _NATIVES[plain.name]
        case List() | Set() | Map():
            return _collection([order_of(part) for part in plain.children()])
        case Tuple() | Udt():
            return _row([order_of(part) for part in plain.children()])
        case Vector():
            return _vector(plain, order_of(plain.element))
        case _:
            return _escaped


def _collection(parts: list[Orderer]) -> Callable[[bytes], bytes]:
    def encode(data: bytes) -> bytes:
        cells = read_cells(data, len(parts))
        return b"".join([parts[index % len(parts)](cell) for index, cell in enumerate(cells)]) + _END

    return encode


def _row(parts: list[Orderer]) -> Callable[[bytes], bytes]:
    """Encode tuples and user types; components that are missing at the end are null."""

    def encode(data: bytes) -> bytes:
        cells = read_fields(data, len(parts))
        return b"".join([part(cell) for part, cell in zip(parts, cells, strict=True)])

    return encode


def _vector(of: Vector, part: Orderer) -> Callable[[bytes], bytes]:
    return lambda data: b"".join([part(cell) for cell in read_vector(of, data)])


def compare(of: CQLType, one: bytes | None, other: bytes | None) -> int:
    """Compare two values as Cassandra does: -1, 0 or 1; null is before everything.

    Args:
        of: their type.
        one: the bytes of one value.
        other: the bytes of the other.
    """
    encode = order_of(of)
    left, right = encode(one), encode(other)
    return (left > right) - (left < right)
