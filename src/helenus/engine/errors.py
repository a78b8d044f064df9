"""What the engine answers when it cannot do what a statement asks: Cassandra's words, and the protocol's codes.

This module must not know how an error travels.
"""

from __future__ import annotations

from typing import ClassVar

from helenus.errors import HelenusError

__all__ = [
    "AlreadyExists",
    "ConfigurationError",
    "InvalidPagingState",
    "InvalidRequest",
    "RequestError",
    "StorageError",
    "Unauthorized",
    "Unprepared",
]


class RequestError(HelenusError):
    """A statement that the engine refuses.

    Args:
        message: in Cassandra's words.

    Attributes:
        code: the native protocol's error code.
    """

    code: ClassVar[int] = 0x0000

    def __init__(self, message: str) -> None:
        """Keep the message by name."""
        super().__init__(message)
        self.message = message


class InvalidRequest(RequestError):
    """The statement is well-formed, and wrong."""

    code = 0x2200


class InvalidPagingState(RequestError):
    """A paging state is none that the engine has made."""

    code = 0x000A


class Unauthorized(RequestError):
    """The statement is not for this user."""

    code = 0x2100


class ConfigurationError(RequestError):
    """A schema statement has options that cannot be."""

    code = 0x2300


class AlreadyExists(RequestError):
    """A keyspace or table of that name is there.

    Args:
        keyspace: the keyspace.
        table: the table; empty if it is about the keyspace.
    """

    code = 0x2400

    def __init__(self, keyspace: str, table: str = "") -> None:
        """Say it in Cassandra's words."""
        said = f"Table '{keyspace}.{table}' already exists" if table else f"Keyspace '{keyspace}' already exists"
        super().__init__(said)
        self.keyspace = keyspace
        self.table = table


class Unprepared(RequestError):
    """A prepared statement is asked for that is not known.

    Args:
        identity: its id.
    """

    code = 0x2500

    def __init__(self, identity: bytes) -> None:
        """Keep the id, which the answer carries."""
        super().__init__(f"Prepared query with ID {identity.hex()} not found")
        self.identity = identity


class StorageError(HelenusError):
    """The data directory cannot be used: it is damaged, too new, or another process has it."""
