"""Batches on two real clusters: all or nothing, on one of them, and what instances believe afterwards."""

from __future__ import annotations

import pytest
from cassandra import InvalidRequest

from helenus import BatchQuery, Model, columns, connection
from helenus.cqlengine.query import BatchType
from helenus.errors import BatchConnectionMismatch, LWTException
from tests.mapper.places import ONE, TWO


class Car(Model):
    __table_name__ = "batched"
    maker = columns.Text(primary_key=True)
    year = columns.Integer(primary_key=True)
    color = columns.Text()
    price = columns.Integer()


class Visits(Model):
    __table_name__ = "batched_visits"
    page = columns.Text(primary_key=True)
    day = columns.Integer(primary_key=True)
    seen = columns.Counter()


@pytest.fixture(scope="module", autouse=True)
def _tables(real):
    real.create("batched", "(maker text, year int, color text, price int, PRIMARY KEY (maker, year))")
    real.create("batched_visits", "(page text, day int, seen counter, PRIMARY KEY (page, day))", both=False)


@pytest.fixture(autouse=True)
def _empty(real, _tables):
    real.truncate("batched")


@pytest.mark.parametrize("name", ["cluster1", "cluster2"])
@pytest.mark.parametrize("kind", [None, BatchType.Unlogged], ids=["logged", "unlogged"])
def test_everything_in_a_batch_goes_to_its_connection_in_one_message(real, sent, name, kind):
    with BatchQuery(connection=name, batch_type=kind) as batch:
        for year in range(5):
            Car.objects.batch(batch).create(maker="x", year=year, color="red")
        Car.objects.batch(batch).filter(maker="x", year=0).update(price=5)
        Car.objects.batch(batch).filter(maker="x", year=9).delete()
        Car(maker="x", year=8).batch(batch).delete()
        assert real.where("batched") == {}
    assert real.where("batched") == {(name, ONE): 5}
    assert real.rows(name, f"SELECT color, price FROM {ONE}.batched WHERE maker = 'x' AND year = 0") == [("red", 5)]
    assert [len(message.statements) for message in sent[name]] == [8]


async def test_a_batch_is_awaited(real):
    async with BatchQuery(connection="cluster2") as batch:
        for year in range(5):
            await Car.objects.using(keyspace=TWO).batch(batch).acreate(maker="x", year=year)
    assert real.where("batched") == {("cluster2", TWO): 5}


def test_an_operation_for_another_cluster_raises_and_nothing_is_written(real, sent):
    real.rows("cluster2", f"INSERT INTO {ONE}.batched (maker, year) VALUES ('far', 1)")
    far = Car.objects.using(connection="cluster2").get(maker="far", year=1)
    sent["cluster2"].clear()
    with pytest.raises(BatchConnectionMismatch), BatchQuery() as batch:  # noqa: PT012
        Car.objects.batch(batch).create(maker="near", year=1)
        far.batch(batch).update(color="red")
    assert real.where("batched") == {("cluster2", ONE): 1}
    assert not any(sent.values())
    assert far.get_changed_columns() == ["color"]
    far.save()
    assert real.rows("cluster2", f"SELECT color FROM {ONE}.batched") == [("red",)]


def test_a_batch_that_the_server_refuses_leaves_instances_as_they_were(real):
    car = Car.create(maker="x", year=1, color="red")
    car.color = "blue"
    with pytest.raises(InvalidRequest), BatchQuery() as batch:  # noqa: PT012
        car.batch(batch).save()
        # A conditional batch cannot span partitions.
        Car.objects.batch(batch).filter(maker="y", year=1).if_exists().update(color="blue")
        Car.objects.batch(batch).filter(maker="z", year=1).if_exists().update(color="blue")
    assert car.get_changed_columns() == ["color"]
    car.save()
    assert real.rows("cluster1", f"SELECT color FROM {ONE}.batched") == [("blue",)]


def test_an_abandoned_batch_leaves_instances_as_they_were(real):
    car = Car(maker="x", year=1, color="red")
    with pytest.raises(RuntimeError), BatchQuery() as batch:  # noqa: PT012
        car.batch(batch).save()
        raise RuntimeError
    assert real.where("batched") == {}
    car.save()
    assert real.where("batched") == {("cluster1", ONE): 1}


def test_a_conditional_batch_tells_every_row_that_stood_in_its_way(real):
    for year in (1, 2):
        Car.create(maker="x", year=year, color=f"color {year}")
    with pytest.raises(LWTException) as caught, BatchQuery() as batch:  # noqa: PT012
        Car.objects.batch(batch).if_not_exists().create(maker="x", year=1, color="new")
        Car.objects.batch(batch).if_not_exists().create(maker="x", year=2, color="new")
        Car.objects.batch(batch).if_not_exists().create(maker="x", year=3, color="new")
    assert [(row["[applied]"], row["year"], row["color"]) for row in caught.value.rows] == [
        (False, 1, "color 1"),
        (False, 2, "color 2"),
    ]
    assert caught.value.existing == caught.value.rows[0]
    assert real.where("batched") == {("cluster1", ONE): 2}
    with BatchQuery() as batch:
        Car.objects.batch(batch).if_not_exists().create(maker="x", year=3, color="new")
        Car.objects.batch(batch).filter(maker="x", year=1).iff(color="color 1").update(color="blue")
    assert real.where("batched") == {("cluster1", ONE): 3}
    assert Car.get(maker="x", year=1).color == "blue"


def test_counters_are_added_in_a_counter_batch(real):
    with BatchQuery(batch_type=BatchType.Counter) as batch:
        Visits.objects.batch(batch).filter(page="x", day=1).update(seen=5)
        Visits.objects.batch(batch).filter(page="x", day=1).update(seen=-2)
        Visits(page="x", day=2).batch(batch).update(seen=7)
    assert sorted(real.rows("cluster1", f"SELECT day, seen FROM {ONE}.batched_visits")) == [(1, 3), (2, 7)]
    visits = Visits.get(page="x", day=1)
    visits.seen += 10
    with BatchQuery(batch_type=BatchType.Counter) as batch:
        visits.batch(batch).save()
    assert Visits.get(page="x", day=1).seen == 13


def test_a_batch_s_timestamp_is_that_of_each_of_its_writes(real):
    with BatchQuery(timestamp=1_000_000) as batch:
        Car.objects.batch(batch).create(maker="stamped", year=1, color="red")
        Car(maker="stamped", year=1).batch(batch).update(price=5)
        Car.objects.batch(batch).filter(maker="stamped", year=2).update(color="blue")
    query = f"SELECT writetime(color), writetime(price) FROM {ONE}.batched"
    assert real.rows("cluster1", query) == [(1_000_000, 1_000_000), (1_000_000, None)]
    with BatchQuery(timestamp=2_000_000) as batch:
        Car.objects.batch(batch).filter(maker="stamped", year=2).delete()
    assert len(real.rows("cluster1", query)) == 1


def test_nested_blocks_of_use_do_not_move_a_batch_that_has_a_connection(real):
    with connection.use(connection="cluster1", keyspace=TWO), BatchQuery(connection="cluster2") as batch:
        Car.objects.batch(batch).create(maker="x", year=1)
        Car(maker="x", year=2).batch(batch).save()
        Car.objects.batch(batch).filter(maker="x", year=3).update(color="red")
    assert real.where("batched") == {("cluster2", TWO): 3}
