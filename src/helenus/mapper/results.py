"""Rows of one query, kept while they are few, streamed when they are many.

cqlengine keeps every row of a queryset that is iterated, and hides a LIMIT 10000 in every query. Here a result of up
to :data:`KEEP` rows is kept, so that iterating or indexing again asks nothing, as there; a larger one streams in
constant memory, and iterating it again asks again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Generic, NamedTuple, TypeVar

__all__ = ["KEEP", "ResultPage", "Rows"]

T = TypeVar("T")

KEEP = 10_000
"""How many rows a queryset keeps: cqlengine's hidden limit, so whatever was cached there is cached here."""


class ResultPage(NamedTuple):
    """One page of a query.

    Args:
        items: the page's rows.
        state: bytes to pass to :meth:`QuerySet.page` for the next page; None on the last one. Whoever can choose
            these bytes can read other partitions of the table: do not take them from strangers unsigned.
    """

    items: list[Any]
    state: bytes | None


class Rows(Generic[T]):
    """The rows of one query, fetched as far as somebody looked.

    Args:
        ask: sends the query and returns an iterator over the pages, each a list of rows.
    """

    __slots__ = ("_ask", "_kept", "_pages", "done")

    def __init__(self, ask: Callable[[], Iterator[list[T]]]) -> None:
        """Send nothing yet."""
        self._ask = ask
        self._pages: Iterator[list[T]] | None = ask()
        self._kept: list[T] = []
        self.done = False

    @classmethod
    def of(cls, rows: list[T]) -> Rows[T]:
        """Return rows that are all here."""
        result = cls(lambda: iter((rows,)))
        result.fill()
        return result

    def __iter__(self) -> Iterator[T]:
        """Yield every row, fetching page by page what is not here yet."""
        seen = 0
        while True:
            block = self._kept[seen:]
            yield from block
            seen += len(block)
            if len(self._kept) > seen:
                continue
            if self.done:
                return
            if self._pages is None:
                # Another iteration streamed on past KEEP rows; this one asks anew and goes on where it was.
                for page in _skip(self._ask(), seen):
                    yield from page
                return
            if not self._fetch():
                return
            if len(self._kept) > KEEP:
                yield from self._stream(seen)
                return

    def _stream(self, seen: int) -> Iterator[T]:
        """Yield the rest without keeping it."""
        pages, self._pages = self._pages, None
        block, self._kept = self._kept[seen:], []
        yield from block
        del block
        for page in pages or ():
            yield from page

    def _fetch(self) -> bool:
        """Fetch one more page; return False if there is none."""
        if self._pages is None:
            return False
        try:
            page = next(self._pages, None)
        except BaseException:
            # Asked once more, an iterator that failed says that it is at its end: the rows would be taken for all.
            self._pages, self._kept = None, []
            raise
        if page is None:
            self.done, self._pages = True, None
            return False
        self._kept.extend(page)
        return True

    def fill(self, up_to: int | None = None) -> list[T]:
        """Return the rows, at least ``up_to`` of them where there are as many; all by default, however many."""
        if self._pages is None and not self.done:
            self._pages, self._kept = self._ask(), []
        while (up_to is None or len(self._kept) < up_to) and self._fetch():
            pass
        return self._kept

    def again(self) -> Rows[T]:
        """Return the rows of the same query, not asked for yet."""
        return Rows(self._ask)

    @property
    def is_streamed(self) -> bool:
        """Whether rows were given away without being kept, so that looking again must ask again."""
        return self._pages is None and not self.done


def _skip(pages: Iterator[list[T]], count: int) -> Iterator[list[T]]:
    """Yield the pages without their first ``count`` rows."""
    for page in pages:
        if count >= len(page):
            count -= len(page)
            continue
        yield page[count:] if count else page
        count = 0
