"""A driver for tests: it records every request and answers with pages prepared beforehand; no cluster is needed."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import TypeAlias

from helenus.connection.drivers.base import NativeCluster, NativeSession, Outcome
from helenus.connection.request import Batch, Page, Request
from helenus.errors import ConnectionClosed

__all__ = ["Answer", "RecordingDriver"]

Answer: TypeAlias = Page | BaseException | Callable[[Request | Batch], Page]
"""What is answered to one request: a page, an error to raise, or a function that makes a page."""


class RecordingDriver:
    """Records requests and answers them.

    Args:
        name: the connection, for pages.
        answers: what to answer, in this order; after that, a page without rows.

    Attributes:
        requests: what was asked, in order.
        closed: whether the connection was unregistered or replaced.
    """

    session: NativeSession = None
    cluster: NativeCluster = None

    def __init__(self, name: str, *answers: Answer) -> None:
        """Start with nothing asked."""
        self.name = name
        self.requests: list[Request | Batch] = []
        self.closed = False
        self._answers = deque(answers)
        self._lock = threading.Lock()

    def answer(self, *answers: Answer) -> None:
        """Add answers to those that are left."""
        self._answers.extend(answers)

    def execute(self, request: Request | Batch) -> Page:
        """Record a request and give its answer."""
        with self._lock:
            if self.closed:
                raise ConnectionClosed(f"Connection {self.name!r} is closed; nothing was sent.")
            self.requests.append(request)
            answer = self._answers.popleft() if self._answers else Page()
        if isinstance(answer, BaseException):
            raise answer
        page = answer if isinstance(answer, Page) else answer(request)
        return page if page.connection is not None else replace(page, connection=self.name)

    def send(self, request: Request | Batch) -> Future[Page]:
        """Record a request; its answer is there at once."""
        outcome: Future[Page] = Future()
        self.post(request, outcome)
        return outcome

    def post(self, request: Request | Batch, outcome: Outcome) -> None:
        """Record a request; its answer is put into ``outcome`` at once."""
        try:
            outcome.set_result(self.execute(request))
        except ConnectionClosed:
            raise
        except BaseException as error:  # noqa: BLE001 - handed over
            outcome.set_exception(error)

    def close(self) -> None:
        """Refuse further requests."""
        self.closed = True

    def abandon(self) -> None:
        """Refuse further requests in a forked child, as a real driver does."""
        self.closed = True
        self._lock = threading.Lock()
