"""What an operation sends, for each kind of row, stepped through without any connection."""

from __future__ import annotations

import pytest

from helenus import Model, columns
from helenus.connection.request import UNSET, Batch, Page, Request
from helenus.errors import LWTException, ModelException, UnsetUnsupported, ValidationError
from helenus.mapper import flows, writes
from helenus.mapper.loader import layout_of, load
from helenus.mapper.state import Next, Origin

HERE, THERE = Origin("one", "ks"), Origin("two", "ks")


class Car(Model):
    maker = columns.Text(primary_key=True)
    year = columns.Integer(primary_key=True)
    fleet = columns.Text(static=True)
    color = columns.Text()
    tags = columns.Set(columns.Text)
    wheels = columns.Integer(default=4)


class Tag(Model):
    name = columns.Text(primary_key=True)
    number = columns.Integer(primary_key=True)


class Visits(Model):
    page = columns.Text(primary_key=True)
    day = columns.Integer(primary_key=True)
    seen = columns.Counter()
    clicked = columns.Counter()


class Strict(Model):
    id = columns.Text(primary_key=True)
    must = columns.Text(required=True)


def loaded(model, *row, names=None, origin=HERE):
    names = names or tuple(model.__table__.by_name)
    return load(model, layout_of(model, names, origin), [row])[0]


def step(flow, *answers):
    """Answer a flow's requests in order; return the requests."""
    requests = [next(flow)]
    for answer in answers:
        try:
            requests.append(flow.throw(answer) if isinstance(answer, Exception) else flow.send(answer))
        except StopIteration:
            return requests
    raise AssertionError(f"the flow waits for an answer to {requests[-1]}")


def said(request):
    return request.connection, request.text, list(request.values)


INSERT = "INSERT INTO ks.car (maker, year, fleet, color, tags, wheels) VALUES (?, ?, ?, ?, ?, ?)"
KEY = "WHERE maker = ? AND year = ?"


# ---- saving a new row ------------------------------------------------------------------------------------------------


def test_a_new_row_is_inserted_and_what_it_lacks_stays_as_it_is():
    car = Car(maker="x", year=1, color="red")
    (request,) = step(flows.save(car, HERE, Next()), Page())
    assert said(request) == ("one", INSERT, ["x", 1, UNSET, "red", UNSET, 4])
    assert (request.idempotent, request.label) == (True, "Car.save")
    assert (car._is_persisted, car.get_changed_columns()) == (True, [])


def test_none_that_was_given_is_written_and_an_empty_container_that_was_not_is_not():
    car = Car(maker="x", year=1, color=None, wheels=None)
    assert car.tags == set()
    assert writes.plan_save(car, HERE, Next()).values == ["x", 1, UNSET, None, UNSET, None]
    assert writes.plan_save(Car(maker="x", year=1, tags=set()), HERE, Next()).values[4] is None


def test_a_container_that_was_filled_after_construction_is_written():
    car = Car(maker="x", year=1)
    car.tags.add("new")
    assert writes.plan_save(car, HERE, Next()).values[4] == {"new"}


def test_ttl_timestamp_and_not_exists_are_bound():
    how = Next(ttl=5, timestamp=7, if_not_exists=True, consistency=4, timeout=2.0)
    plan = writes.plan_save(Car(maker="x", year=1), HERE, how)
    assert plan.text == f"{INSERT} IF NOT EXISTS USING TTL ? AND TIMESTAMP ?"
    assert plan.values[-2:] == [5, 7]
    assert (plan.idempotent, plan.conditional, plan.options.consistency, plan.options.timeout) == (False, True, 4, 2.0)


def test_a_ttl_of_zero_is_said():
    assert writes.plan_save(Car(maker="x", year=1), HERE, Next(ttl=0)).text.endswith("USING TTL ?")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "Car.maker belongs to the primary key and has no value; None values are not allowed there"),
        ({"year": 1}, "Car.maker belongs to the primary key and has no value; None values are not allowed there"),
        ({"maker": None, "year": 1}, "Car.maker belongs to the primary key and has no value"),
        (
            {"maker": "x", "color": "red"},
            "Car: clustering column(s) year have no value; color would be lost. Give them, or set only the partition",
        ),
        ({"maker": "x", "color": "red", "fleet": "f"}, "year have no value; color would be lost"),
        ({"maker": "x"}, "Car: clustering column(s) year have no value. Give them, or set only the partition key"),
    ],
    ids=str,
)
def test_a_key_without_a_value_is_refused_by_name(values, message):
    with pytest.raises(ValidationError) as caught:
        writes.plan_save(Car(**values), HERE, Next())
    assert message in str(caught.value)


def test_a_required_column_without_a_value_is_refused():
    with pytest.raises(ValidationError, match=r"Strict\.must - None values are not allowed"):
        writes.plan_save(Strict(id="x"), HERE, Next())


def test_a_partition_s_static_columns_are_saved_without_a_clustering_key():
    plan = writes.plan_save(Car(maker="x", fleet="f"), HERE, Next())
    assert (plan.text, plan.values) == ("INSERT INTO ks.car (maker, fleet) VALUES (?, ?)", ["x", "f"])


def test_a_table_of_nothing_but_its_key_is_saved():
    plan = writes.plan_save(Tag(name="x", number=1), HERE, Next())
    assert (plan.text, plan.values) == ("INSERT INTO ks.tag (name, number) VALUES (?, ?)", ["x", 1])


def test_a_connection_that_cannot_leave_values_unset_gets_a_narrower_insert():
    car = Car(maker="x", year=1, color="red")
    first, second = step(flows.save(car, HERE, Next(ttl=5)), UnsetUnsupported("v3"), Page())
    assert UNSET in first.values
    assert said(second) == (
        "one",
        "INSERT INTO ks.car (maker, year, color, wheels) VALUES (?, ?, ?, ?) USING TTL ?",
        ["x", 1, "red", 4, 5],
    )
    assert car._is_persisted


def test_a_full_insert_that_is_refused_as_unset_is_not_sent_again():
    flow = flows.save(Tag(name="x", number=1), HERE, Next())
    next(flow)
    with pytest.raises(UnsetUnsupported):
        flow.throw(UnsetUnsupported("v3"))


# ---- saving a loaded row ---------------------------------------------------------------------------------------------


def test_a_loaded_row_that_did_not_change_is_not_written():
    car = loaded(Car, "x", 1, "f", "red", {"a"}, 4)
    assert list(flows.save(car, HERE, Next())) == []


def test_a_loaded_row_is_updated_in_one_statement_nulls_included():
    car = loaded(Car, "x", 1, "f", "red", {"a"}, 4)
    car.color, car.wheels = None, 3
    car.tags.add("b")
    (request,) = step(flows.save(car, HERE, Next(timestamp=9)), Page())
    assert said(request) == (
        "one",
        f"UPDATE ks.car USING TIMESTAMP ? SET color = ?, tags = tags + ?, wheels = ? {KEY}",
        [9, None, {"b"}, 3, "x", 1],
    )
    assert request.idempotent


def test_a_change_of_static_columns_alone_names_the_partition_alone():
    car = loaded(Car, "x", 1, "f", "red", None, 4)
    car.fleet = "g"
    plan = writes.plan_save(car, HERE, Next())
    assert (plan.text, plan.values) == ("UPDATE ks.car SET fleet = ? WHERE maker = ?", ["g", "x"])
    car.color = "blue"
    assert writes.plan_save(car, HERE, Next()).text == f"UPDATE ks.car SET fleet = ?, color = ? {KEY}"


def test_conditions_of_a_static_change_are_of_the_row():
    car = loaded(Car, "x", 1, "f", "red", None, 4)
    car.fleet = "g"
    conditions = Car.objects.iff(color="red")._conditional
    plan = writes.plan_save(car, HERE, Next(conditions=conditions))
    assert (plan.text, plan.values) == (f"UPDATE ks.car SET fleet = ? {KEY} IF color = ?", ["g", "x", 1, "red"])
    assert (plan.conditional, plan.idempotent) == (True, False)


def test_a_row_whose_key_changed_is_written_whole_under_the_new_key():
    car = loaded(Car, "x", 1, "f", "red", {"a"}, None)
    car.year = 2
    (request,) = step(flows.save(car, HERE, Next()), Page())
    assert said(request) == ("one", INSERT, ["x", 2, "f", "red", {"a"}, None])


def test_an_update_of_a_row_whose_key_changed_is_refused():
    car = loaded(Car, "x", 1, "f", "red", {"a"}, None)
    car.year = 3
    with pytest.raises(ValidationError, match=r"Cannot apply update to primary key 'year'.*save\(\) writes all of it"):
        car.update(color="blue")


def test_a_list_that_grows_is_not_idempotent_and_a_set_that_grows_is():
    class Bag(Model):
        id = columns.Text(primary_key=True)
        things = columns.List(columns.Text)
        kinds = columns.Set(columns.Text)

    bag = loaded(Bag, "x", ["a"], {"a"})
    bag.kinds.add("b")
    assert writes.plan_save(bag, HERE, Next()).idempotent
    bag.things.append("b")
    assert not writes.plan_save(bag, HERE, Next()).idempotent


# ---- saving elsewhere ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("there", [THERE, Origin("one", "other")], ids=["connection", "keyspace"])
def test_a_row_goes_to_another_place_whole(there):
    car = loaded(Car, "x", 1, "f", None, {"a"}, 4)
    (request,) = step(flows.save(car, there, Next()), Page())
    text = INSERT.replace("ks.", f"{there.keyspace}.")
    assert said(request) == (there.connection, text, ["x", 1, "f", None, {"a"}, 4])
    assert list(flows.save(car, there, Next())) == []


def test_a_row_of_nothing_but_its_key_goes_to_another_place_too():
    tag = loaded(Tag, "x", 1)
    (request,) = step(flows.save(tag, THERE, Next()), Page())
    assert said(request) == ("two", "INSERT INTO ks.tag (name, number) VALUES (?, ?)", ["x", 1])


def test_a_partition_that_has_only_static_columns_goes_to_another_place_too():
    car = loaded(Car, "x", None, "f", None, None, None)
    (request,) = step(flows.save(car, THERE, Next()), Page())
    assert said(request) == ("two", "INSERT INTO ks.car (maker, fleet) VALUES (?, ?)", ["x", "f"])


def test_what_was_not_fetched_is_fetched_from_where_the_row_came_before_it_goes_elsewhere():
    car = loaded(Car, "x", 1, "red", names=("maker", "year", "color"))
    car.color = "blue"
    answer = Page(("fleet", "tags", "wheels"), [("f", {"a"}, 4)])
    fetch, insert = step(flows.save(car, THERE, Next()), answer, Page())
    assert said(fetch) == ("one", f"SELECT fleet, tags, wheels FROM ks.car {KEY}", ["x", 1])
    assert said(insert) == ("two", INSERT, ["x", 1, "f", "blue", {"a"}, 4])


def test_what_was_not_fetched_is_fetched_by_the_old_key_when_the_key_changed():
    car = loaded(Car, "x", 1, "red", names=("maker", "year", "color"))
    car.maker = "y"
    fetch, insert = step(flows.save(car, HERE, Next()), Page(("fleet", "tags", "wheels"), [(None, None, 4)]), Page())
    assert said(fetch)[2] == ["x", 1]
    assert said(insert) == ("one", INSERT, ["y", 1, None, "red", None, 4])


def test_a_row_that_is_gone_meanwhile_is_not_written_in_part():
    car = loaded(Car, "x", 1, "red", names=("maker", "year", "color"))
    flow = flows.save(car, THERE, Next())
    next(flow)
    with pytest.raises(ModelException) as caught:
        flow.send(Page(("fleet", "tags", "wheels")))
    assert str(caught.value) == (
        "Car <maker=x, year=1>: columns fleet, tags, wheels were not fetched, and the row is not in ks on connection"
        " 'one' any more"
    )


def test_a_row_that_was_fetched_in_part_cannot_be_planned_as_a_whole():
    car = loaded(Car, "x", 1, "red", names=("maker", "year", "color"))
    with pytest.raises(ModelException) as caught:
        writes.plan_save(car, THERE, Next())
    assert str(caught.value) == (
        "Car <maker=x, year=1>: fleet was not fetched, so the row cannot be written anew; call instance.fetch() first"
    )


def test_what_was_not_fetched_is_never_written_back():
    car = loaded(Car, "x", 1, "red", names=("maker", "year", "color"))
    assert list(flows.save(car, HERE, Next())) == []
    car.color = "blue"
    assert writes.plan_save(car, HERE, Next()).text == f"UPDATE ks.car SET color = ? {KEY}"


def test_an_assigned_column_that_was_not_fetched_is_written():
    car = loaded(Car, "x", 1, names=("maker", "year"))
    car.tags = {"b"}
    plan = writes.plan_save(car, HERE, Next())
    assert (plan.text, plan.values) == (f"UPDATE ks.car SET tags = ? {KEY}", [{"b"}, "x", 1])


def test_an_update_elsewhere_writes_what_changed_and_the_instance_stays_where_it_is():
    car = loaded(Car, "x", 1, "f", "red", None, 4)
    car.color = "blue"
    (request,) = step(flows.update(car, THERE, Next()), Page())
    assert said(request) == ("two", f"UPDATE ks.car SET color = ? {KEY}", ["blue", "x", 1])
    (request,) = step(flows.save(car, HERE, Next()), Page())
    assert said(request) == ("one", f"UPDATE ks.car SET color = ? {KEY}", ["blue", "x", 1])


def test_a_delete_elsewhere_leaves_the_instance_in_its_own_place():
    car = loaded(Car, "x", 1, "f", "red", None, 4)
    (request,) = step(flows.delete(car, THERE, Next()), Page())
    assert said(request) == ("two", f"DELETE FROM ks.car {KEY}", ["x", 1])
    assert car._is_persisted
    assert list(flows.save(car, HERE, Next())) == []


# ---- update and delete -----------------------------------------------------------------------------------------------


def test_an_update_of_a_row_that_was_never_loaded_writes_what_was_given_and_no_defaults():
    car = Car(maker="x", year=1)
    car.color = "red"
    plan = writes.plan_update(car, HERE, Next())
    assert (plan.text, plan.values) == (f"UPDATE ks.car SET color = ? {KEY}", ["red", "x", 1])


def test_an_update_without_changes_is_none():
    assert writes.plan_update(Tag(name="x", number=1), HERE, Next()) is None
    assert writes.plan_update(loaded(Car, "x", 1, None, None, None, None), HERE, Next(if_exists=True)) is None


def test_if_exists_and_conditions_are_one_clause():
    car = loaded(Car, "x", 1, None, "red", None, 4)
    car.wheels = 3
    conditions = Car.objects.iff(color="red")._conditional
    assert writes.plan_update(car, HERE, Next(if_exists=True)).text.endswith("IF EXISTS")
    both = writes.plan_update(car, HERE, Next(if_exists=True, conditions=conditions))
    assert both.text == f"UPDATE ks.car SET wheels = ? {KEY} IF color = ?"


def test_a_delete_names_the_row_and_forgets_it():
    car = loaded(Car, "x", 1, "f", "red", {"a"}, 4)
    (request,) = step(flows.delete(car, HERE, Next(timestamp=5, ttl=3)), Page())
    assert said(request) == ("one", f"DELETE FROM ks.car USING TIMESTAMP ? {KEY}", [5, "x", 1])
    assert not car._is_persisted
    (request,) = step(flows.save(car, HERE, Next()), Page())
    assert said(request) == ("one", INSERT, ["x", 1, "f", "red", {"a"}, 4])


@pytest.mark.parametrize(("values", "missing"), [({"maker": "x"}, "year"), ({"year": 1}, "maker")])
def test_a_delete_without_the_whole_key_is_refused_since_it_would_delete_more(values, missing):
    with pytest.raises(ValidationError) as caught:
        writes.plan_delete(Car(**values), HERE, Next())
    assert str(caught.value) == (
        f"Car.{missing} belongs to the primary key and has no value, so no row is named; to change or delete many rows"
        " use Car.objects.filter(...)"
    )


# ---- counters --------------------------------------------------------------------------------------------------------

COUNT = "UPDATE ks.visits SET seen = seen + ?, clicked = clicked + ? WHERE page = ? AND day = ?"


def test_counters_are_added_to():
    visits = loaded(Visits, "x", 1, 10, None)
    visits.seen += 5
    (request,) = step(flows.save(visits, HERE, Next()), Page())
    assert said(request) == ("one", "UPDATE ks.visits SET seen = seen + ? WHERE page = ? AND day = ?", [5, "x", 1])
    assert not request.idempotent
    visits.seen -= 2
    assert writes.plan_save(visits, HERE, Next()).values == [-2, "x", 1]


def test_a_new_counter_row_is_counted_from_zero():
    plan = writes.plan_save(Visits(page="x", day=1, seen=3), HERE, Next())
    assert (plan.text, plan.values) == (COUNT, [3, 0, "x", 1])


def test_a_counter_row_that_goes_elsewhere_takes_its_counts_with_it():
    visits = loaded(Visits, "x", 1, 10, 7)
    visits.seen += 5
    (request,) = step(flows.save(visits, THERE, Next()), Page())
    assert said(request) == ("two", COUNT, [15, 7, "x", 1])


def test_an_update_of_a_counter_elsewhere_adds_what_was_added():
    visits = loaded(Visits, "x", 1, 10, 7)
    visits.seen += 5
    plan = writes.plan_update(visits, THERE, Next())
    assert (plan.origin, plan.values) == (THERE, [5, "x", 1])


# ---- answers ---------------------------------------------------------------------------------------------------------


def test_a_conditional_write_that_was_not_applied_raises_with_what_is_there():
    car = loaded(Car, "x", 1, None, "red", None, 4)
    car.wheels = 3
    flow = flows.save(car, HERE, Next(conditions=Car.objects.iff(color="red")._conditional))
    next(flow)
    with pytest.raises(LWTException) as caught:
        flow.send(Page(("[applied]", "color"), [(False, "blue")]))
    assert str(caught.value) == "LWT Query was not applied"
    assert caught.value.existing == {"[applied]": False, "color": "blue"}
    assert caught.value.rows == ({"[applied]": False, "color": "blue"},)
    assert car.get_changed_columns() == ["wheels"]


def test_a_conditional_write_that_was_applied_is_saved():
    car = Car(maker="x", year=1)
    step(flows.save(car, HERE, Next(if_not_exists=True)), Page(("[applied]",), [(True,)]))
    assert car._is_persisted


def test_a_batch_is_one_message_and_tells_every_row_that_stood_in_its_way():
    plans = [writes.plan_save(Tag(name="x", number=n), HERE, Next(if_not_exists=True)) for n in (1, 2)]
    flow = flows.send_batch(plans, "UNLOGGED", "one", writes.DEFAULTS, "label")
    message = next(flow)
    assert isinstance(message, Batch)
    assert (message.kind, message.connection, message.idempotent, message.label) == ("UNLOGGED", "one", False, "label")
    assert [list(values) for _, values in message.statements] == [["x", 1], ["x", 2]]
    rows = [(False, "x", 1), (False, "x", 2)]
    with pytest.raises(LWTException) as caught:
        flow.send(Page(("[applied]", "name", "number"), rows))
    assert [tuple(row.values()) for row in caught.value.rows] == rows


def test_a_batch_is_idempotent_if_all_of_it_is_and_narrows_every_insert_where_it_must():
    plans = [writes.plan_save(Car(maker="x", year=n), HERE, Next()) for n in (1, 2)]
    flow = flows.send_batch(plans, "LOGGED", "one", writes.DEFAULTS, "label")
    assert next(flow).idempotent
    again = flow.throw(UnsetUnsupported("v3"))
    assert [(text.count("?"), list(values)) for text, values in again.statements] == [
        (3, ["x", 1, 4]),
        (3, ["x", 2, 4]),
    ]


def test_a_fetch_reads_from_where_the_row_came_and_keeps_what_was_assigned():
    car = loaded(Car, "x", 1, names=("maker", "year"))
    car.color = "green"
    (request,) = step(flows.fetch(car, ("color", "wheels")), Page(("color", "wheels"), [("red", 4)]))
    assert isinstance(request, Request)
    assert request.idempotent
    assert said(request) == ("one", f"SELECT color, wheels FROM ks.car {KEY}", ["x", 1])
    assert (car.color, car.wheels, car.get_changed_columns()) == ("green", 4, ["color"])


@pytest.mark.parametrize(
    ("column", "suffix", "value"),
    [
        (columns.List(columns.Integer, frozen=True), "append", [1]),
        (columns.Set(columns.Integer, frozen=True), "add", {1}),
        (columns.Map(columns.Text, columns.Integer, frozen=True), "update", {"a": 1}),
    ],
)
def test_a_part_of_a_frozen_container_cannot_be_updated(column, suffix, value):
    column.set_column_name("parts")
    with pytest.raises(ValidationError, match=rf"parts__{suffix}: frozen<.*> is frozen.*assign parts instead"):
        writes.element_change(column, suffix, value)
