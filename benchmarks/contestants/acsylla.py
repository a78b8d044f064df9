"""acsylla: a client on the C++ driver; rows are tuples."""
# ruff: noqa: D102 - described in benchmarks.contestants.asynchronous

from __future__ import annotations

from typing import Any

import acsylla

from benchmarks.contestants.asynchronous import STATEMENTS, AsyncWorker


class Worker(AsyncWorker):
    """acsylla."""

    async def open(self, host: str, port: int) -> None:
        cluster = acsylla.create_cluster([host], port=port, protocol_version=4, tcp_nodelay=True)
        self.session = await cluster.create_session()
        self.prepared = {name: await self.session.create_prepared(text) for name, text in STATEMENTS.items()}

    async def shut(self) -> None:
        await self.session.close()

    async def _send(self, name: str, values: list[Any], page_size: int | None = None) -> Any:  # noqa: ANN401
        statement = self.prepared[name].bind(page_size=page_size)
        statement.bind_list(values)
        return await self.session.execute(statement)

    async def write(self, name: str, values: list[Any]) -> None:
        await self._send(name, values)

    async def one(self, name: str, values: list[Any]) -> object:
        return (await self._send(name, values)).first().as_tuple()

    async def all(self, name: str, values: list[Any]) -> list[Any]:
        return [row.as_tuple() for row in await self._send(name, values)]

    async def send_batch(self, rows: list[list[Any]]) -> None:
        batch = acsylla.create_batch_logged()
        for row in rows:
            statement = self.prepared["reading"].bind()
            statement.bind_list(row)
            batch.add_statement(statement)
        await self.session.execute_batch(batch)
