"""Batches: writes of several instances and queries, sent as one native BATCH message of bound statements."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any

from helenus import connection as connections
from helenus.connection.request import NOT_SET, Flow, NotSet, Page
from helenus.errors import BatchConnectionMismatch, HelenusError
from helenus.mapper import flows
from helenus.mapper.selection import resolve_name
from helenus.mapper.state import Timestamp, microseconds
from helenus.mapper.writes import Write, options_of

if TYPE_CHECKING:
    from typing import Self

__all__ = ["BatchQuery", "BatchType"]


class BatchType:
    """Kinds of batches; logged ones are all or nothing, and the default.

    Attributes:
        Unlogged: without the batch log: only as atomic as its partitions.
        Counter: for counter updates.
    """

    Unlogged = "UNLOGGED"
    Counter = "COUNTER"


class BatchQuery:
    """Collects writes, and sends them together when its ``with`` block ends.

    Args:
        batch_type: None for a logged batch, :class:`BatchType`, or the driver's ``BatchType``.
        timestamp: for all statements that have none of their own: microseconds, a datetime, or a timedelta from now.
        consistency: consistency level.
        execute_on_exception: send the batch even if its block raises.
        timeout: client-side timeout in seconds; None waits for ever.
        connection: the connection that all writes go to; by default the one of the first write.

    Raises:
        ValidationError: for a timestamp of another type.
    """

    warn_multiple_exec = True

    def __init__(  # noqa: PLR0917 - cqlengine's signature
        self,
        batch_type: object = None,
        timestamp: Timestamp | None = None,
        consistency: int | None = None,
        execute_on_exception: bool = False,
        timeout: float | NotSet | None = NOT_SET,
        connection: str | None = None,
    ) -> None:
        """Begin an empty batch."""
        self.queries: list[Write] = []
        self._undo: list[Callable[[], None]] = []
        self.batch_type = batch_type
        self.timestamp = timestamp
        self._consistency = consistency
        self._execute_on_exception = execute_on_exception
        self._timeout = timeout
        self._connection = resolve_name(connection) if connection else None
        self._connection_explicit = connection is not None
        self._callbacks: list[tuple[Callable[..., object], tuple[Any, ...], dict[str, Any]]] = []
        self._executed = False
        self._in_block = False
        self._kind()
        # Once for the whole batch, and on each statement: the driver has no way to give a BATCH message a timestamp.
        self.stamp = None if timestamp is None else microseconds(timestamp)

    def _kind(self) -> str:
        """Return the kind of batch in words.

        Raises:
            HelenusError: if ``batch_type`` is none.
        """
        given = self.batch_type
        name = "LOGGED" if given is None else str(getattr(given, "name", given)).upper()
        if name not in ("LOGGED", "UNLOGGED", "COUNTER"):
            raise HelenusError(f"batch_type is None, BatchType.Unlogged or BatchType.Counter, got {given!r}")
        return name

    @property
    def asked(self) -> str | None:
        """The connection that the batch was made for; None if its first write decides."""
        return self._connection if self._connection_explicit else None

    def add(self, plan: Write, undo: Callable[[], None] | None = None) -> None:
        """Add one write.

        Args:
            plan: the write.
            undo: called if the batch fails or is dropped: puts the instance back, so that saving it again writes again.

        Raises:
            BatchConnectionMismatch: if it is for another connection than the batch; nothing has been sent then.
        """
        connection = plan.origin.connection
        if self._connection is None:
            self._connection = connection
        elif connection != self._connection:
            raise BatchConnectionMismatch(
                f"BatchQuery queries must be executed on the same connection: {plan.label} is for {connection!r}, the"
                f" batch is for {self._connection!r}. Use a batch for each connection"
            )
        if plan.whole is not None:
            plan.whole[1].batch = None  # a cycle would keep a batch that nobody executes, see __del__
        self.queries.append(plan)
        if undo is not None:
            self._undo.append(undo)

    def add_query(self, query: Write) -> None:
        """Add a write that was planned for another batch, one of its ``queries``.

        Raises:
            HelenusError: for something else; raw CQL cannot be mixed with planned writes.
            BatchConnectionMismatch: if it is for another connection than the batch.
        """
        if not isinstance(query, Write):
            raise HelenusError(f"only writes planned by models and queries can be added to a batch, got {query!r}")
        self.add(query)

    def consistency(self, consistency: int | None) -> None:
        """Set the consistency level."""
        self._consistency = consistency

    def add_callback(self, fn: Callable[..., object], *args: object, **kwargs: object) -> None:
        """Call ``fn(*args, **kwargs)`` after the batch was applied.

        Raises:
            ValueError: if it is not callable.
        """
        if not callable(fn):
            raise ValueError(f"Value for argument 'fn' is {type(fn)}, but must be callable.")
        self._callbacks.append((fn, args, kwargs))

    def execute(self) -> None:
        """Send the batch, then call the callbacks.

        Raises:
            LWTException: if it is conditional and was not applied, with every row that the server answered.
        """
        self._warn_if_executed()
        if self.queries:
            try:
                connections.run(self._flow())
            except BaseException:
                self._drop()
                raise
        self._finish()

    async def aexecute(self) -> None:
        """Send the batch, then call the callbacks; raises like :meth:`execute`."""
        self._warn_if_executed()
        if self.queries:
            try:
                await connections.arun(self._flow())
            except BaseException:
                self._drop()
                raise
        self._finish()

    def _flow(self) -> Flow[Page]:
        options = options_of(self._consistency, self._timeout)
        return flows.send_batch(self.queries, self._kind(), self._connection, options, "BatchQuery")

    def _warn_if_executed(self) -> None:
        if self._executed and self.warn_multiple_exec:
            hint = " If using the context manager, it is not necessary to call execute() explicitly."
            warnings.warn("Batch executed multiple times." + (hint if self._in_block else ""), stacklevel=3)
        self._executed = True

    def _drop(self) -> None:
        """Forget the writes; their instances are as unsaved as they were before."""
        self.queries = []
        for undo in reversed(self._undo):
            undo()
        self._undo = []

    def __del__(self) -> None:
        """Let the instances of a batch that nobody executed know that they are not saved."""
        self._drop()

    def _finish(self) -> None:
        self.queries, self._undo = [], []
        for fn, args, kwargs in self._callbacks:
            fn(*args, **kwargs)

    def __enter__(self) -> Self:
        """Begin the block."""
        self._in_block = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Send the batch, unless the block raised."""
        if kind is None or self._execute_on_exception:
            self.execute()
        else:
            self._drop()

    async def __aenter__(self) -> Self:
        """Begin the block."""
        self._in_block = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Send the batch, unless the block raised."""
        if kind is None or self._execute_on_exception:
            await self.aexecute()
        else:
            self._drop()
