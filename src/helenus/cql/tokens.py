"""CQL text to tokens: one compiled regular expression, as Cassandra 5.0's ``Lexer.g`` cuts the text.

A token is a kind and a word. Kinds are the lexer's own names, because error messages use them: ``K_SELECT`` for a
keyword, ``IDENT``, ``STRING_LITERAL`` ..., and the sign itself for punctuation. This module must not know the grammar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from helenus.cql.keywords import KEYWORDS, UNRESERVED

__all__ = ["NAME_KINDS", "Lexeme", "lexemes", "tokenize"]

_HEX = "[0-9a-fA-F]"
_UUID = f"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}"
_SKIP = r"(?:[ \t\r\n]+|(?:--|//)[^\r\n]*[\r\n]|/\*.*?\*/)"
_UNIT = "(?:[yY]|[mM][oO]|[wW]|[dD]|[hH]|[mM][sS]|[mM]|[sS]|[uU\u00b5][sS]|[nN][sS])"
_ISO = (
    r"P(?:[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
    r"|[0-9]+W"
    r"|(?=[0-9T])(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+S)?)?)"
    r"(?![A-Za-z0-9_])"
)

# Order matters where two kinds begin alike: a UUID may begin as a word or a number, an ISO duration as a word, and a
# duration, a blob and a float as an integer. "1..2" is an integer and a range, "1...2" a float and a range. The blank
# after "-" in "x - 3" decides whether the server sees a sign or the integer -3; the same holds here.
_TOKEN_TEXT = rf"""{_SKIP}*+(?:
    (?P<IDENT>(?!{_UUID}|{_ISO})(?!expr\()[A-Za-z][A-Za-z0-9_]*)
    |(?P<STRING_LITERAL>'(?:[^']++|'')*+'|\$\$(?:[^$]++|\$(?!\$))*+\$\$)
    |(?P<QUOTED_NAME>"(?:[^"]++|"")++")
    |(?P<EMPTY_QUOTED_NAME>"")
    |(?P<UNFINISHED>(?:--|//|/\*|'|"|\$\$).*)
    |(?P<SIGN>\+=|<=|>=|!=|-=|\.\.|-(?![0-9NnIiP=])|[(),.;:=<>+*/%?\[\]{{}}])
    |(?P<UUID>{_UUID})
    |(?P<HEXNUMBER>0[xX]{_HEX}*)
    |(?P<DURATION>-?(?:[0-9]++{_UNIT})++|-?{_ISO})
    |(?P<FLOAT>-?[0-9]+(?:\.(?!\.(?!\.))[0-9]*(?:[eE][+-]?[0-9]+)?|[eE][+-]?[0-9]+))
    |(?P<INTEGER>-?[0-9]+)
    |(?P<K_NEGATIVE_NAN>-[nN][aA][nN])
    |(?P<K_NEGATIVE_INFINITY>-[iI][nN][fF][iI][nN][iI][tT][yY])
    |(?P<EXPR>expr\()
    |(?P<EOF>\Z)
    |(?P<BAD>.)
    )"""


@cache
def _token() -> re.Pattern[str]:
    """Return the expression, compiled at the first use: that takes a good part of what importing helenus may."""
    return re.compile(_TOKEN_TEXT, re.VERBOSE | re.DOTALL)


_WORDS = {
    **{word: f"K_{word.upper()}" for word in KEYWORDS},
    "table": "K_COLUMNFAMILY",
    "nan": "K_POSITIVE_NAN",
    "infinity": "K_POSITIVE_INFINITY",
    "true": "BOOLEAN",
    "false": "BOOLEAN",
}

NAME_KINDS = frozenset({"IDENT", "QUOTED_NAME"} | {f"K_{word.upper()}" for word in UNRESERVED})
"""Kinds of tokens that can stand for a name."""


def tokenize(text: str) -> tuple[list[str], list[str]]:
    """Cut a text into the kinds and the words of its tokens, an ``EOF`` at the end.

    A character that begins no token becomes a token of kind ``BAD``; a string, name or comment that does not end takes
    the rest of the text as ``UNFINISHED``. Whether and how that is an error is for the reader of the tokens.

    Args:
        text: CQL, one statement or more.
    """
    kinds: list[str] = []
    words: list[str] = []
    for match in _token().finditer(text):
        kind = match.lastgroup or "BAD"
        word = match[kind]
        words.append(word)
        if kind == "IDENT":
            kinds.append(_WORDS.get(word.lower(), kind))
        elif kind == "SIGN":
            kinds.append(word)
        else:
            kinds.append(kind)
            if kind == "EOF":
                break
    words[-1] = "<EOF>"
    return kinds, words


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A token with its place, for error messages.

    Args:
        kind: as from :func:`tokenize`, or ``HIDDEN`` for blanks and comments; the last one is ``EOF``.
        word: the text of the token.
        start: its offset in the text.
    """

    kind: str
    word: str
    start: int

    @property
    def shown(self) -> str:
        """The word as the server shows it: without the quotes of a string or name."""
        if self.kind == "STRING_LITERAL" and self.word[0] == "$":
            return self.word[2:-2]
        quote = _QUOTES.get(self.kind)
        return self.word if quote is None else self.word[1:-1].replace(quote * 2, quote)

    @property
    def end(self) -> int:
        """The offset behind the token, as the server counts it: from the word that it shows."""
        return self.start + len(self.shown)


_QUOTES = {"STRING_LITERAL": "'", "QUOTED_NAME": '"'}
_HIDDEN = re.compile(_SKIP, re.DOTALL)


def lexemes(text: str) -> list[Lexeme]:
    """Cut a text again, with places and hidden tokens; slower, and only for telling about an error.

    Args:
        text: CQL, one statement or more.
    """
    found: list[Lexeme] = []
    end = 0
    for match in _token().finditer(text):
        kind = match.lastgroup or "BAD"
        start = match.start(kind)
        found += [Lexeme("HIDDEN", hidden[0], hidden.start()) for hidden in _HIDDEN.finditer(text, end, start)]
        found.append(Lexeme(kind, match[kind] or "<EOF>", start))
        if kind == "EOF":
            break
        end = match.end()
    return found
