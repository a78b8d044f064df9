"""What changed in the schema, as RESULT and as EVENT tell it.

Section 4.2.5.5 of ``native_protocol_v5.spec``. This module must not know which statement did it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from helenus.wire.codes import ChangeType, SchemaTarget
from helenus.wire.errors import ProtocolError
from helenus.wire.notation import string, string_list
from helenus.wire.reader import Reader

__all__ = ["SchemaChange"]

_CALLABLES = frozenset({SchemaTarget.FUNCTION, SchemaTarget.AGGREGATE})
_Name = TypeVar("_Name", ChangeType, SchemaTarget)


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """A part of the schema, and what became of it.

    Args:
        change: what became of it.
        target: what it is.
        keyspace: where it is, or itself.
        name: its name; None for a keyspace.
        argument_types: a function's or aggregate's, as CQL text.
    """

    change: ChangeType
    target: SchemaTarget
    keyspace: str
    name: str | None = None
    argument_types: tuple[str, ...] = ()

    @classmethod
    def parse(cls, reader: Reader) -> SchemaChange:
        """Take a change from a body.

        Args:
            reader: where it begins.

        Raises:
            ProtocolError: it is cut short, or one of its words is unknown.
        """
        change = _named(ChangeType, reader.string())
        target = _named(SchemaTarget, reader.string())
        keyspace = reader.string()
        name = None if target is SchemaTarget.KEYSPACE else reader.string()
        return cls(change, target, keyspace, name, reader.string_list() if target in _CALLABLES else ())

    def serialize(self, version: int) -> bytes:
        """Return the bytes of the change; v3 knows no functions, and hears that their keyspace was updated.

        Args:
            version: the protocol version.

        Raises:
            ProtocolError: a name is too long, or missing.
        """
        if self.target in _CALLABLES and version < 4:
            return SchemaChange(ChangeType.UPDATED, SchemaTarget.KEYSPACE, self.keyspace).serialize(version)
        words = string(self.change) + string(self.target) + string(self.keyspace)
        if self.target is SchemaTarget.KEYSPACE:
            return words
        if self.name is None:
            raise ProtocolError(f"A change of a {self.target} needs its name")
        words += string(self.name)
        return words + string_list(self.argument_types) if self.target in _CALLABLES else words

    def __str__(self) -> str:
        """Return the change in one line."""
        path = self.keyspace if self.name is None else f"{self.keyspace}.{self.name}"
        arguments = f"({', '.join(self.argument_types)})" if self.target in _CALLABLES else ""
        return f"{self.change} {self.target} {path}{arguments}"


def _named(words: type[_Name], word: str) -> _Name:
    try:
        return words(word)
    except ValueError:
        raise ProtocolError(f"Invalid value '{word}' for {words.__name__}") from None
