"""How text is cut into tokens: the lexer's traps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helenus.cql.tokens import lexemes, tokenize

UUID = "123e4567-e89b-12d3-a456-426614174000"

TOKENS = [
    ("SELECT select SeLeCt", ["K_SELECT", "K_SELECT", "K_SELECT"]),
    ("TABLE columnfamily", ["K_COLUMNFAMILY", "K_COLUMNFAMILY"]),
    ("true FALSE boolean", ["BOOLEAN", "BOOLEAN", "K_BOOLEAN"]),
    ("a a1 a_b _a", ["IDENT", "IDENT", "IDENT", "BAD", "IDENT"]),
    ('"a" "" "a""b"', ["QUOTED_NAME", "EMPTY_QUOTED_NAME", "QUOTED_NAME"]),
    ("'' 'a' 'it''s' 'a\nb'", ["STRING_LITERAL"] * 4),
    ("$$a'b$$ $$a$b$$ $$$$", ["STRING_LITERAL"] * 3),
    ("'a' 'b", ["STRING_LITERAL", "UNFINISHED"]),
    ("'a''", ["UNFINISHED"]),
    ('"a', ["UNFINISHED"]),
    ("$$a", ["UNFINISHED"]),
    ("a -- b\nc", ["IDENT", "IDENT"]),
    ("a // b\rc", ["IDENT", "IDENT"]),
    ("a /* b\n-- */ c", ["IDENT", "IDENT"]),
    ("a -- b", ["IDENT", "UNFINISHED"]),
    ("a /* b", ["IDENT", "UNFINISHED"]),
    ("1 -1 007 1-2", ["INTEGER", "INTEGER", "INTEGER", "INTEGER", "INTEGER"]),
    ("x -3", ["IDENT", "INTEGER"]),
    ("x - 3", ["IDENT", "-", "INTEGER"]),
    ("x-y", ["IDENT", "-", "IDENT"]),
    ("1.5 1. 1e5 -1.5E-3 1.e3", ["FLOAT"] * 5),
    ("1..2", ["INTEGER", "..", "INTEGER"]),
    ("1...2", ["FLOAT", "..", "INTEGER"]),
    ("1.5..2", ["FLOAT", "..", "INTEGER"]),
    (".5", [".", "INTEGER"]),
    ("0x 0xCAFE 0Xab", ["HEXNUMBER"] * 3),
    ("0xabg", ["HEXNUMBER", "IDENT"]),
    (UUID, ["UUID"]),
    ("a" + UUID[1:].upper(), ["UUID"]),
    ("abcdefab-1234", ["IDENT", "INTEGER"]),
    ("1h 1h30m -2mo 1y2mo3w4d5h6m7s8ms9us10ns 1µs 3MS", ["DURATION"] * 6),
    ("P1Y P1Y2M3DT4H5M6S PT1H P3W -P1D P0001-02-03T04:05:06", ["DURATION"] * 6),
    ("p1y P PT P1 Price P1Yx", ["IDENT"] * 6),
    ("NaN -nan infinity -Infinity", ["K_POSITIVE_NAN", "K_NEGATIVE_NAN", "K_POSITIVE_INFINITY", "K_NEGATIVE_INFINITY"]),
    ("-i -n", ["BAD", "IDENT", "BAD", "IDENT"]),
    ("- i", ["-", "IDENT"]),
    ("+= -= <= >= != < > = + - * / %", ["+=", "-=", "<=", ">=", "!=", "<", ">", "=", "+", "-", "*", "/", "%"]),
    ("expr(a expr (a", ["EXPR", "IDENT", "IDENT", "(", "IDENT"]),
    ("? :a ; , .", ["?", ":", "IDENT", ";", ",", "."]),
    ("~ \\ | & # @ ! $ é", ["BAD"] * 9),
    ("", []),
    ("  \n\t\r ", []),
]


@pytest.mark.parametrize(("text", "kinds"), TOKENS)
def test_a_text_has_these_tokens(text, kinds):
    assert tokenize(text)[0] == [*kinds, "EOF"]


@given(st.text())
def test_tokens_and_what_is_hidden_make_up_the_text(text):
    found = lexemes(text)
    assert "".join(lexeme.word for lexeme in found[:-1]) == text
    assert (found[-1].kind, found[-1].start) == ("EOF", len(text))


@given(st.text())
def test_both_ways_of_cutting_agree(text):
    assert tokenize(text)[1] == [lexeme.word for lexeme in lexemes(text) if lexeme.kind != "HIDDEN"]


def test_words_keep_their_spelling():
    assert tokenize("SeLeCt 'a''b' \"C\"\"d\"")[1] == ["SeLeCt", "'a''b'", '"C""d"', "<EOF>"]


@pytest.mark.parametrize(
    "text", ["/*" * 20_000, " " * 200_000, "'" * 99_999, "$" * 99_999, "1" * 100_000, "--" * 50_000]
)
def test_a_hostile_text_is_cut_in_linear_time(text):
    """A quadratic expression would take minutes for these, and the suite's time limit would tell."""
    assert tokenize(text)[0][-1] == "EOF"
