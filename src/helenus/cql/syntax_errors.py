"""What a syntax error says: the server's words, the line and column, and a snippet of the statement.

The form is that of Cassandra 5.0 (ANTLR's messages, and ``ErrorCollector``'s snippet with the token in brackets), so
that an application that matches on it cannot tell the difference. Where the text ends too early the server gives no
place but "line 0:-1" and no snippet. This module must not know the grammar.
"""

from __future__ import annotations

from helenus.cql.tokens import Lexeme, lexemes

__all__ = ["describe"]

_TOKENS_BEFORE = 10
_TOKENS_AFTER = 2


def describe(text: str, message: str, at: int, wrong: int, looked: int) -> tuple[str, int, int]:
    """Return the message of an error, its line from 1 and its column from 0.

    Args:
        text: the whole text.
        message: what is wrong; ``{}`` stands for the offending token in quotes.
        at: index of the next token, which the snippet marks; indexes do not count blanks and comments.
        wrong: index of the offending token, the next one or one behind it.
        looked: index of the furthest token that was looked at, where the snippet ends unless that is too far.
    """
    found = lexemes(text)
    visible = [index for index, lexeme in enumerate(found) if lexeme.kind != "HIDDEN"]
    broken = next((found[index] for index in visible[: wrong + 1] if found[index].kind in _BROKEN), None)
    if broken is not None:
        return _lexical(text, broken)
    *_, end = visible
    offending = visible[wrong] if wrong < len(visible) else end
    furthest = visible[max(wrong, looked)] if max(wrong, looked) < len(visible) else end
    line, column = (0, -1) if found[offending].kind == "EOF" else _place(text, found[offending].start)
    said = message.replace("{}", f"'{found[offending].shown}'", 1)
    return said + _snippet(text, found, visible[at], furthest), line, column


def _place(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1)


def _snippet(text: str, found: list[Lexeme], at: int, furthest: int) -> str:
    first, here, last = found[max(0, at - _TOKENS_BEFORE)], found[at], found[min(furthest, at + _TOKENS_AFTER)]
    if last.kind == "EOF":
        return ""
    before = "" if first.start == 0 else "..."
    after = "" if last.end == len(text.rstrip("\n")) else "..."
    marked = f"{text[first.start : here.start]}[{text[here.start : here.end]}]{text[here.end : last.end]}"
    return f" ({before}{marked}{after})".replace("\n", "")


# ---- the lexer's own errors ------------------------------------------------------------------------------------------

_BROKEN = {"BAD", "UNFINISHED"}

# What the lexer waits for when the text ends within a token that has begun thus.
_AWAITED = {"'": "'''", '"': "'\"'", "$": "'$'", "/*": "'*'", "--": "set null", "//": "set null"}

# What must follow a character that means nothing alone.
_PAIRS = {"$": "'$'", "!": "'='"}


def _lexical(text: str, lexeme: Lexeme) -> tuple[str, int, int]:
    if lexeme.kind == "UNFINISHED":
        awaited = _AWAITED[lexeme.word[: 2 if lexeme.word[0] in "/-" else 1]]
        return (f"mismatched character '<EOF>' expecting {awaited}", *_place(text, len(text)))
    if lexeme.word in _PAIRS:
        return _mismatch(text, lexeme.start + 1, _PAIRS[lexeme.word])
    if lexeme.word == "-":
        return _sign(text, lexeme.start + 1)
    return (f"no viable alternative at character '{lexeme.word}'", *_place(text, lexeme.start))


def _mismatch(text: str, offset: int, awaited: str) -> tuple[str, int, int]:
    character = text[offset] if offset < len(text) else "<EOF>"
    return (f"mismatched character '{character}' expecting {awaited}", *_place(text, offset))


def _sign(text: str, offset: int) -> tuple[str, int, int]:
    # "-n" can only go on as -NaN and "-i" only as -Infinity.
    for awaited in ("nan", "infinity"):
        if text[offset : offset + 1].lower() == awaited[0]:
            right = 0
            while text[offset + right : offset + right + 1].lower() == awaited[right : right + 1]:
                right += 1
            return _mismatch(text, offset + right, "set null")
    return ("no viable alternative at character '-'", *_place(text, offset - 1))
