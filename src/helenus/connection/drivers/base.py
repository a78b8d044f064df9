"""The port: what a way to reach a cluster must be able to do.

Nothing above this package may know how a request travels. An implementation may use a driver's session, sockets of its
own, or canned answers.
"""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any, Protocol, TypeAlias

from helenus.connection.request import Batch, Page, Request

__all__ = ["Driver", "NativeCluster", "NativeSession", "Outcome", "SessionDriver"]

NativeSession: TypeAlias = Any
"""A driver's ``Session``; drivers carry no types."""

NativeCluster: TypeAlias = Any
"""A driver's ``Cluster``; drivers carry no types."""


class Outcome(Protocol):
    """Where an answer is put: the part of a ``concurrent.futures.Future`` that whoever answers needs."""

    def cancelled(self) -> bool:
        """Whether nobody waits for the answer any more."""
        ...

    def set_running_or_notify_cancel(self) -> bool:
        """Announce the answer; False if nobody waits for it any more."""
        ...

    def set_result(self, result: Page, /) -> None:
        """Put a page."""
        ...

    def set_exception(self, exception: BaseException | None, /) -> None:
        """Put an error."""
        ...


class Driver(Protocol):
    """Sends requests to one cluster; safe to use from many threads and tasks at once."""

    def execute(self, request: Request | Batch) -> Page:
        """Send a request and wait for its answer in this thread.

        Raises:
            ConnectionClosed: when the driver was closed or belongs to the process that forked this one.
            MaybeApplied: when the answer to a request that is not idempotent was lost.
        """
        ...

    def send(self, request: Request | Batch) -> Future[Page]:
        """Send a request without waiting; never blocks, so that an event loop may call it.

        Whoever completes the future does so on a thread of its own choice. A future that was cancelled before its
        answer arrived stays cancelled and the answer is dropped; the request itself is not called back.
        """
        ...

    def post(self, request: Request | Batch, outcome: Outcome) -> None:
        """Send a request like :meth:`send`; its answer is put into ``outcome``, which may be lighter than a future."""
        ...

    def close(self) -> None:
        """Refuse new requests, let those under way finish, then give back what this driver opened."""
        ...


class SessionDriver(Driver, Protocol):
    """A driver that goes through a session of an installed driver package."""

    @property
    def session(self) -> NativeSession:
        """The session."""
        ...

    @property
    def cluster(self) -> NativeCluster:
        """The cluster that the session belongs to."""
        ...

    def abandon(self) -> None:
        """In a forked child: give up the session without touching its threads, locks or sockets."""
        ...
