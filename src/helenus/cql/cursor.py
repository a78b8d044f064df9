"""A place among the tokens of a text: look, take, demand, and say in the server's words what was wrong.

Every parser function takes a :class:`Cursor`. This module must not know any statement.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, TypeVar

from helenus.cql.syntax_errors import describe
from helenus.cql.tokens import NAME_KINDS, tokenize
from helenus.errors import CQLSyntaxError

__all__ = ["MAX_DEPTH", "Cursor"]

T = TypeVar("T")

MAX_DEPTH = 100
"""How deep terms, types and relations may nest; beyond it a hostile text would exhaust Python's stack."""


class Cursor:
    """The tokens of a text and the index of the next one.

    ``looked`` is the index of the furthest token that the server's parser would have looked at so far, apart from the
    next one: the snippet of an error ends there.

    Args:
        text: CQL, one statement or more.
    """

    __slots__ = ("at", "depth", "kinds", "looked", "markers", "text", "words")

    def __init__(self, text: str) -> None:
        """Cut the text; nothing is checked before it is looked at."""
        self.text = text
        self.kinds, self.words = tokenize(text)
        self.at = 0
        self.looked = 0
        self.depth = 0
        self.markers = 0

    @property
    def kind(self) -> str:
        """The kind of the next token."""
        return self.kinds[self.at]

    def ahead(self, count: int) -> str:
        """Return the kind of the token ``count`` places after the next one; ``EOF`` behind the end."""
        index = self.at + count
        return self.kinds[index] if index < len(self.kinds) else "EOF"

    def accept(self, kind: str) -> bool:
        """Take the next token if it is of that kind, and tell whether it was."""
        if self.kinds[self.at] == kind:
            self.at += 1
            return True
        return False

    def expect(self, kind: str) -> str:
        """Take the next token, which must be of that kind, and return its word.

        Raises:
            CQLSyntaxError: it is of another kind.
        """
        at = self.at
        if self.kinds[at] != kind:
            self.mismatched(kind)
        self.at = at + 1
        return self.words[at]

    def phrase(self, *kinds: str) -> None:
        """Take tokens that must be of these kinds, in order.

        Raises:
            CQLSyntaxError: one is of another kind.
        """
        for kind in kinds:
            self.expect(kind)

    def accept_phrase(self, *kinds: str) -> bool:
        """Take the tokens if the first is of the first kind; then the others must follow.

        Raises:
            CQLSyntaxError: the first fits and a later one does not.
        """
        if not self.accept(kinds[0]):
            return False
        self.phrase(*kinds[1:])
        return True

    def name(self) -> str:
        """Take an identifier and return the name it stands for.

        Raises:
            CQLSyntaxError: the next token is no identifier.
        """
        at = self.at
        kind = self.kinds[at]
        if kind not in NAME_KINDS:
            self.no_alternative()
        self.at = at + 1
        word = self.words[at]
        return word[1:-1].replace('""', '"') if kind == "QUOTED_NAME" else word.lower()

    def list_of(self, item: Callable[[Cursor], T]) -> tuple[T, ...]:
        """Take one item or more with commas between them.

        Args:
            item: reads one item.
        """
        items = [item(self)]
        while self.accept(","):
            items.append(item(self))
        return tuple(items)

    def bracketed(self, item: Callable[[Cursor], T], brackets: str = "()") -> tuple[T, ...]:
        """Take one item or more in brackets.

        Args:
            item: reads one item.
            brackets: the opening and the closing sign.
        """
        self.expect(brackets[0])
        items = self.list_of(item)
        self.expect(brackets[1])
        return items

    def enter(self) -> None:
        """Note that what follows is nested one level deeper.

        Raises:
            CQLSyntaxError: it is nested deeper than :data:`MAX_DEPTH`.
        """
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(f"nested deeper than {MAX_DEPTH} levels")

    def leave(self) -> None:
        """Note the end of what :meth:`enter` began."""
        self.depth -= 1

    def mismatched(self, expected: str) -> NoReturn:
        """Refuse the next token, because exactly one kind could stand there.

        Args:
            expected: that kind.
        """
        sign = expected if expected.isidentifier() else f"'{expected}'"
        self.fail("mismatched input {} expecting " + sign)

    def no_alternative(self, offset: int = 0) -> NoReturn:
        """Refuse the next token, because none of several alternatives begins with it.

        Args:
            offset: how many tokens later the alternatives part.
        """
        self.fail("no viable alternative at input {}", offset)

    def fail(self, message: str, offset: int = 0) -> NoReturn:
        """Refuse the text.

        Args:
            message: what is wrong; ``{}`` stands for the token in quotes.
            offset: which token, counted from the next one.
        """
        text, line, column = describe(self.text, message, self.at, self.at + offset, self.looked)
        raise CQLSyntaxError(text, line, column)
