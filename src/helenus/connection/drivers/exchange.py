"""One request of ``send`` on its way: statement, place in the queue, answer.

It does not know the driver package; what sends is handed in.
"""

from __future__ import annotations

from typing import Protocol

from helenus.connection.drivers.base import Outcome
from helenus.connection.drivers.gate import Gate
from helenus.connection.drivers.native import NativeStatement, ResponseFuture
from helenus.connection.request import Batch, Page, Request

__all__ = ["Exchange", "Sender"]


class Sender(Protocol):
    """What sends, and reads answers."""

    gate: Gate
    under_way: set[object]

    def statement(self, request: Request | Batch) -> NativeStatement:
        """Return the driver's statement for a request; may wait for the server to prepare it."""

    def begin(self, statement: NativeStatement, request: Request | Batch) -> ResponseFuture:
        """Send a statement without waiting."""

    def page(self, sent: ResponseFuture) -> Page:
        """Return the answer to a request."""

    def failure(self, error: BaseException, request: Request | Batch, sent: ResponseFuture | None) -> BaseException:
        """Return the error that the caller sees."""


class Exchange:
    """One request on its way; ``outcome`` completes with its page."""

    __slots__ = ("_ended", "_request", "_sender", "_sent", "_statement", "outcome")

    def __init__(self, sender: Sender, request: Request | Batch, outcome: Outcome) -> None:
        """Describe it; nothing is sent.

        Args:
            sender: what sends it.
            request: what is asked.
            outcome: where the answer is put.
        """
        self.outcome = outcome
        self._sender = sender
        self._request = request
        self._statement: NativeStatement = None
        self._sent: ResponseFuture | None = None
        self._ended = False

    def enter(self) -> None:
        """Build the statement, preparing it if need be, and send it when there is a place."""
        try:
            self._statement = self._sender.statement(self._request)
        except BaseException as error:  # noqa: BLE001 - handed over
            self._end(error, None)
        else:
            self._sender.gate.enter(self._start)

    def _start(self) -> bool:
        if self.outcome.cancelled():
            self._end(None, None)
            return False
        try:
            self._sent = self._sender.begin(self._statement, self._request)
        except BaseException as error:  # noqa: BLE001 - handed over
            self._end(error, None)
            return False
        self._sent.add_callbacks(self._answered, self._failed)
        return True

    # The driver runs these two on its I/O thread and swallows what they raise, so they only hand over. Both, or one of
    # them twice, may be run when a timeout crosses a late answer.

    def _answered(self, _: object) -> None:
        if self._ended or self._sent is None:
            return
        try:
            page = self._sender.page(self._sent)
        except BaseException as error:  # noqa: BLE001 - handed over
            self._failed(error)
        else:
            self._end(None, page)
            self._leave()

    def _failed(self, error: BaseException) -> None:
        if self._ended:
            return
        self._end(error, None)
        self._leave()

    def _leave(self) -> None:
        self._sender.gate.leave()
        self._sender.under_way.discard(self)

    def _end(self, error: BaseException | None, page: Page | None) -> None:
        self._ended = True
        if self._sent is None:
            self._sender.under_way.discard(self)
        if not self.outcome.set_running_or_notify_cancel():
            return
        if error is not None:
            self.outcome.set_exception(self._sender.failure(error, self._request, self._sent))
        elif page is not None:
            self.outcome.set_result(page)
