"""What SELECT answers of each row: names, types and values of its columns; and aggregates over rows.

This module must not know how rows are found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from helenus.cql import ast
from helenus.cql.types import CQLType, List, Map, unfreeze
from helenus.engine.catalog import ColumnMeta, Table
from helenus.engine.cells import Cell, is_live
from helenus.engine.errors import InvalidRequest
from helenus.engine.found import Found, Read, elements, reader
from helenus.engine.functions import find_function
from helenus.engine.marshal import pack_collection, read_cells, read_fields
from helenus.engine.order import order_of
from helenus.engine.partitioner import join_key, token
from helenus.engine.results import ResultColumn
from helenus.engine.terms import UNSET, Receiver, Scope, Values, assignable, prepare, resolve_call
from helenus.engine.types import BIGINT, INT, Udt

__all__ = ["Selected", "Selection", "select"]

Fold: TypeAlias = Callable[[Sequence[Found]], bytes | None]
"""Returns one value for all rows."""


@dataclass(frozen=True, slots=True)
class Selected:
    """One column of a result.

    Args:
        name: its name.
        type: its type.
        bind: from bound values to what reads it in a row.
        fold: for an aggregate, what makes one value of all rows.
        columns: the table's columns that it looks at.
    """

    name: str
    type: CQLType
    bind: Callable[[Values], Read]
    fold: Fold | None = None
    columns: tuple[ColumnMeta, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """All columns of a result.

    Args:
        parts: the columns, in order.
    """

    parts: tuple[Selected, ...]

    @property
    def is_aggregate(self) -> bool:
        """Tell whether one row is answered for all."""
        return any(part.fold is not None for part in self.parts)

    @property
    def columns(self) -> tuple[ResultColumn, ...]:
        """Return names and types."""
        return tuple(ResultColumn(part.name, part.type) for part in self.parts)

    def rows(self, found: Sequence[Found], values: Values) -> tuple[tuple[bytes | None, ...], ...]:
        """Return the values of rows.

        Args:
            found: the rows.
            values: the bound values.
        """
        reads = [part.bind(values) for part in self.parts]
        if not self.is_aggregate:
            return tuple(tuple([read(row) for read in reads]) for row in found)
        first = found[0] if found else None
        folded = [
            part.fold(found) if part.fold is not None else None if first is None else read(first)
            for part, read in zip(self.parts, reads, strict=True)
        ]
        return (tuple(folded),)


def select(table: Table, selectors: Sequence[ast.Selector], scope: Scope) -> Selection:
    """Return what SELECT asks for.

    Args:
        table: the table.
        selectors: what stands behind SELECT; empty for ``*``.
        scope: where markers are noted.

    Raises:
        InvalidRequest: there is no such column or function.
    """
    if not selectors:
        return Selection(tuple(_column(column) for column in table.columns))
    parts = []
    for selector in selectors:
        part = _part(table, selector.expression, scope)
        name = part.name if selector.alias is None else selector.alias
        parts.append(Selected(name, part.type, part.bind, part.fold, part.columns))
    return Selection(tuple(parts))


def _column(column: ColumnMeta) -> Selected:
    read = reader(column)
    return Selected(column.name, column.resolved, lambda _: read, columns=(column,))


def _part(table: Table, term: ast.Term, scope: Scope) -> Selected:
    match term:
        case ast.Column():
            return _column(table.column(term.name))
        case ast.CountRows():
            return Selected("count", BIGINT, _nothing, lambda found: len(found).to_bytes(8))
        case ast.CellFunction():
            return _cell_function(table, term)
        case ast.FunctionCall():
            return _function(table, term, scope)
        case ast.FieldAccess():
            return _field(table, term, scope)
        case ast.ElementAccess():
            return _element(table, term, scope)
        case ast.TypeHint():
            evaluate = prepare(term.operand, Receiver("[selection]", term.type), scope)
            return Selected(f"({term.type}){_text(term.operand)}", term.type, _constant(evaluate))
        case _:
            raise InvalidRequest(
                f"Cannot infer type for term {_text(term)} in selection clause (try using a cast to force a type)"
            )


def _function(table: Table, term: ast.FunctionCall, scope: Scope) -> Selected:
    name = term.name.lower()
    if name == "token":
        return _token(table, term)
    if name not in _FOLDS or len(term.arguments) != 1:
        return _call(table, term, scope)
    if name == "count" and isinstance(term.arguments[0], ast.Constant):
        return _part(table, ast.CountRows(), scope)
    return _fold(table, term, scope)


def _text(term: ast.Term) -> str:
    if isinstance(term, ast.Constant):
        return f"'{term.text}'" if term.kind is ast.ConstantKind.STRING else term.text
    return "?" if isinstance(term, ast.BindMarker) else type(term).__name__.lower()


def _nothing(values: Values) -> Read:
    del values
    return lambda _: None


def _constant(evaluate: Callable[[Values], object]) -> Callable[[Values], Read]:
    def bind(values: Values) -> Read:
        value = evaluate(values)
        return lambda _: value if isinstance(value, bytes) else None

    return bind


def _cell_function(table: Table, term: ast.CellFunction) -> Selected:
    if not isinstance(term.operand, ast.Column):
        raise InvalidRequest(f"{term.name} of a part of a column is not supported by the embedded engine")
    column = table.column(term.operand.name)
    if column.is_key:
        raise InvalidRequest(f"Cannot use selection function {term.name} on PRIMARY KEY part {column.name}")
    of = INT if term.name == "ttl" else BIGINT
    several = column.is_multicell and term.name != "maxwritetime"
    read = _cells_reader(column, term.name, several=several)
    name = f"{term.name}({column.name})"
    return Selected(name, List(of) if several else of, lambda _: read, columns=(column,))


def _cells_reader(column: ColumnMeta, function: str, *, several: bool) -> Read:
    number, is_static = column.number, column.kind == "static"
    measure = _time_left if function == "ttl" else _written

    def read(found: Found) -> bytes | None:
        row = found.partition.static if is_static else found.row
        data = None if row is None else row.columns.get(number)
        if data is None:
            return None
        if isinstance(data, Cell):
            return measure(data, found.now) if is_live(data, found.now) else None
        measured = [measure(cell, found.now) for _, cell in elements(data, found.now)]
        if not measured:
            return None
        return pack_collection(measured) if several else max(one or b"" for one in measured)

    return read


def _written(cell: Cell, now: int) -> bytes | None:
    del now
    return cell.timestamp.to_bytes(8, signed=True)


def _time_left(cell: Cell, now: int) -> bytes | None:
    return (cell.expiry - now).to_bytes(4) if cell.expiry else None


def _token(table: Table, term: ast.FunctionCall) -> Selected:
    names = [argument.name for argument in term.arguments if isinstance(argument, ast.Column)]
    key = [column.name for column in table.partition_key]
    if names != key or len(names) != len(term.arguments):
        raise InvalidRequest(
            f"Invalid number of arguments in call to function token: {len(key)} required but "
            f"{len(term.arguments)} provided"
        )
    read: Read = lambda found: token(join_key(found.key)).to_bytes(8, signed=True)  # noqa: E731 - a typed closure
    return Selected(f"system.token({', '.join(names)})", BIGINT, lambda _: read, columns=table.partition_key)


def _call(table: Table, term: ast.FunctionCall, scope: Scope) -> Selected:
    if all(isinstance(argument, ast.Constant | ast.BindMarker) for argument in term.arguments):
        function = resolve_call(term)
        evaluate = prepare(term, Receiver(f"system.{function.name}", function.returns), scope)
        given = ", ".join(_text(argument) for argument in term.arguments)
        # The value is made for each row anew: now() is another one in each.
        read_of: Callable[[Values], Read] = lambda values: lambda _: _plain(evaluate(values))  # noqa: E731
        return Selected(f"system.{function.name}({given})", function.returns, read_of)
    parts = [_part(table, argument, scope) for argument in term.arguments]
    function = find_function(term.name, [part.type for part in parts])

    def bind(values: Values) -> Read:
        reads = [part.bind(values) for part in parts]

        def read(found: Found) -> bytes | None:
            given: list[bytes] = []
            for one in reads:
                value = one(found)
                if value is None:
                    return None
                given.append(value)
            return function.call(scope.clock, given)

        return read

    name = f"system.{function.name}({', '.join(part.name for part in parts)})"
    return Selected(name, function.returns, bind, columns=tuple(c for part in parts for c in part.columns))


def _plain(value: object) -> bytes | None:
    return value if isinstance(value, bytes) else None


def _field(table: Table, term: ast.FieldAccess, scope: Scope) -> Selected:
    operand = _part(table, term.operand, scope)
    of = unfreeze(operand.type)
    if not isinstance(of, Udt):
        raise InvalidRequest(f"Invalid field selection: {operand.name} of type {operand.type} is not a user type")
    names = [name for name, _ in of.fields]
    if term.field not in names:
        raise InvalidRequest(f"{operand.name} of type {of} has no field {term.field}")
    at = names.index(term.field)

    def bind(values: Values) -> Read:
        read = operand.bind(values)
        return lambda found: None if (data := read(found)) is None else read_fields(data, len(names))[at]

    return Selected(f"{operand.name}.{term.field}", of.fields[at][1], bind, columns=operand.columns)


def _element(table: Table, term: ast.ElementAccess, scope: Scope) -> Selected:
    operand = _part(table, term.operand, scope)
    of = unfreeze(operand.type)
    if not isinstance(of, Map):
        raise InvalidRequest(
            f"Element selection is only supported on maps by the embedded engine, not on "
            f"{operand.name} of type {operand.type}"
        )
    if not assignable(term.key, of.key):
        raise InvalidRequest(f"Invalid element selection: {operand.name} is of type {operand.type}")
    key = prepare(term.key, Receiver(f"key({operand.name})", of.key), scope)
    place = order_of(of.key)

    def bind(values: Values) -> Read:
        read, wanted = operand.bind(values), key(values)
        if wanted is None or wanted is UNSET:
            raise InvalidRequest(f"Invalid null value for element selection on {operand.name}")
        sought = place(wanted)

        def find(found: Found) -> bytes | None:
            data = read(found)
            cells = read_cells(data, 2) if data is not None else []
            pairs = zip(cells[::2], cells[1::2], strict=True)
            return next((value for one, value in pairs if place(one) == sought), None)

        return find

    return Selected(f"{operand.name}[{_text(term.key)}]", of.value, bind, columns=operand.columns)


# ---- aggregates ------------------------------------------------------------------------------------------------------


def _count(of: CQLType, values: list[bytes]) -> bytes:
    del of
    return len(values).to_bytes(8)


def _least(of: CQLType, values: list[bytes]) -> bytes | None:
    return min(values, key=order_of(of), default=None)


def _greatest(of: CQLType, values: list[bytes]) -> bytes | None:
    return max(values, key=order_of(of), default=None)


_FOLDS: dict[str, Callable[[CQLType, list[bytes]], bytes | None]] = {"count": _count, "max": _greatest, "min": _least}


def _fold(table: Table, term: ast.FunctionCall, scope: Scope) -> Selected:
    name = term.name.lower()
    operand = _part(table, term.arguments[0], scope)
    combine = _FOLDS[name]
    read = operand.bind(())

    def fold(found: Sequence[Found]) -> bytes | None:
        return combine(operand.type, [value for row in found if (value := read(row)) is not None])

    of = BIGINT if name == "count" else operand.type
    return Selected(f"system.{name}({operand.name})", of, _nothing, fold, operand.columns)
