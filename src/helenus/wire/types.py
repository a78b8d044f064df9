"""User types with their fields, as the wire and the codecs need them, and how to put them in place of bare names.

``helenus.cql.types.UserDefined`` names a user type; its fields are the catalogue's. This module must not know bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from helenus.cql.types import CQLType, Frozen, List, Map, Set, Tuple, UserDefined, Vector, unfreeze

__all__ = ["Udt", "resolve", "thaw"]


@dataclass(frozen=True, slots=True)
class Udt(CQLType):
    """A user-defined type with all that a catalogue knows of it.

    Args:
        keyspace: where it was created.
        name: its name, without quotes.
        fields: name and type of each field, in order.
    """

    keyspace: str
    name: str
    fields: tuple[tuple[str, CQLType], ...]

    def children(self) -> tuple[CQLType, ...]:
        """Return the types of the fields."""
        return tuple(of for _, of in self.fields)

    def __str__(self) -> str:
        """Return the CQL text, keyspace and name."""
        return str(UserDefined(self.keyspace, self.name))


def resolve(of: CQLType, lookup: Callable[[UserDefined], Udt]) -> CQLType:
    """Return a type in which every user type has its fields.

    Args:
        of: a type as CQL spells it.
        lookup: finds a user type; it may raise what it likes.
    """
    return _rebuild(of, lambda part: lookup(part) if isinstance(part, UserDefined) else part)


def thaw(of: CQLType) -> CQLType:
    """Return a type without any ``frozen<>``, at any depth, which is how the wire and the codecs see it.

    Args:
        of: any type.
    """
    return _rebuild(of, unfreeze)


def _rebuild(of: CQLType, change: Callable[[CQLType], CQLType]) -> CQLType:
    changed = change(of)
    match changed:
        case Frozen():
            return Frozen(_rebuild(changed.inner, change))
        case List():
            return List(_rebuild(changed.element, change))
        case Set():
            return Set(_rebuild(changed.element, change))
        case Map():
            return Map(_rebuild(changed.key, change), _rebuild(changed.value, change))
        case Tuple():
            return Tuple(tuple(_rebuild(element, change) for element in changed.elements))
        case Vector():
            return Vector(_rebuild(changed.element, change), changed.dimension)
        case Udt():
            fields = tuple((name, _rebuild(part, change)) for name, part in changed.fields)
            return Udt(changed.keyspace, changed.name, fields)
        case _:
            return changed
