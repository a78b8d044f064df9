"""Two real nodes, one of which loses an answer: what the next node is asked to do again.

Both connections ask the first node first, which the driver reaches through a proxy. The node applies the statement and
the answer is lost.
"""

from __future__ import annotations

import asyncio
import os

import pytest
from cassandra import ConsistencyLevel
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile
from cassandra.policies import AddressTranslator, RoundRobinPolicy
from cassandra.query import SimpleStatement

from helenus import cassandra, connection
from helenus.connection.request import Batch, Request
from helenus.errors import MaybeApplied
from tests.support.faultproxy import Fault, FaultProxy

FIRST, SECOND = "127.0.20.11", "127.0.20.12"
PROXIES = {FIRST: "127.0.20.51", SECOND: "127.0.20.52"}
KEYSPACE = "failover"
TABLES = (
    (
        f"CREATE KEYSPACE IF NOT EXISTS {KEYSPACE} "
        "WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 2}"
    ),
    f"CREATE TABLE IF NOT EXISTS {KEYSPACE}.counters (k int PRIMARY KEY, c counter)",
    f"CREATE TABLE IF NOT EXISTS {KEYSPACE}.t (k int PRIMARY KEY, v text, l list<int>)",
)
ADD = f"UPDATE {KEYSPACE}.counters SET c = c + ? WHERE k = ?"
APPEND = f"UPDATE {KEYSPACE}.t SET l = l + ? WHERE k = ?"
PUT = f"INSERT INTO {KEYSPACE}.t (k, v) VALUES (?, ?)"
READ = f"SELECT v FROM {KEYSPACE}.t WHERE k = ?"


class FirstNodeFirst(RoundRobinPolicy):
    """Asks the first node first, then the other."""

    def make_query_plan(self, working_keyspace=None, query=None):
        plan = super().make_query_plan(working_keyspace, query)
        return iter(sorted(plan, key=lambda host: host.endpoint.address))


class ThroughProxies(AddressTranslator):
    """Leads the driver to the proxies, whatever addresses the nodes tell it."""

    def translate(self, addr):
        return PROXIES.get(addr, addr)


@pytest.fixture(scope="module")
def nodes():
    with cassandra.start(
        f"failover-{os.getpid()}", address=FIRST, nodes=2, port=0, heap="256M", disposable=True
    ) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def direct(nodes):
    with Cluster([FIRST], port=nodes.port) as cluster:
        session = cluster.connect()
        for statement in TABLES:
            session.execute(statement)
        yield session


@pytest.fixture
def proxy(direct, nodes):  # noqa: ARG001 - it makes the tables
    """Stand before both nodes, at other addresses and the same port."""
    with (
        FaultProxy((FIRST, nodes.port), PROXIES[FIRST], port=nodes.port) as proxy,
        FaultProxy((SECOND, nodes.port), PROXIES[SECOND], port=nodes.port),
    ):
        yield proxy


def options(proxy):
    profile = ExecutionProfile(load_balancing_policy=FirstNodeFirst())
    return {
        "port": proxy.port,
        "protocol_version": 4,
        "compression": False,
        "address_translator": ThroughProxies(),
        "execution_profiles": {EXEC_PROFILE_DEFAULT: profile},
    }


def both_are_up(session):
    """Wait until the session is connected to both nodes."""
    futures = [future for future in session._initial_connect_futures if future is not None]
    assert all(future.result(30) for future in futures)
    assert len(session.get_pool_state()) == 2


@pytest.fixture
def ours(proxy):
    connection.setup([proxy.address], **options(proxy))
    both_are_up(connection.get_session())
    return proxy


@pytest.fixture
def theirs(proxy):
    """Give a session of the user's, with the driver's own retry policy."""
    with Cluster([proxy.address], **options(proxy)) as cluster:
        session = cluster.connect()
        both_are_up(session)
        connection.set_session(session)
        yield proxy


def ask(request):
    def flow():
        return (yield request)

    return connection.run(flow())


def aask(request):
    def flow():
        return (yield request)

    return asyncio.run(connection.arun(flow()))


BOTH = pytest.mark.parametrize("ask", [ask, aask], ids=["run", "arun"])


def counter(session, key):
    row = read(session, f"SELECT c FROM {KEYSPACE}.counters WHERE k = {key}")
    return row.c if row else 0


def read(session, text):
    """Read what all replicas know."""
    return session.execute(SimpleStatement(text, consistency_level=ConsistencyLevel.ALL)).one()


@BOTH
class TestAWriteThatIsNotSafeToRepeat:
    def test_is_applied_once_with_our_policy(self, ours, direct, ask):
        before = counter(direct, 1)
        ours.when("counters", Fault.APPLY_THEN_CUT)
        with pytest.raises(MaybeApplied):
            ask(Request(ADD, (1, 1)))
        assert ours.faults[Fault.APPLY_THEN_CUT] == 1
        assert counter(direct, 1) - before == 1

    def test_is_applied_twice_with_the_drivers(self, theirs, direct, ask):
        """The control: without it the test above would prove nothing."""
        before = counter(direct, 2)
        theirs.when("counters", Fault.APPLY_THEN_CUT)
        ask(Request(ADD, (1, 2)))
        assert counter(direct, 2) - before == 2

    def test_in_a_batch_is_applied_once_with_our_policy(self, ours, direct, ask):
        ours.when("SET l", Fault.APPLY_THEN_CUT)
        direct.execute(f"DELETE FROM {KEYSPACE}.t WHERE k = 3")
        with pytest.raises(MaybeApplied):
            ask(Batch([(APPEND, ([1], 3))]))
        assert read(direct, f"SELECT l FROM {KEYSPACE}.t WHERE k = 3").l == [1]

    def test_in_a_batch_is_applied_twice_with_the_drivers(self, theirs, direct, ask):
        """The control."""
        theirs.when("SET l", Fault.APPLY_THEN_CUT)
        direct.execute(f"DELETE FROM {KEYSPACE}.t WHERE k = 4")
        ask(Batch([(APPEND, ([1], 4))]))
        assert read(direct, f"SELECT l FROM {KEYSPACE}.t WHERE k = 4").l == [1, 1]


@BOTH
class TestWhatIsSafeToRepeat:
    def test_is_done_by_the_next_node(self, ours, ask, nodes):
        ours.when("INTO failover.t", Fault.CUT_BEFORE)
        page = ask(Request(PUT, (10, "there"), idempotent=True))
        assert page.coordinator == f"{PROXIES[SECOND]}:{nodes.port}"
        ours.when("SELECT v", Fault.APPLY_THEN_CUT)
        assert ask(Request(READ, (10,), idempotent=True)).rows == [("there",)]
