"""Connections to real Cassandra clusters: the guide, values, batches, pages."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from cassandra import ConsistencyLevel, InvalidRequest
from cassandra.cluster import ExecutionProfile
from cassandra.policies import RoundRobinPolicy

from helenus import connection
from helenus.connection.request import UNSET, Batch, Options, Request
from helenus.errors import (
    ConnectionClosed,
    ConnectionException,
    MaybeApplied,
    StatementException,
    UnsetUnsupported,
)
from tests.connection.real import INSERT, KEYSPACE, SELECT, aask, ask


@pytest.mark.usefixtures("both")
class TestTheGuide:
    def test_two_clusters_are_two_places(self):
        for name in (None, "cluster2"):
            connection.execute(
                f"INSERT INTO {KEYSPACE}.home (k, cluster) VALUES (1, %s)", [name or "default"], connection=name
            )
        homes = f"SELECT cluster FROM {KEYSPACE}.home WHERE k = 1"
        assert connection.execute(homes).one() == {"cluster": "default"}
        assert connection.execute(homes, connection="cluster2").one() == {"cluster": "cluster2"}
        with connection.use("cluster2"):
            assert connection.execute(homes).one() == {"cluster": "cluster2"}
        connection.set_default_connection("cluster2")
        assert connection.execute(homes).one() == {"cluster": "cluster2"}

    def test_a_page_says_who_answered(self, cluster1, cluster2):
        for name, under_test in (("default", cluster1), ("cluster2", cluster2)):
            page = ask(Request(SELECT, [0], connection=name, idempotent=True))
            assert (page.connection, page.coordinator) == (name, f"{under_test.hosts[0]}:{under_test.port}")

    def test_one_flow_writes_to_both(self):
        def flow():
            for name in ("default", "cluster2"):
                yield Request(INSERT, (2, name, 1), connection=name)
            there = yield Request(SELECT, (2,), connection="cluster2", idempotent=True)
            here = yield Request(SELECT, (2,), connection="default", idempotent=True)
            return [there.rows, here.rows]

        assert connection.run(flow()) == [[(2, "cluster2", 1)], [(2, "default", 1)]]
        assert asyncio.run(connection.arun(flow())) == [[(2, "cluster2", 1)], [(2, "default", 1)]]

    def test_unregistering_shuts_down_what_was_opened(self):
        session, cluster = connection.get_session("cluster2"), connection.get_cluster("cluster2")
        connection.unregister_connection("cluster2")
        assert (session.is_shutdown, cluster.is_shutdown) == (True, True)
        with pytest.raises(ConnectionClosed):
            connection.execute("SELECT now() FROM system.local", connection="cluster2")

    def test_registering_anew_shuts_down_the_old_session(self, cluster2):
        old = connection.get_session("cluster2")
        connection.register_connection("cluster2", cluster2.hosts, cluster_options={"port": cluster2.port})
        assert (old.is_shutdown, connection.get_session("cluster2").is_shutdown) == (True, False)


@pytest.mark.usefixtures("one")
class TestRequests:
    def test_values_are_bound_whatever_they_contain(self):
        value = "'); DROP TABLE t; --"
        ask(Request(INSERT, (10, value, None)))
        assert ask(Request(SELECT, (10,), idempotent=True)).rows == [(10, value, None)]

    def test_types_go_there_and_back(self):
        values = (uuid.uuid4(), b"\x00", Decimal("1.5"), {1, 2}, {"a": 1}, datetime(2026, 1, 2, tzinfo=UTC))
        ask(Request(f"INSERT INTO {KEYSPACE}.types (k, b, d, s, m, ts) VALUES (?, ?, ?, ?, ?, ?)", values))
        select = f"SELECT k, b, d, s, m, ts FROM {KEYSPACE}.types WHERE k = ?"
        (row,) = ask(Request(select, values[:1], idempotent=True)).rows
        assert row == (*values[:5], values[5].replace(tzinfo=None))

    def test_user_types_are_bound_from_tuples_and_come_back_as_named_tuples(self):
        ask(Request(f"INSERT INTO {KEYSPACE}.t (k, where_) VALUES (?, ?)", (11, ("High Street", None))))
        (row,) = ask(Request(f"SELECT where_ FROM {KEYSPACE}.t WHERE k = 11", prepare=False)).rows
        assert (row[0], row[0].street) == (("High Street", None), "High Street")

    def test_unset_leaves_a_column_as_it_is(self):
        ask(Request(INSERT, (12, "kept", 1)))
        ask(Request(INSERT, (12, UNSET, 2)))
        assert ask(Request(SELECT, (12,), idempotent=True)).rows == [(12, "kept", 2)]

    def test_unset_is_refused_by_name_before_protocol_v4(self, cluster1):
        connection.register_connection(
            "old", cluster1.hosts, cluster_options={"port": cluster1.port, "protocol_version": 3}
        )
        ask(Request(INSERT, (13, "there", 1), connection="old"))
        with pytest.raises(UnsetUnsupported) as raised:
            ask(Request(INSERT, (13, UNSET, 2), connection="old"))
        assert str(raised.value) == (
            "Connection 'old' speaks native protocol v3, which cannot leave a bound value unset, as v4 can; nothing "
            "was sent. Give every column a value, or raise protocol_version."
        )
        assert ask(Request(SELECT, (13,), idempotent=True)).rows == [(13, "there", 1)]

    @pytest.mark.parametrize("values", [(1,), (1, "a", 2, 3)])
    def test_the_number_of_values_must_fit(self, values):
        with pytest.raises(StatementException, match=rf"3 values are needed, {len(values)} were given: INSERT"):
            ask(Request(INSERT, values))

    def test_a_value_of_another_type_is_refused_with_the_statement_as_a_note(self):
        with pytest.raises(TypeError, match='column "n"') as raised:
            ask(Request(INSERT, (1, "a", "not a number"), label="T.save"))
        assert raised.value.__notes__ == [
            f"[connection 'default' (hosts {connection.get_connection().hosts[0]})] T.save: {INSERT}"
        ]

    def test_server_errors_keep_their_class_and_get_a_note(self):
        with pytest.raises(InvalidRequest, match="nowhere") as raised:
            connection.execute(f"SELECT * FROM {KEYSPACE}.nowhere WHERE k = %s", [1])
        assert f"SELECT * FROM {KEYSPACE}.nowhere WHERE k = ?" in raised.value.__notes__[0]

    def test_timeout_consistency_and_fetch_size_reach_the_driver(self, monkeypatch):
        seen = []
        session = connection.get_session()
        original = session.execute_async

        def watching(statement, *args):
            seen.append((statement, args))
            return original(statement, *args)

        monkeypatch.setattr(session, "execute_async", watching)
        options = Options(consistency=1, serial_consistency=8, timeout=3.5, fetch_size=7)
        ask(Request(SELECT, (1,), idempotent=True, options=options))
        ask(Request(SELECT, (1,), options=Options(fetch_size=0, timeout=None)))
        (first, args), (second, others) = seen
        assert (first.consistency_level, first.serial_consistency_level, first.fetch_size) == (1, 8, 7)
        assert (first.is_idempotent, second.is_idempotent, second.fetch_size) == (True, False, None)
        assert (args[3], others[3]) == (3.5, None)

    def test_the_connections_consistency_is_the_default(self, cluster1):
        options = {"port": cluster1.port}
        connection.register_connection("two", cluster1.hosts, ConsistencyLevel.TWO, cluster_options=options)
        with pytest.raises(Exception, match="Cannot achieve consistency level TWO"):
            ask(Request(SELECT, (1,), connection="two", idempotent=True))
        options = Options(consistency=ConsistencyLevel.ONE)
        assert ask(Request(SELECT, (-1,), connection="two", idempotent=True, options=options)).rows == []

    def test_warnings_of_the_server_are_on_the_page(self):
        page = ask(Request(f"SELECT count(*) FROM {KEYSPACE}.t", prepare=False))
        assert any("Aggregation query used without partition key" in warning for warning in page.warnings)

    def test_a_named_execution_profile_is_used_and_an_unknown_one_is_named(self, cluster1):
        profiles = {"slow": ExecutionProfile(RoundRobinPolicy(), consistency_level=ConsistencyLevel.TWO)}
        options = {"port": cluster1.port, "execution_profiles": profiles}
        connection.register_connection("p", cluster1.hosts, cluster_options=options)
        with pytest.raises(Exception, match="Cannot achieve consistency level TWO"):
            ask(Request(SELECT, (1,), "p", idempotent=True, options=Options(execution_profile="slow")))
        with pytest.raises(ConnectionException, match=r"Connection 'p': Invalid execution_profile: .fast.; valid"):
            ask(Request(SELECT, (1,), "p", idempotent=True, options=Options(execution_profile="fast")))

    def test_options_that_the_driver_does_not_know_are_named(self, cluster1):
        with pytest.raises(ConnectionException, match=r"'x': the driver refuses its options: .*'colour'"):
            connection.register_connection("x", cluster1.hosts, cluster_options={"colour": 1})

    def test_sockets_do_not_wait_for_acknowledgements(self):
        import socket

        pool, *_ = connection.get_session().get_pools()
        native = getattr(pool, "_connections", None)
        one = next(iter(native.values())) if native else pool._connection
        assert one._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)

    def test_debug_lines_have_texts_and_no_values(self, caplog):
        with caplog.at_level(logging.DEBUG, "helenus.connection"):
            ask(Request(INSERT, (14, "hunter2", 1), label="T.save"))
        assert caplog.messages == [f"[Connection: default] T.save: {INSERT}, values: not shown"]


@pytest.mark.usefixtures("one")
class TestBatches:
    def test_are_applied_as_one(self):
        ask(Batch([(INSERT, (20, "a", 1)), (INSERT, (21, UNSET, 2)), (INSERT, (20, "b", UNSET))], "UNLOGGED"))
        assert ask(Request(SELECT, (21,), idempotent=True)).rows == [(21, None, 2)]

    def test_of_counters(self):
        before = counter(22)
        ask(Batch([(f"UPDATE {KEYSPACE}.counters SET c = c + ? WHERE k = ?", (2, 22))] * 3, "COUNTER"))
        assert counter(22) - before == 6

    def test_that_are_conditional_answer_with_rows(self):
        ask(Request(f"DELETE FROM {KEYSPACE}.t WHERE k = 23", prepare=False))
        batch = Batch([(f"INSERT INTO {KEYSPACE}.t (k, v) VALUES (?, ?) IF NOT EXISTS", (23, "a"))])
        assert ask(batch).rows == [(True,)]
        page = ask(batch)
        assert (page.columns[0], page.rows[0][0]) == ("[applied]", False)

    def test_with_more_than_65535_statements_are_refused(self):
        with pytest.raises(StatementException, match=r"at most 65,535 statements, this one has 65,536"):
            ask(Batch([(INSERT, (1, "a", 1))] * 65_536))

    def test_of_another_kind_are_refused(self):
        with pytest.raises(StatementException, match="A batch is one of COUNTER, LOGGED, UNLOGGED, not 'FAST'"):
            ask(Batch([(INSERT, (1, "a", 1))], "FAST"))

    def test_survive_a_cache_that_is_smaller_than_they_are(self, cluster1):
        options = {"port": cluster1.port, "prepared_statements": 1}
        connection.register_connection("small", cluster1.hosts, cluster_options=options)
        statements = [(f"INSERT INTO {KEYSPACE}.t (k, v) VALUES ({k}, ?)", (str(k),)) for k in range(30, 35)]
        ask(Batch(statements, connection="small"))
        asyncio.run(aask(Batch(statements, connection="small")))
        rows = f"SELECT v FROM {KEYSPACE}.t WHERE k IN (30, 31, 32, 33, 34)"
        assert {row["v"] for row in connection.execute(rows)} == {"30", "31", "32", "33", "34"}


def counter(key, keyspace=KEYSPACE):
    row = connection.execute(f"SELECT c FROM {keyspace}.counters WHERE k = %s", [key]).one()
    return row["c"] if row else 0


class TestUnavailable:
    """On one node, a keyspace with three replicas cannot reach QUORUM, and one with a single replica can."""

    QUORUM = Options(consistency=ConsistencyLevel.QUORUM)

    @pytest.mark.usefixtures("one")
    @pytest.mark.parametrize(
        ("kind", "table", "change"),
        [("COUNTER", "counters", "c = c + ?"), ("UNLOGGED", "lists", "l = l + ?")],
    )
    def test_of_one_partition_of_a_batch_leaves_others_written_and_says_so(self, kind, table, change):
        value = 1 if table == "counters" else [1]
        texts = [f"UPDATE {space}.{table} SET {change} WHERE k = ?" for space in (KEYSPACE, f"{KEYSPACE}_3")]
        before = self.written(table)
        with pytest.raises(MaybeApplied, match="Cannot achieve consistency level QUORUM"):
            ask(Batch([(text, (value, 50)) for text in texts], kind, options=self.QUORUM))
        deadline = time.monotonic() + 30  # the node answers before the other partition's write is done
        while self.written(table) == before and time.monotonic() < deadline:
            time.sleep(0.01)
        assert self.written(table) == before + 1

    @pytest.mark.usefixtures("one")
    def test_of_a_logged_batch_proves_that_nothing_was_written(self):
        texts = [f"UPDATE {space}.lists SET l = l + ? WHERE k = ?" for space in (KEYSPACE, f"{KEYSPACE}_3")]
        before = self.written("lists")
        with pytest.raises(Exception, match="Cannot achieve consistency level QUORUM") as raised:
            ask(Batch([(text, ([1], 50)) for text in texts], options=self.QUORUM))
        assert not isinstance(raised.value, MaybeApplied)
        assert self.written("lists") == before

    @pytest.mark.usefixtures("one")
    def test_to_commit_a_conditional_write_that_was_agreed_leaves_it_to_be_applied(self):
        connection.execute(f"DELETE FROM {KEYSPACE}.t WHERE k = 51 IF EXISTS")
        text = f"INSERT INTO {KEYSPACE}.t (k, v) VALUES (?, ?) IF NOT EXISTS"
        with pytest.raises(MaybeApplied, match="Cannot achieve consistency level TWO"):
            ask(Request(text, (51, "agreed"), options=Options(consistency=ConsistencyLevel.TWO)))
        settled = f"SELECT v FROM {KEYSPACE}.t WHERE k = 51"
        assert connection.execute(settled, consistency_level=ConsistencyLevel.SERIAL).one() == {"v": "agreed"}

    def written(self, table):
        if table == "counters":
            return counter(50)
        row = connection.execute(f"SELECT l FROM {KEYSPACE}.lists WHERE k = 50").one()
        return len(row["l"]) if row else 0


@pytest.mark.usefixtures("one")
class TestPages:
    TOTAL = 25

    @pytest.fixture(autouse=True)
    def rows(self, one):  # noqa: ARG002 - it connects
        insert = f"INSERT INTO {KEYSPACE}.many (p, c) VALUES (?, ?)"
        ask(Batch([(insert, (1, n)) for n in range(self.TOTAL)], "UNLOGGED", idempotent=True))

    @pytest.mark.parametrize("size", [1, 4, 5, 25, 26])
    def test_hold_all_rows_in_order(self, size):
        request = Request(
            f"SELECT c FROM {KEYSPACE}.many WHERE p = ?", (1,), idempotent=True, options=Options(fetch_size=size)
        )

        async def gather():
            return [row async for row in connection.astream(request)]

        expected = [(n,) for n in range(self.TOTAL)]
        assert list(connection.stream(request)) == expected
        assert asyncio.run(gather()) == expected

    def test_of_raw_cql_hold_all_rows(self):
        from cassandra.query import SimpleStatement

        statement = SimpleStatement(f"SELECT c FROM {KEYSPACE}.many WHERE p = 1", fetch_size=4)
        rows = connection.execute(statement)
        assert (len(rows.current_rows), [row["c"] for row in rows]) == (4, list(range(self.TOTAL)))
