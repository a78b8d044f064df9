"""Two kinds of places for models: drivers that only record, and two real clusters; each has a registry of its own.

Real clusters get two keyspaces, whose names end in this process's number: parallel runs on the same nodes do not meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from cassandra.cluster import Cluster, Session

from helenus import connection
from helenus.connection import defaults, registry
from helenus.connection.drivers.recording import RecordingDriver
from helenus.connection.request import Batch, Page, Request
from tests.mapper.places import CLUSTERS, ONE, TWO


class Wire(SimpleNamespace):
    """Recording connections ``one`` (the default) and ``two``."""

    one: RecordingDriver
    two: RecordingDriver

    def answer(self, columns: str, *rows: tuple[object, ...], state: bytes | None = None, to: str = "one") -> None:
        """Prepare a page; columns as one string."""
        getattr(self, to).answer(Page(tuple(columns.split()), rows, state))

    def sent(self, to: str = "one") -> list[tuple[str, list[object]]]:
        """Return the statements that were sent since the last call, those of batches one by one."""
        driver = getattr(self, to)
        requests, driver.requests[:] = list(driver.requests), []
        found: list[tuple[str, list[object]]] = []
        for request in requests:
            pairs = request.statements if isinstance(request, Batch) else [(request.text, request.values)]
            found.extend((text, list(values)) for text, values in pairs)
        return found


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """Give two recording connections, ``one`` and ``two``, in a registry of their own."""
    monkeypatch.setattr(registry, "_registry", registry._Registry())
    monkeypatch.setattr(defaults, "keyspace", None)
    with connection.recording("one") as one, connection.recording("two", default=False) as two:
        yield Wire(one=one, two=two)


# ---- real clusters ---------------------------------------------------------------------------------------------------


@dataclass
class Real:
    """Two real clusters, as a plain session of the driver's sees them."""

    sessions: dict[str, Session]
    addresses: dict[str, str]
    made: set[tuple[str, str]] = field(default_factory=set)

    def rows(self, name: str, cql: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask one cluster past helenus, and see that this very cluster answers."""
        future = self.sessions[name].execute_async(cql, values or None)
        found = [tuple(row) for row in future.result()]
        assert str(future.coordinator_host.endpoint) == self.addresses[name]
        return found

    def count(self, name: str, table: str) -> int:
        """Count the rows of a table."""
        found: int = self.rows(name, f"SELECT count(*) FROM {table}")[0][0]
        return found

    def where(self, table: str) -> dict[tuple[str, str], int]:
        """Count the rows of a table in both keyspaces of both clusters; empty and missing ones are left out."""
        counts = {
            (name, keyspace): self.count(name, f"{keyspace}.{table}")
            for name in CLUSTERS
            for keyspace in (ONE, TWO)
            if (f"{keyspace}.{table}", name) in self.made
        }
        return {place: count for place, count in counts.items() if count}

    def create(self, table: str, definition: str, *, both: bool = True) -> None:
        """Create a table in both keyspaces of both clusters, or only in the first one of the first."""
        for name in CLUSTERS if both else CLUSTERS[:1]:
            for keyspace in (ONE, TWO) if both else (ONE,):
                self.rows(name, f"CREATE TABLE IF NOT EXISTS {keyspace}.{table} {definition}")
                self.made.add((f"{keyspace}.{table}", name))

    def know(self, table: str) -> None:
        """Count and empty a table, too, that somebody else created everywhere."""
        self.made.update((f"{keyspace}.{table}", name) for name in CLUSTERS for keyspace in (ONE, TWO))

    def truncate(self, *tables: str) -> None:
        """Empty tables everywhere."""
        for table in tables:
            for name in CLUSTERS:
                for keyspace in (ONE, TWO):
                    if (f"{keyspace}.{table}", name) in self.made:
                        for key in self._keys(name, keyspace, table):
                            self.rows(name, *key)

    def _keys(self, name: str, keyspace: str, table: str) -> list[tuple[object, ...]]:
        """Return a DELETE for each partition: quicker than TRUNCATE, which makes the node flush and wait."""
        wanted = "SELECT column_name, position FROM system_schema.columns WHERE keyspace_name=%s AND table_name=%s"
        found = self.rows(name, f"{wanted} AND kind='partition_key' ALLOW FILTERING", keyspace, table)
        columns = [column for column, _ in sorted(found, key=lambda row: row[1])]
        where = " AND ".join(f"{column} = %s" for column in columns)
        keys = self.rows(name, f"SELECT DISTINCT {', '.join(columns)} FROM {keyspace}.{table}")
        return [(f"DELETE FROM {keyspace}.{table} WHERE {where}", *key) for key in keys]


@pytest.fixture(scope="session")
def clusters(cluster1: Any, cluster2: Any) -> Iterator[Real]:
    """Open a plain session on each cluster, and create the keyspaces."""
    found = dict(zip(CLUSTERS, (cluster1, cluster2), strict=True))
    # Without schema metadata: reading it again after each CREATE TABLE would take most of the time.
    opened = {
        name: Cluster(list(each.hosts), port=each.port, schema_metadata_enabled=False) for name, each in found.items()
    }
    real = Real(
        {name: each.connect() for name, each in opened.items()},
        {n: f"{each.hosts[0]}:{each.port}" for n, each in found.items()},
    )
    replication = "{'class': 'SimpleStrategy', 'replication_factor': 1}"
    for name in CLUSTERS:
        for keyspace in (ONE, TWO):
            real.rows(name, f"CREATE KEYSPACE {keyspace} WITH replication = {replication}")
    yield real
    for name, each in opened.items():
        for keyspace in (ONE, TWO):
            real.rows(name, f"DROP KEYSPACE {keyspace}")
        each.shutdown()


@pytest.fixture(scope="module")
def real(clusters: Real) -> Iterator[Real]:
    """Register ``cluster1``, ``cluster2`` and ``default`` (which is cluster1), in a registry of the module's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "_registry", registry._Registry())
        patch.setattr(defaults, "keyspace", ONE)
        for name in CLUSTERS:
            connection.register_connection(name, session=clusters.sessions[name])
        connection.register_connection("default", session=clusters.sessions["cluster1"], default=True)
        yield clusters
        for name in connection.connections():
            connection.unregister_connection(name)


@pytest.fixture
def sent(real: Real, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Request | Batch]]:  # noqa: ARG001 - registers
    """Give the requests that each real connection gets during the test."""
    found: dict[str, list[Request | Batch]] = {}

    def listen(name: str, kind: str) -> None:
        driver = connection.get_connection(name).driver
        through: Callable[[Request | Batch], Any] = getattr(driver, kind)

        def listening(request: Request | Batch) -> Any:
            found[name].append(request)
            return through(request)

        monkeypatch.setattr(driver, kind, listening)

    for name in connection.connections():
        found[name] = []
        listen(name, "execute")
        listen(name, "send")
    return found
