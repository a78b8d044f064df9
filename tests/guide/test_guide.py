"""The Connections guide to the letter, on two real clusters, with names from each of the three packages.

A program of its own runs the guide's code; after every section, plain sessions of the driver's look where the rows are.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cassandra.cluster import Cluster

from tests.guide.sections import EDITIONS, IMPORTS

KEYSPACES = {"ks1": f"guide_{os.getpid()}_1", "ks2": f"guide_{os.getpid()}_2", "test": f"guide_{os.getpid()}_test"}
CLUSTERS = ("cluster1", "cluster2")
REPLICATION = "{'class': 'SimpleStrategy', 'replication_factor': 1}"
TABLE = "(manufacturer text, year int, model text, PRIMARY KEY (manufacturer, year, model))"
PACKAGES = tuple(IMPORTS)
READER = Path(__file__).with_name("reader.py")

Rows = dict[tuple[str, str], list[tuple[str, int, str]]]


class World:
    """Both clusters, as plain sessions see them."""

    def __init__(self, *clusters):
        self.addresses = {name: f"{each.hosts[0]}:{each.port}" for name, each in zip(CLUSTERS, clusters, strict=True)}
        self.opened = [Cluster(list(each.hosts), port=each.port, schema_metadata_enabled=False) for each in clusters]
        self.sessions = dict(zip(CLUSTERS, (each.connect() for each in self.opened), strict=True))

    def ask(self, name, cql):
        future = self.sessions[name].execute_async(cql)
        rows = [tuple(row) for row in future.result()]
        assert str(future.coordinator_host.endpoint) == self.addresses[name]
        return rows

    def everywhere(self, cql):
        for name in CLUSTERS:
            self.ask(name, cql)

    def tables(self):
        """Name the places where the guide's table is."""
        query = "SELECT keyspace_name FROM system_schema.tables WHERE table_name = 'automobile' ALLOW FILTERING"
        ours = {theirs: ours for ours, theirs in KEYSPACES.items()}
        found = {(name, ours.get(keyspace)) for name in CLUSTERS for (keyspace,) in self.ask(name, query)}
        return {(name, keyspace) for name, keyspace in found if keyspace}

    def rows(self) -> Rows:
        """Return the rows of the guide's table by cluster and keyspace; places without any are left out."""
        found = {
            (name, keyspace): sorted(self.ask(name, f"SELECT * FROM {KEYSPACES[keyspace]}.automobile"))
            for name, keyspace in self.tables()
        }
        return {place: rows for place, rows in found.items() if rows}

    def put(self, name, keyspace, *row):
        self.sessions[name].execute(
            f"INSERT INTO {KEYSPACES[keyspace]}.automobile (manufacturer, year, model) VALUES (%s, %s, %s)", row
        )

    def clear(self):
        for name, keyspace in self.tables():
            for manufacturer in {row[0] for row in self.rows().get((name, keyspace), ())}:
                self.ask(name, f"DELETE FROM {KEYSPACES[keyspace]}.automobile WHERE manufacturer = '{manufacturer}'")

    def drop(self):
        for keyspace in KEYSPACES.values():
            self.everywhere(f"DROP KEYSPACE IF EXISTS {keyspace}")


@pytest.fixture(scope="module")
def world(cluster1, cluster2) -> Iterator[World]:
    found = World(cluster1, cluster2)
    found.drop()
    yield found
    found.drop()
    for each in found.opened:
        each.shutdown()


class Reader:
    """The program that runs the guide's code."""

    def __init__(self, package, world):
        self.package, self.world = package, world
        path = os.pathsep.join(["src", *filter(None, [os.environ.get("PYTHONPATH")])])
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", READER, package],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
        )
        self.run(IMPORTS[package])

    def ask(self, code):
        code = code.replace("from cassandra.cqlengine ", f"from {self.package} ")
        for written, name in (("127.0.0.1", "cluster1"), ("127.0.0.2", "cluster2")):
            code = code.replace(f"'{written}'", f"'{self.world.addresses[name]}'")
        for written, name in KEYSPACES.items():
            code = code.replace(f"'{written}'", f"'{name}'")
        self.process.stdin.write(json.dumps(code) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def run(self, code):
        """Run code that must work; return what it printed."""
        answer = self.ask(code)
        assert answer["raised"] is None, f"{code}\n{answer['trace']}"
        return answer["printed"]

    def fail(self, code):
        """Run code that must raise; return the error."""
        answer = self.ask(code)
        assert answer["raised"] is not None, code
        return answer["raised"]

    def close(self):
        rest, _ = self.process.communicate(timeout=30)
        assert (rest, self.process.returncode) == ("", 0)


@pytest.fixture(scope="module", params=PACKAGES)
def reader(request, world) -> Iterator[Reader]:
    found = Reader(request.param, world)
    yield found
    found.run(FORGET)
    found.close()


FORGET = """
from cassandra.cqlengine import connection

for name in connection.connections():
    connection.unregister_connection(name)
"""

# ---- what must be true after each section ----------------------------------------------------------------------------

ANSWERS = """
future = connection.get_session({0}).execute_async('SELECT key FROM system.local')
future.result()
print(future.coordinator_host.endpoint)
"""


def answering(reader, name=None):
    """Return the address that the driver says has answered."""
    return reader.run(ANSWERS.format("" if name is None else repr(name))).strip()


def after_register(reader, world):
    assert answering(reader) == world.addresses["cluster1"]
    assert answering(reader, "default") == world.addresses["cluster1"]
    assert answering(reader, "cluster2") == world.addresses["cluster2"]


def after_register_session(reader, world):
    assert answering(reader, "cluster3") == world.addresses["cluster1"]
    assert reader.run("print(connection.get_session('cluster3') is session)") == "True\n"
    # The session is the reader's: it looks as before, and lives on when the connection does not.
    assert reader.run("print(session.row_factory.__name__, session.keyspace)") == "named_tuple_factory None\n"
    reader.run("connection.unregister_connection('cluster3')")
    assert reader.run("print(session.execute('SELECT key FROM system.local').one().key)") == "local\n"
    reader.run("session.cluster.shutdown()")


def after_default(reader, world):
    assert answering(reader) == world.addresses["cluster2"]
    reader.run("connection.set_default_connection('default')")
    assert answering(reader) == world.addresses["cluster1"]


def after_unregister(reader, world):  # noqa: ARG001
    error = reader.fail("connection.get_connection('cluster2')")
    assert error == "ConnectionClosed: Connection 'cluster2' was unregistered. Registered: 'default' (default)."


def after_management(reader, world):
    assert world.tables() - {(name, "test") for name in CLUSTERS} == {
        (name, keyspace) for name in CLUSTERS for keyspace in ("ks1", "ks2")
    }
    world.clear()
    reader.run("management.sync_table(Automobile, keyspaces=keyspaces, connections=conns)")  # again changes nothing
    # The next sections write to the keyspace 'test'.
    world.everywhere(f"CREATE KEYSPACE IF NOT EXISTS {KEYSPACES['test']} WITH replication = {REPLICATION}")
    world.everywhere(f"CREATE TABLE IF NOT EXISTS {KEYSPACES['test']}.automobile {TABLE}")
    world.put("cluster2", "test", "skoda", 1991, "favorit")
    world.put("cluster2", "test", "skoda", 1992, "forman")
    world.put("cluster1", "test", "trabant", 1989, "601")


CIVIC, TESLAS = ("honda", 2010, "civic"), [("Tesla", 2012, "s"), ("Tesla", 2015, "x")]


def before_using(world):
    world.clear()
    for row in TESLAS:
        world.put("cluster2", "ks2", *row)
    world.put("cluster2", "test", "Tesla", 2008, "roadster")  # is not in ks2, so it is not copied


def after_using(reader, world):  # noqa: ARG001
    assert world.rows() == {
        ("cluster1", "test"): [CIVIC],
        ("cluster1", "ks2"): TESLAS,
        ("cluster2", "ks2"): TESLAS,
        ("cluster2", "test"): [("Tesla", 2008, "roadster")],
    }


def before_context(world):
    world.clear()
    world.put("cluster1", "test", *CIVIC)
    world.put("cluster2", "test", "honda", 1999, "s2000")


IN_CONTEXT = """
with ContextQuery(Automobile, connection='cluster1') as A:
    print([a.model for a in A.objects.filter(manufacturer='honda').all()])
"""
WITHOUT = "print([a.model for a in Automobile.objects.filter(manufacturer='honda').all()])"


def after_context(reader, world):
    assert (reader.run(IN_CONTEXT), reader.run(WITHOUT)) == ("['civic']\n", "['s2000']\n")
    assert world.rows() == {("cluster1", "test"): [CIVIC], ("cluster2", "test"): [("honda", 1999, "s2000")]}


TWO_CONNECTIONS = """
with BatchQuery() as b:
    Automobile.objects.batch(b).create(manufacturer='honda', year=1, model='x')
    with connection.use(connection='cluster1'):
        Automobile.objects.batch(b).create(manufacturer='honda', year=2, model='x')
"""


def after_batch(reader, world):
    assert world.rows() == {("cluster1", "test"): [CIVIC]}
    assert "BatchQuery queries must be executed on the same connection" in reader.fail(TWO_CONNECTIONS)
    assert world.rows() == {("cluster1", "test"): [CIVIC]}


BEFORE: dict[str, Callable[[World], None]] = {
    "register": World.drop,
    "queryset and model instance": before_using,
    "context manager": before_context,
    "batch": World.clear,
}
AFTER: dict[str, Callable[[Reader, World], None]] = {
    "register": after_register,
    "register a session": after_register_session,
    "change the default at registration": after_default,
    "change the default on the fly": after_default,
    "unregister": after_unregister,
    "management": after_management,
    "queryset and model instance": after_using,
    "context manager": after_context,
    "batch": after_batch,
}
FIRST = next(iter(EDITIONS))
PRINTED = {"default model connection": "2\n"}


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_guide_runs_to_the_letter(reader, world, edition):
    reader.run(FORGET)
    for title, code in EDITIONS[edition].items():
        if title != "register" or edition == FIRST:  # once for each reader is enough: it takes the most time
            BEFORE.get(title, lambda _: None)(world)
        try:
            assert reader.run(code) == PRINTED.get(title, "")
            AFTER.get(title, lambda *_: None)(reader, world)
        except AssertionError as error:
            error.add_note(f"in the section '{title}'")
            raise


ORIGINS = """
import sys

print(*{each.__module__.partition('.')[0] for each in (Model, ContextQuery, BatchQuery, columns.Text)})
print(sys.modules.get('cassandra.cqlengine') in (None, sys.modules.get('helenus.cqlengine')))
"""


def test_names_are_helenus_s_whatever_package_they_are_imported_from(reader):
    assert reader.run(ORIGINS) == "helenus\nTrue\n"


def test_every_section_of_both_editions_is_checked():
    titles = {title for sections in EDITIONS.values() for title in sections}
    assert titles == AFTER.keys() | PRINTED.keys()
    code = "".join(code for sections in EDITIONS.values() for code in sections.values())
    assert re.search(r"print \w", code) is None
