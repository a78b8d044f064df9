"""The client's side of one connection, without a socket: for tests, fault injection and tools.

It logs in nobody and keeps no streams: who uses it answers AUTHENTICATE and chooses stream ids. This module must not
know what a response means, but for those that end the handshake.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from helenus.wire.codes import MAX_FRAME_SIZE, Opcode
from helenus.wire.compression import compressor
from helenus.wire.framing import FrameReader, FrameWriter
from helenus.wire.messages import Payload, Request, Response
from helenus.wire.requests import RequestMessage, Startup

__all__ = ["ClientProtocol"]

_ACCEPTED = frozenset({Opcode.READY, Opcode.AUTHENTICATE})


class _Phase(Enum):
    """What the next bytes look like."""

    BARE = "frames as they are, until STARTUP"
    STARTING = "the answer to STARTUP, bare in v5 and perhaps compressed up to v4"
    STARTED = "what STARTUP has chosen"


class ClientProtocol:
    """One connection, seen from the client.

    Args:
        version: the protocol version, 3 to 6.
        compression: the algorithm to ask for, if any.
        max_frame_size: the largest response, in bytes.

    Raises:
        ProtocolError: the algorithm is not available here.
    """

    def __init__(
        self, version: int = 5, *, compression: str | None = None, max_frame_size: int = MAX_FRAME_SIZE
    ) -> None:
        """Begin as a new connection."""
        self.version = version
        self._compression = compression
        self._compressor = None if compression is None else compressor(compression)
        self._reader = FrameReader(responses=True, max_size=max_frame_size)
        self._writer = FrameWriter()
        self._events: list[Response] = []
        self._phase = _Phase.BARE

    def start(self, stream: int = 0, options: Mapping[str, str] | None = None) -> None:
        """Send STARTUP; send nothing more before it is answered.

        Args:
            stream: where the answer will come.
            options: further options, DRIVER_NAME for one.
        """
        chosen = {"CQL_VERSION": "3.0.0", **(options or {})}
        if self._compression is not None:
            chosen["COMPRESSION"] = self._compression
        self.send(stream, Startup(chosen))
        self._phase = _Phase.STARTING
        if self.version < 5:
            self._reader.compress(self._compressor)

    def send(
        self, stream: int, message: RequestMessage, *, tracing: bool = False, payload: Payload | None = None
    ) -> None:
        """Send a request.

        Args:
            stream: where the answer will come; one that no request is waiting on.
            message: the request.
            tracing: whether it is to be traced.
            payload: a custom payload, if any (v4).

        Raises:
            ProtocolError: the message cannot be written in the connection's version.
        """
        self._writer.write(Request(stream, message, self.version, tracing, payload).frame())

    def data_to_send(self) -> bytes:
        """Return what the socket must send; it is handed out once."""
        return self._writer.take()

    def receive_data(self, data: bytes | bytearray | memoryview) -> None:
        """Take what the socket has received.

        Args:
            data: any number of bytes.

        Raises:
            ProtocolError: they are not what a server sends; what came before stays in ``events_received``.
        """
        self._reader.receive(data)
        while (frame := self._reader.read()) is not None:
            self._events.append(Response.parse(frame))
            if self._phase is _Phase.STARTING:
                self._started(accepted=frame.opcode in _ACCEPTED)

    def _started(self, *, accepted: bool) -> None:
        if not accepted:
            self._phase = _Phase.BARE
            self._reader.compress(None)
            return
        self._phase = _Phase.STARTED
        if self.version >= 5:
            self._reader.use_segments(self._compressor)
            self._writer.use_segments(self._compressor)
        else:
            self._writer.compress(self._compressor)

    def events_received(self) -> list[Response]:
        """Return the responses that have come since the last call."""
        events, self._events = self._events, []
        return events

    def __str__(self) -> str:
        """Return one line for a log."""
        return f"client v{self.version} {self._phase.name}, {self._reader.buffered} B buffered"
