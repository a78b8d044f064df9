"""What SET, VALUES and DELETE do to one column, as changes of a row.

This module must not know which row, nor where it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from helenus.cql import ast
from helenus.cql.render import render
from helenus.cql.types import CQLType, Frozen, List, Map, Set, is_collection, unfreeze
from helenus.engine.catalog import ColumnMeta, Table
from helenus.engine.cells import Cell, Complex, Row
from helenus.engine.clock import Clock
from helenus.engine.errors import InvalidRequest
from helenus.engine.found import elements
from helenus.engine.marshal import read_cells, read_fields
from helenus.engine.order import order_of
from helenus.engine.terms import UNSET, Evaluate, Receiver, Scope, Value, Values, prepare
from helenus.engine.types import COUNTER, INT, Udt

__all__ = ["Operation", "Write", "assign", "remove", "set_value"]

_MIDDLE = 1 << 62
"""Places of list elements: appended ones are above it, prepended ones below."""


@dataclass(frozen=True, slots=True)
class Write:
    """What all changes of a statement have in common.

    Args:
        values: the bound values.
        timestamp: microseconds since 1970.
        ttl: seconds to live; 0 for ever.
        now: seconds since 1970.
        clock: for places in lists.
    """

    values: Values
    timestamp: int
    ttl: int
    now: int
    clock: Clock

    def cell(self, value: bytes | None) -> Cell:
        """Return a cell of this write; a tombstone for None.

        Args:
            value: its bytes.
        """
        if value is None or not self.ttl:
            return Cell(value, self.timestamp)
        return Cell(value, self.timestamp, self.ttl, self.now + self.ttl)


Apply: TypeAlias = Callable[[Write, Row, Row], None]
"""Changes the second row, a delta; the first one is the row as it is, empty unless the operation asked for it."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A change of one column.

    Args:
        column: the column.
        apply: what makes the change.
        reads: whether it must know the row as it is.
    """

    column: ColumnMeta
    apply: Apply
    reads: bool = False


# ---- setting a column ------------------------------------------------------------------------------------------------


def set_value(column: ColumnMeta, term: ast.Term, scope: Scope) -> Operation:
    """Return ``column = term``.

    Args:
        column: no part of the primary key.
        term: its new value.
        scope: where markers are noted.

    Raises:
        InvalidRequest: the term is nothing for the column.
    """
    evaluate = prepare(term, Receiver(column.name, column.resolved), scope)
    if column.type == COUNTER:
        raise InvalidRequest(
            f"Cannot set the value of counter column {column.name} (counters can only be incremented/decremented, not "
            "set)"
        )

    def simple(write: Write, _: Row, delta: Row) -> None:
        value = evaluate(write.values)
        if value is not UNSET:
            delta.columns[column.number] = write.cell(value)

    def whole(write: Write, _: Row, delta: Row) -> None:
        value = evaluate(write.values)
        if value is not UNSET:
            found = Complex(write.timestamp - 1)
            _put(found, _split(column.resolved, value or b"", write))
            delta.columns[column.number] = found

    return Operation(column, whole if column.is_multicell else simple)


def _put(data: Complex, cells: Iterable[tuple[bytes, bytes, Cell]]) -> None:
    data.cells.update({place: (path, cell) for place, path, cell in cells})


def _split(of: CQLType, value: bytes, write: Write, *, front: bool = False) -> list[tuple[bytes, bytes, Cell]]:
    """Return the cells of a collection's elements: place, path and cell."""
    if not value:
        return []
    match of:
        case List():
            cells = read_cells(value)
            places = _list_places(len(cells), write.clock, front=front)
            return [(place, place, write.cell(_element(cell))) for place, cell in zip(places, cells, strict=True)]
        case Set():
            place_of = order_of(of.element)
            paths = [_element(cell) for cell in read_cells(value)]
            return [(place_of(path), path, write.cell(b"")) for path in paths]
        case Map():
            place_of = order_of(of.key)
            parts = [_element(cell) for cell in read_cells(value, 2)]
            pairs = zip(parts[::2], parts[1::2], strict=True)
            return [(place_of(path), path, write.cell(element)) for path, element in pairs]
        case Udt():
            fields = enumerate(read_fields(value, len(of.fields)))
            return [
                (index.to_bytes(2), index.to_bytes(2), write.cell(cell)) for index, cell in fields if cell is not None
            ]
        case _:
            return []


def _element(cell: bytes | None) -> bytes:
    if cell is None:
        raise InvalidRequest("null is not supported inside collections")
    return cell


def _list_places(count: int, clock: Clock, *, front: bool) -> list[bytes]:
    steps = [clock.timestamp() for _ in range(count)]
    if front:
        return [(_MIDDLE - step).to_bytes(8) for step in reversed(steps)]
    return [(_MIDDLE + step).to_bytes(8) for step in steps]


# ---- UPDATE ----------------------------------------------------------------------------------------------------------


def assign(table: Table, assignment: ast.Assignment, scope: Scope) -> Operation:
    """Return what one part of SET does.

    Args:
        table: the table.
        assignment: the part.
        scope: where markers are noted.

    Raises:
        InvalidRequest: it cannot be done to the column.
    """
    column = table.column(assignment.column)
    if column.is_key:
        raise InvalidRequest(f"PRIMARY KEY part {column.name} found in SET part")
    match assignment:
        case ast.SetValue():
            return set_value(column, assignment.value, scope)
        case ast.Add():
            return _add(column, assignment.value, scope)
        case ast.Subtract():
            return _subtract(column, assignment.value, scope)
        case ast.Prepend():
            return _prepend(column, assignment.value, scope)
        case ast.SetElement():
            return _set_element(column, assignment, scope)
        case ast.SetField():
            return _set_field(column, assignment, scope)


def _refuse(column: ColumnMeta, text: str) -> InvalidRequest:
    if isinstance(column.type, Frozen) and is_collection(column.type):
        return InvalidRequest(f"Invalid operation ({text}) for frozen collection column {column.name}")
    return InvalidRequest(f"Invalid operation ({text}) for non counter column {column.name}")


def _bump(column: ColumnMeta, evaluate: Evaluate, sign: int) -> Operation:
    def apply(write: Write, row: Row, delta: Row) -> None:
        value = evaluate(write.values)
        if value is UNSET:
            return
        if value is None:
            raise InvalidRequest("Invalid null value for counter increment/decrement")
        before = row.columns.get(column.number)
        count = int.from_bytes(before.value or b"", signed=True) if isinstance(before, Cell) else 0
        after = (count + sign * int.from_bytes(value, signed=True) + (1 << 63)) % (1 << 64) - (1 << 63)
        timestamp = max(write.timestamp, before.timestamp + 1) if isinstance(before, Cell) else write.timestamp
        delta.columns[column.number] = Cell(after.to_bytes(8, signed=True), timestamp)

    return Operation(column, apply, reads=True)


def _add(column: ColumnMeta, term: ast.Term, scope: Scope) -> Operation:
    receiver = Receiver(column.name, column.resolved)
    if column.type == COUNTER:
        return _bump(column, prepare(term, receiver, scope), 1)
    if not column.is_multicell or isinstance(column.resolved, Udt):
        raise _refuse(column, f"{column.name} = {column.name} + {render(term)}")
    _check_map_operand(column, term, "addition", "map")
    return _extend(column, prepare(term, receiver, scope), front=False)


def _check_map_operand(column: ColumnMeta, term: ast.Term, what: str, wanted: str) -> None:
    fitting = ast.MapLiteral | ast.SetLiteral if wanted == "map" else ast.SetLiteral
    if (
        isinstance(column.type, Map)
        and isinstance(term, ast.Constant | ast.ListLiteral | ast.MapLiteral | ast.SetLiteral | ast.TupleLiteral)
        and not isinstance(term, fitting)
    ):
        raise InvalidRequest(f"Value for a map {what} has to be a {wanted}, but was: '{render(term)}'")


def _extend(column: ColumnMeta, evaluate: Evaluate, *, front: bool) -> Operation:
    def apply(write: Write, _: Row, delta: Row) -> None:
        value = evaluate(write.values)
        if isinstance(value, bytes):
            _put(_complex(delta, column), _split(column.resolved, value, write, front=front))

    return Operation(column, apply)


def _complex(delta: Row, column: ColumnMeta) -> Complex:
    found = delta.columns.get(column.number)
    if not isinstance(found, Complex):
        found = delta.columns[column.number] = Complex()
    return found


def _prepend(column: ColumnMeta, term: ast.Term, scope: Scope) -> Operation:
    if not isinstance(column.type, List):
        kind = "frozen list" if isinstance(unfreeze(column.type), List) else "non list"
        # The minus is Cassandra's.
        raise InvalidRequest(
            f"Invalid operation ({column.name} = {render(term)} - {column.name}) for {kind} column {column.name}"
        )
    return _extend(column, prepare(term, Receiver(column.name, column.resolved), scope), front=True)


def _subtract(column: ColumnMeta, term: ast.Term, scope: Scope) -> Operation:
    of = column.resolved
    if column.type == COUNTER:
        return _bump(column, prepare(term, Receiver(column.name, of), scope), -1)
    match of:
        case List():
            return _discard(column, of, prepare(term, Receiver(column.name, of), scope))
        case Set():
            return _remove_keys(column, of.element, prepare(term, Receiver(column.name, of), scope))
        case Map():
            _check_map_operand(column, term, "substraction", "set")  # codespell:ignore substraction
            return _remove_keys(column, of.key, prepare(term, Receiver(column.name, Set(of.key)), scope))
        case _:
            raise _refuse(column, f"{column.name} = {column.name} - {render(term)}")


def _remove_keys(column: ColumnMeta, key: CQLType, evaluate: Evaluate) -> Operation:
    place_of = order_of(key)

    def apply(write: Write, _: Row, delta: Row) -> None:
        value = evaluate(write.values)
        if isinstance(value, bytes):
            paths = [_element(cell) for cell in read_cells(value)]
            _put(_complex(delta, column), [(place_of(path), path, write.cell(None)) for path in paths])

    return Operation(column, apply)


def _discard(column: ColumnMeta, of: List, evaluate: Evaluate) -> Operation:
    place_of = order_of(of.element)

    def apply(write: Write, row: Row, delta: Row) -> None:
        value = evaluate(write.values)
        before = row.columns.get(column.number)
        if not isinstance(value, bytes) or not isinstance(before, Complex):
            return
        gone = {place_of(cell) for cell in read_cells(value)}
        for path, cell in elements(before, write.now):
            if place_of(cell.value) in gone:
                _put(_complex(delta, column), [(path, path, write.cell(None))])

    return Operation(column, apply, reads=True)


def _present(value: Value, what: str) -> bytes:
    if value is None:
        raise InvalidRequest(f"Invalid null value for {what}")
    if value is UNSET:
        raise InvalidRequest(f"Invalid unset value for {what}")
    return value


def _set_element(column: ColumnMeta, assignment: ast.SetElement, scope: Scope) -> Operation:
    of = column.resolved
    name = column.name
    match of:
        case List():
            index = prepare(assignment.key, Receiver(f"idx({name})", INT), scope)
            element = prepare(assignment.value, Receiver(f"value({name})", of.element), scope)
            return _at_index(column, index, element)
        case Map():
            key = prepare(assignment.key, Receiver(f"key({name})", of.key), scope)
            element = prepare(assignment.value, Receiver(f"value({name})", of.value), scope)
            return _at_key(column, of, key, element)
    text = f"{name}[{render(assignment.key)}] = {render(assignment.value)}"
    if isinstance(of, Set):
        raise InvalidRequest(f"Invalid operation ({text}) for set column {name}")
    if is_collection(column.type):
        raise InvalidRequest(f"Invalid operation ({text}) for frozen collection column {name}")
    raise InvalidRequest(f"Invalid operation ({text}) for non collection column {name}")


def _at_key(column: ColumnMeta, of: Map, key: Evaluate, element: Evaluate) -> Operation:
    place_of = order_of(of.key)

    def apply(write: Write, _: Row, delta: Row) -> None:
        path = key(write.values)
        if path is None:
            raise InvalidRequest("Invalid null map key")
        if path is UNSET:
            raise InvalidRequest("Invalid unset map key")
        value = element(write.values)
        if value is not UNSET:
            _put(_complex(delta, column), [(place_of(path), path, write.cell(value))])

    return Operation(column, apply)


def _at_index(column: ColumnMeta, index: Evaluate, element: Evaluate) -> Operation:
    def apply(write: Write, row: Row, delta: Row) -> None:
        at = int.from_bytes(_present(index(write.values), "list index"), signed=True)
        value = element(write.values)
        if value is UNSET:
            return
        before = row.columns.get(column.number)
        live = elements(before, write.now) if isinstance(before, Complex) else []
        if not live:
            raise InvalidRequest("Attempted to set an element on a list which is null")
        if not 0 <= at < len(live):
            raise InvalidRequest(f"List index {at} out of bound, list has size {len(live)}")
        path = live[at][0]
        _put(_complex(delta, column), [(path, path, write.cell(value))])

    return Operation(column, apply, reads=True)


def _set_field(column: ColumnMeta, assignment: ast.SetField, scope: Scope) -> Operation:
    of = column.resolved
    text = f"{column.name}.{assignment.field} = {render(assignment.value)}"
    if isinstance(of, Frozen) and isinstance(of.inner, Udt):
        raise InvalidRequest(f"Invalid operation ({text}) for frozen UDT column {column.name}")
    if not isinstance(of, Udt):
        raise InvalidRequest(f"Invalid operation ({text}) for non-UDT column {column.name}")
    path, part = _field_path(of, assignment.field, column.name)
    evaluate = prepare(assignment.value, Receiver(f"{column.name}.{assignment.field}", part), scope)

    def apply(write: Write, _: Row, delta: Row) -> None:
        value = evaluate(write.values)
        if value is not UNSET:
            _put(_complex(delta, column), [(path, path, write.cell(value))])

    return Operation(column, apply)


def _field_path(of: Udt, field: str, column: str) -> tuple[bytes, CQLType]:
    for index, (name, part) in enumerate(of.fields):
        if name == field:
            return index.to_bytes(2), part
    raise InvalidRequest(f"UDT column {column} does not have a field named {field}")


# ---- DELETE ----------------------------------------------------------------------------------------------------------


def remove(table: Table, selection: ast.Column | ast.ElementAccess | ast.FieldAccess, scope: Scope) -> Operation:
    """Return what one part of DELETE does.

    Args:
        table: the table.
        selection: a column, or a part of one.
        scope: where markers are noted.

    Raises:
        InvalidRequest: it cannot be deleted.
    """
    name = selection if isinstance(selection, ast.Column) else selection.operand
    if not isinstance(name, ast.Column):
        raise InvalidRequest("Only columns and their parts can be deleted")
    column = table.column(name.name)
    if column.is_key:
        raise InvalidRequest(f"Invalid identifier {column.name} for deletion (should not be a PRIMARY KEY part)")
    if isinstance(selection, ast.ElementAccess):
        return _remove_element(column, selection.key, scope)
    if isinstance(selection, ast.FieldAccess):
        if not isinstance(column.resolved, Udt):
            raise InvalidRequest(f"Invalid field deletion operation for non-UDT column {column.name}")
        path, _ = _field_path(column.resolved, selection.field, column.name)
        return Operation(
            column, lambda write, _, delta: _put(_complex(delta, column), [(path, path, write.cell(None))])
        )

    def apply(write: Write, _: Row, delta: Row) -> None:
        delta.columns[column.number] = Complex(write.timestamp) if column.is_multicell else write.cell(None)

    return Operation(column, apply)


def _remove_element(column: ColumnMeta, key: ast.Term, scope: Scope) -> Operation:
    of = column.resolved
    if not is_collection(column.type):
        raise InvalidRequest(f"Invalid deletion operation for non collection column {column.name}")
    if isinstance(of, Frozen):
        raise InvalidRequest(f"Invalid deletion operation for frozen collection column {column.name}")
    if isinstance(of, List):
        return _remove_index(column, prepare(key, Receiver(f"idx({column.name})", INT), scope))
    part = of.children()[0]
    label = "key" if isinstance(of, Map) else "value"
    evaluate = prepare(key, Receiver(f"{label}({column.name})", part), scope)
    place_of = order_of(part)

    def apply(write: Write, _: Row, delta: Row) -> None:
        value = evaluate(write.values)
        if value is None or value is UNSET:
            raise InvalidRequest(f"Invalid {'null' if value is None else 'unset'} {label} for column {column.name}")
        _put(_complex(delta, column), [(place_of(value), value, write.cell(None))])

    return Operation(column, apply)


def _remove_index(column: ColumnMeta, index: Evaluate) -> Operation:
    def apply(write: Write, row: Row, delta: Row) -> None:
        value = index(write.values)
        if value is UNSET:
            return
        at = int.from_bytes(_present(value, "list index"), signed=True)
        before = row.columns.get(column.number)
        live: Sequence[tuple[bytes, Cell]] = elements(before, write.now) if isinstance(before, Complex) else []
        if not live:
            raise InvalidRequest("Attempted to delete an element from a list which is null")
        if not 0 <= at < len(live):
            raise InvalidRequest(f"List index {at} out of bound, list has size {len(live)}")
        path = live[at][0]
        _put(_complex(delta, column), [(path, path, write.cell(None))])

    return Operation(column, apply, reads=True)
