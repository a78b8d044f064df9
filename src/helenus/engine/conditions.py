"""IF: what must hold of the row that is there.

This module must not know how the row was found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from helenus.cql import ast
from helenus.cql.render import render
from helenus.cql.types import CQLType, List, Map, Set, unfreeze
from helenus.engine.catalog import ColumnMeta, Table
from helenus.engine.errors import InvalidRequest
from helenus.engine.filters import COMPARISONS, Test
from helenus.engine.found import Found, Read, reader
from helenus.engine.marshal import read_cells, read_fields
from helenus.engine.order import order_of
from helenus.engine.terms import UNSET, Evaluate, Receiver, Scope, Values, prepare
from helenus.engine.types import INT, Udt

__all__ = ["BoundCondition", "condition"]


class BoundCondition:
    """One part of IF.

    Args:
        column: the column it is on.
        bind: from bound values to a test of the row.
    """

    def __init__(self, column: ColumnMeta, bind: Callable[[Values], Test]) -> None:
        """Keep both."""
        self.column = column
        self.bind = bind


def condition(table: Table, part: ast.AnyCondition, scope: Scope) -> BoundCondition:
    """Return what one part of IF asks.

    Args:
        table: the table.
        part: the part.
        scope: where markers are noted.

    Raises:
        InvalidRequest: it cannot be asked.
    """
    column = table.column(part.column)
    if column.is_key:
        raise InvalidRequest(f"PRIMARY KEY column '{column.name}' cannot have IF conditions")
    match part:
        case ast.Condition():
            if part.operator.startswith("CONTAINS"):
                return _contains(column, part, scope)
            return _comparison(column, column.resolved, lambda _: reader(column), part, scope)
        case ast.ElementCondition():
            return _element(column, part, scope)
        case ast.FieldCondition():
            return _field(column, part, scope)


def _comparison(
    column: ColumnMeta,
    of: CQLType,
    read_of: Callable[[Values], Read],
    part: ast.Condition | ast.ElementCondition | ast.FieldCondition,
    scope: Scope,
) -> BoundCondition:
    values_of = _given(part.value, part.operator, of, column.name, scope)
    place = order_of(of)
    symbol = part.operator

    def bind(values: Values) -> Test:
        read = read_of(values)
        given = values_of(values)
        if symbol == "IN":
            chosen = {None if value is None else place(value) for value in given}
            return lambda found: (None if (value := read(found)) is None else place(value)) in chosen
        wanted = given[0]
        if symbol in {"=", "!="}:
            key = None if wanted is None else place(wanted)
            return lambda found: ((None if (value := read(found)) is None else place(value)) == key) == (symbol == "=")
        if wanted is None:
            raise InvalidRequest(f'Invalid comparison with null for operator "{symbol}"')
        compare, edge = COMPARISONS[symbol], place(wanted)
        return lambda found: (value := read(found)) is not None and compare(place(value), edge)

    return BoundCondition(column, bind)


def _given(
    term: ast.Term, symbol: str, of: CQLType, name: str, scope: Scope
) -> Callable[[Values], Sequence[bytes | None]]:
    if symbol != "IN":
        return _each([prepare(term, Receiver(name, of), scope)], name)
    if isinstance(term, ast.BindMarker):
        evaluate = prepare(term, Receiver(f"in({name})", List(of)), scope)

        def unpack(values: Values) -> Sequence[bytes | None]:
            given = evaluate(values)
            if not isinstance(given, bytes):
                raise InvalidRequest(f"Invalid {'null' if given is None else 'unset'} value for column {name}")
            return read_cells(given)

        return unpack
    items = term.items if isinstance(term, ast.TupleLiteral) else ()
    return _each([prepare(item, Receiver(name, of), scope) for item in items], name)


def _each(parts: Sequence[Evaluate], name: str) -> Callable[[Values], Sequence[bytes | None]]:
    def evaluate(values: Values) -> Sequence[bytes | None]:
        found: list[bytes | None] = []
        for part in parts:
            value = part(values)
            if value is UNSET:
                raise InvalidRequest(f"Invalid 'unset' value in condition for column {name}")
            found.append(value)
        return found

    return evaluate


def _contains(column: ColumnMeta, part: ast.Condition, scope: Scope) -> BoundCondition:
    of = unfreeze(column.resolved)
    if not isinstance(of, List | Set | Map):
        raise InvalidRequest(f"Cannot use {part.operator} on non-collection column {column.name}")
    is_key = part.operator == "CONTAINS KEY"
    if is_key and not isinstance(of, Map):
        raise InvalidRequest(f"Cannot use CONTAINS KEY on non-map column {column.name}")
    width = 2 if isinstance(of, Map) else 1
    offset = 1 if isinstance(of, Map) and not is_key else 0
    element = of.children()[offset]
    evaluate = prepare(part.value, Receiver(f"{'key' if is_key else 'value'}({column.name})", element), scope)
    place, read = order_of(element), reader(column)

    def bind(values: Values) -> Test:
        wanted = evaluate(values)
        if not isinstance(wanted, bytes):
            raise InvalidRequest(
                f'Invalid comparison with {"null" if wanted is None else "unset"} for operator "{part.operator}"'
            )
        key = place(wanted)
        return lambda found: (
            (value := read(found)) is not None
            and any(place(cell) == key for cell in read_cells(value, width)[offset::width])
        )

    return BoundCondition(column, bind)


def _element(column: ColumnMeta, part: ast.ElementCondition, scope: Scope) -> BoundCondition:
    of = unfreeze(column.resolved)
    read = reader(column)
    match of:
        case Map():
            key = prepare(part.key, Receiver(f"key({column.name})", of.key), scope)
            return _comparison(column, of.value, _entry_reader(read, of, key), part, scope)
        case List():
            index = prepare(part.key, Receiver(f"idx({column.name})", INT), scope)
            return _comparison(column, of.element, _index_reader(read, index), part, scope)
        case _:
            raise InvalidRequest(
                f"Invalid element access syntax for non-collection column {column.name}"
                if not isinstance(of, Set)
                else f"Invalid element access syntax for set column {column.name}"
            )


def _entry_reader(read: Read, of: Map, key: Evaluate) -> Callable[[Values], Read]:
    place = order_of(of.key)

    def bind(values: Values) -> Read:
        wanted = key(values)
        if not isinstance(wanted, bytes):
            raise InvalidRequest("Invalid null value for map element access")
        sought = place(wanted)

        def find(found: Found) -> bytes | None:
            data = read(found)
            cells = [] if data is None else read_cells(data, 2)
            pairs = zip(cells[::2], cells[1::2], strict=True)
            return next((value for one, value in pairs if place(one) == sought), None)

        return find

    return bind


def _index_reader(read: Read, index: Evaluate) -> Callable[[Values], Read]:
    def bind(values: Values) -> Read:
        wanted = index(values)
        if not isinstance(wanted, bytes):
            raise InvalidRequest("Invalid null value for list element access")
        at = int.from_bytes(wanted, signed=True)
        if at < 0:
            raise InvalidRequest(f"Invalid negative list index {at}")

        def find(found: Found) -> bytes | None:
            data = read(found)
            cells = [] if data is None else read_cells(data)
            return cells[at] if at < len(cells) else None

        return find

    return bind


def _field(column: ColumnMeta, part: ast.FieldCondition, scope: Scope) -> BoundCondition:
    of = unfreeze(column.resolved)
    if not isinstance(of, Udt):
        raise InvalidRequest(f"Cannot use field access on non-UDT column {column.name} ({render(part)})")
    names = [name for name, _ in of.fields]
    if part.field not in names:
        raise InvalidRequest(f"Unknown field {part.field} for column {column.name}")
    at, count, read = names.index(part.field), len(names), reader(column)
    read_field: Read = lambda found: (  # noqa: E731 - a typed closure
        None if (data := read(found)) is None else read_fields(data, count)[at]
    )
    return _comparison(column, of.fields[at][1], lambda _: read_field, part, scope)
