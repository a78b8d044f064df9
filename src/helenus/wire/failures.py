"""ERROR: why a request failed, one class for each code that has a body of its own.

Section 8 of ``native_protocol_v5.spec``. Older versions are told the nearest thing that they know, as Cassandra does.
This module must not know what went wrong.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from helenus.wire.codes import Consistency, ErrorCode, Opcode, WriteType
from helenus.wire.errors import ProtocolError
from helenus.wire.notation import (
    Address,
    Reader,
    inet_address,
    int32,
    short,
    short_bytes,
    string,
    string_list,
)
from helenus.wire.responses import ResponseMessage

__all__ = [
    "AlreadyExists",
    "CasWriteUnknown",
    "Error",
    "Failure",
    "FunctionFailure",
    "ReadFailure",
    "ReadTimeout",
    "Reasons",
    "Unavailable",
    "Unprepared",
    "WriteFailure",
    "WriteTimeout",
    "clip",
    "parse_error",
]

Reasons = tuple[tuple[Address, int], ...]
"""Which replica failed with which code (v5)."""

_MAX_TEXT = 0xFFFF
_TRUNCATED = " [truncated]"


def clip(text: str) -> str:
    """Return as much of a text as a [string] can carry; what has no UTF-8 becomes a question mark.

    Args:
        text: a message, which may quote a statement of any length.
    """
    data = text.encode(errors="replace")
    if len(data) > _MAX_TEXT:
        return data[: _MAX_TEXT - len(_TRUNCATED)].decode(errors="ignore") + _TRUNCATED
    return data.decode()


class Failure(ResponseMessage):
    """An ERROR of some code.

    Attributes:
        text: what happened, for people.
        code: what happened, for programs.
    """

    __slots__ = ()

    opcode: ClassVar[Opcode] = Opcode.ERROR
    text: str

    @property
    @abstractmethod
    def code(self) -> int:
        """Say what happened; an ``ErrorCode`` if it is one."""

    @classmethod
    @abstractmethod
    def parse_details(cls, reader: Reader, version: int, text: str) -> Failure:
        """Take what comes behind code and text.

        Args:
            reader: where it begins.
            version: the protocol version.
            text: the text.

        Raises:
            ProtocolError: it is cut short.
        """

    @classmethod
    def parse(cls, reader: Reader, version: int) -> Failure:
        """Take an error of any code."""
        return parse_error(reader, version)

    def details(self, _version: int) -> bytes:
        """Return what comes behind code and text.

        Args:
            _version: the protocol version.
        """
        return b""

    def known_to(self, _version: int) -> Failure:
        """Return the error as a protocol version can tell it.

        Args:
            _version: the protocol version.
        """
        return self

    def body(self, version: int) -> bytes:
        """Return code, text and what comes behind them."""
        told = self.known_to(version)
        return int32(told.code) + string(clip(told.text)) + told.details(version)

    def __str__(self) -> str:
        """Return code and text."""
        return f"ERROR 0x{self.code:04x} {self.text}"


@dataclass(frozen=True, slots=True)
class Error(Failure):
    """An error that has only a text: all codes but those of the other classes.

    Args:
        error_code: an ``ErrorCode``, or what a server made up.
        text: what happened.
    """

    error_code: int
    text: str

    @property
    def code(self) -> int:
        """Return the code."""
        return self.error_code

    @classmethod
    def parse_details(cls, _reader: Reader, _version: int, text: str) -> Error:
        """Take nothing; the code is a server error's."""
        return cls(ErrorCode.SERVER_ERROR, text)


class _Coded(Failure):
    """An error of a class that has one code."""

    __slots__ = ()

    error: ClassVar[ErrorCode]

    @property
    def code(self) -> int:
        """Return the code of the class."""
        return self.error


@dataclass(frozen=True, slots=True)
class Unavailable(_Coded):
    """Too few replicas are alive.

    Args:
        text: what happened.
        consistency: how many were asked for.
        required: how many these are.
        alive: how many there are.
    """

    error: ClassVar[ErrorCode] = ErrorCode.UNAVAILABLE
    text: str
    consistency: Consistency
    required: int
    alive: int

    @classmethod
    def parse_details(cls, reader: Reader, _version: int, text: str) -> Unavailable:
        """Take level and counts."""
        return cls(text, reader.consistency(), reader.int32(), reader.int32())

    def details(self, _version: int) -> bytes:
        """Return level and counts."""
        return short(self.consistency) + int32(self.required) + int32(self.alive)


@dataclass(frozen=True, slots=True)
class _Counted(_Coded):
    """An error that counts answers.

    Args:
        text: what happened.
        consistency: how many were asked for.
        received: how many came.
        required: how many were needed.
    """

    text: str
    consistency: Consistency
    received: int
    required: int

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
    def parse_details(cls, reader: Reader, version: int, text: str) -> WriteTimeout:
        """Take level, counts and kind of write."""
        counts = reader.consistency(), reader.int32(), reader.int32()
        kind = _write_type(reader)
        return cls(text, *counts, kind, reader.short() if version >= 5 and kind is WriteType.CAS else 0)

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
    def parse_details(cls, reader: Reader, _version: int, text: str) -> ReadTimeout:
        """Take level, counts and whether there was data."""
        return cls(text, reader.consistency(), reader.int32(), reader.int32(), reader.byte() != 0)

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
    reasons: Reasons = field(default=())

    def reasons_for(self, version: int) -> bytes:
        """Return the reasons, or up to v4 how many replicas failed.

        Args:
            version: the protocol version.
        """
        if version < 5:
            return int32(self.failures)
        pairs = [inet_address(address) + short(code) for address, code in self.reasons]
        return int32(len(pairs)) + b"".join(pairs)

    def as_timeout(self) -> str:
        """Return the text of the timeout that versions without failures are told of."""
        return f"Operation timed out - received only {self.received} responses."


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
    def parse_details(cls, reader: Reader, version: int, text: str) -> ReadFailure:
        """Take level, counts, reasons and whether there was data."""
        counts = reader.consistency(), reader.int32(), reader.int32()
        return cls(text, *counts, *_read_reasons(reader, version), reader.byte() != 0)

    def details(self, version: int) -> bytes:
        """Return level, counts, reasons and whether there was data."""
        return self.counts() + self.reasons_for(version) + bytes((self.data_present,))

    def known_to(self, version: int) -> Failure:
        """Return a timeout for v3."""
        if version >= 4:
            return self
        return ReadTimeout(self.as_timeout(), self.consistency, self.received, self.required, self.data_present)


@dataclass(frozen=True, slots=True)
class WriteFailure(_Failed):
    """Replicas failed to write.

    Args:
        write_type: what kind of write it was.
    """

    error: ClassVar[ErrorCode] = ErrorCode.WRITE_FAILURE
    write_type: WriteType = WriteType.SIMPLE

    @classmethod
    def parse_details(cls, reader: Reader, version: int, text: str) -> WriteFailure:
        """Take level, counts, reasons and kind of write."""
        counts = reader.consistency(), reader.int32(), reader.int32()
        return cls(text, *counts, *_read_reasons(reader, version), _write_type(reader))

    def details(self, version: int) -> bytes:
        """Return level, counts, reasons and kind of write."""
        return self.counts() + self.reasons_for(version) + string(self.write_type)

    def known_to(self, version: int) -> Failure:
        """Return a timeout for v3."""
        if version >= 4:
            return self
        return WriteTimeout(self.as_timeout(), self.consistency, self.received, self.required, self.write_type)


@dataclass(frozen=True, slots=True)
class CasWriteUnknown(_Counted):
    """A conditional write may have been applied or not (v5)."""

    error: ClassVar[ErrorCode] = ErrorCode.CAS_WRITE_UNKNOWN

    @classmethod
    def parse_details(cls, reader: Reader, _version: int, text: str) -> CasWriteUnknown:
        """Take level and counts."""
        return cls(text, reader.consistency(), reader.int32(), reader.int32())

    def details(self, _version: int) -> bytes:
        """Return level and counts."""
        return self.counts()

    def known_to(self, version: int) -> Failure:
        """Return a timeout up to v4."""
        if version >= 5:
            return self
        text = f"Operation timed out - received only {self.received} responses."
        return WriteTimeout(text, self.consistency, self.received, self.required, WriteType.CAS)


@dataclass(frozen=True, slots=True)
class FunctionFailure(_Coded):
    """A user-defined function failed.

    Args:
        text: what happened.
        keyspace: where the function is.
        function: its name.
        argument_types: its arguments, as CQL text.
    """

    error: ClassVar[ErrorCode] = ErrorCode.FUNCTION_FAILURE
    text: str
    keyspace: str
    function: str
    argument_types: tuple[str, ...] = ()

    @classmethod
    def parse_details(cls, reader: Reader, _version: int, text: str) -> FunctionFailure:
        """Take the function."""
        return cls(text, reader.string(), reader.string(), reader.string_list())

    def details(self, _version: int) -> bytes:
        """Return the function."""
        return string(self.keyspace) + string(self.function) + string_list(self.argument_types)

    def known_to(self, version: int) -> Failure:
        """Return an invalid request for v3."""
        return self if version >= 4 else Error(ErrorCode.INVALID, f"ERROR FUNCTION_FAILURE: {self.text}")


@dataclass(frozen=True, slots=True)
class AlreadyExists(_Coded):
    """What should be created is there.

    Args:
        text: what happened.
        keyspace: it, or where it is.
        table: it; empty for a keyspace.
    """

    error: ClassVar[ErrorCode] = ErrorCode.ALREADY_EXISTS
    text: str
    keyspace: str
    table: str = ""

    @classmethod
    def parse_details(cls, reader: Reader, _version: int, text: str) -> AlreadyExists:
        """Take the names."""
        return cls(text, reader.string(), reader.string())

    def details(self, _version: int) -> bytes:
        """Return the names."""
        return string(self.keyspace) + string(self.table)


@dataclass(frozen=True, slots=True)
class Unprepared(_Coded):
    """EXECUTE or BATCH names a statement that was not prepared here.

    Args:
        text: what happened.
        statement_id: what it calls it.
    """

    error: ClassVar[ErrorCode] = ErrorCode.UNPREPARED
    text: str
    statement_id: bytes

    @classmethod
    def parse_details(cls, reader: Reader, _version: int, text: str) -> Unprepared:
        """Take the id."""
        return cls(text, reader.short_bytes())

    def details(self, _version: int) -> bytes:
        """Return the id."""
        return short_bytes(self.statement_id)


def _write_type(reader: Reader) -> WriteType:
    name = reader.string()
    try:
        return WriteType(name)
    except ValueError:
        raise ProtocolError(f"Invalid value '{name}' for WriteType") from None


_CLASSES: Mapping[int, type[Failure]] = {
    failure.error: failure
    for failure in (
        Unavailable,
        WriteTimeout,
        ReadTimeout,
        ReadFailure,
        FunctionFailure,
        WriteFailure,
        CasWriteUnknown,
        AlreadyExists,
        Unprepared,
    )
}


def parse_error(reader: Reader, version: int) -> Failure:
    """Take an ERROR of any code.

    Args:
        reader: where the body begins.
        version: the protocol version.

    Raises:
        ProtocolError: the body is cut short.
    """
    code, text = reader.int32(), reader.string()
    kind = _CLASSES.get(code)
    return Error(code, text) if kind is None else kind.parse_details(reader, version, text)
