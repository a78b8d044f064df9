"""Queries on models: what :class:`Query` says, sent. Every method that does I/O has an async twin, ``a`` + its name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, TypeVar, overload

from helenus import connection as connections
from helenus.connection.registry import resolve
from helenus.connection.runner import achunks, chunks
from helenus.errors import DoesNotExist, HelenusError, MultipleObjectsReturned
from helenus.mapper import bulk, query_flows
from helenus.mapper.chain import Query
from helenus.mapper.reads import Read, plan_count, plan_read
from helenus.mapper.results import ResultPage, Rows
from helenus.mapper.selection import consistency_for, select
from helenus.mapper.state import UNMARKED, Next, Origin

if TYPE_CHECKING:
    from helenus.mapper.bulk import BulkResult
    from helenus.mapper.model import BaseModel
    from helenus.mapper.writes import Write

__all__ = ["ModelQuerySet", "QuerySet", "ResultPage"]

M = TypeVar("M", bound="BaseModel")
PLAIN = frozenset({"model", "_where", "_rows"})
"""The attributes of a query that say nothing about how its writes are sent."""


class QuerySet(Query[M]):
    """A query on a model; it is sent when its rows are looked at."""

    # ---- where and how ----------------------------------------------------------------------------------------------

    def _origin(self) -> Origin:
        connection = self._connection if self._batch is None else self._batch.asked
        return select(self.model, connection, self._keyspace)

    def _read(self, limit: int | None = None) -> Read:
        return plan_read(self, self._origin(), consistency_for(self.model, self._consistency), limit)

    def _how(self) -> Next:
        """Return how a write of this query is to be sent."""
        consistency = consistency_for(self.model, self._consistency)
        if consistency is None and self.__dict__.keys() <= PLAIN:
            return UNMARKED
        timestamp = self._timestamp
        if timestamp is None and self._batch is not None:
            timestamp = self._batch.stamp
        return Next(
            ttl=self._ttl,
            timestamp=timestamp,
            consistency=consistency,
            if_not_exists=self._if_not_exists,
            if_exists=self._if_exists,
            conditions=self._conditional,
            batch=self._batch,
            timeout=self._timeout,
            connection=self._connection,
            keyspace=self._keyspace,
        )

    def __str__(self) -> str:
        """Return the CQL of the SELECT, with markers for the values; no connection needs to be registered."""
        keyspace = self._keyspace or connections.selection().keyspace or self.model._get_keyspace()
        return plan_read(self, Origin(None, keyspace), None).text

    def __repr__(self) -> str:
        """Print what is asked; this sends nothing."""
        try:
            return f"<{type(self).__name__.removeprefix('Model')} {self}>"
        except HelenusError as error:
            return f"<{type(self).__name__.removeprefix('Model')} of {self.model.__name__}: {error}>"

    def __eq__(self, other: object) -> bool:
        """Tell whether another query has the same conditions on the same model."""
        if not isinstance(other, QuerySet):
            return NotImplemented
        return self.model is other.model and len(self._where) == len(other._where) and set_of(self) == set_of(other)

    __hash__ = object.__hash__

    # ---- rows -------------------------------------------------------------------------------------------------------

    def _result(self) -> Rows[Any]:
        if self._rows is None:
            # Planned once: what is asked again later comes from the same place, whatever block is open then.
            read = self._read()
            self._rows = Rows(lambda: chunks(read.request(), resolve, read.load))
        return self._rows

    def __iter__(self) -> Iterator[M]:
        """Yield the rows, page by page; small results are kept, so that iterating again asks nothing."""
        rows = self._result()
        if rows.is_streamed:
            rows = self._rows = rows.again()
        return iter(rows)

    async def __aiter__(self) -> AsyncIterator[M]:
        """Yield the rows, page by page, giving way to the event loop while a page is on its way."""
        if self._rows is not None and self._rows.done:
            for item in self._rows.fill():
                yield item
            return
        read = self._read()
        async with aclosing(achunks(read.request(), resolve, read.load)) as lists:
            async for chunk in lists:
                for item in chunk:
                    yield item

    def fetch(self) -> list[M]:
        """Return all rows."""
        return list(self._result().fill())

    async def afetch(self) -> list[M]:
        """Return all rows."""
        if self._rows is None or not self._rows.done:
            read = self._read()
            rows: list[Any] = []
            async for chunk in achunks(read.request(), resolve, read.load):
                rows.extend(chunk)
            self._rows = Rows.of(rows)
        return list(self._rows.fill())

    def __len__(self) -> int:
        """Fetch all rows and count them; :meth:`count` asks the server to count."""
        return len(self._result().fill())

    def __bool__(self) -> bool:
        """Tell whether there is any row, fetching a page at most."""
        return bool(self._result().fill(1))

    @overload
    def __getitem__(self, index: int) -> M: ...

    @overload
    def __getitem__(self, index: slice) -> list[M]: ...

    def __getitem__(self, index: int | slice) -> M | list[M]:
        """Return one row or a list of rows; negative indexes fetch all rows first.

        Raises:
            IndexError: if there is no such row.
            TypeError: if the index is no int or slice.
        """
        if isinstance(index, slice):
            bounds = [part for part in (index.start, index.stop) if part is not None]
            ends = index.stop is not None and (index.step or 1) > 0 and all(part >= 0 for part in bounds)
            return self._result().fill(index.stop if ends else None)[index]
        if not isinstance(index, int):
            raise TypeError(f"QuerySet indices must be integers, got {index!r}")
        rows = self._result().fill(index + 1 if index >= 0 else None)
        try:
            return rows[index]  # type: ignore[no-any-return]
        except IndexError:
            raise IndexError(f"the query has {len(rows)} row(s), there is no [{index}]") from None

    def page(self, size: int, state: bytes | None = None) -> ResultPage:
        """Return one page of at most ``size`` rows, and where the next one begins.

        Args:
            size: rows; a page may have fewer without being the last one.
            state: the ``state`` of the page before; None begins at the first row.
        """
        result: ResultPage = connections.run(query_flows.page(self.fetch_size(size)._read(), state))
        return result

    async def apage(self, size: int, state: bytes | None = None) -> ResultPage:
        """Return one page of at most ``size`` rows, and where the next one begins; see :meth:`page`."""
        result: ResultPage = await connections.arun(query_flows.page(self.fetch_size(size)._read(), state))
        return result

    def first(self) -> M | None:
        """Return the first row, None if there is none; asks for one row."""
        return next(iter(self._few(1)), None)

    async def afirst(self) -> M | None:
        """Return the first row, None if there is none; asks for one row."""
        return next(iter(await self._afew(1)), None)

    def get(self, /, *conditions: Any, **kwargs: object) -> M:
        """Return the only row; asks for two.

        Raises:
            DoesNotExist: (the model's own) if there is none.
            MultipleObjectsReturned: (the model's own) if there are more.
        """
        query = self.filter(*conditions, **kwargs) if conditions or kwargs else self
        return query._only(query._few(2))

    async def aget(self, /, *conditions: Any, **kwargs: object) -> M:
        """Return the only row; asks for two. Raises like :meth:`get`."""
        query = self.filter(*conditions, **kwargs) if conditions or kwargs else self
        return query._only(await query._afew(2))

    def _few(self, count: int) -> list[M]:
        if self._rows is not None and self._rows.done:
            return self._rows.fill()[:count]
        return connections.run(query_flows.rows(self._read(count)))

    async def _afew(self, count: int) -> list[M]:
        if self._rows is not None and self._rows.done:
            return self._rows.fill()[:count]
        return await connections.arun(query_flows.rows(self._read(count)))

    def _only(self, rows: list[M]) -> M:
        if len(rows) == 1:
            return rows[0]
        if rows:
            many: type[MultipleObjectsReturned] = self.model.MultipleObjectsReturned
            raise many(f"Multiple objects found: more than one {self.model.__name__} matches {self._conditions()}")
        none: type[DoesNotExist] = self.model.DoesNotExist
        raise none(f"no {self.model.__name__} matches {self._conditions()}")

    def _conditions(self) -> str:
        names = [f"{r.column.column_name if r.column else 'token'} {r.operator.value} ..." for r in self._where]
        return " and ".join(names) or "(no condition)"

    def count(self) -> int:
        """Return the number of rows, counted by the server.

        Raises:
            QueryException: in a batch.
        """
        if self._distinct_fields or self._per_partition_limit:
            return len(self)  # CQL cannot count distinct keys, nor some rows of each partition
        return connections.run(query_flows.count(self._counting(), self._limit))

    async def acount(self) -> int:
        """Return the number of rows, counted by the server; raises like :meth:`count`."""
        if self._distinct_fields or self._per_partition_limit:
            return len(await self.afetch())
        return await connections.arun(query_flows.count(self._counting(), self._limit))

    def _counting(self) -> Read:
        return plan_count(self, self._origin(), consistency_for(self.model, self._consistency))

    # ---- writes -----------------------------------------------------------------------------------------------------

    def bulk_create(
        self,
        rows: Iterable[M | Mapping[str, object]],
        concurrency: int = 128,
        *,
        on_error: str = "raise",
        on_progress: Callable[[BulkResult[M]], object] | None = None,
    ) -> BulkResult[M]:
        """Insert many rows, several at once; the iterable is read no faster than the database answers.

        Args:
            rows: instances of the model, or dicts of column values.
            concurrency: statements under way at most.
            on_error: ``raise`` stops at the first row that cannot be written and raises its error, when those under
                way are over; ``collect`` goes on, and returns every error.
            on_progress: called with the result so far after every 100 rows, and at the end.

        Returns:
            How many rows were written, and the errors with the index and the row of each.
        """
        return bulk.bulk_create(self, rows, concurrency, on_error, on_progress)

    async def abulk_create(
        self,
        rows: Iterable[M | Mapping[str, object]],
        concurrency: int = 128,
        *,
        on_error: str = "raise",
        on_progress: Callable[[BulkResult[M]], object] | None = None,
    ) -> BulkResult[M]:
        """Insert many rows, several at once; see :meth:`bulk_create`."""
        return await bulk.abulk_create(self, rows, concurrency, on_error, on_progress)

    def create(self, /, **values: object) -> M:
        """Insert a row and return its instance.

        Raises:
            ValidationError: if a value does not fit, or names no column.
            LWTException: with ``if_not_exists()``, if the row exists.
        """
        instance = self._instance(values)
        instance.save()
        return instance

    async def acreate(self, /, **values: object) -> M:
        """Insert a row and return its instance; raises like :meth:`create`."""
        instance = self._instance(values)
        await instance.asave()
        return instance

    def _instance(self, values: Mapping[str, object]) -> M:
        instance = self.model(**values)
        how = self._how()
        if how is not UNMARKED:
            instance._next = how
        return instance

    def update(self, /, **values: object) -> None:
        """Update the row (or the partition's static columns) that the conditions name, without reading it.

        Args:
            values: ``column=value``; None deletes it. Containers also take ``column__add``, ``__remove``,
                ``__append``, ``__prepend`` and ``__update``; for counters the value is added.

        Raises:
            ValidationError: for unknown columns, columns of the primary key, or values that do not fit.
            LWTException: with conditions, if they do not hold.
        """
        self._write(query_flows.update(self, values))

    async def aupdate(self, /, **values: object) -> None:
        """Update the row that the conditions name; raises like :meth:`update`."""
        await self._awrite(query_flows.update(self, values))

    def delete(self) -> None:
        """Delete the rows that the conditions name: a row, a range of rows, or partitions.

        Raises:
            QueryException: unless the whole partition key is restricted.
        """
        self._write(query_flows.delete(self))

    async def adelete(self) -> None:
        """Delete the rows that the conditions name; raises like :meth:`delete`."""
        await self._awrite(query_flows.delete(self))

    def _write(self, plan: Write | None) -> None:
        if plan is None:
            return
        if self._batch is not None:
            self._batch.add(plan)
        else:
            connections.run(query_flows.send(plan))

    async def _awrite(self, plan: Write | None) -> None:
        if plan is None:
            return
        if self._batch is not None:
            self._batch.add(plan)
        else:
            await connections.arun(query_flows.send(plan))


class ModelQuerySet(QuerySet[M]):
    """A query whose rows are instances of a model; what ``Model.objects`` is."""


def set_of(query: QuerySet[Any]) -> set[tuple[object, ...]]:
    """Return a query's conditions without regard to order."""
    return {(id(r.column), r.operator, repr(r.value)) for r in query._where}
