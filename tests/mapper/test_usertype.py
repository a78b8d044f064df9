"""User-defined types as classes."""

from __future__ import annotations

import copy
import datetime as dt
import pickle
from collections import namedtuple
from typing import Any

import pytest
from cassandra import cqltypes, util

from helenus.errors import UserTypeDefinitionException, ValidationError
from helenus.mapper import columns
from helenus.mapper.expressions import ColumnExpression
from helenus.mapper.usertype import BaseUserType, UserType


class Point(UserType):
    x = columns.Integer()
    y = columns.Integer(default=7)


class Place(UserType):
    name = columns.Text(db_field="label", required=True)
    where = columns.UserDefinedType(Point)
    tags = columns.Set(columns.Text)
    prices = columns.Map(columns.Text, columns.Integer)
    photo = columns.Blob()


def named(name: str, fields: str | list[str], *values: object) -> object:
    """Return a value as the driver decodes it."""
    return namedtuple(name, fields)(*values)  # noqa: PYI024 - as the driver makes it


def paris(**changes: object) -> Place:
    return Place(**{"name": "Paris", "where": Point(x=1), "tags": {"a"}, "prices": {"eu": 1}, **changes})


# ---- declaring -------------------------------------------------------------------------------------------------------


def test_fields_are_kept_in_order_with_their_names() -> None:
    assert list(Place._fields) == ["name", "where", "tags", "prices", "photo"]
    assert Place._db_map == {"label": "name"}
    assert Place._fields["name"].db_field_name == "label"
    assert len(Place._fields) == 5


def test_fields_are_inherited_and_may_be_redefined() -> None:
    class Solid(Point):
        z = columns.Integer()
        x = columns.BigInt()

    class Named:
        """Not a user type."""

    class Both(Named, Solid):
        """Nothing of its own."""

    assert list(Solid._fields) == list(Both._fields) == ["x", "y", "z"]
    assert isinstance(Both._fields["x"], columns.BigInt)
    assert Both(x=2**40, z=1).y == 7
    assert list(Point._fields) == ["x", "y"]


def test_messages_name_the_type_that_a_field_belongs_to() -> None:
    class Sub(Point):
        """Inherits x."""

    with pytest.raises(ValidationError, match=r"^Sub\.x: "):
        Sub(x="a")
    with pytest.raises(ValidationError, match=r"^Point\.x: "):
        Point(x="a")


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("Address", None, "address"),
        ("HomeAddress", None, "home_address"),
        ("_Private", None, "private"),
        ("HTTPServer", None, "httpserver"),
        ("X", "Given_Name", "given_name"),
        ("A" + "b" * 60, None, "b" * 48),
    ],
)
def test_the_type_is_named_after_the_class_unless_a_name_is_given(name: str, given: str | None, expected: str) -> None:
    body: dict[str, object] = {"x": columns.Integer(), "__type_name__": given}
    assert type(UserType)(name, (UserType,), body).type_name() == expected


def test_a_given_name_is_not_inherited() -> None:
    class Base(UserType):
        __type_name__ = "base_type"
        x = columns.Integer()

    class Derived(Base):
        y = columns.Integer()

    assert (Base.type_name(), Derived.type_name()) == ("base_type", "derived")


RESERVED = (
    *("has_changed_fields", "items", "keys", "register_for_keyspace", "reset_changed_fields"),
    *("type_name", "validate", "values"),
)


@pytest.mark.parametrize("name", RESERVED)
def test_a_field_must_not_have_the_name_of_a_method(name: str) -> None:
    with pytest.raises(UserTypeDefinitionException, match=rf"^Bad: field '{name}' conflicts with built-in attribute"):
        type(UserType)("Bad", (UserType,), {name: columns.Text()})


def test_no_other_public_name_is_taken() -> None:
    assert {name for name in vars(BaseUserType) if not name.startswith("_")} == set(RESERVED)


def test_a_db_field_must_not_be_another_field_s_name() -> None:
    with pytest.raises(
        UserTypeDefinitionException, match="db_field 'b' for field 'a' conflicts with another attribute"
    ):
        type(UserType)("Bad", (UserType,), {"a": columns.Text(db_field="b"), "b": columns.Text()})


def test_a_field_of_the_class_is_an_expression() -> None:
    assert isinstance(Place.name, ColumnExpression)
    assert Place.label is Place.name  # type: ignore[attr-defined]


# ---- making ----------------------------------------------------------------------------------------------------------


def test_values_are_given_by_either_name_and_converted() -> None:
    assert Place(label="x").name == "x"
    assert Point(x="1").x == 1
    assert paris(tags=["a", "a"]).tags == {"a"}
    assert paris(where={"x": 1}).where == Point(x=1)


def test_what_is_not_given_has_its_default_or_is_empty() -> None:
    place = Place()
    assert (place.name, place.where, place.tags, place.prices) == (None, None, set(), {})
    assert Point().y == 7
    assert Point(y=None).y is None


def test_defaults_are_not_shared() -> None:
    class Holder(UserType):
        point = columns.UserDefinedType(Point, default=Point(x=1))
        words = columns.List(columns.Text, default=["a"])

    first = Holder()
    first.point.x = 2
    first.words.append("b")
    assert Holder() == Holder(point=Point(x=1), words=["a"])


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"^Point has no field z, u; it has x, y$"):
        Point(z=1, u=2)


def test_a_value_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"^Point\.x: expected int, got 'one' \(str\)"):
        Point(x="one")


# ---- using -----------------------------------------------------------------------------------------------------------


def test_a_field_can_be_read_and_written_by_its_name_in_the_database() -> None:
    place: Any = paris()
    assert place.label == "Paris"
    place.label = "Rome"
    assert place.name == "Rome"
    del place.label
    assert place.name is None


def test_a_deleted_field_is_null() -> None:
    place = paris()
    del place.tags
    place.tags.add("b")
    assert place.tags == {"b"}


def test_it_is_like_a_dict() -> None:
    point = Point(x=1)
    assert dict(point) == {"x": 1, "y": 7}
    assert (list(point), point.keys(), point.values(), point.items(), len(point)) == (
        ["x", "y"],
        ["x", "y"],
        [1, 7],
        [("x", 1), ("y", 7)],
        2,
    )
    point["x"] = 2
    assert point["x"] == point.x == 2
    assert "x" in point
    for bad, error in ((0, TypeError), ("z", KeyError)):
        with pytest.raises(error):
            point[bad]  # type: ignore[index]
        with pytest.raises(error):
            point[bad] = 1  # type: ignore[index]


def test_it_prints() -> None:
    assert str(Place(name="x", where=Point())) == (
        "{'name': x, 'where': {'x': None, 'y': 7}, 'tags': set(), 'prices': {}, 'photo': None}"
    )
    assert repr(Point(x=1)) == "Point(x=1, y=7)"


def test_equality_is_by_class_and_values() -> None:
    class Other(UserType):
        x = columns.Integer()
        y = columns.Integer()

    assert paris() == paris()
    assert paris() != paris(name="Rome")
    assert Point(x=1) != Other(x=1, y=7)
    assert Point(x=1) != (1, 7)


def test_equal_values_hash_alike_whatever_is_in_them() -> None:
    assert hash(paris(photo=bytearray(b"a"))) == hash(paris(photo=b"a"))
    assert len({paris(), paris(), paris(prices={"eu": 2})}) == 2
    assert {Point(x=1): "a"}[Point(x=1)] == "a"


def test_equal_values_hash_alike_with_durations() -> None:
    class Trip(UserType):
        took = columns.Map(columns.Text, columns.Duration)

    assert hash(Trip(took={"a": util.Duration(1)})) == hash(Trip(took={"a": util.Duration(1)}))


# ---- what changed ----------------------------------------------------------------------------------------------------


def test_a_new_value_has_changed_if_it_is_not_all_defaults() -> None:
    assert not Point().has_changed_fields()
    assert Point(x=1).has_changed_fields()
    assert Point(y=None).has_changed_fields()


EDITS: dict[str, Any] = {
    "assigning": lambda place: setattr(place, "name", "Rome"),
    "a nested field": lambda place: setattr(place.where, "x", 2),
    "adding to a set": lambda place: place.tags.add("b"),
    "putting into a map": lambda place: place.prices.update(us=1),
    "deleting": lambda place: delattr(place, "prices"),
    "a bytearray": lambda place: place.photo.append(1),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_change_is_seen_however_deep(edit: str) -> None:
    place = paris(photo=bytearray(b"a"))
    place.reset_changed_fields()
    assert not place.has_changed_fields()
    EDITS[edit](place)
    assert place.has_changed_fields()
    place.reset_changed_fields()
    assert not place.has_changed_fields()


def test_changing_back_is_no_change() -> None:
    place = paris()
    place.reset_changed_fields()
    place.name = "Rome"
    place.name = "Paris"
    assert not place.has_changed_fields()


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])  # noqa: S301
@pytest.mark.parametrize("changed", [False, True])
def test_a_copy_is_equal_and_remembers_what_changed(duplicate: Any, changed: bool) -> None:
    raw = named("place", "label where tags prices photo added", "Paris", (1, 7), None, None, None, "x")
    place = columns.UserDefinedType(Place).loader()(raw)  # type: ignore[misc]
    assert isinstance(place, Place)
    if changed:
        place.tags.add("b")
    twin = duplicate(place)
    assert twin == place
    assert twin.where is not place.where
    assert twin.has_changed_fields() is changed
    assert twin._extra == {"added": "x"}


def test_a_shallow_copy_has_its_own_fields() -> None:
    place = paris()
    twin = copy.copy(place)
    twin.name = "Rome"
    assert place.name == "Paris"
    assert twin.where is place.where


# ---- checking --------------------------------------------------------------------------------------------------------


def test_validate_cleans_what_was_assigned() -> None:
    place = paris()
    place["tags"] = frozenset({"a", "b"})
    place["prices"] = {"eu": "5"}
    place.validate()
    assert type(place.tags) is set
    assert place.prices == {"eu": 5}


def test_validate_refuses_what_does_not_fit() -> None:
    with pytest.raises(ValidationError, match=r"^Place\.name - None values are not allowed: the column is required"):
        Place().validate()
    place = paris()
    place.where["x"] = "far"
    with pytest.raises(ValidationError, match=r"^Point\.x: expected int"):
        place.validate()


def test_registering_does_no_harm() -> None:
    Point.register_for_keyspace("ks", connection="no such connection")


# ---- together with the driver ----------------------------------------------------------------------------------------


def driver_class(*names: str) -> Any:
    kinds = {"x": cqltypes.Int32Type, "y": cqltypes.Int32Type, "z": cqltypes.SimpleDateType}
    return cqltypes.UserType.make_udt_class("ks", "point", names, tuple(kinds[name] for name in names))


@pytest.mark.parametrize("names", [("x", "y"), ("y", "x"), ("x", "y", "z"), ("z", "y", "x")])
def test_the_order_of_fields_in_the_database_does_not_matter(names: tuple[str, ...]) -> None:
    column = columns.UserDefinedType(Point)
    driver, load = driver_class(*names), column.loader()
    assert load is not None
    stored = driver.serialize(dict_as_object({"x": 1, "y": 2, "z": dt.date(2024, 1, 1)}), 4)
    point = load(driver.deserialize(stored, 4))
    assert point == Point(x=1, y=2)
    assert driver.serialize(column.binder()(point), 4) == stored


def dict_as_object(values: dict[str, object]) -> object:
    return columns.UDTValue(values)


def test_the_driver_takes_an_instance_as_well() -> None:
    driver = driver_class("y", "x")
    assert driver.deserialize(driver.serialize(Point(x=1, y=2), 4), 4) == (2, 1)
