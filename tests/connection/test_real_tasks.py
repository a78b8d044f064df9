"""Many threads and tasks on real clusters; clusters that come up late; connections that close."""

from __future__ import annotations

import asyncio
import threading

import pytest
from cassandra.cluster import Cluster

from helenus import connection
from helenus.connection.request import Page, Request
from helenus.errors import (
    ClusterUnreachable,
    ConnectionClosed,
)
from tests.connection.real import INSERT, KEYSPACE, SELECT, Listener, aask, ask


class TestComingUpLater:
    """A cluster that is down when it is registered and up when it is used; a forwarder opens its port in between."""

    @pytest.fixture
    def door(self, schema, cluster1):  # noqa: ARG002 - it makes the tables
        from tests.support.faultproxy import FaultProxy

        return FaultProxy((cluster1.hosts[0], cluster1.port), listen=False)

    @pytest.mark.parametrize(("lazy", "retry"), [(True, False), (True, True), (False, True)])
    def test_is_reached_at_a_later_use(self, door, lazy, retry):
        options = {"port": door.port, "protocol_version": 4, "compression": False}

        def register():
            connection.register_connection("late", [door.address], None, lazy, retry, options)

        if lazy:
            register()
        else:
            with pytest.raises(ClusterUnreachable, match="refused"):
                register()
        with pytest.raises(ClusterUnreachable) as raised:
            ask(Request(SELECT, (1,), connection="late", idempotent=True))
        assert str(raised.value).startswith(
            f"Connection 'late' cannot reach its cluster (hosts {door.address}). {door.address}:{door.port}: "
        )
        with door:
            assert ask(Request(SELECT, (-1,), connection="late", idempotent=True)).rows == []
            connection.unregister_connection("late")

    async def test_is_reached_by_tasks_as_well(self, door):
        options = {"port": door.port, "protocol_version": 4, "compression": False}
        connection.register_connection("late", [door.address], lazy_connect=True, cluster_options=options)
        request = Request(SELECT, (-1,), connection="late", idempotent=True)
        with pytest.raises(ClusterUnreachable):
            await aask(request)
        with door:
            pages = await asyncio.gather(*(aask(request) for _ in range(64)))
            assert [page.rows for page in pages] == [[]] * 64
            connection.unregister_connection("late")


@pytest.mark.usefixtures("one")
class TestTasksAndThreads:
    async def test_64_tasks_read_what_they_wrote(self):
        async def write_and_read(number):
            for turn in range(5):
                await aask(Request(INSERT, (1000 + number, f"{number}/{turn}", turn), idempotent=True))
                page = await aask(Request(SELECT, (1000 + number,), idempotent=True))
                assert page.rows == [(1000 + number, f"{number}/{turn}", turn)]

        await asyncio.gather(*(write_and_read(number) for number in range(64)))

    def test_64_threads_read_what_they_wrote(self):
        wrong = []

        def write_and_read(number):
            for turn in range(3):
                ask(Request(INSERT, (2000 + number, f"{number}/{turn}", turn), idempotent=True))
                rows = ask(Request(SELECT, (2000 + number,), idempotent=True)).rows
                if rows != [(2000 + number, f"{number}/{turn}", turn)]:
                    wrong.append(rows)

        threads = [threading.Thread(target=write_and_read, args=(number,)) for number in range(64)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert wrong == []

    async def test_more_requests_than_places_wait_their_turn(self, cluster1):
        options = {"port": cluster1.port, "max_in_flight": 3}
        connection.register_connection("narrow", cluster1.hosts, cluster_options=options)
        session = connection.get_session("narrow")
        seen = Listener(session)
        request = Request(SELECT, (-1,), connection="narrow", idempotent=True)
        most = 0
        pages = asyncio.gather(*(aask(request) for _ in range(50)))
        while not pages.done():
            most = max(most, sum(1 for future in seen.futures if not future._event.is_set()))
            await asyncio.sleep(0)
        assert len(await pages) == 50
        assert 1 <= most <= 3

    async def test_cancelled_tasks_disturb_nobody(self):
        """Each answer is asked for by its own number; a mixed-up answer would show."""

        async def read(number):
            page = await aask(Request("SELECT blobAsInt(intAsBlob(?)) FROM system.local", (number,), idempotent=True))
            return page.rows

        await read(0)
        for turn in range(20):
            tasks = [asyncio.create_task(read(number)) for number in range(64)]
            for _ in range(turn):
                await asyncio.sleep(0)
            for task in tasks[::3]:
                task.cancel()
            answers = await asyncio.gather(*tasks, return_exceptions=True)
            for number, answer in enumerate(answers):
                assert isinstance(answer, asyncio.CancelledError) or answer == [(number,)]
        driver = connection.resolve(None)
        await asyncio.to_thread(driver._drain)
        assert driver.gate._free == 1024

    async def test_preparing_does_not_block_the_loop(self, monkeypatch):
        """While the server is asked to prepare, other tasks of the loop go on."""
        driver = connection.resolve(None)
        begun, go_on = threading.Event(), threading.Event()
        original = driver._statements._kept._prepare

        def slow(text):
            begun.set()
            assert go_on.wait(10)
            return original(text)

        monkeypatch.setattr(driver._statements._kept, "_prepare", slow)
        text = f"SELECT v FROM {KEYSPACE}.t WHERE k = ? AND n = 12345 ALLOW FILTERING"
        tasks = [asyncio.create_task(aask(Request(text, (-1,), idempotent=True))) for _ in range(8)]
        assert await asyncio.to_thread(begun.wait, 10)
        assert (await aask(Request("SELECT now() FROM system.local", prepare=False))).columns == ("system.now()",)
        assert not any(task.done() for task in tasks)
        go_on.set()
        assert [page.rows for page in await asyncio.gather(*tasks)] == [[]] * 8

    def test_a_statement_that_the_server_forgot_is_prepared_again(self, cluster1):
        request = Request(f"SELECT k FROM {KEYSPACE}.t WHERE k = ? LIMIT 77", (-1,), idempotent=True)
        assert ask(request).rows == []
        with Cluster(cluster1.hosts, port=cluster1.port) as other:
            # A change of the table makes the server forget what was prepared for it.
            other.connect().execute(f"ALTER TABLE {KEYSPACE}.t WITH comment = 'changed'")
        assert ask(request).rows == []
        assert isinstance(asyncio.run(aask(request)), Page)

    def test_closing_lets_requests_finish(self, cluster1):
        connection.register_connection("busy", cluster1.hosts, cluster_options={"port": cluster1.port})
        driver = connection.resolve("busy")
        request = Request(SELECT, (-1,), connection="busy", idempotent=True)
        driver.execute(request)
        sent = [driver.send(request) for _ in range(500)]
        connection.unregister_connection("busy")
        assert [future.result(0).rows for future in sent] == [[]] * 500
        with pytest.raises(ConnectionClosed):
            driver.send(request)
