"""User types with their fields, and the forms of types that the engine asks for again and again.

``helenus.cql.types.UserDefined`` names a user type; the engine needs to know what it is made of. This module must not
know bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from helenus.cql.names import maybe_quote_type
from helenus.cql.types import CQLType, Frozen, List, Map, Native, Set, Tuple, UserDefined, Vector, unfreeze

__all__ = [
    "BIGINT",
    "BLOB",
    "BOOLEAN",
    "COUNTER",
    "INT",
    "TEXT",
    "TIMEUUID",
    "UUID",
    "Udt",
    "compatible",
    "is_multicell",
    "resolve",
    "same_type",
]

INT = Native("int")
BIGINT = Native("bigint")
BLOB = Native("blob")
BOOLEAN = Native("boolean")
COUNTER = Native("counter")
TEXT = Native("text")
TIMEUUID = Native("timeuuid")
UUID = Native("uuid")


@dataclass(frozen=True, slots=True)
class Udt(CQLType):
    """A user-defined type with all that the catalogue knows of it.

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
        """Return the CQL text, without keyspace, as the server stores it."""
        return maybe_quote_type(self.name)


def is_multicell(of: CQLType) -> bool:
    """Tell whether a column of this type keeps its elements as cells of their own.

    Args:
        of: the column's type.
    """
    return isinstance(of, List | Set | Map | UserDefined | Udt)


def resolve(of: CQLType, lookup: Callable[[UserDefined], Udt]) -> CQLType:
    """Return a type in which every user type has its fields.

    Args:
        of: a type as the server stores it.
        lookup: finds a user type; it may raise what it likes.
    """
    match of:
        case Frozen():
            return Frozen(resolve(of.inner, lookup))
        case List() | Set():
            return type(of)(resolve(of.element, lookup))
        case Map():
            return Map(resolve(of.key, lookup), resolve(of.value, lookup))
        case Tuple():
            return Tuple(tuple(resolve(element, lookup) for element in of.elements))
        case Vector():
            return Vector(resolve(of.element, lookup), of.dimension)
        case UserDefined():
            return lookup(of)
        case _:
            return of


_ALSO_TAKES = {
    "bigint": frozenset({"timestamp"}),
    "text": frozenset({"ascii"}),
    "uuid": frozenset({"timeuuid"}),
    "varint": frozenset({"bigint", "int"}),
}


def compatible(given: CQLType, wanted: CQLType) -> bool:
    """Tell whether values of one type may be taken for another (Cassandra's ``isValueCompatibleWith``).

    Args:
        given: the type of the values.
        wanted: the type that they are to have.
    """
    name = str(wanted)
    return same_type(given, wanted) or name == "blob" or str(given) in _ALSO_TAKES.get(name, ())


def same_type(one: CQLType, other: CQLType) -> bool:
    """Tell whether two types are the same but for ``frozen``.

    Args:
        one: a type.
        other: another.
    """
    one, other = unfreeze(one), unfreeze(other)
    if isinstance(one, Udt) and isinstance(other, Udt):
        return (one.keyspace, one.name) == (other.keyspace, other.name)
    if type(one) is not type(other) or len(one.children()) != len(other.children()):
        return False
    if not one.children():
        return one == other
    if isinstance(one, Vector) and isinstance(other, Vector) and one.dimension != other.dimension:
        return False
    return all(same_type(left, right) for left, right in zip(one.children(), other.children(), strict=True))
