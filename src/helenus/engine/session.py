"""The front door: CQL text in, results out; USE, prepared statements, batches.

One engine serves many sessions, one request at a time: SQLite blocks anyhow, and lightweight transactions are
linearizable without more. This module must not know the wire.
"""

from __future__ import annotations

import hashlib
import threading
import uuid
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from helenus.cql import ast, parse
from helenus.engine import ddl
from helenus.engine.catalog import Catalog, Table
from helenus.engine.clock import Clock
from helenus.engine.errors import InvalidRequest, Unprepared
from helenus.engine.persistence import dump_catalog, load_catalog
from helenus.engine.reads import Page, SelectPlan, plan_select
from helenus.engine.results import KeyspaceSet, Result, ResultColumn, SchemaChanged, Void
from helenus.engine.storage import Storage, Store
from helenus.engine.system import NodeInfo, system_store
from helenus.engine.system_tables import system_keyspaces
from helenus.engine.terms import Receiver, Scope, Value, Values, prepare
from helenus.engine.transactions import BatchPlan, Transaction
from helenus.engine.types import BIGINT
from helenus.engine.writes import WritePlan, plan_write

__all__ = ["BatchItem", "Engine", "Given", "Options", "Prepared", "Session"]

SCHEMA = "schema"
PLANS = 2048

Plan: TypeAlias = SelectPlan | WritePlan | BatchPlan | ast.Statement
Given: TypeAlias = Sequence[Value] | Mapping[str, Value]
"""Bound values, in order or by name."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a request says beside its statement.

    Args:
        page_size: rows at most; None for all.
        paging_state: where the last page ended.
        timestamp: write time in microseconds; None for the engine's clock.
    """

    page_size: int | None = None
    paging_state: bytes | None = None
    timestamp: int | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement that is ready to run.

    Args:
        id: by which it is asked for; the same for the same text and keyspace, also after a restart.
        keyspace: the keyspace it is to be run in, or None.
        text: the statement.
        markers: what each marker is for.
        key_markers: for each partition key column the index of its marker; empty unless all have one.
        keyspace_name: of the table it is about; empty if it is about none.
        table_name: that table; empty if it is about none.
        columns: of its result; None if it answers no rows.
    """

    id: bytes
    keyspace: str | None
    text: str
    markers: tuple[ResultColumn, ...]
    key_markers: tuple[int, ...]
    keyspace_name: str
    table_name: str
    columns: tuple[ResultColumn, ...] | None


@dataclass(frozen=True, slots=True)
class BatchItem:
    """One statement of a batch that was not written as text.

    Args:
        statement: its text, or the id of a prepared one.
        values: its bound values.
    """

    statement: str | bytes
    values: Given = ()


@dataclass(frozen=True, slots=True)
class _Compiled:
    plan: Plan
    statement: ast.Statement
    markers: tuple[Receiver, ...]
    version: uuid.UUID


class Engine:
    """A database.

    Args:
        storage: where it is kept.
        clock: its time; None for one that follows the system's.
        node: what it says of itself.
    """

    def __init__(self, storage: Storage, clock: Clock | None = None, node: NodeInfo | None = None) -> None:
        """Open what the storage holds."""
        self.storage = storage
        self.clock = clock or Clock()
        self.node = node or NodeInfo()
        self.lock = threading.RLock()
        self._system = system_keyspaces()
        self._plans: OrderedDict[tuple[str | None, str], _Compiled] = OrderedDict()
        self._prepared: dict[bytes, tuple[str | None, str]] = {}
        self._computed: dict[uuid.UUID, Store] = {}
        note = storage.note(SCHEMA)
        first = Catalog(self._system, uuid.uuid4())
        self.catalog = first if note is None else load_catalog(note, self._system)

    def session(self, keyspace: str | None = None) -> Session:
        """Return a new session.

        Args:
            keyspace: its keyspace, or None.
        """
        return Session(self, keyspace)

    def close(self) -> None:
        """Let go of the storage."""
        with self.lock:
            self.storage.close()

    def store(self, table: Table) -> Store:
        """Return the records of a table, system tables included.

        Args:
            table: the table.
        """
        if not table.virtual:
            return self.storage.store(table.store)
        found = self._computed.get(table.id)
        if found is None:
            found = self._computed[table.id] = system_store(table, self.catalog, self.node)
        return found

    # ---- schema ------------------------------------------------------------------------------------------------------

    def change(self, statement: ast.Statement, keyspace: str | None) -> Result:
        """Make a schema change.

        Args:
            statement: what is asked.
            keyspace: the session's.

        Raises:
            InvalidRequest: it cannot be made.
        """
        make = ddl.STATEMENTS.get(type(statement))
        if make is None:
            raise InvalidRequest(f"{type(statement).__name__} is not supported by the embedded engine")
        context = ddl.Context(self.catalog, keyspace, self.node.data_center, self.clock.micros(), self.clock.timeuuid)
        change = make(context, statement)
        if change.event is None:
            return Void(change.warnings)
        before, after = _stores(self.catalog), _stores(change.catalog)
        with self.storage.transaction():
            for name in after - before:
                self.storage.create(name)
            for name in before - after:
                self.storage.drop(name)
            self.storage.set_note(SCHEMA, dump_catalog(change.catalog, self._system))
        self.catalog = change.catalog
        self._computed.clear()
        return SchemaChanged(change.event, change.warnings)

    # ---- plans -------------------------------------------------------------------------------------------------------

    def compiled(self, text: str, keyspace: str | None) -> _Compiled:
        """Return a statement's plan, from the cache if the schema is still the same.

        Args:
            text: the statement.
            keyspace: the session's.

        Raises:
            CQLSyntaxError: the text is no CQL.
            InvalidRequest: it cannot be run.
        """
        place = keyspace, text
        found = self._plans.get(place)
        if found is not None and found.version == self.catalog.version:
            self._plans.move_to_end(place)
            return found
        statement = parse(text)
        scope = Scope(self.clock)
        plan = self._plan(statement, keyspace, scope)
        markers = tuple(scope.markers[index] for index in sorted(scope.markers))
        found = self._plans[place] = _Compiled(plan, statement, markers, self.catalog.version)
        if len(self._plans) > PLANS:
            self._plans.popitem(last=False)
        return found

    def _plan(self, statement: ast.Statement, keyspace: str | None, scope: Scope) -> Plan:
        match statement:
            case ast.Select():
                return plan_select(self._table(statement.table, keyspace), statement, scope)
            case ast.Insert() | ast.InsertJSON() | ast.Update() | ast.Delete():
                return plan_write(self._table(statement.table, keyspace), statement, scope)
            case ast.Batch():
                return self._batch(statement, keyspace, scope)
            case _:
                return statement

    def _batch(self, statement: ast.Batch, keyspace: str | None, scope: Scope) -> BatchPlan:
        using = statement.using
        if using is not None and using.ttl is not None:
            raise InvalidRequest("Global TTL on the BATCH statement is not supported.")
        plans = tuple(plan_write(self._table(one.table, keyspace), one, scope) for one in statement.statements)
        stamp = None
        if using is not None and using.timestamp is not None:
            stamp = prepare(using.timestamp, Receiver("[timestamp]", BIGINT), scope)
        plan = BatchPlan(statement.kind, plans, stamp)
        plan.check()
        return plan

    def _table(self, name: ast.TableName, keyspace: str | None) -> Table:
        where = name.keyspace if name.keyspace is not None else keyspace
        if where is None:
            raise InvalidRequest(ddl.NO_KEYSPACE)
        return self.catalog.table(where, name.name)

    def truncate(self, statement: ast.Truncate, keyspace: str | None) -> Result:
        """Forget all rows of a table.

        Args:
            statement: what is asked.
            keyspace: the session's.

        Raises:
            InvalidRequest: there is no such table.
        """
        table = self._table(statement.table, keyspace)
        if table.virtual:
            raise InvalidRequest(f"Cannot truncate virtual table {table}")
        with self.storage.transaction():
            self.storage.truncate(table.store)
        return Void()

    # ---- prepared statements -----------------------------------------------------------------------------------------

    def prepare(self, text: str, keyspace: str | None) -> Prepared:
        """Make a statement ready to run.

        Args:
            text: the statement.
            keyspace: the session's.

        Raises:
            CQLSyntaxError: the text is no CQL.
            InvalidRequest: it cannot be run.
        """
        with self.lock:
            found = self.compiled(text, keyspace)
            table = _table_of(found.plan)
            columns = found.plan.selection.columns if isinstance(found.plan, SelectPlan) else None
            identity = hashlib.md5(((keyspace or "") + text).encode(), usedforsecurity=False).digest()
            self._prepared[identity] = keyspace, text
            return Prepared(
                identity,
                keyspace,
                text,
                tuple(ResultColumn(marker.name, marker.type) for marker in found.markers),
                () if table is None else _key_markers(table, found.statement),
                "" if table is None else table.keyspace,
                "" if table is None else table.name,
                columns,
            )

    def prepared(self, identity: bytes) -> tuple[str | None, str]:
        """Return keyspace and text of a prepared statement.

        Args:
            identity: its id.

        Raises:
            Unprepared: it is not known.
        """
        found = self._prepared.get(identity)
        if found is None:
            raise Unprepared(identity)
        return found


def _stores(catalog: Catalog) -> set[str]:
    return {
        table.store
        for keyspace in catalog.keyspaces.values()
        for table in keyspace.tables.values()
        if not table.virtual
    }


def _table_of(plan: Plan) -> Table | None:
    if isinstance(plan, BatchPlan):
        return plan.plans[0].table if plan.plans else None
    return plan.table if isinstance(plan, SelectPlan | WritePlan) else None


def _key_markers(table: Table, statement: ast.Statement) -> tuple[int, ...]:
    """Return where the partition key is bound, so that drivers can route; nothing unless every column is a marker."""
    given: dict[str, ast.Term] = {}
    match statement:
        case ast.Insert():
            given = dict(zip(statement.columns, statement.values, strict=True))
        case ast.Select() | ast.Update() | ast.Delete():
            equal = [one for one in statement.where if isinstance(one, ast.Relation) and one.operator == "="]
            given = {one.column: one.value for one in equal}
    terms = [given.get(column.name) for column in table.partition_key]
    found = tuple(term.index for term in terms if isinstance(term, ast.BindMarker))
    return found if len(found) == len(terms) else ()


class Session:
    """One client's view: its keyspace.

    Args:
        engine: the database.
        keyspace: the keyspace of names that name none.
    """

    def __init__(self, engine: Engine, keyspace: str | None = None) -> None:
        """Begin in a keyspace, or in none."""
        self.engine = engine
        self.keyspace = keyspace

    def execute(self, text: str, values: Given = (), options: Options | None = None) -> Result:
        """Run a statement.

        Args:
            text: the statement.
            values: bound values, in order or by name.
            options: what else the request says.

        Raises:
            CQLSyntaxError: the text is no CQL.
            RequestError: it cannot be run.
        """
        with self.engine.lock:
            return self._run(self.engine.compiled(text, self.keyspace), values, options or Options())

    def prepare(self, text: str) -> Prepared:
        """Make a statement ready to run.

        Args:
            text: the statement.

        Raises:
            CQLSyntaxError: the text is no CQL.
            RequestError: it cannot be run.
        """
        return self.engine.prepare(text, self.keyspace)

    def execute_prepared(self, identity: bytes, values: Given = (), options: Options | None = None) -> Result:
        """Run a prepared statement.

        Args:
            identity: its id.
            values: bound values, in order or by name.
            options: what else the request says.

        Raises:
            Unprepared: it is not known.
            RequestError: it cannot be run.
        """
        with self.engine.lock:
            keyspace, text = self.engine.prepared(identity)
            return self._run(self.engine.compiled(text, keyspace), values, options or Options())

    def execute_batch(self, kind: str, items: Sequence[BatchItem], options: Options | None = None) -> Result:
        """Run several writes together.

        Args:
            kind: ``LOGGED``, ``UNLOGGED`` or ``COUNTER``.
            items: the writes.
            options: what else the request says.

        Raises:
            RequestError: they cannot be run, or not together.
        """
        with self.engine.lock:
            writes: list[tuple[WritePlan, Values]] = []
            for item in items:
                found = self._item(item)
                if not isinstance(found.plan, WritePlan):
                    raise InvalidRequest(
                        "Invalid statement in batch: only UPDATE, INSERT and DELETE statements are allowed."
                    )
                writes.append((found.plan, _bound(found.markers, item.values)))
            BatchPlan(kind, tuple(plan for plan, _ in writes)).check()
            return self._write(writes, (options or Options()).timestamp, is_batch=True)

    def _item(self, item: BatchItem) -> _Compiled:
        if isinstance(item.statement, str):
            return self.engine.compiled(item.statement, self.keyspace)
        keyspace, text = self.engine.prepared(item.statement)
        return self.engine.compiled(text, keyspace)

    def _run(self, found: _Compiled, given: Given, options: Options) -> Result:
        values = _bound(found.markers, given)
        match found.plan:
            case SelectPlan():
                page = Page(options.page_size, options.paging_state, self.engine.clock.seconds())
                return found.plan.run(self.engine.store(found.plan.table), values, page)
            case WritePlan():
                return self._write([(found.plan, values)], options.timestamp)
            case BatchPlan():
                timestamp = found.plan.write_time(values, self._timestamp(options.timestamp))
                return self._write([(plan, values) for plan in found.plan.plans], timestamp, is_batch=True)
            case ast.Use():
                return self._use(found.plan.keyspace)
            case ast.Truncate():
                return self.engine.truncate(found.plan, self.keyspace)
            case _:
                return self.engine.change(found.plan, self.keyspace)

    def _timestamp(self, given: int | None) -> int:
        return self.engine.clock.timestamp() if given is None else given

    def _write(
        self, writes: Sequence[tuple[WritePlan, Values]], timestamp: int | None, *, is_batch: bool = False
    ) -> Result:
        engine = self.engine
        with engine.storage.transaction():
            return Transaction(writes, engine.store, engine.clock, self._timestamp(timestamp), is_batch).run()

    def _use(self, keyspace: str) -> Result:
        if keyspace not in self.engine.catalog.keyspaces:
            raise InvalidRequest(f"Keyspace '{keyspace}' does not exist")
        self.keyspace = keyspace
        return KeyspaceSet(keyspace)


def _bound(markers: Sequence[Receiver], given: Given) -> Values:
    if isinstance(given, Mapping):
        missing = [marker.name for marker in markers if marker.name not in given]
        if missing:
            raise InvalidRequest("Invalid amount of bind variables")
        return [given[marker.name] for marker in markers]
    if len(given) != len(markers):
        raise InvalidRequest("Invalid amount of bind variables")
    return given
