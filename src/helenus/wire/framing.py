"""Frames out of a stream of bytes and into one: bare in v3 and v4 and during a handshake, in segments after that in v5.

What is declared is never believed: a frame that is too long is refused when its header is there, and its body thrown
away as it comes. This module must not know messages, nor the order in which they may come.
"""

from __future__ import annotations

from typing import NamedTuple

from helenus.wire.codes import (
    BETA_VERSION,
    MAX_FRAME_SIZE,
    OPCODES,
    REQUESTS,
    VERSION_NAMES,
    VERSIONS,
    ErrorCode,
    HeaderFlag,
)
from helenus.wire.compression import Compressor
from helenus.wire.errors import ProtocolError
from helenus.wire.frames import HEADER, RESPONSE_BIT, Frame
from helenus.wire.segments import SegmentReader, SegmentWriter

__all__ = ["FrameReader", "FrameWriter"]

_VERSION_MASK = 0x7F
_COMPRESSED = int(HeaderFlag.COMPRESSED)
_USE_BETA = int(HeaderFlag.USE_BETA)
_REQUESTS = frozenset(map(int, REQUESTS))  # IntEnum's own hash is slow


class _Header(NamedTuple):
    """A frame's header as it stands there; ``size`` counts header and body."""

    first: int
    flags: int
    stream: int
    opcode: int
    size: int


def _header(data: bytes | bytearray, at: int) -> _Header | None:
    """Return the header that begins at an offset; None if it is not all there."""
    if len(data) - at < HEADER.size:
        return None
    first, flags, stream, opcode, length = HEADER.unpack_from(data, at)
    if length < 0:
        raise ProtocolError(f"Invalid value for envelope header body length field: {length}", stream=stream, fatal=True)
    return _Header(first, flags, stream, opcode, HEADER.size + length)


class FrameReader:
    """Cuts frames out of what is received.

    Args:
        responses: whether it reads what servers send; else what clients send.
        max_size: the largest frame, in bytes.
    """

    def __init__(self, *, responses: bool, max_size: int = MAX_FRAME_SIZE) -> None:
        """Begin with bare frames, not compressed."""
        self._responses = responses
        self._max_size = max_size
        self._raw = bytearray()
        self._at = 0
        self._compressor: Compressor | None = None
        self._segments: SegmentReader | None = None
        self._whole = b""
        self._whole_at = 0
        self._part = bytearray()
        self._skip = 0

    def compress(self, compressor: Compressor | None) -> None:
        """Expect compressed bodies in bare frames (v3, v4).

        Args:
            compressor: what STARTUP chose, if anything.
        """
        self._compressor = compressor

    def use_segments(self, compressor: Compressor | None) -> None:
        """Expect segments from here on (v5).

        Args:
            compressor: what STARTUP chose, if anything.
        """
        self._segments = SegmentReader(compressor)

    def receive(self, data: bytes | bytearray | memoryview) -> None:
        """Take what came from the other side.

        Args:
            data: any number of bytes.
        """
        if self._at:
            del self._raw[: self._at]
            self._at = 0
        self._raw += data

    @property
    def buffered(self) -> int:
        """How many bytes are held that make no frame yet."""
        return len(self._raw) - self._at + len(self._part) + len(self._whole) - self._whole_at

    def read(self) -> Frame | None:
        """Return the next frame; None if it is not there yet.

        Raises:
            ProtocolError: what is there is none. Unless the error is fatal, it is skipped, and reading may go on.
        """
        return self._read_bare() if self._segments is None else self._read_segments(self._segments)

    def _read_bare(self) -> Frame | None:
        raw = self._raw
        if self._skip:
            self._skip_raw()
        if len(raw) == self._at:
            self._release()
            return None
        # Before the header is complete: versions 1 and 2 have a shorter one.
        if raw[self._at] & _VERSION_MASK not in VERSIONS:
            first = raw[self._at]
            self._release()
            raise _unsupported(first & _VERSION_MASK)
        header = _header(raw, self._at)
        if header is None:
            return None
        size = header.size
        if size > self._max_size:
            self._skip = size
            self._skip_raw()
            raise ProtocolError(
                f"Request is too big: length {size} exceeds maximum allowed length {self._max_size}.",
                code=ErrorCode.INVALID,
                stream=header.stream,
            )
        if len(raw) - self._at < size:
            return None
        start, self._at = self._at, self._at + size
        return self._open(self._frame(header, bytes(raw[start + HEADER.size : start + size])))

    def _release(self) -> None:
        # An idle connection must not hold the memory of the largest request that it ever had.
        self._raw.clear()
        self._at = 0

    def _skip_raw(self) -> None:
        skipped = min(self._skip, len(self._raw) - self._at)
        self._at += skipped
        self._skip -= skipped

    def _read_segments(self, segments: SegmentReader) -> Frame | None:
        while True:
            if self._whole_at < len(self._whole):
                return self._read_whole()
            self._whole, self._whole_at = b"", 0
            taken = segments.read(self._raw, self._at)
            if taken is None:
                if len(self._raw) == self._at:
                    self._release()
                return None
            payload, whole, self._at = taken
            if not whole:
                self._part += payload
                frame = self._read_part()
                if frame is not None:
                    return frame
            elif self._part or self._skip:
                raise ProtocolError("A self-contained segment came within a frame that is split", fatal=True)
            else:
                self._whole, self._whole_at = payload, 0

    def _read_whole(self) -> Frame:
        data, at = self._whole, self._whole_at
        header = _header(data, at)
        if header is None or header.size > len(data) - at:
            raise ProtocolError("A self-contained segment ends within a frame", fatal=True)
        self._whole_at += header.size
        return self._frame(header, data[at + HEADER.size : at + header.size])

    def _read_part(self) -> Frame | None:
        part = self._part
        if self._skip:
            self._skip_part()
            return None
        header = _header(part, 0)
        if header is None or len(part) < header.size <= self._max_size:
            return None
        if header.size > self._max_size:
            self._skip = header.size
            self._skip_part()
            body = header.size - HEADER.size
            raise ProtocolError(
                f"CQL Message of size {body} bytes exceeds allowed maximum of {self._max_size} bytes",
                code=ErrorCode.INVALID,
                stream=header.stream,
            )
        if len(part) > header.size:
            raise ProtocolError("A segment has bytes behind the frame that is split over it", fatal=True)
        body_bytes = bytes(part[HEADER.size :])
        part.clear()
        return self._frame(header, body_bytes)

    def _skip_part(self) -> None:
        if len(self._part) > self._skip:
            raise ProtocolError("A segment has bytes behind the frame that is split over it", fatal=True)
        self._skip -= len(self._part)
        self._part.clear()

    def _frame(self, header: _Header, body: bytes) -> Frame:
        first, flags, stream, opcode, _ = header
        version = first & _VERSION_MASK
        if version not in VERSIONS:
            raise _unsupported(version, stream)
        if version == BETA_VERSION and not flags & _USE_BETA:
            raise ProtocolError(
                f"Beta version of the protocol used ({VERSION_NAMES[version]}), but USE_BETA flag is unset",
                version=version,
            )
        response = first >= RESPONSE_BIT
        if response is not self._responses or (opcode in _REQUESTS) is response or opcode not in OPCODES:
            raise self._misdirected(stream, opcode, response=response)
        return Frame(version, response, flags, stream, opcode, body)

    def _misdirected(self, stream: int, opcode: int, *, response: bool) -> ProtocolError:
        if opcode not in OPCODES:
            return ProtocolError(f"Unknown opcode {opcode}", stream=stream)
        expected = self._responses if response is not self._responses else opcode not in REQUESTS
        return ProtocolError(
            f"Wrong protocol direction (expected {_DIRECTIONS[expected]}, got {_DIRECTIONS[response]})"
            f" for opcode {opcode} ({OPCODES[opcode].name})",
            stream=stream,
        )

    def _open(self, frame: Frame) -> Frame:
        if not frame.flags & _COMPRESSED or self._compressor is None:
            return frame
        try:
            body = self._compressor.decompress_body(frame.body, self._max_size)
        except ProtocolError as error:
            error.stream = frame.stream
            raise
        return frame._replace(flags=frame.flags & ~_COMPRESSED, body=body)


_DIRECTIONS = {False: "REQUEST", True: "RESPONSE"}


def _unsupported(version: int, stream: int | None = None) -> ProtocolError:
    spoken = ", ".join(VERSION_NAMES.values())
    return ProtocolError(
        f"Invalid or unsupported protocol version ({version}); supported versions are ({spoken})",
        stream=stream,
        version=version if version in {1, 2} else None,
    )


class FrameWriter:
    """Turns frames into what is sent."""

    def __init__(self) -> None:
        """Begin with bare frames, not compressed."""
        self._compressor: Compressor | None = None
        self._segments: SegmentWriter | None = None
        self._ready: list[bytes] = []
        self._waiting: list[bytes] = []

    def compress(self, compressor: Compressor | None) -> None:
        """Compress the bodies of bare frames from here on (v3, v4).

        Args:
            compressor: what STARTUP chose, if anything.
        """
        self._compressor = compressor

    def use_segments(self, compressor: Compressor | None) -> None:
        """Write segments from here on (v5).

        Args:
            compressor: what STARTUP chose, if anything.
        """
        self._segments = SegmentWriter(compressor)

    def write(self, frame: Frame) -> None:
        """Add a frame to what is to be sent.

        Args:
            frame: the frame; its body is not compressed.

        Raises:
            ProtocolError: it does not fit its header.
        """
        if self._segments is not None:
            self._waiting.append(frame.serialize())
            return
        if self._compressor is not None:
            body = self._compressor.compress_body(frame.body)
            frame = frame._replace(flags=frame.flags | _COMPRESSED, body=body)
        self._ready.append(frame.serialize())

    def take(self) -> bytes:
        """Return all that is to be sent, frames that came together in as few segments as hold them."""
        if self._segments is not None and self._waiting:
            self._ready.append(self._segments.pack(self._waiting))
            self._waiting = []
        data = b"".join(self._ready)
        self._ready = []
        return data
