"""No silent loss: what is saved to a place that it does not come from is there in whole, as plain sessions see it."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time
from decimal import Decimal

import pytest

from helenus import BatchQuery, ContextQuery, Model, UserType, columns, connection, management
from tests.mapper.places import CLUSTERS, ONE, TWO


class Address(UserType):
    street = columns.Text()
    lines = columns.List(columns.Text)


class Everything(Model):
    id = columns.Text(partition_key=True)
    part = columns.Integer(partition_key=True)
    cluster = columns.Text(primary_key=True, clustering_order="desc")
    shared = columns.Text(static=True)
    shared_set = columns.Set(columns.Text, static=True)
    ascii = columns.Ascii()
    bigint = columns.BigInt()
    blob = columns.Blob()
    boolean = columns.Boolean()
    date = columns.Date()
    decimal = columns.Decimal()
    double = columns.Double()
    duration = columns.Duration()
    float = columns.Float()
    inet = columns.Inet()
    integer = columns.Integer()
    smallint = columns.SmallInt()
    text = columns.Text(db_field="Text")
    time = columns.Time()
    moment = columns.DateTime()
    timeuuid = columns.TimeUUID()
    tinyint = columns.TinyInt()
    uuid = columns.UUID()
    varint = columns.VarInt()
    texts = columns.List(columns.Text)
    numbers = columns.Set(columns.Integer)
    prices = columns.Map(columns.Text, columns.Decimal)
    frozen_list = columns.List(columns.Text, frozen=True)
    nested = columns.Map(columns.Text, columns.List(columns.Integer))
    pair = columns.Tuple(columns.Text, columns.Integer)
    home = columns.UserDefinedType(Address)
    homes = columns.List(columns.UserDefinedType(Address))
    vector = columns.Vector(columns.Float, 3)


class Tag(Model):
    __table_name__ = "copied_tag"
    name = columns.Text(primary_key=True)
    number = columns.Integer(primary_key=True)


class Visits(Model):
    __table_name__ = "copied_visits"
    page = columns.Text(primary_key=True)
    seen = columns.Counter()
    clicked = columns.Counter()


class Pet(Model):
    __table_name__ = "copied_pet"
    owner = columns.Text(primary_key=True)
    name = columns.Text(primary_key=True)
    kind = columns.Text(discriminator_column=True)


class Cat(Pet):
    __discriminator_value__ = "cat"
    lives = columns.Integer()
    toys = columns.List(columns.Text)


KEY = {"id": "x", "part": 1, "cluster": "c"}
VALUES = {
    **KEY,
    "shared": "s",
    "shared_set": {"a", "b"},
    "ascii": "abc",
    "bigint": 2**40,
    "blob": b"\x00\xff",
    "boolean": False,
    "date": date(2020, 2, 29),
    "decimal": Decimal("1.10"),
    "double": 0.1,
    "duration": columns.DurationValue(1, 2, 3),
    "float": 0.5,
    "inet": "2001:db8::1",
    "integer": -5,
    "smallint": 7,
    "text": "ünï",
    "time": time(1, 2, 3),
    "moment": datetime(2020, 1, 2, 3, 4, 5, 6000),
    "timeuuid": uuid.UUID("8a1b2c30-0000-11ee-8000-000000000000"),
    "tinyint": -1,
    "uuid": uuid.UUID(int=7),
    "varint": 10**30,
    "texts": ["a", "b"],
    "numbers": {1, 2},
    "prices": {"eu": Decimal("1.5")},
    "frozen_list": ["x"],
    "nested": {"a": [1, 2]},
    "pair": ("a", 1),
    "home": Address(street="High", lines=["1", "2"]),
    "homes": [Address(street="Low"), Address(lines=["x"])],
    "vector": [1.0, 2.0, 3.0],
}
HERE = ("cluster1", ONE)
ELSEWHERE = [("cluster2", ONE), ("cluster1", TWO), ("cluster2", TWO)]


@pytest.fixture(scope="module")
def _tables(real):
    management.sync_table(Everything, keyspaces=[ONE, TWO], connections=list(CLUSTERS))
    for table, definition in {
        "copied_tag": "(name text, number int, PRIMARY KEY (name, number))",
        "copied_visits": "(page text PRIMARY KEY, seen counter, clicked counter)",
        "copied_pet": "(owner text, name text, kind text, lives int, toys list<text>, PRIMARY KEY (owner, name))",
    }.items():
        real.create(table, definition)
    real.know("everything")


@pytest.fixture(autouse=True)
def _empty(_tables, real):
    real.truncate("everything", "copied_tag", "copied_pet")


def stored(real, place, table, **key):
    """Return one row as a plain session decodes it, None if there is none."""
    name, keyspace = place
    where = " AND ".join(f"{column} = %s" for column in key)
    session = real.sessions[name]
    future = session.execute_async(f"SELECT * FROM {keyspace}.{table} WHERE {where}", tuple(key.values()))
    row = future.result().one()
    return None if row is None else dict(row._asdict())


def at(place):
    return {"connection": place[0], "keyspace": place[1]}


def test_every_column_has_a_value():
    assert VALUES.keys() == Everything.__table__.by_name.keys()


@pytest.mark.parametrize("there", ELSEWHERE, ids=str)
@pytest.mark.parametrize("way", ["using", "use", "context query", "batch", "async"])
async def test_a_loaded_row_of_every_type_is_saved_elsewhere_in_whole(real, there, way):
    Everything.create(**VALUES)
    original = stored(real, HERE, "everything", **KEY)
    assert stored(real, there, "everything", **KEY) is None
    row = Everything.get(**KEY)
    assert row.get_changed_columns() == []
    if way == "using":
        row.using(**at(there)).save()
    elif way == "use":
        with connection.use(**at(there)):
            row.save()
    elif way == "context query":
        with ContextQuery(Everything, **at(there)) as other:
            other.create(**dict(row))
    elif way == "batch":
        with BatchQuery(connection=there[0]) as batch:
            row.using(keyspace=there[1]).batch(batch).save()
    else:
        await row.using(**at(there)).asave()
    assert stored(real, there, "everything", **KEY) == original
    assert real.where("everything") == {HERE: 1, there: 1}
    assert Everything.objects.using(**at(there)).get(**KEY) == Everything.get(**KEY)


def test_the_guide_s_loop_copies_every_row(real):
    for number in range(30):
        Everything.create(id="x", part=1, cluster=f"{number:02}", text=f"t{number}", shared="s", texts=["a"])
    for row in Everything.objects.filter(id="x", part=1):
        row.using(connection="cluster2").save()
    for keyspace in (ONE, TWO):
        expected = 30 if keyspace == ONE else 0
        assert real.count("cluster2", f"{keyspace}.everything") == expected
    query = f'SELECT cluster, "Text", shared, texts FROM {ONE}.everything'
    assert real.rows("cluster1", query) == real.rows("cluster2", query)


@pytest.mark.parametrize(
    "fetch", [lambda q: q.only(["text"]), lambda q: q.defer(["home", "texts", "shared"])], ids=["only", "defer"]
)
def test_a_row_that_was_fetched_in_part_is_saved_elsewhere_in_whole(real, fetch):
    Everything.create(**VALUES)
    row = fetch(Everything.objects).get(**KEY)
    row.text = "changed"
    row.using(connection="cluster2").save()
    original = stored(real, HERE, "everything", **KEY)
    assert original["Text"] == "ünï"
    assert stored(real, ("cluster2", ONE), "everything", **KEY) == {**original, "Text": "changed"}


def test_a_row_that_was_fetched_in_part_is_never_written_back_in_part(real):
    Everything.create(**VALUES)
    original = stored(real, HERE, "everything", **KEY)
    row = Everything.objects.only(["text"]).get(**KEY)
    row.save()
    row.integer = 9
    row.save()
    assert stored(real, HERE, "everything", **KEY) == {**original, "integer": 9}


def test_what_the_row_does_not_have_is_removed_there(real):
    with connection.use(connection="cluster2"):
        Everything.create(**VALUES)
    Everything.create(**KEY, text="only this")
    Everything.get(**KEY).using(connection="cluster2").save()
    found = stored(real, ("cluster2", ONE), "everything", **KEY)
    assert {name for name, value in found.items() if value is not None} == {*KEY, "Text"}


def test_a_table_of_nothing_but_its_key_is_copied(real):
    Tag.create(name="x", number=1)
    Tag.create(name="x", number=2)
    for tag in Tag.objects.filter(name="x"):
        tag.using(**at(("cluster2", TWO))).save()
    assert real.where("copied_tag") == {HERE: 2, ("cluster2", TWO): 2}


def test_a_partition_with_nothing_but_static_columns_is_copied(real):
    Everything.create(id="x", part=1, shared="s", shared_set={"a"})
    (row,) = Everything.objects.filter(id="x", part=1)
    assert (row.cluster, row.shared) == (None, "s")
    row.using(connection="cluster2").save()
    query = f"SELECT cluster, shared, shared_set FROM {ONE}.everything WHERE id = 'x' AND part = 1"
    assert real.rows("cluster2", query) == real.rows("cluster1", query) == [(None, "s", {"a"})]


def test_a_polymorphic_row_is_copied_with_the_columns_of_its_class(real):
    Cat.create(owner="ann", name="Tom", lives=9, toys=["ball"])
    for pet in Pet.objects.filter(owner="ann"):
        pet.using(connection="cluster2").save()
    for pet in Pet.objects.filter(owner="ann").only(["name"]):
        pet.using(keyspace=TWO).save()
    for place in (HERE, ("cluster2", ONE), ("cluster1", TWO)):
        found = stored(real, place, "copied_pet", owner="ann", name="Tom")
        assert found == {"owner": "ann", "name": "Tom", "kind": "cat", "lives": 9, "toys": ["ball"]}


def test_counters_take_their_counts_along(real):
    key = f"page {uuid.uuid4()}"
    Visits.objects.filter(page=key).update(seen=5, clicked=2)
    Visits.get(page=key).using(connection="cluster2").save()
    query = f"SELECT seen, clicked FROM {ONE}.copied_visits WHERE page = %s"
    assert real.rows("cluster2", query, key) == real.rows("cluster1", query, key) == [(5, 2)]


def test_a_copy_becomes_the_instance_s_place(real):
    Everything.create(**VALUES)
    row = Everything.get(**KEY)
    row.using(connection="cluster2").save()
    row.text = "moved"
    row.save()
    assert stored(real, ("cluster2", ONE), "everything", **KEY)["Text"] == "moved"
    assert stored(real, HERE, "everything", **KEY)["Text"] == "ünï"


def test_an_update_elsewhere_does_not_lose_the_rest(real):
    Everything.create(**VALUES)
    row = Everything.get(**KEY)
    row.using(connection="cluster2").update(text="there")
    row.integer = 9
    row.save()
    here, there = (stored(real, place, "everything", **KEY) for place in (HERE, ("cluster2", ONE)))
    assert (here["integer"], here["bigint"], there["Text"]) == (9, 2**40, "there")
    row.using(connection="cluster2").save()
    assert stored(real, ("cluster2", ONE), "everything", **KEY) == stored(real, HERE, "everything", **KEY)


def test_what_is_loaded_is_what_a_plain_session_reads(real):
    Everything.create(**VALUES)
    row, raw = Everything.get(**KEY), stored(real, HERE, "everything", **KEY)
    for name in ("bigint", "decimal", "moment", "prices", "texts", "pair", "varint", "blob", "timeuuid"):
        assert row[name] == raw[name], name
    assert (row.home.street, row.homes[1].lines, str(row.date), row.moment.tzinfo) == (
        "High",
        ["x"],
        "2020-02-29",
        None,
    )
    assert (row.duration.months, row.duration.days, row.duration.nanoseconds) == (1, 2, 3)
    row.duration = VALUES["duration"]
    assert row == Everything(**VALUES)
