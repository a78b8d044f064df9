"""The precedence of connections and keyspaces on two real clusters: rows are where the rule says, and nowhere else."""

from __future__ import annotations

import itertools

import pytest

from helenus import Model, columns
from tests.mapper.operations import ASYNC, EVERY, HEARD, IDS, INSTANCES, QUERIES, READS, Case
from tests.mapper.places import CLUSTERS, ONE, TWO
from tests.mapper.precedence import pairs

PLACES = tuple(itertools.product(CLUSTERS, (ONE, TWO)))
WRITTEN = {"create": "new", "query update": "new", "query delete": None, "save": "changed", "update": "newer"}
keys = (f"key {number}" for number in itertools.count())


class Note(Model):
    id = columns.Text(primary_key=True)
    note = columns.Text()


class World:
    """The table in four places, as plain sessions see it."""

    def __init__(self, real):
        self.real = real
        self.prepared = {}
        for (cluster, keyspace), (name, text) in itertools.product(
            PLACES,
            {
                "put": "INSERT INTO {}.note (id, note) VALUES (?, ?)",
                "get": "SELECT note FROM {}.note WHERE id = ?",
            }.items(),
        ):
            self.prepared[name, cluster, keyspace] = real.sessions[cluster].prepare(text.format(keyspace))

    def put(self, place, key):
        self.real.sessions[place[0]].execute(self.prepared["put", *place], (key, "old"))

    def state(self, key):
        asked = {
            place: self.real.sessions[place[0]].execute_async(self.prepared["get", *place], (key,)) for place in PLACES
        }
        return {place: row.note if (row := future.result().one()) else None for place, future in asked.items()}


@pytest.fixture(scope="module")
def world(real):
    real.create("note", "(id text PRIMARY KEY, note text)")
    return World(real)


def cases(operation, batched):
    """Yield every third or fourth case; all of them are tested without clusters."""
    found = sorted(pairs(HEARD[operation in INSTANCES, batched], CLUSTERS, (ONE, TWO)), key=str)
    for place, keyspace in found[:: 4 if operation in INSTANCES else 3]:
        body = {"__connection__": place.model, "__keyspace__": keyspace.model, "__table_name__": "note"}
        model = type(Model)("Noted", (Note,), body)
        yield Case(operation, batched, place, keyspace, model, key=next(keys))


def prepare(case, world):
    """Put rows where the operation needs some, load the instance, and return where the operation must go."""
    expected = case.place.winner("cluster1"), case.keyspace.winner(ONE)
    if case.operation in READS:
        world.put(expected, case.key)
    elif "delete" in case.operation:
        for place in PLACES:
            world.put(place, case.key)
    if case.place.origin:
        world.put((case.place.origin, case.keyspace.origin), case.key)
        query = case.model.objects.using(connection=case.place.origin, keyspace=case.keyspace.origin)
        case.instance = query.get(id=case.key)
        case.instance.note = "changed"
    else:
        case.instance = case.model(id=case.key, note="changed")
    return expected


def judge(case, world, before, found, expected):
    if case.operation in READS:
        assert found, f"{case} did not look at {expected}"
    else:
        after = world.state(case.key)
        changed = {place: after[place] for place in PLACES if after[place] != before[place]}
        assert changed == {expected: WRITTEN.get(case.operation)}, str(case)


@pytest.mark.parametrize(("operation", "batched"), EVERY, ids=IDS)
def test_an_operation_goes_where_the_strongest_speaker_says(operation, batched, world):
    for case in cases(operation, batched):
        expected = prepare(case, world)
        before = world.state(case.key)
        judge(case, world, before, case.run(), expected)


@pytest.mark.parametrize(("operation", "batched"), [each for each in EVERY if each[0] in ASYNC])
async def test_its_async_twin_goes_there_too(operation, batched, world):
    for case in cases(operation, batched):
        expected = prepare(case, world)
        before = world.state(case.key)
        judge(case, world, before, await case.arun(), expected)


def test_there_are_hundreds_of_cases():
    assert {operation for operation, _ in EVERY} == {*READS, *QUERIES, *INSTANCES}
    assert sum(1 for each in EVERY for _ in cases(*each)) * 2 > 400
