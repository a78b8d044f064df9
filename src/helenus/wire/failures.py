"""ERROR: why a request failed; the codes that are no replica's fault.

Section 8 of ``native_protocol_v5.spec``. Older versions are told the nearest thing that they know, as Cassandra does.
This module must not know what went wrong.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from helenus.wire.codes import ErrorCode, Opcode
from helenus.wire.notation import int32, short_bytes, string, string_list
from helenus.wire.reader import Reader
from helenus.wire.responses import ResponseMessage

__all__ = ["AlreadyExists", "CodedFailure", "Error", "Failure", "FunctionFailure", "Unprepared", "clip"]

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


@dataclass(frozen=True, slots=True)
class Failure(ResponseMessage):
    """An ERROR of some code.

    Args:
        text: what happened, for people.
    """

    opcode: ClassVar[Opcode] = Opcode.ERROR
    text: str

    @property
    @abstractmethod
    def code(self) -> int:
        """Say what happened; an ``ErrorCode`` if it is one."""

    def details(self, _version: int, /) -> bytes:
        """Return what comes behind code and text.

        Args:
            _version: the protocol version.
        """
        return b""

    def known_to(self, _version: int, /) -> Failure:
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
    """

    error_code: int

    @property
    def code(self) -> int:
        """Return the code."""
        return self.error_code

    @classmethod
    def parse(cls, reader: Reader, _version: int) -> Error:
        """Take code and text."""
        code = reader.int32()
        return cls(reader.string(), code)


@dataclass(frozen=True, slots=True)
class CodedFailure(Failure):
    """An error of a class that has one code; its ``parse`` begins behind it."""

    error: ClassVar[ErrorCode]

    @property
    def code(self) -> int:
        """Return the code of the class."""
        return self.error


@dataclass(frozen=True, slots=True)
class FunctionFailure(CodedFailure):
    """A user-defined function failed.

    Args:
        keyspace: where the function is.
        function: its name.
        argument_types: its arguments, as CQL text.
    """

    error: ClassVar[ErrorCode] = ErrorCode.FUNCTION_FAILURE
    keyspace: str
    function: str
    argument_types: tuple[str, ...] = ()

    @classmethod
    def parse(cls, reader: Reader, _version: int) -> FunctionFailure:
        """Take text and function."""
        return cls(reader.string(), reader.string(), reader.string(), reader.string_list())

    def details(self, _version: int) -> bytes:
        """Return the function."""
        return string(self.keyspace) + string(self.function) + string_list(self.argument_types)

    def known_to(self, version: int) -> Failure:
        """Return an invalid request for v3."""
        return self if version >= 4 else Error(f"ERROR FUNCTION_FAILURE: {self.text}", ErrorCode.INVALID)


@dataclass(frozen=True, slots=True)
class AlreadyExists(CodedFailure):
    """What should be created is there.

    Args:
        keyspace: it, or where it is.
        table: it; empty for a keyspace.
    """

    error: ClassVar[ErrorCode] = ErrorCode.ALREADY_EXISTS
    keyspace: str
    table: str = ""

    @classmethod
    def parse(cls, reader: Reader, _version: int) -> AlreadyExists:
        """Take text and names."""
        return cls(reader.string(), reader.string(), reader.string())

    def details(self, _version: int) -> bytes:
        """Return the names."""
        return string(self.keyspace) + string(self.table)


@dataclass(frozen=True, slots=True)
class Unprepared(CodedFailure):
    """EXECUTE or BATCH names a statement that was not prepared here.

    Args:
        statement_id: what it calls it.
    """

    error: ClassVar[ErrorCode] = ErrorCode.UNPREPARED
    statement_id: bytes

    @classmethod
    def parse(cls, reader: Reader, _version: int) -> Unprepared:
        """Take text and id."""
        return cls(reader.string(), reader.short_bytes())

    def details(self, _version: int) -> bytes:
        """Return the id."""
        return short_bytes(self.statement_id)
