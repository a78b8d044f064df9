"""An instance as a row: a mapping, equal by value, hashed by key, printed, pickled and copied."""

from __future__ import annotations

import copy
import pickle

import pytest

from helenus import ContextQuery, Model, columns
from helenus.mapper.loader import layout_of, load
from helenus.mapper.state import Origin

HERE = Origin("one", "ks")


class Car(Model):
    __keyspace__ = "ks"
    maker = columns.Text(primary_key=True)
    year = columns.Integer(primary_key=True)
    color = columns.Text()
    tags = columns.Set(columns.Text)


class Truck(Model):
    __keyspace__ = "ks"
    maker = columns.Text(primary_key=True)
    year = columns.Integer(primary_key=True)
    color = columns.Text()
    tags = columns.Set(columns.Text)


class Pet(Model):
    __keyspace__ = "ks"
    name = columns.Text(primary_key=True)
    kind = columns.Text(discriminator_column=True)


class Cat(Pet):
    __discriminator_value__ = "cat"
    lives = columns.Integer()


class Frozen(Model):
    __keyspace__ = "ks"
    id = columns.List(columns.Text, primary_key=True, frozen=True)


def loaded(*row, names=("maker", "year", "color", "tags"), model=Car):
    return load(model, layout_of(model, names, HERE), [row])[0]


# ---- a mapping -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "car", [Car(maker="x", year=1, color="red"), loaded("x", 1, "red", None)], ids=["new", "loaded"]
)
def test_an_instance_is_a_mapping_of_its_columns(car):
    assert dict(car) == {"maker": "x", "year": 1, "color": "red", "tags": set()}
    assert list(car) == car.keys() == ["maker", "year", "color", "tags"]
    assert car.values() == ["x", 1, "red", set()]
    assert car.items() == list(zip(car.keys(), car.values(), strict=True))
    assert len(car) == 4
    assert bool(car)
    assert car["year"] == 1
    assert "".join(f"{key}" for key in {**car}) == "makeryearcolortags"


def test_items_are_assigned_like_attributes():
    car = loaded("x", 1, "red", None)
    car["color"] = "blue"
    assert (car.color, car.get_changed_columns()) == ("blue", ["color"])


def test_other_keys_are_refused():
    car = Car(maker="x", year=1)
    for name in ("nope", "save", "_data"):
        with pytest.raises(KeyError, match=name):
            car[name]
        with pytest.raises(KeyError, match=name):
            car[name] = 1
    with pytest.raises(TypeError, match="columns have names, got 0"):
        car[0]


def test_deleting_an_attribute_makes_it_null_unless_it_belongs_to_the_key():
    car = loaded("x", 1, "red", {"a"})
    del car.color
    assert (car.color, car.get_changed_columns()) == (None, ["color"])
    with pytest.raises(AttributeError) as caught:
        del car.maker
    assert str(caught.value) == "cannot delete maker columns: it belongs to the primary key"


# ---- equality, hash, print -------------------------------------------------------------------------------------------


def test_instances_are_equal_if_they_are_of_one_model_and_have_the_same_values():
    car = Car(maker="x", year=1, color="red")
    assert car == car  # noqa: PLR0124
    assert car == loaded("x", 1, "red", None)
    assert car == loaded("x", 1, "red", set())
    assert car != loaded("x", 1, "blue", None)
    assert car != loaded("x", 1, "red", {"a"})
    assert car != Truck(maker="x", year=1, color="red")
    assert car != {"maker": "x", "year": 1, "color": "red", "tags": set()}
    assert car != None  # noqa: E711


def test_what_was_not_fetched_equals_only_what_was_not_fetched():
    names = ("maker", "year")
    assert loaded("x", 1, names=names) == loaded("x", 1, names=names)
    assert loaded("x", 1, names=names) != loaded("x", 1, None, None)


def test_equal_instances_hash_alike_by_their_key():
    one, other = Car(maker="x", year=1, color="red"), loaded("x", 1, "red", None)
    assert hash(one) == hash(other)
    assert len({one, other, loaded("x", 2, "red", None)}) == 2
    one.color = "blue"
    assert hash(one) == hash(other)
    assert hash(Car(maker="x", year=1)) != hash(Truck(maker="x", year=1))


def test_a_key_that_cannot_be_hashed_makes_the_instance_so():
    with pytest.raises(TypeError, match="unhashable"):
        hash(Frozen(id=["a"]))


def test_a_context_query_s_instances_equal_the_model_s():
    with ContextQuery(Car, keyspace="other") as other:
        assert other(maker="x", year=1) == Car(maker="x", year=1)
        assert hash(other(maker="x", year=1)) == hash(Car(maker="x", year=1))
        assert loaded("x", 1, None, None, model=other) == loaded("x", 1, None, None)


def test_it_prints_as_the_call_that_makes_it_and_as_its_key():
    car = loaded("x", 1, None, {"a"})
    assert repr(car) == "Car(maker='x', year=1, color=None, tags={'a'})"
    assert str(car) == "Car <maker=x, year=1>"
    assert eval(repr(car)) == car  # noqa: S307
    assert repr(loaded("x", 1, names=("maker", "year"))) == "Car(maker='x', year=1)"
    assert repr(Cat(name="Tom", lives=9)) == "Cat(name='Tom', lives=9)"


def test_the_database_s_values_are_told_by_as_dict():
    assert Car(maker="x", year=1)._as_dict() == {"maker": "x", "year": 1, "color": None, "tags": set()}


# ---- pickle and copy -------------------------------------------------------------------------------------------------

COPIES = {
    "pickle": lambda x: pickle.loads(pickle.dumps(x)),  # noqa: S301
    "deepcopy": copy.deepcopy,
    "copy": copy.copy,
}


@pytest.mark.parametrize("way", COPIES)
@pytest.mark.parametrize(
    "make",
    [
        lambda: Car(maker="x", year=1, tags={"a"}),
        lambda: loaded("x", 1, "red", {"a"}),
        lambda: loaded("x", 1, names=("maker", "year")),
        lambda: Cat(name="Tom"),
    ],
    ids=["new", "loaded", "partly loaded", "polymorphic"],
)
def test_a_copy_equals_and_knows_what_the_original_knows(way, make):
    original = make()
    twin = COPIES[way](original)
    assert twin == original
    assert type(twin) is type(original)
    assert (twin._is_persisted, twin.get_changed_columns()) == (original._is_persisted, original.get_changed_columns())
    assert repr(twin) == repr(original)


@pytest.mark.parametrize("way", COPIES)
def test_a_copy_keeps_what_changed_and_what_was_saved(way, wire):
    car = loaded("x", 1, "red", {"a"})
    car.color = "blue"
    assert COPIES[way](car).get_changed_columns() == ["color"]
    car.save()
    twin = COPIES[way](car)
    assert twin.get_changed_columns() == []
    twin.color = "green"
    wire.sent()
    twin.save()
    assert wire.sent() == [("UPDATE ks.car SET color = ? WHERE maker = ? AND year = ?", ["green", "x", 1])]


@pytest.mark.parametrize("way", ["pickle", "deepcopy"])
def test_a_copy_shares_no_containers(way):
    car = Car(maker="x", year=1, tags={"a"})
    COPIES[way](car).tags.add("b")
    assert car.tags == {"a"}


@pytest.mark.parametrize("way", COPIES)
def test_a_copy_has_no_marks(way, wire):
    car = Car(maker="x", year=1).ttl(5).using(connection="two")
    COPIES[way](car).save()
    assert (len(wire.sent("two")), [text for text, _ in wire.sent() if "TTL" in text]) == (0, [])


@pytest.mark.parametrize("way", COPIES)
def test_a_copy_goes_where_the_original_goes(way, wire):
    with ContextQuery(Car, connection="two", keyspace="other") as other:
        COPIES[way](other(maker="x", year=1)).save()
        assert [text.split(" (")[0] for text, _ in wire.sent("two")] == ["INSERT INTO other.car"]
        wire.answer("maker year color tags", ("x", 1, "red", None), to="two")
        twin = COPIES[way](other.objects.first())
        wire.sent("two")
        twin.color = "blue"
        twin.save()
    assert [text for text, _ in wire.sent("two")] == ["UPDATE other.car SET color = ? WHERE maker = ? AND year = ?"]
    assert wire.sent() == []


def test_attributes_of_one_s_own_are_kept():
    car = loaded("x", 1, "red", None)
    car.note = "mine"
    assert COPIES["pickle"](car).note == "mine"


# ---- models of one's own making --------------------------------------------------------------------------------------


def test_an_init_of_one_s_own_is_called_for_loaded_rows_too():
    class Shouting(Model):
        id = columns.Text(primary_key=True)
        word = columns.Text(default="quiet")

        def __init__(self, **values):
            super().__init__(**values)
            self.loud = (self.word or "").upper()

    rows = load(Shouting, layout_of(Shouting, ("id", "word"), HERE), [("x", "hello"), ("y", None)])
    assert [(row.id, row.loud, row.get_changed_columns()) for row in rows] == [("x", "HELLO", []), ("y", "", [])]
    rows[0].word = "bye"
    assert rows[0].get_changed_columns() == ["word"]


def test_a_validate_of_one_s_own_is_asked_before_every_save(wire):
    class Picky(Model):
        __keyspace__ = "ks"
        id = columns.Text(primary_key=True)
        age = columns.Integer()

        def validate(self):
            super().validate()
            if (self.age or 0) < 0:
                raise ValueError("age")

    Picky.create(id="x", age=1)
    wire.sent()
    with pytest.raises(ValueError, match="age"):
        Picky.create(id="x", age=-1)
    with pytest.raises(ValueError, match="age"):
        Picky(id="x").update(age=-1)
    assert wire.sent() == []


def test_validate_cleans_what_was_assigned():
    car = Car(maker="x", year=1)
    car.year = "2"
    car.validate()
    assert car.year == 2
    car.year = "two"
    with pytest.raises(Exception, match=r"Car\.year: expected int"):
        car.validate()
