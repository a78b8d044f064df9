"""CQL types as values: one frozen class per kind of type, their text, and the helpers that walk and freeze them.

``str(type)`` is what the server stores in ``system_schema.columns.type``, and ``parse_type(str(type)) == type``. This
module must not know the Python side of a type (columns) or its bytes (the wire).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from helenus.cql.cursor import Cursor
from helenus.cql.keywords import BASIC_UNRESERVED, NATIVE_TYPES, RESERVED_TYPE_NAMES
from helenus.cql.names import check_name, maybe_quote, maybe_quote_type
from helenus.errors import ValidationError

__all__ = [
    "NATIVE_KINDS",
    "CQLType",
    "Custom",
    "Frozen",
    "List",
    "Map",
    "Native",
    "Set",
    "Tuple",
    "UserDefined",
    "Vector",
    "canonical",
    "freeze",
    "is_collection",
    "is_multicell",
    "parse_type",
    "read_type",
    "read_type_name",
    "string_value",
    "unfreeze",
    "user_types",
    "walk",
]


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

    def __post_init__(self) -> None:
        """Refuse names that cannot be written."""
        check_name(self.name)
        if self.keyspace is not None:
            check_name(self.keyspace)

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


def parse_type(text: str) -> CQLType:
    """Read one CQL type, as a statement or ``system_schema`` spells it.

    Args:
        text: ``map<text, frozen<list<int>>>`` for one.

    Raises:
        CQLSyntaxError: the text is not one CQL type.
        ValidationError: it is one that no server has, as a vector of dimension 0.
    """
    cursor = Cursor(text)
    parsed = read_type(cursor)
    cursor.expect("EOF")
    return parsed


def read_type(cursor: Cursor) -> CQLType:
    """Take one type from the tokens of a statement (rule ``comparatorType``).

    Args:
        cursor: where the type begins.

    Raises:
        CQLSyntaxError: no type begins there.
        ValidationError: it is one that no server has.
    """
    kind = cursor.kind
    reader = _READERS.get(kind)
    if reader is not None and cursor.ahead(1) == "<":
        return _read_parametrized(cursor, kind)
    if kind == "STRING_LITERAL":
        return Custom(string_value(cursor.expect(kind)))
    if kind in NATIVE_KINDS and cursor.ahead(1) != ".":
        return Native(cursor.expect(kind))
    return _read_user_type(cursor)


def _read_parametrized(cursor: Cursor, kind: str) -> CQLType:
    cursor.enter()
    cursor.phrase(kind, "<")
    parsed = _READERS[kind](cursor)
    cursor.expect(">")
    cursor.leave()
    return parsed


def _read_map(cursor: Cursor) -> Map:
    key = read_type(cursor)
    cursor.expect(",")
    return Map(key, read_type(cursor))


def _read_vector(cursor: Cursor) -> Vector:
    element = read_type(cursor)
    cursor.expect(",")
    return Vector(element, int(cursor.expect("INTEGER")))


_READERS: Mapping[str, Callable[[Cursor], CQLType]] = {
    "K_FROZEN": lambda cursor: Frozen(read_type(cursor)),
    "K_LIST": lambda cursor: List(read_type(cursor)),
    "K_MAP": _read_map,
    "K_SET": lambda cursor: Set(read_type(cursor)),
    "K_TUPLE": lambda cursor: Tuple(cursor.list_of(read_type)),
    "K_VECTOR": _read_vector,
}
NATIVE_KINDS = frozenset(f"K_{name.upper()}" for name in NATIVE_TYPES)


def _read_user_type(cursor: Cursor) -> UserDefined:
    keyspace = None
    if cursor.ahead(1) == ".":
        keyspace = cursor.name()
        cursor.expect(".")
    return UserDefined(keyspace, read_type_name(cursor))


def read_type_name(cursor: Cursor) -> str:
    """Take the name of a user-defined type, without keyspace (rule ``non_type_ident``).

    Args:
        cursor: where the name begins.

    Raises:
        CQLSyntaxError: no such name stands there.
    """
    if cursor.kind not in _TYPE_NAME_KINDS:
        cursor.no_alternative()
    if cursor.kind == "IDENT" and cursor.words[cursor.at] in RESERVED_TYPE_NAMES:
        cursor.fail(f"Invalid (reserved) user type name {cursor.words[cursor.at]}")
    return cursor.name()


_TYPE_NAME_KINDS = frozenset({"IDENT", "QUOTED_NAME", "K_KEY"} | {f"K_{word.upper()}" for word in BASIC_UNRESERVED})


def string_value(word: str) -> str:
    """Return what a string literal stands for.

    Args:
        word: the token, in quotes or between ``$$``.
    """
    return word[2:-2] if word[0] == "$" else word[1:-1].replace("''", "'")


def walk(root: CQLType) -> Iterator[CQLType]:
    """Yield a type and every type within it, outer ones first.

    Args:
        root: where to begin.
    """
    yield root
    for child in root.children():
        yield from walk(child)


def user_types(root: CQLType) -> tuple[UserDefined, ...]:
    """Return the user-defined types that a type names, each once, in order.

    Args:
        root: the type to look through.
    """
    return tuple(dict.fromkeys(part for part in walk(root) if isinstance(part, UserDefined)))


def is_collection(of: CQLType) -> bool:
    """Tell whether a type is a list, set or map, frozen or not.

    Args:
        of: the type to look at.
    """
    return isinstance(unfreeze(of), List | Set | Map)


def is_multicell(of: CQLType) -> bool:
    """Tell whether a column of this type keeps its elements as cells of their own: a non-frozen collection or UDT.

    Args:
        of: the column's type.
    """
    return isinstance(of, List | Set | Map | UserDefined)


def freeze(of: CQLType) -> CQLType:
    """Return the frozen form of a type; native types, vectors and custom types have no other.

    Args:
        of: a type, frozen or not.
    """
    return Frozen(of) if isinstance(of, List | Set | Map | Tuple | UserDefined) else of


def unfreeze(of: CQLType) -> CQLType:
    """Return a type without the ``frozen<>`` around it; what is within stays as it is.

    Args:
        of: a type, frozen or not.
    """
    while isinstance(of, Frozen):
        of = of.inner
    return of


def canonical(of: CQLType) -> CQLType:
    """Return a type as the server stores it: tuples frozen, and whatever is within something frozen as well.

    ``frozen<list<list<int>>>`` becomes ``frozen<list<frozen<list<int>>>>``, ``tuple<int>`` becomes
    ``frozen<tuple<int>>``. Two types are the same for the server if their canonical forms are equal.

    Args:
        of: a type as somebody wrote it.
    """
    return _canonical(of, within_frozen=False)


def _canonical(of: CQLType, *, within_frozen: bool) -> CQLType:
    plain = unfreeze(of)
    frozen = within_frozen or plain is not of or isinstance(plain, Tuple)
    inner = _rebuild(plain, frozen=frozen)
    return freeze(inner) if frozen else inner


def _rebuild(plain: CQLType, *, frozen: bool) -> CQLType:
    parts = [_canonical(child, within_frozen=frozen) for child in plain.children()]
    match plain:
        case List():
            return List(parts[0])
        case Set():
            return Set(parts[0])
        case Map():
            return Map(parts[0], parts[1])
        case Tuple():
            return Tuple(tuple(parts))
        case Vector():
            return Vector(parts[0], plain.dimension)
        case _:
            return plain
