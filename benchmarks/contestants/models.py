"""What helenus and cqlengine are asked, in the words that both understand: one text, two mappers."""
# ruff: noqa: D102 - the methods are the workloads, described in benchmarks.workloads

from __future__ import annotations

from types import ModuleType
from typing import Any

from benchmarks import data
from benchmarks.contestants.base import Body, Contestant, traced_memory


def declare(columns: ModuleType, base: type, user_type: type) -> dict[str, Any]:
    """Declare the models of the benchmark.

    Args:
        columns: the mapper's module of columns.
        base: its ``Model``.
        user_type: its ``UserType``.
    """

    class Address(user_type):
        __type_name__ = "address"
        street = columns.Text()
        city = columns.Text()
        zip = columns.Text()
        number = columns.Integer()

    class Person(base):
        __table_name__ = "person"
        id = columns.UUID(primary_key=True)
        name = columns.Text()
        email = columns.Text()
        age = columns.Integer()
        visits = columns.BigInt()
        score = columns.Double()
        active = columns.Boolean()
        created = columns.DateTime()
        country = columns.Text()
        attributes = columns.Map(columns.Text, columns.Text)

    class Profile(base):
        __table_name__ = "profile"
        id = columns.UUID(primary_key=True)
        home = columns.UserDefinedType(Address)

    class Journal(base):
        __table_name__ = "journal"
        id = columns.UUID(primary_key=True)
        lines = columns.List(columns.Text)

    declared = (Address, Person, Profile, Journal, *_series(columns, base))
    return {each.__name__: each for each in declared}


def _series(columns: ModuleType, base: type) -> tuple[type, ...]:
    class Series(base):
        __abstract__ = True
        bucket = columns.Integer(primary_key=True)
        seq = columns.Integer(primary_key=True)
        station = columns.Text()
        kind = columns.Text()
        value = columns.Double()
        raw = columns.BigInt()
        valid = columns.Boolean()
        taken = columns.DateTime()
        note = columns.Text()

    class Reading(Series):
        __table_name__ = "reading"
        tags = columns.Map(columns.Text, columns.Text)

    class Flat(Series):
        __table_name__ = "flat"
        grade = columns.Integer()

    return Reading, Flat


class MapperWorker(Contestant):
    """The workloads that read alike for both mappers."""

    models: dict[str, Any]
    batch: type

    def insert(self, n: int) -> Body:
        create, rows = self.models["Person"].create, self.new_people(n)

        def body() -> int:
            for row in rows:
                create(**row)
            return len(rows)

        return body

    def get(self, n: int) -> Body:
        model, keys = self.models["Person"], self.known_keys(n)

        def body() -> int:
            return sum(model.objects.get(id=key) is not None for key in keys)

        return body

    def filter_10(self, n: int) -> Body:
        model, buckets = self.models["Reading"], self.small_buckets(n)

        def body() -> int:
            return sum(len(list(model.objects.filter(bucket=bucket))) for bucket in buckets)

        return body

    def rows(self, n: int) -> Body:
        model = self.models["Reading"]

        def body() -> int:
            return sum(len(list(model.objects.filter(bucket=data.BIG_BUCKET))) for _ in range(n))

        return body

    def rows_used(self, n: int) -> Body:
        model = self.models["Reading"]

        def body() -> int:
            count = 0
            for _ in range(n):
                for row in list(model.objects.filter(bucket=data.BIG_BUCKET)):
                    use(row)
                    count += row.valid
            return count

        return body

    def update(self, n: int) -> Body:
        model, keys = self.models["Person"], self.known_keys(n)

        def body() -> int:
            for number, key in enumerate(keys):
                model.objects.filter(id=key).update(name=f"New {number}")
            return len(keys)

        return body

    def modify(self, n: int) -> Body:
        model, keys, mark = self.models["Person"], self.known_keys(n), self._round

        def body() -> int:
            for key in keys:
                row = model.objects.get(id=key)
                row.name = f"{row.country} {mark}"
                row.save()
            return len(keys)

        return body

    def append(self, n: int) -> Body:
        model, keys = self.models["Journal"], self.known_keys(n)

        def body() -> int:
            for key in keys:
                model.objects.filter(id=key).update(lines__append=["an entry"])
            return len(keys)

        return body

    def udt_write(self, n: int) -> Body:
        profile, address = self.models["Profile"], self.models["Address"]
        rows = [(key, data.address(i)) for i, key in enumerate(self.known_keys(n))]

        def body() -> int:
            for key, home in rows:
                profile.create(id=key, home=address(**home))
            return len(rows)

        return body

    def udt_read(self, n: int) -> Body:
        model, keys = self.models["Profile"], self.known_keys(n)

        def body() -> int:
            return sum(model.objects.get(id=key).home.city == "Delft" for key in keys)

        return body

    def _batch(self, n: int, size: int) -> Body:
        model, batch_type, batches = self.models["Reading"], self.batch, self.new_batches(n, size)

        def body() -> int:
            for rows in batches:
                with batch_type() as batch:
                    for row in rows:
                        model.batch(batch).create(**row)
            return len(batches)

        return body

    def batch_10(self, n: int) -> Body:
        return self._batch(n, 10)

    def batch_100(self, n: int) -> Body:
        return self._batch(n, 100)

    def construct(self, n: int) -> Body:
        model, rows = self.models["Person"], self.new_people(n)

        def body() -> int:
            for row in rows:
                model(**row)
            return len(rows)

        return body

    def chain(self, n: int) -> Body:
        model, keys = self.models["Person"], self.known_keys(n)

        def body() -> int:
            for key in keys:
                model.objects.filter(id=key).limit(10)
            return len(keys)

        return body

    def memory(self, n: int) -> Body:
        model = self.models["Flat"]
        return traced_memory(lambda: list(model.objects.filter(bucket=data.BIG_BUCKET)), n)


def use(row: Any) -> tuple[object, ...]:  # noqa: ANN401 - an instance of any mapper's
    """Read every attribute of a ``reading``."""
    return (
        row.bucket,
        row.seq,
        row.station,
        row.kind,
        row.value,
        row.raw,
        row.valid,
        row.taken,
        row.note,
        row.tags,
    )
