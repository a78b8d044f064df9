"""What every column has: names, roles, order, type text. cqlengine's own columns are asked for comparison."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from typing import Any

import pytest
from cassandra.cqlengine import columns as theirs

from helenus.cql.types import Frozen, List, Map, Native, Set, Tuple, UserDefined, Vector
from helenus.errors import QueryException, ValidationError
from helenus.mapper import columns
from helenus.mapper.usertype import UserType

SCALARS = (
    *("Ascii", "BigInt", "Blob", "Boolean", "Bytes", "Counter", "Date", "DateTime", "Decimal", "Double", "Duration"),
    *("Float", "Inet", "Integer", "SmallInt", "Text", "Time", "TimeUUID", "TinyInt", "UUID", "VarInt"),
)


class Address(UserType):
    street = columns.Text()


class Odd(UserType):
    __type_name__ = "int"
    x = columns.Integer()


def attributes(column: Any) -> dict[str, object]:
    column.set_column_name("some_name")
    names = (
        *("db_type", "primary_key", "partition_key", "index", "custom_index", "db_field", "required", "static"),
        *("clustering_order", "discriminator_column", "has_default", "is_primary_key", "can_delete", "db_field_name"),
        *("db_index_name", "has_index", "cql", "column_name", "value", "_partition_key_index"),
    )
    methods = ("get_cql", "get_column_def", "cql_parameterized_type", "get_default")
    return {name: getattr(column, name) for name in names} | {name: getattr(column, name)() for name in methods}


@pytest.mark.parametrize("name", SCALARS)
def test_a_scalar_column_describes_itself_as_cqlengine_s(name: str) -> None:
    assert attributes(getattr(columns, name)()) == attributes(getattr(theirs, name)())


@pytest.mark.parametrize(
    "options",
    [
        {"primary_key": True},
        {"partition_key": True},
        {"index": True, "db_field": "Other"},
        {"custom_index": True, "static": True},
        {"primary_key": True, "clustering_order": "desc", "required": True},
        {"default": "x", "discriminator_column": True},
        {"default": lambda: "called"},
    ],
    ids=repr,
)
def test_the_options_mean_what_they_mean_to_cqlengine(options: dict[str, Any]) -> None:
    assert attributes(columns.Text(**options)) == attributes(theirs.Text(**options))


def in_both(build: Any) -> tuple[Any, Any]:
    return build(columns), build(theirs)


CONTAINERS = {
    "list": lambda c: c.List(c.Text),
    "frozen list": lambda c: c.List(c.Text, frozen=True),
    "set": lambda c: c.Set(c.Integer(), strict=False),
    "frozen set": lambda c: c.Set(c.Integer, frozen=True),
    "map": lambda c: c.Map(c.Text, c.List(c.Float)),
    "frozen map": lambda c: c.Map(c.Text, c.Float, frozen=True),
    "tuple": lambda c: c.Tuple(c.Text, c.Set(c.UUID), c.Tuple(c.Blob)),
    "deep": lambda c: c.List(c.Map(c.Text, c.List(c.Set(c.Text)))),
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_describes_itself_as_cqlengine_s(name: str) -> None:
    ours, other = in_both(CONTAINERS[name])
    assert attributes(ours) == attributes(other)
    assert [kind.db_type for kind in ours.sub_types] == [kind.db_type for kind in other.sub_types]


TYPES: list[tuple[columns.AnyColumn, object]] = [
    (columns.Text(), Native("text")),
    (columns.DateTime(), Native("timestamp")),
    (columns.List(columns.Set(columns.Text)), List(Frozen(Set(Native("text"))))),
    (columns.Map(columns.Text, columns.Tuple(columns.Text)), Map(Native("text"), Frozen(Tuple((Native("text"),))))),
    (columns.Set(columns.Text, frozen=True), Frozen(Set(Native("text")))),
    (columns.Vector(columns.Float, 3), Vector(Native("float"), 3)),
    (columns.Vector(columns.List(columns.Text), 2), Vector(Frozen(List(Native("text"))), 2)),
    (columns.UserDefinedType(Address), Frozen(UserDefined(None, "address"))),
    (columns.UserDefinedType(Address, frozen=False), UserDefined(None, "address")),
    (columns.List(columns.UserDefinedType(Address, frozen=False)), List(Frozen(UserDefined(None, "address")))),
    (columns.UserDefinedType(Odd), Frozen(UserDefined(None, "int"))),
]


@pytest.mark.parametrize(("column", "expected"), TYPES)
def test_cql_type_is_the_type_as_a_value(column: columns.AnyColumn, expected: object) -> None:
    assert column.cql_type == expected
    assert str(column.cql_type) == column.db_type


def test_a_column_without_db_type_has_no_type() -> None:
    with pytest.raises(ValidationError, match="Column: Column is an abstract type; set db_type in the class"):
        columns.Column().cql_type  # noqa: B018 - the property raises


def test_columns_are_ordered_and_equal_by_the_place_of_their_declaration() -> None:
    first, second = columns.Text(), columns.Integer()
    twin = copy.copy(first)
    assert first < second
    assert second > first
    assert first <= twin >= first
    assert first == twin
    assert first != second
    assert columns.Column.instance_counter > second.position
    assert (first == 1, first != 1) == (False, True)
    with pytest.raises(TypeError):
        first < 1  # noqa: B015 - the comparison raises


def test_columns_hash_by_identity() -> None:
    first = columns.Text()
    assert hash(first) == id(first)
    assert len({first, copy.copy(first)}) == 2


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda c: pickle.loads(pickle.dumps(c))])  # noqa: S301
def test_a_copy_speaks_under_its_own_name_also_of_its_elements(duplicate: Any) -> None:
    column = columns.Map(columns.Text, columns.Vector(columns.Integer, 1))
    column.set_column_name("old")
    assert column.binder()({"a": [1]}) == {"a": [1]}
    twin = duplicate(column)
    twin.set_column_name("new")
    for one, name in ((column, "old"), (twin, "new")):
        with pytest.raises(ValidationError, match=rf"^{name} \(value\) \(element\): "):
            one.binder()({"a": ["x"]})
        with pytest.raises(ValidationError, match=rf"^{name} \(key\): "):
            one.key_binder()(1)


def test_one_element_column_may_serve_two_containers() -> None:
    element = columns.Text(max_length=1)
    first, second = columns.List(element), columns.Set(element)
    first.set_column_name("first")
    second.set_column_name("second")
    with pytest.raises(ValidationError, match=r"^first \(element\)"):
        first.validate(["ab"])


def test_a_name_that_needs_it_is_quoted() -> None:
    column = columns.Text(db_field='od"d')
    assert column.cql == '"od""d"'


def test_a_default_that_can_change_is_copied() -> None:
    column = columns.List(columns.Text, default=["a"])
    first = column.get_default()
    assert isinstance(first, list)
    first.append("b")
    assert column.get_default() == ["a"]


MUTABLE = {
    "list": columns.List(columns.Text),
    "set": columns.Set(columns.Text),
    "map": columns.Map(columns.Text, columns.Text),
    "vector": columns.Vector(columns.Float, 1),
    "tuple of a list": columns.Tuple(columns.List(columns.Text)),
    "user type": columns.UserDefinedType(Address),
    "blob": columns.Blob(),
    "duration": columns.Duration(),
}


@pytest.mark.parametrize("name", MUTABLE)
def test_what_can_change_in_place_says_so(name: str) -> None:
    assert MUTABLE[name].mutable


@pytest.mark.parametrize(
    "column", [columns.Text(), columns.DateTime(), columns.Tuple(columns.Text, columns.Date)], ids=repr
)
def test_what_cannot_change_in_place_says_so(column: columns.AnyColumn) -> None:
    assert not column.mutable


def test_only_containers_have_element_binders_and_only_maps_have_key_binders() -> None:
    with pytest.raises(QueryException, match="Text is a text column and has no elements; compare the whole value"):
        columns.Text().element_binder()
    with pytest.raises(QueryException, match="List is a list<text> column and has no keys; only maps do"):
        columns.List(columns.Text).key_binder()
    assert columns.List(columns.Integer).element_binder()("1") == 1
    assert columns.Vector(columns.Integer, 2).element_binder()("1") == 1
    assert columns.Map(columns.Integer, columns.Text).element_binder()("1") == "1"
    assert columns.Map(columns.Integer, columns.Text).key_binder()("1") == 1


@pytest.mark.parametrize("bad", [int, "text", None, columns])
def test_an_element_must_be_a_column(bad: Any) -> None:
    with pytest.raises(ValidationError, match="is not a column class; give a column such as Text"):
        columns.List(bad)


def test_an_element_must_not_be_abstract() -> None:
    with pytest.raises(ValidationError, match="is an abstract type; give one with a db_type"):
        columns.Set(columns.Column)


UNHASHABLE = [
    columns.List(columns.Text),
    columns.Set(columns.Text),
    columns.Map(columns.Text, columns.Text),
    columns.Vector(columns.Float, 1),
    columns.Tuple(columns.Text, columns.List(columns.Text)),
    columns.Duration(),
]


@pytest.mark.parametrize("element", UNHASHABLE, ids=repr)
def test_sets_and_maps_need_elements_and_keys_that_python_can_hash(element: columns.AnyColumn) -> None:
    with pytest.raises(ValidationError, match=r"Cannot create a Set with unhashable value type \(see PYTHON-494\)"):
        columns.Set(element)
    with pytest.raises(ValidationError, match=r"Cannot create a Map with unhashable key type \(see PYTHON-494\)"):
        columns.Map(element, columns.Text)


@pytest.mark.parametrize("element", [columns.UserDefinedType(Address), columns.Tuple(columns.UserDefinedType(Address))])
def test_a_vector_of_user_types_is_refused_since_the_driver_cannot_decode_it(element: columns.AnyColumn) -> None:
    with pytest.raises(ValidationError, match="the driver loses its connection over such vectors; use a list"):
        columns.Vector(element, 2)


def test_a_tuple_needs_types() -> None:
    with pytest.raises(ValueError, match="Tuple must specify at least one inner type"):
        columns.Tuple()


def test_resolve_udts_finds_inner_types_first() -> None:
    class Outer(UserType):
        homes = columns.List(columns.UserDefinedType(Address))

    found: list[Any] = []
    columns.resolve_udts(columns.Map(columns.Text, columns.Tuple(columns.UserDefinedType(Outer))), found)
    assert found == [Address, Outer]


def test_null_and_empty_are_the_same_for_containers_only() -> None:
    assert columns.List(columns.Text)._val_is_null([])
    assert columns.Map(columns.Text, columns.Text)._val_is_null({})
    assert not columns.Text()._val_is_null("")
    assert columns.Text()._val_is_null(None)
    assert (columns.Set(columns.Text).empty(), columns.Text().empty(), columns.Counter().empty()) == (set(), None, 0)
    column = columns.List(columns.Text)
    assert column.empty() is not column.empty()


def test_a_column_prints_its_class_and_name() -> None:
    column = columns.Integer()
    assert repr(column) == "<Integer column Integer>"
    column.set_column_name("year")
    assert repr(column) == "<Integer column year>"


def test_importing_columns_does_not_load_the_driver() -> None:
    program = (
        "import sys, datetime; from helenus.mapper import columns\n"
        "columns.Date().binder()(datetime.date(2024, 1, 1)); columns.Time().binder()('01:02:03')\n"
        "sys.exit('cassandra' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
