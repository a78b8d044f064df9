"""``run``, ``arun``, ``stream`` and ``astream``: flows get answers and errors and are closed; pages come early."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from functools import partial

import pytest

from helenus.connection import runner
from helenus.connection.drivers.recording import RecordingDriver
from helenus.connection.request import Page, Request
from helenus.errors import ConnectionClosed, UnknownConnection


class Database:
    """Drivers by name, for ``resolve``."""

    def __init__(self, **drivers):
        self.drivers = drivers

    def __call__(self, name):
        if name not in self.drivers:
            raise UnknownConnection(str(name))
        return self.drivers[name]


def run_in_loop(flow, resolve):
    return asyncio.run(runner.arun(flow, resolve))


BOTH = pytest.mark.parametrize("run", [runner.run, run_in_loop], ids=["run", "arun"])


@pytest.fixture
def a():
    return RecordingDriver("a")


@pytest.fixture
def b():
    return RecordingDriver("b")


@BOTH
class TestBoth:
    def test_gives_pages_in_and_the_result_out(self, run, a):
        a.answer(Page(rows=[(1,)]), Page(rows=[(2,)]))

        def flow():
            first = yield Request("one", connection="a")
            second = yield Request("two", connection="a")
            return [*first.rows, *second.rows]

        assert run(flow(), Database(a=a)) == [(1,), (2,)]
        assert [request.text for request in a.requests] == ["one", "two"]

    def test_one_flow_may_address_many_clusters(self, run, a, b):
        def flow():
            names = []
            for name in "abba":
                page = yield Request("x", connection=name)
                names.append(page.connection)
            return names

        assert run(flow(), Database(a=a, b=b)) == ["a", "b", "b", "a"]

    def test_a_flow_may_send_nothing(self, run):
        def flow():
            return 7
            yield

        assert run(flow(), Database()) == 7

    def test_an_error_enters_the_flow_where_it_waits_and_it_may_go_on(self, run, a):
        a.answer(ValueError("lost"), Page(rows=[(1,)]))

        def flow():
            try:
                yield Request("x", connection="a")
            except ValueError:
                page = yield Request("again", connection="a")
            return page.rows

        assert run(flow(), Database(a=a)) == [(1,)]

    def test_an_error_that_the_flow_leaves_alone_reaches_the_caller(self, run, a):
        error = ValueError("lost")
        a.answer(error)

        def flow():
            yield Request("x", connection="a")

        with pytest.raises(ValueError, match="lost") as raised:
            run(flow(), Database(a=a))
        assert raised.value is error
        assert "flow" in [entry.name for entry in raised.traceback]

    def test_an_unknown_connection_enters_the_flow_as_well(self, run):
        def flow():
            try:
                yield Request("x", connection="nobody")
            except UnknownConnection:
                return "caught"

        assert run(flow(), Database()) == "caught"

    def test_the_flow_is_closed_at_the_end(self, run, a):
        ended = []

        def flow():
            try:
                yield Request("x", connection="a")
            finally:
                ended.append(True)

        a.answer(ValueError())
        with pytest.raises(ValueError):  # noqa: PT011 - the one above
            run(flow(), Database(a=a))
        assert ended == [True]

    def test_a_connection_that_is_registered_anew_just_then_is_used(self, run, a, b):
        a.close()
        answers = iter([a, b])

        def flow():
            page = yield Request("x")
            return page.connection

        assert run(flow(), lambda _: next(answers)) == "b"

    def test_a_lazy_connection_that_is_registered_anew_while_it_connects_is_used(self, run, b):
        """The driver is found open, and says only in its answer that it was closed."""

        class Closing(RecordingDriver):
            def execute(self, _):
                raise ConnectionClosed(self.name)

            def send(self, _):
                outcome = Future()
                outcome.set_exception(ConnectionClosed(self.name))
                return outcome

        answers = iter([Closing("a"), b])

        def flow():
            page = yield Request("x")
            return page.connection

        assert run(flow(), lambda _: next(answers)) == "b"

    def test_a_connection_that_is_closed_for_good_is_an_error(self, run, a):
        a.close()

        def flow():
            yield Request("x", connection="a")

        with pytest.raises(ConnectionClosed):
            run(flow(), Database(a=a))


class ByHand:
    """A driver whose answers the test gives by hand."""

    def __init__(self):
        self.sent = []
        self.asked = asyncio.Event()

    def send(self, request):
        future = Future()
        self.sent.append((request, future))
        self.asked.set()
        return future


class TestCancelling:
    async def test_cancelling_enters_the_flow_and_the_late_answer_is_dropped(self):
        driver, seen = ByHand(), []

        def flow():
            try:
                yield Request("x", connection="a")
            except asyncio.CancelledError:
                seen.append("cancelled")
                raise

        task = asyncio.create_task(runner.arun(flow(), Database(a=driver)))
        await driver.asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        future = driver.sent[0][1]
        assert (seen, future.cancelled(), future.set_running_or_notify_cancel()) == (["cancelled"], True, False)

    async def test_a_timeout_of_asyncio_cancels(self):
        driver = ByHand()

        def flow():
            yield Request("x", connection="a")

        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await runner.arun(flow(), Database(a=driver))

    async def test_answers_may_come_from_any_thread(self):
        driver = ByHand()

        def flow():
            page = yield Request("x", connection="a")
            return page.rows

        task = asyncio.create_task(runner.arun(flow(), Database(a=driver)))
        await driver.asked.wait()
        threading.Thread(target=driver.sent[0][1].set_result, args=(Page(rows=[(1,)]),)).start()
        assert await task == [(1,)]


def rows(page):
    return page.rows


class Paged(RecordingDriver):
    """Answers rows 0 to ``total`` - 1, ``size`` to a page; an empty page may come in between."""

    def __init__(self, total, size, *, empty=()):
        super().__init__("paged")
        self.total, self.size, self.empty = total, size, set(empty)

    def execute(self, request):
        super().execute(request)
        start = int(request.paging_state or 0)
        if len(self.requests) in self.empty:
            return Page(("n",), [], str(start).encode(), connection="paged")
        end = min(start + self.size, self.total)
        state = str(end).encode() if end < self.total else None
        return Page(("n",), [(n,) for n in range(start, end)], state, connection="paged")


def collect(requests, resolve, load=rows):
    return list(runner.stream(requests, resolve, load))


def acollect(requests, resolve, load=rows):
    async def gather():
        return [row async for row in runner.astream(requests, resolve, load)]

    return asyncio.run(gather())


BOTH_STREAMS = pytest.mark.parametrize("take", [collect, acollect], ids=["stream", "astream"])


@BOTH_STREAMS
class TestStreams:
    @pytest.mark.parametrize(("total", "size"), [(0, 3), (1, 3), (3, 3), (4, 3), (7, 1), (10, 3)])
    def test_give_all_rows_in_order(self, take, total, size):
        assert take(Request("x"), lambda _: Paged(total, size)) == [(n,) for n in range(total)]

    def test_empty_pages_do_not_end_them(self, take):
        assert take(Request("x"), lambda _: Paged(6, 2, empty={1, 3})) == [(n,) for n in range(6)]

    def test_several_requests_follow_each_other(self, take):
        assert take([Request("x"), Request("y")], lambda _: Paged(3, 2)) == [(0,), (1,), (2,)] * 2

    def test_pages_go_through_load(self, take):
        found = take(Request("x"), lambda _: Paged(3, 2), lambda page: (row[0] * 10 for row in page.rows))
        assert found == [0, 10, 20]

    def test_stay_with_the_driver_of_the_first_page(self, take):
        drivers = iter([Paged(5, 2), RecordingDriver("another")])
        assert take(Request("x"), lambda _: next(drivers)) == [(n,) for n in range(5)]

    def test_an_error_on_a_later_page_comes_after_the_rows_before_it(self, take):
        driver, seen = RecordingDriver("a", Page(("n",), [(0,), (1,)], b"next"), ValueError("lost")), []

        def load(page):
            for row in page.rows:
                seen.append(row)
                yield row

        with pytest.raises(ValueError, match="lost"):
            take(Request("x"), lambda _: driver, load)
        assert seen == [(0,), (1,)]


class TestAheadOfTime:
    def test_the_next_page_is_asked_for_when_half_of_this_one_is_consumed(self):
        driver = Paged(8, 4)
        running = runner.stream(Request("x"), lambda _: driver, rows)
        asked = []
        for _ in range(8):
            next(running)
            asked.append(len(driver.requests))
        assert asked == [1, 1, 2, 2, 2, 2, 2, 2]

    async def test_of_astream_too(self):
        driver = Paged(8, 4)
        running = runner.astream(Request("x"), lambda _: driver, rows)
        asked = []
        for _ in range(8):
            await anext(running)
            asked.append(len(driver.requests))
        assert asked == [1, 1, 2, 2, 2, 2, 2, 2]
        await running.aclose()

    def test_leaving_early_cancels_the_page_that_is_on_its_way(self):
        driver = ByHand()
        driver.execute = lambda _: Page(("n",), [(0,), (1,)], b"next")
        running = runner.stream(Request("x"), lambda _: driver, rows)
        next(running)
        next(running)
        running.close()
        assert driver.sent[0][1].cancelled()

    async def test_of_astream_as_well(self):
        driver = ByHand()
        running = runner.astream(Request("x"), lambda _: driver, rows)
        first = asyncio.ensure_future(anext(running))
        await driver.asked.wait()
        driver.sent[0][1].set_result(Page(("n",), [(0,), (1,)], b"next"))
        assert (await first, await anext(running)) == ((0,), (1,))
        await running.aclose()
        assert driver.sent[1][1].cancelled()


def test_pure_flows_need_no_runner():
    def flow():
        page = yield Request("x")
        return len(page.rows)

    running = flow()
    assert next(running).text == "x"
    with pytest.raises(StopIteration) as done:
        running.send(Page(rows=[(1,)]))
    assert done.value.value == 1


def test_partials_may_load():
    assert collect(Request("x"), lambda _: Paged(2, 2), partial(lambda extra, page: [*page.rows, extra], "end")) == [
        (0,),
        (1,),
        "end",
    ]
