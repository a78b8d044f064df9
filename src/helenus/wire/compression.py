"""Compression of frame bodies (v3, v4) and segments (v5): LZ4 if the package ``lz4`` is installed.

A declared length is checked against what the compressed bytes can possibly hold before memory is taken for it. Snappy
is not offered: v5 has none, and every driver that speaks it speaks LZ4 too. This module must not know frames.
"""

from __future__ import annotations

import importlib
import importlib.util
from functools import lru_cache
from struct import Struct
from typing import Protocol, cast

from helenus.wire.codes import MAX_FRAME_SIZE
from helenus.wire.errors import ProtocolError

__all__ = ["LZ4", "Compressor", "available", "compressor"]

_LENGTH = Struct(">I")
_SPECIFIED = {"lz4": "LZ4", "snappy": "Snappy"}
_MAX_RATIO = 255
"""LZ4 writes at most 255 bytes for each byte that it reads."""


class Compressor(Protocol):
    """Compresses blocks whose length is told elsewhere, and bodies that begin with it."""

    name: str

    def compress_block(self, data: bytes) -> bytes:
        """Return the compressed block."""

    def decompress_block(self, data: bytes, length: int) -> bytes:
        """Return the block, which must have a length."""

    def compress_body(self, data: bytes) -> bytes:
        """Return the compressed body of a frame."""

    def decompress_body(self, data: bytes, limit: int) -> bytes:
        """Return the body of a frame, up to a limit."""


class _Block(Protocol):
    """What is used of the module ``lz4.block``, which carries no types."""

    LZ4BlockError: type[Exception]

    def compress(self, source: bytes, *, store_size: bool) -> bytes: ...

    def decompress(self, source: bytes, *, uncompressed_size: int) -> bytes: ...


class LZ4:
    """LZ4 blocks, with the package ``lz4``."""

    name = "lz4"

    def __init__(self) -> None:
        """Load the package."""
        self._block = cast(_Block, importlib.import_module("lz4.block"))

    def compress_block(self, data: bytes) -> bytes:
        """Return the compressed block.

        Args:
            data: what to compress.
        """
        return self._block.compress(data, store_size=False)

    def decompress_block(self, data: bytes, length: int) -> bytes:
        """Return the block.

        Args:
            data: the compressed block.
            length: how long it must become.

        Raises:
            ProtocolError: it is damaged, or has another length.
        """
        if length > _MAX_RATIO * len(data):
            raise ProtocolError(f"An LZ4 block of {len(data)} bytes cannot hold {length} bytes")
        try:
            block = self._block.decompress(data, uncompressed_size=length)
        except (self._block.LZ4BlockError, ValueError, OverflowError) as error:
            raise ProtocolError(f"Damaged LZ4 block: {error}") from error
        if len(block) != length:
            raise ProtocolError(f"An LZ4 block holds {len(block)} bytes where {length} were declared")
        return block

    def compress_body(self, data: bytes) -> bytes:
        """Return the compressed body, behind its length.

        Args:
            data: the body.
        """
        return _LENGTH.pack(len(data)) + self.compress_block(data)

    def decompress_body(self, data: bytes, limit: int = MAX_FRAME_SIZE) -> bytes:
        """Return the body.

        Args:
            data: its length and the compressed block.
            limit: the largest length to believe.

        Raises:
            ProtocolError: it is damaged, or longer than that.
        """
        if len(data) < _LENGTH.size:
            raise ProtocolError("Not enough bytes to read the length of a compressed body")
        (length,) = _LENGTH.unpack_from(data)
        if length > limit:
            raise ProtocolError(f"A compressed body of {length} bytes exceeds maximum allowed length {limit}.")
        return self.decompress_block(data[_LENGTH.size :], length)


@lru_cache(maxsize=1)
def available() -> tuple[str, ...]:
    """Name the algorithms that can be used here, the best first."""
    return ("lz4",) if importlib.util.find_spec("lz4") is not None else ()


def compressor(name: str) -> Compressor:
    """Return the compressor that STARTUP asks for.

    Args:
        name: of the algorithm, in any case.

    Raises:
        ProtocolError: there is none of that name here.
    """
    folded = name.lower()
    if folded in available():
        return _load(folded)
    if folded in _SPECIFIED:
        raise ProtocolError(f"This instance does not support {_SPECIFIED[folded]} compression")
    raise ProtocolError(f"Unknown compression algorithm: {name}")


@lru_cache(maxsize=1)
def _load(_name: str) -> Compressor:
    return LZ4()
