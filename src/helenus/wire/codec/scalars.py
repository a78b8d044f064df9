"""Codecs of numbers, texts, booleans, UUIDs and addresses: one small class for each native type.

This module must not know collections.
"""

from __future__ import annotations

import ipaddress
import re
import struct
import uuid
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from struct import Struct
from typing import ClassVar

from helenus.wire.codec.base import Codec, FixedCodec, refuse
from helenus.wire.errors import MarshalError

__all__ = [
    "AsciiCodec",
    "BigintCodec",
    "BlobCodec",
    "BooleanCodec",
    "CounterCodec",
    "DecimalCodec",
    "DoubleCodec",
    "FloatCodec",
    "InetCodec",
    "IntCodec",
    "SmallintCodec",
    "TextCodec",
    "TimeuuidCodec",
    "TinyintCodec",
    "UuidCodec",
    "VarintCodec",
    "varint_bytes",
]


class _IntegerCodec(FixedCodec):
    """Integers of one size."""

    def encode(self, value: object) -> bytes:
        """Return the bytes of an int."""
        if not isinstance(value, int):
            refuse(self.name, "an int", value)
        try:
            return self.form.pack(value)
        except struct.error:
            raise MarshalError(f"A value of type {self.name} must fit into {self.form.size * 8} bits") from None


class IntCodec(_IntegerCodec):
    """``int``: int."""

    name = "int"
    width = 4
    form = Struct(">i")
    complaint = "Expected 4 or 0 byte int ({})"


class BigintCodec(_IntegerCodec):
    """``bigint``: int."""

    name = "bigint"
    width = 8
    form = Struct(">q")
    complaint = "Expected 8 or 0 byte long ({})"


class CounterCodec(BigintCodec):
    """``counter``: int."""

    name = "counter"


class SmallintCodec(_IntegerCodec):
    """``smallint``: int; in a vector it comes with its length, as in Cassandra."""

    name = "smallint"
    form = Struct(">h")
    complaint = "Expected 2 bytes for a smallint ({})"
    empty = False


class TinyintCodec(_IntegerCodec):
    """``tinyint``: int; in a vector it comes with its length, as in Cassandra."""

    name = "tinyint"
    form = Struct(">b")
    complaint = "Expected 1 byte for a tinyint ({})"
    empty = False


class _RealCodec(FixedCodec):
    """Binary floating-point numbers."""

    def encode(self, value: object) -> bytes:
        """Return the bytes of a float; an int will do."""
        if not isinstance(value, float | int):
            refuse(self.name, "a float", value)
        try:
            return self.form.pack(value)
        except (OverflowError, struct.error):
            raise MarshalError(f"A value of type {self.name} must fit into {self.form.size * 8} bits") from None


class FloatCodec(_RealCodec):
    """``float``: float."""

    name = "float"
    width = 4
    form = Struct(">f")
    complaint = "Expected 4 or 0 byte value for a float ({})"


class DoubleCodec(_RealCodec):
    """``double``: float."""

    name = "double"
    width = 8
    form = Struct(">d")
    complaint = "Expected 8 or 0 byte value for a double ({})"


class BooleanCodec(FixedCodec):
    """``boolean``: bool; any byte but 0 is true."""

    name = "boolean"
    width = 1
    form = Struct(">?")
    complaint = "Expected 1 or 0 byte value ({})"

    def encode(self, value: object) -> bytes:
        """Return the byte of a bool."""
        if not isinstance(value, bool):
            refuse(self.name, "a bool", value)
        return b"\x01" if value else b"\x00"


class BlobCodec(Codec):
    """``blob``: bytes."""

    name = "blob"

    def encode(self, value: object) -> bytes:
        """Return the bytes; a bytearray or a memoryview will do."""
        if not isinstance(value, bytes | bytearray | memoryview):
            refuse(self.name, "bytes", value)
        return bytes(value)

    def decode(self, data: bytes) -> bytes:
        """Return the bytes."""
        return data

    def validate(self, data: bytes) -> None:
        """Take any bytes."""


class TextCodec(Codec):
    """``text``, also called ``varchar``: str."""

    name = "text"
    encoding: ClassVar[str] = "utf-8"

    def encode(self, value: object) -> bytes:
        """Return the bytes of a str."""
        if not isinstance(value, str):
            refuse(self.name, "a str", value)
        try:
            return value.encode(self.encoding)
        except UnicodeEncodeError as error:
            raise MarshalError(f"A value of type {self.name} cannot hold the character at {error.start}") from None

    def decode(self, data: bytes) -> str:
        """Return the text; what Cassandra takes for UTF-8 and Python does not becomes U+FFFD."""
        try:
            return data.decode(self.encoding)
        except UnicodeDecodeError:
            self.validate(data)
            return data.decode(self.encoding, "replace")

    def validate(self, data: bytes) -> None:
        """Check the encoding."""
        try:
            data.decode()
        except UnicodeDecodeError:
            if _LENIENT_UTF8.fullmatch(data) is None:
                raise MarshalError("String didn't validate.") from None

    def admit(self, data: bytes) -> None:
        """Check the encoding as strictly as Java does."""
        try:
            data.decode(self.encoding)
        except UnicodeDecodeError:
            raise MarshalError(f"Invalid UTF-8 bytes {data.hex()}") from None


# Cassandra's UTF8Validator lets surrogates, overlong zeros and code points beyond Unicode pass, and some bytes that
# continue nothing. A node that refused them would refuse what clients of Cassandra have stored.
_LENIENT_UTF8 = re.compile(
    rb"""(?:[\x00-\x7f]++
        |\xc0\x80
        |[\xc2-\xdf][\x80-\xbf]
        |\xe0[^\x80-\x9f][\x80-\xbf]
        |[\xe1-\xef][\x80-\xbf]{2}
        |\xf0[\x10-\x3f\x50-\x7f\x90-\xbf\xd0-\xff][\x80-\xbf]{2}
        |[\xf1-\xf7][\x80-\xbf]{3})*+""",
    re.DOTALL | re.VERBOSE,
)


class AsciiCodec(TextCodec):
    """``ascii``: str."""

    name = "ascii"
    encoding = "ascii"

    def validate(self, data: bytes) -> None:
        """Check that no byte is above 127."""
        if not data.isascii():
            # Java's bytes are signed.
            raise MarshalError(f"Invalid byte for ascii: {next(byte for byte in data if byte > 127) - 256}")


class VarintCodec(Codec):
    """``varint``: int of any size."""

    name = "varint"

    def encode(self, value: object) -> bytes:
        """Return the shortest bytes in two's complement."""
        if not isinstance(value, int):
            refuse(self.name, "an int", value)
        return varint_bytes(value)

    def decode(self, data: bytes) -> int | None:
        """Return the number; None for no bytes."""
        return int.from_bytes(data, signed=True) if data else None

    def validate(self, data: bytes) -> None:
        """Take any bytes."""


def varint_bytes(number: int) -> bytes:
    """Return the shortest bytes of a number in two's complement, as Java's ``BigInteger.toByteArray``.

    Args:
        number: of any size.
    """
    return number.to_bytes((number if number >= 0 else ~number).bit_length() // 8 + 1, signed=True)


_EXACT = Context(prec=MAX_PREC, Emin=MIN_EMIN, Emax=MAX_EMAX)
"""Rounds nothing, whatever context the program has set."""


_MAX_UNSCALED = 16 * 1024
"""More bytes of digits than these are kept, but not computed with: making a Decimal of them takes quadratic time."""


class DecimalCodec(Codec):
    """``decimal``: Decimal; its scale is kept, so that 1.0 and 1.00 have bytes of their own."""

    name = "decimal"
    _scale = Struct(">i")

    def encode(self, value: object) -> bytes:
        """Return the bytes of a Decimal; an int will do."""
        if not isinstance(value, Decimal | int):
            refuse(self.name, "a Decimal", value)
        number = Decimal(value)
        if not number.is_finite():
            raise MarshalError("A value of type decimal must be finite")
        exponent = int(number.as_tuple().exponent)
        try:
            return self._scale.pack(-exponent) + varint_bytes(int(number.scaleb(-exponent, _EXACT)))
        except struct.error:
            raise MarshalError("A value of type decimal must have a scale of 32 bits") from None

    def decode(self, data: bytes) -> Decimal | None:
        """Return the number; None for no bytes."""
        self.validate(data)
        if not data:
            return None
        if len(data) - 4 > _MAX_UNSCALED:
            raise MarshalError(f"A decimal of {len(data)} bytes is too large to compute with")
        (scale,) = self._scale.unpack_from(data)
        return Decimal(int.from_bytes(data[4:], signed=True)).scaleb(-scale, _EXACT)

    def validate(self, data: bytes) -> None:
        """Check that there is a scale."""
        if 0 < len(data) < 4:
            raise MarshalError(f"Expected 0 or at least 4 bytes ({len(data)})")


class UuidCodec(Codec):
    """``uuid``: uuid.UUID."""

    name = "uuid"
    width = 16

    def encode(self, value: object) -> bytes:
        """Return the bytes of a UUID."""
        if not isinstance(value, uuid.UUID):
            refuse(self.name, "a uuid.UUID", value)
        return value.bytes

    def decode(self, data: bytes) -> uuid.UUID | None:
        """Return the UUID; None for no bytes."""
        self.validate(data)
        return uuid.UUID(bytes=data) if data else None

    def validate(self, data: bytes) -> None:
        """Check the size."""
        if len(data) not in {0, 16}:
            raise MarshalError(f"UUID should be 16 or 0 bytes ({len(data)})")


class TimeuuidCodec(UuidCodec):
    """``timeuuid``: uuid.UUID of version 1."""

    name = "timeuuid"

    def encode(self, value: object) -> bytes:
        """Return the bytes of a UUID."""
        data = super().encode(value)
        self.validate(data)
        return data

    def validate(self, data: bytes) -> None:
        """Check the size and the version."""
        super().validate(data)
        if data and data[6] >> 4 != 1:
            # Cassandra 5.0 names the high bits of the first byte here, not the version.
            raise MarshalError(f"Invalid version for TimeUUID type: 0x{data[0] >> 4:x}")


class InetCodec(Codec):
    """``inet``: IPv4Address or IPv6Address."""

    name = "inet"

    def encode(self, value: object) -> bytes:
        """Return the bytes of an address; its text will do."""
        if not isinstance(value, str | ipaddress.IPv4Address | ipaddress.IPv6Address):
            refuse(self.name, "an IP address", value)
        try:
            return ipaddress.ip_address(value).packed
        except ValueError:
            raise MarshalError("A value of type inet must be an IPv4 or IPv6 address") from None

    def decode(self, data: bytes) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
        """Return the address; None for no bytes."""
        self.validate(data)
        return ipaddress.ip_address(data) if data else None

    def validate(self, data: bytes) -> None:
        """Check the size."""
        if len(data) not in {0, 4, 16}:
            raise MarshalError(f"Expected 4 or 16 byte inetaddress; got {data.hex()}")
