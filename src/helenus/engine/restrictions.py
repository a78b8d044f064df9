"""WHERE: which partitions, which rows of them, and what is left to ask of each row.

All that Cassandra says of relations it does not take is said here. This module must not know storage.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import TypeAlias

from helenus.cql import ast
from helenus.engine.catalog import ColumnMeta, Table
from helenus.engine.errors import InvalidRequest
from helenus.engine.filters import Filter, TupleFilter
from helenus.engine.order import AFTER, order_of
from helenus.engine.partitioner import MAX_TOKEN, MIN_TOKEN, join_key
from helenus.engine.relations import Analysis, Bound, Choices, Restricted, key_or_filter, key_value, required
from helenus.engine.storage import Span
from helenus.engine.terms import Evaluate, Scope, Values

__all__ = ["FILTERING", "ONLY_ROW", "Restrictions", "analyse"]

ONLY_ROW = b"\x03"
"""Where the row of a partition is in a table without clustering columns."""

FILTERING = (
    "Cannot execute this query as it might involve data filtering and thus may have unpredictable performance. If you "
    "want to execute this query despite the performance unpredictability, use ALLOW FILTERING"
)

Places: TypeAlias = Callable[[Values], list[tuple[bytes, tuple[bytes, ...]]]]
"""The values that a group of clustering columns may have, each behind its encoding."""


@dataclass(frozen=True)
class Restrictions:
    """What WHERE says.

    Args:
        table: the table.
        keys: the values of each partition key column; None if the partitions are not all named.
        tokens: the ends of a range of tokens.
        prefix: for each restricted clustering column or group from the first one, its encodings.
        slice: the ends of a slice behind the prefix.
        filters: what is asked of each row.
        has_in: whether a partition key column is restricted by IN.
        prefix_columns: how many clustering columns the prefix has.
        has_clustering_in: whether a clustering column is restricted by IN.
        restricts_clustering: whether any clustering column is restricted, filters included.
        needs_filtering: why the query needs ALLOW FILTERING; None if it does not.
        uses_index: whether an index answers a part of it.
        operators: for each restricted column ``=``, ``IN`` or ``slice``.
    """

    table: Table
    keys: tuple[Choices, ...] | None = None
    tokens: tuple[tuple[str, Evaluate], ...] = ()
    prefix: tuple[Places, ...] = ()
    slice: tuple[Bound, ...] = ()
    filters: tuple[Filter | TupleFilter, ...] = ()
    has_in: bool = False
    prefix_columns: int = 0
    has_clustering_in: bool = False
    restricts_clustering: bool = False
    needs_filtering: str | None = None
    uses_index: bool = False
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
            given = required(evaluate(values), "partition key token")
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

    def _starts(self, values: Values) -> list[tuple[bytes, tuple[bytes, ...]]]:
        found: list[tuple[bytes, tuple[bytes, ...]]] = [(b"", ())]
        for choices in self.prefix:
            chosen = choices(values)
            found = [(start + part, (*row, *more)) for start, row in found for part, more in chosen]
        return found

    def places(self, values: Values) -> list[tuple[bytes, tuple[bytes, ...]]]:
        """Return the places of the rows that are named, and the values of their clustering columns.

        Args:
            values: the bound values; all clustering columns are restricted by ``=`` or IN.
        """
        if not self.table.clustering:
            return [(ONLY_ROW, ())]
        return list(dict(self._starts(values)).items())

    def spans(self, values: Values) -> list[Span]:
        """Return the ranges of rows within each partition, in order.

        Args:
            values: the bound values.
        """
        starts = [start for start, _ in self._starts(values)]
        bounds = [_ranges(bound, values) for bound in self.slice]
        spans: list[Span] = []
        for start in sorted(set(starts)):
            found = [Span(max(start, b"\x00"), start + AFTER if start else None)]
            for ranges in bounds:
                found = [
                    common
                    for one in found
                    for low, high in ranges
                    if (common := _common(one, start + low, None if high is None else start + high)) is not None
                ]
            spans += sorted(found)
        return spans

    @property
    def is_one_row(self) -> bool:
        """Tell whether it names all clustering columns by ``=``."""
        return self.prefix_columns == len(self.table.clustering) and not self.has_clustering_in


def _common(span: Span, low: bytes, high: bytes | None) -> Span | None:
    """Return what a span and a range share, or None."""
    low = max(span.low, low)
    ends = [end for end in (span.high, high) if end is not None]
    end = min(ends, default=None)
    return Span(low, end) if end is None or low < end else None


def _ranges(bound: Bound, values: Values) -> list[tuple[bytes, bytes | None]]:
    """Return the ranges of the clustering order that one end of a slice leaves, behind the slice's prefix.

    Columns whose directions differ leave several: (a, b) > (1, 2) is a > 1, and a = 1 with b > 2.
    """
    if _is_uniform(bound):
        is_low, edge = _edge(bound, values)
        return [(edge, None) if is_low else (b"", edge)]
    found: list[tuple[bytes, bytes | None]] = []
    before = b""
    for column, evaluate in zip(bound.columns, bound.values, strict=True):
        encoded = before + column.orderer(key_value(evaluate(values), column, tuples=True))
        end = before + AFTER if before else None
        found.append((encoded + AFTER, end) if bound.is_start != column.descending else (before, encoded))
        before = encoded
    if bound.operator in {"<=", ">="}:
        found.append((before, before + AFTER))
    return found


def _edge(bound: Bound, values: Values) -> tuple[bool, bytes]:
    """Return whether an edge is the low one in the clustering order, and where it is."""
    encoded = b""
    for column, evaluate in zip(bound.columns, bound.values, strict=True):
        many = len(bound.columns) > 1
        encoded += column.orderer(key_value(evaluate(values), column, tuples=many))
    is_low = bound.is_start != bound.columns[0].descending
    behind = is_low == (bound.operator in {"<", ">"})
    return is_low, encoded + AFTER if behind else encoded


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
    found = Analysis(table, scope)
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
        uses_index=indexed,
        operators={name: said.operator for name, said in found.said.items()},
    )


def _operator(found: Analysis, column: ColumnMeta) -> str | None:
    said = found.said.get(column.name)
    return None if said is None else said.operator


def _keys(table: Table, found: Analysis) -> tuple[tuple[Choices, ...] | None, str | None]:
    """Return the choices for each partition key column, or None and why that needs filtering, if it does."""
    said = [found.said.get(column.name) for column in table.partition_key]
    if all(one is not None and one.choices is not None for one in said):
        return tuple(_first(one.choices) for one in said if one is not None and one.choices is not None), None
    return None, FILTERING if any(one is not None for one in said) else None


def _first(choices: Callable[[Values], list[tuple[bytes, ...]]]) -> Choices:
    return lambda values: [value for (value,) in choices(values)]


def _as_filters(said: Restricted | None, column: ColumnMeta) -> list[Filter | TupleFilter]:
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
    return lambda values: [key_or_filter(evaluate(values), column)]


def _key_filters(table: Table, found: Analysis) -> list[Filter | TupleFilter]:
    return [one for column in table.partition_key for one in _as_filters(found.said.get(column.name), column)]


def _encoded(said: Restricted) -> Places:
    choices = said.choices
    orderers = [column.orderer for column in said.columns]

    def encode(values: Values) -> list[tuple[bytes, tuple[bytes, ...]]]:
        rows = choices(values) if choices is not None else []
        return [(b"".join([place(value) for place, value in zip(orderers, row, strict=True)]), row) for row in rows]

    return encode


def _clustering(
    table: Table, found: Analysis
) -> tuple[list[tuple[Places, int]], list[Bound], list[Filter | TupleFilter], str | None]:
    """Return the prefix, the slice behind it, what must be filtered, and why that is not done unasked."""
    prefix: list[tuple[Places, int]] = []
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
            ends += said.bounds
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


def _usable_index(table: Table, found: Analysis) -> bool:
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
    found: Analysis, table: Table, keys: tuple[Choices, ...] | None, filters: int, problem: str | None
) -> str | None:
    if found.tokens and problem is None:
        filters -= len(table.partition_key) if keys is None and table.partition_key[0].name in found.said else 0
    clustering = any(column.name in found.said for column in table.clustering)
    if _usable_index(table, found):
        return FILTERING if filters + (clustering and keys is None) > 1 else None
    if problem is not None:
        return problem
    if keys is None and clustering and not found.tokens:
        return FILTERING
    return FILTERING if filters > 0 else None
