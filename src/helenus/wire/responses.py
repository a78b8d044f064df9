"""What servers send besides RESULT and ERROR: READY, AUTHENTICATE, SUPPORTED, the SASL messages and EVENT.

Section 4.2 of ``native_protocol_v5.spec``. This module must not know when which of them is due.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from helenus.wire.codes import EventType, Opcode
from helenus.wire.message import EmptyMessage, Message
from helenus.wire.notation import Address, inet, int_bytes, string, string_multimap
from helenus.wire.reader import Reader
from helenus.wire.schema_change import SchemaChange

__all__ = [
    "AuthChallenge",
    "AuthSuccess",
    "Authenticate",
    "Event",
    "Ready",
    "ResponseMessage",
    "SchemaEvent",
    "StatusEvent",
    "Supported",
    "TopologyEvent",
]


class ResponseMessage(Message):
    """A message from a server."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Ready(EmptyMessage, ResponseMessage):
    """READY: STARTUP or REGISTER was understood."""

    opcode: ClassVar[Opcode] = Opcode.READY


@dataclass(frozen=True, slots=True)
class Authenticate(ResponseMessage):
    """AUTHENTICATE: the client must log in.

    Args:
        authenticator: the Java class that asks for it.
    """

    opcode: ClassVar[Opcode] = Opcode.AUTHENTICATE
    authenticator: str = "org.apache.cassandra.auth.PasswordAuthenticator"

    @classmethod
    def parse(cls, reader: Reader, _version: int) -> Authenticate:
        """Take the class."""
        return cls(reader.string())

    def body(self, _version: int) -> bytes:
        """Return the class."""
        return string(self.authenticator)

    def __str__(self) -> str:
        """Return the class."""
        return f"AUTHENTICATE {self.authenticator}"


@dataclass(frozen=True, slots=True)
class Supported(ResponseMessage):
    """SUPPORTED: what the server can do.

    Args:
        options: PROTOCOL_VERSIONS, COMPRESSION, CQL_VERSION, and their values.
    """

    opcode: ClassVar[Opcode] = Opcode.SUPPORTED
    options: Mapping[str, tuple[str, ...]]

    @classmethod
    def parse(cls, reader: Reader, _version: int) -> Supported:
        """Take the options."""
        return cls(reader.string_multimap())

    def body(self, _version: int) -> bytes:
        """Return the options."""
        return string_multimap(self.options)

    def __str__(self) -> str:
        """Return the options in one line."""
        return " ".join(["SUPPORTED", *[f"{name}={','.join(texts)}" for name, texts in self.options.items()]])


@dataclass(frozen=True, slots=True)
class _Token(ResponseMessage):
    """What SASL wants the server to say.

    Args:
        token: its bytes; None for nothing.
    """

    token: bytes | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, reader: Reader, _version: int) -> _Token:
        """Take the token."""
        return cls(reader.int_bytes())

    def body(self, _version: int) -> bytes:
        """Return the token."""
        return int_bytes(self.token)

    def __str__(self) -> str:
        """Return the opcode alone."""
        return self.opcode.name


@dataclass(frozen=True, slots=True)
class AuthChallenge(_Token):
    """AUTH_CHALLENGE: the login goes on."""

    opcode: ClassVar[Opcode] = Opcode.AUTH_CHALLENGE


@dataclass(frozen=True, slots=True)
class AuthSuccess(_Token):
    """AUTH_SUCCESS: the client is logged in."""

    opcode: ClassVar[Opcode] = Opcode.AUTH_SUCCESS


class Event(ResponseMessage):
    """EVENT: something happened that the client has registered for; its ``parse`` begins behind the type."""

    __slots__ = ()

    opcode: ClassVar[Opcode] = Opcode.EVENT
    type: ClassVar[EventType]


@dataclass(frozen=True, slots=True)
class _NodeEvent(Event):
    """Something happened to a node.

    Args:
        change: what.
        address: where clients reach the node.
        port: at which port.
    """

    change: str
    address: Address
    port: int

    @classmethod
    def parse(cls, reader: Reader, _version: int) -> _NodeEvent:
        """Take change and address."""
        return cls(reader.string(), *reader.inet())

    def body(self, _version: int) -> bytes:
        """Return change and address."""
        return string(self.type) + string(self.change) + inet(self.address, self.port)

    def __str__(self) -> str:
        """Return change and address."""
        return f"EVENT {self.type} {self.change} {self.address}:{self.port}"


@dataclass(frozen=True, slots=True)
class TopologyEvent(_NodeEvent):
    """A node came or went: NEW_NODE, REMOVED_NODE or MOVED_NODE."""

    type: ClassVar[EventType] = EventType.TOPOLOGY_CHANGE


@dataclass(frozen=True, slots=True)
class StatusEvent(_NodeEvent):
    """A node went UP or DOWN."""

    type: ClassVar[EventType] = EventType.STATUS_CHANGE


@dataclass(frozen=True, slots=True)
class SchemaEvent(Event):
    """The schema changed.

    Args:
        change: how.
    """

    type: ClassVar[EventType] = EventType.SCHEMA_CHANGE
    change: SchemaChange

    @classmethod
    def parse(cls, reader: Reader, _version: int) -> SchemaEvent:
        """Take the change."""
        return cls(SchemaChange.parse(reader))

    def body(self, version: int) -> bytes:
        """Return the change."""
        return string(self.type) + self.change.serialize(version)

    def __str__(self) -> str:
        """Return the change."""
        return f"EVENT {self.change}"
