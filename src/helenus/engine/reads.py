"""SELECT: from the statement to a plan, and from the plan to rows, page by page.

This module must not know how a row is stored (``rows``) nor who asks.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from helenus.cql import ast
from helenus.engine.catalog import Table
from helenus.engine.cells import Partition
from helenus.engine.errors import InvalidPagingState, InvalidRequest
from helenus.engine.filters import Test
from helenus.engine.found import Found, has_data
from helenus.engine.partitioner import split_key, token
from helenus.engine.restrictions import FILTERING, Restrictions, analyse
from helenus.engine.results import Rows
from helenus.engine.rows import unpack_partition, unpack_row
from helenus.engine.selection import Selection, select
from helenus.engine.storage import PARTITION, Place, Record, Span, Store
from helenus.engine.terms import UNSET, Evaluate, Receiver, Scope, Values, prepare
from helenus.engine.types import INT

__all__ = ["Page", "SelectPlan", "plan_select"]

_END = b"\xff"
"""As the clustering of a paging state: the whole partition was answered."""

_STATE = struct.Struct(">BqIiI")  # version, token, length of the key, rows left or -1, rows of this partition
_STATE_VERSION = 1
_NO_LIMIT = -1


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of an answer is wanted.

    Args:
        size: rows at most; None for all.
        state: where the last page ended; None for the beginning.
        now: seconds since 1970, at which cells are looked at.
    """

    size: int | None
    state: bytes | None
    now: int


@dataclass(frozen=True, slots=True)
class SelectPlan:
    """A query that can be run.

    Args:
        table: the table.
        where: which rows.
        selection: what of them.
        reverse: whether rows come in the opposite of the table's order.
        distinct: whether each partition is answered once.
        sorts: whether rows of several partitions are put in order together.
        limit: rows at most.
        per_partition: rows of each partition at most.
    """

    table: Table
    where: Restrictions
    selection: Selection
    reverse: bool = False
    distinct: bool = False
    sorts: bool = False
    limit: Evaluate | None = None
    per_partition: Evaluate | None = None

    def run(self, store: Store, values: Values, page: Page) -> Rows:
        """Return one page of the answer.

        Args:
            store: the table's records.
            values: the bound values.
            page: which page.

        Raises:
            InvalidRequest: a bound value cannot be.
            InvalidPagingState: the page's state is not of our making.
        """
        limit, per_partition = _limit(self.limit, values), _limit(self.per_partition, values)
        position = _Position.read(page.state) if page.state else _Position(None, limit, 0)
        if self.sorts and page.size is not None and page.size > 0:
            raise InvalidRequest(
                "Cannot page queries with both ORDER BY and a IN restriction on the partition key; you must either "
                "remove the ORDER BY or the IN and sort client side, or disable paging for this query"
            )
        found = _limited(_Scan(self, store, values, page.now).found(position.after), per_partition, position)
        warnings: tuple[str, ...] = ()
        if self.selection.is_aggregate:
            if not self.where.tokens and not any(c.name in self.where.operators for c in self.table.partition_key):
                warnings = ("Aggregation query used without partition key",)
            elif self.where.has_in:
                warnings = ("Aggregation query used on multiple partition keys (IN restriction)",)
            return self._answer(self.selection.rows(list(found), values), None, warnings)
        if self.sorts:
            return self._answer(self.selection.rows(self._sorted(found)[: None if limit < 0 else limit], values), None)
        taken, state = _take(found, position, None if not page.size or page.size < 0 else page.size)
        return self._answer(self.selection.rows(taken, values), state)

    def _answer(
        self, rows: tuple[tuple[bytes | None, ...], ...], state: bytes | None, warnings: tuple[str, ...] = ()
    ) -> Rows:
        return Rows(self.table.keyspace, self.table.name, self.selection.columns, rows, state, warnings)

    def _sorted(self, found: Iterator[Found]) -> list[Found]:
        return sorted(found, key=lambda row: row.place.clustering, reverse=self.reverse)


# ---- pages -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Position:
    """Where a page begins: behind which row, with how many left, how many of that row's partition were answered."""

    after: Place | None
    left: int
    in_partition: int

    def write(self) -> bytes:
        after = self.after or Place(0, b"", b"")
        head = _STATE.pack(_STATE_VERSION, after.token, len(after.key), self.left, self.in_partition)
        return head + after.key + after.clustering

    @classmethod
    def read(cls, state: bytes) -> _Position:
        try:
            version, number, length, left, in_partition = _STATE.unpack_from(state)
        except struct.error:
            raise InvalidPagingState("Invalid value for the paging state") from None
        rest = state[_STATE.size :]
        if version != _STATE_VERSION or len(rest) < length or token(rest[:length]) != number:
            raise InvalidPagingState("Invalid value for the paging state")
        return cls(Place(number, rest[:length], rest[length:]), left, in_partition)


def _limited(found: Iterator[Found], per_partition: int, position: _Position) -> Iterator[Found]:
    """Yield no more rows of each partition than are wanted."""
    if per_partition < 0:
        yield from found
        return
    key, count = (position.after.key, position.in_partition) if position.after else (b"", 0)
    for row in found:
        count = count + 1 if row.place.key == key else 1
        key = row.place.key
        if count <= per_partition:
            yield row


def _take(found: Iterator[Found], position: _Position, size: int | None) -> tuple[list[Found], bytes | None]:
    """Take rows for one page, and say where the next one begins."""
    left = position.left
    most = size if left < 0 else left if size is None else min(left, size)
    taken: list[Found] = []
    for row in found:
        if most is not None and len(taken) == most:
            rest = left if left < 0 else left - len(taken)
            if rest == 0:
                return taken, None
            last = taken[-1].place
            count = sum(1 for one in taken if one.place.key == last.key)
            if position.after is not None and position.after.key == last.key:
                count += position.in_partition
            return taken, _Position(last, rest, count).write()
        taken.append(row)
    return taken, None


def _limit(evaluate: Evaluate | None, values: Values) -> int:
    if evaluate is None:
        return _NO_LIMIT
    value = evaluate(values)
    if value is UNSET:
        return _NO_LIMIT
    if value is None:
        raise InvalidRequest("Invalid null value of limit")
    number = int.from_bytes(value, signed=True)
    if number <= 0:
        raise InvalidRequest("LIMIT must be strictly positive")
    return number


# ---- finding rows ----------------------------------------------------------------------------------------------------


class _Scan:
    """One pass over the rows that a query wants.

    Args:
        plan: the query.
        store: the table's records.
        values: the bound values.
        now: seconds since 1970.
    """

    def __init__(self, plan: SelectPlan, store: Store, values: Values, now: int) -> None:
        self.plan = plan
        self.store = store
        self.values = values
        self.now = now
        self.tests: list[Test] = [one.bind(values) for one in plan.where.filters]
        self.spans = plan.where.spans(values)
        self.width = len(plan.table.partition_key)

    def found(self, after: Place | None) -> Iterator[Found]:
        if self.plan.where.keys is None:
            return self._all(after)
        return self._named(after)

    def _named(self, after: Place | None) -> Iterator[Found]:
        keys = self.plan.where.partitions(self.values)
        if after is not None:
            keys = keys[keys.index(after.key) :] if after.key in keys else []
        for key in keys:
            number = token(key)
            data = self.store.get(Place(number, key, PARTITION))
            partition = Partition() if data is None else unpack_partition(data)
            begun = after if after is not None and after.key == key else None
            yield from self._partition(number, key, partition, self._rows(number, key, begun), begun)

    def _rows(self, number: int, key: bytes, after: Place | None) -> Iterator[Record]:
        for span in reversed(self.spans) if self.plan.reverse else self.spans:
            wanted = span
            if after is not None and self.plan.reverse and after.clustering != PARTITION:
                high = after.clustering if span.high is None else min(span.high, after.clustering)
                wanted = Span(span.low, high)
            elif after is not None and not self.plan.reverse:
                wanted = Span(max(span.low, after.clustering + b"\x00"), span.high)
            yield from self.store.rows(number, key, wanted, reverse=self.plan.reverse)

    def _all(self, after: Place | None) -> Iterator[Found]:
        low, high = self.plan.where.token_range(self.values)
        for (number, key), group in groupby(self.store.scan(low, high, after), lambda record: record[:2]):
            partition = Partition()
            begun = after if after is not None and after.key == key else None
            if begun is not None:
                data = self.store.get(Place(number, key, PARTITION))
                partition = Partition() if data is None else unpack_partition(data)
            yield from self._partition(number, key, partition, group, begun)

    def _partition(
        self, number: int, key: bytes, partition: Partition, records: Iterator[Record], begun: Place | None
    ) -> Iterator[Found]:
        """Yield the rows of a partition, or its static part if it has none."""
        names = split_key(key, self.width)
        some = begun is not None
        for record in records:
            if record.clustering == PARTITION:
                partition = unpack_partition(record.data)
                continue
            if self.plan.distinct and some:
                continue
            row = unpack_row(record.data)
            if not has_data(row, self.now) or not self._within(record.clustering):
                continue
            place = Place(number, key, _END if self.plan.distinct else record.clustering)
            one = Found(names, place, partition, None if self.plan.distinct else row, self.now)
            if all(test(one) for test in self.tests):
                some = True
                yield one
        if not some and not self.plan.where.restricts_clustering and has_data(partition.static, self.now):
            place = Place(number, key, _END if self.plan.distinct else PARTITION)
            one = Found(names, place, partition, None, self.now)
            if all(test(one) for test in self.tests):
                yield one

    def _within(self, clustering: bytes) -> bool:
        if self.plan.where.keys is not None or not self.plan.where.restricts_clustering:
            return True
        return any(span.low <= clustering and (span.high is None or clustering < span.high) for span in self.spans)


# ---- planning --------------------------------------------------------------------------------------------------------


def plan_select(table: Table, statement: ast.Select, scope: Scope) -> SelectPlan:
    """Return the plan of a query.

    Args:
        table: the table that it asks.
        statement: the query.
        scope: where markers are noted.

    Raises:
        InvalidRequest: it cannot be run.
    """
    if statement.json or statement.group_by or any(one.ann_of for one in statement.order_by):
        raise InvalidRequest("SELECT JSON, GROUP BY and ANN OF are not supported by the embedded engine")
    selection = select(table, statement.selectors, scope)
    _check_static_only(table, selection, statement.where)
    where = analyse(table, statement.where, scope, allow_filtering=statement.allow_filtering)
    if where.uses_index and where.has_in:
        raise InvalidRequest("Select on indexed columns and with IN clause for the PRIMARY KEY are not supported")
    if where.filters and not where.uses_index and where.needs_filtering is not None and not statement.allow_filtering:
        raise InvalidRequest(FILTERING)
    if statement.distinct:
        if statement.per_partition_limit is not None:
            raise InvalidRequest("PER PARTITION LIMIT is not allowed with SELECT DISTINCT queries")
        _check_distinct(table, selection, where)
    if selection.is_aggregate and statement.per_partition_limit is not None:
        raise InvalidRequest("PER PARTITION LIMIT is not allowed with aggregate queries.")
    reverse = _reverse(table, statement.order_by, where)
    if where.needs_filtering is not None and not statement.allow_filtering:
        raise InvalidRequest(where.needs_filtering)
    return SelectPlan(
        table,
        where,
        selection,
        reverse=reverse,
        distinct=statement.distinct,
        sorts=bool(statement.order_by) and where.has_in,
        per_partition=_limit_term(statement.per_partition_limit, "[per_partition_limit]", scope),
        limit=_limit_term(statement.limit, "[limit]", scope),
    )


def _limit_term(term: ast.Term | None, name: str, scope: Scope) -> Evaluate | None:
    return None if term is None else prepare(term, Receiver(name, INT), scope)


def _check_static_only(table: Table, selection: Selection, where: Sequence[ast.Where]) -> None:
    kinds = {column.kind for part in selection.parts for column in part.columns}
    if "static" not in kinds or not kinds <= {"partition_key", "static"}:
        return
    clustering = {column.name for column in table.clustering}
    for relation in where:
        names = relation.columns if isinstance(relation, ast.TupleRelation) else (getattr(relation, "column", None),)
        if not clustering.isdisjoint(names):
            raise InvalidRequest("Cannot restrict clustering columns when selecting only static columns")


def _check_distinct(table: Table, selection: Selection, where: Restrictions) -> None:
    restricted = {name: table.column(name) for name in where.operators}
    restricted |= {one.column.name: one.column for one in where.filters if hasattr(one, "column")}
    if any(column.kind in {"clustering", "regular"} for column in restricted.values()):
        raise InvalidRequest(
            "SELECT DISTINCT with WHERE clause only supports restriction by partition key and/or static columns."
        )
    asked = [column for part in selection.parts for column in part.columns]
    for column in asked:
        if column.kind in {"clustering", "regular"}:
            raise InvalidRequest(
                "SELECT DISTINCT queries must only request partition key columns and/or static "
                f"columns (not {column.name})"
            )
    for column in table.partition_key:
        if column not in asked:
            raise InvalidRequest(
                f"SELECT DISTINCT queries must request all the partition key columns (missing {column.name})"
            )


def _reverse(table: Table, order: Sequence[ast.Ordering], where: Restrictions) -> bool:
    """Tell whether ORDER BY asks for the opposite of the table's order."""
    if not order:
        return False
    if where.uses_index:
        raise InvalidRequest("ORDER BY with 2ndary indexes is not supported, except for ANN queries.")
    if where.keys is None:
        raise InvalidRequest("ORDER BY is only supported when the partition key is restricted by an EQ or an IN.")
    asked = {one.column: one.descending for one in order}
    ways: set[bool] = set()
    at = 0
    for name, descending in asked.items():
        column = table.column(name)
        if column.kind != "clustering":
            raise InvalidRequest(
                f"Order by is currently only supported on the clustered columns of the PRIMARY KEY, got {name}"
            )
        while at != column.position:
            if at >= len(table.clustering) or where.operators.get(table.clustering[at].name) != "=":
                raise InvalidRequest(
                    "Order by currently only supports the ordering of columns following their "
                    "declared order in the PRIMARY KEY"
                )
            at += 1
        at += 1
        ways.add(descending != column.descending)
    if len(ways) > 1:
        raise InvalidRequest("Unsupported order by relation")
    return ways == {True}
