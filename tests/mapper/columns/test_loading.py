"""Loading gives plain values that share nothing with the row; binding gives ones that share nothing with them."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import pytest
from cassandra import util

from helenus.errors import ValidationError
from helenus.mapper import columns
from helenus.mapper.usertype import UserType


class Street(UserType):
    name = columns.Text()
    number = columns.Integer(db_field="no")
    tags = columns.List(columns.Text)


class Town(UserType):
    name = columns.Text()
    streets = columns.List(columns.UserDefinedType(Street))


STREET = columns.UserDefinedType(Street)


def named(name: str, fields: str | list[str], *values: object) -> object:
    """Return a value as the driver decodes it."""
    return namedtuple(name, fields)(*values)  # noqa: PYI024 - as the driver makes it


def load(column: columns.AnyColumn, value: object) -> Any:
    loader = column.loader()
    assert loader is not None
    return loader(value)


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in columns.__all__
        if getattr(getattr(columns, name), "db_type", None) and name != "UserDefinedType"
    ],
)
def test_what_the_driver_decodes_rightly_is_not_touched(name: str) -> None:
    assert getattr(columns, name)().loader() is None


def test_a_tuple_of_such_values_is_not_touched_either() -> None:
    assert columns.Tuple(columns.Text, columns.Tuple(columns.Date)).loader() is None


PLAIN: list[tuple[columns.AnyColumn, object, object]] = [
    (columns.List(columns.Text), ["a"], ["a"]),
    (columns.Set(columns.Text), util.SortedSet(["b", "a"]), {"a", "b"}),
    (columns.Map(columns.Text, columns.Text), util.OrderedMap([("a", "b")]), {"a": "b"}),
    (columns.Map(columns.Text, columns.Text), {"a": "b"}, {"a": "b"}),
    (columns.Vector(columns.Float, 1), [1.0], [1.0]),
    (columns.List(columns.Set(columns.Text)), [util.SortedSet(["a"])], [{"a"}]),
    (columns.Vector(columns.List(columns.Text), 1), [["a"]], [["a"]]),
    (columns.Map(columns.Text, columns.List(columns.Text)), util.OrderedMap([("a", ["b"])]), {"a": ["b"]}),
    (columns.Map(columns.Text, columns.List(columns.Text)), {"a": None}, {"a": None}),
    (columns.Set(columns.Tuple(columns.Text)), util.SortedSet([("a",)]), {("a",)}),
    (columns.Tuple(columns.List(columns.Text), columns.Text), (None, None), ([], None)),
    (columns.Tuple(columns.Set(columns.Text), columns.Text), (util.SortedSet("a"), "b"), ({"a"}, "b")),
]


@pytest.mark.parametrize(("column", "raw", "expected"), PLAIN)
def test_the_driver_s_containers_become_plain_ones(column: columns.AnyColumn, raw: Any, expected: object) -> None:
    first = load(column, raw)
    assert first == expected
    assert type(first) is type(expected)
    assert first is not raw
    assert load(column, raw) is not first


def test_the_keys_of_a_map_are_not_serialized_again_to_read_it() -> None:
    class Watched(util.OrderedMap):
        def __getitem__(self, key: object) -> object:
            raise AssertionError(key)

    assert load(columns.Map(columns.Text, columns.Integer), Watched([("a", 1)])) == {"a": 1}


def test_changing_a_value_changes_neither_row_nor_bound_value() -> None:
    column = columns.Map(columns.Text, columns.List(columns.List(columns.Text)))
    raw = {"a": [["b"]]}
    value = load(column, raw)
    bound = column.binder()(value)
    value["a"][0].append("c")
    assert raw == bound == {"a": [["b"]]}


def test_a_bound_bytearray_is_a_copy() -> None:
    value = bytearray(b"a")
    bound = columns.Blob().binder()(value)
    value.append(1)
    assert bound == b"a"


def test_a_bound_user_type_is_a_copy() -> None:
    value = Street(name="High", tags=["a"])
    bound = STREET.binder()(value)
    value.tags.append("b")
    value.name = "Low"
    assert bound == columns.UDTValue({"name": "High", "no": None, "tags": ["a"]})


# ---- user-defined types from whatever the driver makes of them -------------------------------------------------------


class Registered:
    """A class that a user registered with the driver."""

    def __init__(self, name: str | None, no: int | None, tags: list[str] | None) -> None:
        self.name, self.no, self.tags = name, no, tags


class ByAttribute:
    """One that has our attribute's name."""

    def __init__(self) -> None:
        self.name, self.number = "High", 1


HIGH = Street(name="High", number=1, tags=["a"])
RAW: dict[str, tuple[object, Street]] = {
    "named tuple": (named("Street", "name no tags", "High", 1, ["a"]), HIGH),
    "named tuple in the order of the database": (named("Street", "tags no name", ["a"], 1, "High"), HIGH),
    "named tuple of an older type": (named("Street", "name", "High"), Street(name="High")),
    "tuple": (("High", 1, ["a"]), HIGH),
    "short tuple": (("High",), Street(name="High")),
    "registered class": (Registered("High", 1, ["a"]), HIGH),
    "class with our attribute names": (ByAttribute(), Street(name="High", number=1)),
    "dict": ({"name": "High", "no": 1, "tags": ["a"]}, HIGH),
    "nulls": (named("Street", "name no tags", None, None, None), Street()),
    "instance": (HIGH, HIGH),
}


@pytest.mark.parametrize("form", RAW)
def test_a_user_type_is_loaded_from(form: str) -> None:
    raw, expected = RAW[form]
    found = load(STREET, raw)
    assert found == expected
    assert type(found) is Street
    assert not found.has_changed_fields()
    found.tags.append("b")
    assert found.has_changed_fields()
    assert load(STREET, raw) == expected


def test_what_is_no_value_of_the_type_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"expected a Street, got 5 .int.; the driver decoded something else"):
        load(STREET, 5)


def test_fields_that_the_class_does_not_have_are_written_back() -> None:
    raw = named("Street", "added name no tags", {"x"}, "High", 1, [])
    found = load(STREET, raw)
    found.name = "Low"
    bound = STREET.binder()(found)
    assert bound == columns.UDTValue({"added": {"x"}, "name": "Low", "no": 1, "tags": []})
    assert STREET.to_database(found) == bound
    assert load(STREET, {"name": "High", "added": 1})._extra == {"added": 1}


def test_a_field_whose_name_the_driver_cannot_use_is_found_by_place() -> None:
    class Odd(UserType):
        first = columns.Text(db_field="a b")
        second = columns.Text()

    raw = named("odd", ["field_0_", "second"], "x", "y")
    assert load(columns.UserDefinedType(Odd), raw) == Odd(first="x", second="y")


def test_a_type_that_changes_often_does_not_fill_the_memory() -> None:
    loader = STREET.loader()
    assert loader is not None
    for number in range(100):
        raw = named(f"Street{number}", "name", "High")
        assert loader(raw) == Street(name="High")


def test_an_own_init_is_called() -> None:
    class Counted(UserType):
        x = columns.Integer()

        def __init__(self, **values: object) -> None:
            super().__init__(**values)
            self.made = True

    found = load(columns.UserDefinedType(Counted), (1,))
    assert (found.x, found.made) == (1, True)
    assert not found.has_changed_fields()


def test_nested_user_types_are_loaded_and_bound() -> None:
    column = columns.Map(columns.Text, columns.UserDefinedType(Town))
    raw = util.OrderedMap([("k", ("Bath", [("High", 1, None)]))])
    value = load(column, raw)
    assert value == {"k": Town(name="Bath", streets=[Street(name="High", number=1)])}
    street = columns.UDTValue({"name": "High", "no": 1, "tags": []})
    assert column.binder()(value) == {"k": columns.UDTValue({"name": "Bath", "streets": [street]})}


# ---- what a user may assign ------------------------------------------------------------------------------------------

ASSIGNED: list[object] = [HIGH, {"name": "High", "number": 1, "tags": ["a"]}, {"name": "High", "no": 1, "tags": ("a",)}]


@pytest.mark.parametrize("value", ASSIGNED, ids=repr)
def test_instances_and_dicts_may_be_assigned(value: object) -> None:
    expected = columns.UDTValue({"name": "High", "no": 1, "tags": ["a"]})
    assert STREET.binder()(value) == STREET.to_database(value) == expected
    assert STREET.validate(value) == STREET.to_python(value) == HIGH


@pytest.mark.parametrize("value", [5, "High", Town(name="Bath"), {1: 2}, (1, 2, 3, 4)], ids=repr)
def test_other_values_are_refused(value: object) -> None:
    column = columns.UserDefinedType(Street)
    column.set_column_name("home")
    for check in (column.binder(), column.validate, column.to_python):
        with pytest.raises(ValidationError, match=r"^home: expected a Street, got .*; pass Street\(...\) or a dict"):
            check(value)


def test_fields_are_checked_and_named() -> None:
    with pytest.raises(ValidationError, match=r"^Street\.number: expected int, got 'x' \(str\)"):
        STREET.binder()(_with(Street(), "number", "x"))


def _with(instance: Street, name: str, value: object) -> Street:
    instance[name] = value
    return instance


def test_an_own_validate_is_called_before_binding() -> None:
    class Checked(UserType):
        x = columns.Integer()

        def validate(self) -> None:
            super().validate()
            if self.x == 13:
                raise ValidationError("not thirteen")

    bind = columns.UserDefinedType(Checked).binder()
    assert bind(Checked(x=1)) == columns.UDTValue({"x": 1})
    with pytest.raises(ValidationError, match="not thirteen"):
        bind(Checked(x=13))


def test_an_inner_map_is_bound_without_the_entries_that_have_no_value() -> None:
    class Priced(UserType):
        prices = columns.Map(columns.Text, columns.Integer)

    prices, inner = {"eu": 1, "us": None}, columns.Map(columns.Text, columns.Integer)
    assert inner.binder()(prices) == prices
    assert columns.List(inner).binder()([prices]) == [{"eu": 1}]
    assert columns.Map(columns.Text, inner).binder()({"a": prices, "b": None}) == {"a": {"eu": 1}, "b": None}
    assert columns.Tuple(inner, inner).binder()((prices, None)) == ({"eu": 1}, None)
    assert columns.UserDefinedType(Priced).binder()(Priced(prices=prices)) == columns.UDTValue({"prices": {"eu": 1}})


# ---- UDTValue --------------------------------------------------------------------------------------------------------


def test_a_bound_user_type_equals_by_fields_hashes_prints_and_is_a_tuple() -> None:
    value = columns.UDTValue({"a": 1, "b": [2]})
    assert value == columns.UDTValue({"b": [2], "a": 1})
    assert hash(value) == hash(columns.UDTValue({"b": [2], "a": 1}))
    assert value != columns.UDTValue({"a": 1})
    assert value != (1, [2])
    assert tuple(value) == (1, [2])
    assert len(value) == 2
    assert repr(value) == "UDTValue(a=1, b=[2])"
    with pytest.raises(TypeError):
        value[0]  # type: ignore[index]
