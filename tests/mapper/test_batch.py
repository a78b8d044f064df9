"""A batch is one message to one connection; nothing that it did not do is believed by anybody."""

from __future__ import annotations

import asyncio
import gc
import warnings
from datetime import UTC, datetime, timedelta

import pytest
from cassandra.query import BatchType as DriversBatchType

from helenus import BatchQuery, Model, columns
from helenus.connection.request import Batch, Page
from helenus.cqlengine.query import BatchType
from helenus.errors import (
    BatchConnectionMismatch,
    HelenusError,
    LWTException,
    QueryException,
    UnknownConnection,
    ValidationError,
)


class Car(Model):
    __keyspace__ = "ks"
    maker = columns.Text(primary_key=True)
    year = columns.Integer(primary_key=True)
    color = columns.Text()


class Far(Car):
    __connection__ = "two"


NAMES = "maker year color"
INSERT = "INSERT INTO ks.car (maker, year, color) VALUES (?, ?, ?)"


def loaded(wire, *row, to="one", **using):
    wire.answer(NAMES, row or ("x", 1, "red"), to=to)
    car = Car.objects.using(**using).first()
    wire.sent(to)
    return car


def test_writes_are_sent_together_in_order_when_the_block_ends(wire):
    with BatchQuery() as batch:
        Car.batch(batch).create(maker="x", year=1, color="red")
        Car.objects.batch(batch).filter(maker="x", year=2).update(color="blue")
        Car.objects.batch(batch).filter(maker="y").delete()
        Car(maker="x", year=3).batch(batch).delete()
        assert wire.one.requests == []
    (message,) = wire.one.requests
    assert isinstance(message, Batch)
    assert [text for text, _ in message.statements] == [
        INSERT,
        "UPDATE ks.car SET color = ? WHERE maker = ? AND year = ?",
        "DELETE FROM ks.car WHERE maker = ?",
        "DELETE FROM ks.car WHERE maker = ? AND year = ?",
    ]
    assert (message.kind, message.connection, message.label) == ("LOGGED", "one", "BatchQuery")


async def test_the_async_block_does_the_same(wire):
    async with BatchQuery() as batch:
        await Car.batch(batch).acreate(maker="x", year=1, color="red")
        await Car.objects.batch(batch).filter(maker="x", year=2).aupdate(color="blue")
        await Car.objects.batch(batch).filter(maker="y").adelete()
        car = Car(maker="x", year=3)
        await car.batch(batch).asave()
        await car.batch(batch).aupdate(color="green")
        await car.batch(batch).adelete()
        assert wire.one.requests == []
    (message,) = wire.one.requests
    assert len(message.statements) == 6


KINDS = [
    (None, "LOGGED"),
    (BatchType.Unlogged, "UNLOGGED"),
    (BatchType.Counter, "COUNTER"),
    (DriversBatchType.LOGGED, "LOGGED"),
    (DriversBatchType.UNLOGGED, "UNLOGGED"),
    (DriversBatchType.COUNTER, "COUNTER"),
]


@pytest.mark.parametrize(("given", "kind"), KINDS, ids=repr)
def test_the_kind_of_batch(wire, given, kind):
    with BatchQuery(batch_type=given) as batch:
        Car.batch(batch).create(maker="x", year=1)
    assert wire.one.requests[0].kind == kind


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (
            {"batch_type": "FAST"},
            HelenusError,
            "batch_type is None, BatchType.Unlogged or BatchType.Counter, got 'FAST'",
        ),
        (
            {"timestamp": "now"},
            ValidationError,
            "a timestamp is an int (microseconds), datetime or timedelta, got 'now'",
        ),
        ({"connection": "tow"}, UnknownConnection, "No connection is registered as 'tow'. Did you mean 'two'?"),
    ],
    ids=str,
)
def test_a_batch_is_refused(wire, arguments, error, message):  # noqa: ARG001 - registers
    with pytest.raises(error) as caught:
        BatchQuery(**arguments)
    assert message in str(caught.value)
    gc.collect()


def test_options_are_the_batch_s(wire):
    batch = BatchQuery(consistency=4, timeout=2.5)
    Car.batch(batch).consistency(1).create(maker="x", year=1)
    batch.execute()
    assert (wire.one.requests[0].options.consistency, wire.one.requests[0].options.timeout) == (4, 2.5)
    batch = BatchQuery()
    batch.consistency(6)
    Car.batch(batch).create(maker="x", year=1)
    batch.execute()
    assert wire.one.requests[1].options.consistency == 6


@pytest.mark.parametrize("timestamp", [7, datetime(1970, 1, 1, 0, 0, 0, 7, tzinfo=UTC)], ids=str)
def test_the_timestamp_is_on_every_statement_that_has_none_of_its_own(wire, timestamp):
    with BatchQuery(timestamp=timestamp) as batch:
        Car.batch(batch).create(maker="x", year=1)
        Car(maker="x", year=1).batch(batch).update(color="red")
        Car.objects.batch(batch).filter(maker="x", year=2).update(color="blue")
        Car.objects.batch(batch).filter(maker="y").delete()
        Car.objects.batch(batch).timestamp(9).filter(maker="y").delete()
    sent = wire.sent()
    assert ["USING TIMESTAMP ?" in text for text, _ in sent] == [True] * 5
    assert [values[-1] if text.startswith("INSERT") else values[0] for text, values in sent] == [7, 7, 7, 7, 9]


def test_a_timedelta_is_the_same_moment_for_all_statements(wire):
    with BatchQuery(timestamp=timedelta(seconds=5)) as batch:
        for year in range(3):
            Car.batch(batch).create(maker="x", year=year)
    assert len({values[-1] for _, values in wire.sent()}) == 1


def test_an_empty_batch_sends_nothing_and_calls_back(wire):
    called = []
    with BatchQuery() as batch:
        batch.add_callback(called.append, 1)
    assert (called, wire.one.requests) == ([1], [])


def test_callbacks_run_in_order_after_it_was_applied_and_not_if_it_was_not(wire):
    called = []
    with BatchQuery() as batch:
        Car.batch(batch).create(maker="x", year=1)
        batch.add_callback(lambda *args, **kwargs: called.append((args, kwargs, len(wire.one.requests))), 1, a=2)
        batch.add_callback(called.append, 2)
    assert called == [((1,), {"a": 2}, 1), 2]
    wire.one.answer(TimeoutError("lost"))
    with pytest.raises(TimeoutError), BatchQuery() as batch:  # noqa: PT012
        Car.batch(batch).create(maker="x", year=1)
        batch.add_callback(called.append, 3)
    assert 3 not in called
    with pytest.raises(ValueError, match="Value for argument 'fn' is <class 'int'>, but must be callable"):
        batch.add_callback(5)


def test_executing_twice_warns_and_sends_once(wire):
    batch = BatchQuery()
    Car.batch(batch).create(maker="x", year=1)
    batch.execute()
    with pytest.warns(UserWarning, match=r"Batch executed multiple times\.$"):
        batch.execute()
    with pytest.warns(UserWarning, match="not necessary to call execute"), BatchQuery() as batch:
        batch.execute()
    assert len(wire.one.requests) == 1
    batch.warn_multiple_exec = False
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        batch.execute()


def test_a_batch_may_be_used_again_after_it_was_executed(wire):
    batch = BatchQuery()
    batch.warn_multiple_exec = False
    for year in (1, 2):
        Car.batch(batch).create(maker="x", year=year)
        batch.execute()
    assert [len(message.statements) for message in wire.one.requests] == [1, 1]


def test_nothing_can_be_read_in_a_batch(wire):
    batch = BatchQuery()
    for read in (list, len, lambda q: q.first(), lambda q: q.get(maker="x"), lambda q: q.count(), lambda q: q[0]):
        with pytest.raises(QueryException, match="Only inserts, updates, and deletes are available in batch mode"):
            read(Car.objects.batch(batch))
    assert wire.one.requests == []


# ---- one connection --------------------------------------------------------------------------------------------------


def test_the_batch_s_connection_is_that_of_all_its_writes(wire):
    with BatchQuery(connection="two") as batch:
        Car.batch(batch).create(maker="x", year=1)
        Car.objects.batch(batch).create(maker="x", year=1)
        Car(maker="x", year=1).batch(batch).save()
        Car(maker="x", year=1).batch(batch).update(color="red")
        Car(maker="x", year=1).batch(batch).delete()
        Car.objects.batch(batch).filter(maker="x", year=1).update(color="red")
        Car.objects.batch(batch).filter(maker="x").delete()
        loaded(wire, "x", 1, "red").batch(batch).save()
        Far.batch(batch).create(maker="x", year=1)
    assert (len(wire.sent("two")), wire.sent()) == (9, [])


def test_a_row_of_another_connection_is_written_whole_into_a_batch(wire):
    with BatchQuery(connection="two") as batch:
        loaded(wire, "x", 1, "red").batch(batch).save()
    assert wire.sent("two") == [(INSERT, ["x", 1, "red"])]


def test_a_row_that_was_fetched_in_part_is_completed_before_it_goes_elsewhere_in_a_batch(wire):
    wire.answer("maker year", ("x", 1))
    car = Car.objects.defer(["color"]).first()
    wire.answer("color", ("red",))
    with BatchQuery(connection="two") as batch:
        car.batch(batch).save()
    assert wire.sent()[1:] == [("SELECT color FROM ks.car WHERE maker = ? AND year = ?", ["x", 1])]
    assert wire.sent("two") == [(INSERT, ["x", 1, "red"])]


MISMATCHES = {
    "a model of another connection": lambda wire, batch: Far.batch(batch).create(maker="y", year=1),  # noqa: ARG005
    "a query of another connection": lambda wire, batch: Far.objects.batch(batch).filter(maker="y").delete(),  # noqa: ARG005
    "a row that came from another connection": lambda wire, batch: (
        loaded(wire, "y", 1, "red", to="two", connection="two").batch(batch).update(color="blue")
    ),
}


@pytest.mark.parametrize("case", MISMATCHES)
def test_a_batch_without_a_connection_takes_its_first_write_s_and_refuses(wire, case):
    with pytest.raises(BatchConnectionMismatch) as caught, BatchQuery() as batch:  # noqa: PT012
        Car.batch(batch).create(maker="x", year=1)
        MISMATCHES[case](wire, batch)
    message = str(caught.value)
    assert message.startswith("BatchQuery queries must be executed on the same connection: ")
    assert message.endswith("is for 'two', the batch is for 'one'. Use a batch for each connection")
    assert (wire.sent(), wire.sent("two")) == ([], [])


def test_using_and_a_batch_exclude_each_other(wire):
    batch = BatchQuery()
    for ask in (
        lambda: Car(maker="x", year=1).using(connection="two").batch(batch),
        lambda: Car(maker="x", year=1).batch(batch).using(connection="two"),
        lambda: Car.objects.using(connection="two").batch(batch),
        lambda: Car.objects.batch(batch).using(connection="two"),
    ):
        with pytest.raises(HelenusError, match="Cannot specify a connection on model in batch mode"):
            ask()
    assert (wire.one.requests, wire.two.requests) == ([], [])


def test_a_keyspace_may_be_chosen_in_a_batch(wire):
    with BatchQuery() as batch:
        Car.objects.batch(batch).using(keyspace="other").create(maker="x", year=1)
        Car(maker="x", year=2).using(keyspace="third").batch(batch).save()
    assert [text.split(" (")[0] for text, _ in wire.sent()] == ["INSERT INTO other.car", "INSERT INTO third.car"]


def test_a_timeout_and_a_batch_exclude_each_other():
    with pytest.raises(AssertionError, match="Setting both timeout and batch is not supported"):
        Car(maker="x", year=1).timeout(5).batch(BatchQuery())
    with pytest.raises(AssertionError, match="Setting both timeout and batch is not supported"):
        Car(maker="x", year=1).batch(BatchQuery()).timeout(5)


@pytest.mark.parametrize("junk", [None, 5, "batch"], ids=repr)
def test_only_batches_are_batches(junk):
    with pytest.raises(HelenusError, match="batch takes a BatchQuery, got"):
        Car(maker="x", year=1).batch(junk)


# ---- what instances believe ------------------------------------------------------------------------------------------


def fail_in_block(wire, car):  # noqa: ARG001
    with pytest.raises(RuntimeError), BatchQuery() as batch:  # noqa: PT012
        car.batch(batch).save()
        raise RuntimeError


def fail_on_the_way(wire, car):
    wire.one.answer(TimeoutError("lost"))
    with pytest.raises(TimeoutError), BatchQuery() as batch:
        car.batch(batch).save()


def fail_to_apply(wire, car):
    wire.one.answer(Page(("[applied]",), [(False,)]))
    with pytest.raises(LWTException), BatchQuery() as batch:
        car.batch(batch).save()


def forget_it(wire, car):  # noqa: ARG001
    batch = BatchQuery()
    car.batch(batch).save()
    del batch


def fail_async(wire, car):
    async def send():
        async with BatchQuery() as batch:
            await car.batch(batch).asave()

    wire.one.answer(TimeoutError("lost"))
    with pytest.raises(TimeoutError):
        asyncio.run(send())


FAILURES = [fail_in_block, fail_on_the_way, fail_to_apply, forget_it, fail_async]


@pytest.mark.parametrize("fail", FAILURES, ids=lambda f: f.__name__)
def test_after_a_batch_that_was_not_applied_a_changed_row_is_still_changed(wire, fail):
    car = loaded(wire, "x", 1, "red")
    car.color = "blue"
    fail(wire, car)
    wire.sent()
    assert car.get_changed_columns() == ["color"]
    car.save()
    assert wire.sent() == [("UPDATE ks.car SET color = ? WHERE maker = ? AND year = ?", ["blue", "x", 1])]


@pytest.mark.parametrize("fail", FAILURES, ids=lambda f: f.__name__)
def test_after_a_batch_that_was_not_applied_a_new_row_is_still_new(wire, fail):
    car = Car(maker="x", year=1, color="red")
    fail(wire, car)
    wire.sent()
    assert not car._is_persisted
    car.save()
    assert wire.sent() == [(INSERT, ["x", 1, "red"])]


def test_after_a_batch_that_was_not_applied_a_deleted_row_is_still_there(wire):
    car = loaded(wire, "x", 1, "red")
    wire.one.answer(TimeoutError("lost"))
    with pytest.raises(TimeoutError), BatchQuery() as batch:
        car.batch(batch).delete()
    wire.sent()
    assert (car._is_persisted, car.get_changed_columns()) == (True, [])
    car.color = "blue"
    car.save()
    assert wire.sent() == [("UPDATE ks.car SET color = ? WHERE maker = ? AND year = ?", ["blue", "x", 1])]


def test_several_writes_of_one_instance_are_taken_back_together(wire):
    car = Car(maker="x", year=1)
    wire.one.answer(TimeoutError("lost"))
    with pytest.raises(TimeoutError), BatchQuery() as batch:  # noqa: PT012
        car.batch(batch).save()
        car.color = "red"
        car.batch(batch).save()
        car.color = "blue"
        car.batch(batch).update()
    assert [text.split()[0] for text, _ in wire.sent()] == ["INSERT", "UPDATE", "UPDATE"]
    assert not car._is_persisted
    car.save()
    assert wire.sent() == [(INSERT, ["x", 1, "blue"])]


def test_within_a_batch_an_instance_counts_as_saved_so_that_nothing_is_written_twice(wire):
    car = loaded(wire, "x", 1, "red")
    car.color = "blue"
    with BatchQuery() as batch:
        car.batch(batch).save()
        car.batch(batch).save()
    assert len(wire.sent()) == 1
    assert car.get_changed_columns() == []


def test_a_forgotten_batch_does_not_take_back_what_was_saved_meanwhile(wire):
    car = loaded(wire, "x", 1, "red")
    batch = BatchQuery()
    car.color = "blue"
    car.batch(batch).save()
    car.color = "green"
    car.save()
    del batch
    gc.collect()
    wire.sent()
    assert car.get_changed_columns() == []


def test_an_exception_in_the_block_sends_nothing_unless_asked(wire):
    with pytest.raises(RuntimeError), BatchQuery() as batch:  # noqa: PT012
        Car.batch(batch).create(maker="x", year=1)
        raise RuntimeError
    assert wire.sent() == []
    with pytest.raises(RuntimeError), BatchQuery(execute_on_exception=True) as batch:  # noqa: PT012
        Car.batch(batch).create(maker="x", year=1)
        raise RuntimeError
    assert len(wire.sent()) == 1
