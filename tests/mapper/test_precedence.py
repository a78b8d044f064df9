"""Where an operation goes, for every way in which somebody may say so; see ``precedence`` for the rule."""

from __future__ import annotations

import asyncio
import itertools
import re

import pytest

from helenus import ContextQuery, Model, columns, connection
from helenus.connection import defaults
from helenus.connection.request import Batch, Page
from tests.mapper.operations import ASYNC, INSTANCES, PLAIN, QUERIES, READS, awaited, plain
from tests.mapper.precedence import Said, pairs

DEFAULTS = ("one", "default_ks")
TABLE = re.compile(r"(?:FROM|INTO|UPDATE) (\w+)\.note")


class Note(Model):
    id = columns.Text(primary_key=True)
    note = columns.Text()


def place_of(request):
    text = request.statements[0][0] if isinstance(request, Batch) else request.text
    return request.connection, TABLE.search(text)[1]


def model_of(place, keyspace, *, clone):
    """Return a model that says this: a class of its own, or a ContextQuery's."""
    if clone:
        if place.model is None and keyspace.model is None:
            return Note
        with ContextQuery(Note, connection=place.model, keyspace=keyspace.model) as twin:
            return twin
    body = {"__connection__": place.model, "__keyspace__": keyspace.model, "__table_name__": "note"}
    return type(Model)("Noted", (Note,), body)


def instance_of(model, place, keyspace, wire):
    """Return an instance that came from where ``origin`` says; a new one if it says nothing."""
    if place.origin is None and keyspace.origin is None:
        return model(id="x", note="old")
    where = place.origin or "one", keyspace.origin or "origin_ks"
    wire.answer("id note", ("x", "old"), to=where[0])
    instance = model.objects.using(connection=where[0], keyspace=where[1]).get()
    instance.note = "changed"
    for each in (wire.one, wire.two):
        each.requests.clear()
    return instance


def cases(operation, batched):
    speakers = {
        (True, False): "instance context origin model",
        (False, False): "query context model",
        (True, True): "batch context origin model",
        (False, True): "batch context model",
    }[operation in INSTANCES, batched]
    yield from pairs(speakers, ("one", "two"), ("ks1", "ks2"))


def check(operation, batched, call, wire, clone):
    for place, keyspace in cases(operation, batched):
        if bool(place.origin) != bool(keyspace.origin):
            # An instance comes from a connection and a keyspace, or from nowhere.
            place = Said(**{**vars(place), "origin": place.origin or "two"})
            keyspace = Said(**{**vars(keyspace), "origin": keyspace.origin or "ks2"})
        model = model_of(place, keyspace, clone=clone)
        instance = instance_of(model, place, keyspace, wire)
        if operation == "get":
            wire.one.answer(lambda _: Page(("id", "note"), [("x", "n")]))
            wire.two.answer(lambda _: Page(("id", "note"), [("x", "n")]))
        call(model, instance, operation, place, keyspace, batched=batched)
        sent = [place_of(request) for request in (*wire.one.requests, *wire.two.requests)]
        expected = place.winner(DEFAULTS[0]), keyspace.winner(DEFAULTS[1])
        assert sent == [expected], f"{operation}: connections {place}, keyspaces {keyspace}"
        for each in (wire.one, wire.two):
            each.requests.clear()
            each._answers.clear()


@pytest.fixture
def _default_keyspace(wire, monkeypatch):  # noqa: ARG001 - after it
    monkeypatch.setattr(defaults, "keyspace", DEFAULTS[1])


EVERY = [
    *((operation, False) for operation in (*READS, *QUERIES, *INSTANCES)),
    *((operation, True) for operation in (*QUERIES, *INSTANCES)),
]
IDS = [f"{operation}{' in a batch' if batched else ''}" for operation, batched in EVERY]


@pytest.mark.usefixtures("_default_keyspace")
@pytest.mark.parametrize("clone", [False, True], ids=["model", "context query"])
@pytest.mark.parametrize(("operation", "batched"), EVERY, ids=IDS)
def test_an_operation_goes_where_the_strongest_speaker_says(operation, batched, clone, wire):
    check(operation, batched, plain, wire, clone)


@pytest.mark.usefixtures("_default_keyspace")
@pytest.mark.parametrize("clone", [False, True], ids=["model", "context query"])
@pytest.mark.parametrize(("operation", "batched"), EVERY, ids=IDS)
def test_its_async_twin_goes_there_too(operation, batched, clone, wire):
    if operation not in ASYNC:
        assert operation in PLAIN  # indexing and bool() cannot be awaited
        return

    def call(*args, **kwargs):
        asyncio.run(awaited(*args, **kwargs))

    check(operation, batched, call, wire, clone)


def test_there_are_as_many_cases_as_promised():
    number = sum(1 for operation, batched in EVERY for _ in cases(operation, batched))
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
