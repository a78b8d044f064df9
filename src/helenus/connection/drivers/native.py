"""What is used of the driver's objects, as types: the driver carries none. It imports no driver."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from threading import Thread
from typing import Any, Protocol, TypeAlias

__all__ = ["NativeStatement", "ReactorLoop", "ResponseFuture", "ResultSet"]

NativeStatement: TypeAlias = Any
"""A driver's statement: simple, bound or batch."""


class ResultSet(Protocol):
    """The first page of an answer."""

    @property
    def column_names(self) -> Sequence[str] | None:
        """The column names; None for an answer without rows."""

    @property
    def current_rows(self) -> Sequence[tuple[object, ...]]:
        """The rows of this page."""

    @property
    def paging_state(self) -> bytes | None:
        """Where the next page begins."""


class ResponseFuture(Protocol):
    """A request on its way."""

    query: NativeStatement
    row_factory: object
    attempted_hosts: Sequence[object]
    coordinator_host: object
    warnings: Sequence[str] | None
    _connection: object
    _errors: Mapping[object, BaseException]
    _query_retries: int

    def send_request(self) -> bool:
        """Send it to the first host of its plan that takes it."""

    def result(self) -> ResultSet:
        """Wait for the answer."""

    def add_callbacks(self, callback: Callable[[object], None], errback: Callable[[BaseException], None]) -> None:
        """Have one of two functions called with the answer."""


class ReactorLoop(Protocol):
    """The event loop of the libev reactor."""

    _live_conns: AbstractSet[object]
    _shutdown: bool
    _thread: Thread | None

    def notify(self) -> None:
        """Wake the loop."""
