"""Many requests at once, but never more than a bounded number under way.

The iterable of requests is read no faster than the answers come. Like ``runner``, this waits for answers; it does not
know names, models or drivers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from typing import TypeAlias

from helenus.connection.loops import settled
from helenus.connection.request import Page, Request
from helenus.connection.runner import Resolve

__all__ = ["Outcome", "aoutcomes", "outcomes"]

Outcome: TypeAlias = Page | Exception
"""The answer to a request, or the error that it ended with."""


def outcomes(requests: Iterable[Request], resolve: Resolve, concurrency: int) -> Iterator[Outcome]:
    """Yield the outcome of each request, in the order of the requests.

    Stopping early sends no more requests, and returns when those under way are over.

    Args:
        requests: what to ask; read as places become free.
        resolve: finds the driver of a connection.
        concurrency: requests under way at most.
    """
    window: deque[Future[Page]] = deque()
    try:
        for request in requests:
            if len(window) >= concurrency:
                # Waiting for one in the middle lets many answers come in for each time that this thread is woken.
                window[len(window) // 2].exception()
                yield _outcome(window.popleft())
                while window and window[0].done():
                    yield _outcome(window.popleft())
            window.append(resolve(request.connection).send(request))
        while window:
            yield _outcome(window.popleft())
    finally:
        wait_for(window)


async def aoutcomes(requests: Iterable[Request], resolve: Resolve, concurrency: int) -> AsyncIterator[Outcome]:
    """Yield like :func:`outcomes`, giving way to the event loop while answers are on their way.

    Args:
        requests: what to ask; read as places become free.
        resolve: finds the driver of a connection.
        concurrency: requests under way at most.
    """
    window: deque[Future[Page]] = deque()
    try:
        for request in requests:
            if len(window) >= concurrency:
                await _aoutcome(window[len(window) // 2])
                yield await _aoutcome(window.popleft())
                while window and window[0].done():
                    yield _outcome(window.popleft())
            window.append(resolve(request.connection).send(request))
        while window:
            yield await _aoutcome(window.popleft())
    finally:
        while window:
            await _aoutcome(window.popleft())


def _outcome(future: Future[Page]) -> Outcome:
    try:
        return future.result()
    except Exception as error:  # noqa: BLE001 - the caller decides what an error means
        return error


async def _aoutcome(future: Future[Page]) -> Outcome:
    await settled(future)
    return _outcome(future)
