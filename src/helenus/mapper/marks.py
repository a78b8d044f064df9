"""Marks on an instance for its next operation: TTL, timestamp, conditions, batch, connection and the like.

On the class the same names chain a query (see ``attributes.TwoFaced``). A mark is used up by the next operation; in
cqlengine it stays, so that a later, unrelated save is sent with an old TTL, or into a batch that is long over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helenus.connection.request import NOT_SET
from helenus.errors import HelenusError, IfExistsWithCounterColumn, IfNotExistsWithCounterColumn
from helenus.mapper.attributes import TwoFaced
from helenus.mapper.batch import BatchQuery
from helenus.mapper.selection import consistency_for, select
from helenus.mapper.state import UNMARKED, Next, Origin, Timestamp

if TYPE_CHECKING:
    from typing import Self

    from helenus.mapper.expressions import Relation
    from helenus.mapper.state import Layout

__all__ = ["Marks"]


class Marks:
    """The marks of an instance."""

    # The defaults are on the class; an instance that is marked keeps its marks in its __dict__.
    _next: Next | None = None
    # Where an instance belongs that has no row there: it was deleted, or copied from a ContextQuery's new instance.
    _home: Origin | None = None

    if TYPE_CHECKING:
        _layout: Layout | None
        _has_counter: bool
        objects: Any

    def _mark(self, **marks: Any) -> Self:
        how = self._next
        if how is None:
            how = self._next = Next()
        for name, value in marks.items():
            setattr(how, name, value)
        return self

    @TwoFaced
    def ttl(self, ttl: int | None) -> Self:
        """Give the next save or update a time to live in seconds."""
        return self._mark(ttl=ttl)

    @TwoFaced
    def timestamp(self, timestamp: Timestamp | None) -> Self:
        """Give the next operation a write timestamp: microseconds, a datetime, or a timedelta from now."""
        return self._mark(timestamp=timestamp)

    @TwoFaced
    def consistency(self, consistency: int | None) -> Self:
        """Give the next operation a consistency level."""
        return self._mark(consistency=consistency)

    @TwoFaced
    def if_not_exists(self, ife: bool = True) -> Self:
        """Apply the next save only if the row does not exist."""
        if self._has_counter:
            raise IfNotExistsWithCounterColumn("if_not_exists cannot be used with tables containing counter columns")
        return self._mark(if_not_exists=ife)

    @TwoFaced
    def if_exists(self, ife: bool = True) -> Self:
        """Apply the next update or delete only if the row exists."""
        if self._has_counter:
            raise IfExistsWithCounterColumn("if_exists cannot be used with tables containing counter columns")
        return self._mark(if_exists=ife)

    @TwoFaced
    def iff(self, /, *conditions: Any, **kwargs: object) -> Self:
        """Apply the next update or delete only if these conditions hold."""
        if len(conditions) == 1 and isinstance(conditions[0], list):
            conditions = tuple(conditions[0])
        query = type(self).objects.iff(*conditions, **kwargs)
        before = self._next.conditions if self._next else ()
        return self._mark(conditions=before + query._conditional)

    @TwoFaced
    def using(self, connection: str | None = None, keyspace: str | None = None) -> Self:
        """Send the next operation to another connection or keyspace."""
        if self._next is not None and self._next.batch is not None:
            raise HelenusError("Cannot specify a connection on model in batch mode. Use BatchQuery(connection=...)")
        before = self._next or Next()
        return self._mark(connection=connection or before.connection, keyspace=keyspace or before.keyspace)

    @TwoFaced
    def batch(self, batch_object: BatchQuery) -> Self:
        """Add the next operation to a batch instead of sending it."""
        if not isinstance(batch_object, BatchQuery):
            raise HelenusError(f"batch takes a BatchQuery, got {batch_object!r}")
        if self._next is not None and self._next.timeout is not NOT_SET:
            raise AssertionError("Setting both timeout and batch is not supported")
        if self._next is not None and self._next.connection is not None:
            raise HelenusError("Cannot specify a connection on model in batch mode. Use BatchQuery(connection=...)")
        return self._mark(batch=batch_object)

    @TwoFaced
    def timeout(self, timeout: float | None) -> Self:
        """Give the next operation a client-side timeout in seconds; None waits for ever."""
        if self._next is not None and self._next.batch is not None:
            raise AssertionError("Setting both timeout and batch is not supported")
        return self._mark(timeout=timeout)

    def _take_next(self) -> tuple[Next, Origin]:
        """Return how and where the next operation goes; the marks are used up."""
        model: Any = type(self)
        layout = self._layout
        origin = self._home if layout is None else layout.origin
        how = self._next
        if how is None:
            consistency = consistency_for(model, None)
            how = UNMARKED if consistency is None else Next(consistency=consistency)
            return how, select(model, None, None, origin)
        self._next = None
        connection = how.connection
        if how.batch is not None:
            connection = how.batch.asked
            if how.timestamp is None:
                how.timestamp = how.batch.stamp
        how.consistency = consistency_for(model, how.consistency)
        return how, select(model, connection, how.keyspace, origin)

    # ---- what is marked, under cqlengine's names --------------------------------------------------------------------

    @property
    def _ttl(self) -> int | None:
        return self._next.ttl if self._next else None

    @property
    def _timestamp(self) -> Timestamp | None:
        return self._next.timestamp if self._next else None

    @property
    def _if_not_exists(self) -> bool:
        return bool(self._next and self._next.if_not_exists)

    @property
    def _if_exists(self) -> bool:
        return bool(self._next and self._next.if_exists)

    @property
    def _conditional(self) -> tuple[Relation, ...]:
        return self._next.conditions if self._next else ()

    @property
    def _batch(self) -> BatchQuery | None:
        return self._next.batch if self._next else None

    @property
    def _timeout(self) -> object:
        return self._next.timeout if self._next else NOT_SET

    @property
    def _connection(self) -> str | None:
        return self._next.connection if self._next else None
