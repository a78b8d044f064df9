"""Columns that users define: what they override is called, alone and inside containers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cassandra import util

from helenus.errors import ValidationError
from helenus.mapper import columns
from helenus.mapper.usertype import UserType


class Json(columns.Column[Any]):
    """As in cqlengine's own tests: any value, stored as JSON text."""

    db_type = "text"

    def to_python(self, value: object) -> Any:
        return None if value is None else json.loads(str(value))

    def to_database(self, value: object) -> str | None:
        return None if value is None else json.dumps(value)


class Lower(columns.Text):
    """Checks more, converts, and leaves the rest to its base."""

    def validate(self, value: object) -> str | None:
        value = super().validate(value)
        return value.lower() if value else value


class Cents(columns.BigInt):
    """Only changes what is stored and read."""

    def to_python(self, value: Any) -> Any:
        return None if value is None else value / 100

    def to_database(self, value: Any) -> object:
        return super().to_database(None if value is None else round(value * 100))

    def validate(self, value: Any) -> Any:
        if value is not None and value < 0:
            raise ValidationError(f"{self.label}: below nothing")
        return value


class Sorted(columns.List[Any]):
    """A subclass of a container."""

    def to_python(self, value: object) -> list[Any]:
        return sorted(super().to_python(value) or [])

    def to_database(self, value: Any) -> object:
        return super().to_database(sorted(value))


class Box(UserType):
    content = Json()


def loaded(column: columns.AnyColumn, value: object) -> object:
    load = column.loader()
    assert load is not None
    return load(value)


def test_a_json_column_converts_both_ways() -> None:
    column = Json()
    assert column.binder()({"a": [1]}) == '{"a": [1]}'
    assert loaded(column, '{"a": [1]}') == {"a": [1]}
    assert column.loader() == column.to_python
    assert column.mutable


def test_it_does_so_as_an_element() -> None:
    assert columns.List(Json).binder()([{"a": 1}]) == ['{"a": 1}']
    assert loaded(columns.List(Json()), ["1", "[]"]) == [1, []]
    assert columns.Map(columns.Text, Json).binder()({"k": [1]}) == {"k": "[1]"}
    pairs = util.OrderedMap([("k", "[1]")])
    assert loaded(columns.Map(columns.Text, Json), pairs) == {"k": [1]}
    assert columns.Tuple(Json, columns.Integer).binder()(({}, 1)) == ("{}", 1)
    assert loaded(columns.Tuple(Json, columns.Integer), ("{}", None)) == ({}, None)
    assert columns.Set(Json).binder()({1}) == {"1"}
    assert columns.List(Json).to_python(["1"]) == [1]


def test_it_does_so_as_a_field() -> None:
    column = columns.UserDefinedType(Box)
    bound = column.binder()(column.to_python(("[1]",)))
    assert bound == columns.UDTValue({"content": "[1]"})


def test_null_elements_are_refused_before_it_is_asked() -> None:
    with pytest.raises(ValidationError, match="None is not allowed in a collection"):
        columns.List(Json).binder()([None])


def test_an_overridden_validate_is_called_and_to_python_stays_fast() -> None:
    column = Lower(max_length=3)
    assert column.binder()("ABC") == "abc"
    assert column.validate("ABC") == "abc"
    assert column.loader() is None
    assert columns.Set(Lower).binder()({"A", "a"}) == {"a"}
    with pytest.raises(ValidationError, match="longer than 3"):
        column.binder()("ABCD")


def test_all_three_may_be_overridden() -> None:
    column = Cents()
    assert column.binder()(1.25) == 125
    assert loaded(column, 125) == 1.25
    assert column.binder()(None) is None
    with pytest.raises(ValidationError, match="Cents: below nothing"):
        column.binder()(-1)


def test_a_container_may_be_subclassed() -> None:
    column = Sorted(columns.Integer)
    assert column.db_type == "list<int>"
    assert column.binder()([3, 1]) == [1, 3]
    assert loaded(column, [3, 1]) == [1, 3]


def test_a_subclass_may_set_another_type_and_gets_its_range() -> None:
    class Wide(columns.Integer):
        db_type = "bigint"

    assert Wide().binder()(2**40) == 2**40
    with pytest.raises(ValidationError, match="expected bigint from"):
        Wide().binder()(2**63)


def test_a_subclass_may_say_that_its_values_cannot_change() -> None:
    class Fixed(Lower):
        mutable = False  # type: ignore[assignment]

    assert Lower().mutable
    assert not Fixed().mutable


def test_changes_are_seen_in_values_of_any_kind() -> None:
    class Unhashable:
        __hash__ = None  # type: ignore[assignment]

    box = Box(content='{"a": 1}')
    box.reset_changed_fields()
    box.content["a"] = Unhashable()
    assert box.has_changed_fields()
    box.reset_changed_fields()
    assert not box.has_changed_fields()
