"""How terms are read: values, literals, function calls, casts, type hints, arithmetic (rules from ``term``).

Columns are no terms; the expressions of a SELECT clause, which hold them, are read by ``selectors``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from helenus.cql.ast.terms import (
    NULL,
    Arithmetic,
    BindMarker,
    Cast,
    Constant,
    ConstantKind,
    FunctionCall,
    ListLiteral,
    MapLiteral,
    Negation,
    Null,
    SetLiteral,
    Term,
    TupleLiteral,
    TypeHint,
    UserTypeLiteral,
)
from helenus.cql.cursor import Cursor
from helenus.cql.parser.names import FUNCTION_KINDS, function_name, is_call
from helenus.cql.tokens import NAME_KINDS
from helenus.cql.types import NATIVE_KINDS, CQLType, Native, read_type, string_value
from helenus.errors import CQLSyntaxError

__all__ = [
    "ADDITIVE",
    "CONSTANTS",
    "bind_marker",
    "cast",
    "constant",
    "function_call",
    "integer_or_marker",
    "map_literal",
    "marker_follows",
    "marker_or_none",
    "null",
    "operator",
    "product_of",
    "set_or_map",
    "term",
    "tuple_literal",
    "type_hint",
]

_KINDS: Mapping[str, tuple[ConstantKind, Callable[[str], str]]] = {
    "STRING_LITERAL": (ConstantKind.STRING, string_value),
    "INTEGER": (ConstantKind.INTEGER, str),
    "FLOAT": (ConstantKind.FLOAT, str),
    "BOOLEAN": (ConstantKind.BOOLEAN, str.lower),
    "UUID": (ConstantKind.UUID, str),
    "HEXNUMBER": (ConstantKind.HEX, str),
    "DURATION": (ConstantKind.DURATION, str),
    "K_POSITIVE_NAN": (ConstantKind.FLOAT, lambda _: "NaN"),
    "K_NEGATIVE_NAN": (ConstantKind.FLOAT, lambda _: "-NaN"),
    "K_POSITIVE_INFINITY": (ConstantKind.FLOAT, lambda _: "Infinity"),
    "K_NEGATIVE_INFINITY": (ConstantKind.FLOAT, lambda _: "-Infinity"),
}

CONSTANTS = frozenset(_KINDS)
"""Kinds of tokens that are a constant."""


def constant(cursor: Cursor) -> Constant:
    """Take a constant.

    Args:
        cursor: where it begins.
    """
    at = cursor.at
    found = _KINDS.get(cursor.kinds[at])
    if found is None:
        cursor.no_alternative()
    cursor.at = at + 1
    kind, read = found
    return Constant(kind, read(cursor.words[at]))


def bind_marker(cursor: Cursor) -> BindMarker:
    """Take ``?`` or ``:name``.

    Args:
        cursor: where it begins.
    """
    name = None
    if not cursor.accept("?"):
        cursor.expect(":")
        name = cursor.name()
    index = cursor.markers
    cursor.markers = index + 1
    return BindMarker(name, index)


def marker_or_none(cursor: Cursor) -> BindMarker | None:
    """Take ``?`` or ``:name`` if one comes next.

    Args:
        cursor: where it may begin.
    """
    return bind_marker(cursor) if cursor.kind in {"?", ":"} else None


def integer_or_marker(cursor: Cursor) -> Constant | BindMarker:
    """Take an integer or a marker (rule ``intValue``).

    Args:
        cursor: where it begins.
    """
    if cursor.kind == "INTEGER":
        return constant(cursor)
    return marker_or_none(cursor) or cursor.no_alternative()


def null(cursor: Cursor) -> Null:
    """Take NULL.

    Args:
        cursor: where it stands.
    """
    cursor.expect("K_NULL")
    return NULL


# ---- arithmetic ------------------------------------------------------------------------------------------------------


def term(cursor: Cursor) -> Term:
    """Take a term.

    Args:
        cursor: where it begins.

    Raises:
        CQLSyntaxError: no term begins there, or it nests too deep.
    """
    depth = cursor.depth
    cursor.enter()
    left = product_of(cursor, _signed)
    while cursor.kinds[cursor.at] in ADDITIVE and not _column_follows(cursor):
        left = Arithmetic(operator(cursor), left, product_of(cursor, _signed))
    if cursor.kinds[cursor.at] not in _AFTER_TERM:
        cursor.no_alternative()
    cursor.looked = cursor.at + 1
    cursor.depth = depth
    return left


# What may stand behind a term in any statement; the server looks at it to know that the term has ended.
_AFTER_TERM = frozenset(
    {")", "]", "}", ",", ":", ";", "..", "+", "EOF", "K_AND", "K_APPLY", "K_ALLOW", "K_ASC", "K_DELETE", "K_DESC"}
    | {"K_GROUP", "K_IF", "K_INSERT", "K_LIMIT", "K_ORDER", "K_PER", "K_PRIMARY", "K_UPDATE", "K_WHERE"}
)


def _column_follows(cursor: Cursor) -> bool:
    # In "c = [1] + c" the term ends before the sign: a column is no term.
    name = cursor.ahead(1)
    return name in NAME_KINDS and not is_call(cursor, 1) and not (name == "K_CAST" and cursor.ahead(2) == "(")


def product_of(cursor: Cursor, operand: Callable[[Cursor], Term]) -> Term:
    """Take operands joined by ``*``, ``/`` and ``%``, which are left-associative.

    Args:
        cursor: where it begins.
        operand: reads one operand.
    """
    depth = cursor.depth
    left = operand(cursor)
    while cursor.kinds[cursor.at] in _MULTIPLICATIVE:
        left = Arithmetic(operator(cursor), left, operand(cursor))
    cursor.depth = depth
    return left


ADDITIVE = frozenset("+-")
_MULTIPLICATIVE = frozenset("*/%")


def operator(cursor: Cursor) -> str:
    """Take the operator that comes next; what it joins is nested one level deeper, also in a long sum.

    Args:
        cursor: where it stands.
    """
    cursor.enter()
    cursor.at += 1
    return cursor.words[cursor.at - 1]


def _signed(cursor: Cursor) -> Term:
    return Negation(_simple(cursor)) if cursor.accept("-") else _simple(cursor)


def _simple(cursor: Cursor) -> Term:
    reader = _READERS.get(cursor.kinds[cursor.at])
    return cursor.no_alternative() if reader is None else reader(cursor)


# ---- literals --------------------------------------------------------------------------------------------------------


def _list_literal(cursor: Cursor) -> ListLiteral:
    cursor.expect("[")
    items = () if cursor.kind == "]" else cursor.list_of(term)
    cursor.expect("]")
    return ListLiteral(items)


def _braces(cursor: Cursor) -> SetLiteral | MapLiteral | UserTypeLiteral:
    if cursor.ahead(1) in NAME_KINDS and cursor.ahead(2) == ":":
        return UserTypeLiteral(cursor.bracketed(_field, "{}"))
    return set_or_map(cursor, term)


def _field(cursor: Cursor) -> tuple[str, Term]:
    name = cursor.name()
    cursor.expect(":")
    return name, term(cursor)


def set_or_map(cursor: Cursor, item: Callable[[Cursor], Term]) -> SetLiteral | MapLiteral:
    """Take a set or a map in braces; ``{}`` is a set, as for the server.

    Args:
        cursor: where it begins.
        item: reads an element, key or value.
    """
    cursor.expect("{")
    if cursor.accept("}"):
        return SetLiteral()
    first = item(cursor)
    if cursor.kind != ":":
        items = [first]
        while cursor.accept(","):
            items.append(item(cursor))
        cursor.expect("}")
        return SetLiteral(tuple(items))
    pairs = [_pair(cursor, first, item)]
    while cursor.accept(","):
        pairs.append(_pair(cursor, item(cursor), item))
    cursor.expect("}")
    return MapLiteral(tuple(pairs))


def _pair(cursor: Cursor, key: Term, item: Callable[[Cursor], Term]) -> tuple[Term, Term]:
    cursor.expect(":")
    return key, item(cursor)


def map_literal(cursor: Cursor) -> MapLiteral:
    """Take a map in braces, ``{}`` being an empty one (rule ``fullMapLiteral``).

    Args:
        cursor: where it begins.
    """
    cursor.expect("{")
    pairs = () if cursor.kind == "}" else cursor.list_of(lambda inner: _pair(inner, term(inner), term))
    cursor.expect("}")
    return MapLiteral(pairs)


def tuple_literal(cursor: Cursor) -> TupleLiteral:
    """Take terms in parentheses.

    Args:
        cursor: where it begins.
    """
    return TupleLiteral(cursor.bracketed(term))


def type_hint(cursor: Cursor, operand: Callable[[Cursor], Term], follows: Callable[[Cursor], bool]) -> TypeHint | None:
    """Take ``(type) operand`` if that is what stands there, else nothing.

    Args:
        cursor: where it may begin.
        operand: reads the operand.
        follows: tells whether an operand comes next.
    """
    at = cursor.at
    hinted = _type_in_parentheses(cursor) if cursor.ahead(1) in _TYPE_BEGINS else None
    if hinted is None or not follows(cursor):
        cursor.at = at
        return None
    cursor.enter()
    hint = TypeHint(hinted, operand(cursor))
    cursor.leave()
    return hint


_TYPE_BEGINS = NAME_KINDS | {"K_SET", "STRING_LITERAL"}


def _type_in_parentheses(cursor: Cursor) -> CQLType | None:
    depth = cursor.depth
    cursor.expect("(")
    try:
        found = read_type(cursor)
    except CQLSyntaxError:
        cursor.depth = depth
        return None
    return found if cursor.accept(")") else None


def _parentheses(cursor: Cursor) -> Term:
    if cursor.ahead(1) == ")":
        cursor.no_alternative(1)
    return type_hint(cursor, _simple, _simple_follows) or tuple_literal(cursor)


def _simple_follows(cursor: Cursor) -> bool:
    kind = cursor.kind
    if kind in FUNCTION_KINDS or kind in NAME_KINDS:
        # GROUP and PER are names as well, and may go on with the statement.
        return is_call(cursor) or (kind == "K_CAST" and cursor.ahead(1) == "(")
    return marker_follows(cursor) if kind == ":" else kind in _READERS


def marker_follows(cursor: Cursor) -> bool:
    """Tell whether a colon begins a named marker, and is not the one between a map's key and a function call.

    Args:
        cursor: where the colon stands.
    """
    return cursor.ahead(1) in NAME_KINDS and not is_call(cursor, 1)


# ---- functions -------------------------------------------------------------------------------------------------------


def _cast_or_call(cursor: Cursor) -> Cast | FunctionCall:
    return cast(cursor, _simple) if cursor.ahead(1) == "(" else _call(cursor)


def _call(cursor: Cursor) -> FunctionCall:
    if not is_call(cursor):
        cursor.no_alternative(1)
    return function_call(cursor, term)


def function_call(cursor: Cursor, argument: Callable[[Cursor], Term]) -> FunctionCall:
    """Take a function call.

    Args:
        cursor: where it begins.
        argument: reads one argument.
    """
    name = function_name(cursor)
    cursor.expect("(")
    arguments = () if cursor.kind == ")" else cursor.list_of(argument)
    cursor.expect(")")
    return FunctionCall(name.name, arguments, name.keyspace)


def cast(cursor: Cursor, operand: Callable[[Cursor], Term]) -> Cast:
    """Take ``CAST(operand AS type)``.

    Args:
        cursor: where it begins.
        operand: reads the operand.
    """
    cursor.phrase("K_CAST", "(")
    cursor.enter()
    converted = operand(cursor)
    cursor.leave()
    cursor.expect("K_AS")
    if cursor.kind not in NATIVE_KINDS:
        cursor.no_alternative()
    to = Native(cursor.expect(cursor.kind))
    cursor.expect(")")
    return Cast(converted, to)


_READERS: Mapping[str, Callable[[Cursor], Term]] = {
    **dict.fromkeys(FUNCTION_KINDS | NAME_KINDS, _call),
    **dict.fromkeys(CONSTANTS, constant),
    "K_CAST": _cast_or_call,
    "K_NULL": null,
    "?": bind_marker,
    ":": bind_marker,
    "[": _list_literal,
    "{": _braces,
    "(": _parentheses,
}
