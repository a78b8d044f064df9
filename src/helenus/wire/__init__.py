"""The CQL native protocol, v3 to v5, without I/O: frames, messages, values, and both ends of a connection."""

from __future__ import annotations

from helenus.wire.client import ClientProtocol
from helenus.wire.codec import Codec, Duration, codec_of, decode, encode, validate
from helenus.wire.codes import (
    BatchKind,
    ChangeType,
    Consistency,
    ErrorCode,
    EventType,
    Opcode,
    SchemaTarget,
    WriteType,
)
from helenus.wire.errors import MarshalError, ProtocolError
from helenus.wire.failures import AlreadyExists, Error, Failure, FunctionFailure, Unprepared
from helenus.wire.frames import Frame
from helenus.wire.messages import Request, Response
from helenus.wire.metadata import Columns, ColumnSpec, ResultMetadata
from helenus.wire.notation import UNSET, Unset, Value
from helenus.wire.parameters import QueryParameters
from helenus.wire.protocol import ServerProtocol, State
from helenus.wire.replica_failures import (
    CasWriteUnknown,
    ReadFailure,
    ReadTimeout,
    Unavailable,
    WriteFailure,
    WriteTimeout,
)
from helenus.wire.requests import (
    AuthResponse,
    Batch,
    BatchEntry,
    Execute,
    Options,
    Prepare,
    Query,
    Register,
    RequestMessage,
    Startup,
)
from helenus.wire.responses import (
    AuthChallenge,
    Authenticate,
    AuthSuccess,
    Event,
    Ready,
    ResponseMessage,
    SchemaEvent,
    StatusEvent,
    Supported,
    TopologyEvent,
)
from helenus.wire.results import Prepared, Result, Rows, SchemaChanged, SetKeyspace, Void
from helenus.wire.schema_change import SchemaChange
from helenus.wire.types import Udt, resolve

__all__ = [
    "UNSET",
    "AlreadyExists",
    "AuthChallenge",
    "AuthResponse",
    "AuthSuccess",
    "Authenticate",
    "Batch",
    "BatchEntry",
    "BatchKind",
    "CasWriteUnknown",
    "ChangeType",
    "ClientProtocol",
    "Codec",
    "ColumnSpec",
    "Columns",
    "Consistency",
    "Duration",
    "Error",
    "ErrorCode",
    "Event",
    "EventType",
    "Execute",
    "Failure",
    "Frame",
    "FunctionFailure",
    "MarshalError",
    "Opcode",
    "Options",
    "Prepare",
    "Prepared",
    "ProtocolError",
    "Query",
    "QueryParameters",
    "ReadFailure",
    "ReadTimeout",
    "Ready",
    "Register",
    "Request",
    "RequestMessage",
    "Response",
    "ResponseMessage",
    "Result",
    "ResultMetadata",
    "Rows",
    "SchemaChange",
    "SchemaChanged",
    "SchemaEvent",
    "SchemaTarget",
    "ServerProtocol",
    "SetKeyspace",
    "Startup",
    "State",
    "StatusEvent",
    "Supported",
    "TopologyEvent",
    "Udt",
    "Unavailable",
    "Unprepared",
    "Unset",
    "Value",
    "Void",
    "WriteFailure",
    "WriteTimeout",
    "WriteType",
    "codec_of",
    "decode",
    "encode",
    "resolve",
    "validate",
]
