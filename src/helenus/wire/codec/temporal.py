"""Codecs of ``timestamp``, ``date``, ``time`` and ``duration``, and the variable-length integers of durations.

Cassandra's ranges are wider than those of ``datetime``, and its times finer. So a value decodes to the integer that CQL
itself takes as a literal of the type, and nothing is lost; ``datetime``'s classes can be encoded. This module must not
know clocks or time zones.
"""

from __future__ import annotations

import datetime as dt
import struct
from struct import Struct
from typing import NamedTuple, Protocol, runtime_checkable

from helenus.wire.codec.base import Codec, FixedCodec, refuse
from helenus.wire.errors import MarshalError

__all__ = [
    "DateCodec",
    "Duration",
    "DurationCodec",
    "TimeCodec",
    "TimestampCodec",
    "read_unsigned_vint",
    "unsigned_vint",
]

_UTC_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MILLISECOND = dt.timedelta(milliseconds=1)
_EPOCH_ORDINAL = dt.date(1970, 1, 1).toordinal()
_EPOCH_DAY = 1 << 31


class _CountCodec(FixedCodec):
    """An instant, a day or a time of day, as a count."""

    def pack(self, count: int) -> bytes:
        """Return the bytes of a count.

        Args:
            count: of the type's units.

        Raises:
            MarshalError: it is out of range.
        """
        try:
            return self.form.pack(count)
        except struct.error:
            raise MarshalError(f"A value of type {self.name} is out of range") from None


class TimestampCodec(_CountCodec):
    """``timestamp``: int, milliseconds since 1970-01-01T00:00Z."""

    name = "timestamp"
    width = 8
    form = Struct(">q")
    complaint = "Expected 8 or 0 byte long for date ({})"

    def encode(self, value: object) -> bytes:
        """Return the bytes of an int or a datetime; one without time zone is taken as UTC."""
        if isinstance(value, dt.datetime):
            aware = value if value.tzinfo is not None else value.replace(tzinfo=dt.UTC)
            return self.pack((aware - _UTC_EPOCH) // _MILLISECOND)
        if not isinstance(value, int):
            refuse(self.name, "an int or a datetime", value)
        return self.pack(value)


class DateCodec(_CountCodec):
    """``date``: int, days, of which 2**31 is 1970-01-01; in a vector it comes with its length, as in Cassandra."""

    name = "date"
    form = Struct(">I")
    complaint = "Expected 4 byte long for date ({})"
    empty = False

    def encode(self, value: object) -> bytes:
        """Return the bytes of an int or a datetime.date."""
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            return self.pack(value.toordinal() - _EPOCH_ORDINAL + _EPOCH_DAY)
        if not isinstance(value, int):
            refuse(self.name, "an int or a date", value)
        return self.pack(value)


class TimeCodec(_CountCodec):
    """``time``: int, nanoseconds since midnight; in a vector it comes with its length, as in Cassandra."""

    name = "time"
    form = Struct(">q")
    complaint = "Expected 8 byte long for time ({})"
    empty = False

    def encode(self, value: object) -> bytes:
        """Return the bytes of an int or a datetime.time."""
        if isinstance(value, dt.time):
            seconds = (value.hour * 60 + value.minute) * 60 + value.second
            return self.pack((seconds * 1_000_000 + value.microsecond) * 1000)
        if not isinstance(value, int):
            refuse(self.name, "an int or a time", value)
        return self.pack(value)


class Duration(NamedTuple):
    """A ``duration``: three counts that no clock can turn into one another.

    Args:
        months: 32 bits.
        days: 32 bits.
        nanoseconds: 64 bits; none of the three has another sign than the others.
    """

    months: int
    days: int
    nanoseconds: int


@runtime_checkable
class _DurationLike(Protocol):
    """Any object with the three counts, such as the driver's own."""

    months: int
    days: int
    nanoseconds: int


class DurationCodec(Codec):
    """``duration``: Duration."""

    name = "duration"

    def encode(self, value: object) -> bytes:
        """Return the bytes of a duration, which may be of any class with months, days and nanoseconds."""
        if not isinstance(value, _DurationLike):
            refuse(self.name, "a duration (months, days, nanoseconds)", value)
        counts = value.months, value.days, value.nanoseconds
        _check_counts(*counts)
        return b"".join([unsigned_vint(_zigzag(count)) for count in counts])

    def decode(self, data: bytes) -> Duration:
        """Return the duration."""
        if len(data) < 3:
            raise MarshalError(f"Expected at least 3 bytes for a duration ({len(data)})")
        counts: list[int] = []
        at = 0
        for _ in range(3):
            raw, at = read_unsigned_vint(data, at)
            counts.append((raw >> 1) ^ -(raw & 1))
        _check_counts(*counts)
        return Duration(*counts)

    def validate(self, data: bytes) -> None:
        """Check the counts."""
        self.decode(data)


def _check_counts(months: int, days: int, nanoseconds: int) -> None:
    for name, count in (("months", months), ("days", days)):
        if not -(1 << 31) <= count < 1 << 31:
            raise MarshalError(f"The duration {name} must be a 32 bits integer but was: {count}")
    if not -(1 << 63) <= nanoseconds < 1 << 63:
        raise MarshalError(f"The duration nanoseconds must be a 64 bits integer but was: {nanoseconds}")
    if min(months, days, nanoseconds) < 0 < max(months, days, nanoseconds):
        raise MarshalError(
            f"The duration months, days and nanoseconds must be all of the same sign ({months}, {days}, {nanoseconds})"
        )


def _zigzag(number: int) -> int:
    return (number << 1) ^ (number >> 63)


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


def read_unsigned_vint(data: bytes, at: int) -> tuple[int, int]:
    """Take an [unsigned vint]; return it and the offset behind it.

    Args:
        data: where it is.
        at: the offset where it begins.

    Raises:
        MarshalError: the bytes end too early.
    """
    if at < len(data):
        first = data[at]
        extra = 8 - (~first & 0xFF).bit_length()
        end = at + 1 + extra
        if end <= len(data):
            rest = int.from_bytes(data[at + 1 : end])
            return ((first & (0xFF >> extra)) << (8 * extra)) | rest, end
    raise MarshalError(f"Not enough bytes to read a variable-length integer at offset {at}")
