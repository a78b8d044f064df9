"""Where a partition lives: its key as one blob, and that blob's token under ``Murmur3Partitioner``.

The token is the first half of murmur3's 128 bits, with a quirk of Cassandra's own: bytes of the tail are signed. Stock
murmur3 libraries differ for most keys that are not ASCII. This module must not know tables.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence

from helenus.engine.errors import InvalidRequest

__all__ = ["MAX_TOKEN", "MIN_TOKEN", "join_key", "pure_token", "split_key", "token"]

MIN_TOKEN = -(1 << 63)
MAX_TOKEN = (1 << 63) - 1
MAX_KEY_BYTES = 0xFFFF

_MASK = (1 << 64) - 1
_C1 = 0x87C37B91114253D5
_C2 = 0x4CF5AD432745937F


def _rotate(number: int, by: int) -> int:
    return ((number << by) | (number >> (64 - by))) & _MASK


def _mix(number: int) -> int:
    number = ((number ^ (number >> 33)) * 0xFF51AFD7ED558CCD) & _MASK
    number = ((number ^ (number >> 33)) * 0xC4CEB9FE1A85EC53) & _MASK
    return number ^ (number >> 33)


def _signed_little_endian(tail: bytes) -> int:
    """Put bytes together as Java does when it shifts signed bytes and XORs them: a negative one flips all above it."""
    number = 0
    for index, byte in enumerate(tail):
        number ^= (byte - 256 if byte > 127 else byte) << (8 * index)
    return number & _MASK


def pure_token(key: bytes) -> int:
    """Return the token of a partition key, in Python alone.

    Args:
        key: the serialized partition key (``join_key``).
    """
    first = second = 0
    whole = len(key) & ~15
    for at in range(0, whole, 16):
        one = int.from_bytes(key[at : at + 8], "little")
        two = int.from_bytes(key[at + 8 : at + 16], "little")
        first ^= (_rotate((one * _C1) & _MASK, 31) * _C2) & _MASK
        first = ((((_rotate(first, 27) + second) & _MASK) * 5) + 0x52DCE729) & _MASK
        second ^= (_rotate((two * _C2) & _MASK, 33) * _C1) & _MASK
        second = ((((_rotate(second, 31) + first) & _MASK) * 5) + 0x38495AB5) & _MASK
    tail = key[whole:]
    if len(tail) > 8:
        second ^= (_rotate((_signed_little_endian(tail[8:]) * _C2) & _MASK, 33) * _C1) & _MASK
    if tail:
        first ^= (_rotate((_signed_little_endian(tail[:8]) * _C1) & _MASK, 31) * _C2) & _MASK
    first ^= len(key)
    second ^= len(key)
    first = (first + second) & _MASK
    second = (second + first) & _MASK
    first = (_mix(first) + _mix(second)) & _MASK
    return _normal(first - (1 << 64) if first >> 63 else first)


def _normal(raw: int) -> int:
    """Keep the smallest token free: for Cassandra it is before all keys (``Murmur3Partitioner.normalize``)."""
    return MAX_TOKEN if raw == MIN_TOKEN else raw


def _compiled() -> Callable[[bytes], int] | None:
    """Find the driver's compiled murmur3, which is thirty times as fast and has the same quirk."""
    try:
        raw: Callable[[bytes], int] = importlib.import_module("cassandra.cmurmur3").murmur3
    except ImportError:
        return None
    return lambda key: _normal(raw(key))


token: Callable[[bytes], int] = _compiled() or pure_token
"""Return the token of a serialized partition key, a signed integer of 64 bits."""


def join_key(values: Sequence[bytes]) -> bytes:
    """Return a partition key as one blob: a single value as it is, several as ``CompositeType`` has them.

    Args:
        values: the bytes of each partition key column, in order.

    Raises:
        InvalidRequest: the key is empty, or longer than 65535 bytes.
    """
    if len(values) == 1:
        key = values[0]
    else:
        for value in values:
            _check_length(value)
        key = b"".join([len(value).to_bytes(2) + value + b"\0" for value in values])
    if not key:
        raise InvalidRequest("Key may not be empty")
    _check_length(key)
    return key


def _check_length(key: bytes) -> None:
    if len(key) > MAX_KEY_BYTES:
        raise InvalidRequest(f"Key length of {len(key)} is longer than maximum of {MAX_KEY_BYTES}")


def split_key(key: bytes, count: int) -> tuple[bytes, ...]:
    """Return the values that a partition key was joined from.

    Args:
        key: what ``join_key`` returned.
        count: how many columns the partition key has.
    """
    if count == 1:
        return (key,)
    values: list[bytes] = []
    at = 0
    while at < len(key):
        end = at + 2 + int.from_bytes(key[at : at + 2])
        values.append(key[at + 2 : end])
        at = end + 1
    return tuple(values)
