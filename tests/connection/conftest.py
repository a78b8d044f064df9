"""Each test of this folder gets a registry of its own; what others have registered is there again afterwards."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest
from cassandra.cluster import Cluster

from helenus import connection
from helenus.connection import defaults, entry, registry
from helenus.connection.drivers.recording import RecordingDriver
from tests.connection.real import TABLES


@pytest.fixture(autouse=True)
def own_registry(monkeypatch):
    """Give an empty registry; close what is left in it."""
    mine = registry._Registry()
    monkeypatch.setattr(registry, "_registry", mine)
    monkeypatch.setattr(defaults, "keyspace", None)
    yield mine
    for left in list(mine.entries.values()):
        left.close("was left over by a test")


class FakeAdapter:
    """Stands for the driver adapter: says what it was asked to open, and fails if told to.

    Attributes:
        opened: what was asked, in order.
        drivers: what was given, in order.
        error: raised by the next attempts, None to succeed.
    """

    def __init__(self):
        self.opened = []
        self.drivers = []
        self.error = None

    def connect(self, opening, consistency):
        self.opened.append((opening, consistency))
        if self.error is not None:
            raise self.error
        return self._driver(opening.name, user_session(hosts=opening.hosts))

    def adopt(self, name, session):
        return self._driver(name, session)

    def _driver(self, name, session):
        driver = RecordingDriver(name)
        driver.session, driver.cluster = session, session.cluster
        self.drivers.append(driver)
        return driver


@pytest.fixture
def adapter(monkeypatch):
    """Replace the driver adapter, so that no driver is loaded and no cluster is needed."""
    fake = FakeAdapter()
    monkeypatch.setitem(sys.modules, "fake_adapter", fake)
    monkeypatch.setattr(entry, "_ADAPTER", "fake_adapter")
    return fake


def user_session(keyspace=None, hosts=("127.0.0.1",)):
    """Return something that looks like a session of the user's."""
    return SimpleNamespace(keyspace=keyspace, cluster=SimpleNamespace(contact_points=list(hosts)))


@pytest.fixture
def make_session():
    """Give the maker of sessions that look like a user's."""
    return user_session


@pytest.fixture(scope="session")
def schema(cluster1, cluster2):
    """Make the tables on both clusters, with a session that is no business of the tests."""
    for under_test in (cluster1, cluster2):
        with Cluster(under_test.hosts, port=under_test.port) as cluster:
            session = cluster.connect()
            for statement in TABLES:
                session.execute(statement)


@pytest.fixture
def both(schema, cluster1, cluster2):  # noqa: ARG001 - it makes the tables
    """Register both clusters as in the guide: the first is the default."""
    connection.setup(cluster1.hosts, port=cluster1.port)
    connection.register_connection("cluster2", cluster2.hosts, cluster_options={"port": cluster2.port})


@pytest.fixture
def one(schema, cluster1):  # noqa: ARG001 - it makes the tables
    connection.setup(cluster1.hosts, port=cluster1.port)


@pytest.fixture
def users_cluster(schema, cluster1):  # noqa: ARG001 - it makes the tables
    with Cluster(cluster1.hosts, port=cluster1.port) as cluster:
        yield cluster
