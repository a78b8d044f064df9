"""What type checkers must refuse; each line that is wrong says so, with mypy's code for it."""

from __future__ import annotations

from helenus import BatchQuery, Model, columns, connection, management


class Automobile(Model):
    """The guide's model."""

    manufacturer = columns.Text(primary_key=True)
    year = columns.Integer(primary_key=True)
    options = columns.Set(columns.Text)


class NotAModel:
    """Something else."""


def instances(auto: Automobile) -> int:
    """Values have the types of their columns."""
    auto.year = "2010"  # wrong: call-overload
    auto.options = ["radio"]  # wrong: call-overload
    auto.yaer = 2010  # wrong: attr-defined
    auto.manufacturer + 1  # wrong: operator
    number: int = auto.manufacturer  # wrong: assignment
    auto.svae()  # wrong: attr-defined
    return number


def queries() -> str:
    """A query gives instances of its model, and takes what it takes."""
    text: str = Automobile.objects.get()  # wrong: assignment
    _ = Automobile.objects.first().year  # wrong: union-attr
    Automobile.objects.limit("5")  # wrong: arg-type
    Automobile.objects.order_by(5)  # wrong: arg-type
    Automobile.objects.count() + "1"  # wrong: operator
    Automobile.objects.flter(year=5)  # wrong: attr-defined
    for auto in Automobile.objects:
        _ = auto.yaer  # wrong: attr-defined
    return text


async def awaited() -> None:
    """What is awaited must be awaited, and what is not must not."""
    _ = Automobile.objects.aget().year  # wrong: attr-defined
    await Automobile.objects.get()  # wrong: misc
    async for auto in Automobile.objects:
        _ = auto.yaer  # wrong: attr-defined


def places() -> None:
    """Names are texts, and lists are lists."""
    connection.use(conection="cluster1")  # wrong: call-arg
    management.sync_table(NotAModel)  # wrong: arg-type
    management.sync_table(Automobile, connections=5)  # wrong: arg-type
    BatchQuery(connection=5)  # wrong: arg-type
    Automobile.objects.using(connection=5)  # wrong: arg-type
