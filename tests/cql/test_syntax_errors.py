"""What is no CQL is refused, in Cassandra's words, and with nothing but a CQLSyntaxError."""

from __future__ import annotations

import contextlib
import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helenus.cql import parse, parse_all, parse_type
from helenus.cql.keywords import KEYWORDS
from helenus.errors import CQLSyntaxError

HERE = Path(__file__).parent
LINES = [line for line in (HERE / "errors.txt").read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
STATEMENTS = [line for line in (HERE / "identity.cql").read_text(encoding="utf-8").splitlines() if line.endswith(";")]


@pytest.mark.parametrize(("text", "message"), list(zip(LINES[::2], LINES[1::2], strict=True)))
def test_an_error_says_what_cassandra_says(text, message):
    with pytest.raises(CQLSyntaxError) as caught:
        parse(text.replace("\\n", "\n"))
    assert str(caught.value) == message.strip()


OURS = [
    ("CREATE SCHEMA s WITH x = 1", "line 1:7 no viable alternative at input 'SCHEMA'"),
    ("UPDATE t SET a = b + 1 WHERE k = 1", "Only expressions of the form X = X +<value> are supported."),
    ("UPDATE t SET a = b - 1 WHERE k = 1", "Only expressions of the form X = X -<value> are supported."),
    ("UPDATE t SET a = b -1 WHERE k = 1", "Only expressions of the form X = X - <value> are supported."),
    ("UPDATE t SET a = 1 + b WHERE k = 1", "Only expressions of the form X = <value> + X are supported."),
    ("USE ?", "Bind variables cannot be used for keyspace names"),
    ("SELECT * FROM ?.t", "Bind variables cannot be used for keyspace names"),
    ("SELECT * FROM k.?", "Bind variables cannot be used for table names"),
    ("DROP INDEX ?", "Bind variables cannot be used for index names"),
    ("DROP ROLE ?", "Bind variables cannot be used for role names"),
    ("CREATE KEYSPACE k WITH a = 1 AND a = 2", "Multiple definitions for property 'a'"),
    ("CREATE TABLE t (a int PRIMARY KEY, b int PRIMARY KEY)", "Multiple PRIMARY KEY specified for table 't'"),
    ("CREATE TABLE t (a vector<int, 0>)", "vectors may only have positive dimensions; given 0"),
    ("ALTER TABLE t DROP a USING TIMESTAMP " + "9" * 5000, "For input string"),
    ('CREATE USER "u"', "Quoted strings are are not supported for user names"),
    ('DROP IDENTITY "u"', "Quoted strings are are not supported for identity"),
    ('SELECT "" FROM t', "no viable alternative at input '\"\"'"),
    ("SELECT m[..] FROM t", "no viable alternative at input ']'"),
]


@pytest.mark.parametrize(("text", "message"), OURS)
def test_an_error_that_has_a_place_here_and_none_there(text, message):
    with pytest.raises(CQLSyntaxError) as caught:
        parse(text)
    assert message in str(caught.value)


def test_an_error_knows_its_place():
    with pytest.raises(CQLSyntaxError) as caught:
        parse("SELECT a\nFROM t\nWHERE foo bar")
    assert (caught.value.line, caught.value.column) == (3, 10)


def test_an_error_survives_pickling():
    with pytest.raises(CQLSyntaxError) as caught:
        parse("SELEC 1")
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own bytes
    assert str(again) == str(caught.value) == "line 1:0 no viable alternative at input 'SELEC' ([SELEC]...)"


NESTED = [
    ("SELECT * FROM t WHERE a = ", "[", "1", "]"),
    ("SELECT * FROM t WHERE a = ", "(", "1", ")"),
    ("SELECT * FROM t WHERE a = ", "{1: ", "1", "}"),
    ("SELECT * FROM t WHERE a = ", "{f: ", "1", "}"),
    ("SELECT * FROM t WHERE a = ", "(int) ", "1", ""),
    ("SELECT * FROM t WHERE a = ", "f(", "1", ")"),
    ("SELECT * FROM t WHERE a = ", "CAST(", "1", " AS int)"),
    ("SELECT * FROM t WHERE a = ", "1 + ", "1", ""),
    ("SELECT * FROM t WHERE a = ", "1 * ", "1", ""),
    ("SELECT * FROM t WHERE ", "(", "a = 1", ")"),
    ("SELECT ", "(", "a", ") FROM t"),
    ("SELECT ", "[", "a", "] FROM t"),
    ("SELECT ", "- ", "a", " FROM t"),
    ("SELECT ", "f(", "a", ") FROM t"),
    ("SELECT ", "(int) ", "a", " FROM t"),
    ("SELECT ", "a - ", "a", " FROM t"),
    ("SELECT ", "a % ", "a", " FROM t"),
    ("SELECT a", ".a", "", " FROM t"),
    ("SELECT a", "[1]", "", " FROM t"),
    ("CREATE TABLE t (a ", "frozen<", "int", "> PRIMARY KEY)"),
]


@pytest.mark.parametrize(("before", "opening", "inner", "closing"), NESTED)
def test_a_text_nests_a_hundred_levels_at_most(before, opening, inner, closing):
    with pytest.raises(CQLSyntaxError, match="nested deeper than 100 levels"):
        parse(before + opening * 5000 + inner + closing * 5000)


@pytest.mark.parametrize("read", [parse, parse_all])
def test_a_caller_near_the_end_of_its_stack_gets_a_syntax_error_too(read):
    def dive() -> None:
        """Go as deep as Python lets us, and read on the way back; whoever comes too late passes the error on."""
        try:
            dive()
        except RecursionError:
            read("SELECT * FROM t WHERE a = " + "[" * 95 + "]" * 95)

    with pytest.raises(CQLSyntaxError, match="nested deeper than Python's stack has room for"):
        dive()


@given(st.text())
def test_random_text_raises_nothing_else(text):
    for read in (parse, parse_all, parse_type):
        with contextlib.suppress(CQLSyntaxError):
            read(text)


words = st.one_of(
    st.sampled_from(sorted(KEYWORDS)),
    st.sampled_from("()[]{}<>,.;:=+-*/%?'\"$ \n"),
    st.sampled_from(["..", "+=", "expr(", "--", "/*", "*/", "$$"]),
    st.sampled_from(["a", "1", "-1", "1.5", "1h", "0xAB", "'s'", '"Q"', "NaN", "-Infinity", "true", "vector<int, 0>"]),
)


@settings(max_examples=200)
@given(st.lists(words, max_size=20), st.sampled_from(["", "SELECT ", "UPDATE t SET ", "CREATE ", "INSERT INTO t "]))
def test_random_words_raise_nothing_else(text, beginning):
    with contextlib.suppress(CQLSyntaxError):
        parse(beginning + " ".join(text))


@settings(max_examples=200)
@given(st.sampled_from(STATEMENTS), st.data())
def test_a_damaged_statement_raises_nothing_else(statement, data):
    start = data.draw(st.integers(0, len(statement)))
    length = data.draw(st.integers(0, 8))
    damaged = statement[:start] + data.draw(words) + statement[start + length :]
    with contextlib.suppress(CQLSyntaxError):
        parse(damaged)
