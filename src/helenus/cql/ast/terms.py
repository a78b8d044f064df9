"""Terms: what can stand for a value, in SELECT clauses as well as in WHERE, VALUES, SET and conditions.

One family serves both of Cassandra's grammars (terms and selectables); ``Column``, ``FieldAccess``, ``ElementAccess``,
``SliceAccess``, ``CellFunction`` and ``CountRows`` stand only among selectors.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from helenus.cql.ast.base import Node
from helenus.cql.types import CQLType

__all__ = [
    "NULL",
    "Arithmetic",
    "BindMarker",
    "Cast",
    "CellFunction",
    "Column",
    "Constant",
    "ConstantKind",
    "CountRows",
    "ElementAccess",
    "FieldAccess",
    "FunctionCall",
    "ListLiteral",
    "MapLiteral",
    "Negation",
    "Null",
    "SetLiteral",
    "SliceAccess",
    "Term",
    "TupleLiteral",
    "TypeHint",
    "UserTypeLiteral",
    "boolean",
    "integer",
    "string",
]


@dataclass(frozen=True, slots=True)
class BindMarker(Node):
    """``?``, or ``:name``.

    Args:
        name: the marker's name, without colon and quotes; None for a positional one.
        index: its place among the markers of a parsed statement, from 0 in the order of the text; -1 in a statement
            that was built. It takes no part in equality.
    """

    name: str | None = None
    index: int = field(default=-1, compare=False)


class ConstantKind(Enum):
    """How a constant is written; the names are those of the server's errors (``Invalid STRING constant``)."""

    STRING = "STRING"
    INTEGER = "INTEGER"
    FLOAT = "FLOAT"
    BOOLEAN = "BOOLEAN"
    UUID = "UUID"
    HEX = "HEX"
    DURATION = "DURATION"


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """A constant as it is written; which type it gets depends on where it stands.

    Args:
        kind: how it is written.
        text: the text of a string without its quotes; of any other constant as written (``0xCAFE``, ``1.50``, ``NaN``,
            ``-Infinity``), booleans in lower case.
    """

    kind: ConstantKind
    text: str


@dataclass(frozen=True, slots=True)
class Null(Node):
    """``NULL``."""


NULL = Null()


@dataclass(frozen=True, slots=True)
class ListLiteral(Node):
    """``[a, b]``: a list, or a vector where one is expected."""

    items: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class SetLiteral(Node):
    """``{a, b}``; the empty one is also the empty map."""

    items: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class MapLiteral(Node):
    """``{k: v}``; among selectors also a UDT literal, its field names being ``Column`` keys.

    Args:
        items: pairs of key and value, in the order of the text; as a term there is one or more.
    """

    items: tuple[tuple[Term, Term], ...] = ()


@dataclass(frozen=True, slots=True)
class UserTypeLiteral(Node):
    """``{field: v}``, one field or more.

    Args:
        fields: pairs of field name and value, in the order of the text.
    """

    fields: tuple[tuple[str, Term], ...]


@dataclass(frozen=True, slots=True)
class TupleLiteral(Node):
    """``(a, b)``; with one item it may also be mere parentheses, and after IN it is the list of values.

    Args:
        items: empty only after IN.
    """

    items: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class FunctionCall(Node):
    """``keyspace.name(arguments)``.

    Args:
        name: the function's name.
        arguments: in order.
        keyspace: the function's keyspace, if it was written.
    """

    name: str
    arguments: tuple[Term, ...] = ()
    keyspace: str | None = None


@dataclass(frozen=True, slots=True)
class Cast(Node):
    """``CAST(operand AS type)``.

    Args:
        operand: what to convert.
        type: a native type.
    """

    operand: Term
    type: CQLType


@dataclass(frozen=True, slots=True)
class TypeHint(Node):
    """``(type) operand``: names the type of a term and converts nothing."""

    type: CQLType
    operand: Term


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """``left operator right``.

    Args:
        operator: one of ``+ - * / %``.
        left: first operand.
        right: second operand.
    """

    operator: str
    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class Negation(Node):
    """``- operand``; a negative number is a constant instead."""

    operand: Term


@dataclass(frozen=True, slots=True)
class Column(Node):
    """A column as a selector, by its name without quotes."""

    name: str


@dataclass(frozen=True, slots=True)
class FieldAccess(Node):
    """``operand.field``: a field of a user-defined type.

    Args:
        operand: the column or expression of that type.
        field: the field's name.
    """

    operand: Term
    field: str


@dataclass(frozen=True, slots=True)
class ElementAccess(Node):
    """``operand[key]``: a map's value or a set's element; in DELETE also a list's element."""

    operand: Term
    key: Term


@dataclass(frozen=True, slots=True)
class SliceAccess(Node):
    """``operand[start..end]``: a slice of a map or set; one of the ends may be open, None."""

    operand: Term
    start: Term | None
    end: Term | None


@dataclass(frozen=True, slots=True)
class CellFunction(Node):
    """``writetime(c)``, ``maxwritetime(c)`` or ``ttl(c)``: what a cell has beside its value.

    Args:
        name: one of the three, in lower case.
        operand: a column, one of its fields, elements or slices.
    """

    name: str
    operand: Term


@dataclass(frozen=True, slots=True)
class CountRows(Node):
    """``count(*)``."""


Term: TypeAlias = (
    BindMarker
    | Constant
    | Null
    | ListLiteral
    | SetLiteral
    | MapLiteral
    | UserTypeLiteral
    | TupleLiteral
    | FunctionCall
    | Cast
    | TypeHint
    | Arithmetic
    | Negation
    | Column
    | FieldAccess
    | ElementAccess
    | SliceAccess
    | CellFunction
    | CountRows
)


def string(value: str) -> Constant:
    """Return a string constant.

    Args:
        value: the string itself, without quotes.
    """
    return Constant(ConstantKind.STRING, value)


def integer(value: int) -> Constant:
    """Return an integer constant.

    Args:
        value: of any size.
    """
    return Constant(ConstantKind.INTEGER, str(value))


def boolean(value: bool) -> Constant:
    """Return a boolean constant.

    Args:
        value: what it says.
    """
    return Constant(ConstantKind.BOOLEAN, "true" if value else "false")
