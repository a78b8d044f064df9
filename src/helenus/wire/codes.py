"""The numbers of the native protocol and their names: versions, opcodes, flags, consistency levels, error codes.

Sections 2 and 9 of the protocol specification (``native_protocol_v5.spec``). This module must not know how anything is
laid out in bytes.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag, StrEnum

__all__ = [
    "BATCHES",
    "BETA_VERSION",
    "CONSISTENCIES",
    "CURRENT_VERSION",
    "MAX_FRAME_SIZE",
    "OPCODES",
    "REQUESTS",
    "VERSIONS",
    "VERSION_NAMES",
    "BatchKind",
    "ChangeType",
    "Consistency",
    "ErrorCode",
    "EventType",
    "HeaderFlag",
    "MetadataFlag",
    "Opcode",
    "QueryFlag",
    "ResultKind",
    "SchemaTarget",
    "WriteType",
]

VERSION_NAMES = {3: "3/v3", 4: "4/v4", 5: "5/v5", 6: "6/v6-beta"}
"""Protocol versions by number, as Apache Cassandra 5.0 names them."""

VERSIONS = frozenset(VERSION_NAMES)
CURRENT_VERSION = 5
"""The version of answers to what came in no version that is known."""

BETA_VERSION = 6
"""Spoken only with clients that set USE_BETA; in Cassandra 5.0 its bytes are those of v5."""

MAX_FRAME_SIZE = 16 * 1024 * 1024
"""``native_transport_max_frame_size`` of Cassandra 5.0, in bytes."""


class Opcode(IntEnum):
    """What a frame carries."""

    ERROR = 0x00
    STARTUP = 0x01
    READY = 0x02
    AUTHENTICATE = 0x03
    CREDENTIALS = 0x04
    OPTIONS = 0x05
    SUPPORTED = 0x06
    QUERY = 0x07
    RESULT = 0x08
    PREPARE = 0x09
    EXECUTE = 0x0A
    REGISTER = 0x0B
    EVENT = 0x0C
    BATCH = 0x0D
    AUTH_CHALLENGE = 0x0E
    AUTH_RESPONSE = 0x0F
    AUTH_SUCCESS = 0x10


REQUESTS = frozenset(
    {
        Opcode.STARTUP,
        Opcode.CREDENTIALS,
        Opcode.OPTIONS,
        Opcode.QUERY,
        Opcode.PREPARE,
        Opcode.EXECUTE,
        Opcode.REGISTER,
        Opcode.BATCH,
        Opcode.AUTH_RESPONSE,
    }
)
"""The opcodes that clients send; servers send the others."""


class HeaderFlag(IntFlag):
    """Flags of a frame's header."""

    COMPRESSED = 0x01
    TRACING = 0x02
    CUSTOM_PAYLOAD = 0x04
    WARNING = 0x08
    USE_BETA = 0x10


class QueryFlag(IntFlag):
    """Flags of the parameters of QUERY, EXECUTE and BATCH: one byte up to v4, four since v5."""

    VALUES = 0x01
    SKIP_METADATA = 0x02
    PAGE_SIZE = 0x04
    PAGING_STATE = 0x08
    SERIAL_CONSISTENCY = 0x10
    TIMESTAMP = 0x20
    NAMES = 0x40
    KEYSPACE = 0x80
    NOW_IN_SECONDS = 0x100


class MetadataFlag(IntFlag):
    """Flags of the metadata of RESULT."""

    GLOBAL_TABLES_SPEC = 0x01
    HAS_MORE_PAGES = 0x02
    NO_METADATA = 0x04
    METADATA_CHANGED = 0x08


class ResultKind(IntEnum):
    """Which of its five bodies a RESULT has."""

    VOID = 1
    ROWS = 2
    SET_KEYSPACE = 3
    PREPARED = 4
    SCHEMA_CHANGE = 5


class BatchKind(IntEnum):
    """How a BATCH is applied."""

    LOGGED = 0
    UNLOGGED = 1
    COUNTER = 2


class Consistency(IntEnum):
    """How many replicas must answer."""

    ANY = 0x00
    ONE = 0x01
    TWO = 0x02
    THREE = 0x03
    QUORUM = 0x04
    ALL = 0x05
    LOCAL_QUORUM = 0x06
    EACH_QUORUM = 0x07
    SERIAL = 0x08
    LOCAL_SERIAL = 0x09
    LOCAL_ONE = 0x0A
    NODE_LOCAL = 0x0B


class ErrorCode(IntEnum):
    """Why a request failed."""

    SERVER_ERROR = 0x0000
    PROTOCOL_ERROR = 0x000A
    BAD_CREDENTIALS = 0x0100
    UNAVAILABLE = 0x1000
    OVERLOADED = 0x1001
    IS_BOOTSTRAPPING = 0x1002
    TRUNCATE_ERROR = 0x1003
    WRITE_TIMEOUT = 0x1100
    READ_TIMEOUT = 0x1200
    READ_FAILURE = 0x1300
    FUNCTION_FAILURE = 0x1400
    WRITE_FAILURE = 0x1500
    CDC_WRITE_FAILURE = 0x1600
    CAS_WRITE_UNKNOWN = 0x1700
    SYNTAX_ERROR = 0x2000
    UNAUTHORIZED = 0x2100
    INVALID = 0x2200
    CONFIG_ERROR = 0x2300
    ALREADY_EXISTS = 0x2400
    UNPREPARED = 0x2500


class WriteType(StrEnum):
    """What kind of write timed out or failed."""

    SIMPLE = "SIMPLE"
    BATCH = "BATCH"
    UNLOGGED_BATCH = "UNLOGGED_BATCH"
    COUNTER = "COUNTER"
    BATCH_LOG = "BATCH_LOG"
    CAS = "CAS"
    VIEW = "VIEW"
    CDC = "CDC"


class EventType(StrEnum):
    """What a client can REGISTER for."""

    TOPOLOGY_CHANGE = "TOPOLOGY_CHANGE"
    STATUS_CHANGE = "STATUS_CHANGE"
    SCHEMA_CHANGE = "SCHEMA_CHANGE"


class ChangeType(StrEnum):
    """What became of a part of the schema."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    DROPPED = "DROPPED"


class SchemaTarget(StrEnum):
    """Which part of the schema changed; indexes and views are reported as tables."""

    KEYSPACE = "KEYSPACE"
    TABLE = "TABLE"
    TYPE = "TYPE"
    FUNCTION = "FUNCTION"
    AGGREGATE = "AGGREGATE"


# Looking a number up in a dict costs a quarter of asking the enumeration, and a frame asks several times.
OPCODES = {int(opcode): opcode for opcode in Opcode}
CONSISTENCIES = {int(level): level for level in Consistency}
BATCHES = {int(kind): kind for kind in BatchKind}
