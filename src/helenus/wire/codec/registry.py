"""From a CQL type to its codec, and the three verbs: ``encode``, ``decode``, ``validate``.

Values have the same bytes in v3, v4 and v5, so that no verb takes a protocol version; only how a *type* is named
differs (``helenus.wire.options``). This module must not know how any type is laid out.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from helenus.cql.types import CQLType, Custom, List, Map, Native, Set, Tuple, Vector, unfreeze
from helenus.wire.codec import scalars, temporal
from helenus.wire.codec.base import Codec
from helenus.wire.codec.containers import ListCodec, MapCodec, SetCodec, TupleCodec, UdtCodec, VectorCodec
from helenus.wire.errors import MarshalError
from helenus.wire.types import Udt

__all__ = ["NATIVE_CODECS", "codec_of", "decode", "encode", "validate"]

NATIVE_CODECS: Mapping[str, Codec] = {
    codec.name: codec
    for codec in (
        scalars.AsciiCodec(),
        scalars.BigintCodec(),
        scalars.BlobCodec(),
        scalars.BooleanCodec(),
        scalars.CounterCodec(),
        temporal.DateCodec(),
        scalars.DecimalCodec(),
        scalars.DoubleCodec(),
        temporal.DurationCodec(),
        scalars.FloatCodec(),
        scalars.InetCodec(),
        scalars.IntCodec(),
        scalars.SmallintCodec(),
        scalars.TextCodec(),
        temporal.TimeCodec(),
        temporal.TimestampCodec(),
        scalars.TimeuuidCodec(),
        scalars.TinyintCodec(),
        scalars.UuidCodec(),
        scalars.VarintCodec(),
    )
}
_CUSTOM = scalars.BlobCodec()


@lru_cache(maxsize=4096)
def codec_of(of: CQLType) -> Codec:
    """Return the codec of a type; keep it where one type has many values.

    Args:
        of: the type, frozen or not; its user types have their fields (``helenus.wire.resolve``). A custom type has the
            codec of ``blob``.

    Raises:
        MarshalError: the fields of a user type are not known.
    """
    plain = unfreeze(of)
    match plain:
        case Native():
            return NATIVE_CODECS[plain.name]
        case List():
            return ListCodec(str(plain), codec_of(plain.element))
        case Set():
            return SetCodec(str(plain), codec_of(plain.element))
        case Map():
            return MapCodec(str(plain), codec_of(plain.key), codec_of(plain.value))
        case Tuple():
            return TupleCodec(str(plain), [codec_of(part) for part in plain.elements])
        case Vector():
            return VectorCodec(str(plain), codec_of(plain.element), plain.dimension)
        case Udt():
            return UdtCodec(str(plain), [(name, codec_of(part)) for name, part in plain.fields])
        case Custom():
            return _CUSTOM
        case _:
            raise MarshalError(f"The fields of the user type {plain} are not known; resolve the type first.")


def encode(of: CQLType, value: object) -> bytes | None:
    """Return the bytes of a value; None for None, which is null.

    Args:
        of: its type, see ``codec_of``.
        value: anything that the type's codec takes.

    Raises:
        MarshalError: the type does not take it.
    """
    return None if value is None else codec_of(of).encode(value)


def decode(of: CQLType, data: bytes | None) -> object:
    """Return the value that bytes stand for; None for null.

    Args:
        of: its type, see ``codec_of``.
        data: its bytes, or None.

    Raises:
        MarshalError: they are no value of the type.
    """
    return None if data is None else codec_of(of).decode(data)


def validate(of: CQLType, data: bytes | None) -> None:
    """Check that bytes that somebody bound are a value of a type.

    Args:
        of: the type, see ``codec_of``.
        data: the bytes, or None for null, which is a value of any type.

    Raises:
        MarshalError: they are not, in the words that Cassandra answers with.
    """
    if data is None:
        return
    codec = codec_of(of)
    if codec.admits_bound:
        codec.admit(data)
    else:
        codec.validate(data)
