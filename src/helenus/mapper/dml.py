"""``DMLQuery`` and ``check_applied`` of cqlengine, for code that calls them.

The first writes one instance with all that can be said about it in one call, the second judges the answer to raw CQL.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from helenus.connection.request import NOT_SET, NotSet
from helenus.errors import HelenusError, LWTException
from helenus.mapper.batch import BatchQuery

if TYPE_CHECKING:
    from typing import Self

    from helenus.mapper.expressions import Relation
    from helenus.mapper.model import BaseModel
    from helenus.mapper.state import Timestamp

__all__ = ["DMLQuery", "check_applied"]


class Answer(Protocol):
    """What :func:`check_applied` asks of a result: helenus's ``Rows`` and the driver's ``ResultSet`` have it."""

    @property
    def was_applied(self) -> bool:
        """Whether a conditional statement was applied; raises if the statement was none."""

    def one(self) -> dict[str, object] | None:
        """Return the first row."""


def check_applied(result: Answer) -> None:
    """Raise unless a conditional statement was applied; the answer to another statement passes.

    Args:
        result: what ``connection.execute`` returned.

    Raises:
        LWTException: with the row that the server answered.
    """
    try:
        applied = result.was_applied
    except (HelenusError, RuntimeError):  # the driver's own result says RuntimeError
        return
    if not applied:
        raise LWTException(result.one())


class DMLQuery:
    """Saves, updates or deletes one instance; ``instance.save()`` and its like are the usual way.

    Args:
        model: the instance's class.
        instance: what to write.
        batch: add the write to this batch instead of sending it.
        ttl: seconds to live.
        consistency: consistency level.
        timestamp: microseconds, a datetime, or a timedelta from now.
        if_not_exists: IF NOT EXISTS.
        conditional: conditions of the write.
        timeout: client-side timeout in seconds; None waits for ever.
        if_exists: IF EXISTS.
    """

    def __init__(  # noqa: PLR0917 - cqlengine's signature
        self,
        model: type[BaseModel],
        instance: BaseModel | None = None,
        batch: BatchQuery | None = None,
        ttl: int | None = None,
        consistency: int | None = None,
        timestamp: Timestamp | None = None,
        if_not_exists: bool = False,
        conditional: Sequence[Relation] | None = None,
        timeout: float | NotSet | None = NOT_SET,
        if_exists: bool = False,
    ) -> None:
        """Keep what was said."""
        self.model = model
        self.instance = instance
        self._marks: dict[str, Any] = {
            "batch": batch,
            "ttl": ttl,
            "consistency": consistency,
            "timestamp": timestamp,
            "if_not_exists": if_not_exists,
            "conditions": tuple(conditional or ()),
            "timeout": timeout,
            "if_exists": if_exists,
        }

    def batch(self, batch_obj: BatchQuery | None) -> Self:
        """Add the write to a batch.

        Raises:
            HelenusError: if it is no batch.
        """
        if batch_obj is not None and not isinstance(batch_obj, BatchQuery):
            raise HelenusError(f"batch_obj must be a BatchQuery instance or None, got {batch_obj!r}")
        self._marks["batch"] = batch_obj
        return self

    def save(self) -> None:
        """Save the instance; see :meth:`Model.save`."""
        self._marked().save()

    async def asave(self) -> None:
        """Save the instance; see :meth:`Model.save`."""
        await self._marked().asave()

    def update(self) -> None:
        """Write what changed; see :meth:`Model.update`."""
        self._marked().update()

    async def aupdate(self) -> None:
        """Write what changed; see :meth:`Model.update`."""
        await self._marked().aupdate()

    def delete(self) -> None:
        """Delete the row; see :meth:`Model.delete`."""
        self._marked().delete()

    async def adelete(self) -> None:
        """Delete the row; see :meth:`Model.delete`."""
        await self._marked().adelete()

    def _marked(self) -> BaseModel:
        if self.instance is None:
            raise HelenusError("DML Query instance attribute is None: pass the instance to write")
        return self.instance._mark(**self._marks)
