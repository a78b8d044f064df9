"""Messages out of frames and into them: which class an opcode, a kind, a type or a code stands for.

What a frame says about its message besides (tracing, warnings, payload) is here as well. This module must not know in
which order messages may come.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple
from uuid import UUID

from helenus.wire import failures, replica_failures, requests, responses, results
from helenus.wire.codes import BETA_VERSION, HeaderFlag, Opcode
from helenus.wire.errors import ProtocolError
from helenus.wire.failures import Error, clip
from helenus.wire.frames import Frame
from helenus.wire.message import Message
from helenus.wire.notation import bytes_map, string_list
from helenus.wire.reader import Reader

__all__ = ["Payload", "Request", "Response", "parse_message"]

Payload = Mapping[str, bytes | None]
"""A custom payload: what two ends have agreed on (v4)."""

_TRACING = int(HeaderFlag.TRACING)
_CUSTOM_PAYLOAD = int(HeaderFlag.CUSTOM_PAYLOAD)
_WARNING = int(HeaderFlag.WARNING)
_USE_BETA = int(HeaderFlag.USE_BETA)

_Parse = Callable[[Reader, int], Message]

_RESULTS: Mapping[int, _Parse] = {
    result.kind: result.parse
    for result in (results.Void, results.Rows, results.SetKeyspace, results.Prepared, results.SchemaChanged)
}
_EVENTS: Mapping[str, _Parse] = {
    event.type: event.parse for event in (responses.TopologyEvent, responses.StatusEvent, responses.SchemaEvent)
}
_FAILURES: Mapping[int, _Parse] = {
    failure.error: failure.parse
    for failure in (
        failures.AlreadyExists,
        failures.FunctionFailure,
        failures.Unprepared,
        replica_failures.CasWriteUnknown,
        replica_failures.ReadFailure,
        replica_failures.ReadTimeout,
        replica_failures.Unavailable,
        replica_failures.WriteFailure,
        replica_failures.WriteTimeout,
    )
}


def _parse_result(reader: Reader, version: int) -> Message:
    kind = reader.int32()
    parse = _RESULTS.get(kind)
    if parse is None:
        raise ProtocolError(f"Unknown kind {kind} of RESULT")
    return parse(reader, version)


def _parse_event(reader: Reader, version: int) -> Message:
    name = reader.string()
    parse = _EVENTS.get(name)
    if parse is None:
        raise ProtocolError(f"Invalid value '{name}' for Type")
    return parse(reader, version)


def _parse_failure(reader: Reader, version: int) -> Message:
    code = reader.int32()
    parse = _FAILURES.get(code)
    return Error(reader.string(), code) if parse is None else parse(reader, version)


_PLAIN: Mapping[int, _Parse] = {
    message.opcode: message.parse
    for message in (
        requests.AuthResponse,
        requests.Batch,
        requests.Execute,
        requests.Options,
        requests.Prepare,
        requests.Query,
        requests.Register,
        requests.Startup,
        responses.AuthChallenge,
        responses.AuthSuccess,
        responses.Authenticate,
        responses.Ready,
        responses.Supported,
    )
}
_PARSERS: Mapping[int, _Parse] = {
    **_PLAIN,
    Opcode.ERROR: _parse_failure,
    Opcode.EVENT: _parse_event,
    Opcode.RESULT: _parse_result,
}


def parse_message(opcode: int, reader: Reader, version: int) -> Message:
    """Take the message of an opcode from a body.

    Args:
        opcode: what the frame's header says.
        reader: where the message begins, behind tracing id, warnings and payload.
        version: the protocol version, 3 to 6.

    Raises:
        ProtocolError: the body is not one of that opcode, or the opcode is CREDENTIALS, which v1 had.
    """
    parse = _PARSERS.get(opcode)
    if parse is None:
        raise ProtocolError("Unsupported message")
    return parse(reader, version)


def _read_payload(frame: Frame, reader: Reader) -> Payload | None:
    if not frame.flags & _CUSTOM_PAYLOAD:
        return None
    if frame.version < 4:
        raise ProtocolError("Received frame with CUSTOM_PAYLOAD flag for native protocol version < 4")
    return reader.bytes_map()


def _write_payload(payload: Payload, version: int) -> bytes:
    if version < 4:
        raise ProtocolError("Must not send frame with CUSTOM_PAYLOAD flag for native protocol version < 4")
    return bytes_map(payload)


class Request(NamedTuple):
    """What a client asks, with what its frame says about it.

    Args:
        stream: where the answer must go.
        message: what is asked.
        version: the protocol version.
        tracing: whether the request is to be traced.
        payload: a custom payload, if any.
    """

    stream: int
    message: Message
    version: int
    tracing: bool = False
    payload: Payload | None = None

    @classmethod
    def parse(cls, frame: Frame) -> Request:
        """Take a request from a frame.

        Args:
            frame: one that a client has sent.

        Raises:
            ProtocolError: its body is not one of its opcode.
        """
        reader = Reader(frame.body)
        payload = _read_payload(frame, reader)
        message = parse_message(frame.opcode, reader, frame.version)
        return cls(frame.stream, message, frame.version, frame.flags & _TRACING != 0, payload)

    def frame(self) -> Frame:
        """Return the frame that carries the request.

        Raises:
            ProtocolError: the version has no place for something in it.
        """
        flags = _TRACING * self.tracing | _USE_BETA * (self.version == BETA_VERSION)
        body = self.message.body(self.version)
        if self.payload is not None:
            flags |= _CUSTOM_PAYLOAD
            body = _write_payload(self.payload, self.version) + body
        return Frame(self.version, False, flags, self.stream, self.message.opcode, body)

    def __str__(self) -> str:
        """Return one line for a log, without values."""
        return f"> v{self.version} stream {self.stream} {self.message}{' [tracing]' if self.tracing else ''}"


class Response(NamedTuple):
    """What a server answers, with what its frame says about it.

    Args:
        stream: where the request came from; -1 for events.
        message: the answer.
        version: the protocol version.
        tracing_id: the session in which the request was traced, if it was.
        warnings: for people (v4; dropped in v3).
        payload: a custom payload, if any.
    """

    stream: int
    message: Message
    version: int
    tracing_id: UUID | None = None
    warnings: tuple[str, ...] = ()
    payload: Payload | None = None

    @classmethod
    def parse(cls, frame: Frame) -> Response:
        """Take a response from a frame.

        Args:
            frame: one that a server has sent.

        Raises:
            ProtocolError: its body is not one of its opcode.
        """
        reader = Reader(frame.body)
        tracing_id = reader.uuid() if frame.flags & _TRACING else None
        warnings = reader.string_list() if frame.flags & _WARNING else ()
        payload = _read_payload(frame, reader)
        message = parse_message(frame.opcode, reader, frame.version)
        return cls(frame.stream, message, frame.version, tracing_id, warnings, payload)

    def frame(self) -> Frame:
        """Return the frame that carries the response.

        Raises:
            ProtocolError: the version has no place for something in it.
        """
        version = self.version
        flags = _USE_BETA if version == BETA_VERSION else 0
        body = self.message.body(version)
        if self.payload is not None:
            flags |= _CUSTOM_PAYLOAD
            body = _write_payload(self.payload, version) + body
        if self.warnings and version >= 4:
            flags |= _WARNING
            body = string_list([clip(warning) for warning in self.warnings]) + body
        if self.tracing_id is not None:
            flags |= _TRACING
            body = self.tracing_id.bytes + body
        return Frame(version, True, flags, self.stream, self.message.opcode, body)

    def __str__(self) -> str:
        """Return one line for a log, without values."""
        marks = [f"trace {self.tracing_id}"] if self.tracing_id else []
        marks += [f"warning {warning!r}" for warning in self.warnings]
        noted = f" [{', '.join(marks)}]" if marks else ""
        return f"< v{self.version} stream {self.stream} {self.message}{noted}"
