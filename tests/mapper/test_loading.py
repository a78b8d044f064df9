"""Rows become instances; what was not fetched is fetched on demand, and paging goes as far as somebody looks."""

from __future__ import annotations

import asyncio

import pytest

from helenus import Model, columns, connection
from helenus.connection.request import Page
from helenus.errors import DeferredColumnError, DoesNotExist, ModelException, MultipleObjectsReturned
from helenus.mapper import results


class Car(Model):
    __keyspace__ = "ks"
    maker = columns.Text(primary_key=True)
    year = columns.Integer(primary_key=True)
    color = columns.Text()
    made = columns.DateTime()
    tags = columns.List(columns.Text)


NAMES = "maker year color made tags"
ROW = ("x", 1, "red", None, None)


def rows(first, last):
    return [("x", year, "red", None, None) for year in range(first, last)]


# ---- one row ---------------------------------------------------------------------------------------------------------


def test_get_asks_for_two_rows_and_wants_one(wire):
    wire.answer(NAMES, ROW)
    assert Car.get(maker="x", year=1).color == "red"
    assert wire.sent() == [
        ("SELECT maker, year, color, made, tags FROM ks.car WHERE maker = ? AND year = ? LIMIT ?", ["x", 1, 2])
    ]


def test_get_of_no_row_and_of_two_rows_raises_the_model_s_own_exceptions(wire):
    with pytest.raises(Car.DoesNotExist) as none:
        Car.objects.get(maker="x")
    assert str(none.value) == "no Car matches maker = ..."
    wire.answer(NAMES, *rows(1, 3))
    with pytest.raises(Car.MultipleObjectsReturned) as many:
        Car.objects.get()
    assert str(many.value) == "Multiple objects found: more than one Car matches (no condition)"
    assert isinstance(none.value, DoesNotExist)
    assert isinstance(many.value, MultipleObjectsReturned)


async def test_aget_does_the_same(wire):
    with pytest.raises(Car.DoesNotExist):
        await Car.aget(maker="x")
    wire.answer(NAMES, ROW)
    assert (await Car.objects.filter(maker="x").aget(year=1)).year == 1
    wire.answer(NAMES, *rows(1, 3))
    with pytest.raises(Car.MultipleObjectsReturned):
        await Car.objects.aget()


def test_a_limit_of_one_s_own_holds_for_get_and_first(wire):
    Car.objects.limit(1).first()
    Car.objects.limit(5).first()
    with pytest.raises(Car.DoesNotExist):
        Car.objects.limit(1).get()
    assert [values for _, values in wire.sent()] == [[1], [1], [1]]


def test_first_is_none_without_rows(wire):  # noqa: ARG001
    assert Car.objects.first() is None


def test_a_row_is_found_even_if_the_first_page_is_empty(wire):
    wire.answer(NAMES, state=b"on")
    wire.answer(NAMES, ROW)
    assert Car.objects.allow_filtering().first().year == 1
    assert [request.paging_state for request in wire.one.requests] == [None, b"on"]


def test_rows_that_are_here_are_not_asked_for_again(wire):
    wire.answer(NAMES, *rows(0, 3))
    query = Car.objects.all()
    assert len(query) == 3
    assert (query.first().year, query[1].year, [c.year for c in query[1:]], [c.year for c in query]) == (
        0,
        1,
        [1, 2],
        [0, 1, 2],
    )
    with pytest.raises(Car.MultipleObjectsReturned):
        query.get()
    assert len(wire.sent()) == 1


# ---- many rows -------------------------------------------------------------------------------------------------------


def pages(wire, *sizes):
    """Prepare pages of these sizes."""
    year = 0
    for index, size in enumerate(sizes):
        last = index == len(sizes) - 1
        wire.answer(NAMES, *rows(year, year + size), state=None if last else f"after {index}".encode())
        year += size


@pytest.mark.parametrize("sizes", [(0,), (1,), (1, 1), (3, 3, 1), (3, 0, 2), (2, 2, 0), (0, 0, 1)], ids=str)
def test_iteration_follows_the_pages(wire, sizes):
    pages(wire, *sizes)
    query = Car.objects.fetch_size(3)
    assert [car.year for car in query] == list(range(sum(sizes)))
    states = [None, *(f"after {index}".encode() for index in range(len(sizes) - 1))]
    assert [request.paging_state for request in wire.one.requests] == states
    assert {request.options.fetch_size for request in wire.one.requests} == {3}


@pytest.mark.parametrize("sizes", [(0,), (1,), (1, 1), (3, 3, 1), (3, 0, 2)], ids=str)
async def test_async_iteration_follows_the_pages(wire, sizes):
    pages(wire, *sizes)
    assert [car.year async for car in Car.objects.fetch_size(3)] == list(range(sum(sizes)))
    assert len(wire.one.requests) == len(sizes)


INDEXES = [
    (lambda q: q[0].year, 0),
    (lambda q: q[5].year, 5),
    (lambda q: q[-1].year, 5),
    (lambda q: q[-6].year, 0),
    (lambda q: [c.year for c in q[1:3]], [1, 2]),
    (lambda q: [c.year for c in q[:]], [0, 1, 2, 3, 4, 5]),
    (lambda q: [c.year for c in q[4:]], [4, 5]),
    (lambda q: [c.year for c in q[:-4]], [0, 1]),
    (lambda q: [c.year for c in q[-2:]], [4, 5]),
    (lambda q: [c.year for c in q[::2]], [0, 2, 4]),
    (lambda q: [c.year for c in q[::-1]], [5, 4, 3, 2, 1, 0]),
    (lambda q: [c.year for c in q[3:1:-1]], [3, 2]),
    (lambda q: [c.year for c in q[9:]], []),
    (lambda q: [c.year for c in q[:0]], []),
    (len, 6),
    (bool, True),
    (lambda q: [c.year for c in q.fetch()], [0, 1, 2, 3, 4, 5]),
]


@pytest.mark.parametrize(("look", "expected"), INDEXES, ids=range(len(INDEXES)))
def test_indexes_and_slices_are_those_of_a_list(wire, look, expected):
    pages(wire, 2, 2, 2)
    assert look(Car.objects.fetch_size(2)) == expected


@pytest.mark.parametrize("index", [6, -7, 100])
def test_an_index_beyond_the_rows_says_how_many_there_are(wire, index):
    pages(wire, 2, 2, 2)
    with pytest.raises(IndexError) as caught:
        Car.objects.all()[index]
    assert str(caught.value) == f"the query has 6 row(s), there is no [{index}]"


def test_a_look_at_the_first_rows_fetches_the_first_page_only(wire):
    pages(wire, 4, 4, 4)
    query = Car.objects.fetch_size(4)
    assert query[0].year == 0
    assert bool(query)
    assert len(wire.one.requests) == 1


def test_pages_are_given_one_at_a_time_with_the_place_to_go_on(wire):
    pages(wire, 2, 1)
    first = Car.objects.page(2)
    assert ([car.year for car in first.items], first.state) == ([0, 1], b"after 0")
    second = Car.objects.page(2, first.state)
    assert ([car.year for car in second.items], second.state) == ([2], None)
    assert [(r.paging_state, r.options.fetch_size) for r in wire.one.requests] == [(None, 2), (b"after 0", 2)]


def test_many_rows_are_streamed_and_asked_for_again(wire, monkeypatch):
    monkeypatch.setattr(results, "KEEP", 3)
    pages(wire, 2, 2, 2)
    pages(wire, 2, 2, 2)
    query = Car.objects.fetch_size(2)
    assert [car.year for car in query] == list(range(6))
    assert [car.year for car in query] == list(range(6))
    assert len(wire.one.requests) == 6


def test_a_page_that_fails_is_not_taken_for_the_end(wire):
    wire.answer(NAMES, *rows(0, 2), state=b"on")
    wire.one.answer(TimeoutError("lost"))
    pages(wire, 2, 1)
    query = Car.objects.all()
    with pytest.raises(TimeoutError):
        list(query)
    assert [car.year for car in query] == [0, 1, 2]


def test_counts_of_several_pages_are_added_and_the_limit_holds(wire):
    wire.answer("count", (7,), state=b"on")
    wire.answer("count", (5,))
    assert Car.objects.count() == 12
    wire.answer("count", (12,))
    assert Car.objects.limit(10).count() == 10


def test_what_the_server_cannot_count_is_fetched_and_counted(wire):
    wire.answer("maker", ("x",), ("y",))
    assert Car.objects.distinct().count() == 2
    pages(wire, 3)
    assert Car.objects.per_partition_limit(3).count() == 3
    assert [text.split(" FROM")[0] for text, _ in wire.sent()] == [
        "SELECT DISTINCT maker",
        "SELECT maker, year, color, made, tags",
    ]


async def test_acount_does_the_same(wire):
    wire.answer("count", (7,))
    assert await Car.objects.acount() == 7
    wire.answer("maker", ("x",), ("y",))
    assert await Car.objects.distinct().acount() == 2


# ---- what was not fetched --------------------------------------------------------------------------------------------


def partly(wire):
    wire.answer("maker year", ("x", 1))
    car = Car.objects.only(["year"]).first()
    wire.sent()
    return car


def test_reading_what_was_not_fetched_fetches_it_once(wire):
    car = partly(wire)
    wire.answer("color", ("red",))
    assert (car.color, car.color) == ("red", "red")
    assert wire.sent() == [("SELECT color FROM ks.car WHERE maker = ? AND year = ?", ["x", 1])]
    wire.answer("tags", (None,))
    assert car.tags == []
    car.tags.append("new")
    assert car.get_changed_columns() == ["tags"]


def test_fetch_gets_several_columns_or_all_that_are_missing(wire):
    car = partly(wire)
    wire.answer("color made", ("red", None))
    assert car.fetch("color", "made") is car
    wire.answer("tags", (["a"],))
    car.fetch()
    car.fetch()
    assert (car.color, car.made, car.tags) == ("red", None, ["a"])
    assert [text.split(" FROM")[0] for text, _ in wire.sent()] == ["SELECT color, made", "SELECT tags"]


def test_in_a_running_loop_it_is_an_error_that_says_what_to_await(wire):
    car = partly(wire)

    async def read():
        return car.color

    with pytest.raises(DeferredColumnError) as caught:
        asyncio.run(read())
    assert str(caught.value) == (
        "Car.color was not fetched (only() or defer()), and fetching it here would block the event loop; call `await"
        " instance.afetch('color')` first, or select it"
    )
    assert wire.sent() == []


async def test_afetch_awaits_it(wire):
    wire.answer("maker year", ("x", 1))
    car = await Car.objects.only(["year"]).afirst()
    wire.answer("color", ("red",))
    assert (await car.afetch("color")).color == "red"


def test_a_row_that_is_gone_says_so(wire):
    car = partly(wire)
    with pytest.raises(ModelException) as caught:
        _ = car.color
    assert str(caught.value) == (
        "Car <maker=x, year=1>: columns color were not fetched, and the row is not in ks on connection 'one' any more"
    )


def test_printing_and_comparing_fetch_nothing(wire):
    car = partly(wire)
    assert (repr(car), str(car), car == partly(wire), hash(car)) == (
        "Car(maker='x', year=1)",
        "Car <maker=x, year=1>",
        True,
        hash(Car(maker="x", year=1)),
    )
    assert wire.sent() == []


def test_assigning_to_what_was_not_fetched_needs_no_fetch(wire):
    car = partly(wire)
    car.color = "red"
    assert (car.color, car.get_changed_columns()) == ("red", ["color"])
    car.save()
    assert wire.sent() == [("UPDATE ks.car SET color = ? WHERE maker = ? AND year = ?", ["red", "x", 1])]


def test_values_are_converted_when_they_are_read_first(wire):
    wire.answer(NAMES, ("x", 1, "red", None, ("a", "b")))
    car = Car.objects.first()
    assert car._data == {}
    assert car.tags == ["a", "b"]
    assert set(car._data) == {"tags"}


def test_the_answering_connection_is_where_a_row_comes_from(wire):
    wire.two.answer(Page(tuple(NAMES.split()), [ROW], connection="two"))
    car = Car.objects.using(connection="two").first()
    assert car._layout.origin == ("two", "ks")


def test_a_query_that_was_looked_at_asks_the_same_place_again_whatever_block_is_open(wire, monkeypatch):
    monkeypatch.setattr(results, "KEEP", 3)
    for _ in range(3):
        pages(wire, 2, 2, 2)
    with connection.use(connection="one", keyspace="here"):
        query = Car.objects.fetch_size(2)
        first = iter(query)
        assert next(first).year == 0
        assert len(list(iter(query))) == 6
    with connection.use(connection="two", keyspace="there"):
        assert [car.year for car in first] == [1, 2, 3, 4, 5]
        assert [car.year for car in query] == list(range(6))
    assert (len(wire.one.requests), len(wire.two.requests)) == (9, 0)
    assert {request.text.split(" FROM ")[1] for request in wire.one.requests} == {"here.car"}
