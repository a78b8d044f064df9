"""Terms that become values: literals, markers and function calls, each for a receiver of a known type.

What is constant is read when a statement is prepared, so that its errors come then, as with Cassandra. This module must
not know tables.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, TypeAlias

from helenus.cql import ast
from helenus.cql.render import render
from helenus.cql.types import CQLType, List, Map, Set, Tuple, Vector, freeze, unfreeze
from helenus.engine.clock import Clock
from helenus.engine.errors import InvalidRequest
from helenus.engine.functions import Function, known_functions, no_match
from helenus.engine.literals import accepts, parse_constant
from helenus.engine.marshal import pack_collection, pack_fields, pack_vector, read_cells, validator_of
from helenus.engine.order import order_of
from helenus.engine.types import Udt, compatible, same_type

__all__ = ["UNSET", "Evaluate", "Receiver", "Scope", "Unset", "Value", "Values", "assignable", "prepare"]


class Unset(Enum):
    """The type of ``UNSET``: a bound value that leaves things as they are."""

    UNSET = "UNSET"


UNSET: Final = Unset.UNSET
Value: TypeAlias = bytes | Unset | None
Values: TypeAlias = Sequence[Value]
"""The bound values of a statement, by the index of their marker."""
Evaluate: TypeAlias = Callable[[Values], Value]


@dataclass(frozen=True, slots=True)
class Receiver:
    """What a value is for: a column, or something within one.

    Args:
        name: as markers and messages have it.
        type: its type; its user types have their fields.
    """

    name: str
    type: CQLType


@dataclass(slots=True)
class Scope:
    """What is gathered while a statement is prepared.

    Args:
        clock: for functions of the time.
        markers: the receiver of each marker, by its index.
    """

    clock: Clock
    markers: dict[int, Receiver] = field(default_factory=dict)


def prepare(term: ast.Term, receiver: Receiver, scope: Scope) -> Evaluate:
    """Return what makes the term's value from bound values.

    Args:
        term: the term.
        receiver: what it is for.
        scope: where markers are noted.

    Raises:
        InvalidRequest: the term is nothing for this receiver.
    """
    match term:
        case ast.BindMarker():
            return _marker(term, receiver, scope)
        case ast.Null():
            return _constantly(None)
        case ast.Constant():
            return _constant(term, receiver)
        case ast.ListLiteral() | ast.SetLiteral() | ast.MapLiteral() | ast.UserTypeLiteral() | ast.TupleLiteral():
            return _literal(term, receiver, scope)
        case ast.FunctionCall():
            return _call(term, receiver, scope)
        case ast.TypeHint():
            if not same_type(term.type, receiver.type):
                raise InvalidRequest(
                    f"Cannot assign value ({term.type}){render(term.operand)} to {receiver.name} of type "
                    f"{receiver.type}"
                )
            return prepare(term.operand, receiver, scope)
        case _:
            raise InvalidRequest(f"The term {render(term)} is not supported by the embedded engine")


def assignable(term: ast.Term, of: CQLType) -> bool:
    """Tell whether a term may be a value of a type, as far as its form says.

    Args:
        term: the term.
        of: the type.
    """
    plain = unfreeze(of)
    match term:
        case ast.Constant():
            return accepts(plain, term.kind)
        case ast.ListLiteral():
            return _list_assignable(term, of)
        case ast.SetLiteral():
            empty_map = isinstance(plain, Map) and not term.items
            return empty_map or (isinstance(plain, Set) and all(assignable(one, plain.element) for one in term.items))
        case ast.MapLiteral():
            return isinstance(plain, Map) and all(
                assignable(key, plain.key) and assignable(value, plain.value) for key, value in term.items
            )
        case ast.TupleLiteral():
            return (
                isinstance(plain, Tuple)
                and len(term.items) <= len(plain.elements)
                and all(map(assignable, term.items, plain.elements))
            )
        case ast.UserTypeLiteral():
            return isinstance(plain, Udt) and all(
                name in dict(plain.fields) and assignable(value, dict(plain.fields)[name])
                for name, value in term.fields
            )
        case ast.FunctionCall():
            return any(compatible(function.returns, of) for function in known_functions(term.name))
        case _:
            return not isinstance(term, ast.TypeHint) or same_type(term.type, of)


def _list_assignable(term: ast.ListLiteral, of: CQLType) -> bool:
    plain = unfreeze(of)
    if not isinstance(plain, List | Vector):
        raise InvalidRequest(f"Unexpected receiver type '{of}'; only list and vector are expected")
    return all(assignable(item, plain.element) for item in term.items)


def _constantly(value: bytes | None) -> Evaluate:
    return lambda _: value


def _marker(term: ast.BindMarker, receiver: Receiver, scope: Scope) -> Evaluate:
    index = term.index
    scope.markers[index] = receiver if term.name is None else Receiver(term.name, receiver.type)
    validate = validator_of(receiver.type)
    arrange = _arranger(unfreeze(receiver.type))

    def evaluate(values: Values) -> Value:
        value = values[index]
        if not isinstance(value, bytes):
            return value
        validate(value)
        return value if arrange is None else arrange(value)

    return evaluate


def _arranger(of: CQLType) -> Callable[[bytes], bytes] | None:
    """Return what puts a bound collection in order, as clients need not; None for what has no order of its own."""
    match of:
        case List():
            return lambda data: pack_collection([_present(cell) for cell in read_cells(data)])
        case Set():
            place_of_element = order_of(of.element)

            def arrange_set(data: bytes) -> bytes:
                found = {place_of_element(cell): cell for cell in map(_present, read_cells(data))}
                return pack_collection([found[place] for place in sorted(found)])

            return arrange_set
        case Map():
            place_of_key = order_of(of.key)

            def arrange_map(data: bytes) -> bytes:
                cells = [_present(cell) for cell in read_cells(data, 2)]
                found = {place_of_key(key): (key, value) for key, value in zip(cells[::2], cells[1::2], strict=True)}
                return pack_collection([part for place in sorted(found) for part in found[place]], 2)

            return arrange_map
        case _:
            return None


def _constant(term: ast.Constant, receiver: Receiver) -> Evaluate:
    if not accepts(receiver.type, term.kind):
        raise InvalidRequest(
            f'Invalid {term.kind.value} constant ({term.text}) for "{receiver.name}" of type {receiver.type}'
        )
    return _constantly(parse_constant(receiver.type, term))


def _call(term: ast.FunctionCall, receiver: Receiver, scope: Scope) -> Evaluate:
    function = resolve_call(term, receiver.type)
    if not compatible(function.returns, receiver.type):
        raise InvalidRequest(
            f"Type error: cannot assign result of function system.{function.name} (type {function.returns}) to "
            f"{receiver.name} (type {receiver.type})"
        )
    parts = [
        prepare(argument, Receiver(f"arg{index}(system.{function.name})", of), scope)
        for index, (argument, of) in enumerate(zip(term.arguments, function.arguments, strict=True))
    ]

    def evaluate(values: Values) -> Value:
        given: list[bytes] = []
        for part in parts:
            value = part(values)
            if value is None or value is UNSET:
                return value
            given.append(value)
        return function.call(scope.clock, given)

    return evaluate


def resolve_call(term: ast.FunctionCall, wanted: CQLType | None = None) -> Function:
    """Return the function that a call is of, by the form of its arguments.

    Args:
        term: the call.
        wanted: the type that its result should have, which chooses among several.

    Raises:
        InvalidRequest: there is none, or there are several.
    """
    known = known_functions(term.name) if term.keyspace in {None, "system"} else ()
    fitting = [
        function
        for function in known
        if len(function.arguments) == len(term.arguments) and all(map(assignable, term.arguments, function.arguments))
    ]
    if len(fitting) > 1 and wanted is not None:
        fitting = [function for function in fitting if compatible(function.returns, wanted)] or fitting
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise InvalidRequest(
            f"Ambiguous call to function {term.name} (can be matched by following signatures: "
            f"{', '.join(f'system.{function.name}' for function in fitting)}): use type casts to disambiguate"
        )
    if not known:
        named = f"{term.name} called" if wanted is not None else f"'{term.name}'"
        raise InvalidRequest(f"Unknown function {named}")
    raise no_match(term.name, known)


# ---- literals of containers ------------------------------------------------------------------------------------------


def _literal(term: ast.Term, receiver: Receiver, scope: Scope) -> Evaluate:
    plain = unfreeze(receiver.type)
    match term:
        case ast.ListLiteral():
            return _list(term, receiver, plain, scope)
        case ast.SetLiteral() if isinstance(plain, Set):
            return _set(term, receiver, plain, scope)
        case ast.SetLiteral() if isinstance(plain, Map) and not term.items:
            return _constantly(pack_collection(()))
        case ast.MapLiteral() if isinstance(plain, Map):
            return _map(term, receiver, plain, scope)
        case ast.UserTypeLiteral() if isinstance(plain, Udt):
            return _user_type(term, receiver, plain, scope)
        case ast.TupleLiteral() if isinstance(plain, Tuple):
            return _tuple(term, receiver, plain, scope)
        case ast.TupleLiteral() if len(term.items) == 1:
            return prepare(term.items[0], receiver, scope)
    kinds: dict[type, str] = {ast.SetLiteral: "set", ast.MapLiteral: "map", ast.UserTypeLiteral: "user type"}
    kind = kinds.get(type(term), "tuple")
    raise InvalidRequest(f"Invalid {kind} literal for {receiver.name} of type {receiver.type}")


def _parts(items: Sequence[ast.Term], receiver: Receiver, what: str, scope: Scope) -> list[Evaluate]:
    """Prepare the elements of a collection; ``what`` says which in a message."""
    for item in items:
        if not assignable(item, receiver.type):
            raise InvalidRequest(f"Invalid {what} {render(item)} is not of type {receiver.type}")
        if isinstance(item, ast.Null):
            raise InvalidRequest("null is not supported inside collections")
    return [prepare(item, receiver, scope) for item in items]


def _present(value: Value) -> bytes:
    if value is UNSET:
        raise InvalidRequest("unset value is not supported inside collections")
    if value is None:
        raise InvalidRequest("null is not supported inside collections")
    return value


def _list(term: ast.ListLiteral, receiver: Receiver, of: CQLType, scope: Scope) -> Evaluate:
    if isinstance(of, Vector):
        return _vector(term, receiver, of, scope)
    if not isinstance(of, List):
        raise InvalidRequest(f"Unexpected receiver type '{receiver.type}'; only list and vector are expected")
    element = Receiver(f"value({receiver.name})", of.element)
    parts = _parts(term.items, element, f"list literal for {receiver.name}: value", scope)
    return lambda values: pack_collection([_present(part(values)) for part in parts])


def _vector(term: ast.ListLiteral, receiver: Receiver, of: Vector, scope: Scope) -> Evaluate:
    if len(term.items) != of.dimension:
        raise InvalidRequest(
            f"Invalid vector literal for {receiver.name} of type {of}; expected {of.dimension} elements, but given "
            f"{len(term.items)}"
        )
    parts = _parts(
        term.items, Receiver(f"value({receiver.name})", of.element), f"vector literal for {receiver.name}: value", scope
    )
    return lambda values: pack_vector(of, [_present(part(values)) for part in parts])


def _set(term: ast.SetLiteral, receiver: Receiver, of: Set, scope: Scope) -> Evaluate:
    element = Receiver(f"value({receiver.name})", of.element)
    parts = _parts(term.items, element, f"set literal for {receiver.name}: value", scope)
    place = order_of(of.element)

    def evaluate(values: Values) -> Value:
        found = {place(cell): cell for cell in [_present(part(values)) for part in parts]}
        return pack_collection([found[key] for key in sorted(found)])

    return evaluate


def _map(term: ast.MapLiteral, receiver: Receiver, of: Map, scope: Scope) -> Evaluate:
    name = receiver.name
    for key, value in term.items:
        for what, item, part in (("key", key, of.key), ("value", value, of.value)):
            if not assignable(item, part):
                raise InvalidRequest(f"Invalid map literal for {name}: {what} {render(item)} is not of type {part}")
    keys = _parts([key for key, _ in term.items], Receiver(f"key({name})", of.key), "", scope)
    elements = _parts([value for _, value in term.items], Receiver(f"value({name})", of.value), "", scope)
    place = order_of(of.key)

    def evaluate(values: Values) -> Value:
        found: dict[bytes, tuple[bytes, bytes]] = {}
        for key, element in zip(keys, elements, strict=True):
            cell = _present(key(values))
            found[place(cell)] = cell, _present(element(values))
        return pack_collection([cell for key in sorted(found) for cell in found[key]], 2)

    return evaluate


def _tuple(term: ast.TupleLiteral, receiver: Receiver, of: Tuple, scope: Scope) -> Evaluate:
    if len(term.items) > len(of.elements):
        raise InvalidRequest(
            f"Invalid tuple literal for {receiver.name}: too many elements. Type {freeze(of)} expects "
            f"{len(of.elements)} but got {len(term.items)}"
        )
    parts: list[Evaluate] = []
    for index, (item, part) in enumerate(zip(term.items, of.elements, strict=False)):
        if not assignable(item, part):
            raise InvalidRequest(f"Invalid tuple literal for {receiver.name}: component {index} is not of type {part}")
        parts.append(prepare(item, Receiver(f"{receiver.name}[{index}]", part), scope))
    return _fields(parts, "Invalid unset value for tuple field number {}")


def _user_type(term: ast.UserTypeLiteral, receiver: Receiver, of: Udt, scope: Scope) -> Evaluate:
    given = dict(term.fields)
    names = [name for name, _ in of.fields]
    for name in given:
        if name not in names:
            raise InvalidRequest(f"Unknown field '{name}' in value of user defined type {of}")
    parts: list[Evaluate] = []
    for name, part in of.fields:
        item = given.get(name, ast.NULL)
        if not assignable(item, part):
            raise InvalidRequest(f"Invalid user type literal for {receiver.name}: field {name} is not of type {part}")
        parts.append(prepare(item, Receiver(f"{receiver.name}.{name}", part), scope))
    return _fields(parts, "Invalid unset value for field number {}")


def _fields(parts: Sequence[Evaluate], complaint: str) -> Evaluate:
    def evaluate(values: Values) -> Value:
        cells: list[bytes | None] = []
        for index, part in enumerate(parts):
            value = part(values)
            if value is UNSET:
                raise InvalidRequest(complaint.format(index))
            cells.append(value)
        return pack_fields(cells)

    return evaluate
