"""What every codec is: a CQL type's way from Python values to bytes and back.

This module must not know any type.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from struct import Struct
from typing import ClassVar, NoReturn

from helenus.wire.errors import MarshalError

__all__ = ["Codec", "FixedCodec", "refuse"]


class Codec(ABC):
    """Turns values of one CQL type into bytes and back; null is the caller's business.

    Attributes:
        name: the type's CQL text, for messages.
        width: how many bytes every value in a vector has; None if each comes with its length.
        admits_bound: whether Cassandra turns bound bytes of the type into an object, instead of only validating them.
    """

    name: str = ""
    width: int | None = None
    admits_bound: bool = False

    @abstractmethod
    def encode(self, value: object) -> bytes:
        """Return the bytes of a value.

        Args:
            value: anything that the type takes, never None.

        Raises:
            MarshalError: the type does not take it.
        """

    @abstractmethod
    def decode(self, data: bytes) -> object:
        """Return the value that bytes stand for; None for no bytes where the type has no empty value of its own.

        Args:
            data: the bytes.

        Raises:
            MarshalError: they are no value of the type, see ``validate``.
        """

    @abstractmethod
    def validate(self, data: bytes) -> None:
        """Check that bytes are a value of the type, as exactly as Cassandra does (``TypeSerializer.validate``).

        Args:
            data: the bytes.

        Raises:
            MarshalError: they are not, in Cassandra's words.
        """

    def admit(self, _data: bytes, /) -> None:
        """Check what Cassandra finds only when it turns valid bytes into an object (``TypeSerializer.deserialize``).

        Most types find nothing more, so that this is no abstract method.

        Args:
            _data: the bytes.

        Raises:
            MarshalError: they cannot be turned into one, in Cassandra's words.
        """
        return


class FixedCodec(Codec):
    """A codec of a type with one size; most of these take no bytes at all as well, a relic of Thrift.

    Attributes:
        form: how the bytes are laid out.
        complaint: what Cassandra says of another size, with ``{}`` for it.
        empty: whether no bytes at all are a value.
    """

    form: ClassVar[Struct]
    complaint: ClassVar[str]
    empty: ClassVar[bool] = True

    def decode(self, data: bytes) -> object:
        """Return the value; None for no bytes."""
        if len(data) != self.form.size:
            self.validate(data)
            return None
        return self.form.unpack(data)[0]

    def validate(self, data: bytes) -> None:
        """Check the size."""
        if len(data) != self.form.size and (data or not self.empty):
            raise MarshalError(self.complaint.format(len(data)))


def refuse(name: str, expected: str, value: object) -> NoReturn:
    """Raise for a value that a type does not take; the value itself may be a secret, so only its type is told.

    Args:
        name: the CQL type.
        expected: what it takes.
        value: what it was given.

    Raises:
        MarshalError: always.
    """
    raise MarshalError(f"A value of type {name} must be {expected}, not {type(value).__name__}")
