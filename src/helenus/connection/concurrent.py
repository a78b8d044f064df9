"""Many requests at once, but never more than a bounded number under way.

The iterable of requests is read no faster than the answers come. Like ``runner``, this waits for answers; it does not
know names, models or drivers.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator
from concurrent.futures import Future
from typing import TypeAlias

from helenus.connection.loops import settled
from helenus.connection.request import Page, Request
from helenus.connection.runner import Resolve

__all__ = ["Answer", "aoutcomes", "outcomes"]

Answer: TypeAlias = Page | Exception
"""The answer to a request, or the error that it ended with."""


MOST_KEPT = 4
"""How many times the concurrency may be kept, answered or under way."""


class _Window:
    """Counts answers, and wakes the one thread that waits for a number of them."""

    __slots__ = ("_enough", "_event", "_lock", "answered")

    def __init__(self) -> None:
        self.answered = 0
        self._enough: int | None = None
        self._event = threading.Event()
        self._lock = threading.Lock()

    def count(self) -> None:
        with self._lock:
            self.answered += 1
            if self._enough is not None and self.answered >= self._enough:
                self._enough = None
                self._event.set()

    def wait(self, number: int) -> None:
        """Wait until ``number`` requests have been answered since the beginning."""
        with self._lock:
            if self.answered >= number:
                return
            self._enough = number
            self._event.clear()
        self._event.wait()


class _Slot:
    """A place for one answer: what a future would be, without a lock and a condition of its own."""

    __slots__ = ("_window", "answer")

    def __init__(self, window: _Window) -> None:
        self._window = window
        self.answer: Answer | None = None

    def cancelled(self) -> bool:
        return False

    def set_running_or_notify_cancel(self) -> bool:
        return True

    def set_result(self, result: Page, /) -> None:
        self.answer = result
        self._window.count()

    def set_exception(self, exception: BaseException | None, /) -> None:
        self.answer = exception if isinstance(exception, Exception) else RuntimeError(repr(exception))
        self._window.count()


def outcomes(requests: Iterable[Request], resolve: Resolve, concurrency: int) -> Iterator[Answer]:
    """Yield the answer to each request, in the order of the requests.

    Stopping early sends no more requests, and returns when those under way are over.

    Args:
        requests: what to ask; read as places become free.
        resolve: finds the driver of a connection.
        concurrency: requests under way at most.
    """
    window = _Window()
    slots: deque[_Slot] = deque()
    sent = 0
    try:
        for request in requests:
            if len(slots) >= concurrency:
                # Waiting until half of them are answered lets many answers come in each time this thread is woken.
                # Should the first one take far longer than the rest, the rest is not kept without bounds.
                window.wait(sent - concurrency // 2 if len(slots) < MOST_KEPT * concurrency else sent)
                yield from _answered(slots)
            slot = _Slot(window)
            resolve(request.connection).post(request, slot)
            slots.append(slot)
            sent += 1
        while slots:
            window.wait(sent)
            yield from _answered(slots)
    finally:
        window.wait(sent)


def _answered(slots: deque[_Slot]) -> Iterator[Answer]:
    """Take the answers off the front, as far as they are there."""
    while slots and (answer := slots[0].answer) is not None:
        slots.popleft()
        yield answer


async def aoutcomes(requests: Iterable[Request], resolve: Resolve, concurrency: int) -> AsyncIterator[Answer]:
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
                await settled(window[len(window) // 2])
                await settled(window[0])
                while window and window[0].done():
                    yield _answer(window.popleft())
            window.append(resolve(request.connection).send(request))
        while window:
            await settled(window[0])
            yield _answer(window.popleft())
    finally:
        while window:
            await settled(window.popleft())


def _answer(future: Future[Page]) -> Answer:
    try:
        return future.result()
    except Exception as error:  # noqa: BLE001 - the caller decides what an error means
        return error
