"""Models of every kind on a real node: what is written is what a plain session reads, in one request each."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from helenus import Model, UserType, columns, management
from helenus.errors import ModelException, PolymorphicModelException, ValidationError
from tests.mapper.places import ONE


class Composite(Model):
    country = columns.Text(partition_key=True)
    year = columns.Integer(partition_key=True)
    rank = columns.Integer(primary_key=True, clustering_order="desc")
    name = columns.Text(primary_key=True)
    note = columns.Text(db_field="Note")


class Shared(Model):
    group = columns.Text(primary_key=True, db_field="grp")
    member = columns.Text(primary_key=True)
    motto = columns.Text(static=True)
    badges = columns.Set(columns.Text, static=True)
    age = columns.Integer()


class Visits(Model):
    page = columns.Text(primary_key=True)
    day = columns.Integer(primary_key=True)
    seen = columns.Counter()
    clicked = columns.Counter()


class Address(UserType):
    street = columns.Text()
    lines = columns.List(columns.Text)


class Bag(Model):
    id = columns.Text(primary_key=True)
    part = columns.Integer(primary_key=True)
    tags = columns.Set(columns.Text)
    items_ = columns.List(columns.Text)
    prices = columns.Map(columns.Text, columns.Integer)
    frozen = columns.List(columns.Text, frozen=True)
    home = columns.UserDefinedType(Address)
    text = columns.Text()
    number = columns.Integer(default=7)


class Pet(Model):
    owner = columns.Text(primary_key=True)
    name = columns.Text(primary_key=True)
    kind = columns.Text(discriminator_column=True)


class Cat(Pet):
    __discriminator_value__ = "cat"
    lives = columns.Integer()


class Dog(Pet):
    __discriminator_value__ = "dog"
    tricks = columns.List(columns.Text)


MODELS = (Composite, Shared, Visits, Bag, Cat, Dog)


@pytest.fixture(scope="module", autouse=True)
def _tables(real):
    for model in MODELS:
        management.sync_table(model, keyspaces=[ONE], connections=["cluster1"])
        real.made.add((f"{ONE}.{model._raw_column_family_name()}", "cluster1"))


@pytest.fixture(autouse=True)
def _empty(real, _tables):
    real.truncate("composite", "shared", "bag", "pet")


def texts(sent):
    """Return what was sent through the default connection since the last call."""
    found = [request.text.replace(f"{ONE}.", "") for request in sent["default"]]
    sent["default"].clear()
    return found


# ---- keys ------------------------------------------------------------------------------------------------------------


def test_composite_partition_keys_and_clustering_order(real):
    for rank in (1, 3, 2):
        Composite.create(country="at", year=2020, rank=rank, name=f"n{rank}", note=f"note {rank}")
    Composite.create(country="at", year=2021, rank=1, name="other")
    query = Composite.objects.filter(pk=("at", 2020))
    assert [row.rank for row in query] == [3, 2, 1]
    assert [row.rank for row in query.order_by("rank")] == [1, 2, 3]
    assert [row.rank for row in query.order_by("-rank", "name")] == [3, 2, 1]
    assert [row.rank for row in query.filter(rank__gte=2, rank__lt=3)] == [2]
    assert [row.rank for row in query.filter(rank__in=[1, 3]).limit(1)] == [3]
    assert query.values_list("note", flat=True)[:] == ["note 3", "note 2", "note 1"]
    assert sorted(row.pk for row in Composite.objects.distinct()) == [("at", 2020), ("at", 2021)]
    assert Composite.objects.distinct().count() == 2
    assert len(Composite.objects.per_partition_limit(1)) == Composite.objects.per_partition_limit(1).count() == 2
    assert Composite.objects.count() == 4
    assert real.count("cluster1", f"{ONE}.composite") == 4


def test_tokens_page_through_partitions():
    from helenus import Token

    for year in range(7):
        Composite.create(country="at", year=year, rank=1, name="x")
    seen, rows = [], list(Composite.objects.limit(3))
    while rows:
        seen.extend(rows)
        rows = list(Composite.objects.filter(pk__token__gt=Token(rows[-1].pk)).limit(3))
    assert sorted(row.year for row in seen) == list(range(7))


def test_range_deletes_name_the_partition(real):
    for rank in range(6):
        Composite.create(country="at", year=2020, rank=rank, name="x")
    query = Composite.objects.filter(country="at", year=2020)
    query.filter(rank__gte=4).delete()
    assert real.count("cluster1", f"{ONE}.composite") == 4
    query.delete()
    assert real.count("cluster1", f"{ONE}.composite") == 0


# ---- one statement ---------------------------------------------------------------------------------------------------


def test_every_write_is_one_statement(sent):
    bag = Bag.create(id="x", part=1, tags={"a"}, text="t")
    bag.text, bag.number = None, 8
    bag.tags.add("b")
    bag.items_.append("i")
    bag.prices["eu"] = 1
    bag.save()
    bag.save()
    bag.update(text="u")
    Bag.objects.filter(id="x", part=1).update(text=None, tags__add={"c"}, tags__remove={"a"}, number=9)
    bag.delete()
    insert, save, update, by_query, delete = texts(sent)
    assert insert.startswith("INSERT INTO bag (id, part, tags,")
    assert save == (
        "UPDATE bag SET tags = tags + ?, items_ = ?, prices = ?, text = ?, number = ? WHERE id = ? AND part = ?"
    )
    assert update == "UPDATE bag SET text = ? WHERE id = ? AND part = ?"
    assert by_query.startswith("UPDATE bag SET text = ?, tags = tags + ?, tags = tags - ?, number = ? WHERE")
    assert delete == "DELETE FROM bag WHERE id = ? AND part = ?"


def test_one_row_is_asked_for_with_a_limit(sent):
    Bag.create(id="x", part=1)
    texts(sent)
    Bag.get(id="x", part=1)
    assert Bag.objects.filter(id="x").first()
    assert [request.values[-1] for request in sent["default"]] == [2, 1]


def test_each_edit_of_a_container_reaches_the_row(real):
    def stored():
        (row,) = real.rows("cluster1", f"SELECT tags, items_, prices, frozen FROM {ONE}.bag")
        return row

    bag = Bag.create(id="x", part=1, tags={"a"}, items_=["a"], prices={"a": 1}, frozen=["a"])
    bag = Bag.get(id="x", part=1)
    bag.tags |= {"b"}
    bag.items_ = ["z", *bag.items_, "b"]
    bag.prices.update(b=2)
    bag.frozen.append("b")
    bag.save()
    assert stored() == ({"a", "b"}, ["z", "a", "b"], {"a": 1, "b": 2}, ["a", "b"])
    bag.tags -= {"a"}
    bag.items_.remove("a")
    del bag.prices["a"]
    bag.save()
    assert stored() == ({"b"}, ["z", "b"], {"b": 2}, ["a", "b"])
    bag.tags, bag.items_, bag.prices, bag.frozen = {"c"}, [], {"b": None, "c": 3}, None
    bag.save()
    assert stored() == ({"c"}, None, {"c": 3}, None)
    Bag.objects.filter(id="x", part=1).update(
        tags__add={"d"}, items_=["m"], prices__update={"c": None, "d": 4}, frozen=["n"]
    )
    assert stored() == ({"c", "d"}, ["m"], {"d": 4}, ["n"])
    Bag.objects.filter(id="x", part=1).update(tags__remove={"c"}, items___prepend=["l"], prices__remove={"d"})
    Bag.objects.filter(id="x", part=1).update(items___append=["n"])
    assert stored() == ({"d"}, ["l", "m", "n"], None, ["n"])
    assert Bag.get(id="x", part=1).prices == {}


def test_two_writers_who_add_different_elements_both_win():
    Bag.create(id="x", part=1, tags={"a"})
    one, other = Bag.get(id="x", part=1), Bag.get(id="x", part=1)
    one.tags.add("b")
    other.tags.add("c")
    one.save()
    other.save()
    assert Bag.get(id="x", part=1).tags == {"a", "b", "c"}


def test_an_edit_within_a_user_defined_type_is_saved(real):
    Bag.create(id="x", part=1, home=Address(street="High", lines=["1"]))
    bag = Bag.get(id="x", part=1)
    bag.home.lines.append("2")
    bag.save()
    assert real.rows("cluster1", f"SELECT home FROM {ONE}.bag")[0][0].lines == ["1", "2"]


def test_creating_without_a_container_leaves_the_stored_one_alone():
    Bag.create(id="x", part=1, tags={"a"}, text="t")
    Bag.create(id="x", part=1, number=1)
    bag = Bag.get(id="x", part=1)
    assert (bag.tags, bag.text, bag.number) == ({"a"}, "t", 1)
    Bag.create(id="x", part=1, text=None)
    assert Bag.get(id="x", part=1).text is None


# ---- static columns --------------------------------------------------------------------------------------------------


def test_static_columns_belong_to_the_partition(real):
    Shared.create(group="g", member="a", motto="m", age=1)
    Shared.create(group="g", member="b", age=2)
    assert [row.motto for row in Shared.objects.filter(group="g")] == ["m", "m"]
    row = Shared.get(group="g", member="b")
    row.motto = "n"
    row.badges.add("gold")
    row.save()
    assert {row.motto for row in Shared.objects.filter(group="g")} == {"n"}
    Shared.objects.filter(group="g").update(motto="o")
    assert Shared.get(group="g", member="a").motto == "o"
    assert Shared.get(group="g", member="a").badges == {"gold"}
    Shared.create(group="h", motto="alone")
    (alone,) = Shared.objects.filter(group="h")
    assert (alone.member, alone.motto) == (None, "alone")
    alone.motto = "still alone"
    alone.save()
    assert real.rows("cluster1", f"SELECT member, motto FROM {ONE}.shared WHERE grp = 'h'") == [(None, "still alone")]
    with pytest.raises(ValidationError, match=r"clustering column\(s\) member have no value; age would be lost"):
        Shared.create(group="h", motto="m", age=5)


# ---- counters --------------------------------------------------------------------------------------------------------


def test_counters_are_added_to_from_every_side(real):
    Visits.objects.filter(page="x", day=1).update(seen=5, clicked=1)
    Visits.objects.filter(page="x", day=1).update(seen=-2)
    one, other = Visits.get(page="x", day=1), Visits.get(page="x", day=1)
    one.seen += 10
    one.save()
    other.update(seen=other.seen + 100)
    one.save()
    assert real.rows("cluster1", f"SELECT seen, clicked FROM {ONE}.visits WHERE page = 'x'") == [(113, 1)]
    fresh = Visits(page="x", day=2)
    fresh.seen = 3
    fresh.save()
    fresh.seen += 1
    fresh.save()
    assert (Visits.get(page="x", day=2).seen, Visits.get(page="x", day=2).clicked) == (4, 0)


# ---- time ------------------------------------------------------------------------------------------------------------


def test_ttl_is_that_of_the_next_write_only(real):
    bag = Bag.objects.ttl(1000).create(id="x", part=1, text="t")
    bag.number = 5
    bag.save()
    ((text, number),) = real.rows("cluster1", f"SELECT ttl(text), ttl(number) FROM {ONE}.bag")
    assert 990 < text <= 1000
    assert number is None
    bag.ttl(500).update(text="u")
    Bag.objects.filter(id="x", part=1).ttl(100).update(number=6)
    ((text, number),) = real.rows("cluster1", f"SELECT ttl(text), ttl(number) FROM {ONE}.bag")
    assert 490 < text <= 500
    assert 90 < number <= 100


def test_timestamps_decide_which_write_wins(real):
    def written():
        return real.rows("cluster1", f"SELECT text, writetime(text) FROM {ONE}.bag WHERE id = 'timed'")

    bag = Bag.objects.timestamp(datetime(2020, 1, 1, tzinfo=UTC)).create(id="timed", part=1, text="old")
    assert written() == [("old", 1_577_836_800_000_000)]
    bag.timestamp(5).update(text="older")
    assert written() == [("old", 1_577_836_800_000_000)]
    now = time.time_ns() // 1000
    bag.timestamp(timedelta(hours=1)).update(text="future")
    assert written()[0][0] == "future"
    assert abs(written()[0][1] - now - 3_600_000_000) < 60_000_000
    Bag.objects.filter(id="timed", part=1).timestamp(1_577_836_800_000_001).delete()
    assert written()[0][0] == "future"
    bag.timestamp(timedelta(hours=2)).delete()
    assert written() == []


def test_a_null_has_the_timestamp_of_its_write(real):
    bag = Bag.objects.timestamp(1000).create(id="nulled", part=1, text="old")
    bag.text = None
    bag.timestamp(500).save()
    assert real.rows("cluster1", f"SELECT text FROM {ONE}.bag WHERE id = 'nulled'") == [("old",)]


# ---- life cycle ------------------------------------------------------------------------------------------------------


def test_a_deleted_row_can_be_saved_again(real):
    bag = Bag.create(id="x", part=1, text="t", tags={"a"})
    bag.delete()
    assert real.count("cluster1", f"{ONE}.bag") == 0
    bag.save()
    assert Bag.get(id="x", part=1) == bag
    loaded = Bag.get(id="x", part=1)
    loaded.delete()
    loaded.save()
    assert Bag.get(id="x", part=1).tags == {"a"}


def test_a_row_saved_under_another_key_is_a_second_row(real):
    Bag.create(id="x", part=1, text="t", tags={"a"})
    bag = Bag.get(id="x", part=1)
    bag.part = 2
    bag.save()
    assert real.rows("cluster1", f"SELECT part, text, tags FROM {ONE}.bag") == [(1, "t", {"a"}), (2, "t", {"a"})]
    bag.text = "second"
    bag.save()
    assert [row.text for row in Bag.objects.filter(id="x")] == ["t", "second"]
    with pytest.raises(ValidationError, match="Cannot apply update to primary key 'part'"):
        bag.update(part=3)
    bag.update(part=2, text="same key")
    assert Bag.get(id="x", part=2).text == "same key"


def test_an_update_of_a_row_that_was_never_loaded_writes_what_it_is_given(real):
    Bag(id="x", part=1).update(text="blind")
    assert real.rows("cluster1", f"SELECT text, number FROM {ONE}.bag") == [("blind", None)]


# ---- polymorphic -----------------------------------------------------------------------------------------------------


def test_a_base_gives_each_row_its_class_and_all_its_columns():
    Cat.create(owner="ann", name="Tom", lives=9)
    Dog.create(owner="ann", name="Rex", tricks=["sit"])
    rex, tom = Pet.objects.filter(owner="ann")
    assert (type(rex), type(tom)) == (Dog, Cat)
    assert (rex.tricks, tom.lives) == (["sit"], 9)
    assert Pet.get(owner="ann", name="Tom").lives == 9
    tom.lives = 8
    tom.save()
    assert Cat.get(owner="ann", name="Tom").lives == 8
    with pytest.raises(PolymorphicModelException, match="Dog is not a subclass of Cat"):
        list(Cat.objects.filter(owner="ann"))
    partly = Pet.objects.only(["name"]).get(owner="ann", name="Rex")
    assert (type(partly), partly.tricks) == (Dog, ["sit"])


# ---- deferred columns ------------------------------------------------------------------------------------------------


def test_deferred_columns_are_fetched_on_demand_and_never_written_back(real, sent):
    Bag.create(id="x", part=1, text="t", tags={"a"}, number=1)
    bag = Bag.objects.only(["number"]).get(id="x", part=1)
    real.rows("cluster1", f"UPDATE {ONE}.bag SET text = 'by somebody else' WHERE id = 'x' AND part = 1")
    texts(sent)
    bag.number = 2
    bag.save()
    assert texts(sent) == ["UPDATE bag SET number = ? WHERE id = ? AND part = ?"]
    assert (bag.text, bag.tags) == ("by somebody else", {"a"})
    assert texts(sent) == [f"SELECT {name} FROM bag WHERE id = ? AND part = ?" for name in ("text", "tags")]
    Bag.objects.filter(id="x", part=1).delete()
    gone = Bag.objects.defer(["text"])._instance({"id": "x", "part": 1})
    assert gone.text is None
    other = Bag.create(id="y", part=1)
    other = Bag.objects.defer(["text"]).get(id="y", part=1)
    other.delete()
    assert other.text is None
    third = Bag.create(id="z", part=1)
    third = Bag.objects.defer(["text"]).get(id="z", part=1)
    Bag.objects.filter(id="z", part=1).delete()
    with pytest.raises(
        ModelException, match=r"Bag <id=z, part=1>: columns text were not fetched, and the row is not in"
    ):
        _ = third.text


async def test_deferred_columns_are_awaited():
    from helenus.errors import DeferredColumnError

    await Bag.acreate(id="x", part=1, text="t")
    bag = await Bag.objects.defer(["text"]).aget(id="x", part=1)
    with pytest.raises(DeferredColumnError, match=r"await instance\.afetch\('text'\)"):
        _ = bag.text
    assert (await bag.afetch("text")).text == "t"
