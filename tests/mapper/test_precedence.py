"""Where an operation goes, for every way in which somebody may say so; see ``precedence`` for the rule."""

from __future__ import annotations

import asyncio
import itertools
import re
from functools import cache

import pytest

from helenus import ContextQuery, Model, columns, connection
from helenus.connection import defaults
from helenus.connection.request import Batch
from tests.mapper.operations import ASYNC, EVERY, HEARD, IDS, INSTANCES, Case
from tests.mapper.precedence import Said, pairs

DEFAULTS = ("one", "default_ks")
TABLE = re.compile(r"(?:FROM|INTO|UPDATE) (\w+)\.note")


class Note(Model):
    id = columns.Text(primary_key=True)
    note = columns.Text()


def place_of(request):
    text = request.statements[0][0] if isinstance(request, Batch) else request.text
    return request.connection, TABLE.search(text)[1]


@cache
def model_of(place, keyspace, *, clone):
    """Return a model that says this: a class of its own, or a ContextQuery's."""
    if clone:
        with ContextQuery(Note, connection=place, keyspace=keyspace) as twin:
            return twin
    body = {"__connection__": place, "__keyspace__": keyspace, "__table_name__": "note"}
    return type(Model)("Noted", (Note,), body)


def instance_of(model, place, keyspace, wire):
    """Return an instance that came from where ``origin`` says; a new one if it says nothing."""
    if place.origin is None:
        return model(id="x", note="old")
    wire.answer("id note", ("x", "old"), to=place.origin)
    instance = model.objects.using(connection=place.origin, keyspace=keyspace.origin).get()
    instance.note = "changed"
    forget(wire)
    return instance


def forget(wire):
    for each in (wire.one, wire.two):
        each.requests.clear()
        each._answers.clear()


def cases(operation, batched, clone):
    for place, keyspace in pairs(HEARD[operation in INSTANCES, batched], ("one", "two"), ("ks1", "ks2")):
        yield Case(operation, batched, place, keyspace, model_of(place.model, keyspace.model, clone=clone))


def check(case, wire, run):
    case.instance = instance_of(case.model, case.place, case.keyspace, wire)
    if case.operation == "get":
        wire.answer("id note", ("x", "n"))
        wire.answer("id note", ("x", "n"), to="two")
    run(case)
    sent = [place_of(request) for request in (*wire.one.requests, *wire.two.requests)]
    assert sent == [(case.place.winner(DEFAULTS[0]), case.keyspace.winner(DEFAULTS[1]))], str(case)
    forget(wire)


@pytest.fixture
def _default_keyspace(wire, monkeypatch):  # noqa: ARG001 - after it
    monkeypatch.setattr(defaults, "keyspace", DEFAULTS[1])


@pytest.mark.usefixtures("_default_keyspace")
@pytest.mark.parametrize("clone", [False, True], ids=["model", "context query"])
@pytest.mark.parametrize(("operation", "batched"), EVERY, ids=IDS)
def test_an_operation_goes_where_the_strongest_speaker_says(operation, batched, clone, wire):
    for case in cases(operation, batched, clone):
        check(case, wire, Case.run)


@pytest.mark.usefixtures("_default_keyspace")
@pytest.mark.parametrize("clone", [False, True], ids=["model", "context query"])
@pytest.mark.parametrize(("operation", "batched"), [each for each in EVERY if each[0] in ASYNC])
def test_its_async_twin_goes_there_too(operation, batched, clone, wire):
    with asyncio.Runner() as runner:
        for case in cases(operation, batched, clone):
            check(case, wire, lambda case: runner.run(case.arun()))


def test_there_are_as_many_cases_as_promised():
    number = sum(1 for operation, batched in EVERY for _ in cases(operation, batched, clone=False))
    assert number * 2 * 2 > 1_500


def test_the_rule_itself():
    names = ("query", "instance", "batch", "context", "origin", "model")
    for strongest, weaker in itertools.pairwise((*names, None)):
        weakest = {weaker: "loser"} if weaker else {}
        assert Said(**{strongest: "winner"}, **weakest).winner("default") == "winner"
    assert Said().winner("default") == "default"


# ---- more about ``use`` ----------------------------------------------------------------------------------------------


def sent_to(wire):
    return [name for name in ("one", "two") for _ in wire.sent(name)]


@pytest.mark.usefixtures("_default_keyspace")
def test_blocks_nest_and_an_inner_one_changes_only_what_it_names(wire):
    with connection.use(connection="two", keyspace="outer"):
        with connection.use(keyspace="inner"):
            Note.objects.first()
        with connection.use(connection="one"):
            Note.objects.first()
        Note.objects.first()
    Note.objects.first()
    assert [place_of(r) for r in wire.two.requests] == [("two", "inner"), ("two", "outer")]
    assert [place_of(r) for r in wire.one.requests] == [("one", "outer"), DEFAULTS]


@pytest.mark.usefixtures("_default_keyspace")
def test_the_block_that_counts_is_the_one_around_the_first_look_at_the_rows(wire):
    with connection.use(connection="two"):
        query = Note.objects.all()
    assert list(query) == []
    assert sent_to(wire) == ["one"]


@pytest.mark.usefixtures("_default_keyspace")
def test_a_row_saved_in_a_block_stays_there_afterwards(wire):
    note = Note(id="x", note="a")
    with connection.use(connection="two", keyspace="ks2"):
        note.save()
    note.note = "b"
    note.save()
    assert [place_of(request) for request in wire.two.requests] == [("two", "ks2")] * 2
    assert wire.one.requests == []


@pytest.mark.usefixtures("_default_keyspace")
def test_a_deleted_row_is_written_again_where_it_was(wire):
    wire.answer("id note", ("x", "old"), to="two")
    note = Note.objects.using(connection="two", keyspace="ks2").get()
    note.delete()
    note.save()
    assert [place_of(request) for request in wire.two.requests] == [("two", "ks2")] * 3
    assert wire.one.requests == []


@pytest.mark.usefixtures("_default_keyspace")
def test_using_is_used_up_by_one_operation(wire):
    note = Note(id="x", note="a")
    note.using(connection="two").delete()
    note.save()
    assert sent_to(wire) == ["one", "two"]


@pytest.mark.usefixtures("_default_keyspace")
def test_using_may_be_called_twice_to_say_both(wire):
    Note(id="x").using(connection="two").using(keyspace="ks2").save()
    Note.objects.using(keyspace="ks2").using(connection="two").first()
    assert [place_of(request) for request in wire.two.requests] == [("two", "ks2")] * 2


@pytest.mark.usefixtures("_default_keyspace")
def test_the_default_connection_is_the_one_of_the_moment(wire):
    Note.objects.first()
    connection.set_default_connection("two")
    Note.objects.first()
    assert sent_to(wire) == ["one", "two"]


@pytest.mark.usefixtures("_default_keyspace")
def test_a_row_remembers_the_default_connection_by_its_name(wire):
    wire.answer("id note", ("x", "old"))
    note = Note.objects.get()
    connection.set_default_connection("two")
    note.note = "new"
    note.save()
    assert sent_to(wire) == ["one", "one"]


@pytest.mark.usefixtures("_default_keyspace")
def test_a_deferred_column_is_fetched_from_where_the_row_came_whatever_the_block_says(wire):
    wire.answer("id", ("x",), to="two")
    note = Note.objects.using(connection="two", keyspace="ks2").defer(["note"]).get()
    wire.answer("note", ("text",), to="two")
    with connection.use(connection="one", keyspace="ks1"):
        assert note.note == "text"
    assert [place_of(request) for request in wire.two.requests] == [("two", "ks2")] * 2
    assert wire.one.requests == []


# ---- consistency levels ----------------------------------------------------------------------------------------------


class Strict(Model):
    __keyspace__ = "ks"
    __consistency__ = 6
    id = columns.Text(primary_key=True)
    note = columns.Text()


@pytest.mark.parametrize("model", [Note, Strict], ids=lambda model: model.__name__)
@pytest.mark.parametrize("context", [None, 5])
@pytest.mark.parametrize("asked", [None, 4])
@pytest.mark.usefixtures("_default_keyspace")
def test_the_consistency_level_is_the_query_s_else_the_block_s_else_the_model_s(model, context, asked, wire):
    expected = asked or context or model.__consistency__
    with connection.use(consistency=context):
        query, instance = model.objects.consistency(asked), model(id="x", note="a")
        query.create(id="x")
        query.first()
        query.count()
        query.filter(id="x").update(note="b")
        query.filter(id="x").delete()
        instance.consistency(asked).save()
        instance.consistency(asked).update(note="b")
        instance.consistency(asked).delete()
    assert [request.options.consistency for request in wire.one.requests] == [expected] * 8


@pytest.mark.usefixtures("_default_keyspace")
def test_what_was_not_fetched_is_fetched_at_the_same_level_as_all_else(wire):
    wire.answer("id", ("x",))
    wire.answer("note", ("a",))
    assert Strict.objects.defer(["note"]).get().note == "a"
    wire.answer("id", ("x",))
    wire.answer("note", ("a",))
    Strict.objects.defer(["note"]).get().using(connection="two").consistency(4).save()
    levels = [[request.options.consistency for request in each.requests] for each in (wire.one, wire.two)]
    assert levels == [[6, 6, 6, 4], [4]]
