"""What can be wrong with bytes: ``ProtocolError`` for frames and messages, ``MarshalError`` for the bytes of a value.

This module must not know who made the bytes, nor what is done about the error.
"""

from __future__ import annotations

from helenus.errors import HelenusError
from helenus.wire.codes import ErrorCode

__all__ = ["MarshalError", "ProtocolError"]


class ProtocolError(HelenusError):
    """Bytes do not follow the native protocol, or a message cannot be written in it.

    Args:
        message: what was expected and found, in Cassandra's words where it has any.
        code: the error code to answer with.
        stream: the stream to answer on; None if the bytes name none.
        version: the protocol version to answer in; None for the connection's own.
        fatal: nothing that follows can be understood, so that the connection must be closed.
    """

    def __init__(
        self,
        message: str,
        *,
        code: ErrorCode = ErrorCode.PROTOCOL_ERROR,
        stream: int | None = None,
        version: int | None = None,
        fatal: bool = False,
    ) -> None:
        """Keep what an answer needs beside the message."""
        super().__init__(message)
        self.message = message
        self.code = code
        self.stream = stream
        self.version = version
        self.fatal = fatal


class MarshalError(HelenusError):
    """Bytes are no value of a CQL type, or a Python value has no bytes in it; Cassandra's ``MarshalException``.

    When bytes are to blame, the text is the one that Cassandra answers with, as error 0x2200.
    """
