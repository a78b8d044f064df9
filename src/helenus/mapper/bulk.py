"""Writing many rows: bounded concurrency, progress, and the error of each row that was not written."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from helenus.connection.concurrent import Answer, aoutcomes, outcomes
from helenus.connection.registry import resolve
from helenus.errors import HelenusError, UnsetUnsupported
from helenus.mapper.flows import check_applied
from helenus.mapper.writes import Write, plan_save, without_unset

if TYPE_CHECKING:
    from helenus.connection.request import Request
    from helenus.mapper.model import BaseModel
    from helenus.mapper.query import QuerySet

__all__ = ["BulkError", "BulkResult", "abulk_create", "bulk_create"]

M = TypeVar("M", bound="BaseModel")
Progress = Callable[["BulkResult[Any]"], object]
PROGRESS_EVERY = 100


@dataclass(frozen=True, slots=True)
class BulkError:
    """A row that was not written.

    Args:
        index: its place among the rows, from 0.
        item: the row as it was given.
        error: why.
    """

    index: int
    item: Any
    error: Exception


@dataclass(slots=True)
class BulkResult(Generic[M]):
    """How far a bulk write has come.

    Args:
        written: rows that were written.
        errors: rows that were not.
    """

    written: int = 0
    errors: list[BulkError] = field(default_factory=list)


@dataclass(slots=True)
class _Sent:
    """A row that is under way."""

    index: int
    item: Any
    instance: BaseModel
    plan: Write
    saved: dict[str, Any]
    again: bool = False


class _Bulk(Generic[M]):
    """One bulk write: turns rows into requests as they are asked for, and outcomes into a result."""

    def __init__(
        self, query: QuerySet[M], rows: Iterable[M | Mapping[str, object]], on_error: str, report: Progress | None
    ) -> None:
        if on_error not in ("raise", "collect"):
            raise HelenusError(f"on_error is 'raise' or 'collect', got {on_error!r}")
        if query._batch is not None:
            raise HelenusError("bulk_create sends statements of its own; it has no place in a batch")
        self._query = query
        self._rows = rows
        self._collects = on_error == "collect"
        self._report = report
        self._sent: deque[_Sent] = deque()
        self._sparse = False
        self._how = query._how()
        self._origin = query._origin()
        self.result: BulkResult[M] = BulkResult()
        self._failed: BulkError | None = None

    def requests(self) -> Iterator[Request]:
        model, how, origin = self._query.model, self._how, self._origin
        for index, item in enumerate(self._rows):
            if self._failed is not None:
                return
            try:
                instance = item if isinstance(item, model) else model(**cast("Mapping[str, object]", item))
                instance._check_polymorphic()
                if instance._has_own_validate:
                    instance.validate()
                plan = plan_save(instance, origin, how)
            except HelenusError as error:
                self._note(BulkError(index, item, error))
                continue
            if plan is None:
                self._count()
                continue
            plan = (without_unset(plan) or plan) if self._sparse else plan
            self._sent.append(_Sent(index, item, instance, plan, instance._snapshot(plan)))
            yield plan.request()

    def take(self, outcome: Answer) -> Write | None:
        """Note the outcome of the oldest request that has none yet; return what to send in its place, if anything."""
        if isinstance(outcome, UnsetUnsupported) and not self._sent[0].again:
            self._sparse = True
            again = without_unset(self._sent[0].plan)
            if again is not None:
                self._sent[0].plan, self._sent[0].again = again, True
                return again
        self._settle(self._sent.popleft(), outcome)
        return None

    def _settle(self, sent: _Sent, outcome: Answer) -> None:
        index, item, instance, plan = sent.index, sent.item, sent.instance, sent.plan
        if not isinstance(outcome, Exception) and plan.conditional:
            try:
                check_applied(outcome)
            except HelenusError as error:
                outcome = error
        if isinstance(outcome, Exception):
            self._note(BulkError(index, item, outcome))
            return
        instance._mark_saved(self._origin, sent.saved)
        self._count()

    def _count(self) -> None:
        self.result.written += 1
        if self._report is not None and self.result.written % PROGRESS_EVERY == 0:
            self._report(self.result)

    def _note(self, failure: BulkError) -> None:
        self.result.errors.append(failure)
        if not self._collects and self._failed is None:
            self._failed = failure

    def finish(self) -> BulkResult[M]:
        """Report the end, and raise the first error unless errors are collected."""
        if self._report is not None:
            self._report(self.result)
        if self._failed is not None:
            self._failed.error.add_note(
                f"bulk_create stopped at row {self._failed.index}; {self.result.written} row(s) were written"
            )
            raise self._failed.error
        return self.result


def bulk_create(
    query: QuerySet[M],
    rows: Iterable[M | Mapping[str, object]],
    concurrency: int,
    on_error: str,
    report: Progress | None,
) -> BulkResult[M]:
    """Write the rows; see :meth:`QuerySet.bulk_create`."""
    bulk = _Bulk(query, rows, on_error, report)
    for outcome in outcomes(bulk.requests(), resolve, concurrency):
        again = bulk.take(outcome)
        for late in outcomes([again.request()] if again else [], resolve, 1):
            bulk.take(late)
    return bulk.finish()


async def abulk_create(
    query: QuerySet[M],
    rows: Iterable[M | Mapping[str, object]],
    concurrency: int,
    on_error: str,
    report: Progress | None,
) -> BulkResult[M]:
    """Write the rows; see :meth:`QuerySet.bulk_create`."""
    bulk = _Bulk(query, rows, on_error, report)
    async for outcome in aoutcomes(bulk.requests(), resolve, concurrency):
        again = bulk.take(outcome)
        async for late in aoutcomes([again.request()] if again else [], resolve, 1):
            bulk.take(late)
    return bulk.finish()
