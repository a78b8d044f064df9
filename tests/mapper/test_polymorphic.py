"""One table for a family of models: each row becomes an instance of its own class."""

from __future__ import annotations

import pytest

from helenus import ContextQuery, Model, columns
from helenus.errors import PolymorphicModelException


class Pet(Model):
    __keyspace__ = "ks"
    owner = columns.Text(primary_key=True)
    name = columns.Text(primary_key=True)
    kind = columns.Text(discriminator_column=True)


class Cat(Pet):
    __discriminator_value__ = "cat"
    lives = columns.Integer()


class Dog(Pet):
    __discriminator_value__ = "dog"
    tricks = columns.List(columns.Text)


class Puppy(Dog):
    __discriminator_value__ = "puppy"
    weeks = columns.Integer()


class Indexed(Model):
    __keyspace__ = "ks"
    id = columns.Text(primary_key=True)
    kind = columns.Text(discriminator_column=True, index=True)


class Special(Indexed):
    __discriminator_value__ = "special"


ALL = "owner name kind lives tricks weeks"
ROWS = [
    ("ann", "Tom", "cat", 9, None, None),
    ("ann", "Rex", "dog", None, ["sit"], None),
    ("ann", "Pup", "puppy", None, None, 6),
]


def test_a_query_on_the_base_fetches_the_columns_of_every_class_and_gives_instances_of_them(wire):
    wire.answer(ALL, *ROWS)
    tom, rex, pup = Pet.objects.filter(owner="ann")
    assert wire.sent()[0][0] == "SELECT owner, name, kind, lives, tricks, weeks FROM ks.pet WHERE owner = ?"
    assert [type(each) for each in (tom, rex, pup)] == [Cat, Dog, Puppy]
    assert (tom.lives, rex.tricks, pup.weeks, pup.tricks) == (9, ["sit"], 6, [])
    assert not hasattr(tom, "tricks")


def test_a_query_on_a_subclass_fetches_its_own_columns_and_those_below(wire):
    wire.answer("owner name kind tricks weeks", ("ann", "Pup", "puppy", None, 6))
    (pup,) = Dog.objects.filter(owner="ann")
    assert wire.sent()[0][0] == "SELECT owner, name, kind, tricks, weeks FROM ks.pet WHERE owner = ?"
    assert type(pup) is Puppy


def test_saving_says_which_class_the_row_is_of(wire):
    Cat.create(owner="ann", name="Tom", lives=9)
    assert wire.sent() == [
        ("INSERT INTO ks.pet (owner, name, kind, lives) VALUES (?, ?, ?, ?)", ["ann", "Tom", "cat", 9]),
    ]


def test_a_loaded_row_that_did_not_change_is_not_written(wire):
    wire.answer(ALL, ROWS[0])
    Pet.objects.first().save()
    assert len(wire.sent()) == 1


def test_only_and_defer_always_fetch_the_discriminator(wire):
    wire.answer("owner name kind", ("ann", "Tom", "cat"))
    tom = Pet.objects.only(["name"]).first()
    assert wire.sent()[0][0] == "SELECT owner, name, kind FROM ks.pet LIMIT ?"
    assert type(tom) is Cat
    wire.answer("lives", (9,))
    assert tom.lives == 9
    assert wire.sent() == [("SELECT lives FROM ks.pet WHERE owner = ? AND name = ?", ["ann", "Tom"])]


def test_a_row_that_was_fetched_in_part_is_completed_though_it_has_as_many_columns_as_its_class(wire):
    # What was fetched for sisters of its class must not count.
    wire.answer("owner name kind lives tricks", ("ann", "Pup", "puppy", None, ["sit"]))
    pup = Pet.objects.all()._but(_defer_fields=frozenset({"weeks"})).first()
    wire.answer("weeks", (6,))
    wire.sent()
    pup.using(connection="two").save()
    assert wire.sent() == [("SELECT weeks FROM ks.pet WHERE owner = ? AND name = ?", ["ann", "Pup"])]
    assert wire.sent("two") == [
        (
            "INSERT INTO ks.pet (owner, name, kind, tricks, weeks) VALUES (?, ?, ?, ?, ?)",
            ["ann", "Pup", "puppy", ["sit"], 6],
        )
    ]


def test_an_indexed_discriminator_selects_the_class(wire):
    list(Special.objects)
    list(Indexed.objects)
    assert [(text, values) for text, values in wire.sent()] == [
        ("SELECT id, kind FROM ks.indexed WHERE kind = ?", ["special"]),
        ("SELECT id, kind FROM ks.indexed", []),
    ]


def test_conditions_on_a_subclass_s_columns_may_be_asked_of_the_base(wire):
    list(Pet.objects.filter(Cat.lives > 3).allow_filtering())
    assert wire.sent()[0][0].endswith("FROM ks.pet WHERE lives > ? ALLOW FILTERING")


@pytest.mark.parametrize(
    ("model", "row", "message"),
    [
        (Pet, ("ann", "Tom", None, None, None, None), "Pet: discriminator value was not found in values"),
        (
            Pet,
            ("ann", "Tom", "fish", None, None, None),
            "column kind value: 'fish'; the subclasses of Pet that are imported have cat, dog, puppy",
        ),
        (Dog, ("ann", "Tom", "cat", None, None), "Cat is not a subclass of Dog"),
        (Puppy, ("ann", "Rex", "dog", None, None), "Dog is not a subclass of Puppy"),
    ],
    ids=["null", "unknown", "sister", "parent"],
)
def test_a_row_of_no_class_is_refused(wire, model, row, message):
    names = ALL if len(row) == 6 else "owner name kind tricks weeks"
    wire.answer(names, row)
    with pytest.raises(PolymorphicModelException) as caught:
        model.objects.filter(owner="ann").fetch()
    assert message in str(caught.value)


def test_the_base_itself_cannot_be_saved(wire):
    with pytest.raises(PolymorphicModelException, match="cannot save polymorphic base model Pet; save a subclass"):
        Pet.create(owner="ann", name="Tom")
    assert wire.sent() == []


def test_a_base_with_a_value_of_its_own_can_be_saved(wire):
    class Thing(Model):
        __keyspace__ = "ks"
        __discriminator_value__ = "thing"
        id = columns.Text(primary_key=True)
        kind = columns.Text(discriminator_column=True)

    Thing.create(id="x")
    assert wire.sent() == [("INSERT INTO ks.thing (id, kind) VALUES (?, ?)", ["x", "thing"])]
    wire.answer("id kind", ("x", "thing"))
    assert type(Thing.objects.first()) is Thing


def test_a_context_query_of_the_base_gives_the_same_classes_which_go_back_there(wire):
    with ContextQuery(Pet, connection="two", keyspace="other") as pets:
        wire.answer(ALL, *ROWS, to="two")
        tom, rex, pup = pets.objects.filter(owner="ann")
    assert [type(each) for each in (tom, rex, pup)] == [Cat, Dog, Puppy]
    wire.sent("two")
    tom.lives = 8
    tom.save()
    assert wire.sent("two") == [("UPDATE other.pet SET lives = ? WHERE owner = ? AND name = ?", [8, "ann", "Tom"])]


def test_a_context_query_of_a_subclass_saves_and_loads_its_rows(wire):
    with ContextQuery(Cat, keyspace="other") as cats:
        cats.create(owner="ann", name="Tom")
        wire.answer("owner name kind lives", ("ann", "Tom", "cat", 9))
        tom = cats.objects.first()
    assert isinstance(tom, Cat)
    assert tom == Cat(owner="ann", name="Tom", kind="cat", lives=9)
    assert [text.split(" ")[2] for text, _ in wire.sent()][:1] == ["other.pet"]
