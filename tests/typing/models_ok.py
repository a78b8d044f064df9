"""What type checkers see of models, queries and batches: every line is meant to be right."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, assert_type

from helenus import BatchQuery, ContextQuery, Model, NamedTable, QuerySet, columns, connection, management
from helenus.errors import DoesNotExist, LWTException
from helenus.mapper.expressions import ColumnExpression, Relation
from helenus.mapper.named import ResultObject
from helenus.mapper.query import ResultPage


class Automobile(Model):
    """The guide's model, and a few columns more."""

    __keyspace__ = "test"
    __connection__ = "cluster2"
    __table_name__ = "automobile"
    __options__ = {"default_time_to_live": 60}  # noqa: RUF012
    manufacturer = columns.Text(primary_key=True)
    year = columns.Integer(primary_key=True, clustering_order="desc")
    model = columns.Text(primary_key=True)
    options = columns.Set(columns.Text)
    prices = columns.Map(columns.Text, columns.Decimal)

    def title(self) -> str:
        """Use the values as what they are."""
        return self.manufacturer.upper() + str(self.year + 1) + ", ".join(sorted(self.options))


class Truck(Automobile):
    """A model of another model's kind."""

    axles = columns.Integer()


def instances() -> None:
    """Instances have values, and operations that give the instance back."""
    auto = Automobile(manufacturer="honda", year=2010, model="civic")
    assert_type(auto.year, int)
    assert_type(auto.manufacturer, str)
    assert_type(auto.options, set[str])
    auto.year = 2011
    auto.model = None
    assert_type(auto.save(), Automobile)
    assert_type(auto.update(model="jazz"), Automobile)
    assert_type(Truck().save(), Truck)
    assert_type(Truck().axles, int)
    auto.delete()
    assert_type(auto.using(connection="cluster1").save(), Automobile)
    assert_type(auto.ttl(60).timestamp(5).if_exists().iff(year=2010).save(), Automobile)
    assert_type(auto.get_changed_columns(), list[str])
    assert_type(auto.keys(), list[str])
    assert_type(auto["year"], Any)
    assert_type(dict(auto.items()), dict[str, Any])


def classes() -> None:
    """Columns are expressions on the class, and comparing them gives conditions."""
    assert_type(Automobile.year, ColumnExpression)
    assert_type(Automobile.year > 2000, Relation)
    assert_type(Automobile.model.in_(["civic"]), Relation)
    assert_type(Automobile.create(manufacturer="honda", year=2010, model="civic"), Automobile)
    assert_type(Automobile.get(manufacturer="honda"), Automobile)
    assert_type(Automobile.all(), QuerySet[Automobile])
    assert_type(Automobile.filter(Automobile.year > 2000, model="civic"), QuerySet[Automobile])
    assert_type(Truck.get(axles=2), Truck)


def queries() -> None:
    """A query keeps its model, whatever is said to it."""
    query = Automobile.objects.filter(manufacturer="honda").limit(5).order_by("-year").using(connection="cluster1")
    assert_type(query, QuerySet[Automobile])
    assert_type(Automobile.objects(year=2010), QuerySet[Automobile])
    assert_type(query.get(), Automobile)
    assert_type(query.first(), Automobile | None)
    assert_type(query.count(), int)
    assert_type(query[0], Automobile)
    assert_type(query[1:3], list[Automobile])
    assert_type(query.fetch(), list[Automobile])
    assert_type(len(query), int)
    assert_type(query.page(10), ResultPage)
    assert_type(iter(query), Iterator[Automobile])
    for auto in Automobile.objects:
        assert_type(auto, Automobile)
    assert_type([auto.year for auto in query], list[int])
    assert_type(query.create(manufacturer="honda"), Automobile)
    query.update(model="jazz")
    query.delete()
    assert_type(Truck.objects.get(), Truck)


async def awaited() -> None:
    """The async twins give the same."""
    query = Automobile.objects.filter(manufacturer="honda")
    assert_type(await query.aget(), Automobile)
    assert_type(await query.afirst(), Automobile | None)
    assert_type(await query.acount(), int)
    assert_type(await query.afetch(), list[Automobile])
    assert_type(await query.apage(10), ResultPage)
    assert_type(aiter(query), AsyncIterator[Automobile])
    async for auto in query:
        assert_type(auto, Automobile)
    assert_type(await Automobile.acreate(manufacturer="honda"), Automobile)
    assert_type(await Automobile.aget(manufacturer="honda"), Automobile)
    auto = Automobile()
    assert_type(await auto.asave(), Automobile)
    assert_type(await auto.aupdate(model="jazz"), Automobile)
    await auto.adelete()
    await query.aupdate(model="jazz")
    await query.adelete()


def places() -> None:
    """Connections, blocks, batches and tables."""
    connection.setup(["127.0.0.1"])
    connection.register_connection("cluster2", ["127.0.0.2"], default=True)
    management.create_simple_keyspace("ks1", connections=["cluster1"])
    management.sync_table(Automobile, keyspaces=["ks1"], connections=("cluster1",))
    with ContextQuery(Automobile, connection="cluster1") as other:
        other.objects.filter(manufacturer="honda").all()
    with BatchQuery(connection="cluster1") as batch:
        assert_type(batch, BatchQuery)
        assert_type(Automobile.objects.batch(batch).create(manufacturer="honda"), Automobile)
        Automobile().batch(batch).save()
    with connection.use(connection="cluster1", keyspace="ks1"):
        Automobile.objects.first()
    assert_type(NamedTable("ks", "t").get(id=1), ResultObject)


def errors() -> None:
    """Each model has exceptions of its own."""
    try:
        Automobile.objects.if_not_exists().create(manufacturer="honda")
    except Automobile.DoesNotExist as error:
        assert_type(error, DoesNotExist)
    except LWTException as error:
        assert_type(error.existing, dict[str, object] | None)
