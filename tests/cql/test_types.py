"""CQL types as values."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given

from helenus.cql.keywords import NATIVE_TYPES
from helenus.cql.types import (
    Custom,
    Frozen,
    List,
    Map,
    Native,
    Set,
    Tuple,
    UserDefined,
    Vector,
    canonical,
    freeze,
    is_collection,
    is_multicell,
    parse_type,
    unfreeze,
    user_types,
    walk,
)
from helenus.errors import CQLSyntaxError, ValidationError
from tests.cql.strategies import cql_types

INT, TEXT = Native("int"), Native("text")

TEXTS = [
    ("int", INT),
    ("list<int>", List(INT)),
    ("set<text>", Set(TEXT)),
    ("map<text, int>", Map(TEXT, INT)),
    ("map<text, frozen<list<int>>>", Map(TEXT, Frozen(List(INT)))),
    ("tuple<int, text>", Tuple((INT, TEXT))),
    ("frozen<tuple<int>>", Frozen(Tuple((INT,)))),
    ("vector<float, 3>", Vector(Native("float"), 3)),
    ("address", UserDefined(None, "address")),
    ('app."Address"', UserDefined("app", "Address")),
    ('"int"', UserDefined(None, "int")),
    ("frozen<address>", Frozen(UserDefined(None, "address"))),
    ("'org.apache.cassandra.db.marshal.UTF8Type'", Custom("org.apache.cassandra.db.marshal.UTF8Type")),
]


@pytest.mark.parametrize(("text", "value"), TEXTS)
def test_a_type_has_one_text(text, value):
    assert parse_type(text) == value
    assert str(value) == text


@pytest.mark.parametrize(
    ("text", "canonical_text"),
    [
        ("VARCHAR", "text"),
        ("Map < TEXT,int >", "map<text, int>"),
        ("list<varchar>", "list<text>"),
        ("/* a */ int -- b\n", "int"),
        ("Address", "address"),
        ("list", '"list"'),
        ("KEY", "key"),
        ("int.foo", "int.foo"),
        ("vector<float, 007>", "vector<float, 7>"),
        ("frozen<frozen<list<int>>>", "frozen<frozen<list<int>>>"),
    ],
)
def test_other_spellings_are_read_as_well(text, canonical_text):
    assert str(parse_type(text)) == canonical_text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no viable alternative at input '<EOF>'"),
        ("int int", "no viable alternative at input 'int'"),
        ("map<int>", "mismatched input '>' expecting ','"),
        ("list<int", "mismatched input '<EOF>' expecting '>'"),
        ("list<>", "no viable alternative at input '>'"),
        ("list<int, int>", "mismatched input ',' expecting '>'"),
        ("vector<float>", "mismatched input '>' expecting ','"),
        ("vector<float, x>", "mismatched input 'x' expecting INTEGER"),
        ("vector<float, 0>", "vectors may only have positive dimensions; given 0"),
        ("vector<float, -1>", "vectors may only have positive dimensions; given -1"),
        ("vector<float, 99999999999>", "vectors may only have positive dimensions"),
        ("select", "no viable alternative at input 'select'"),
        ("ttl", "mismatched input '<EOF>' expecting '.'"),
        ("byte", r"Invalid \(reserved\) user type name byte"),
        ("a.b.c", "mismatched input '.' expecting EOF"),
        ("list<" * 200 + "int" + ">" * 200, "nested deeper than 100 levels"),
    ],
)
def test_what_is_no_type_is_a_syntax_error(text, message):
    with pytest.raises(CQLSyntaxError, match=message):
        parse_type(text)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Native("string"), "'string' is not a native CQL type"),
        (lambda: Tuple(()), "needs one element type or more"),
        (lambda: Vector(INT, 0), "needs a dimension of 1 or more, not 0"),
        (lambda: str(UserDefined(None, "")), "must not be empty"),
        (lambda: str(UserDefined("a\0", "b")), "NUL"),
    ],
)
def test_types_that_no_server_has_are_refused(build, message):
    with pytest.raises(ValidationError, match=message):
        build()


@given(cql_types)
def test_every_type_comes_back_from_its_text(value):
    assert parse_type(str(value)) == value


@given(cql_types)
def test_equal_types_have_equal_hashes_and_survive_pickling(value):
    again = pickle.loads(pickle.dumps(value))  # noqa: S301 - our own bytes
    assert again == value
    assert hash(again) == hash(value)


@pytest.mark.parametrize("name", sorted(NATIVE_TYPES))
def test_every_native_type_is_read_in_any_case(name):
    assert parse_type(name) == parse_type(name.upper()) == Native(name)


def test_varchar_is_text():
    assert Native("varchar") == Native("text")
    assert str(Native("VarChar")) == "text"


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("int", "int"),
        ("list<int>", "list<int>"),
        ("tuple<int, text>", "frozen<tuple<int, text>>"),
        ("frozen<tuple<int>>", "frozen<tuple<int>>"),
        ("tuple<list<int>, address>", "frozen<tuple<frozen<list<int>>, frozen<address>>>"),
        ("frozen<list<list<int>>>", "frozen<list<frozen<list<int>>>>"),
        ("map<text, frozen<list<int>>>", "map<text, frozen<list<int>>>"),
        ("list<tuple<int>>", "list<frozen<tuple<int>>>"),
        ("frozen<map<text, set<int>>>", "frozen<map<text, frozen<set<int>>>>"),
        ("frozen<frozen<list<int>>>", "frozen<list<int>>"),
        ("frozen<int>", "int"),
        ("address", "address"),
        ("vector<float, 3>", "vector<float, 3>"),
        ("frozen<vector<tuple<int>, 3>>", "vector<frozen<tuple<int>>, 3>"),
    ],
)
def test_the_canonical_form_is_the_one_that_the_server_stores(written, stored):
    assert str(canonical(parse_type(written))) == stored


@given(cql_types)
def test_the_canonical_form_is_its_own(value):
    assert canonical(canonical(value)) == canonical(value)


@given(cql_types)
def test_freezing_and_unfreezing(value):
    assert freeze(freeze(value)) == freeze(value)
    assert unfreeze(freeze(value)) == unfreeze(value)
    assert not is_multicell(freeze(value))


@pytest.mark.parametrize(
    ("text", "collection", "multicell"),
    [
        ("int", False, False),
        ("list<int>", True, True),
        ("frozen<map<int, int>>", True, False),
        ("address", False, True),
        ("frozen<address>", False, False),
        ("tuple<int>", False, False),
        ("vector<int, 3>", False, False),
    ],
)
def test_what_kind_of_column_a_type_makes(text, collection, multicell):
    assert is_collection(parse_type(text)) is collection
    assert is_multicell(parse_type(text)) is multicell


def test_walking_goes_from_the_outside_in():
    value = parse_type("map<int, frozen<tuple<text, vector<float, 2>>>>")
    assert list(map(str, walk(value))) == [
        "map<int, frozen<tuple<text, vector<float, 2>>>>",
        "int",
        "frozen<tuple<text, vector<float, 2>>>",
        "tuple<text, vector<float, 2>>",
        "text",
        "vector<float, 2>",
        "float",
    ]


def test_user_types_are_named_once_in_order():
    value = parse_type("map<frozen<b>, frozen<tuple<a, ks.b, b>>>")
    assert user_types(value) == (UserDefined(None, "b"), UserDefined(None, "a"), UserDefined("ks", "b"))
