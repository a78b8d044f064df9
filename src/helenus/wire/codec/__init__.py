"""CQL values as bytes: one small class for each type, ``codec_of`` for any type, and the cells of containers."""

from __future__ import annotations

from helenus.wire.codec.base import Codec
from helenus.wire.codec.cells import (
    Cell,
    pack_cells,
    pack_elements,
    pack_pairs,
    unpack_cells,
    unpack_elements,
    unpack_pairs,
)
from helenus.wire.codec.registry import codec_of, decode, encode, validate
from helenus.wire.codec.temporal import Duration

__all__ = [
    "Cell",
    "Codec",
    "Duration",
    "codec_of",
    "decode",
    "encode",
    "pack_cells",
    "pack_elements",
    "pack_pairs",
    "unpack_cells",
    "unpack_elements",
    "unpack_pairs",
    "validate",
]
