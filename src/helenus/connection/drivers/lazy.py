"""A driver for a connection that is not connected yet: it connects at its first request, then steps aside.

It does not know what connecting means; that is handed in.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from helenus.connection.drivers.base import Driver, Outcome
from helenus.connection.request import Batch, Page, Request

__all__ = ["LazyDriver", "hand_over"]


class LazyDriver:
    """Connects, then hands every request on."""

    def __init__(self, connect: Callable[[], Driver], connect_later: Callable[[], Future[Driver]]) -> None:
        """Remember how to connect.

        Args:
            connect: returns the connected driver, waiting if need be.
            connect_later: the same without waiting.
        """
        self._connect = connect
        self._connect_later = connect_later

    def execute(self, request: Request | Batch) -> Page:
        """Connect if need be, then send a request and wait for its answer."""
        return self._connect().execute(request)

    def send(self, request: Request | Batch) -> Future[Page]:
        """Connect in another thread if need be, then send a request."""
        outcome: Future[Page] = Future()

        def go_on(connected: Future[Driver]) -> None:
            if outcome.cancelled():
                return
            try:
                answer = connected.result().send(request)
            except BaseException as error:  # noqa: BLE001 - handed over
                if outcome.set_running_or_notify_cancel():
                    outcome.set_exception(error)
                return
            answer.add_done_callback(lambda done: hand_over(done, outcome))

        self._connect_later().add_done_callback(go_on)
        return outcome

    def post(self, request: Request | Batch, outcome: Outcome) -> None:
        """Connect in another thread if need be, then send a request; its answer is put into ``outcome``."""
        self.send(request).add_done_callback(lambda done: hand_over(done, outcome))

    def close(self) -> None:
        """Do nothing: nothing is open."""


def hand_over(done: Future[Page], outcome: Outcome) -> None:
    """Give the outcome of one future to another, unless that one was cancelled meanwhile."""
    if not outcome.set_running_or_notify_cancel():
        return
    error = done.exception()
    if error is not None:
        outcome.set_exception(error)
    else:
        outcome.set_result(done.result())
