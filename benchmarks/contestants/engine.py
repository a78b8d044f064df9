"""cqlengine, the driver's own mapper."""
# ruff: noqa: D102 - the methods are the workloads, described in benchmarks.workloads

from __future__ import annotations

from cassandra.cqlengine import columns, connection, management
from cassandra.cqlengine.models import Model
from cassandra.cqlengine.query import BatchQuery
from cassandra.cqlengine.usertype import UserType

from benchmarks import data
from benchmarks.contestants.base import Body, timed_import
from benchmarks.contestants.models import MapperWorker, declare
from benchmarks.contestants.raw import NODELAY, OPTIONS


class Worker(MapperWorker):
    """cassandra.cqlengine."""

    def connect(self, host: str, port: int) -> None:
        connection.setup([host], data.KEYSPACE, port=port, sockopts=NODELAY, **OPTIONS)
        self.models = declare(columns, Model, UserType)
        self.batch = BatchQuery

    def close(self) -> None:
        connection.unregister_connection("default")

    def import_time(self, n: int) -> Body:  # noqa: ARG002 - once
        package = "cassandra.cqlengine"
        names = ("columns", "connection", "functions", "management", "models", "named", "query", "usertype")
        return timed_import("import " + ", ".join(f"{package}.{name}" for name in names))

    def sync(self, n: int) -> Body:
        model = self.models["Person"]

        def body() -> int:
            for _ in range(n):
                management.sync_table(model)
            return n

        return body
