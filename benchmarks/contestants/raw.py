"""The driver by hand: what any mapper on it can at best cost."""
# ruff: noqa: D102 - the methods are the workloads, described in benchmarks.workloads

from __future__ import annotations

import socket
import sys

from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile
from cassandra.concurrent import execute_concurrent_with_args
from cassandra.query import BatchStatement, tuple_factory

from benchmarks import data
from benchmarks.contestants.base import DRIVER_IMPORTS, Body, Contestant, timed_import, traced_memory
from benchmarks.workloads import CONCURRENCY

NODELAY = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
OPTIONS: dict[str, object] = {"protocol_version": 4, "compression": False}
"""The same for all contestants on the Python driver: it would compress where lz4 happens to be installed."""


class Worker(Contestant):
    """The raw driver with TCP_NODELAY."""

    sockopts: list[tuple[int, int, int]] | None = NODELAY

    def connect(self, host: str, port: int) -> None:
        profile = ExecutionProfile(row_factory=tuple_factory)
        profiles = {EXEC_PROFILE_DEFAULT: profile}
        self.cluster = Cluster([host], port=port, sockopts=self.sockopts, execution_profiles=profiles, **OPTIONS)
        self.session = self.cluster.connect()
        self.execute = self.session.execute

    def close(self) -> None:
        self.cluster.shutdown()

    def schema(self) -> int:
        """Create the tables and fill them, for everybody; return the number of rows."""
        for statement in data.SCHEMA:
            self.execute(statement)
        people, buckets = range(data.PEOPLE), [(data.BIG_BUCKET, seq) for seq in range(data.BIG_ROWS)]
        small = [(bucket, seq) for bucket in data.SMALL_BUCKETS for seq in range(data.SMALL_ROWS)]
        rows = [
            (data.INSERT_PERSON, [tuple(data.person(n).values()) for n in people]),
            (data.INSERT_READING, [tuple(data.reading(*each).values()) for each in buckets + small]),
            (data.INSERT_FLAT, [tuple(data.flat(*each).values()) for each in buckets]),
            (data.INSERT_PROFILE, [(data.key(n), tuple(data.address(n).values())) for n in people]),
        ]
        for statement, values in rows:
            execute_concurrent_with_args(self.session, self.session.prepare(statement), values)
        return sum(len(values) for _, values in rows)

    def insert(self, n: int) -> Body:
        statement, execute = self.session.prepare(data.INSERT_PERSON), self.execute
        rows = [tuple(row.values()) for row in self.new_people(n)]

        def body() -> int:
            for row in rows:
                execute(statement, row)
            return len(rows)

        return body

    def get(self, n: int) -> Body:
        statement, execute, keys = self.session.prepare(data.GET_PERSON), self.execute, self.known_keys(n)

        def body() -> int:
            return sum(execute(statement, (key,)).one() is not None for key in keys)

        return body

    def filter_10(self, n: int) -> Body:
        statement, execute = self.session.prepare(data.READ_BUCKET), self.execute
        buckets = self.small_buckets(n)

        def body() -> int:
            return sum(len(list(execute(statement, (bucket,)))) for bucket in buckets)

        return body

    def rows(self, n: int) -> Body:
        statement, execute = self.session.prepare(data.READ_BUCKET), self.execute

        def body() -> int:
            return sum(len(list(execute(statement, (data.BIG_BUCKET,)))) for _ in range(n))

        return body

    def rows_used(self, n: int) -> Body:
        statement, execute = self.session.prepare(data.READ_BUCKET), self.execute

        def body() -> int:
            count = 0
            for _ in range(n):
                for row in list(execute(statement, (data.BIG_BUCKET,))):
                    _bucket, _seq, _station, _kind, _value, _raw, valid, _taken, _note, _tags = row
                    count += valid
            return count

        return body

    def update(self, n: int) -> Body:
        statement, execute, keys = self.session.prepare(data.UPDATE_PERSON), self.execute, self.known_keys(n)

        def body() -> int:
            for number, key in enumerate(keys):
                execute(statement, (f"New {number}", key))
            return len(keys)

        return body

    def modify(self, n: int) -> Body:
        read, write = self.session.prepare(data.GET_PERSON), self.session.prepare(data.UPDATE_PERSON)
        execute, keys, mark = self.execute, self.known_keys(n), self._round

        def body() -> int:
            for key in keys:
                row = execute(read, (key,)).one()
                execute(write, (f"{row[8]} {mark}", row[0]))
            return len(keys)

        return body

    def append(self, n: int) -> Body:
        statement, execute, keys = self.session.prepare(data.APPEND), self.execute, self.known_keys(n)

        def body() -> int:
            for key in keys:
                execute(statement, (["an entry"], key))
            return len(keys)

        return body

    def udt_write(self, n: int) -> Body:
        statement, execute = self.session.prepare(data.INSERT_PROFILE), self.execute
        rows = [(key, tuple(data.address(i).values())) for i, key in enumerate(self.known_keys(n))]

        def body() -> int:
            for row in rows:
                execute(statement, row)
            return len(rows)

        return body

    def udt_read(self, n: int) -> Body:
        statement, execute, keys = self.session.prepare(data.GET_PROFILE), self.execute, self.known_keys(n)

        def body() -> int:
            return sum(execute(statement, (key,)).one()[1].city == "Delft" for key in keys)

        return body

    def _batch(self, n: int, size: int) -> Body:
        statement, execute = self.session.prepare(data.INSERT_READING), self.execute
        batches = [[tuple(row.values()) for row in rows] for rows in self.new_batches(n, size)]

        def body() -> int:
            for rows in batches:
                batch = BatchStatement()
                for row in rows:
                    batch.add(statement, row)
                execute(batch)
            return len(batches)

        return body

    def batch_10(self, n: int) -> Body:
        return self._batch(n, 10)

    def batch_100(self, n: int) -> Body:
        return self._batch(n, 100)

    def bulk(self, n: int) -> Body:
        statement = self.session.prepare(data.INSERT_PERSON)
        rows = [tuple(row.values()) for row in self.new_people(n)]

        def body() -> int:
            return len(execute_concurrent_with_args(self.session, statement, rows, concurrency=CONCURRENCY))

        return body

    def import_time(self, n: int) -> Body:  # noqa: ARG002 - once
        return timed_import(DRIVER_IMPORTS, "")

    def memory(self, n: int) -> Body:
        statement = self.session.prepare(data.READ_FLAT)
        measured = traced_memory(lambda: list(self.execute(statement, (data.BIG_BUCKET,))), n)

        def body() -> dict[str, object]:
            return {**measured(), "tuple": sys.getsizeof((None,) * len(data.FLAT))}

        return body
