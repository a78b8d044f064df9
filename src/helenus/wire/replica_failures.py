"""ERROR: the codes that tell how replicas failed a read or a write.

Section 8 of ``native_protocol_v5.spec``. Older versions are told the nearest thing that they know, as Cassandra does.
This module must not know replicas.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from helenus.wire.codes import Consistency, ErrorCode, WriteType
from helenus.wire.errors import ProtocolError
from helenus.wire.failures import CodedFailure, Failure
from helenus.wire.notation import Address, inet_address, int32, short, string
from helenus.wire.reader import Reader

__all__ = ["CasWriteUnknown", "ReadFailure", "ReadTimeout", "Reasons", "Unavailable", "WriteFailure", "WriteTimeout"]

Reasons = tuple[tuple[Address, int], ...]
"""Which replica failed with which code (v5)."""


@dataclass(frozen=True, slots=True)
class Unavailable(CodedFailure):
    """Too few replicas are alive.

    Args:
        consistency: how many were asked for.
        required: how many these are.
        alive: how many there are.
    """

    error: ClassVar[ErrorCode] = ErrorCode.UNAVAILABLE
    consistency: Consistency
    required: int
    alive: int

    @classmethod
    def parse(cls, reader: Reader, _version: int) -> Unavailable:
        """Take text, level and counts."""
        return cls(reader.string(), reader.consistency(), reader.int32(), reader.int32())

    def details(self, _version: int) -> bytes:
        """Return level and counts."""
        return short(self.consistency) + int32(self.required) + int32(self.alive)


@dataclass(frozen=True, slots=True)
class _Counted(CodedFailure):
    """An error that counts answers.

    Args:
        consistency: how many were asked for.
        received: how many came.
        required: how many were needed.
    """

    consistency: Consistency
    received: int
    required: int

    @property
    def as_timeout(self) -> str:
        """The text of the timeout that older versions are told of."""
        return f"Operation timed out - received only {self.received} responses."

    def counts(self) -> bytes:
        """Return level and counts."""
        return short(self.consistency) + int32(self.received) + int32(self.required)


@dataclass(frozen=True, slots=True)
class WriteTimeout(_Counted):
    """Replicas did not answer a write in time.

    Args:
        write_type: what kind of write it was.
        contentions: how often another Paxos round was in the way (v5, CAS).
    """

    error: ClassVar[ErrorCode] = ErrorCode.WRITE_TIMEOUT
    write_type: WriteType = WriteType.SIMPLE
    contentions: int = 0

    @classmethod
    def parse(cls, reader: Reader, version: int) -> WriteTimeout:
        """Take text, level, counts and kind of write."""
        counts = reader.string(), reader.consistency(), reader.int32(), reader.int32()
        kind = _write_type(reader)
        return cls(*counts, kind, reader.short() if version >= 5 and kind is WriteType.CAS else 0)

    def details(self, version: int) -> bytes:
        """Return level, counts and kind of write."""
        contended = version >= 5 and self.write_type is WriteType.CAS
        return self.counts() + string(self.write_type) + (short(self.contentions) if contended else b"")


@dataclass(frozen=True, slots=True)
class ReadTimeout(_Counted):
    """Replicas did not answer a read in time.

    Args:
        data_present: whether the replica that was asked for data has answered.
    """

    error: ClassVar[ErrorCode] = ErrorCode.READ_TIMEOUT
    data_present: bool = False

    @classmethod
    def parse(cls, reader: Reader, _version: int) -> ReadTimeout:
        """Take text, level, counts and whether there was data."""
        return cls(reader.string(), reader.consistency(), reader.int32(), reader.int32(), reader.byte() != 0)

    def details(self, _version: int) -> bytes:
        """Return level, counts and whether there was data."""
        return self.counts() + bytes((self.data_present,))


@dataclass(frozen=True, slots=True)
class _Failed(_Counted):
    """Replicas failed.

    Args:
        failures: how many; in v5 it is the number of reasons.
        reasons: which of them with which code (v5).
    """

    failures: int = 0
    reasons: Reasons = ()

    def reasons_for(self, version: int) -> bytes:
        """Return the reasons, or up to v4 how many replicas failed.

        Args:
            version: the protocol version.
        """
        if version < 5:
            return int32(self.failures)
        pairs = [inet_address(address) + short(code) for address, code in self.reasons]
        return int32(len(pairs)) + b"".join(pairs)


def _read_reasons(reader: Reader, version: int) -> tuple[int, Reasons]:
    count = reader.int32()
    if version < 5:
        return count, ()
    if count * 7 > reader.remaining:
        raise ProtocolError(f"Not enough bytes to read {count} reasons of failure")
    reasons = tuple([(reader.inet_address(), reader.short()) for _ in range(count)])
    return len(reasons), reasons


@dataclass(frozen=True, slots=True)
class ReadFailure(_Failed):
    """Replicas failed to read.

    Args:
        data_present: whether the replica that was asked for data has answered.
    """

    error: ClassVar[ErrorCode] = ErrorCode.READ_FAILURE
    data_present: bool = False

    @classmethod
    def parse(cls, reader: Reader, version: int) -> ReadFailure:
        """Take text, level, counts, reasons and whether there was data."""
        counts = reader.string(), reader.consistency(), reader.int32(), reader.int32()
        return cls(*counts, *_read_reasons(reader, version), reader.byte() != 0)

    def details(self, version: int) -> bytes:
        """Return level, counts, reasons and whether there was data."""
        return self.counts() + self.reasons_for(version) + bytes((self.data_present,))

    def known_to(self, version: int) -> Failure:
        """Return a timeout for v3."""
        if version >= 4:
            return self
        return ReadTimeout(self.as_timeout, self.consistency, self.received, self.required, self.data_present)


@dataclass(frozen=True, slots=True)
class WriteFailure(_Failed):
    """Replicas failed to write.

    Args:
        write_type: what kind of write it was.
    """

    error: ClassVar[ErrorCode] = ErrorCode.WRITE_FAILURE
    write_type: WriteType = WriteType.SIMPLE

    @classmethod
    def parse(cls, reader: Reader, version: int) -> WriteFailure:
        """Take text, level, counts, reasons and kind of write."""
        counts = reader.string(), reader.consistency(), reader.int32(), reader.int32()
        return cls(*counts, *_read_reasons(reader, version), _write_type(reader))

    def details(self, version: int) -> bytes:
        """Return level, counts, reasons and kind of write."""
        return self.counts() + self.reasons_for(version) + string(self.write_type)

    def known_to(self, version: int) -> Failure:
        """Return a timeout for v3."""
        if version >= 4:
            return self
        return WriteTimeout(self.as_timeout, self.consistency, self.received, self.required, self.write_type)


@dataclass(frozen=True, slots=True)
class CasWriteUnknown(_Counted):
    """A conditional write may have been applied or not (v5)."""

    error: ClassVar[ErrorCode] = ErrorCode.CAS_WRITE_UNKNOWN

    @classmethod
    def parse(cls, reader: Reader, _version: int) -> CasWriteUnknown:
        """Take text, level and counts."""
        return cls(reader.string(), reader.consistency(), reader.int32(), reader.int32())

    def details(self, _version: int) -> bytes:
        """Return level and counts."""
        return self.counts()

    def known_to(self, version: int) -> Failure:
        """Return a timeout up to v4."""
        if version >= 5:
            return self
        return WriteTimeout(self.as_timeout, self.consistency, self.received, self.required, WriteType.CAS)


def _write_type(reader: Reader) -> WriteType:
    name = reader.string()
    try:
        return WriteType(name)
    except ValueError:
        raise ProtocolError(f"Invalid value '{name}' for WriteType") from None
