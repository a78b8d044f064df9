"""helenus."""
# ruff: noqa: D102 - the methods are the workloads, described in benchmarks.workloads

from __future__ import annotations

from benchmarks import data
from benchmarks.contestants.base import Body, timed_import
from benchmarks.contestants.models import MapperWorker, declare
from benchmarks.workloads import CONCURRENCY
from helenus import BatchQuery, Model, UserType, columns, connection, management


class Worker(MapperWorker):
    """helenus."""

    def connect(self, host: str, port: int) -> None:
        connection.setup([host], data.KEYSPACE, port=port, protocol_version=4, compression=False)
        self.models = declare(columns, Model, UserType)
        self.batch = BatchQuery

    def close(self) -> None:
        connection.unregister_connection("default")

    def bulk(self, n: int) -> Body:
        model, rows = self.models["Person"], self.new_people(n)

        def body() -> int:
            return model.objects.bulk_create(rows, concurrency=CONCURRENCY).written

        return body

    def import_time(self, n: int) -> Body:  # noqa: ARG002 - once
        return timed_import("import helenus")

    def sync(self, n: int) -> Body:
        model = self.models["Person"]

        def body() -> int:
            for _ in range(n):
                management.sync_table(model)
            return n

        return body
