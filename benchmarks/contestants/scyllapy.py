"""scyllapy: a client in Rust, which can make rows into dataclass instances."""
# ruff: noqa: D102 - described in benchmarks.contestants.asynchronous

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from scyllapy import Consistency, ExecutionProfile, InlineBatch, Scylla
from scyllapy.extra_types import BigInt, Double

from benchmarks import data
from benchmarks.contestants.asynchronous import STATEMENTS, AsyncWorker

CLASSES = {
    "get": dataclasses.make_dataclass("Person", data.PERSON, slots=True),
    "read": dataclasses.make_dataclass("Reading", data.READING, slots=True),
}
CONVERTED = {"visits": BigInt, "raw": BigInt, "score": Double, "value": Double}


def values(row: dict[str, Any]) -> list[Any]:
    """Wrap numbers whose CQL type is not the one that the client takes for granted."""
    return [
        CONVERTED[name](value)
        if name in CONVERTED
        else value.replace(tzinfo=dt.UTC)
        if isinstance(value, dt.datetime)
        else value
        for name, value in row.items()
    ]


class Worker(AsyncWorker):
    """scyllapy."""

    async def open(self, host: str, port: int) -> None:
        profile = ExecutionProfile(consistency=Consistency.LOCAL_ONE)
        self.client = Scylla([f"{host}:{port}"], default_execution_profile=profile, tcp_nodelay=True)
        await self.client.startup()
        self.prepared = {name: await self.client.prepare(text) for name, text in STATEMENTS.items()}

    async def shut(self) -> None:
        await self.client.shutdown()

    async def write(self, name: str, values: list[Any]) -> None:
        await self.client.execute(self.prepared[name], values)

    async def one(self, name: str, values: list[Any]) -> object:
        return (await self.client.execute(self.prepared[name], values)).first(as_class=CLASSES[name])

    async def all(self, name: str, values: list[Any]) -> list[Any]:
        return (await self.client.execute(self.prepared[name], values)).all(as_class=CLASSES[name])

    async def send_batch(self, rows: list[list[Any]]) -> None:
        batch = InlineBatch()
        for row in rows:
            batch.add_query(self.prepared["reading"], row)
        await self.client.batch(batch)

    def person(self, row: dict[str, Any]) -> list[Any]:
        return values(row)

    def reading(self, row: dict[str, Any]) -> list[Any]:
        return values(row)
