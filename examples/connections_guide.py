"""The Connections guide on two real Cassandra clusters, with real cars: `make demo`.

Starts two clusters on this machine, then walks every section of the guide. After each step it prints which node
answered, as the driver's response says, and at the end which cluster holds how many rows, as a plain driver session
counts them. The exit code is 0 only if all is where the guide says.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import socket
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from cassandra.cluster import Cluster
from rich.console import Console
from rich.table import Table

from helenus import BatchQuery, ContextQuery, Model, cassandra, columns, connection, management

console = Console(highlight=False, width=110)
KEYSPACES = ["ks1", "ks2"]
CONNECTIONS = ["cluster1", "cluster2"]
T = TypeVar("T")
Response: TypeAlias = Any
"""The driver's ResponseFuture, which has no type hints."""


class Automobile(Model):
    """The guide's model."""

    __keyspace__ = "test"
    __connection__ = "cluster2"
    manufacturer = columns.Text(primary_key=True)
    year = columns.Integer(primary_key=True)
    model = columns.Text(primary_key=True)


class Car(Model):
    """The guide's keys, and what the data set says about a car."""

    __table_name__ = "automobile"
    manufacturer = columns.Text(primary_key=True)
    year = columns.Integer(primary_key=True)
    model = columns.Text(primary_key=True)
    origin = columns.Text()
    cylinders = columns.Integer()
    horsepower = columns.Integer()
    weight = columns.Integer(db_field="weight_lbs")
    consumption = columns.Float(db_field="miles_per_gallon")


# ---- what the nodes say ----------------------------------------------------------------------------------------------


class Witness:
    """Notes for every request of our sessions which node answered and which keyspace the statement was for."""

    def __init__(self) -> None:
        """Note nothing yet."""
        self.seen: Counter[tuple[str, str]] = Counter()
        self._watched: set[int] = set()
        self._lock = threading.Lock()

    def watch(self, name: str) -> None:
        """Listen to the driver session of a connection."""
        session = connection.get_session(name)
        if id(session) not in self._watched:
            self._watched.add(id(session))
            session.add_request_init_listener(self._on_request)

    def _on_request(self, future: Response) -> None:
        future.add_callbacks(self._note, lambda _: None, callback_args=(future,))

    def _note(self, _: object, future: Response) -> None:
        host = future.coordinator_host
        if host is not None:
            with self._lock:
                self.seen[host.address, _keyspace_of(future)] += 1

    def take(self) -> Counter[tuple[str, str]]:
        """Return what was noted since the last call."""
        with self._lock:
            seen, self.seen = self.seen, Counter()
        return seen


def _keyspace_of(future: Response) -> str:
    """Return the keyspace of a statement as the server described it when it was prepared; "-" for DDL."""
    statement = getattr(future, "query", None)
    prepared = getattr(statement, "prepared_statement", None)
    if prepared is not None:
        if prepared.column_metadata:
            return str(prepared.column_metadata[0].keyspace_name)
        return str(prepared.result_metadata[0][0])
    cluster = future.session.cluster
    for is_prepared, query_id, _ in getattr(statement, "_statements_and_parameters", ()):
        inner = cluster._prepared_statements.get(query_id) if is_prepared else None  # noqa: SLF001 - no public way
        if inner is not None and inner.column_metadata:
            return str(inner.column_metadata[0].keyspace_name)
    return "-"


class Walk:
    """Runs the guide step by step, and checks each against what the nodes say."""

    def __init__(self, addresses: dict[str, str]) -> None:
        """Know which address is which cluster."""
        self.addresses = addresses
        self.names = {address: name for name, address in addresses.items()}
        self.witness = Witness()
        self.failures = 0

    def step(self, title: str, action: Callable[[], T], *at: str, keyspace: str | None = None) -> T:
        """Run one step; exactly the clusters, and the keyspace, that the guide says must have answered."""
        self.witness.take()
        result = action()
        seen = self.witness.take()
        answered = ", ".join(
            f"{self.names.get(host, host)} ({host}) {space} x{count}" for (host, space), count in sorted(seen.items())
        )
        hosts = {host for host, _ in seen}
        good = hosts == {self.addresses[name] for name in at} and {keyspace} >= {space for _, space in seen if keyspace}
        self.report(title, good, answered or "nothing was sent")
        return result

    def report(self, title: str, good: bool, what: str) -> None:
        """Print a line and count it."""
        self.failures += not good
        mark = "[green]ok[/green]  " if good else "[red]WRONG[/red]"
        console.print(f" {mark} {title}", soft_wrap=True)
        console.print(f"         answered: {what}", style="dim", soft_wrap=True)

    def check(self, title: str, found: object, expected: object) -> None:
        """Compare two values."""
        self.report(title, found == expected, f"{found!r}" + ("" if found == expected else f", expected {expected!r}"))


# ---- data ------------------------------------------------------------------------------------------------------------


def load_cars() -> list[dict[str, Any]]:
    """Return the cars of the data set that the vega_datasets wheel carries, one for each primary key."""
    spec = importlib.util.find_spec("vega_datasets")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("the demo's cars come with the vega_datasets wheel: pip install --no-deps vega_datasets")
    raw = json.loads((Path(spec.submodule_search_locations[0]) / "_data" / "cars.json").read_text(encoding="utf-8"))
    cars = {}
    for row in raw:
        manufacturer, _, model = row["Name"].partition(" ")
        year = int(row["Year"][:4])
        cars[manufacturer, year, model] = {
            "manufacturer": manufacturer,
            "year": year,
            "model": model or "(unnamed)",
            "origin": row["Origin"],
            "cylinders": row["Cylinders"],
            "horsepower": row["Horsepower"],
            "weight": row["Weight_in_lbs"],
            "consumption": row["Miles_per_Gallon"],
        }
    return list(cars.values())


# ---- the guide -------------------------------------------------------------------------------------------------------


def register(walk: Walk, port: int) -> None:
    """Walk the sections on registering, the default connection and unregistering."""
    console.rule("Register a new connection")
    first, second = walk.addresses["cluster1"], walk.addresses["cluster2"]
    connection.setup([first], port=port)
    connection.register_connection("cluster1", [first], cluster_options={"port": port})
    connection.register_connection("cluster2", [second], cluster_options={"port": port})
    session = Cluster([first], port=port).connect()
    connection.register_connection("cluster3", session=session)
    for name in ("default", "cluster1", "cluster2", "cluster3"):
        walk.witness.watch(name)

    def ask(name: str | None = None) -> object:
        return connection.execute("SELECT cluster_name FROM system.local", connection=name).one()

    walk.step("setup() without a keyspace: the default connection", ask, "cluster1")
    walk.step("register_connection('cluster2', hosts)", lambda: ask("cluster2"), "cluster2")
    walk.step("register_connection('cluster3', session=...)", lambda: ask("cluster3"), "cluster1")

    console.rule("Change the default connection")
    connection.register_connection("cluster2", [second], default=True, cluster_options={"port": port})
    walk.witness.watch("cluster2")
    walk.step("register_connection('cluster2', ..., default=True)", ask, "cluster2")
    connection.set_default_connection("cluster1")
    walk.step("set_default_connection('cluster1')", ask, "cluster1")
    connection.set_default_connection("cluster2")
    walk.step("set_default_connection('cluster2')", ask, "cluster2")
    connection.set_default_connection("cluster1")

    console.rule("Unregister a connection")
    connection.unregister_connection("cluster3")
    try:
        connection.get_connection("cluster3")
    except connection.CQLEngineException as error:
        walk.report("unregister_connection('cluster3')", good=True, what=str(error))
    else:
        walk.report("unregister_connection('cluster3')", good=False, what="it is still there")
    walk.check("the session that was handed in is still open", session.is_shutdown, expected=False)
    session.cluster.shutdown()


def manage(walk: Walk) -> None:
    """Walk the section on management: every keyspace and table on every connection."""
    console.rule("Management")
    for name in [*KEYSPACES, "test"]:
        management.drop_keyspace(name, connections=CONNECTIONS)
        walk.step(
            f"create_simple_keyspace({name!r}, connections={CONNECTIONS})",
            lambda name=name: management.create_simple_keyspace(name, connections=CONNECTIONS),
            *CONNECTIONS,
        )
    walk.step(
        f"sync_table(Automobile, keyspaces={KEYSPACES}, connections={CONNECTIONS})",
        lambda: management.sync_table(Automobile, keyspaces=KEYSPACES, connections=CONNECTIONS),
        *CONNECTIONS,
    )
    management.sync_table(Automobile, keyspaces=["test"], connections=CONNECTIONS)
    management.sync_table(Car, keyspaces=KEYSPACES, connections=CONNECTIONS)


def load(walk: Walk, cars: list[dict[str, Any]]) -> None:
    """Load the cars: into ks1 of cluster1, and those from Europe into ks2 of cluster2."""
    console.rule(f"Load {len(cars)} cars")

    def write(where: str, keyspace: str, rows: list[dict[str, Any]]) -> None:
        with connection.use(connection=where, keyspace=keyspace):
            for row in rows:
                Car.create(**row)

    walk.step("cars into ks1 of cluster1", lambda: write("cluster1", "ks1", cars), "cluster1", keyspace="ks1")
    european = [car for car in cars if car["origin"] == "Europe"]
    walk.step(
        "European cars into ks2 of cluster2", lambda: write("cluster2", "ks2", european), "cluster2", keyspace="ks2"
    )


def select(walk: Walk) -> None:
    """Walk the section on connection selection."""
    console.rule("Connection selection")
    walk.step(
        "Default model connection: len(Automobile.objects.all())",
        lambda: len(Automobile.objects.all()),
        "cluster2",
        keyspace="test",
    )
    walk.step(
        "Automobile.objects.using(connection='cluster1').create(...)",
        lambda: Automobile.objects.using(connection="cluster1").create(manufacturer="honda", year=2010, model="civic"),
        "cluster1",
        keyspace="test",
    )
    for model in ("Model S", "Model X"):
        Automobile.objects.using(keyspace="ks2", connection="cluster2").create(
            manufacturer="Tesla", year=2012, model=model
        )
    q = Automobile.objects.filter(manufacturer="Tesla")
    autos = q.using(keyspace="ks2", connection="cluster2").all()
    walk.step("q.using(keyspace='ks2', connection='cluster2').all()", lambda: list(autos), "cluster2", keyspace="ks2")

    def copy() -> None:
        for auto in autos:
            auto.using(connection="cluster1").save()

    walk.step("for auto in autos: auto.using(connection='cluster1').save()", copy, "cluster1", keyspace="ks2")


def blocks(walk: Walk) -> None:
    """Walk the sections on the context manager and on batches."""
    console.rule("Context manager")

    def in_context() -> list[Automobile]:
        with ContextQuery(Automobile, connection="cluster1") as A:  # noqa: N806 - as the guide writes it
            return list(A.objects.filter(manufacturer="honda").all())

    found = walk.step("with ContextQuery(Automobile, connection='cluster1') as A", in_context, "cluster1")
    walk.check("it finds the honda", [auto.model for auto in found], ["civic"])

    console.rule("BatchQuery")

    def in_batch() -> None:
        with BatchQuery(connection="cluster1") as b:
            Automobile.objects.batch(b).create(manufacturer="honda", year=2010, model="accord")

    walk.step("with BatchQuery(connection='cluster1') as b", in_batch, "cluster1", keyspace="test")


# ---- proof -----------------------------------------------------------------------------------------------------------


def count(walk: Walk, port: int, cars: list[dict[str, Any]]) -> None:
    """Count the rows of every table with a plain driver session, and compare with what the guide says."""
    console.rule("Where the rows are, counted by a plain driver session")
    european = sum(car["origin"] == "Europe" for car in cars)
    expected = {
        ("cluster1", "ks1"): len(cars),
        ("cluster1", "ks2"): 2,
        ("cluster1", "test"): 2,
        ("cluster2", "ks1"): 0,
        ("cluster2", "ks2"): european + 2,
        ("cluster2", "test"): 0,
    }
    table = Table("cluster", "answered by", "keyspace", "rows", "expected")
    for name, address in walk.addresses.items():
        with Cluster([address], port=port) as cluster:
            session = cluster.connect()
            for keyspace in [*KEYSPACES, "test"]:
                future = session.execute_async(f"SELECT count(*) FROM {keyspace}.automobile")
                rows = future.result().one()[0]
                good = rows == expected[name, keyspace]
                walk.failures += not good
                shown = f"[green]{rows}[/green]" if good else f"[red]{rows}[/red]"
                table.add_row(name, future.coordinator_host.address, keyspace, shown, str(expected[name, keyspace]))
    console.print(table)


@contextmanager
def clusters() -> Iterator[tuple[dict[str, str], int]]:
    """Start two clusters, on 127.0.0.1 and 127.0.0.2 or the next free pair; they end with the block."""
    first = next(n for n in range(1, 250, 2) if not (in_use(n) or in_use(n + 1)))
    specs = [
        cassandra.ClusterSpec(name=f"demo-{name}", address=f"127.0.0.{first + i}", disposable=True)
        for i, name in enumerate(CONNECTIONS)
    ]
    with ExitStack() as stack:
        with console.status("starting two Cassandra clusters ...") as status:
            started = cassandra.start_many(
                specs, on_progress=lambda progress: status.update(str(progress)), owner=_own_process()
            )
        for cluster in started:
            stack.callback(cluster.stop)
        yield {name: cluster.hosts[0] for name, cluster in zip(CONNECTIONS, started, strict=True)}, started[0].port


def _own_process() -> int:
    """Return this process: should it be killed, the next start of any cluster ends these two."""
    import os  # noqa: PLC0415

    return os.getpid()


def in_use(last: int) -> bool:
    """Whether something listens on 127.0.0.``last``:9042."""
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex((f"127.0.0.{last}", 9042)) == 0


def main() -> int:
    """Run the demo; return the exit code."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    cars = load_cars()
    try:
        with clusters() as (addresses, port):
            walk = Walk(addresses)
            console.print(f"cluster1 is {addresses['cluster1']}:{port}, cluster2 is {addresses['cluster2']}:{port}")
            try:
                register(walk, port)
                manage(walk)
                load(walk, cars)
                select(walk)
                blocks(walk)
                count(walk, port, cars)
            finally:
                for name in connection.connections():
                    connection.unregister_connection(name)
    except KeyboardInterrupt:
        console.print("interrupted; the clusters are stopped")
        return 130
    if walk.failures:
        console.print(f"[red]{walk.failures} step(s) did not do what the guide says[/red]")
        return 1
    console.print("[green]all is as the guide says[/green]")
    return 0


if __name__ == "__main__":
    sys.exit(main())
