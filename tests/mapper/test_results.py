"""Rows are fetched as far as somebody looks, kept while they are few, streamed when they are many."""

from __future__ import annotations

import gc
import weakref
from itertools import islice

import pytest

from helenus.mapper import results
from helenus.mapper.results import Rows


@pytest.fixture(autouse=True)
def _keep_ten(monkeypatch):
    monkeypatch.setattr(results, "KEEP", 10)


class Source:
    """Numbers in pages, and how often and how far they were asked for."""

    def __init__(self, count, page=3):
        self.count, self.page, self.asked, self.given = count, page, 0, 0

    def __call__(self):
        self.asked += 1
        return self.pages()

    def pages(self):
        for start in range(0, self.count, self.page):
            self.given += 1
            yield list(range(start, min(start + self.page, self.count)))


@pytest.mark.parametrize("count", range(15))
@pytest.mark.parametrize("page", [1, 3, 20])
def test_every_row_comes_once_and_in_order_however_often_one_iterates(count, page):
    rows = Rows(Source(count, page))
    for _ in range(3):
        assert list(rows) == list(range(count))


@pytest.mark.parametrize("count", [0, 1, 9, 10])
def test_few_rows_are_asked_for_once(count):
    source = Source(count)
    rows = Rows(source)
    assert list(rows) == list(rows) == rows.fill() == list(range(count))
    assert (source.asked, rows.done, rows.is_streamed) == (1, True, False)


def test_many_rows_are_not_kept_and_asked_for_again():
    source = Source(11)
    rows = Rows(source)
    assert list(rows) == list(range(11))
    assert rows.is_streamed
    assert list(rows) == list(range(11))
    assert source.asked == 2


def test_many_rows_stream_in_constant_memory():
    class Row:
        pass

    alive = weakref.WeakSet()

    def pages():
        for _ in range(50):
            page = [Row() for _ in range(5)]
            alive.update(page)
            yield page

    most = 0
    for _ in Rows(pages):
        most = max(most, len(alive))
    del _
    gc.collect()
    assert most <= results.KEEP + 3 * 5
    assert len(alive) == 0


def test_nothing_more_is_fetched_than_somebody_looks_at():
    source = Source(100)
    rows = Rows(source)
    assert source.given == 0
    assert rows.fill(4)[:4] == [0, 1, 2, 3]
    assert source.given == 2
    assert list(islice(rows, 7)) == list(range(7))
    assert source.given == 3


@pytest.mark.parametrize("count", [8, 25])
def test_nested_iterations_each_see_every_row(count):
    rows = Rows(Source(count))
    expected = list(range(count))
    assert [(a, b) for a in rows for b in rows] == [(a, b) for a in expected for b in expected]


@pytest.mark.parametrize("pause", range(0, 26, 5))
def test_an_iteration_goes_on_where_it_was_after_another_streamed_past(pause):
    rows = Rows(Source(25))
    paused = iter(rows)
    seen = list(islice(paused, pause))
    assert list(rows) == list(range(25))
    assert seen + list(paused) == list(range(25))


@pytest.mark.parametrize("pause", range(0, 26, 5))
def test_an_iteration_goes_on_where_it_was_after_all_rows_were_filled_in(pause):
    rows = Rows(Source(25))
    paused = iter(rows)
    seen = list(islice(paused, pause))
    assert rows.fill() == list(range(25))
    assert seen + list(paused) == list(range(25))
    assert list(rows) == list(range(25))


def test_filling_after_streaming_asks_again_and_keeps_everything():
    source = Source(25)
    rows = Rows(source)
    assert len(list(rows)) == 25
    assert rows.fill() == list(range(25))
    assert (source.asked, rows.done) == (2, True)
    assert list(rows) == list(range(25))
    assert source.asked == 2


def test_an_error_of_a_page_is_raised_and_the_next_look_asks_anew():
    attempts = []

    def ask():
        attempts.append(1)
        yield [0, 1]
        if len(attempts) == 1:
            raise TimeoutError("lost")
        yield [2]

    rows = Rows(ask)
    with pytest.raises(TimeoutError):
        list(rows)
    assert list(rows) == [0, 1, 2]
    assert rows.fill() == [0, 1, 2]


def test_an_error_while_filling_is_not_taken_for_the_end():
    attempts = []

    def ask():
        attempts.append(1)
        yield [0, 1]
        if len(attempts) == 1:
            raise TimeoutError("lost")
        yield [2]

    rows = Rows(ask)
    with pytest.raises(TimeoutError):
        rows.fill()
    assert rows.fill() == [0, 1, 2]


def test_rows_that_are_all_here_need_no_asking():
    rows = Rows.of([1, 2])
    assert (list(rows), rows.done, rows.fill()) == ([1, 2], True, [1, 2])
