"""Two implementations of one interface, ``cassandra.cqlengine`` and ``helenus.cqlengine``, on one real node.

Every test that takes ``impl`` runs on both. A test marked ``differs(id)`` states what is meant: it must pass on helenus
and fail on cqlengine, and the id must be in ``differences.py``. The run ends with the table of all differences.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest
from cassandra.cluster import Cluster, Session

from helenus.connection import defaults, registry
from helenus.connection.request import Batch
from tests.compat import differences, names

PACKAGES = {"cqlengine": "cassandra.cqlengine", "helenus": "helenus.cqlengine"}
CONNECTIONS = ("default", "other")


@dataclass
class Impl:
    """One implementation, connected: its modules are attributes."""

    name: str
    keyspace: str
    plain: Session
    columns: ModuleType = field(init=False)
    connection: ModuleType = field(init=False)
    functions: ModuleType = field(init=False)
    management: ModuleType = field(init=False)
    models: ModuleType = field(init=False)
    named: ModuleType = field(init=False)
    operators: ModuleType = field(init=False)
    query: ModuleType = field(init=False)
    statements: ModuleType = field(init=False)
    usertype: ModuleType = field(init=False)
    root: ModuleType = field(init=False)

    def __post_init__(self) -> None:
        self.root = importlib.import_module(PACKAGES[self.name])
        for module in names.MODULES:
            setattr(self, module, importlib.import_module(f"{PACKAGES[self.name]}.{module}"))
        self.Model, self.UserType = self.models.Model, self.usertype.UserType
        self.BatchQuery, self.LWTException = self.query.BatchQuery, self.query.LWTException

    def sync(self, *models: type) -> None:
        """Create the tables of models."""
        for model in models:
            self.management.sync_table(model)

    def rows(self, cql: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the node past both; ``{ks}`` stands for the keyspace."""
        return [tuple(row) for row in self.plain.execute(cql.replace("{ks}", self.keyspace), values or None)]

    @contextmanager
    def watch(self, name: str = "default") -> Iterator[list[str]]:
        """Give the statements that are sent meanwhile over a connection, as text; those of a batch in one text."""
        found: list[str] = []
        with pytest.MonkeyPatch.context() as patch:
            entry = self.connection.get_connection(name)
            if self.name == "cqlengine":
                _listen(patch, entry.session, "execute", lambda query: found.append(query.query_string))
            else:
                for kind in ("execute", "send"):
                    _listen(patch, entry.driver, kind, lambda request: found.append(_text(request)))
            yield found


def _listen(patch: pytest.MonkeyPatch, owner: object, kind: str, note: Callable[[Any], None]) -> None:
    through = getattr(owner, kind)

    def listening(request: Any, *args: Any, **kwargs: Any) -> Any:
        note(request)
        return through(request, *args, **kwargs)

    patch.setattr(owner, kind, listening)


def _text(request: Any) -> str:
    return "; ".join(text for text, _ in request.statements) if isinstance(request, Batch) else request.text


@pytest.fixture(scope="session")
def sessions(cluster1: Any) -> Iterator[dict[str, Session]]:
    """Open a plain session of the driver's, which serves helenus, too, and one for each connection of cqlengine.

    cqlengine changes the sessions that it is given.
    """
    opened = {}
    for name in ("plain", *CONNECTIONS):
        opened[name] = Cluster(list(cluster1.hosts), port=cluster1.port).connect()
    yield opened
    for session in opened.values():
        session.cluster.shutdown()


@pytest.fixture(scope="session")
def keyspaces(cluster1: Any, sessions: dict[str, Session]) -> Iterator[dict[str, str]]:
    """Create a keyspace for each implementation; dropping them is slow, and left out where the cluster ends as well."""
    found = {name: f"compat_{name}_{os.getpid()}" for name in PACKAGES}
    replication = "{'class': 'SimpleStrategy', 'replication_factor': 1}"
    for keyspace in found.values():
        sessions["plain"].execute(f"CREATE KEYSPACE {keyspace} WITH replication = {replication}")
    for session in sessions.values():
        session.cluster.refresh_schema_metadata()  # cqlengine believes it, and it comes with a delay
    yield found
    for keyspace in found.values() if cluster1.launched is None else ():
        sessions["plain"].execute(f"DROP KEYSPACE {keyspace}", timeout=60)


@pytest.fixture(scope="module", params=list(PACKAGES))
def impl(request: pytest.FixtureRequest, sessions: dict[str, Session], keyspaces: dict[str, str]) -> Iterator[Impl]:
    """Give one implementation with the connections ``default`` and ``other``, both to the same node."""
    name: str = request.param
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CQLENG_ALLOW_SCHEMA_MANAGEMENT", "1")
        patch.setattr(registry, "_registry", registry._Registry())
        patch.setattr(defaults, "keyspace", None)
        found = Impl(name, keyspaces[name], sessions["plain"])
        found.models.DEFAULT_KEYSPACE = found.keyspace
        for connection in CONNECTIONS:
            session = sessions[connection if name == "cqlengine" else "plain"]
            found.connection.register_connection(connection, default=connection == "default", session=session)
        yield found
        if name == "cqlengine":
            found.connection._connections.clear()  # to unregister would shut the sessions down
            found.connection.cluster = found.connection.session = None
            found.models.DEFAULT_KEYSPACE = None


# ---- what differs ----------------------------------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line("markers", "differs(id, how): passes on helenus, and fails on cqlengine as `how` says")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let cqlengine warn; helenus must not."""
    for item in items:
        if getattr(item, "callspec", None) and item.callspec.params.get("impl") == "cqlengine":
            item.add_marker(pytest.mark.filterwarnings("ignore"))


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Turn the verdict about cqlengine round for a test of what differs."""
    marker = pyfuncitem.get_closest_marker("differs")
    callspec = getattr(pyfuncitem, "callspec", None)
    if marker is None or callspec is None or callspec.params.get("impl") != "cqlengine":
        return (yield)
    how = marker.args[1] if len(marker.args) > 1 else (AssertionError, pytest.fail.Exception)
    try:
        yield
    except how:
        return True
    raise AssertionError(f"{marker.args[0]}: cqlengine does what helenus does; take it off the list of differences")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the differences, if tests of them ran."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, ())]
    if not any("tests/compat/" in report.nodeid for report in reports):
        return
    terminalreporter.section("differences from cqlengine")
    for difference in differences.DIFFERENCES:
        terminalreporter.write_line(f"{difference.id}: {difference.case}")
        terminalreporter.write_line(f"    cqlengine: {difference.was}")
        terminalreporter.write_line(f"    helenus:   {difference.now}")
    terminalreporter.section("names of cqlengine that helenus does not have")
    for pattern, reason in names.EXCEPTIONS.items():
        terminalreporter.write_line(f"{pattern}: {reason}")
