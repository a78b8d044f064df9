"""What scyllapy and acsylla share: both only have coroutines, so each workload runs in a loop of their own."""
# ruff: noqa: D102 - the methods are the workloads, described in benchmarks.workloads

from __future__ import annotations

import abc
import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from benchmarks import data
from benchmarks.contestants.base import Body, Contestant
from benchmarks.workloads import CONCURRENCY

STATEMENTS = {
    "insert": data.INSERT_PERSON,
    "get": data.GET_PERSON,
    "read": data.READ_BUCKET,
    "update": data.UPDATE_PERSON,
    "append": data.APPEND,
    "reading": data.INSERT_READING,
}


class AsyncWorker(Contestant):
    """A client, no mapper: it does the workloads in which no instance is written."""

    def connect(self, host: str, port: int) -> None:
        self.loop = asyncio.new_event_loop()
        self.loop.run_until_complete(self.open(host, port))

    def close(self) -> None:
        self.loop.run_until_complete(self.shut())
        self.loop.close()

    @abc.abstractmethod
    async def open(self, host: str, port: int) -> None:
        """Connect and prepare ``STATEMENTS``."""

    @abc.abstractmethod
    async def shut(self) -> None:
        """Disconnect."""

    @abc.abstractmethod
    async def write(self, name: str, values: list[Any]) -> None:
        """Execute a prepared statement."""

    @abc.abstractmethod
    async def one(self, name: str, values: list[Any]) -> object:
        """Execute a prepared statement and return its first row."""

    @abc.abstractmethod
    async def all(self, name: str, values: list[Any]) -> list[Any]:
        """Execute a prepared statement and return its rows."""

    @abc.abstractmethod
    async def send_batch(self, rows: list[list[Any]]) -> None:
        """Insert rows of ``reading`` in one logged batch."""

    def person(self, row: dict[str, Any]) -> list[Any]:
        """Return the values of a ``person`` as the client takes them."""
        return list(row.values())

    def reading(self, row: dict[str, Any]) -> list[Any]:
        """Return the values of a ``reading`` as the client takes them."""
        return list(row.values())

    def _body(self, work: Callable[[], Awaitable[int]]) -> Body:
        return lambda: self.loop.run_until_complete(work())

    def _writes(self, name: str, rows: list[list[Any]]) -> Body:
        async def work() -> int:
            for row in rows:
                await self.write(name, row)
            return len(rows)

        return self._body(work)

    def insert(self, n: int) -> Body:
        return self._writes("insert", [self.person(row) for row in self.new_people(n)])

    def update(self, n: int) -> Body:
        return self._writes("update", [[f"New {i}", key] for i, key in enumerate(self.known_keys(n))])

    def append(self, n: int) -> Body:
        return self._writes("append", [[["an entry"], key] for key in self.known_keys(n)])

    def get(self, n: int) -> Body:
        keys = self.known_keys(n)

        async def work() -> int:
            return sum([await self.one("get", [key]) is not None for key in keys])

        return self._body(work)

    def filter_10(self, n: int) -> Body:
        buckets = self.small_buckets(n)

        async def work() -> int:
            return sum([len(await self.all("read", [bucket])) for bucket in buckets])

        return self._body(work)

    def rows(self, n: int) -> Body:
        async def work() -> int:
            return sum([len(await self.all("read", [data.BIG_BUCKET])) for _ in range(n)])

        return self._body(work)

    def _batch(self, n: int, size: int) -> Body:
        batches = [[self.reading(row) for row in rows] for rows in self.new_batches(n, size)]

        async def work() -> int:
            for rows in batches:
                await self.send_batch(rows)
            return len(batches)

        return self._body(work)

    def batch_10(self, n: int) -> Body:
        return self._batch(n, 10)

    def batch_100(self, n: int) -> Body:
        return self._batch(n, 100)

    def bulk(self, n: int) -> Body:
        rows = [self.person(row) for row in self.new_people(n)]

        async def some(mine: list[list[Any]]) -> int:
            for row in mine:
                await self.write("insert", row)
            return len(mine)

        async def work() -> int:
            return sum(await asyncio.gather(*[some(rows[start::CONCURRENCY]) for start in range(CONCURRENCY)]))

        return self._body(work)
