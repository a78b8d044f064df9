"""Every operation on models, plain and async, at a place that several speakers decide; see ``precedence``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from helenus import BatchQuery, connection
from tests.mapper.precedence import Said

READS = ("get", "first", "count", "iterate", "len", "index", "page", "bool")
QUERIES = ("create", "query update", "query delete")
INSTANCES = ("save", "update", "delete")

EVERY = (
    *((operation, False) for operation in (*READS, *QUERIES, *INSTANCES)),
    *((operation, True) for operation in (*QUERIES, *INSTANCES)),
)
"""Each operation, and whether in a batch."""

IDS = [f"{operation}{' in a batch' if batched else ''}" for operation, batched in EVERY]

HEARD = {
    (True, False): "instance context origin model",
    (False, False): "query context model",
    (True, True): "batch context origin model",
    (False, True): "batch context model",
}
"""Who is heard, by whether the operation is an instance's and whether it is in a batch."""

Call = Callable[[Any, str], Any]

PLAIN: dict[str, Call] = {
    "get": lambda q, key: q.get(id=key),
    "first": lambda q, key: q.filter(id=key).first(),
    "count": lambda q, key: q.filter(id=key).count(),
    "iterate": lambda q, key: list(q.filter(id=key)),
    "len": lambda q, key: len(q.filter(id=key)),
    "index": lambda q, key: q.filter(id=key)[:1],
    "page": lambda q, key: q.filter(id=key).page(5).items,
    "bool": lambda q, key: bool(q.filter(id=key)),
    "create": lambda q, key: q.create(id=key, note="new"),
    "query update": lambda q, key: q.filter(id=key).update(note="new"),
    "query delete": lambda q, key: q.filter(id=key).delete(),
    "save": lambda x, _: x.save(),
    "update": lambda x, _: x.update(note="newer"),
    "delete": lambda x, _: x.delete(),
}


async def _iterate(query: Any, key: str) -> list[Any]:
    return [row async for row in query.filter(id=key)]


async def _page(query: Any, key: str) -> list[Any]:
    page = await query.filter(id=key).apage(5)
    return list(page.items)


ASYNC: dict[str, Call] = {
    "get": lambda q, key: q.aget(id=key),
    "first": lambda q, key: q.filter(id=key).afirst(),
    "count": lambda q, key: q.filter(id=key).acount(),
    "iterate": _iterate,
    "len": lambda q, key: q.filter(id=key).afetch(),
    "page": _page,
    "create": lambda q, key: q.acreate(id=key, note="new"),
    "query update": lambda q, key: q.filter(id=key).aupdate(note="new"),
    "query delete": lambda q, key: q.filter(id=key).adelete(),
    "save": lambda x, _: x.asave(),
    "update": lambda x, _: x.aupdate(note="newer"),
    "delete": lambda x, _: x.adelete(),
}


@dataclass
class Case:
    """One operation, and what is said of where it goes."""

    operation: str
    batched: bool
    place: Said
    keyspace: Said
    model: Any
    instance: Any = field(default=None, repr=False)
    key: str = "x"

    def subject(self, batch: BatchQuery | None) -> Any:
        """Return what the operation is called on, with what query or instance say for themselves."""
        place, keyspace = self.place, self.keyspace
        if self.operation in INSTANCES:
            if place.instance or keyspace.instance:
                self.instance.using(connection=place.instance, keyspace=keyspace.instance)
            return self.instance if batch is None else self.instance.batch(batch)
        query = self.model.objects
        if place.query or keyspace.query:
            query = query.using(connection=place.query, keyspace=keyspace.query)
        return query if batch is None else query.batch(batch)

    def run(self) -> Any:
        """Call the plain operation."""
        with connection.use(connection=self.place.context, keyspace=self.keyspace.context):
            batch = BatchQuery(connection=self.place.batch) if self.batched else None
            found = PLAIN[self.operation](self.subject(batch), self.key)
            if batch is not None:
                batch.execute()
        return found

    async def arun(self) -> Any:
        """Call the async operation."""
        use = connection.use(connection=self.place.context, keyspace=self.keyspace.context)
        async with use, self._batch() as batch:
            return await ASYNC[self.operation](self.subject(batch), self.key)

    @asynccontextmanager
    async def _batch(self) -> AsyncIterator[BatchQuery | None]:
        if not self.batched:
            yield None
            return
        async with BatchQuery(connection=self.place.batch) as batch:
            yield batch
