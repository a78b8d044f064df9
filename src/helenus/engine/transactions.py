"""Writes as they are done: one alone, many as a batch, and those that ask first (lightweight transactions).

This module must not know how a statement was spelled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from helenus.engine.catalog import ColumnMeta, Table
from helenus.engine.cells import Partition, Row
from helenus.engine.clock import Clock
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
        self._check_mixture(targets)
        now = self.clock.seconds()
        found = [self._found(plan.table, *target, now) for (plan, _), target in zip(self.writes, targets, strict=True)]
        held = [_holds(plan, values, one) for (plan, values), one in zip(self.writes, found, strict=True)]
        table = self.writes[0][0].table
        if not all(held):
            asked = [one for (plan, _), one in zip(self.writes, found, strict=True) if plan.is_conditional]
            return self._refused(table, asked)
        # The condition has seen what is there, so that the write comes after it, whatever clocks have written it.
        timestamp = max([self.clock.timestamp(), *[_newest(one) + 1 for one in found]])
        store = self.store(table)
        mutations: list[Mutation] = []
        for plan, values in self.writes:
            _, ttl = plan.times(values, timestamp)
            mutations += plan.mutations(store, Write(values, timestamp, ttl, now, self.clock))
        for mutation in mutations:
            apply_mutation(store, mutation)
        return Rows(table.keyspace, table.name, (_APPLIED,), ((b"\x01",),))

    def _target(self, plan: WritePlan, values: Values) -> tuple[bytes, bytes]:
        keys = plan.where.partitions(values)
        if len(keys) != 1:
            raise InvalidRequest("IN on the partition key is not supported with conditional updates")
        whole = plan.where.prefix_columns == len(plan.table.clustering)
        return keys[0], plan.where.places(values)[0][0] if whole else PARTITION

    def _check_mixture(self, targets: Sequence[tuple[bytes, bytes]]) -> None:
        for place in set(targets):
            plans = [plan for (plan, _), target in zip(self.writes, targets, strict=True) if target == place]
            absent = any(plan.if_not_exists for plan in plans)
            if absent and any(plan.if_exists for plan in plans):
                raise InvalidRequest("Cannot mix IF EXISTS and IF NOT EXISTS conditions for the same row")
            if absent and any(plan.conditions for plan in plans):
                raise InvalidRequest("Cannot mix IF conditions and IF NOT EXISTS for the same row")
            if any(plan.if_exists for plan in plans) and any(plan.conditions for plan in plans):
                raise InvalidRequest("Cannot mix IF conditions and IF EXISTS for the same row")

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
        seen = {one.place: one for one in found if _is_shown(one)}
        rows = [(b"\x00", *[reader(column)(one) for column in columns]) for one in seen.values()]
        if not rows:
            return Rows(table.keyspace, table.name, (_APPLIED,), ((b"\x00",),))
        names = tuple(ResultColumn(column.name, column.resolved) for column in columns)
        return Rows(table.keyspace, table.name, (_APPLIED, *names), tuple(rows))

    def _reads_statics(self) -> bool:
        """Tell whether static columns are among what Cassandra reads (``CQL3CasRequest.columnsToRead``)."""
        plans = [plan for plan, _ in self.writes if plan.is_conditional]
        if any(plan.if_exists or plan.if_not_exists for plan in plans):
            return any(one.column.kind == "static" for plan in plans for one in plan.operations)
        return any(one.column.kind == "static" for plan in plans for one in plan.conditions)

    def _columns(self, table: Table) -> tuple[ColumnMeta, ...]:
        plans = [plan for plan, _ in self.writes]
        if any(plan.if_not_exists or plan.if_exists for plan in plans):
            return table.columns
        asked = dict.fromkeys(one.column for plan in plans for one in plan.conditions)
        key = (*table.partition_key, *table.clustering) if self.is_batch else ()
        return tuple(dict.fromkeys([*key, *asked]))


def _newest(found: Found) -> int:
    times = [found.partition.deletion, found.partition.static.newest()]
    return max(*times, -1 if found.row is None else found.row.newest())


def _first_clustering(store: Store, place: Place, now: int) -> Row | None:
    """Return a partition's first row without its columns: a refused write of statics shows where it is."""
    for record in store.rows(place.token, place.key, Span()):
        row = unpack_row(record.data)
        if has_data(row, now):
            return Row(row.clustering)
    return None


def _is_shown(found: Found) -> bool:
    return found.row is not None or has_data(found.partition.static, found.now)


def _holds(plan: WritePlan, values: Values, found: Found) -> bool:
    is_static = found.place.clustering == PARTITION
    there = has_data(found.partition.static, found.now) if is_static else found.row is not None
    if plan.if_not_exists:
        return not there
    if plan.if_exists:
        return there
    return all(one.bind(values)(found) for one in plan.conditions)
