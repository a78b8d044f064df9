"""How terms and selectors are written."""

from __future__ import annotations

from helenus.cql.ast.terms import (
    Arithmetic,
    BindMarker,
    Cast,
    CellFunction,
    Column,
    Constant,
    ConstantKind,
    CountRows,
    ElementAccess,
    FieldAccess,
    FunctionCall,
    ListLiteral,
    MapLiteral,
    Negation,
    Null,
    SetLiteral,
    SliceAccess,
    Term,
    TupleLiteral,
    TypeHint,
    UserTypeLiteral,
)
from helenus.cql.names import maybe_quote, maybe_quote_function, quote
from helenus.cql.render.base import commas, one_of, render, text
from helenus.cql.tokens import tokenize
from helenus.errors import StatementException

__all__: list[str] = []

# How tightly a term holds together; an operand that is looser than its place asks for gets parentheses. The grammar
# has no mere parentheses: they are a tuple of one item, which the server takes for the item where that fits.
_ADDITIVE, _MULTIPLICATIVE, _NEGATION, _ACCESS, _SIMPLE = range(1, 6)
_OPERATORS = {"+": _ADDITIVE, "-": _ADDITIVE, "*": _MULTIPLICATIVE, "/": _MULTIPLICATIVE, "%": _MULTIPLICATIVE}


def _tightness(term: Term) -> int:
    match term:
        case Arithmetic(operator):
            return _OPERATORS[one_of(operator, _OPERATORS, "an arithmetic operator")]
        case Negation():
            return _NEGATION
        case FieldAccess() | ElementAccess() | SliceAccess():
            return _ACCESS
        case _:
            return _SIMPLE


def _operand(term: Term, least: int) -> str:
    return render(term) if _tightness(term) >= least else f"({render(term)})"


@render.register
def _bind_marker(node: BindMarker) -> str:
    return "?" if node.name is None else f":{maybe_quote(node.name)}"


@render.register
def _constant(node: Constant) -> str:
    if node.kind is ConstantKind.STRING:
        return text(node.text)
    # A constant is the one node that holds text of its own, so nothing but one constant may be in it.
    kinds, _ = tokenize(node.text)
    if len(kinds) != _ONE_TOKEN or _CONSTANTS.get(kinds[0]) is not node.kind:
        raise StatementException(f"{node.text!r} is not one {node.kind.value} constant; bind the value instead.")
    return node.text


_ONE_TOKEN = 2  # itself and EOF
_CONSTANTS = {
    "INTEGER": ConstantKind.INTEGER,
    "FLOAT": ConstantKind.FLOAT,
    "BOOLEAN": ConstantKind.BOOLEAN,
    "UUID": ConstantKind.UUID,
    "HEXNUMBER": ConstantKind.HEX,
    "DURATION": ConstantKind.DURATION,
    "K_POSITIVE_NAN": ConstantKind.FLOAT,
    "K_NEGATIVE_NAN": ConstantKind.FLOAT,
    "K_POSITIVE_INFINITY": ConstantKind.FLOAT,
    "K_NEGATIVE_INFINITY": ConstantKind.FLOAT,
}


@render.register
def _null(_: Null) -> str:
    return "NULL"


@render.register
def _list(node: ListLiteral) -> str:
    return f"[{commas(node.items)}]"


@render.register
def _set(node: SetLiteral) -> str:
    return f"{{{commas(node.items)}}}"


@render.register
def _map(node: MapLiteral) -> str:
    return "{" + ", ".join(f"{render(key)}: {render(value)}" for key, value in node.items) + "}"


@render.register
def _user_type(node: UserTypeLiteral) -> str:
    return "{" + ", ".join(f"{maybe_quote(name)}: {render(value)}" for name, value in node.fields) + "}"


@render.register
def _tuple(node: TupleLiteral) -> str:
    return f"({commas(node.items)})"


@render.register
def _call(node: FunctionCall) -> str:
    name = maybe_quote_function(node.name)
    prefix = "" if node.keyspace is None else f"{maybe_quote(node.keyspace)}."
    return f"{prefix}{name}({commas(node.arguments)})"


@render.register
def _cast(node: Cast) -> str:
    return f"CAST({render(node.operand)} AS {node.type})"


@render.register
def _hint(node: TypeHint) -> str:
    return f"({node.type}) {_operand(node.operand, _SIMPLE)}"


@render.register
def _arithmetic(node: Arithmetic) -> str:
    tightness = _tightness(node)
    return f"{_operand(node.left, tightness)} {node.operator} {_operand(node.right, tightness + 1)}"


@render.register
def _negation(node: Negation) -> str:
    # The blank is needed: "-3" is an integer, "-i" the beginning of -Infinity.
    return f"- {_operand(node.operand, _NEGATION)}"


@render.register
def _column(node: Column) -> str:
    return quote(node.name) if node.name in _MODIFIERS else maybe_quote(node.name)


# Columns of these names are taken for something else in some places: "SELECT json - 1", "SELECT (a) as".
_MODIFIERS = frozenset({"as", "distinct", "json", "per"})


@render.register
def _field(node: FieldAccess) -> str:
    # "5.a" would begin with the number "5.", and "5..a" with an integer and a range.
    operand = _operand(node.operand, _ACCESS)
    dot = " ." if isinstance(node.operand, Constant | TypeHint) and operand[-1] in "0123456789." else "."
    return f"{operand}{dot}{maybe_quote(node.field)}"


@render.register
def _element(node: ElementAccess) -> str:
    return f"{_operand(node.operand, _ACCESS)}[{render(node.key)}]"


@render.register
def _slice(node: SliceAccess) -> str:
    start = "" if node.start is None else render(node.start)
    end = "" if node.end is None else render(node.end)
    return f"{_operand(node.operand, _ACCESS)}[{start}..{end}]"


@render.register
def _cell_function(node: CellFunction) -> str:
    name = one_of(node.name, _CELL_FUNCTIONS, "a function of a cell")
    return f"{name}({render(node.operand)})"


_CELL_FUNCTIONS = frozenset({"maxwritetime", "ttl", "writetime"})


@render.register
def _count(_: CountRows) -> str:
    return "count(*)"
