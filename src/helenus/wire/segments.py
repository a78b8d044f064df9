"""Segments of v5: what frames travel in once the handshake is over, with checksums over header and payload.

Section 2.2 of ``native_protocol_v5.spec``. A header's CRC-24 has no implementation in C in the standard library, but a
header has few bits, and a connection uses few of them: they are kept in a dict. This module must not know frames.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from functools import lru_cache

from helenus.wire.compression import Compressor
from helenus.wire.errors import ProtocolError

__all__ = ["MAX_PAYLOAD", "SegmentReader", "SegmentWriter", "crc24", "crc32"]

MAX_PAYLOAD = (1 << 17) - 1
"""The largest payload, in bytes."""

_CRC24_START = 0x875060
_CRC24_POLYNOMIAL = 0x1974F0B
_CRC24_SIZE = 3
_CRC32_SIZE = 4
_CRC32_START = zlib.crc32(b"\xfa\x2d\x55\xca")
_PLAIN_HEADER = 3
_COMPRESSED_HEADER = 5
_LENGTH_BITS = 17


@lru_cache(maxsize=4096)
def crc24(data: bytes) -> int:
    """Return the CRC-24 of a segment's header.

    Args:
        data: three or five bytes.
    """
    crc = _CRC24_START
    for byte in data:
        crc ^= byte << 16
        for _ in range(8):
            crc <<= 1
            if crc & 0x1000000:
                crc ^= _CRC24_POLYNOMIAL
    return crc


def crc32(data: bytes) -> int:
    """Return the CRC-32 of a segment's payload, which begins with four bytes that are not sent.

    Args:
        data: the payload as it is sent.
    """
    return zlib.crc32(data, _CRC32_START)


class SegmentWriter:
    """Puts frames into segments, as many as fit into one, or one into as many as it needs.

    Args:
        compressor: what to compress payloads with, if anything.
    """

    def __init__(self, compressor: Compressor | None = None) -> None:
        """Keep the compressor."""
        self._compressor = compressor

    def pack(self, frames: Iterable[bytes]) -> bytes:
        """Return the segments that carry frames, in their order.

        Args:
            frames: the bytes of each.
        """
        segments: list[bytes] = []
        waiting: list[bytes] = []
        size = 0
        for frame in frames:
            if size + len(frame) > MAX_PAYLOAD and waiting:
                segments.append(self._segment(b"".join(waiting), whole=True))
                waiting, size = [], 0
            if len(frame) > MAX_PAYLOAD:
                segments += [
                    self._segment(frame[at : at + MAX_PAYLOAD], whole=False) for at in range(0, len(frame), MAX_PAYLOAD)
                ]
            else:
                waiting.append(frame)
                size += len(frame)
        if waiting:
            segments.append(self._segment(b"".join(waiting), whole=True))
        return b"".join(segments)

    def _segment(self, payload: bytes, *, whole: bool) -> bytes:
        if self._compressor is None:
            return _sealed(len(payload) | whole << _LENGTH_BITS, _PLAIN_HEADER, payload)
        length = len(payload)
        compressed = self._compressor.compress_block(payload)
        if len(compressed) < length:
            payload = compressed
        else:
            length = 0  # says that the payload is not compressed
        fields = len(payload) | length << _LENGTH_BITS | whole << 2 * _LENGTH_BITS
        return _sealed(fields, _COMPRESSED_HEADER, payload)


def _sealed(fields: int, size: int, payload: bytes) -> bytes:
    header = fields.to_bytes(size, "little")
    checks = crc24(header).to_bytes(_CRC24_SIZE, "little"), crc32(payload).to_bytes(_CRC32_SIZE, "little")
    return b"".join((header, checks[0], payload, checks[1]))


class SegmentReader:
    """Takes segments from a stream of bytes.

    Args:
        compressor: what the client chose to compress payloads with, if anything.
    """

    def __init__(self, compressor: Compressor | None = None) -> None:
        """Choose the form of the header."""
        self._compressor = compressor
        self._header = _PLAIN_HEADER if compressor is None else _COMPRESSED_HEADER

    def read(self, data: bytes | bytearray, at: int) -> tuple[bytes, bool, int] | None:
        """Return a payload, whether it holds whole frames, and the offset behind the segment; None if it is not there.

        Args:
            data: what has been received.
            at: the offset where the segment begins.

        Raises:
            ProtocolError: a checksum does not fit, or the payload cannot be decompressed; what follows is lost too.
        """
        start = at + self._header + _CRC24_SIZE
        if len(data) < start:
            return None
        header = bytes(data[at : at + self._header])
        sent, computed = int.from_bytes(data[at + self._header : start], "little"), crc24(header)
        if sent != computed:
            raise _mismatch("header", sent, computed)
        fields = int.from_bytes(header, "little")
        end = start + (fields & MAX_PAYLOAD)
        if len(data) < end + _CRC32_SIZE:
            return None
        payload = bytes(data[start:end])
        sent, computed = int.from_bytes(data[end : end + _CRC32_SIZE], "little"), crc32(payload)
        if sent != computed:
            raise _mismatch("body", sent, computed)
        payload, whole = self._open(payload, fields >> _LENGTH_BITS)
        return payload, whole, end + _CRC32_SIZE

    def _open(self, payload: bytes, fields: int) -> tuple[bytes, bool]:
        if self._compressor is None:
            return payload, bool(fields & 1)
        length = fields & MAX_PAYLOAD
        if length:
            try:
                payload = self._compressor.decompress_block(payload, length)
            except ProtocolError as error:
                error.fatal = True
                raise
        return payload, bool(fields >> _LENGTH_BITS & 1)


def _mismatch(part: str, sent: int, computed: int) -> ProtocolError:
    return ProtocolError(
        f"Unrecoverable CRC mismatch detected in frame {part}. Read {sent}, Computed {computed}", fatal=True
    )
