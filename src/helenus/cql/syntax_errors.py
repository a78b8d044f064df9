"""What a syntax error says: the server's words, the line and column, and a snippet of the statement.

The form is that of Cassandra 5.0 (ANTLR's messages, and ``ErrorCollector``'s snippet with the token in brackets), so
that an application that matches on it cannot tell the difference. This module must not know the grammar.
"""

from __future__ import annotations

from helenus.cql.tokens import Lexeme, lexemes

__all__ = ["describe"]

_TOKENS_BEFORE = 10


def describe(text: str, message: str, at: int, offset: int = 0) -> tuple[str, int, int]:
    """Return the message of an error, its line from 1 and its column from 0.

    Args:
        text: the whole text.
        message: what is wrong; ``{}`` stands for the offending token in quotes.
        at: index of the next token, blanks and comments not counted.
        offset: the offending token, counted from the next one.
    """
    found = lexemes(text)
    visible = [index for index, lexeme in enumerate(found) if lexeme.kind != "HIDDEN"]
    for index in visible[: at + offset + 1]:
        if found[index].kind in _BROKEN:
            return _lexical(text, found[index])
    found.append(Lexeme("EOF", "<EOF>", len(text)))
    visible.append(len(found) - 1)
    offending = found[visible[min(at + offset, len(visible) - 1)]]
    line, column = _place(text, offending.start)
    said = message.replace("{}", f"'{offending.word}'", 1)
    return said + _snippet(text, found, visible[min(at, len(visible) - 1)]), line, column


_BROKEN = {"BAD", "UNFINISHED"}


def _lexical(text: str, lexeme: Lexeme) -> tuple[str, int, int]:
    line, column = _place(text, lexeme.start)
    return f"no viable alternative at character '{lexeme.word}'", line, column


def _place(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1)


def _snippet(text: str, found: list[Lexeme], index: int) -> str:
    first = found[max(0, index - _TOKENS_BEFORE)]
    last = found[index]
    end = last.start + len(last.word)
    if last.kind == "EOF":
        return ""
    before = "" if first.start == 0 else "..."
    after = "" if end == len(text) else "..."
    return f" ({before}{text[first.start : last.start]}[{last.word}]{after})".replace("\n", "")
