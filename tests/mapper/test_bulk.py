"""Bulk writes: bounded, in order, with the error of each row that was not written; no server needed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from helenus import Model, columns, connection
from helenus.connection.concurrent import MOST_KEPT, aoutcomes, outcomes
from helenus.connection.request import UNSET, Page, Request
from helenus.errors import UnsetUnsupported, ValidationError


class Sheet(Model):
    """A table with a column that may be left out."""

    __keyspace__ = "ks"
    number = columns.Integer(primary_key=True)
    text = columns.Text()


class Slow:
    """Answers from another thread, in whatever order it is told, and knows how many requests are under way."""

    def __init__(self, behaviour=None):
        self.behaviour = behaviour or (lambda _: Page())
        self.requests: list[Request] = []
        self.under_way = 0
        self.most = 0
        self.lock = threading.Lock()

    def post(self, request, outcome):
        with self.lock:
            self.requests.append(request)
            self.under_way += 1
            self.most = max(self.most, self.under_way)
        threading.Thread(target=self._answer, args=(request, outcome)).start()

    def send(self, request):
        outcome: Future[Page] = Future()
        self.post(request, outcome)
        return outcome

    def _answer(self, request, outcome):
        try:
            page = self.behaviour(request)
        except Exception as error:  # noqa: BLE001
            answer = (outcome.set_exception, error)
        else:
            answer = (outcome.set_result, page)
        with self.lock:
            self.under_way -= 1
        answer[0](answer[1])


def numbered(count: int) -> Iterator[Request]:
    return (Request("x", (number,)) for number in range(count))


class TestOutcomes:
    """``outcomes`` and its twin."""

    def test_come_in_the_order_of_the_requests_and_never_too_many_are_under_way(self):
        driver = Slow(lambda request: Page(rows=[request.values]))
        pages = list(outcomes(numbered(300), lambda _: driver, 16))
        assert [page.rows[0][0] for page in pages] == list(range(300))
        assert driver.most <= 16

    async def test_the_same_when_awaited(self):
        driver = Slow(lambda request: Page(rows=[request.values]))
        pages = [page async for page in aoutcomes(numbered(300), lambda _: driver, 16)]
        assert [page.rows[0][0] for page in pages] == list(range(300))
        assert driver.most <= 16

    def test_an_error_is_an_outcome(self):
        def behave(request):
            if request.values[0] == 3:
                raise ValueError("three")
            return Page()

        driver = Slow(behave)
        answers = list(outcomes(numbered(6), lambda _: driver, 2))
        assert [type(answer).__name__ for answer in answers] == ["Page"] * 3 + ["ValueError"] + ["Page"] * 2

    def test_one_slow_answer_does_not_let_the_others_pile_up(self):
        gate = threading.Event()
        read = []

        def behave(request):
            if request.values[0] == 0:
                gate.wait(10)
            return Page()

        def requests():
            for request in numbered(1000):
                read.append(request)
                if len(read) > 4 * MOST_KEPT:
                    gate.set()
                yield request

        driver = Slow(behave)
        first = next(iter(outcomes(requests(), lambda _: driver, 4)))
        assert isinstance(first, Page)
        assert len(read) <= 4 * MOST_KEPT + 2

    def test_stopping_early_sends_no_more_and_waits_for_those_under_way(self):
        driver = Slow()
        stream = outcomes(numbered(1000), lambda _: driver, 8)
        next(stream)
        stream.close()
        assert driver.under_way == 0
        assert len(driver.requests) < 1000


class TestBulkCreate:
    """``objects.bulk_create`` on a driver that answers at once."""

    def test_writes_every_row_and_marks_the_instances_saved(self):
        sheets = [Sheet(number=n, text=str(n)) for n in range(250)]
        seen = []
        with connection.recording("bulk") as driver:
            result = Sheet.objects.using(connection="bulk").bulk_create(
                sheets, on_progress=lambda r: seen.append(r.written)
            )
        assert result.written == 250
        assert seen == [100, 200, 250]
        assert {sheet.get_changed_columns() == [] for sheet in sheets} == {True}
        assert len(driver.requests) == 250

    def test_raise_stops_at_the_first_bad_row_and_names_it(self):
        rows = [{"number": 1}, {"number": "two"}, {"number": 3}]
        with connection.recording("bulk"), pytest.raises(ValidationError, match="number") as caught:
            Sheet.objects.using(connection="bulk").bulk_create(rows, concurrency=1)
        assert "row 1" in caught.value.__notes__[0]

    def test_collect_goes_on_and_returns_the_errors(self):
        rows = [{"number": 1}, {"number": "two"}, {"number": 3}]
        with connection.recording("bulk"):
            result = Sheet.objects.using(connection="bulk").bulk_create(rows, on_error="collect")
        assert (result.written, [error.index for error in result.errors]) == (2, [1])

    def test_a_protocol_without_unset_gets_inserts_without_it(self):
        def behave(request):
            if UNSET in request.values:
                raise UnsetUnsupported("v3")
            return Page()

        with connection.recording("bulk") as driver:
            driver.answer(*[behave] * 20)
            result = Sheet.objects.using(connection="bulk").bulk_create({"number": n} for n in range(6))
        assert result.written == 6
        assert [r.values for r in driver.requests if UNSET not in r.values] == [[n] for n in range(6)]

    def test_values_assigned_while_a_write_is_under_way_stay_dirty(self):
        sheet = Sheet(number=1, text="sent")

        def behave(_):
            sheet.text = "assigned meanwhile"
            return Page()

        with connection.recording("bulk") as driver:
            driver.answer(behave)
            Sheet.objects.using(connection="bulk").bulk_create([sheet])
        assert sheet.get_changed_columns() == ["text"]
