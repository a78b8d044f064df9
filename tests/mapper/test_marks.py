"""What is said of an instance's next operation holds for that one; on the class, the same names begin a query."""

from __future__ import annotations

import pytest

from helenus import BatchQuery, Model, QuerySet, columns
from helenus.connection.request import NOT_SET, Page
from helenus.errors import HelenusError, LWTException, QueryException
from helenus.mapper.dml import DMLQuery
from helenus.mapper.state import UNMARKED, Next


class Car(Model):
    __keyspace__ = "ks"
    maker = columns.Text(primary_key=True)
    color = columns.Text()
    me = columns.Text(db_field="self")


INSERT = "INSERT INTO ks.car (maker, color, self) VALUES (?, ?, ?)"

MARKS = {
    "ttl": (lambda x: x.ttl(5), f"{INSERT} USING TTL ?"),
    "ttl of zero": (lambda x: x.ttl(0), f"{INSERT} USING TTL ?"),
    "timestamp": (lambda x: x.timestamp(5), f"{INSERT} USING TIMESTAMP ?"),
    "both": (lambda x: x.timestamp(5).ttl(6), f"{INSERT} USING TTL ? AND TIMESTAMP ?"),
    "if_not_exists": (lambda x: x.if_not_exists(), f"{INSERT} IF NOT EXISTS"),
    "if_not_exists taken back": (lambda x: x.if_not_exists().if_not_exists(False), INSERT),
    "ttl taken back": (lambda x: x.ttl(5).ttl(None), INSERT),
}


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_holds_for_the_next_operation_only(wire, mark):
    say, text = MARKS[mark]
    car = Car(maker="x", color="red")
    assert say(car) is car
    car.save()
    assert wire.sent()[0][0] == text
    car.color = "blue"
    car.save()
    car.delete()
    assert [sent for sent, _ in wire.sent()] == [
        "UPDATE ks.car SET color = ? WHERE maker = ?",
        "DELETE FROM ks.car WHERE maker = ?",
    ]


def test_a_mark_is_used_up_by_an_operation_that_fails(wire):
    car = Car(maker="x").if_not_exists()
    wire.one.answer(Page(("[applied]",), [(False,)]))
    with pytest.raises(LWTException):
        car.save()
    car.save()
    assert [text for text, _ in wire.sent()] == [f"{INSERT} IF NOT EXISTS", INSERT]


def test_options_travel_with_the_next_operation(wire):
    car = Car(maker="x")
    car.consistency(4).timeout(2.5).save()
    car.timeout(None).delete()
    car.save()
    found = [(request.options.consistency, request.options.timeout) for request in wire.one.requests]
    assert found == [(4, 2.5), (None, None), (None, NOT_SET)]


@pytest.mark.parametrize(
    "say",
    [
        lambda x: x.iff(color="red", me="a"),
        lambda x: x.iff(Car.color == "red", Car.me == "a"),
        lambda x: x.iff([Car.color == "red", Car.me == "a"]),
        lambda x: x.iff(color="red").iff(me="a"),
    ],
    ids=["keywords", "comparisons", "a list", "one by one"],
)
def test_conditions_may_be_said_in_several_ways(wire, say):
    say(Car(maker="x")).delete()
    assert wire.sent() == [("DELETE FROM ks.car WHERE maker = ? IF color = ? AND self = ?", ["x", "red", "a"])]


def test_columns_may_be_called_self_and_cls(wire):
    names = {"self": columns.Text(primary_key=True), "cls": columns.Text(), "__keyspace__": "ks"}
    odd = type(Model)("Odd", (Model,), names)
    odd.create(self="x", cls="a").iff(cls="a").update(cls="b")
    odd.objects.filter(self="x").iff(cls="b").update(cls="c")
    list(odd.filter(self="x"))
    with pytest.raises(odd.DoesNotExist):
        odd.get(self="x")
    assert [values for _, values in wire.sent()] == [["x", "a"], ["b", "x", "a"], ["c", "x", "b"], ["x"], ["x", 2]]


NAMES = ("ttl", "timestamp", "consistency", "if_not_exists", "if_exists", "iff", "using", "batch", "timeout")


@pytest.mark.parametrize("name", NAMES)
def test_on_the_class_the_same_name_begins_a_query(name, wire):  # noqa: ARG001 - registers
    arguments = {"iff": {"color": "red"}, "using": {"connection": "two"}}.get(name, {})
    values = {"batch": [BatchQuery()], "ttl": [5], "timestamp": [5], "consistency": [4], "timeout": [5]}.get(name, [])
    query = getattr(Car, name)(*values, **arguments)
    assert isinstance(query, QuerySet)
    assert query.model is Car


def test_cqlengine_s_names_for_the_marks_can_be_read(wire):  # noqa: ARG001 - registers
    car, batch = Car(maker="x"), BatchQuery()
    plain = (
        car._ttl,
        car._timestamp,
        car._if_not_exists,
        car._if_exists,
        car._conditional,
        car._batch,
        car._connection,
    )
    assert plain == (None, None, False, False, (), None, None)
    assert car._timeout is NOT_SET
    car.ttl(1).timestamp(2).if_not_exists().if_exists().iff(color="red").using(connection="two").timeout(3)
    assert (car._ttl, car._timestamp, car._if_not_exists, car._if_exists) == (1, 2, True, True)
    assert (len(car._conditional), car._connection, car._timeout) == (1, "two", 3)
    assert Car(maker="x").batch(batch)._batch is batch


def test_unknown_connections_and_conditions_are_refused_when_they_are_said_or_used(wire):
    with pytest.raises(QueryException, match="Can't resolve column name: 'colour'; did you mean 'color'"):
        Car(maker="x").iff(colour="red")
    car = Car(maker="x").using(connection="tow")
    with pytest.raises(HelenusError, match="No connection is registered as 'tow'"):
        car.save()
    assert wire.sent() == []


def test_the_shared_empty_marks_are_never_changed(wire):
    Car.create(maker="x")
    car = Car(maker="y")
    car.save()
    with BatchQuery(timestamp=5) as batch:
        car.color = "red"
        car.batch(batch).save()
    assert Next() == UNMARKED
    assert len(wire.sent()) == 3


# ---- DMLQuery --------------------------------------------------------------------------------------------------------


def test_a_dml_query_says_all_in_one_call(wire):
    car = Car(maker="x", color="red")
    DMLQuery(Car, car, ttl=5, timestamp=6, if_not_exists=True, consistency=4, timeout=2).save()
    assert wire.one.requests[0].options.consistency == 4
    assert wire.sent() == [
        (f"{INSERT} IF NOT EXISTS USING TTL ? AND TIMESTAMP ?", [*wire_values("x", "red"), 5, 6]),
    ]
    car.color = "blue"
    conditions = Car.objects.iff(color="red")._conditional
    DMLQuery(Car, car, conditional=conditions).update()
    DMLQuery(Car, car, if_exists=True).delete()
    assert [text for text, _ in wire.sent()] == [
        "UPDATE ks.car SET color = ? WHERE maker = ? IF color = ?",
        "DELETE FROM ks.car WHERE maker = ? IF EXISTS",
    ]


def wire_values(*values):
    from helenus.connection.request import UNSET

    return [*values, UNSET]


async def test_a_dml_query_is_awaited(wire):
    car = Car(maker="x", color="red")
    await DMLQuery(Car, car).asave()
    car.color = "blue"
    await DMLQuery(Car, car).aupdate()
    await DMLQuery(Car, car).adelete()
    assert [text.split()[0] for text, _ in wire.sent()] == ["INSERT", "UPDATE", "DELETE"]


def test_a_dml_query_in_a_batch_waits_for_it(wire):
    with BatchQuery() as batch:
        DMLQuery(Car, Car(maker="x")).batch(batch).save()
        assert wire.one.requests == []
    assert len(wire.sent()) == 1


def test_a_dml_query_needs_an_instance_and_a_batch_that_is_one():
    with pytest.raises(HelenusError, match="DML Query instance attribute is None: pass the instance to write"):
        DMLQuery(Car).save()
    with pytest.raises(HelenusError, match="batch_obj must be a BatchQuery instance or None, got 5"):
        DMLQuery(Car).batch(5)
