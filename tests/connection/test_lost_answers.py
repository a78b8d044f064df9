"""Answers that never arrive: what is sent again, what is not, and what the caller is told.

A proxy between the driver and a real node loses answers after the node has applied the statement, and counts how often
each statement reached the node. Every "once" has a control in which the driver's own policy makes it more.
"""

from __future__ import annotations

import asyncio
import struct
import time

import pytest
from cassandra import OperationTimedOut, Unavailable, WriteTimeout
from cassandra.cluster import Cluster, NoHostAvailable
from cassandra.connection import ConnectionException as DriverConnectionException
from cassandra.connection import ConnectionShutdown

from helenus import connection
from helenus.connection.request import Batch, Options, Request
from helenus.errors import ClusterUnreachable, MaybeApplied
from tests.support.faultproxy import Fault, FaultProxy, error_body

KEYSPACE = "connection_lost"
TABLES = (
    (
        f"CREATE KEYSPACE IF NOT EXISTS {KEYSPACE} "
        "WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}"
    ),
    f"CREATE TABLE IF NOT EXISTS {KEYSPACE}.counters (k int PRIMARY KEY, c counter)",
    f"CREATE TABLE IF NOT EXISTS {KEYSPACE}.t (k int PRIMARY KEY, v text, l list<int>)",
)
ADD = f"UPDATE {KEYSPACE}.counters SET c = c + ? WHERE k = ?"
APPEND = f"UPDATE {KEYSPACE}.t SET l = l + ? WHERE k = ?"
CLAIM = f"INSERT INTO {KEYSPACE}.t (k, v) VALUES (?, ?) IF NOT EXISTS"
PUT = f"INSERT INTO {KEYSPACE}.t (k, v) VALUES (?, ?)"
READ = f"SELECT v FROM {KEYSPACE}.t WHERE k = ?"
OPTIONS = {"protocol_version": 4, "compression": False}
QUORUM, SIMPLE, CAS = struct.pack(">H", 4), "SIMPLE", "CAS"


@pytest.fixture(scope="module")
def direct(cluster1):
    """Give a session past the proxy, to make tables and to see what was applied."""
    with Cluster(cluster1.hosts, port=cluster1.port) as cluster:
        session = cluster.connect()
        for statement in TABLES:
            session.execute(statement)
        yield session


@pytest.fixture
def proxy(direct, cluster1):  # noqa: ARG001 - it makes the tables
    with FaultProxy((cluster1.hosts[0], cluster1.port)) as proxy:
        yield proxy


@pytest.fixture
def through(proxy):
    """Register a connection through the proxy that helenus opens."""
    connection.setup([proxy.address], port=proxy.port, **OPTIONS)
    return proxy


@pytest.fixture
def theirs(proxy):
    """Register a connection through the proxy whose session, and retry policy, are the user's."""
    with Cluster([proxy.address], port=proxy.port, **OPTIONS) as cluster:
        connection.set_session(cluster.connect())
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


def counter(direct, key):
    row = direct.execute(f"SELECT c FROM {KEYSPACE}.counters WHERE k = {key}").one()
    return row.c if row else 0


def write_timeout(kind):
    """Return the body of a WRITE_TIMEOUT error (native protocol v4, section 9)."""
    return error_body(0x1100, "late", QUORUM, struct.pack(">ii", 0, 1), struct.pack(">H", len(kind)), kind.encode())


@BOTH
class TestAppliedThenCut:
    def test_a_counter_is_sent_once_and_the_caller_is_told(self, through, direct, ask):
        before = counter(direct, 1)
        through.when("counters", Fault.APPLY_THEN_CUT)
        with pytest.raises(MaybeApplied, match=r"may or may not have been applied.*UPDATE connection_lost") as raised:
            ask(Request(ADD, (1, 1), label="Hits.update"))
        assert isinstance(raised.value, DriverConnectionException)
        assert isinstance(raised.value.__cause__, ConnectionShutdown)
        assert (through.count("counters"), counter(direct, 1) - before) == (1, 1)

    def test_an_append_to_a_list_is_sent_once(self, through, ask):
        through.when("SET l", Fault.APPLY_THEN_CUT)
        with pytest.raises(MaybeApplied):
            ask(Request(APPEND, ([1], 1)))
        assert through.count("SET l") == 1

    def test_a_conditional_write_is_sent_once(self, through, direct, ask):
        direct.execute(f"DELETE FROM {KEYSPACE}.t WHERE k = 2 IF EXISTS")
        through.when("IF NOT EXISTS", Fault.APPLY_THEN_CUT)
        with pytest.raises(MaybeApplied):
            ask(Request(CLAIM, (2, "mine")))
        assert through.count("IF NOT EXISTS") == 1
        assert direct.execute(f"SELECT v FROM {KEYSPACE}.t WHERE k = 2").one().v == "mine"

    def test_a_counter_batch_is_sent_once(self, through, direct, ask):
        before = counter(direct, 3)
        through.when("counters", Fault.APPLY_THEN_CUT)
        with pytest.raises(MaybeApplied, match="COUNTER batch of 2"):
            ask(Batch([(ADD, (1, 3)), (ADD, (2, 3))], "COUNTER"))
        assert (through.count("counters"), counter(direct, 3) - before) == (1, 3)

    def test_a_read_is_no_question_of_being_applied(self, through, ask):
        through.when("SELECT v", Fault.APPLY_THEN_CUT)
        with pytest.raises(ClusterUnreachable) as raised:  # there is no second node to ask
            ask(Request(READ, (1,), idempotent=True))
        assert isinstance(raised.value, NoHostAvailable)
        assert not isinstance(raised.value, MaybeApplied)

    def test_the_connection_comes_back_by_itself(self, through, ask):
        through.when("counters", Fault.APPLY_THEN_CUT)
        with pytest.raises(MaybeApplied):
            ask(Request(ADD, (1, 4)))
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                assert ask(Request(READ, (-1,), idempotent=True)).rows == []
                break
            except ClusterUnreachable:
                time.sleep(0.05)
        else:
            pytest.fail("the driver did not connect again")


@BOTH
class TestTheControls:
    """The driver's own policy, which a user's session keeps."""

    def test_a_forged_server_error_makes_it_send_a_counter_twice(self, theirs, direct, ask):
        """SERVER_ERROR may come after the write was done; the driver asks the next host whatever the statement is."""
        before = counter(direct, 10)
        theirs.when("counters", Fault.APPLY_THEN_FORGE, body=error_body(0x0000, "boom"))
        with pytest.raises(NoHostAvailable) as raised:
            ask(Request(ADD, (1, 10)))
        # With a single node it finds no next host, and hides what happened behind NoHostAvailable; we tell it.
        assert isinstance(raised.value, MaybeApplied)
        assert counter(direct, 10) - before == 1

    def test_the_batch_log_makes_it_send_a_batch_twice(self, theirs, ask):
        theirs.when("SET l", Fault.APPLY_THEN_FORGE, body=write_timeout("BATCH_LOG"))
        ask(Batch([(APPEND, ([1], 10)), (APPEND, ([2], 11))]))
        assert theirs.count("SET l") == 2

    def test_ours_sends_that_batch_once(self, through, ask):
        through.when("SET l", Fault.APPLY_THEN_FORGE, body=write_timeout("BATCH_LOG"))
        with pytest.raises(MaybeApplied) as raised:
            ask(Batch([(APPEND, ([1], 10)), (APPEND, ([2], 11))]))
        assert isinstance(raised.value, WriteTimeout)
        assert through.count("SET l") == 1

    def test_ours_sends_it_twice_if_that_is_safe(self, through, ask):
        through.when("SET v", Fault.APPLY_THEN_FORGE, body=write_timeout("BATCH_LOG"))
        text = f"UPDATE {KEYSPACE}.t SET v = ? WHERE k = ?"
        ask(Batch([(text, ("a", 10)), (text, ("b", 11))], idempotent=True))
        assert through.count("SET v") == 2

    def test_a_lost_answer_is_told_to_users_of_their_own_sessions_too(self, theirs, ask):
        theirs.when("counters", Fault.APPLY_THEN_CUT)
        with pytest.raises(MaybeApplied) as raised:
            ask(Request(ADD, (1, 12)))
        assert isinstance(raised.value, NoHostAvailable)


@BOTH
class TestForgedAnswers:
    @pytest.mark.parametrize(
        ("body", "kind", "times"),
        [
            (write_timeout("SIMPLE"), WriteTimeout, 1),
            (write_timeout("CAS"), WriteTimeout, 1),
            (error_body(0x1001, "overloaded"), Exception, 1),
            (error_body(0x0000, "boom"), Exception, 1),
        ],
        ids=["write timeout", "cas timeout", "overloaded", "server error"],
    )
    def test_of_unknown_outcome_are_told_and_not_sent_again(self, through, ask, body, kind, times):
        through.when("counters", Fault.FORGE, times=5, body=body)
        with pytest.raises(MaybeApplied) as raised:
            ask(Request(ADD, (1, 20)))
        assert isinstance(raised.value, kind)
        assert through.faults[Fault.FORGE] == times

    def test_overloaded_is_not_answered_with_more_load_even_for_reads(self, through, ask):
        through.when("SELECT v", Fault.FORGE, times=5, body=error_body(0x1001, "overloaded"))
        with pytest.raises(Exception, match="overloaded"):
            ask(Request(READ, (1,), idempotent=True))
        assert through.faults[Fault.FORGE] == 1

    def test_unavailable_proves_that_a_counter_was_not_applied(self, through, ask):
        body = error_body(0x1000, "none", QUORUM, struct.pack(">ii", 2, 1))
        through.when("counters", Fault.FORGE, times=5, body=body)
        with pytest.raises(NoHostAvailable) as raised:
            ask(Request(ADD, (1, 21)))
        assert not isinstance(raised.value, MaybeApplied)
        assert [type(error) for error in raised.value.errors.values()] == [Unavailable]

    def test_cas_write_unknown_is_told(self, through, ask):
        body = error_body(0x1700, "unknown", QUORUM, struct.pack(">ii", 1, 2))
        through.when("IF NOT EXISTS", Fault.FORGE, body=body)
        with pytest.raises(MaybeApplied, match="code=1700"):
            ask(Request(CLAIM, (20, "x")))


@BOTH
class TestSilence:
    def test_our_own_timeout_leaves_the_outcome_of_a_write_unknown(self, through, direct, ask):
        before = counter(direct, 30)
        ask(Request(ADD, (0, 30)))  # prepared
        through.when("counters", Fault.APPLY_THEN_SILENCE)
        with pytest.raises(MaybeApplied) as raised:
            ask(Request(ADD, (1, 30), options=Options(timeout=0.3)))
        assert isinstance(raised.value, OperationTimedOut)
        assert (through.count("counters"), counter(direct, 30) - before) == (2, 1)

    def test_but_not_of_a_read(self, through, ask):
        through.when("SELECT v", Fault.APPLY_THEN_SILENCE)
        with pytest.raises(OperationTimedOut) as raised:
            ask(Request(READ, (1,), idempotent=True, options=Options(timeout=0.3)))
        assert not isinstance(raised.value, MaybeApplied)
        assert raised.value.__notes__[0].startswith("[connection 'default' (hosts")

    def test_others_on_the_same_connection_go_on(self, through, ask):
        ask(Request(PUT, (31, "there"), idempotent=True))
        through.when("counters", Fault.APPLY_THEN_SILENCE)
        with pytest.raises(MaybeApplied):
            ask(Request(ADD, (1, 31), options=Options(timeout=0.3)))
        assert ask(Request(READ, (31,), idempotent=True)).rows == [("there",)]
