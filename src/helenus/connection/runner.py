"""Run operations: the only place that waits for answers, and the only one with ``await``.

It does not know names, models or drivers: what finds the driver for a connection's name is handed in.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import aclosing
from dataclasses import replace
from typing import TypeAlias, TypeVar

from helenus.connection.drivers.base import Driver
from helenus.connection.loops import wrapped
from helenus.connection.request import Batch, Flow, Page, Request
from helenus.errors import ConnectionClosed

__all__ = ["Load", "Resolve", "achunks", "arun", "astream", "chunks", "run", "stream"]

T = TypeVar("T")

Resolve: TypeAlias = Callable[[str | None], Driver]
"""Finds the driver of a connection by its registered name; None is the default connection. It must not block."""

Load: TypeAlias = Callable[[Page], Iterable[T]]
"""Turns a page into what the caller iterates over, one item for each row."""


def run(flow: Flow[T], resolve: Resolve) -> T:
    """Run an operation, waiting in this thread for each answer.

    Args:
        flow: the operation; it is closed at the end, whatever happens.
        resolve: finds the driver of a connection.
    """
    try:
        request = next(flow)
        while True:
            try:
                page = _answer(request, resolve)[1]
            except BaseException as error:  # noqa: BLE001 - the flow decides what an error means, interrupts included
                request = flow.throw(error)
            else:
                request = flow.send(page)
    except StopIteration as done:
        result: T = done.value
        return result
    finally:
        flow.close()


async def arun(flow: Flow[T], resolve: Resolve) -> T:
    """Run an operation, giving way to the event loop at each answer.

    Cancelling the task throws ``CancelledError`` into the flow; a request that is under way is not called back.

    Args:
        flow: the operation; it is closed at the end, whatever happens.
        resolve: finds the driver of a connection.
    """
    try:
        request = next(flow)
        while True:
            try:
                page = (await _await_answer(request, resolve))[1]
            except BaseException as error:  # noqa: BLE001 - the flow decides what an error means, cancellation included
                request = flow.throw(error)
            else:
                request = flow.send(page)
    except StopIteration as done:
        result: T = done.value
        return result
    finally:
        flow.close()


def chunks(request: Request, resolve: Resolve, load: Callable[[Page], list[T]]) -> Iterator[list[T]]:
    """Yield the rows in lists of up to half a page; the next page is asked for when half of this one was taken.

    The request stays with the driver that answered its first page, whatever happens to the registry meanwhile: a paging
    state means nothing to another cluster.

    Args:
        request: what to ask.
        resolve: finds the driver of a connection.
        load: turns a page into a list with one item for each row.
    """
    driver, page = _answer(request, resolve)
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


async def achunks(request: Request, resolve: Resolve, load: Callable[[Page], list[T]]) -> AsyncGenerator[list[T], None]:
    """Yield like :func:`chunks`, giving way to the event loop while a page is on its way.

    Args:
        request: what to ask.
        resolve: finds the driver of a connection.
        load: turns a page into a list with one item for each row.
    """
    driver, page = await _await_answer(request, resolve)
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


def stream(requests: Request | Iterable[Request], resolve: Resolve, load: Load[T]) -> Iterator[T]:
    """Iterate over all rows of one or more requests, fetching ahead like :func:`chunks`.

    Args:
        requests: what to ask, one after another.
        resolve: finds the driver of a connection.
        load: turns each page into items.
    """
    for request in _each(requests):
        for chunk in chunks(request, resolve, lambda page: list(load(page))):
            yield from chunk


async def astream(requests: Request | Iterable[Request], resolve: Resolve, load: Load[T]) -> AsyncIterator[T]:
    """Iterate like :func:`stream`, giving way to the event loop while a page is on its way.

    Args:
        requests: what to ask, one after another.
        resolve: finds the driver of a connection.
        load: turns each page into items.
    """
    for request in _each(requests):
        async with aclosing(achunks(request, resolve, lambda page: list(load(page)))) as lists:
            async for chunk in lists:
                for item in chunk:
                    yield item


def _answer(request: Request | Batch, resolve: Resolve) -> tuple[Driver, Page]:
    """Return the answer to a request and who gave it."""
    driver = resolve(request.connection)
    while True:
        try:
            return driver, driver.execute(request)
        except ConnectionClosed:
            # Nothing was sent. The name may have been registered anew since it was looked up.
            successor = resolve(request.connection)
            if successor is driver:
                raise
            driver = successor


async def _await_answer(request: Request | Batch, resolve: Resolve) -> tuple[Driver, Page]:
    """Return the answer to a request and who gave it."""
    driver = resolve(request.connection)
    while True:
        try:
            return driver, await wrapped(driver.send(request))
        except ConnectionClosed:
            # Nothing was sent. The name may have been registered anew since it was looked up.
            successor = resolve(request.connection)
            if successor is driver:
                raise
            driver = successor


def _each(requests: Request | Iterable[Request]) -> Iterable[Request]:
    return (requests,) if isinstance(requests, Request) else requests
