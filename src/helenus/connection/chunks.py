"""Reading a result in lists instead of one by one: the fast way for whoever turns pages into objects at once.

Like ``runner``, this waits for answers; it does not know names, models or drivers.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from typing import TypeVar

from helenus.connection.loops import wrapped
from helenus.connection.request import Page, Request
from helenus.connection.runner import Resolve

__all__ = ["achunks", "chunks"]

T = TypeVar("T")


def chunks(request: Request, resolve: Resolve, load: Callable[[Page], list[T]]) -> Iterator[list[T]]:
    """Yield the rows in lists of up to half a page; the next page is asked for when half of this one was taken.

    Args:
        request: what to ask.
        resolve: finds the driver of a connection.
        load: turns a page into a list with one item for each row.
    """
    driver = resolve(request.connection)
    page = driver.execute(request)
    ahead: Future[Page] | None = None
    try:
        while page.paging_state is not None:
            items = load(page)
            half = len(items) // 2
            yield items[:half]
            ahead = driver.send(replace(request, paging_state=page.paging_state))
            yield items[half:]
            page = ahead.result()
        yield load(page)
    finally:
        if ahead is not None:
            ahead.cancel()


async def achunks(request: Request, resolve: Resolve, load: Callable[[Page], list[T]]) -> AsyncIterator[list[T]]:
    """Yield like :func:`chunks`, giving way to the event loop while a page is on its way.

    Args:
        request: what to ask.
        resolve: finds the driver of a connection.
        load: turns a page into a list with one item for each row.
    """
    driver = resolve(request.connection)
    page = await wrapped(driver.send(request))
    ahead: Future[Page] | None = None
    try:
        while page.paging_state is not None:
            items = load(page)
            half = len(items) // 2
            yield items[:half]
            ahead = driver.send(replace(request, paging_state=page.paging_state))
            yield items[half:]
            page = await wrapped(ahead)
        yield load(page)
    finally:
        if ahead is not None:
            ahead.cancel()
