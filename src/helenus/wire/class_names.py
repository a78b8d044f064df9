"""CQL types as Java class names of Cassandra, both ways: ``org.apache.cassandra.db.marshal.VectorType(... , 3)``.

That is how a type travels that has no number of its own in a protocol version: vectors in all, durations up to v4,
``date``, ``time``, ``smallint`` and ``tinyint`` in v3. This module must not know how the name is laid out in bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from helenus.cql.types import CQLType, Custom, Frozen, List, Map, Native, Set, Tuple, Vector, unfreeze
from helenus.errors import ValidationError
from helenus.wire.types import Udt

__all__ = ["MAX_DEPTH", "NATIVE_CLASSES", "PREFIX", "class_name", "parse_class_name"]

PREFIX = "org.apache.cassandra.db.marshal."

MAX_DEPTH = 64
"""How deep a type that comes over the wire may be nested; no table has a tenth of it."""

NATIVE_CLASSES: Mapping[str, str] = {
    "ascii": "AsciiType",
    "bigint": "LongType",
    "blob": "BytesType",
    "boolean": "BooleanType",
    "counter": "CounterColumnType",
    "date": "SimpleDateType",
    "decimal": "DecimalType",
    "double": "DoubleType",
    "duration": "DurationType",
    "float": "FloatType",
    "inet": "InetAddressType",
    "int": "Int32Type",
    "smallint": "ShortType",
    "text": "UTF8Type",
    "time": "TimeType",
    "timestamp": "TimestampType",
    "timeuuid": "TimeUUIDType",
    "tinyint": "ByteType",
    "uuid": "UUIDType",
    "varint": "IntegerType",
}
_NATIVES = {java: Native(name) for name, java in NATIVE_CLASSES.items()} | {"DateType": Native("timestamp")}


def class_name(of: CQLType) -> str:
    """Return the Java class name of a type.

    Only the outermost collection or user type says that it is frozen, as in Cassandra's ``AbstractType.toString()``.

    Args:
        of: a type; its user types have their fields (``resolve``).

    Raises:
        ValidationError: a user type has no fields.
    """
    return _name(of, frozen=True)


def _name(of: CQLType, *, frozen: bool) -> str:
    plain = unfreeze(of)
    match plain:
        case Native():
            return PREFIX + NATIVE_CLASSES[plain.name]
        case Custom():
            return plain.class_name
        case Vector():
            return f"{PREFIX}VectorType({_name(plain.element, frozen=True)} , {plain.dimension})"
        case Tuple():
            return f"{PREFIX}TupleType({','.join(_name(part, frozen=False) for part in plain.elements)})"
        case List() | Set() | Map():
            parts = ",".join(_name(part, frozen=False) for part in plain.children())
            name = f"{PREFIX}{type(plain).__name__}Type({parts})"
        case Udt():
            name = _user_type_name(plain)
        case _:
            raise ValidationError(f"The fields of the user type {of} are not known, so that it has no class name.")
    return f"{PREFIX}FrozenType({name})" if frozen else name


def _user_type_name(of: Udt) -> str:
    fields = [f"{name.encode().hex()}:{_name(part, frozen=False)}" for name, part in of.fields]
    return f"{PREFIX}UserType({','.join([of.keyspace, of.name.encode().hex(), *fields])})"


def parse_class_name(text: str) -> CQLType:
    """Return the type that a Java class name stands for; what this module does not know stays ``Custom(text)``.

    Args:
        text: a class name, with or without the package.

    Raises:
        ValidationError: it is nested deeper than any type can be.
    """
    try:
        return _Parser(text).parse()
    except _UnknownClassError:
        return Custom(text)


class _UnknownClassError(Exception):
    """The class, or one within it, is none that CQL has a name for."""


class _Parser:
    """One pass over a class name.

    Args:
        text: the class name.
    """

    _WORD = re.compile(r"\s*([\w.]*)\s*", re.ASCII)

    def __init__(self, text: str) -> None:
        """Begin at the first character."""
        self._text = text
        self._at = 0
        self._depth = 0

    def parse(self) -> CQLType:
        """Read all of it as one type."""
        parsed = self.type()
        if self._at != len(self._text):
            raise _UnknownClassError
        return parsed

    def type(self) -> CQLType:
        """Read one type."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ValidationError(f"A type is nested deeper than {MAX_DEPTH} levels: {self._text[:100]}...")
        name = self.word()
        known = _NATIVES.get(name.removeprefix(PREFIX)) or self._parametrized(name)
        self._depth -= 1
        return known

    def _parametrized(self, name: str) -> CQLType:
        reader = _READERS.get(name.removeprefix(PREFIX))
        if not self.skip("("):
            return Custom(name)
        if reader is None:
            raise _UnknownClassError
        parsed = reader(self)
        self.expect(")")
        return parsed

    def word(self) -> str:
        """Read a name or a number and the blanks around it."""
        found = self._WORD.match(self._text, self._at)
        if found is None or not found[1]:
            raise _UnknownClassError
        self._at = found.end()
        return found[1]

    def hex_word(self) -> str:
        """Read a name that stands there as hexadecimal UTF-8."""
        try:
            return bytes.fromhex(self.word()).decode()
        except ValueError:
            raise _UnknownClassError from None

    def skip(self, character: str) -> bool:
        """Read a character and the blanks behind it, if it comes next."""
        if not self._text.startswith(character, self._at):
            return False
        self._at += 1
        while self._text.startswith(" ", self._at):
            self._at += 1
        return True

    def expect(self, character: str) -> None:
        """Read a character that must come next."""
        if not self.skip(character):
            raise _UnknownClassError

    def then(self) -> CQLType:
        """Read a comma and one more type."""
        self.expect(",")
        return self.type()


def _read_tuple(parser: _Parser) -> Tuple:
    elements = [parser.type()]
    while parser.skip(","):
        elements.append(parser.type())
    return Tuple(tuple(elements))


def _read_vector(parser: _Parser) -> Vector:
    element = parser.type()
    parser.expect(",")
    dimension = parser.word()
    if not dimension.isdecimal() or not 0 < len(dimension) < 10 or not int(dimension):
        raise _UnknownClassError
    return Vector(element, int(dimension))


def _read_user_type(parser: _Parser) -> Udt:
    keyspace = parser.word()
    parser.expect(",")
    name = parser.hex_word()
    fields: list[tuple[str, CQLType]] = []
    while parser.skip(","):
        field = parser.hex_word()
        parser.expect(":")
        fields.append((field, parser.type()))
    return Udt(keyspace, name, tuple(fields))


_READERS: Mapping[str, Callable[[_Parser], CQLType]] = {
    "FrozenType": lambda parser: Frozen(parser.type()),
    "ListType": lambda parser: List(parser.type()),
    "MapType": lambda parser: Map(parser.type(), parser.then()),
    "SetType": lambda parser: Set(parser.type()),
    "TupleType": _read_tuple,
    "UserType": _read_user_type,
    "VectorType": _read_vector,
}
