"""coodie, with its synchronous API on scylla-driver."""
# ruff: noqa: D102 - the methods are the workloads, described in benchmarks.workloads

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated

import coodie.drivers
from cassandra.cluster import Cluster
from coodie.fields import BigInt, ClusteringKey, Double, Frozen, PrimaryKey
from coodie.sync import BatchQuery, Document, init_coodie
from coodie.usertype import UserType

from benchmarks import data
from benchmarks.contestants.base import Body, Contestant, timed_import, traced_memory
from benchmarks.contestants.models import use
from benchmarks.contestants.raw import NODELAY, OPTIONS


class Address(UserType):
    """A user-defined type."""

    street: str
    city: str
    zip: str
    number: int


class Person(Document):
    """Ten columns, one of them a map."""

    id: Annotated[uuid.UUID, PrimaryKey()]
    name: str
    email: str
    age: int
    visits: Annotated[int, BigInt()]
    score: Annotated[float, Double()]
    active: bool
    created: dt.datetime
    country: str
    attributes: dict[str, str]

    class Settings:
        """The table."""

        name = "person"


class Series(Document):
    """What the tables with many rows in a partition share."""

    bucket: Annotated[int, PrimaryKey()]
    seq: Annotated[int, ClusteringKey()]
    station: str
    kind: str
    value: Annotated[float, Double()]
    raw: Annotated[int, BigInt()]
    valid: bool
    taken: dt.datetime
    note: str


class Reading(Series):
    """Ten columns, one of them a map."""

    tags: dict[str, str]

    class Settings:
        """The table."""

        name = "reading"


class Flat(Series):
    """Ten scalar columns."""

    grade: int

    class Settings:
        """The table."""

        name = "flat"


class Profile(Document):
    """A row with a user-defined type."""

    id: Annotated[uuid.UUID, PrimaryKey()]
    home: Annotated[Address, Frozen()]

    class Settings:
        """The table."""

        name = "profile"


class Journal(Document):
    """A row with a list."""

    id: Annotated[uuid.UUID, PrimaryKey()]
    lines: list[str]

    class Settings:
        """The table."""

        name = "journal"


class Worker(Contestant):
    """coodie.sync."""

    def connect(self, host: str, port: int) -> None:
        # A session of our own with the same options; init_coodie would drop compression=False.
        self.cluster = Cluster([host], port=port, sockopts=NODELAY, **OPTIONS)
        init_coodie(session=self.cluster.connect(data.KEYSPACE), keyspace=data.KEYSPACE)

    def close(self) -> None:
        self.cluster.shutdown()

    def insert(self, n: int) -> Body:
        rows = self.new_people(n)

        def body() -> int:
            for row in rows:
                Person.create(**row)
            return len(rows)

        return body

    def get(self, n: int) -> Body:
        keys = self.known_keys(n)

        def body() -> int:
            return sum(Person.get(id=key) is not None for key in keys)

        return body

    def filter_10(self, n: int) -> Body:
        buckets = self.small_buckets(n)

        def body() -> int:
            return sum(len(Reading.find(bucket=bucket).all()) for bucket in buckets)

        return body

    def rows(self, n: int) -> Body:
        def body() -> int:
            return sum(len(Reading.find(bucket=data.BIG_BUCKET).all()) for _ in range(n))

        return body

    def rows_used(self, n: int) -> Body:
        def body() -> int:
            count = 0
            for _ in range(n):
                for row in Reading.find(bucket=data.BIG_BUCKET).all():
                    use(row)
                    count += row.valid
            return count

        return body

    def update(self, n: int) -> Body:
        keys = self.known_keys(n)

        def body() -> int:
            for number, key in enumerate(keys):
                Person.find(id=key).update(name=f"New {number}")
            return len(keys)

        return body

    def modify(self, n: int) -> Body:
        keys = self.known_keys(n)
        mark = self._round

        def body() -> int:
            for key in keys:
                row = Person.get(id=key)
                row.name = f"{row.country} {mark}"
                row.save()
            return len(keys)

        return body

    def append(self, n: int) -> Body:
        keys = self.known_keys(n)

        def body() -> int:
            for key in keys:
                Journal.find(id=key).update(lines__append=["an entry"])
            return len(keys)

        return body

    def udt_write(self, n: int) -> Body:
        rows = [(key, data.address(i)) for i, key in enumerate(self.known_keys(n))]

        def body() -> int:
            for key, home in rows:
                Profile.create(id=key, home=Address(**home))
            return len(rows)

        return body

    def udt_read(self, n: int) -> Body:
        keys = self.known_keys(n)

        def body() -> int:
            return sum(Profile.get(id=key).home.city == "Delft" for key in keys)

        return body

    def _batch(self, n: int, size: int) -> Body:
        batches = self.new_batches(n, size)

        def body() -> int:
            for rows in batches:
                with BatchQuery() as batch:
                    for row in rows:
                        Reading(**row).save(batch=batch)
            return len(batches)

        return body

    def batch_10(self, n: int) -> Body:
        return self._batch(n, 10)

    def batch_100(self, n: int) -> Body:
        return self._batch(n, 100)

    def construct(self, n: int) -> Body:
        rows = self.new_people(n)

        def body() -> int:
            for row in rows:
                Person(**row)
            return len(rows)

        return body

    def chain(self, n: int) -> Body:
        keys = self.known_keys(n)

        def body() -> int:
            for key in keys:
                Person.find().filter(id=key).limit(10)
            return len(keys)

        return body

    def import_time(self, n: int) -> Body:  # noqa: ARG002 - once
        return timed_import("import coodie.fields, coodie.sync, coodie.usertype, coodie.drivers.cassandra")

    def memory(self, n: int) -> Body:
        return traced_memory(lambda: Flat.find(bucket=data.BIG_BUCKET).all(), n)

    def sync(self, n: int) -> Body:
        driver = coodie.drivers.get_driver()

        def body() -> int:
            for _ in range(n):
                driver._known_tables.clear()  # noqa: SLF001 - else it compares nothing, see Entrant.differs
                Person.sync_table()
            return n

        return body
