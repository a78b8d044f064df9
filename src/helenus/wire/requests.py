"""What clients send: one class for each opcode, with ``parse`` and ``body``.

Section 4.1 of ``native_protocol_v5.spec``. This module must not know in which order requests may come. What is bound or
secret is in no ``repr``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

from helenus.wire.codes import BATCHES, BatchKind, EventType, Opcode
from helenus.wire.errors import ProtocolError
from helenus.wire.message import EmptyMessage, Message
from helenus.wire.notation import (
    Value,
    int32,
    int_bytes,
    long_string,
    short,
    short_bytes,
    string,
    string_list,
    string_map,
    values,
)
from helenus.wire.parameters import QueryParameters
from helenus.wire.reader import Reader

__all__ = [
    "AuthResponse",
    "Batch",
    "BatchEntry",
    "Execute",
    "Options",
    "Prepare",
    "Query",
    "Register",
    "RequestMessage",
    "Startup",
]

_WITH_KEYSPACE = 0x01
_TEXT = 0
_PREPARED = 1
_PLAIN = QueryParameters()


class RequestMessage(Message):
    """A message from a client."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Startup(RequestMessage):
    """STARTUP: begins a connection.

    Args:
        options: CQL_VERSION, COMPRESSION, DRIVER_NAME and others; names are in upper case.
    """

    opcode: ClassVar[Opcode] = Opcode.STARTUP
    options: Mapping[str, str]

    @classmethod
    def parse(cls, reader: Reader, _version: int) -> Startup:
        """Take the options, their names in any case."""
        return cls({name.upper(): text for name, text in reader.string_map().items()})

    def body(self, _version: int) -> bytes:
        """Return the options."""
        return string_map(self.options)

    def __str__(self) -> str:
        """Return the options in one line."""
        return " ".join(["STARTUP", *[f"{name}={text}" for name, text in self.options.items()]])


@dataclass(frozen=True, slots=True)
class Options(EmptyMessage, RequestMessage):
    """OPTIONS: asks what the server supports, and whether it is there."""

    opcode: ClassVar[Opcode] = Opcode.OPTIONS


@dataclass(frozen=True, slots=True)
class Query(RequestMessage):
    """QUERY: executes a statement.

    Args:
        text: the CQL.
        parameters: how to execute it.
    """

    opcode: ClassVar[Opcode] = Opcode.QUERY
    text: str
    parameters: QueryParameters = _PLAIN

    @classmethod
    def parse(cls, reader: Reader, version: int) -> Query:
        """Take text and parameters."""
        return cls(reader.long_string(), QueryParameters.parse(reader, version))

    def body(self, version: int) -> bytes:
        """Return text and parameters."""
        return long_string(self.text) + self.parameters.serialize(version)

    def __str__(self) -> str:
        """Return the CQL and the parameters, without values."""
        return f"QUERY {self.text!r} ({self.parameters})"


@dataclass(frozen=True, slots=True)
class Prepare(RequestMessage):
    """PREPARE: asks for a statement's id.

    Args:
        text: the CQL.
        keyspace: for names without one (v5).
    """

    opcode: ClassVar[Opcode] = Opcode.PREPARE
    text: str
    keyspace: str | None = None

    @classmethod
    def parse(cls, reader: Reader, version: int) -> Prepare:
        """Take the text, and the keyspace if there is one."""
        text = reader.long_string()
        flags = reader.flags32() if version >= 5 else 0
        return cls(text, reader.string() if flags & _WITH_KEYSPACE else None)

    def body(self, version: int) -> bytes:
        """Return the text, and the keyspace if there is one."""
        text = long_string(self.text)
        if version < 5:
            if self.keyspace is not None:
                raise ProtocolError(f"The keyspace of PREPARE needs protocol v5, not v{version}")
            return text
        if self.keyspace is None:
            return text + int32(0)
        return text + int32(_WITH_KEYSPACE) + string(self.keyspace)

    def __str__(self) -> str:
        """Return the CQL."""
        within = "" if self.keyspace is None else f" in {self.keyspace}"
        return f"PREPARE {self.text!r}{within}"


@dataclass(frozen=True, slots=True)
class Execute(RequestMessage):
    """EXECUTE: executes a prepared statement.

    Args:
        statement_id: from ``Prepared``.
        parameters: how to execute it.
        result_metadata_id: the columns that the client knows (v5); None up to v4.
    """

    opcode: ClassVar[Opcode] = Opcode.EXECUTE
    statement_id: bytes
    parameters: QueryParameters = _PLAIN
    result_metadata_id: bytes | None = None

    @classmethod
    def parse(cls, reader: Reader, version: int) -> Execute:
        """Take ids and parameters."""
        statement_id = reader.short_bytes()
        result_metadata_id = reader.short_bytes() if version >= 5 else None
        return cls(statement_id, QueryParameters.parse(reader, version), result_metadata_id)

    def body(self, version: int) -> bytes:
        """Return ids and parameters; no metadata id is an empty one in v5."""
        ids = short_bytes(self.statement_id)
        if version >= 5:
            ids += short_bytes(self.result_metadata_id or b"")
        return ids + self.parameters.serialize(version)

    def __str__(self) -> str:
        """Return the id and the parameters, without values."""
        return f"EXECUTE {self.statement_id.hex()} ({self.parameters})"


class BatchEntry(NamedTuple):
    """One statement of a batch.

    Args:
        statement: its CQL, or as bytes the id of a prepared one.
        values: its bound values, by position.
    """

    statement: str | bytes
    values: tuple[Value, ...] = ()

    def __repr__(self) -> str:
        """Return the statement and how many values it has."""
        return f"BatchEntry({self.statement!r}, {len(self.values)} values)"


@dataclass(frozen=True, slots=True)
class Batch(RequestMessage):
    """BATCH: executes several writes.

    Args:
        kind: how they are applied.
        entries: the statements, up to 65,535.
        parameters: consistency, serial consistency, timestamp, and since v5 keyspace and now_in_seconds; the rest is
            without meaning.
    """

    opcode: ClassVar[Opcode] = Opcode.BATCH
    kind: BatchKind
    entries: tuple[BatchEntry, ...]
    parameters: QueryParameters = _PLAIN

    @classmethod
    def parse(cls, reader: Reader, version: int) -> Batch:
        """Take kind, statements and parameters."""
        number = reader.byte()
        kind = BATCHES.get(number)
        if kind is None:
            raise ProtocolError(f"Invalid BATCH message type {number}")
        entries = tuple([_read_entry(reader, version) for _ in range(reader.short())])
        return cls(kind, entries, QueryParameters.parse(reader, version))

    def body(self, version: int) -> bytes:
        """Return kind, statements and parameters."""
        entries = [_write_entry(entry, version) for entry in self.entries]
        head = bytes((self.kind,)) + short(len(entries))
        return b"".join([head, *entries, self.parameters.serialize(version)])

    def __str__(self) -> str:
        """Return kind, number of statements and parameters."""
        return f"BATCH {self.kind.name} {len(self.entries)} statements ({self.parameters})"


def _read_entry(reader: Reader, version: int) -> BatchEntry:
    kind = reader.byte()
    if kind not in {_TEXT, _PREPARED}:
        raise ProtocolError(f"Invalid query kind in BATCH messages. Must be 0 or 1 but got {kind}")
    statement = reader.short_bytes() if kind else reader.long_string()
    return BatchEntry(statement, reader.values(version))


def _write_entry(entry: BatchEntry, version: int) -> bytes:
    if isinstance(entry.statement, str):
        statement = bytes((_TEXT,)) + long_string(entry.statement)
    else:
        statement = bytes((_PREPARED,)) + short_bytes(entry.statement)
    return statement + values(entry.values, version)


@dataclass(frozen=True, slots=True)
class Register(RequestMessage):
    """REGISTER: asks for events.

    Args:
        events: which.
    """

    opcode: ClassVar[Opcode] = Opcode.REGISTER
    events: tuple[EventType, ...]

    @classmethod
    def parse(cls, reader: Reader, _version: int) -> Register:
        """Take the events, their names in any case."""
        return cls(tuple([_event_type(name) for name in reader.string_list()]))

    def body(self, _version: int) -> bytes:
        """Return the events."""
        return string_list(self.events)

    def __str__(self) -> str:
        """Return the events."""
        return " ".join(["REGISTER", *self.events])


def _event_type(name: str) -> EventType:
    try:
        return EventType(name.upper())
    except ValueError:
        raise ProtocolError(f"Invalid value '{name}' for Type") from None


@dataclass(frozen=True, slots=True)
class AuthResponse(RequestMessage):
    """AUTH_RESPONSE: what SASL wants the client to say.

    Args:
        token: for ``PLAIN`` a NUL, the user, a NUL and the password; None for nothing.
    """

    opcode: ClassVar[Opcode] = Opcode.AUTH_RESPONSE
    token: bytes | None = field(repr=False)

    @classmethod
    def parse(cls, reader: Reader, _version: int) -> AuthResponse:
        """Take the token."""
        return cls(reader.int_bytes())

    def body(self, _version: int) -> bytes:
        """Return the token."""
        return int_bytes(self.token)

    def __str__(self) -> str:
        """Return the opcode alone: the token is a password."""
        return "AUTH_RESPONSE"
