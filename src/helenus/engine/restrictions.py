"""WHERE: which partitions, which rows of them, and what is left to ask of each row.

All that Cassandra says of relations it does not take is said here. This module must not know storage.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product
from typing import TypeAlias

from helenus.cql import ast
from helenus.cql.render import render
from helenus.cql.types import List, Map, Set, Tuple, is_collection, unfreeze
from helenus.engine.catalog import ColumnMeta, Table
from helenus.engine.errors import InvalidRequest
from helenus.engine.filters import Filter, TupleFilter
from helenus.engine.marshal import read_cells, read_fields
from helenus.engine.order import AFTER, order_of
from helenus.engine.partitioner import MAX_TOKEN, MIN_TOKEN, join_key, token
from helenus.engine.storage import Span
from helenus.engine.terms import UNSET, Evaluate, Receiver, Scope, Value, Values, prepare
from helenus.engine.types import BIGINT

__all__ = ["FILTERING", "Restrictions", "analyse"]

FILTERING = (
    "Cannot execute this query as it might involve data filtering and thus may have unpredictable performance. If you "
    "want to execute this query despite the performance unpredictability, use ALLOW FILTERING"
)

Choices: TypeAlias = Callable[[Values], list[bytes]]
"""The values that a column, or encodings that a group of clustering columns, may have."""


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
class _Restricted:
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


@dataclass(frozen=True)
class Restrictions:
    """What WHERE says.

    Args:
        table: the table.
        keys: the values of each partition key column; None if the partitions are not all named.
        tokens: the ends of a range of tokens.
        prefix: for each restricted clustering column or group from the first one, its encodings.
        slice: the ends of a slice behind the prefix, as far as they are ranges of the clustering order.
        filters: what is asked of each row.
        has_in: whether a partition key column is restricted by IN.
        prefix_columns: how many clustering columns the prefix has.
        has_clustering_in: whether a clustering column is restricted by IN.
        restricts_clustering: whether any clustering column is restricted, filters included.
        needs_filtering: why the query needs ALLOW FILTERING; None if it does not.
        operators: for each restricted column ``=``, ``IN`` or ``slice``.
    """

    table: Table
    keys: tuple[Choices, ...] | None = None
    tokens: tuple[tuple[str, Evaluate], ...] = ()
    prefix: tuple[Choices, ...] = ()
    slice: tuple[Bound, ...] = ()
    filters: tuple[Filter | TupleFilter, ...] = ()
    has_in: bool = False
    prefix_columns: int = 0
    has_clustering_in: bool = False
    restricts_clustering: bool = False
    needs_filtering: str | None = None
    operators: Mapping[str, str] = field(default_factory=dict)

    def partitions(self, values: Values) -> list[bytes]:
        """Return the keys of the partitions that are named, in the order in which they are answered.

        Args:
            values: the bound values.
        """
        given = []
        for column, choices in zip(self.table.partition_key, self.keys or (), strict=True):
            place = order_of(column.resolved)
            given.append(sorted(choices(values), key=place))
        return list(dict.fromkeys(join_key(key) for key in product(*given)))

    def token_range(self, values: Values) -> tuple[int, int]:
        """Return the first and the last token.

        Args:
            values: the bound values.
        """
        low, high = MIN_TOKEN, MAX_TOKEN
        for operator, evaluate in self.tokens:
            given = _required(evaluate(values), "partition key token")
            number = int.from_bytes(given, signed=True)
            if operator in {"=", ">="}:
                low = max(low, number)
            if operator in {"=", "<="} and not (operator == "<=" and number == MIN_TOKEN):
                high = min(high, number)
            if operator == ">":
                low = max(low, number + 1)
            # The smallest token is before all keys as a start and behind them as an end (Cassandra's ring).
            if operator == "<" and number != MIN_TOKEN:
                high = min(high, number - 1)
        return low, high

    def spans(self, values: Values) -> list[Span]:
        """Return the ranges of rows within each partition, in order.

        Args:
            values: the bound values.
        """
        starts = [b""]
        for choices in self.prefix:
            encoded = choices(values)
            starts = [start + part for start in starts for part in encoded]
        bounds = [_edge(bound, values) for bound in self.slice]
        spans = []
        for start in sorted(set(starts)):
            low, high = max(start, b"\x00"), start + AFTER if start else None
            for is_low, edge in bounds:
                if is_low:
                    low = max(low, start + edge)
                else:
                    high = start + edge if high is None else min(high, start + edge)
            if high is None or low < high:
                spans.append(Span(low, high))
        return spans

    @property
    def is_one_row(self) -> bool:
        """Tell whether it names all clustering columns by ``=``."""
        return self.prefix_columns == len(self.table.clustering) and not self.has_clustering_in


def _edge(bound: Bound, values: Values) -> tuple[bool, bytes]:
    """Return whether an edge is the low one in the clustering order, and where it is."""
    encoded = b""
    for column, evaluate in zip(bound.columns, bound.values, strict=True):
        many = len(bound.columns) > 1
        encoded += column.orderer(_key_value(evaluate(values), column, tuples=many))
    is_low = bound.is_start != bound.columns[0].descending
    behind = is_low == (bound.operator in {"<", ">"})
    return is_low, encoded + AFTER if behind else encoded


def _required(value: Value, name: str) -> bytes:
    if value is None:
        raise InvalidRequest(f"Invalid null value for {name}")
    if value is UNSET:
        raise InvalidRequest(f"Invalid unset value for {name}")
    return value


def _key_value(value: Value, column: ColumnMeta, *, tuples: bool = False) -> bytes:
    if value is None:
        where = "" if tuples else " in condition"
        raise InvalidRequest(f"Invalid null value{where} for column {column.name}")
    if value is UNSET:
        raise InvalidRequest(f"Invalid unset value for column {column.name}")
    return value


def _filter_value(value: Value, column: ColumnMeta) -> bytes:
    if value is None:
        raise InvalidRequest(f"Unsupported null value for column {column.name}")
    if value is UNSET:
        raise InvalidRequest(f"Unsupported unset value for column {column.name}")
    return value


# ---- from relations to what is said of each column -------------------------------------------------------------------


class _Analysis:
    """What WHERE says, gathered relation by relation.

    Args:
        table: the table.
        scope: where markers are noted.
    """

    def __init__(self, table: Table, scope: Scope) -> None:
        self.table = table
        self.scope = scope
        self.said: dict[str, _Restricted] = {}
        self.filters: list[Filter] = []
        self.tokens: list[tuple[str, Evaluate]] = []

    def add(self, relation: ast.Where) -> None:
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
            kind = "Collection" if is_collection(column.type) else "User-defined type"
            raise InvalidRequest(f"{kind} column '{column.name}' ({column.type}) cannot be restricted by a "
                                 f"'{operator}' relation")
        if operator == "IN":
            self._merge(_Restricted((column,), "IN", _in_values(relation.value, column, self.scope)))
            return
        evaluate = prepare(relation.value, receiver, self.scope)
        if operator == "=":
            self._merge(_Restricted((column,), "=", lambda values: [(_key_or_filter(evaluate(values), column),)]))
        else:
            if str(column.type) == "duration":
                raise InvalidRequest("Slice restrictions are not supported on duration columns")
            self._merge(_Restricted((column,), "slice", bounds=[Bound((column,), operator, (evaluate,))]))

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
        values = lambda given: [_filter_value(evaluate(given), column)]  # noqa: E731 - it is a closure, not a name
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
        self.filters.append(Filter(column, "=", lambda values: [_filter_value(evaluate(values), column)], key))

    def _tuple(self, relation: ast.TupleRelation) -> None:
        columns = tuple(self.table.column(name) for name in relation.columns)
        for place, column in enumerate(columns):
            if column in columns[:place]:
                raise InvalidRequest(f'Column "{column.name}" appeared twice in a relation: {render(relation)}')
        for column in columns:
            if column.kind != "clustering":
                raise InvalidRequest("Multi-column relations can only be applied to clustering columns but was applied "
                                     f"to: {column.name}")
        for one, other in pairwise(columns):
            if other.position != one.position + 1:
                raise InvalidRequest("Clustering columns must appear in the PRIMARY KEY order in multi-column "
                                     f"relations: {render(relation)}")
        if relation.operator == "IN":
            self._merge(_Restricted(columns, "IN", _in_tuples(relation.value, columns, self.scope)))
            return
        parts = _tuple_parts(relation.value, columns, self.scope)
        if relation.operator == "=":
            self._merge(_Restricted(columns, "=", lambda values: [_tuple_values(parts, columns, values)]))
        elif relation.operator == "!=":
            raise InvalidRequest(f'Unsupported "!=" relation: {render(relation)}')
        else:
            self._merge(_Restricted(columns, "slice", bounds=[Bound(columns, relation.operator, tuple(parts))]))

    def _token(self, relation: ast.TokenRelation) -> None:
        columns = [self.table.column(name) for name in relation.columns]
        key = self.table.partition_key
        if len(columns) > len(key):
            raise InvalidRequest("The token() function must contains only partition key components")
        if len(columns) < len(key) or any(column not in key for column in columns):
            raise InvalidRequest("The token() function must be applied to all partition key components or none of them")
        if tuple(columns) != key:
            raise InvalidRequest("The token function arguments must be in the partition key order: "
                                 f"{', '.join(column.name for column in key)}")
        evaluate = _token_value(relation.value, self.table, self.scope)
        names = ", ".join(f'"{column.name}"' for column in key)
        for operator, _ in self.tokens:
            if "=" in {operator, relation.operator}:
                raise InvalidRequest(
                    f"Columns {names} cannot be restricted by both an equality and an inequality relation"
                )
            if operator[0] == relation.operator[0]:
                end = "start" if operator[0] == ">" else "end"
                raise InvalidRequest(f"More than one restriction was found for the {end} bound on "
                                     f"{', '.join(column.name for column in key)}")
        self.tokens.append((relation.operator, evaluate))

    def _merge(self, new: _Restricted) -> None:
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
                raise InvalidRequest(f"More than one restriction was found for the {end} bound on "
                                     f"{new.columns[0].name}")
        longer = new.columns if len(new.columns) > len(clashing.columns) else clashing.columns
        merged = _Restricted(longer, "slice", bounds=[*clashing.bounds, *new.bounds])
        for column in longer:
            self.said[column.name] = merged


def _key_or_filter(value: Value, column: ColumnMeta) -> bytes:
    return _key_value(value, column) if column.is_key else _filter_value(value, column)


def _in_values(
    term: ast.Term, column: ColumnMeta, scope: Scope
) -> Callable[[Values], list[tuple[bytes, ...]]]:
    if isinstance(term, ast.BindMarker):
        evaluate = prepare(term, Receiver(f"in({column.name})", List(column.resolved)), scope)

        def bound(values: Values) -> list[tuple[bytes, ...]]:
            given = evaluate(values)
            if given is None or given is UNSET:
                raise InvalidRequest(f"Invalid {'null' if given is None else 'unset'} value for column {column.name}")
            return [(_key_or_filter(cell, column),) for cell in read_cells(given)]

        return bound
    if not isinstance(term, ast.TupleLiteral):
        raise InvalidRequest(f"Invalid IN value for column {column.name}")
    parts = [prepare(item, Receiver(column.name, column.resolved), scope) for item in term.items]
    return lambda values: [
        (_key_or_filter(value, column),) for part in parts if (value := part(values)) is not UNSET
    ]


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
    return tuple(
        _key_value(part(values), column, tuples=True) for part, column in zip(parts, columns, strict=True)
    )


def _in_tuples(
    term: ast.Term, columns: Sequence[ColumnMeta], scope: Scope
) -> Callable[[Values], list[tuple[bytes, ...]]]:
    if isinstance(term, ast.BindMarker):
        of = Tuple(tuple(column.resolved for column in columns))
        evaluate = prepare(term, Receiver(f"in({','.join(column.name for column in columns)})", List(of)), scope)

        def bound(values: Values) -> list[tuple[bytes, ...]]:
            given = _required(evaluate(values), f"in({','.join(column.name for column in columns)})")
            rows = [read_fields(cell or b"", len(columns)) for cell in read_cells(given)]
            return [
                tuple(_key_value(value, column, tuples=True) for value, column in zip(row, columns, strict=True))
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
        raise InvalidRequest("Invalid number of arguments in call to function token: "
                             f"{len(table.partition_key)} required but {len(term.arguments)} provided")
    parts = [
        prepare(argument, Receiver(column.name, column.resolved), scope)
        for argument, column in zip(term.arguments, table.partition_key, strict=True)
    ]

    def evaluate(values: Values) -> Value:
        key = [_required(part(values), "partition key token") for part in parts]
        return token(join_key(key)).to_bytes(8, signed=True)

    return evaluate


# ---- from what is said of each column to a plan ----------------------------------------------------------------------


def analyse(
    table: Table, where: Sequence[ast.Where], scope: Scope, *, allow_filtering: bool = False, select: bool = True
) -> Restrictions:
    """Return what WHERE says.

    Args:
        table: the table.
        where: its relations.
        scope: where markers are noted.
        allow_filtering: whether rows may be read and thrown away.
        select: whether it is a query; UPDATE and DELETE have indexes of no use, and words of their own.

    Raises:
        InvalidRequest: a relation cannot be.
    """
    found = _Analysis(table, scope)
    for relation in where:
        found.add(relation)
    keys, problem = _keys(table, found)
    filters: list[Filter | TupleFilter] = list(found.filters)
    if keys is None:
        filters += [one for column in table.partition_key for one in _as_filters(found.said.get(column.name), column)]
    elif found.tokens:
        keys, filters = None, [*filters, *_key_filters(table, found)]
    indexed = select and _usable_index(table, found)
    prefix, ends, rest, gap = _clustering(table, found)
    if gap is not None and not (allow_filtering or indexed):
        if problem is not None:
            raise InvalidRequest(problem)
        raise InvalidRequest(gap)
    filters += rest
    regular = [column for column in table.columns if not column.is_key and column.name in found.said]
    filters += [one for column in regular for one in _as_filters(found.said[column.name], column)]
    named = [found.said[column.name] for column in table.clustering if column.name in found.said]
    return Restrictions(
        table,
        keys,
        tuple(found.tokens),
        tuple(choices for choices, _ in prefix),
        tuple(ends),
        tuple(filters),
        has_in=any(_operator(found, column) == "IN" for column in table.partition_key),
        prefix_columns=sum(count for _, count in prefix),
        has_clustering_in=any(said.operator == "IN" for said in named),
        restricts_clustering=bool(named),
        needs_filtering=_filtering_problem(found, table, keys, len(filters), problem),
        operators={name: said.operator for name, said in found.said.items()},
    )


def _operator(found: _Analysis, column: ColumnMeta) -> str | None:
    said = found.said.get(column.name)
    return None if said is None else said.operator


def _keys(table: Table, found: _Analysis) -> tuple[tuple[Choices, ...] | None, str | None]:
    """Return the choices for each partition key column, or None and why that needs filtering, if it does."""
    said = [found.said.get(column.name) for column in table.partition_key]
    if all(one is not None and one.choices is not None for one in said):
        return tuple(_first(one.choices) for one in said if one is not None and one.choices is not None), None
    return None, FILTERING if any(one is not None for one in said) else None


def _first(choices: Callable[[Values], list[tuple[bytes, ...]]]) -> Choices:
    return lambda values: [value for (value,) in choices(values)]


def _as_filters(said: _Restricted | None, column: ColumnMeta) -> list[Filter | TupleFilter]:
    if said is None:
        return []
    if said.choices is not None:
        operator = "IN" if said.operator == "IN" else "="
        if len(said.columns) == 1:
            return [Filter(column, operator, _first(said.choices))]
        place = said.columns.index(column)
        choices = said.choices
        return [Filter(column, operator, lambda values: [row[place] for row in choices(values)])]
    if column is not said.columns[0]:
        return []
    return [
        TupleFilter(bound.columns, bound.operator, bound.values)
        if len(bound.columns) > 1
        else Filter(column, bound.operator, _one(bound.values[0], column))
        for bound in said.bounds
    ]


def _one(evaluate: Evaluate, column: ColumnMeta) -> Choices:
    return lambda values: [_key_or_filter(evaluate(values), column)]


def _key_filters(table: Table, found: _Analysis) -> list[Filter | TupleFilter]:
    return [one for column in table.partition_key for one in _as_filters(found.said.get(column.name), column)]


def _encoded(said: _Restricted) -> Choices:
    choices, columns = said.choices, said.columns

    def encode(values: Values) -> list[bytes]:
        rows = choices(values) if choices is not None else []
        return [
            b"".join([column.orderer(value) for column, value in zip(columns, row, strict=True)]) for row in rows
        ]

    return encode


def _clustering(
    table: Table, found: _Analysis
) -> tuple[list[tuple[Choices, int]], list[Bound], list[Filter | TupleFilter], str | None]:
    """Return the prefix, the slice behind it, what must be filtered, and why that is not done unasked."""
    prefix: list[tuple[Choices, int]] = []
    ends: list[Bound] = []
    rest: list[Filter | TupleFilter] = []
    gap: str | None = None
    stopped: tuple[ColumnMeta, bool] | None = None
    for column in table.clustering:
        said = found.said.get(column.name)
        if said is None:
            stopped = stopped or (column, False)
        elif stopped is not None and not (stopped[1] and said is found.said.get(stopped[0].name)):
            gap = gap or _gap(column, *stopped)
            rest += _as_filters(said, column)
        elif column is not said.columns[0]:
            continue
        elif said.choices is not None:
            prefix.append((_encoded(said), len(said.columns)))
        else:
            ends += [bound for bound in said.bounds if _is_uniform(bound)]
            rest += [TupleFilter(b.columns, b.operator, b.values) for b in said.bounds if not _is_uniform(b)]
            stopped = column, True
    return prefix, ends, rest, gap


def _is_uniform(bound: Bound) -> bool:
    return len({column.descending for column in bound.columns}) == 1


def _gap(column: ColumnMeta, before: ColumnMeta, sliced: bool) -> str:
    if sliced:
        return (
            f'Clustering column "{column.name}" cannot be restricted (preceding column "{before.name}" is restricted '
            "by a non-EQ relation)"
        )
    return (
        f'PRIMARY KEY column "{column.name}" cannot be restricted as preceding column "{before.name}" is not restricted'
    )


def _usable_index(table: Table, found: _Analysis) -> bool:
    kinds = {(index.column, index.target) for index in table.indexes}
    for said in found.said.values():
        if said.operator == "=" and len(said.columns) == 1:
            name = said.columns[0].name
            if (name, "simple") in kinds or (name, "full") in kinds:
                return True
    for one in found.filters:
        target = {"CONTAINS": "values", "CONTAINS KEY": "keys"}.get(one.operator, "entries")
        if (one.column.name, target) in kinds:
            return True
    return False


def _filtering_problem(
    found: _Analysis, table: Table, keys: tuple[Choices, ...] | None, filters: int, problem: str | None
) -> str | None:
    mixed = sum(
        isinstance(one, _Restricted) and one.choices is None and not all(map(_is_uniform, one.bounds))
        for one in {id(said): said for said in found.said.values()}.values()
    )
    filters -= mixed
    if found.tokens and problem is None:
        filters -= len(table.partition_key) if keys is None and table.partition_key[0].name in found.said else 0
    clustering = any(column.name in found.said for column in table.clustering)
    if _usable_index(table, found):
        return FILTERING if filters > 1 else None
    if problem is not None:
        return problem
    if keys is None and clustering and not found.tokens:
        return FILTERING
    return FILTERING if filters > 0 else None


