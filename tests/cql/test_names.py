"""Identifiers: which names need quotes, and what stands between them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helenus.cql import names, parse
from helenus.cql.ast import Use
from helenus.cql.keywords import BASIC_UNRESERVED, KEYWORDS, NATIVE_TYPES, NOT_FUNCTION_NAMES, RESERVED, UNRESERVED
from helenus.cql.tokens import tokenize
from helenus.errors import CQLSyntaxError, ValidationError
from tests.cql.strategies import names as any_names

NEEDS_QUOTES = [
    ("users", False),
    ("users_2", False),
    ("u", False),
    ("Users", True),
    ("USERS", True),
    ("_users", True),
    ("2users", True),
    ("users$", True),
    ("my users", True),
    ("mes_élèves", True),
    ('a"b', True),
    ("a'b", True),
    ("users\n", True),
    ("select", True),
    ("table", True),
    ("token", True),
    ("nan", True),
    ("infinity", True),
    ("true", True),
    ("false", True),
    ("default", True),
    ("unset", True),
    ("key", False),
    ("ttl", False),
    ("json", False),
    ("type", False),
    ("values", False),
    ("timestamp", False),
    ("writetime", False),
    ("exists", False),
    ("list", False),
    ("vector", False),
]


@pytest.mark.parametrize(("name", "expected"), NEEDS_QUOTES)
def test_only_some_names_need_quotes(name, expected):
    assert names.needs_quotes(name) is expected
    assert names.maybe_quote(name).startswith('"') is expected


@pytest.mark.parametrize(
    ("name", "quoted"), [("users", '"users"'), ("Users", '"Users"'), ('a"b', '"a""b"'), ('"', '""""'), ("é\n", '"é\n"')]
)
def test_quotes_within_are_doubled(name, quoted):
    assert names.quote(name) == quoted


@pytest.mark.parametrize("write", [names.quote, names.maybe_quote, names.maybe_quote_type, names.maybe_quote_function])
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "must not be empty"),
        ("a\0b", "holds a NUL character"),
        ("\0", "holds a NUL character"),
        ("a\ud800", "cannot be encoded as UTF-8"),
    ],
)
def test_names_that_cannot_be_written_are_refused(write, name, message):
    with pytest.raises(ValidationError, match=message):
        write(name)


@pytest.mark.parametrize(
    ("keyspace", "name", "text"),
    [
        (None, "users", "users"),
        ("app", "users", "app.users"),
        ("App", "select", '"App"."select"'),
        (None, "a.b", '"a.b"'),
    ],
)
def test_a_qualified_name_quotes_each_part_by_itself(keyspace, name, text):
    assert names.qualified(keyspace, name) == text


@pytest.mark.parametrize(
    ("identifier", "name"),
    [("users", "users"), ("Users", "users"), ('"Users"', "Users"), ('"a""b"', 'a"b'), ("KEY", "key")],
)
def test_an_identifier_stands_for_a_name(identifier, name):
    assert names.unquote(identifier) == name


@pytest.mark.parametrize("text", ["", '""', '"a', 'a"', "a b", "1a", '"a"b"', "a.b", "-"])
def test_what_is_no_identifier_has_no_name(text):
    with pytest.raises(ValidationError, match="is not a CQL identifier"):
        names.unquote(text)


@given(any_names)
def test_every_name_survives_being_quoted(name):
    assert names.unquote(names.quote(name)) == name
    assert names.unquote(names.maybe_quote(name)) == name


@given(any_names)
def test_a_written_name_is_one_token(name):
    assert len(tokenize(names.quote(name))[0]) == 2
    assert len(tokenize(names.maybe_quote(name))[0]) == 2


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_no_text_breaks_out_of_its_quotes(text):
    try:
        quoted = names.quote(text)
    except ValidationError:
        assert text == "" or "\0" in text
    else:
        assert parse(f"USE {quoted}") == Use(text)


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_a_reserved_word_is_no_name(word):
    with pytest.raises(CQLSyntaxError):
        parse(f"USE {word}")


@pytest.mark.parametrize("word", sorted(UNRESERVED))
def test_an_unreserved_word_is_a_name_in_any_case(word):
    assert parse(f"USE {word}") == parse(f"USE {word.upper()}") == Use(word)


def test_the_word_lists_do_not_overlap():
    assert not RESERVED & UNRESERVED
    assert not BASIC_UNRESERVED & (NATIVE_TYPES | NOT_FUNCTION_NAMES)
    assert KEYWORDS == RESERVED | UNRESERVED
    assert all(word.islower() for word in KEYWORDS)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("now", "now"),
        ("token", "token"),
        ("count", "count"),
        ("uuid", "uuid"),
        ("ttl", '"ttl"'),
        ("writetime", '"writetime"'),
        ("cast", '"cast"'),
        ("json", '"json"'),
        ("expr", '"expr"'),
        ("select", '"select"'),
        ("toDate", '"toDate"'),
    ],
)
def test_a_function_is_quoted_by_its_own_rules(name, text):
    assert names.maybe_quote_function(name) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("address", "address"),
        ("key", "key"),
        ("values", "values"),
        ("int", '"int"'),
        ("list", '"list"'),
        ("ttl", '"ttl"'),
        ("byte", '"byte"'),
        ("Address", '"Address"'),
    ],
)
def test_a_user_type_is_quoted_by_its_own_rules(name, text):
    assert names.maybe_quote_type(name) == text
