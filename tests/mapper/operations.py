"""Every operation on models, plain and async, at a place that several speakers decide; see ``precedence``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from helenus import BatchQuery, connection
from tests.mapper.precedence import Said

READS = ("get", "first", "count", "iterate", "len", "index", "page", "bool")
QUERIES = ("create", "query update", "query delete")
INSTANCES = ("save", "update", "delete")

Call = Callable[[Any], Any]

PLAIN: dict[str, Call] = {
    "get": lambda q: q.get(),
    "first": lambda q: q.first(),
    "count": lambda q: q.count(),
    "iterate": list,
    "len": len,
    "index": lambda q: q[:1],
    "page": lambda q: q.page(5),
    "bool": bool,
    "create": lambda q: q.create(id="x", note="new"),
    "query update": lambda q: q.filter(id="x").update(note="new"),
    "query delete": lambda q: q.filter(id="x").delete(),
    "save": lambda x: x.save(),
    "update": lambda x: x.update(note="newer"),
    "delete": lambda x: x.delete(),
}


async def _rows(query: Any) -> list[Any]:
    return [row async for row in query]


ASYNC: dict[str, Call] = {
    "get": lambda q: q.aget(),
    "first": lambda q: q.afirst(),
    "count": lambda q: q.acount(),
    "iterate": _rows,
    "len": lambda q: q.afetch(),
    "page": lambda q: q.apage(5),
    "create": lambda q: q.acreate(id="x", note="new"),
    "query update": lambda q: q.filter(id="x").aupdate(note="new"),
    "query delete": lambda q: q.filter(id="x").adelete(),
    "save": lambda x: x.asave(),
    "update": lambda x: x.aupdate(note="newer"),
    "delete": lambda x: x.adelete(),
}


def query_of(model: Any, place: Said, keyspace: Said, batch: Any = None) -> Any:
    """Return a query of which this is said by itself."""
    query = model.objects
    if place.query or keyspace.query:
        query = query.using(connection=place.query, keyspace=keyspace.query)
    return query if batch is None else query.batch(batch)


def marked(instance: Any, place: Said, keyspace: Said, batch: Any = None) -> Any:
    """Return an instance of which this is said by itself."""
    if place.instance or keyspace.instance:
        instance.using(connection=place.instance, keyspace=keyspace.instance)
    return instance if batch is None else instance.batch(batch)


def subject(model: Any, instance: Any, operation: str, place: Said, keyspace: Said, batch: Any) -> Any:
    """Return what the operation is called on."""
    if operation in INSTANCES:
        return marked(instance, place, keyspace, batch)
    return query_of(model, place, keyspace, batch)


def plain(model: Any, instance: Any, operation: str, place: Said, keyspace: Said, *, batched: bool) -> None:
    """Call the plain operation, in a batch if asked."""
    with connection.use(connection=place.context, keyspace=keyspace.context):
        batch = BatchQuery(connection=place.batch) if batched else None
        PLAIN[operation](subject(model, instance, operation, place, keyspace, batch))
        if batch is not None:
            batch.execute()


async def awaited(model: Any, instance: Any, operation: str, place: Said, keyspace: Said, *, batched: bool) -> None:
    """Call the async operation, in a batch if asked."""
    async with connection.use(connection=place.context, keyspace=keyspace.context), _batch(place, batched) as batch:
        await ASYNC[operation](subject(model, instance, operation, place, keyspace, batch))


@asynccontextmanager
async def _batch(place: Said, batched: bool) -> AsyncIterator[BatchQuery | None]:  # noqa: FBT001
    if not batched:
        yield None
        return
    async with BatchQuery(connection=place.batch) as batch:
        yield batch
