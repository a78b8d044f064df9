"""What every message is: an opcode and a body that depends on the protocol version.

This module must not know any message.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Self

from helenus.wire.codes import Opcode
from helenus.wire.reader import Reader

__all__ = ["EmptyMessage", "Message"]


class Message(ABC):
    """One request or response, without what its frame says about it."""

    __slots__ = ()

    opcode: ClassVar[Opcode]

    @classmethod
    @abstractmethod
    def parse(cls, reader: Reader, version: int, /) -> Message:
        """Take a message from a body; what a client may append to it is not looked at.

        Args:
            reader: where the body begins, behind tracing id, warnings and payload.
            version: the protocol version, 3 to 6.

        Raises:
            ProtocolError: the body is not one of this message.
        """

    @abstractmethod
    def body(self, version: int, /) -> bytes:
        """Return the body, without tracing id, warnings and payload.

        Args:
            version: the protocol version, 3 to 6.

        Raises:
            ProtocolError: the message has something that the version, or its notation, has no place for.
        """


class EmptyMessage(Message):
    """A message that says it all by its opcode."""

    __slots__ = ()

    @classmethod
    def parse(cls, _reader: Reader, _version: int) -> Self:
        """Take nothing."""
        return cls()

    def body(self, _version: int) -> bytes:
        """Return nothing."""
        return b""

    def __str__(self) -> str:
        """Return the opcode."""
        return self.opcode.name
