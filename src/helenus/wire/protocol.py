"""The server's side of one connection, without a socket: bytes in, requests out; responses in, bytes out.

``receive_data`` -> ``events_received`` -> (a handler) -> ``send`` -> ``data_to_send``. The order of messages, the
choice of a version and of compression, and the change to segments in v5 are decided here and nowhere else. This module
must not know what a request asks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import Enum
from uuid import UUID

from helenus.wire.codes import CURRENT_VERSION, MAX_FRAME_SIZE, OPCODES, VERSION_NAMES, Opcode
from helenus.wire.compression import Compressor, available, compressor
from helenus.wire.errors import ProtocolError
from helenus.wire.failures import Error, Failure
from helenus.wire.frames import Frame
from helenus.wire.framing import FrameReader, FrameWriter
from helenus.wire.messages import Payload, Request, Response
from helenus.wire.requests import Startup
from helenus.wire.responses import Authenticate, AuthSuccess, Event, Ready, ResponseMessage, Supported

__all__ = ["CQL_VERSION", "EVENT_STREAM", "ServerProtocol", "State"]

CQL_VERSION = "3.4.7"
"""The CQL of Cassandra 5.0."""

EVENT_STREAM = -1

_CQL_VERSION_FORM = re.compile(r"(\d{1,9})\.\d+(?:\.\d+.*)?", re.ASCII)
_HELLO = frozenset({Opcode.STARTUP, Opcode.OPTIONS})


class State(Enum):
    """How far a connection has come."""

    NEW = "expects STARTUP or OPTIONS"
    STARTING = "has handed out STARTUP and waits for what to answer"
    AUTHENTICATING = "expects AUTH_RESPONSE"
    READY = "expects anything but another STARTUP"
    CLOSED = "reads nothing any more"


class ServerProtocol:
    """One connection, seen from the server.

    It answers by itself what breaks the protocol, in Cassandra's words; all else it hands out. If an error leaves
    nothing to be understood, it is ``CLOSED``: the socket must be closed once ``data_to_send`` is on its way. Only one
    thread may use it at a time.

    Args:
        max_frame_size: the largest request, in bytes.
    """

    def __init__(self, *, max_frame_size: int = MAX_FRAME_SIZE) -> None:
        """Begin as a new connection."""
        self._max_frame_size = max_frame_size
        self._reader = FrameReader(responses=False, max_size=max_frame_size)
        self._writer = FrameWriter()
        self._events: list[Request] = []
        self._state = State.NEW
        self._version: int | None = None
        self._seen = CURRENT_VERSION
        self._startup_stream = 0
        self._compressor: Compressor | None = None

    @property
    def state(self) -> State:
        """How far the connection has come."""
        return self._state

    @property
    def version(self) -> int | None:
        """The protocol version, once STARTUP has chosen it."""
        return self._version

    @property
    def compression(self) -> str | None:
        """The name of the compression that STARTUP has chosen, if any."""
        return None if self._compressor is None else self._compressor.name

    def receive_data(self, data: bytes | bytearray | memoryview) -> None:
        """Take what the socket has received.

        Args:
            data: any number of bytes; the end of the stream is ``receive_eof``.
        """
        if self._state is State.CLOSED:
            return
        self._reader.receive(data)
        self._advance()
        if self._state is State.STARTING and self._reader.buffered > self._max_frame_size:
            self._refuse(ProtocolError("Too much was sent before the answer to STARTUP", fatal=True))

    def receive_eof(self) -> None:
        """Take notice that the client has closed the connection; what waits to be read or sent is dropped."""
        self._state = State.CLOSED
        self._reader = FrameReader(responses=False)
        self._writer = FrameWriter()

    def events_received(self) -> list[Request]:
        """Return the requests that have come since the last call; ask again after ``send`` has answered STARTUP."""
        events, self._events = self._events, []
        return events

    def data_to_send(self) -> bytes:
        """Return what the socket must send; it is handed out once."""
        return self._writer.take()

    def send(
        self,
        stream: int,
        message: ResponseMessage,
        *,
        tracing_id: UUID | None = None,
        warnings: Iterable[str] = (),
        payload: Payload | None = None,
    ) -> None:
        """Answer a request; answers may come in any order.

        Args:
            stream: the request's.
            message: the answer.
            tracing_id: the session in which the request was traced, if it was.
            warnings: for people.
            payload: a custom payload, if any (v4).

        Raises:
            ProtocolError: the message cannot be written in the connection's version; nothing is sent.
        """
        frame = Response(stream, message, self._version or self._seen, tracing_id, tuple(warnings), payload).frame()
        starting = self._state is State.STARTING and stream == self._startup_stream
        if starting and not isinstance(message, Event):
            self._answer_startup(frame, message)
            return
        if self._state is State.AUTHENTICATING and isinstance(message, AuthSuccess):
            self._state = State.READY
        self._writer.write(frame)

    def send_event(self, event: Event) -> None:
        """Tell the client of an event; whether it has registered is the caller's business.

        Args:
            event: what happened.

        Raises:
            ProtocolError: it cannot be written in the connection's version.
        """
        self.send(EVENT_STREAM, event)

    @staticmethod
    def supported() -> Supported:
        """Return the answer to OPTIONS."""
        return Supported(
            {
                "PROTOCOL_VERSIONS": tuple(VERSION_NAMES.values()),
                "COMPRESSION": available(),
                "CQL_VERSION": (CQL_VERSION,),
            }
        )

    def _advance(self) -> None:
        """Read as far as there are frames; not beyond STARTUP, whose answer decides how the next bytes are read."""
        while self._state is not State.STARTING and self._state is not State.CLOSED:
            frame: Frame | None = None
            try:
                frame = self._reader.read()
                if frame is None:
                    return
                self._accept(frame)
            except ProtocolError as error:
                self._refuse(error, frame)

    def _accept(self, frame: Frame) -> None:
        self._seen = frame.version
        if self._version is None and frame.opcode not in _HELLO:
            raise _unexpected(frame.opcode, "expecting STARTUP or OPTIONS")
        if self._version is not None and frame.version != self._version:
            raise _other_version(frame.version, self._version)
        request = Request.parse(frame)
        if self._state is State.AUTHENTICATING and frame.opcode != Opcode.AUTH_RESPONSE:
            raise _unexpected(frame.opcode, "expecting SASL_RESPONSE")
        if isinstance(request.message, Startup):
            if self._version is not None:
                raise _unexpected(frame.opcode, "the connection is already initialized")
            self._start(request, request.message)
        self._events.append(request)

    def _start(self, request: Request, startup: Startup) -> None:
        try:
            _check_cql_version(startup.options)
            self._compressor = _chosen_compressor(startup.options, request.version)
        except ProtocolError as error:
            error.stream = request.stream
            raise
        self._state = State.STARTING
        self._startup_stream = request.stream

    def _answer_startup(self, frame: Frame, message: ResponseMessage) -> None:
        if not isinstance(message, Ready | Authenticate):
            self._state = State.NEW
            self._compressor = None
            self._writer.write(frame)
        elif frame.version >= 5:
            self._writer.write(frame)
            self._writer.use_segments(self._compressor)
            self._reader.use_segments(self._compressor)
            self._begin(frame, message)
        else:
            # Up to v4 the answer itself is compressed already.
            self._writer.compress(self._compressor)
            self._reader.compress(self._compressor)
            self._writer.write(frame)
            self._begin(frame, message)
        self._advance()

    def _begin(self, frame: Frame, message: ResponseMessage) -> None:
        self._version = frame.version
        self._state = State.READY if isinstance(message, Ready) else State.AUTHENTICATING

    def _refuse(self, error: ProtocolError, frame: Frame | None = None) -> None:
        """Answer what breaks the protocol: on its stream, but before STARTUP on stream 0, as Cassandra does."""
        stream = error.stream
        if stream is None:
            stream = frame.stream if frame is not None and self._version is not None else 0
        version = error.version or self._version or (CURRENT_VERSION if frame is None else frame.version)
        answer: Failure = Error(error.message, error.code)
        self._writer.write(Response(stream, answer, version).frame())
        if error.fatal:
            self._state = State.CLOSED
            self._reader = FrameReader(responses=False)

    def __str__(self) -> str:
        """Return one line for a log."""
        version = "no version" if self._version is None else f"v{self._version}"
        return f"server {version} {self._state.name}, {self._reader.buffered} B buffered"


def _unexpected(opcode: int, why: str) -> ProtocolError:
    return ProtocolError(f"Unexpected message {OPCODES[opcode].name}, {why}")


def _other_version(version: int, agreed: int) -> ProtocolError:
    # Cassandra 5.0 has forgotten a blank in v5.
    previous = "previousmessages" if agreed >= 5 else "previous messages"
    return ProtocolError(
        f"Invalid message version. Got {VERSION_NAMES[version]} but {previous}"
        f" on this connection had version {VERSION_NAMES[agreed]}"
    )


def _check_cql_version(options: Mapping[str, str]) -> None:
    wanted = options.get("CQL_VERSION")
    if wanted is None:
        raise ProtocolError("Missing value CQL_VERSION in STARTUP message")
    found = _CQL_VERSION_FORM.fullmatch(wanted)
    if found is None:
        raise ProtocolError(f"Invalid version value: {wanted}")
    if int(found[1]) < 3:
        raise ProtocolError(
            f"CQL version {wanted} is not supported by the binary protocol (supported version are >= 3.0.0)"
        )


def _chosen_compressor(options: Mapping[str, str], version: int) -> Compressor | None:
    name = options.get("COMPRESSION")
    if name is None:
        return None
    if name.lower() == "snappy" and version >= 5:
        raise ProtocolError("Snappy compression is not supported in protocol V5")
    return compressor(name)
