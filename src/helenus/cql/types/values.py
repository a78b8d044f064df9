"""The values: one frozen class per kind of type."""

from __future__ import annotations

from dataclasses import dataclass

from helenus.cql.keywords import NATIVE_TYPES
from helenus.cql.names import maybe_quote, maybe_quote_type
from helenus.errors import ValidationError

__all__ = ["CQLType", "Custom", "Frozen", "List", "Map", "Native", "Set", "Tuple", "UserDefined", "Vector"]


class CQLType:
    """What every CQL type is; only the classes below are types."""

    __slots__ = ()

    def children(self) -> tuple[CQLType, ...]:
        """Return the types this one is made of, in the order they are written."""
        return ()


@dataclass(frozen=True, slots=True)
class Native(CQLType):
    """A native type such as ``int``.

    Args:
        name: its name in any case; ``varchar`` becomes ``text``, which is the same type.

    Raises:
        ValidationError: there is no native type of that name.
    """

    name: str

    def __post_init__(self) -> None:
        """Fold the name, so that equal types are equal values."""
        name = self.name.lower()
        if name not in NATIVE_TYPES:
            raise ValidationError(
                f"{self.name!r} is not a native CQL type; the native types are {', '.join(sorted(NATIVE_TYPES))}."
            )
        object.__setattr__(self, "name", "text" if name == "varchar" else name)

    def __str__(self) -> str:
        """Return the CQL text."""
        return self.name


@dataclass(frozen=True, slots=True)
class List(CQLType):
    """``list<element>``."""

    element: CQLType

    def children(self) -> tuple[CQLType, ...]:
        """Return the element type."""
        return (self.element,)

    def __str__(self) -> str:
        """Return the CQL text."""
        return f"list<{self.element}>"


@dataclass(frozen=True, slots=True)
class Set(CQLType):
    """``set<element>``."""

    element: CQLType

    def children(self) -> tuple[CQLType, ...]:
        """Return the element type."""
        return (self.element,)

    def __str__(self) -> str:
        """Return the CQL text."""
        return f"set<{self.element}>"


@dataclass(frozen=True, slots=True)
class Map(CQLType):
    """``map<key, value>``."""

    key: CQLType
    value: CQLType

    def children(self) -> tuple[CQLType, ...]:
        """Return the key type and the value type."""
        return (self.key, self.value)

    def __str__(self) -> str:
        """Return the CQL text."""
        return f"map<{self.key}, {self.value}>"


@dataclass(frozen=True, slots=True)
class Tuple(CQLType):
    """``tuple<...>``; always frozen for the server, which is why it stores ``frozen<tuple<...>>`` (``canonical``).

    Args:
        elements: one type or more, in order.
    """

    elements: tuple[CQLType, ...]

    def __post_init__(self) -> None:
        """Refuse a tuple of nothing."""
        if not self.elements:
            raise ValidationError("A CQL tuple needs one element type or more.")

    def children(self) -> tuple[CQLType, ...]:
        """Return the element types."""
        return self.elements

    def __str__(self) -> str:
        """Return the CQL text."""
        return f"tuple<{', '.join(map(str, self.elements))}>"


@dataclass(frozen=True, slots=True)
class Frozen(CQLType):
    """``frozen<inner>``: the value is stored and compared as one cell."""

    inner: CQLType

    def children(self) -> tuple[CQLType, ...]:
        """Return the type within."""
        return (self.inner,)

    def __str__(self) -> str:
        """Return the CQL text."""
        return f"frozen<{self.inner}>"


@dataclass(frozen=True, slots=True)
class UserDefined(CQLType):
    """A user-defined type, by name only; its fields are the catalogue's business.

    Args:
        keyspace: the keyspace it was written with; None for the table's own, which is how the server stores it.
        name: the type's name, without quotes.
    """

    keyspace: str | None
    name: str

    def __str__(self) -> str:
        """Return the CQL text."""
        name = maybe_quote_type(self.name)
        return name if self.keyspace is None else f"{maybe_quote(self.keyspace)}.{name}"


@dataclass(frozen=True, slots=True)
class Vector(CQLType):
    """``vector<element, dimension>`` (Cassandra 5.0, CEP-30).

    Args:
        element: type of one component, most often ``Native("float")``.
        dimension: number of components, from 1.
    """

    element: CQLType
    dimension: int

    def __post_init__(self) -> None:
        """Refuse a vector that no server has."""
        if self.dimension < 1:
            raise ValidationError(f"A CQL vector needs a dimension of 1 or more, not {self.dimension}.")

    def children(self) -> tuple[CQLType, ...]:
        """Return the element type."""
        return (self.element,)

    def __str__(self) -> str:
        """Return the CQL text."""
        return f"vector<{self.element}, {self.dimension}>"


@dataclass(frozen=True, slots=True)
class Custom(CQLType):
    """A type that only a Java class of the server knows.

    Args:
        class_name: the class, ``org.apache.cassandra.db.marshal.LexicalUUIDType`` for one.
    """

    class_name: str

    def __str__(self) -> str:
        """Return the CQL text, which is a string literal."""
        return "'" + self.class_name.replace("'", "''") + "'"
