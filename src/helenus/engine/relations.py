"""The relations of WHERE, one by one: what is said of each column, and whether it can be said at all.

What follows for the search is for ``restrictions`` to say. This module must not know storage.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

from helenus.cql import ast
from helenus.cql.render import render
from helenus.cql.types import List, Map, Set, Tuple, is_collection, unfreeze
from helenus.engine.catalog import ColumnMeta, Table
from helenus.engine.errors import InvalidRequest
from helenus.engine.filters import Filter
from helenus.engine.marshal import read_cells, read_fields
from helenus.engine.partitioner import join_key, token
from helenus.engine.terms import UNSET, Evaluate, Receiver, Scope, Value, Values, prepare
from helenus.engine.types import BIGINT

__all__ = ["Analysis", "Bound", "Choices", "Restricted", "key_or_filter", "key_value", "required"]

Choices: TypeAlias = Callable[[Values], list[bytes]]
"""The values that a column may have."""


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of a slice.

    Args:
        columns: the columns, one or more.
        operator: one of ``< <= > >=``.
        values: a value for each column.
    """

    columns: tuple[ColumnMeta, ...]
    operator: str
    values: tuple[Evaluate, ...]

    @property
    def is_start(self) -> bool:
        """Tell whether it is a lower bound."""
        return self.operator in {">", ">="}


@dataclass(slots=True)
class Restricted:
    """What is said of one column, or of a group that begins with it.

    Args:
        columns: the column, or the group.
        choices: for ``=`` and IN, what is allowed.
        operator: ``=``, ``IN`` or ``slice``.
        bounds: the ends of a slice.
        relation: the relation that came first.
    """

    columns: tuple[ColumnMeta, ...]
    operator: str
    choices: Callable[[Values], list[tuple[bytes, ...]]] | None = None
    bounds: list[Bound] = field(default_factory=list)


def required(value: Value, name: str) -> bytes:
    """Return a value that must be there.

    Args:
        value: the value.
        name: what it is for.

    Raises:
        InvalidRequest: it is null or unset.
    """
    if value is None:
        raise InvalidRequest(f"Invalid null value for {name}")
    if value is UNSET:
        raise InvalidRequest(f"Invalid unset value for {name}")
    return value


def key_value(value: Value, column: ColumnMeta, *, tuples: bool = False) -> bytes:
    """Return a value of a primary key column.

    Args:
        value: the value.
        column: the column.
        tuples: whether it stands in a tuple, of which Cassandra speaks in other words.

    Raises:
        InvalidRequest: it is null or unset.
    """
    if value is None:
        where = "" if tuples else " in condition"
        raise InvalidRequest(f"Invalid null value{where} for column {column.name}")
    if value is UNSET:
        raise InvalidRequest(f"Invalid unset value for column {column.name}")
    return value


def filter_value(value: Value, column: ColumnMeta) -> bytes:
    """Return a value to compare rows with.

    Args:
        value: the value.
        column: the column.

    Raises:
        InvalidRequest: it is null or unset.
    """
    if value is None:
        raise InvalidRequest(f"Unsupported null value for column {column.name}")
    if value is UNSET:
        raise InvalidRequest(f"Unsupported unset value for column {column.name}")
    return value


class Analysis:
    """What WHERE says, gathered relation by relation.

    Args:
        table: the table.
        scope: where markers are noted.

    Attributes:
        said: by column, what its relations say together.
        filters: relations that only a look at each row, or an index, can answer.
        tokens: operator and value of each relation on the token.
    """

    def __init__(self, table: Table, scope: Scope) -> None:
        """Begin with no relation."""
        self.table = table
        self.scope = scope
        self.said: dict[str, Restricted] = {}
        self.filters: list[Filter] = []
        self.tokens: list[tuple[str, Evaluate]] = []

    def add(self, relation: ast.Where) -> None:
        """Take one more relation.

        Args:
            relation: the relation.

        Raises:
            InvalidRequest: it cannot be, or not beside the others.
        """
        match relation:
            case ast.Relation():
                self._single(relation)
            case ast.TupleRelation():
                self._tuple(relation)
            case ast.TokenRelation():
                self._token(relation)
            case ast.MapEntryRelation():
                self._entry(relation)
            case ast.NotNullRelation():
                raise InvalidRequest(f"Unsupported restriction: {relation.column} IS NOT NULL")
            case ast.IndexExpression():
                raise InvalidRequest(f"Invalid index {relation.index} in custom expression")

    def _single(self, relation: ast.Relation) -> None:
        column = self.table.column(relation.column)
        receiver = Receiver(column.name, column.resolved)
        operator = relation.operator
        if operator in {"CONTAINS", "CONTAINS KEY"}:
            self._contains(relation, column)
            return
        if operator == "LIKE":
            prepare(relation.value, receiver, self.scope)
            raise InvalidRequest(
                f"LIKE restriction is only supported on properly indexed columns. {column.name} LIKE "
                f"{render(relation.value)} is not valid."
            )
        if operator == "!=":
            raise InvalidRequest(f'Unsupported "!=" relation: {column.name} != {render(relation.value)}')
        if column.is_multicell:
            if not is_collection(column.type):
                raise InvalidRequest(
                    f"Non-frozen UDT column '{column.name}' ({column.type}) cannot be restricted by any relation"
                )
            raise InvalidRequest(
                f"Collection column '{column.name}' ({column.type}) cannot be restricted by a '{operator}' relation"
            )
        if operator == "IN":
            self._merge(Restricted((column,), "IN", _in_values(relation.value, column, self.scope)))
            return
        evaluate = prepare(relation.value, receiver, self.scope)
        if operator == "=":
            self._merge(Restricted((column,), "=", lambda values: [(key_or_filter(evaluate(values), column),)]))
        else:
            if str(column.type) == "duration":
                raise InvalidRequest("Slice restrictions are not supported on duration columns")
            self._merge(Restricted((column,), "slice", bounds=[Bound((column,), operator, (evaluate,))]))

    def _contains(self, relation: ast.Relation, column: ColumnMeta) -> None:
        of = unfreeze(column.resolved)
        if relation.operator == "CONTAINS KEY" and not isinstance(of, Map):
            if isinstance(of, List | Set):
                raise InvalidRequest(f"Cannot use CONTAINS KEY on non-map column {column.name}")
            raise InvalidRequest(f"Cannot use CONTAINS KEY on non-collection column {column.name}")
        if not isinstance(of, List | Set | Map):
            raise InvalidRequest(f"Cannot use CONTAINS on non-collection column {column.name}")
        if isinstance(of, Map):
            part, name = (of.key, "key") if relation.operator == "CONTAINS KEY" else (of.value, "value")
        else:
            part, name = of.element, "value"
        evaluate = prepare(relation.value, Receiver(f"{name}({column.name})", part), self.scope)
        values = lambda given: [filter_value(evaluate(given), column)]  # noqa: E731 - it is a closure, not a name
        self.filters.append(Filter(column, relation.operator, values))

    def _entry(self, relation: ast.MapEntryRelation) -> None:
        column = self.table.column(relation.column)
        of = column.resolved
        if not isinstance(of, Map):
            raise InvalidRequest(f"Column {column.name} cannot be used as a map")
        if relation.operator != "=":
            raise InvalidRequest(
                f'Unsupported "{relation.operator}" relation: {column.name}[{render(relation.key)}] '
                f"{relation.operator} {render(relation.value)}"
            )
        key = prepare(relation.key, Receiver(f"key({column.name})", of.key), self.scope)
        evaluate = prepare(relation.value, Receiver(f"value({column.name})", of.value), self.scope)
        self.filters.append(Filter(column, "=", lambda values: [filter_value(evaluate(values), column)], key))

    def _tuple(self, relation: ast.TupleRelation) -> None:
        columns = tuple(self.table.column(name) for name in relation.columns)
        for place, column in enumerate(columns):
            if column in columns[:place]:
                raise InvalidRequest(f'Column "{column.name}" appeared twice in a relation: {render(relation)}')
        for column in columns:
            if column.kind != "clustering":
                raise InvalidRequest(
                    "Multi-column relations can only be applied to clustering columns but was applied "
                    f"to: {column.name}"
                )
        for one, other in pairwise(columns):
            if other.position != one.position + 1:
                raise InvalidRequest(
                    "Clustering columns must appear in the PRIMARY KEY order in multi-column "
                    f"relations: {render(relation)}"
                )
        if relation.operator == "IN":
            self._merge(Restricted(columns, "IN", _in_tuples(relation.value, columns, self.scope)))
            return
        parts = _tuple_parts(relation.value, columns, self.scope)
        if relation.operator == "=":
            self._merge(Restricted(columns, "=", lambda values: [_tuple_values(parts, columns, values)]))
        elif relation.operator == "!=":
            raise InvalidRequest(f'Unsupported "!=" relation: {render(relation)}')
        else:
            self._merge(Restricted(columns, "slice", bounds=[Bound(columns, relation.operator, tuple(parts))]))

    def _token(self, relation: ast.TokenRelation) -> None:
        columns = [self.table.column(name) for name in relation.columns]
        key = self.table.partition_key
        if len(columns) > len(key):
            raise InvalidRequest("The token() function must contains only partition key components")
        if len(columns) < len(key) or any(column not in key for column in columns):
            raise InvalidRequest("The token() function must be applied to all partition key components or none of them")
        if tuple(columns) != key:
            raise InvalidRequest(
                "The token function arguments must be in the partition key order: "
                f"{', '.join(column.name for column in key)}"
            )
        evaluate = _token_value(relation.value, self.table, self.scope)
        names = ", ".join(f'"{column.name}"' for column in key)
        for operator, _ in self.tokens:
            if "=" in {operator, relation.operator}:
                raise InvalidRequest(
                    f"Columns {names} cannot be restricted by both an equality and an inequality relation"
                )
            if operator[0] == relation.operator[0]:
                end = "start" if operator[0] == ">" else "end"
                raise InvalidRequest(
                    f"More than one restriction was found for the {end} bound on "
                    f"{', '.join(column.name for column in key)}"
                )
        self.tokens.append((relation.operator, evaluate))

    def _merge(self, new: Restricted) -> None:
        clashing = next((self.said[column.name] for column in new.columns if column.name in self.said), None)
        if clashing is None:
            for column in new.columns:
                self.said[column.name] = new
            return
        if clashing.operator in {"=", "IN"}:
            kind = "an Equal" if clashing.operator == "=" else "a IN"
            shared = ", ".join(column.name for column in new.columns if column.name in self.said)
            raise InvalidRequest(f"{shared} cannot be restricted by more than one relation if it includes {kind}")
        if new.operator != "slice":
            raise InvalidRequest(
                f'Column "{new.columns[0].name}" cannot be restricted by both an equality and an inequality relation'
            )
        for bound in new.bounds:
            if any(bound.is_start == other.is_start for other in clashing.bounds):
                end = "start" if bound.is_start else "end"
                raise InvalidRequest(
                    f"More than one restriction was found for the {end} bound on {new.columns[0].name}"
                )
        longer = new.columns if len(new.columns) > len(clashing.columns) else clashing.columns
        merged = Restricted(longer, "slice", bounds=[*clashing.bounds, *new.bounds])
        for column in longer:
            self.said[column.name] = merged


def key_or_filter(value: Value, column: ColumnMeta) -> bytes:
    """Return a value of a column, in the words for its kind if it cannot be.

    Args:
        value: the value.
        column: the column.

    Raises:
        InvalidRequest: it is null or unset.
    """
    return key_value(value, column) if column.is_key else filter_value(value, column)


def _in_values(term: ast.Term, column: ColumnMeta, scope: Scope) -> Callable[[Values], list[tuple[bytes, ...]]]:
    if isinstance(term, ast.BindMarker):
        evaluate = prepare(term, Receiver(f"in({column.name})", List(column.resolved)), scope)

        def bound(values: Values) -> list[tuple[bytes, ...]]:
            given = evaluate(values)
            if given is None or given is UNSET:
                raise InvalidRequest(f"Invalid {'null' if given is None else 'unset'} value for column {column.name}")
            return [(key_or_filter(cell, column),) for cell in read_cells(given)]

        return bound
    if not isinstance(term, ast.TupleLiteral):
        raise InvalidRequest(f"Invalid IN value for column {column.name}")
    parts = [prepare(item, Receiver(column.name, column.resolved), scope) for item in term.items]
    return lambda values: [(key_or_filter(value, column),) for part in parts if (value := part(values)) is not UNSET]


def _tuple_parts(term: ast.Term, columns: Sequence[ColumnMeta], scope: Scope) -> list[Evaluate]:
    if isinstance(term, ast.BindMarker):
        of = Tuple(tuple(column.resolved for column in columns))
        evaluate = prepare(term, Receiver(f"({','.join(column.name for column in columns)})", of), scope)

        def part(index: int) -> Evaluate:
            def take(values: Values) -> Value:
                given = evaluate(values)
                return read_fields(given, len(columns))[index] if isinstance(given, bytes) else given

            return take

        return [part(index) for index in range(len(columns))]
    if not isinstance(term, ast.TupleLiteral):
        raise InvalidRequest(f"Invalid tuple value {render(term)}")
    if len(term.items) != len(columns):
        raise InvalidRequest(
            f"Expected {len(columns)} elements in value tuple, but got {len(term.items)}: {render(term)}"
        )
    return [
        prepare(item, Receiver(column.name, column.resolved), scope)
        for item, column in zip(term.items, columns, strict=True)
    ]


def _tuple_values(parts: Sequence[Evaluate], columns: Sequence[ColumnMeta], values: Values) -> tuple[bytes, ...]:
    return tuple(key_value(part(values), column, tuples=True) for part, column in zip(parts, columns, strict=True))


def _in_tuples(
    term: ast.Term, columns: Sequence[ColumnMeta], scope: Scope
) -> Callable[[Values], list[tuple[bytes, ...]]]:
    if isinstance(term, ast.BindMarker):
        of = Tuple(tuple(column.resolved for column in columns))
        evaluate = prepare(term, Receiver(f"in({','.join(column.name for column in columns)})", List(of)), scope)

        def bound(values: Values) -> list[tuple[bytes, ...]]:
            given = required(evaluate(values), f"in({','.join(column.name for column in columns)})")
            rows = [read_fields(cell or b"", len(columns)) for cell in read_cells(given)]
            return [
                tuple(key_value(value, column, tuples=True) for value, column in zip(row, columns, strict=True))
                for row in rows
            ]

        return bound
    items = term.items if isinstance(term, ast.TupleLiteral) else ()
    rows = [_tuple_parts(item, columns, scope) for item in items]
    return lambda values: [_tuple_values(row, columns, values) for row in rows]


def _token_value(term: ast.Term, table: Table, scope: Scope) -> Evaluate:
    if not (isinstance(term, ast.FunctionCall) and term.name.lower() == "token"):
        return prepare(term, Receiver("partition key token", BIGINT), scope)
    if len(term.arguments) != len(table.partition_key):
        raise InvalidRequest(
            "Invalid number of arguments in call to function token: "
            f"{len(table.partition_key)} required but {len(term.arguments)} provided"
        )
    parts = [
        prepare(argument, Receiver(column.name, column.resolved), scope)
        for argument, column in zip(term.arguments, table.partition_key, strict=True)
    ]

    def evaluate(values: Values) -> Value:
        key = [required(part(values), "partition key token") for part in parts]
        return token(join_key(key)).to_bytes(8, signed=True)

    return evaluate
