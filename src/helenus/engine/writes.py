"""INSERT, UPDATE and DELETE: from the statement to a plan, and from the plan to changes of partitions.

All that Cassandra says of writes it does not take is said here. This module must not know how a change is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from helenus.cql import ast
from helenus.engine.catalog import ColumnMeta, Table
from helenus.engine.cells import Liveness, RangeDeletion, Row
from helenus.engine.conditions import BoundCondition, condition
from helenus.engine.ddl.options import PropertyError
from helenus.engine.errors import InvalidRequest
from helenus.engine.mutations import Mutation, read_partition, read_row
from helenus.engine.operations import Operation, Write, assign, remove, set_value
from helenus.engine.order import AFTER
from helenus.engine.partitioner import token
from helenus.engine.relations import Analysis
from helenus.engine.restrictions import Restrictions, analyse
from helenus.engine.storage import Place, Store
from helenus.engine.terms import UNSET, Evaluate, Receiver, Scope, Values, prepare
from helenus.engine.types import BIGINT, INT

__all__ = ["WritePlan", "plan_write"]

MAX_TTL = 630_720_000


@dataclass(frozen=True, slots=True)
class WritePlan:
    """A write that can be made.

    Args:
        kind: ``INSERT``, ``UPDATE`` or ``DELETE``.
        table: the table.
        where: which rows.
        operations: what is done to which column; none for DELETE of whole rows.
        conditions: what must hold.
        if_exists: whether there must be a row.
        if_not_exists: whether there must be none.
        ttl: seconds to live.
        timestamp: write time.
    """

    kind: str
    table: Table
    where: Restrictions
    operations: tuple[Operation, ...]
    conditions: tuple[BoundCondition, ...] = ()
    if_exists: bool = False
    if_not_exists: bool = False
    ttl: Evaluate | None = None
    timestamp: Evaluate | None = None

    @property
    def is_conditional(self) -> bool:
        """Tell whether it is a lightweight transaction."""
        return bool(self.conditions) or self.if_exists or self.if_not_exists

    @property
    def is_static(self) -> bool:
        """Tell whether it changes nothing but the static part."""
        changed = bool(self.operations) and all(one.column.kind == "static" for one in self.operations)
        return changed and not (self.kind == "INSERT" and self.where.prefix_columns == len(self.table.clustering))

    def times(self, values: Values, timestamp: int) -> tuple[int, int]:
        """Return write time and TTL.

        Args:
            values: the bound values.
            timestamp: the write time if the statement names none.

        Raises:
            InvalidRequest: one of them cannot be.
        """
        given = None if self.timestamp is None else self.timestamp(values)
        if self.timestamp is not None and given is None:
            raise InvalidRequest("Invalid null value of timestamp")
        if isinstance(given, bytes):
            timestamp = int.from_bytes(given, signed=True)
        return timestamp, self._ttl(values)

    def _ttl(self, values: Values) -> int:
        given = UNSET if self.ttl is None else self.ttl(values)
        if given is None:
            return 0
        if given is UNSET:
            default = self.table.options.get("default_time_to_live")
            return default if isinstance(default, int) else 0
        ttl = int.from_bytes(given, signed=True)
        if ttl < 0:
            raise InvalidRequest(f"A TTL must be greater or equal to 0, but was {ttl}")
        if ttl > MAX_TTL:
            raise InvalidRequest(f"ttl is too large. requested ({ttl}) maximum ({MAX_TTL})")
        return ttl

    def mutations(self, store: Store, write: Write) -> list[Mutation]:
        """Return what changes in each partition.

        Args:
            store: the table's records, for what must know them.
            write: values and times.

        Raises:
            InvalidRequest: a bound value cannot be.
        """
        return [self._mutation(store, write, key) for key in self.where.partitions(write.values)]

    def _mutation(self, store: Store, write: Write, key: bytes) -> Mutation:
        mutation = Mutation(token(key), key)
        if self.kind == "DELETE" and not self.operations:
            self._delete(mutation, write)
            return mutation
        statics = [one for one in self.operations if one.column.kind == "static"]
        if statics:
            mutation.static = Row()
            before = Row()
            if any(one.reads for one in statics):
                before = read_partition(store, mutation.token, key).static
            for one in statics:
                one.apply(write, before, mutation.static)
        if not self.is_static:
            for place, clustering in self.where.places(write.values):
                mutation.rows[place] = self._row(store, write, Place(mutation.token, key, place), clustering)
        return mutation

    def _row(self, store: Store, write: Write, place: Place, clustering: tuple[bytes, ...]) -> Row:
        delta = Row(clustering)
        if self.kind == "INSERT":
            expiry = write.now + write.ttl if write.ttl else 0
            delta.live = Liveness(write.timestamp, write.ttl, expiry)
        regular = [one for one in self.operations if one.column.kind == "regular"]
        before = (read_row(store, place) if any(one.reads for one in regular) else None) or Row()
        for one in regular:
            one.apply(write, before, delta)
        return delta

    def _delete(self, mutation: Mutation, write: Write) -> None:
        table = self.table
        if not self.where.restricts_clustering:
            mutation.deletion = write.timestamp
        elif self.where.prefix_columns == len(table.clustering):
            for place, clustering in self.where.places(write.values):
                mutation.rows[place] = Row(clustering, deletion=write.timestamp)
        else:
            for span in self.where.spans(write.values):
                mutation.ranges.append(RangeDeletion(span.low, span.high or AFTER, write.timestamp))


# ---- planning --------------------------------------------------------------------------------------------------------


def plan_write(table: Table, statement: ast.Modification, scope: Scope) -> WritePlan:
    """Return the plan of a write.

    Args:
        table: the table that it changes.
        statement: the write.
        scope: where markers are noted.

    Raises:
        InvalidRequest: it cannot be made.
    """
    if table.virtual:
        raise InvalidRequest(f"Modification is not supported by table {table}")
    match statement:
        case ast.Insert():
            plan = _insert(table, statement, scope)
        case ast.Update():
            plan = _update(table, statement, scope)
        case ast.Delete():
            plan = _delete(table, statement, scope)
        case ast.InsertJSON():
            raise InvalidRequest("INSERT JSON is not supported by the embedded engine")
    _check_conditional(plan)
    return plan


def _using(using: ast.Using | None, table: Table, scope: Scope) -> tuple[Evaluate | None, Evaluate | None]:
    """Return TTL and timestamp."""
    if using is None:
        return None, None
    if table.is_counter and using.timestamp is not None:
        raise InvalidRequest("Cannot provide custom timestamp for counter updates")
    if table.is_counter and using.ttl is not None:
        raise InvalidRequest("Cannot provide custom TTL for counter updates")
    stamp = None if using.timestamp is None else prepare(using.timestamp, Receiver("[timestamp]", BIGINT), scope)
    ttl = None if using.ttl is None else prepare(using.ttl, Receiver("[ttl]", INT), scope)
    return ttl, stamp


def _insert(table: Table, statement: ast.Insert, scope: Scope) -> WritePlan:
    if table.is_counter:
        raise InvalidRequest("INSERT statements are not allowed on counter tables, use UPDATE instead")
    if len(statement.columns) != len(statement.values):
        raise InvalidRequest("Unmatched column names/values")
    if len(set(statement.columns)) != len(statement.columns):
        raise InvalidRequest("The column names contains duplicates")
    key: list[ast.Relation] = []
    operations: list[Operation] = []
    for name, term in zip(statement.columns, statement.values, strict=True):
        column = table.column(name)
        if column.is_key:
            key.append(ast.Relation(name, "=", term))
        else:
            operations.append(set_value(column, term, scope))
    where = _key_of_insert(table, key, scope)
    _check_partition_key(table, where, "INSERT")
    statics = bool(operations) and all(one.column.kind == "static" for one in operations)
    if not (statics and not where.restricts_clustering):
        _check_clustering(table, where)
    ttl, stamp = _using(statement.using, table, scope)
    return WritePlan(
        "INSERT", table, where, tuple(operations), if_not_exists=statement.if_not_exists, ttl=ttl, timestamp=stamp
    )


def _key_of_insert(table: Table, key: Sequence[ast.Relation], scope: Scope) -> Restrictions:
    """Return what INSERT says of the primary key, gaps included: they have words of their own."""
    return analyse(table, key, scope, allow_filtering=True, select=False)


def _update(table: Table, statement: ast.Update, scope: Scope) -> WritePlan:
    _check_assignments(statement.assignments)
    ttl, stamp = _using(statement.using, table, scope)
    operations = tuple(assign(table, one, scope) for one in statement.assignments)
    conditions = tuple(condition(table, one, scope) for one in statement.conditions)
    where = _where(table, statement.where, scope, "UPDATE")
    _check_statics(table, where, operations, conditions, "UPDATE")
    if any(where.operators.get(column.name) == "slice" for column in table.clustering):
        raise InvalidRequest("Slice restrictions are not supported on the clustering columns in UPDATE statements")
    if not all(one.column.kind == "static" for one in operations):
        _check_clustering(table, where)
    return WritePlan(
        "UPDATE", table, where, operations, conditions, if_exists=statement.if_exists, ttl=ttl, timestamp=stamp
    )


def _check_assignments(assignments: Sequence[ast.Assignment]) -> None:
    """Refuse to set a column twice; for Cassandra a matter of syntax, as its parser gathers them by column."""
    for place, one in enumerate(assignments):
        for other in assignments[:place]:
            if one.column == other.column and (ast.SetValue in {type(one), type(other)}):
                raise PropertyError(f"Multiple incompatible setting of column {one.column}")


def _delete(table: Table, statement: ast.Delete, scope: Scope) -> WritePlan:
    _, stamp = _using(statement.using, table, scope)
    operations = tuple(remove(table, one, scope) for one in statement.selections)
    conditions = tuple(condition(table, one, scope) for one in statement.conditions)
    statics = bool(operations) and all(one.column.kind == "static" for one in operations)
    where = _where(table, statement.where, scope, "DELETE", gaps=statics)
    _check_statics(table, where, operations, conditions, "DELETE")
    some_regular = any(one.column.kind == "regular" for one in operations)
    if some_regular and (where.prefix_columns < len(table.clustering) or where.slice):
        raise InvalidRequest("Range deletions are not supported for specific columns")
    plan = WritePlan("DELETE", table, where, operations, conditions, if_exists=statement.if_exists, timestamp=stamp)
    if plan.is_conditional and not plan.is_static and where.prefix_columns < len(table.clustering):
        raise InvalidRequest(
            "DELETE statements must restrict all PRIMARY KEY columns with equality relations in order to delete non "
            "static columns"
        )
    return plan


def _where(table: Table, relations: Sequence[ast.Where], scope: Scope, kind: str, *, gaps: bool = True) -> Restrictions:
    """Return what WHERE says; ``gaps`` between clustering columns are refused here unless others have a word first."""
    where = analyse(table, relations, scope, allow_filtering=gaps, select=False)
    probe = Analysis(table, Scope(scope.clock))
    for relation in relations:
        probe.add(relation)
    names = {*probe.said, *[one.column.name for one in probe.filters]}
    others = [column.name for column in table.columns if not column.is_key and column.name in names]
    if others:
        raise InvalidRequest(f"Non PRIMARY KEY columns found in where clause: {', '.join(others)} ")
    if where.tokens:
        raise InvalidRequest(f"The token function cannot be used in WHERE clauses for {kind} statements")
    _check_partition_key(table, where, kind)
    return where


def _check_partition_key(table: Table, where: Restrictions, kind: str) -> None:
    if any(where.operators.get(column.name) == "slice" for column in table.partition_key):
        raise InvalidRequest(
            "Only EQ and IN relation are supported on the partition key (unless you use the token() "
            f"function) for {kind} statements"
        )
    missing = [column.name for column in table.partition_key if column.name not in where.operators]
    if missing:
        raise InvalidRequest(f"Some partition key parts are missing: {', '.join(missing)}")


def _check_clustering(table: Table, where: Restrictions) -> None:
    missing = [column.name for column in table.clustering if column.name not in where.operators]
    if missing:
        raise InvalidRequest(f"Some clustering keys are missing: {', '.join(missing)}")


def _check_statics(
    table: Table,
    where: Restrictions,
    operations: Sequence[Operation],
    conditions: Sequence[BoundCondition],
    kind: str,
) -> None:
    touched: list[ColumnMeta] = [one.column for one in operations]
    static = bool(touched) and all(column.kind == "static" for column in touched)
    if static and where.restricts_clustering and not any(one.column.kind == "regular" for one in conditions):
        whole = conditions and where.prefix_columns == len(table.clustering)
        if not whole:
            raise InvalidRequest(
                f"Invalid restrictions on clustering columns since the {kind} statement modifies only static columns"
            )


def _check_conditional(plan: WritePlan) -> None:
    if not plan.is_conditional:
        return
    if plan.table.is_counter:
        raise InvalidRequest("Conditional updates are not supported on counter tables")
    if plan.timestamp is not None:
        raise InvalidRequest("Cannot provide custom timestamp for conditional updates")
    if plan.where.has_in:
        raise InvalidRequest(
            "IN on the partition key is not supported with conditional "
            f"{'deletions' if plan.kind == 'DELETE' else 'updates'}"
        )
    if plan.where.has_clustering_in:
        raise InvalidRequest(
            "IN on the clustering key columns is not supported with conditional "
            f"{'deletions' if plan.kind == 'DELETE' else 'updates'}"
        )
