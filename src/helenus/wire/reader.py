"""The notations of section 3 of the protocol specification, read: [int], [string], [bytes map] and so on.

``helenus.wire.notation`` writes them. A length is believed only as far as bytes are there, and whatever is wrong is a
``ProtocolError``. This module must not know any message.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address
from struct import Struct
from typing import cast
from uuid import UUID

from helenus.wire.codes import CONSISTENCIES, Consistency
from helenus.wire.errors import ProtocolError
from helenus.wire.notation import UNSET, Address, Value

__all__ = ["Reader"]

_BYTE = Struct(">B").unpack_from
_SHORT = Struct(">H").unpack_from
_INT = Struct(">i").unpack_from
_UNSIGNED = Struct(">I").unpack_from
_LONG = Struct(">q").unpack_from
_ADDRESS_SIZES: Mapping[int, type[Address]] = {4: IPv4Address, 16: IPv6Address}
_MAX_QUOTED = 64

_SHORT_STRING = "Not enough bytes to read an UTF8 serialized string preceded by its 2 bytes length"
_LONG_STRING = "Not enough bytes to read an UTF8 serialized string preceded by its 4 bytes length"


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

    # One method like the other, without a common one below them: every request calls them a dozen times.

    def byte(self) -> int:
        """Take a [byte]."""
        at = self._at
        try:
            number: int = _BYTE(self._data, at)[0]
        except struct.error:
            raise self._truncated("a [byte]") from None
        self._at = at + 1
        return number

    def short(self) -> int:
        """Take a [short], which is unsigned."""
        at = self._at
        try:
            number: int = _SHORT(self._data, at)[0]
        except struct.error:
            raise self._truncated("a [short]") from None
        self._at = at + 2
        return number

    def int32(self) -> int:
        """Take an [int]."""
        at = self._at
        try:
            number: int = _INT(self._data, at)[0]
        except struct.error:
            raise self._truncated("an [int]") from None
        self._at = at + 4
        return number

    def flags32(self) -> int:
        """Take an [int] that is a set of flags, so that its sign means nothing."""
        at = self._at
        try:
            number: int = _UNSIGNED(self._data, at)[0]
        except struct.error:
            raise self._truncated("an [int]") from None
        self._at = at + 4
        return number

    def int64(self) -> int:
        """Take a [long]."""
        at = self._at
        try:
            number: int = _LONG(self._data, at)[0]
        except struct.error:
            raise self._truncated("a [long]") from None
        self._at = at + 8
        return number

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
        return cast(tuple[bytes | None, ...], tuple(self._cells(count, unset=False)))

    def _cells(self, count: int, *, unset: bool) -> list[Value]:
        # The hot loop of the server: no method call for each value. A length beyond the end makes the next reading or
        # the last check fail; a slice never takes more than there is.
        data, at = self._data, self._at
        found: list[Value] = []
        append = found.append
        try:
            for _ in range(count):
                (length,) = _INT(data, at)
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
