"""The bytes of CQL values, as far as the engine must look into them: cells of containers, and whether bytes are valid.

``helenus.wire.codec`` knows more, from and to Python values; the engine keeps values as bytes. This module must not
know tables.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from struct import Struct
from typing import TypeAlias

from helenus.cql.types import CQLType, List, Map, Native, Set, Tuple, Vector, unfreeze
from helenus.engine.errors import InvalidRequest
from helenus.engine.types import Udt

__all__ = [
    "Validator",
    "fixed_width",
    "pack_collection",
    "pack_fields",
    "pack_vector",
    "read_cells",
    "read_fields",
    "read_vector",
    "unsigned_vint",
    "validator_of",
    "varint_bytes",
]

Validator: TypeAlias = Callable[[bytes], None]
"""Raises ``InvalidRequest`` for bytes that are no value of a type."""

_LENGTH = Struct(">i")
_NULL = _LENGTH.pack(-1)


# ---- containers ------------------------------------------------------------------------------------------------------


def pack_fields(cells: Iterable[bytes | None]) -> bytes:
    """Return the bytes of a tuple or user type.

    Args:
        cells: its components in order; None for null.
    """
    return b"".join([_NULL if cell is None else _LENGTH.pack(len(cell)) + cell for cell in cells])


def pack_collection(cells: Sequence[bytes | None], width: int = 1) -> bytes:
    """Return the bytes of a list, set or map.

    Args:
        cells: elements, or keys and values in turn, in the type's order.
        width: 1, or 2 for a map.
    """
    return _LENGTH.pack(len(cells) // width) + pack_fields(cells)


def read_cells(data: bytes, width: int = 1, kind: str = "collection") -> list[bytes | None]:
    """Return the elements of a list or set, or the keys and values of a map in turn.

    Args:
        data: the collection's bytes.
        width: 1, or 2 for a map.
        kind: what to call it in an error.

    Raises:
        InvalidRequest: the bytes end too early.
    """
    if len(data) < 4:
        raise InvalidRequest(f"Not enough bytes to read a {kind}")
    return _take(data, 4, width * int(_LENGTH.unpack_from(data)[0]), kind)[0]


def _take(data: bytes, at: int, count: int, kind: str) -> tuple[list[bytes | None], int]:
    cells: list[bytes | None] = []
    while len(cells) < count:
        if at + 4 > len(data):
            raise InvalidRequest(f"Not enough bytes to read a {kind}")
        (length,) = _LENGTH.unpack_from(data, at)
        at += 4
        if length < 0:
            cells.append(None)
            continue
        if at + length > len(data):
            raise InvalidRequest(f"Not enough bytes to read a {kind}")
        cells.append(data[at : at + length])
        at += length
    return cells, at


def read_fields(data: bytes, count: int) -> list[bytes | None]:
    """Return the components of a tuple or user type; those that are missing at the end are null.

    Args:
        data: the value's bytes.
        count: how many components its type has.
    """
    cells: list[bytes | None] = []
    at = 0
    while at < len(data) and len(cells) < count:
        (length,) = _LENGTH.unpack_from(data, at)
        at += 4
        cells.append(None if length < 0 else data[at : at + length])
        at += max(length, 0)
    return cells + [None] * (count - len(cells))


_FIXED = {"bigint": 8, "boolean": 1, "double": 8, "float": 4, "int": 4, "timestamp": 8, "timeuuid": 16, "uuid": 16}


def fixed_width(of: CQLType) -> int | None:
    """Return how many bytes every element of a vector has, or None if each comes with its length.

    Args:
        of: the element's type.
    """
    plain = unfreeze(of)
    if isinstance(plain, Native):
        return _FIXED.get(plain.name)
    if isinstance(plain, Vector):
        inner = fixed_width(plain.element)
        return None if inner is None else inner * plain.dimension
    return None


def read_vector(of: Vector, data: bytes) -> list[bytes]:
    """Return the elements of a vector.

    Args:
        of: its type.
        data: its bytes.

    Raises:
        InvalidRequest: the bytes end too early or too late.
    """
    width = fixed_width(of.element)
    cells: list[bytes] = []
    at = 0
    while len(cells) < of.dimension:
        size = width
        if size is None:
            size, at = _read_unsigned_vint(data, at)
        if at + size > len(data) or at == len(data):
            raise InvalidRequest(f"Not enough bytes to read a {of}")
        cells.append(data[at : at + size])
        at += size
    if at != len(data):
        raise InvalidRequest(f"Unexpected {len(data) - at} extraneous bytes after {of} value")
    return cells


def pack_vector(of: Vector, cells: Sequence[bytes]) -> bytes:
    """Return the bytes of a vector.

    Args:
        of: its type.
        cells: its elements.
    """
    if fixed_width(of.element) is not None:
        return b"".join(cells)
    return b"".join([unsigned_vint(len(cell)) + cell for cell in cells])


# ---- integers of variable length -------------------------------------------------------------------------------------


def varint_bytes(number: int) -> bytes:
    """Return the shortest bytes of a number in two's complement.

    Args:
        number: of any size.
    """
    return number.to_bytes((number if number >= 0 else ~number).bit_length() // 8 + 1, signed=True)


def unsigned_vint(number: int) -> bytes:
    """Write an [unsigned vint]: as many leading ones as bytes follow the first.

    Args:
        number: 0 to 2**64 - 1.
    """
    extra = max(0, (number.bit_length() - 1) // 7)
    if extra >= 8:
        return b"\xff" + number.to_bytes(8)
    marked = number | (((1 << extra) - 1) << (8 * extra + 8 - extra))
    return marked.to_bytes(extra + 1)


def _read_unsigned_vint(data: bytes, at: int) -> tuple[int, int]:
    if at < len(data):
        first = data[at]
        extra = 8 - (~first & 0xFF).bit_length()
        end = at + 1 + extra
        if end <= len(data):
            rest = int.from_bytes(data[at + 1 : end])
            return ((first & (0xFF >> extra)) << (8 * extra)) | rest, end
    raise InvalidRequest("Not enough bytes to read a variable-length integer")


# ---- validation, in the words of Cassandra's serializers ------------------------------------------------------------


def _sized(complaint: str, *sizes: int) -> Validator:
    def check(data: bytes) -> None:
        if len(data) not in sizes:
            raise InvalidRequest(complaint.format(len(data)))

    return check


def _any(data: bytes) -> None:
    del data


def _text(data: bytes) -> None:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        raise InvalidRequest("String didn't validate.") from None


def _ascii(data: bytes) -> None:
    if not data.isascii():
        raise InvalidRequest(f"Invalid byte for ascii: {next(byte for byte in data if byte > 127) - 256}")


def _decimal(data: bytes) -> None:
    if 0 < len(data) < 4:
        raise InvalidRequest(f"Expected 0 or at least 4 bytes ({len(data)})")


def _timeuuid(data: bytes) -> None:
    if len(data) not in {0, 16}:
        raise InvalidRequest(f"UUID should be 16 or 0 bytes ({len(data)})")
    if data and data[6] >> 4 != 1:
        raise InvalidRequest("Invalid version for TimeUUID type.")


def _inet(data: bytes) -> None:
    if len(data) not in {0, 4, 16}:
        raise InvalidRequest(f"Expected 4 or 16 byte inetaddress; got {data.hex()}")


def _duration(data: bytes) -> None:
    if len(data) < 3:
        raise InvalidRequest(f"Expected at least 3 bytes for a duration ({len(data)})")
    at = 0
    counts: list[int] = []
    for _ in range(3):
        raw, at = _read_unsigned_vint(data, at)
        counts.append((raw >> 1) ^ -(raw & 1))
    if min(counts) < 0 < max(counts):
        said = ", ".join(map(str, counts))
        raise InvalidRequest(f"The duration months, days and nanoseconds must be all of the same sign ({said})")


_NATIVES: Mapping[str, Validator] = {
    "ascii": _ascii,
    "bigint": _sized("Expected 8 or 0 byte long ({})", 0, 8),
    "blob": _any,
    "boolean": _sized("Expected 1 or 0 byte value ({})", 0, 1),
    "counter": _sized("Expected 8 or 0 byte long ({})", 0, 8),
    "date": _sized("Expected 4 byte long for date ({})", 4),
    "decimal": _decimal,
    "double": _sized("Expected 8 or 0 byte value for a double ({})", 0, 8),
    "duration": _duration,
    "float": _sized("Expected 4 or 0 byte value for a float ({})", 0, 4),
    "inet": _inet,
    "int": _sized("Expected 4 or 0 byte int ({})", 0, 4),
    "smallint": _sized("Expected 2 bytes for a smallint ({})", 2),
    "text": _text,
    "time": _sized("Expected 8 byte long for time ({})", 8),
    "timestamp": _sized("Expected 8 or 0 byte long for date ({})", 0, 8),
    "timeuuid": _timeuuid,
    "tinyint": _sized("Expected 1 byte for a tinyint ({})", 1),
    "uuid": _sized("UUID should be 16 or 0 bytes ({})", 0, 16),
    "varint": _any,
}


@lru_cache(maxsize=4096)
def validator_of(of: CQLType) -> Validator:
    """Return what checks bytes that somebody bound.

    Args:
        of: the type; its user types have their fields.
    """
    plain = unfreeze(of)
    match plain:
        case Native():
            return _NATIVES[plain.name]
        case List() | Set() | Map():
            return _collection(type(plain).__name__.lower(), [validator_of(part) for part in plain.children()])
        case Tuple():
            return _row([("component", part) for part in plain.elements], "tuple")
        case Udt():
            return _row([(f"field {name}", part) for name, part in plain.fields], "UDT")
        case Vector():
            return _vector(plain)
        case _:
            return _any


def _collection(kind: str, parts: list[Validator]) -> Validator:
    def check(data: bytes) -> None:
        if len(data) < 4:
            raise InvalidRequest(f"Not enough bytes to read a {kind}")
        cells, end = _take(data, 4, len(parts) * int(_LENGTH.unpack_from(data)[0]), kind)
        if end != len(data):
            raise InvalidRequest(f"Unexpected extraneous bytes after {kind} value")
        for index, cell in enumerate(cells):
            if cell is not None:
                parts[index % len(parts)](cell)

    return check


def _row(parts: Sequence[tuple[str, CQLType]], kind: str) -> Validator:
    checks = [(label, validator_of(part)) for label, part in parts]

    def check(data: bytes) -> None:
        at = 0
        for index, (label, validate) in enumerate(checks):
            if at == len(data):
                return
            try:
                (length,) = _LENGTH.unpack_from(data, at)
            except struct.error:
                raise InvalidRequest(f"Not enough bytes to read size of {index}th {label}") from None
            at += 4 + max(length, 0)
            if at > len(data):
                raise InvalidRequest(f"Not enough bytes to read {index}th {label}")
            if length >= 0:
                validate(data[at - length : at])
        if at != len(data):
            raise InvalidRequest(f"Invalid remaining data after end of {kind} value")

    return check


def _vector(of: Vector) -> Validator:
    element = validator_of(of.element)

    def check(data: bytes) -> None:
        if not data:
            raise InvalidRequest("Invalid empty vector value")
        for cell in read_vector(of, data):
            element(cell)

    return check
