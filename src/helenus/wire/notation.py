"""The notations of section 3 of the protocol specification: [int], [string], [bytes map] and so on, both ways.

``Reader`` takes them from a body; the functions write them. A length is believed only as far as bytes are there, and
whatever is wrong is a ``ProtocolError``. This module must not know any message.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from enum import Enum
from ipaddress import IPv4Address, IPv6Address
from struct import Struct
from typing import Final, Literal
from uuid import UUID

from helenus.wire.codes import CONSISTENCIES, Consistency
from helenus.wire.errors import ProtocolError

__all__ = [
    "UNSET",
    "Address",
    "Reader",
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
    "values",
]

Address = IPv4Address | IPv6Address


class Unset(Enum):
    """The type of ``UNSET``: a bound value that leaves its column as it is (v4 and later)."""

    UNSET = "UNSET"


UNSET: Final = Unset.UNSET

Value = bytes | Literal[Unset.UNSET] | None
"""A bound value: its bytes, None for null, or UNSET."""

_BYTE = Struct(">B")
_SHORT = Struct(">H")
_INT = Struct(">i")
_UNSIGNED = Struct(">I")
_LONG = Struct(">q")
_UNPACK_INT = _INT.unpack_from
_NULL = _INT.pack(-1)
_UNSET_LENGTH = _INT.pack(-2)
_ADDRESS_SIZES: Mapping[int, type[Address]] = {4: IPv4Address, 16: IPv6Address}
_MAX_QUOTED = 64


class Reader:
    """Takes notations from a body, one after the other.

    Args:
        data: the body.
        at: the offset of the first notation.

    Raises:
        ProtocolError: from every method, when the body ends too early or has what its notation cannot have.
    """

    __slots__ = ("_at", "_data")

    def __init__(self, data: bytes, at: int = 0) -> None:
        """Begin at an offset."""
        self._data = data
        self._at = at

    @property
    def remaining(self) -> int:
        """How many bytes are left."""
        return len(self._data) - self._at

    def _number(self, form: Struct, name: str) -> int:
        try:
            (number,) = form.unpack_from(self._data, self._at)
        except struct.error:
            raise self._truncated(name) from None
        self._at += form.size
        return int(number)

    def _truncated(self, name: str) -> ProtocolError:
        return ProtocolError(
            f"Not enough bytes to read {name} at offset {self._at} of a body of {len(self._data)} bytes"
        )

    def _take(self, length: int, complaint: str) -> bytes:
        end = self._at + length
        if length < 0 or end > len(self._data):
            raise ProtocolError(complaint)
        taken = self._data[self._at : end]
        self._at = end
        return taken

    def byte(self) -> int:
        """Take a [byte]."""
        return self._number(_BYTE, "a [byte]")

    def short(self) -> int:
        """Take a [short], which is unsigned."""
        return self._number(_SHORT, "a [short]")

    def int32(self) -> int:
        """Take an [int]."""
        return self._number(_INT, "an [int]")

    def flags32(self) -> int:
        """Take an [int] that is a set of flags, so that its sign means nothing."""
        return self._number(_UNSIGNED, "an [int]")

    def int64(self) -> int:
        """Take a [long]."""
        return self._number(_LONG, "a [long]")

    def uuid(self) -> UUID:
        """Take a [uuid]."""
        return UUID(bytes=self._take(16, "Not enough bytes to read an UUID"))

    def string(self) -> str:
        """Take a [string]."""
        try:
            length = self.short()
        except ProtocolError:
            length = -1
        return _text(self._take(length, _SHORT_STRING))

    def long_string(self) -> str:
        """Take a [long string]."""
        try:
            length = self.int32()
        except ProtocolError:
            length = -1
        return _text(self._take(length, _LONG_STRING))

    def short_bytes(self) -> bytes:
        """Take [short bytes]."""
        return self._take(self.short(), "Not enough bytes to read a byte array preceded by its 2 bytes length")

    def int_bytes(self) -> bytes | None:
        """Take [bytes]; None for null."""
        length = self.int32()
        if length < 0:
            return None
        return self._take(length, "Not enough bytes to read a byte array preceded by its 4 bytes length")

    def string_list(self) -> tuple[str, ...]:
        """Take a [string list]."""
        return tuple([self.string() for _ in range(self.short())])

    def string_map(self) -> dict[str, str]:
        """Take a [string map]."""
        return {self.string(): self.string() for _ in range(self.short())}

    def string_multimap(self) -> dict[str, tuple[str, ...]]:
        """Take a [string multimap]."""
        return {self.string(): self.string_list() for _ in range(self.short())}

    def bytes_map(self) -> dict[str, bytes | None]:
        """Take a [bytes map]."""
        return {self.string(): self.int_bytes() for _ in range(self.short())}

    def inet_address(self) -> Address:
        """Take an [inetaddr]."""
        size = self.byte()
        kind = _ADDRESS_SIZES.get(size)
        if kind is None:
            raise ProtocolError(f"Invalid size {size} of an IP address, it must be 4 or 16")
        return kind(self._take(size, "Not enough bytes to read an IP address"))

    def inet(self) -> tuple[Address, int]:
        """Take an [inet]: an address and a port."""
        return self.inet_address(), self.int32()

    def consistency(self) -> Consistency:
        """Take a [consistency]."""
        code = self.short()
        level = CONSISTENCIES.get(code)
        if level is None:
            raise ProtocolError(f"Unknown code {code} for a consistency level")
        return level

    def values(self, version: int) -> tuple[Value, ...]:
        """Take a [short] and as many [value]s.

        Args:
            version: the protocol version; up to v3 every negative length is null.
        """
        return tuple(self._cells(self.short(), unset=version >= 4))

    def cells(self, count: int) -> tuple[bytes | None, ...]:
        """Take as many [bytes] as a row has cells.

        Args:
            count: how many.
        """
        # Without UNSET among the answers, a Value is bytes or None.
        return tuple(self._cells(count, unset=False))  # type: ignore[arg-type]

    def _cells(self, count: int, *, unset: bool) -> list[Value]:
        # The hot loop of the server: no method call for each value. A length beyond the end makes the next reading or
        # the last check fail; a slice never takes more than there is.
        data, at = self._data, self._at
        found: list[Value] = []
        append = found.append
        try:
            for _ in range(count):
                (length,) = _UNPACK_INT(data, at)
                at += 4
                if length >= 0:
                    append(data[at : at + length])
                    at += length
                else:
                    append(_absent(length) if unset else None)
        except struct.error:
            raise self._truncated("a [value]") from None
        if at > len(data):
            raise self._truncated("a [value]")
        self._at = at
        return found

    def named_values(self, version: int) -> tuple[tuple[str, ...], tuple[Value, ...]]:
        """Take a [short] and as many pairs of a name, which is a [string], and a [value].

        Args:
            version: the protocol version, see ``values``.
        """
        names: list[str] = []
        found: list[Value] = []
        for _ in range(self.short()):
            names.append(self.string())
            found += self._cells(1, unset=version >= 4)
        return tuple(names), tuple(found)


_SHORT_STRING = "Not enough bytes to read an UTF8 serialized string preceded by its 2 bytes length"
_LONG_STRING = "Not enough bytes to read an UTF8 serialized string preceded by its 4 bytes length"


def _absent(length: int) -> Value:
    if length == -1:
        return None
    if length == -2:
        return UNSET
    raise ProtocolError(f"Invalid ByteBuf length {length}")


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        # Cassandra quotes all of it, which may be 16 MiB.
        raise ProtocolError(f"Cannot decode string as UTF8: '{data[:_MAX_QUOTED].hex()}'") from None


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
