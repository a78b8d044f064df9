"""Frames: nine bytes of header and a body, as v3 and v4 send them bare and v5 within segments.

This module must not know what bodies mean, nor how frames are cut out of a stream.
"""

from __future__ import annotations

import struct
from struct import Struct
from typing import NamedTuple

from helenus.wire.codes import OPCODES, HeaderFlag
from helenus.wire.errors import ProtocolError

__all__ = ["HEADER", "RESPONSE_BIT", "Frame"]

HEADER = Struct(">BBhBi")
"""Version and direction, flags, stream, opcode, length of the body."""

_OLD_HEADER = Struct(">BBbBi")
"""The header of v1 and v2, in which they are told that they are not spoken."""

RESPONSE_BIT = 0x80
"""Set in the first byte of what a server sends."""


class Frame(NamedTuple):
    """One frame, its body not compressed.

    Args:
        version: the protocol version, without direction.
        response: whether a server sent it.
        flags: ``HeaderFlag`` bits.
        stream: which request it belongs to; -1 for events.
        opcode: an ``Opcode``, or a number that is none.
        body: what the opcode says.
    """

    version: int
    response: bool
    flags: int
    stream: int
    opcode: int
    body: bytes

    def serialize(self) -> bytes:
        """Return the bytes of the frame.

        Raises:
            ProtocolError: the stream or the length of the body does not fit into the header.
        """
        first = self.version | RESPONSE_BIT if self.response else self.version
        form = _OLD_HEADER if self.version < 3 else HEADER
        try:
            return form.pack(first, self.flags, self.stream, self.opcode, len(self.body)) + self.body
        except struct.error as error:
            raise ProtocolError(f"A frame does not fit its header: {self}: {error}") from error

    def __str__(self) -> str:
        """Return one line for a log; it shows nothing of the body."""
        opcode = OPCODES.get(self.opcode)
        name = f"opcode 0x{self.opcode:02x}" if opcode is None else opcode.name
        flags = [flag.name.lower() for flag in HeaderFlag if self.flags & flag and flag.name]
        marks = f" [{', '.join(flags)}]" if flags else ""
        arrow = "<" if self.response else ">"
        return f"{arrow} v{self.version} stream {self.stream} {name} {len(self.body)} B{marks}"
