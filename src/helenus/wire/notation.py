"""The notations of section 3 of the protocol specification, written: [int], [string], [bytes map] and so on.

``helenus.wire.reader`` reads them. A number or length that does not fit is a ``ProtocolError``, for a length that wraps
around would let a value become messages. This module must not know any message.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from enum import Enum
from ipaddress import IPv4Address, IPv6Address
from struct import Struct
from typing import Final, Literal

from helenus.wire.errors import ProtocolError

__all__ = [
    "UNSET",
    "Address",
    "Unset",
    "Value",
    "bytes_map",
    "inet",
    "inet_address",
    "int32",
    "int64",
    "int_bytes",
    "long_string",
    "short",
    "short_bytes",
    "string",
    "string_list",
    "string_map",
    "string_multimap",
    "value",
    "values",
]

Address = IPv4Address | IPv6Address


class Unset(Enum):
    """The type of ``UNSET``: a bound value that leaves its column as it is (v4 and later)."""

    UNSET = "UNSET"


UNSET: Final = Unset.UNSET

Value = bytes | Literal[Unset.UNSET] | None
"""A bound value: its bytes, None for null, or UNSET."""

_SHORT = Struct(">H")
_INT = Struct(">i")
_LONG = Struct(">q")
_NULL = _INT.pack(-1)
_UNSET_LENGTH = _INT.pack(-2)
_MAX_QUOTED = 64


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise ProtocolError(f"A lone surrogate cannot be written as UTF-8: {text[:_MAX_QUOTED]!r}") from None


def _packed(form: Struct, number: int, name: str) -> bytes:
    try:
        return form.pack(number)
    except struct.error:
        raise ProtocolError(f"{number} does not fit into {name}") from None


def short(number: int) -> bytes:
    """Write a [short].

    Args:
        number: 0 to 65,535.

    Raises:
        ProtocolError: it is not.
    """
    return _packed(_SHORT, number, "a [short]")


def int32(number: int) -> bytes:
    """Write an [int].

    Args:
        number: a signed number of 32 bits.

    Raises:
        ProtocolError: it is not.
    """
    return _packed(_INT, number, "an [int]")


def int64(number: int) -> bytes:
    """Write a [long].

    Args:
        number: a signed number of 64 bits.

    Raises:
        ProtocolError: it is not.
    """
    return _packed(_LONG, number, "a [long]")


def short_bytes(data: bytes) -> bytes:
    """Write [short bytes].

    Args:
        data: up to 65,535 bytes.

    Raises:
        ProtocolError: there are more.
    """
    return short(len(data)) + data


def int_bytes(data: bytes | None) -> bytes:
    """Write [bytes].

    Args:
        data: the bytes; None for null.

    Raises:
        ProtocolError: there are more than 2 GiB.
    """
    return _NULL if data is None else int32(len(data)) + data


def string(text: str) -> bytes:
    """Write a [string].

    Args:
        text: up to 65,535 bytes in UTF-8.

    Raises:
        ProtocolError: it is longer, or has no UTF-8.
    """
    return short_bytes(_utf8(text))


def long_string(text: str) -> bytes:
    """Write a [long string].

    Args:
        text: of any length.

    Raises:
        ProtocolError: it has no UTF-8.
    """
    return int_bytes(_utf8(text))


def string_list(texts: Iterable[str]) -> bytes:
    """Write a [string list].

    Args:
        texts: up to 65,535 strings.

    Raises:
        ProtocolError: there are more, or one of them is too long.
    """
    written = [string(text) for text in texts]
    return short(len(written)) + b"".join(written)


def string_map(pairs: Mapping[str, str]) -> bytes:
    """Write a [string map].

    Args:
        pairs: up to 65,535 of them.

    Raises:
        ProtocolError: there are more, or a string is too long.
    """
    return short(len(pairs)) + b"".join([string(key) + string(value) for key, value in pairs.items()])


def string_multimap(pairs: Mapping[str, Iterable[str]]) -> bytes:
    """Write a [string multimap].

    Args:
        pairs: up to 65,535 of them.

    Raises:
        ProtocolError: there are more, or a string or list is too long.
    """
    return short(len(pairs)) + b"".join([string(key) + string_list(texts) for key, texts in pairs.items()])


def bytes_map(pairs: Mapping[str, bytes | None]) -> bytes:
    """Write a [bytes map].

    Args:
        pairs: up to 65,535 of them.

    Raises:
        ProtocolError: there are more, or a key is too long.
    """
    return short(len(pairs)) + b"".join([string(key) + int_bytes(value) for key, value in pairs.items()])


def inet_address(address: Address) -> bytes:
    """Write an [inetaddr].

    Args:
        address: v4 or v6.
    """
    return bytes((len(address.packed),)) + address.packed


def inet(address: Address, port: int) -> bytes:
    """Write an [inet].

    Args:
        address: v4 or v6.
        port: its port.
    """
    return inet_address(address) + int32(port)


def value(bound: Value, version: int) -> bytes:
    """Write a [value].

    Args:
        bound: bytes, None or UNSET.
        version: the protocol version; UNSET needs v4.

    Raises:
        ProtocolError: the version has no UNSET.
    """
    if bound is not UNSET:
        return int_bytes(bound)
    if version < 4:
        raise ProtocolError(f"UNSET needs protocol v4 or later, not v{version}")
    return _UNSET_LENGTH


def values(bound: Iterable[Value], version: int) -> bytes:
    """Write a [short] and as many [value]s.

    Args:
        bound: up to 65,535 values.
        version: the protocol version; UNSET needs v4.

    Raises:
        ProtocolError: there are more, or the version has no UNSET.
    """
    written = [value(one, version) for one in bound]
    return short(len(written)) + b"".join(written)
