"""Writes as they are done: one alone, many as a batch, and those that ask first (lightweight transactions).

This module must not know how a statement was spelled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from helenus.engine.catalog import ColumnMeta, Table
from helenus.engine.cells import Partition, Row
from helenus.engine.clock import Clock
from helenus.engine.conditions import BoundCondition
from helenus.engine.errors import InvalidRequest
from helenus.engine.found import Found, has_data, reader
from helenus.engine.mutations import Mutation, apply_mutation, read_partition, read_row
from helenus.engine.operations import Write
from helenus.engine.partitioner import split_key, token
from helenus.engine.results import Result, ResultColumn, Rows, Void
from helenus.engine.rows import unpack_row
from helenus.engine.storage import PARTITION, Place, Span, Store
from helenus.engine.terms import Evaluate, Values
from helenus.engine.types import BOOLEAN
from helenus.engine.writes import WritePlan

__all__ = ["BatchPlan", "Transaction"]

_APPLIED = ResultColumn("[applied]", BOOLEAN)


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """Several writes that are made together.

    Args:
        kind: ``LOGGED``, ``UNLOGGED`` or ``COUNTER``.
        plans: the writes.
        timestamp: write time of all of them.
    """

    kind: str
    plans: tuple[WritePlan, ...]
    timestamp: Evaluate | None = None

    def check(self) -> None:
        """Check that the writes go together.

        Raises:
            InvalidRequest: they do not.
        """
        counters = [plan.table.is_counter for plan in self.plans]
        if self.kind == "COUNTER" and not all(counters):
            raise InvalidRequest("Cannot include non-counter statement in a counter batch")
        if self.kind == "LOGGED" and any(counters):
            raise InvalidRequest("Cannot include a counter statement in a logged batch")
        if any(counters) and not all(counters):
            raise InvalidRequest("Counter and non-counter mutations cannot exist in the same batch")
        conditional = any(plan.is_conditional for plan in self.plans)
        if self.timestamp is not None and any(counters):
            raise InvalidRequest("Cannot provide custom timestamp for counter BATCH")
        own = any(plan.timestamp is not None for plan in self.plans)
        if conditional and (own or self.timestamp is not None):
            raise InvalidRequest("Cannot provide custom timestamp for conditional BATCH")
        if own and self.timestamp is not None:
            raise InvalidRequest("Timestamp must be set either on BATCH or individual statements")
        if conditional and len({plan.table.id for plan in self.plans}) > 1:
            raise InvalidRequest("Batch with conditions cannot span multiple tables")

    def write_time(self, values: Values, timestamp: int) -> int:
        """Return the write time.

        Args:
            values: the bound values.
            timestamp: the write time if the batch names none.
        """
        given = None if self.timestamp is None else self.timestamp(values)
        return int.from_bytes(given, signed=True) if isinstance(given, bytes) else timestamp


@dataclass(slots=True)
class _Asked:
    """What is asked of one row, or of a static part.

    Args:
        exists: whether it must be there; None if that is not asked.
        conditions: what its columns must be.
    """

    exists: bool | None = None
    conditions: list[tuple[BoundCondition, Values]] = field(default_factory=list)

    def existence(self, *, wanted: bool) -> None:
        """Ask whether it is there."""
        if self.conditions:
            raise InvalidRequest(f"Cannot mix IF conditions and IF {'' if wanted else 'NOT '}EXISTS for the same row")
        if self.exists is not None and self.exists != wanted:
            raise InvalidRequest("Cannot mix IF EXISTS and IF NOT EXISTS conditions for the same row")
        self.exists = wanted

    def condition(self, one: BoundCondition, values: Values) -> None:
        """Ask what a column is."""
        if self.exists is not None:
            raise InvalidRequest("Cannot mix IF conditions and IF NOT EXISTS for the same row")
        self.conditions.append((one, values))

    def holds(self, found: Found) -> bool:
        """Tell whether all of it is so."""
        if self.exists is not None:
            is_static = found.place.clustering == PARTITION
            there = has_data(found.partition.static, found.now) if is_static else found.row is not None
            return there == self.exists
        return all(one.bind(values)(found) for one, values in self.conditions)


@dataclass(frozen=True, slots=True)
class Transaction:
    """The writes of one request.

    Args:
        writes: each with its bound values.
        store: from a table to its records.
        clock: the engine's.
        timestamp: the write time, unless a write names its own.
        is_batch: whether they came as a batch.
    """

    writes: Sequence[tuple[WritePlan, Values]]
    store: Callable[[Table], Store]
    clock: Clock
    timestamp: int
    is_batch: bool = False

    def run(self) -> Result:
        """Make the writes, if their conditions hold.

        Raises:
            InvalidRequest: a bound value cannot be.
        """
        if any(plan.is_conditional for plan, _ in self.writes):
            return self._conditional()
        now = self.clock.seconds()
        for plan, values in self.writes:
            store = self.store(plan.table)
            timestamp, ttl = plan.times(values, self.timestamp)
            for mutation in plan.mutations(store, Write(values, timestamp, ttl, now, self.clock)):
                apply_mutation(store, mutation)
        return Void()

    def _conditional(self) -> Result:
        targets = [self._target(plan, values) for plan, values in self.writes]
        if len({key for key, _ in targets}) > 1:
            raise InvalidRequest("Batch with conditions cannot span multiple partitions")
        key, table, now = targets[0][0], self.writes[0][0].table, self.clock.seconds()
        asked = self._asked([place for _, place in targets])
        found = {place: self._found(table, key, place, now) for place in sorted(asked)}
        if not all(asked[place].holds(one) for place, one in found.items()):
            return self._refused(table, list(found.values()))
        # The condition has seen what is there, so that the write comes after it, whatever clocks have written it.
        timestamp = max([self.clock.timestamp(), *[_newest(one) + 1 for one in found.values()]])
        store = self.store(table)
        mutations: list[Mutation] = []
        for plan, values in self.writes:
            _, ttl = plan.times(values, timestamp)
            mutations += plan.mutations(store, Write(values, timestamp, ttl, now, self.clock))
        for mutation in mutations:
            apply_mutation(store, mutation)
        return Rows(table.keyspace, table.name, (_APPLIED,), ((b"\x01",),))

    def _asked(self, places: Sequence[bytes]) -> dict[bytes, _Asked]:
        """Return what is asked of which row; what static columns are asked is asked of the partition."""
        asked: dict[bytes, _Asked] = {}
        for (plan, values), place in zip(self.writes, places, strict=True):
            if plan.if_not_exists or plan.if_exists:
                where = PARTITION if plan.is_static else place
                asked.setdefault(where, _Asked()).existence(wanted=plan.if_exists)
            for one in plan.conditions:
                where = PARTITION if one.column.kind == "static" else place
                asked.setdefault(where, _Asked()).condition(one, values)
        return asked

    def _target(self, plan: WritePlan, values: Values) -> tuple[bytes, bytes]:
        keys = plan.where.partitions(values)
        if len(keys) != 1:
            raise InvalidRequest("IN on the partition key is not supported with conditional updates")
        whole = plan.where.prefix_columns == len(plan.table.clustering)
        return keys[0], plan.where.places(values)[0][0] if whole else PARTITION

    def _found(self, table: Table, key: bytes, clustering: bytes, now: int) -> Found:
        store = self.store(table)
        place = Place(token(key), key, clustering)
        if clustering == PARTITION:
            live = _first_clustering(store, place, now)
        else:
            row = read_row(store, place)
            live = row if row is not None and has_data(row, now) else None
        partition = read_partition(store, place.token, key)
        return Found(split_key(key, len(table.partition_key)), place, partition, live, now)

    def _refused(self, table: Table, found: Sequence[Found]) -> Rows:
        columns = self._columns(table)
        if not self._reads_statics():
            found = [replace(one, partition=Partition()) for one in found]
        rows = [one for one in found if one.place.clustering != PARTITION]
        shown = [one for one in rows if one.row is not None]
        first = found[0]
        has_static = has_data(first.partition.static, first.now)
        if not shown and (has_static or (not rows and first.row is not None)):
            shown = [replace(first, row=None) if rows else first]
        if not shown:
            return Rows(table.keyspace, table.name, (_APPLIED,), ((b"\x00",),))
        names = tuple(ResultColumn(column.name, column.resolved) for column in columns)
        reads = [reader(column) for column in columns]
        answer = tuple((b"\x00", *[read(one) for read in reads]) for one in shown)
        return Rows(table.keyspace, table.name, (_APPLIED, *names), answer)

    def _reads_statics(self) -> bool:
        """Tell whether static columns are among what Cassandra reads (``CQL3CasRequest.columnsToRead``)."""
        plans = [plan for plan, _ in self.writes if plan.is_conditional]
        if any(one.column.kind == "static" for plan in plans for one in plan.conditions):
            return True
        of_existence = [plan for plan in plans if plan.if_exists or plan.if_not_exists]
        return any(one.column.kind == "static" for plan in of_existence for one in plan.operations)

    def _columns(self, table: Table) -> tuple[ColumnMeta, ...]:
        plans = [plan for plan, _ in self.writes]
        if any(plan.if_not_exists or plan.if_exists for plan in plans):
            return table.columns
        by_kind = [sorted(plan.conditions, key=lambda one: one.column.kind == "static") for plan in plans]
        asked = dict.fromkeys(one.column for conditions in by_kind for one in conditions)
        key = (*table.partition_key, *table.clustering) if self.is_batch else ()
        return tuple(dict.fromkeys([*key, *asked]))


def _newest(found: Found) -> int:
    times = [found.partition.deletion, found.partition.static.newest()]
    return max(*times, -1 if found.row is None else found.row.newest())


def _first_clustering(store: Store, place: Place, now: int) -> Row | None:
    """Return a partition's first row without its columns: a refused write of statics shows where it is."""
    for record in store.rows(place.token, place.key, Span()):
        row = unpack_row(record.data)
        # Without its columns a row is there only by its marker.
        if has_data(Row(live=row.live), now):
            return Row(row.clustering)
    return None
