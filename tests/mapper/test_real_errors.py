"""What cannot be sent says which connection, which hosts, why, and what to do; nothing is sent, nothing is lost."""

from __future__ import annotations

import asyncio
import socket

import pytest
from cassandra import InvalidRequest
from cassandra.cluster import NoHostAvailable

from helenus import BatchQuery, ContextQuery, Model, columns, connection, management
from helenus.connection import defaults
from helenus.errors import (
    BatchConnectionMismatch,
    ClusterUnreachable,
    ConnectionClosed,
    HelenusError,
    UndefinedKeyspaceException,
    UnknownConnection,
)
from tests.mapper.places import CLUSTERS, ONE


class Car(Model):
    maker = columns.Text(primary_key=True)
    color = columns.Text()


class Lost(Car):
    __connection__ = "clutser2"
    __table_name__ = "car"


@pytest.fixture(scope="module", autouse=True)
def _table(real):
    real.create("car", "(maker text PRIMARY KEY, color text)")


@pytest.fixture(autouse=True)
def _nothing_is_written(real, sent):
    real.truncate("car")
    yield
    assert real.where("car") == {}
    assert all(not requests for requests in sent.values())


@pytest.fixture
def closed_port():
    """Give a port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def raised(error, call):
    with pytest.raises(error) as caught:
        call()
    assert isinstance(caught.value, HelenusError)
    return str(caught.value)


REGISTERED = "Registered: 'cluster1', 'cluster2', 'default' (default)."

UNKNOWN = {
    "query.using": lambda: Car.objects.using(connection="clutser2").first(),
    "create": lambda: Car.objects.using(connection="clutser2").create(maker="x"),
    "query.update": lambda: Car.objects.using(connection="clutser2").filter(maker="x").update(color="red"),
    "instance.using": lambda: Car(maker="x").using(connection="clutser2").save(),
    "model": lambda: Lost.create(maker="x"),
    "model read": lambda: len(Lost.objects.all()),
    "use": lambda: connection.use(connection="clutser2").__enter__(),
    "ContextQuery": lambda: ContextQuery(Car, connection="clutser2"),
    "BatchQuery": lambda: BatchQuery(connection="clutser2"),
    "sync_table": lambda: management.sync_table(Car, connections=["clutser2"]),
    "create_keyspace": lambda: management.create_simple_keyspace("mapper_no", connections=["clutser2"]),
    "execute": lambda: connection.execute("SELECT now() FROM system.local", connection="clutser2"),
    "get_session": lambda: connection.get_session("clutser2"),
    "set_default": lambda: connection.set_default_connection("clutser2"),
}


@pytest.mark.parametrize("way", UNKNOWN)
def test_an_unknown_connection_is_named_with_those_that_there_are(way):
    assert raised(UnknownConnection, UNKNOWN[way]) == (
        f"No connection is registered as 'clutser2'. Did you mean 'cluster2'? {REGISTERED} Register it with"
        " connection.register_connection('clutser2', hosts=[...])."
    )


async def test_an_unknown_connection_is_refused_before_anything_is_awaited():
    with pytest.raises(UnknownConnection, match=r"No connection is registered as 'clutser2'\."):
        await Car.objects.using(connection="clutser2").acreate(maker="x")


def test_a_failed_save_leaves_the_instance_as_it_was():
    car = Car(maker="x")
    with pytest.raises(UnknownConnection):
        car.using(connection="clutser2").save()
    assert not car._is_persisted


UNSET = {
    "read": lambda: list(Car.objects),
    "create": lambda: Car.create(maker="x"),
    "save": lambda: Car(maker="x").save(),
    "update": lambda: Car.objects.filter(maker="x").update(color="red"),
    "batch": lambda: Car.batch(BatchQuery()).create(maker="x"),
    "sync_table": lambda: management.sync_table(Car),
}


@pytest.mark.parametrize("way", UNSET)
def test_an_unset_keyspace_says_where_to_set_it(way, monkeypatch):
    monkeypatch.setattr(defaults, "keyspace", None)
    assert raised(UndefinedKeyspaceException, UNSET[way]) == (
        "Car has no keyspace: set Car.__keyspace__, pass default_keyspace to connection.setup(), or select one with"
        " using(keyspace=...) or connection.use(keyspace=...)"
    )


def test_an_unregistered_connection_is_told_from_an_unknown_one(clusters):
    connection.register_connection("short", session=clusters.sessions["cluster2"])
    query = Car.objects.using(connection="short")
    car = query._instance({"maker": "x"})
    with ContextQuery(Car, connection="short") as twin:
        batch = BatchQuery(connection="short")
        connection.unregister_connection("short")
        for use in (
            query.first,
            car.save,
            lambda: twin.create(maker="x"),
            lambda: twin.batch(batch).create(maker="x"),
        ):
            assert raised(ConnectionClosed, use) == f"Connection 'short' was unregistered. {REGISTERED}"
    assert raised(ConnectionClosed, batch.execute if batch.queries else query.count)


def test_a_row_whose_connection_was_unregistered_is_not_saved_elsewhere(clusters, real):
    real.rows("cluster2", f"INSERT INTO {ONE}.car (maker) VALUES ('x')")
    connection.register_connection("short", session=clusters.sessions["cluster2"])
    car = Car.objects.using(connection="short").get(maker="x")
    connection.unregister_connection("short")
    car.color = "red"
    assert raised(ConnectionClosed, car.save) == f"Connection 'short' was unregistered. {REGISTERED}"
    assert real.rows("cluster2", f"SELECT color FROM {ONE}.car") == [(None,)]
    real.rows("cluster2", f"DELETE FROM {ONE}.car WHERE maker = 'x'")


def test_without_a_default_connection_the_message_says_what_to_call():
    connection.register_connection("temporary", session=connection.get_session("cluster1"), default=True)
    connection.unregister_connection("temporary")
    try:
        assert raised(UnknownConnection, lambda: Car.create(maker="x")) == (
            "No default connection is set. Registered: 'cluster1', 'cluster2', 'default'. Call"
            " connection.set_default_connection(name), or name one: Model.__connection__, .using(connection=...), with"
            " connection.use(...)."
        )
    finally:
        connection.set_default_connection("default")


@pytest.mark.parametrize("way", ["save", "create", "update", "delete", "read", "count", "batch", "asave"])
def test_a_cluster_that_is_down_is_named_with_its_hosts_and_reasons(way, closed_port):
    connection.register_connection(
        "down", ["127.0.0.1"], lazy_connect=True, cluster_options={"port": closed_port, "connect_timeout": 2}
    )
    car = Car(maker="x", color="red")
    query = Car.objects.using(connection="down")

    def batch():
        with BatchQuery(connection="down") as each:
            car.batch(each).save()

    def asave():
        asyncio.run(car.using(connection="down").asave())

    ways = {
        "save": lambda: car.using(connection="down").save(),
        "create": lambda: query.create(maker="x"),
        "update": lambda: query.filter(maker="x").update(color="red"),
        "delete": lambda: query.filter(maker="x").delete(),
        "read": query.first,
        "count": query.count,
        "batch": batch,
        "asave": asave,
    }
    try:
        with pytest.raises(ClusterUnreachable) as caught:
            ways[way]()
    finally:
        connection.unregister_connection("down")
    assert isinstance(caught.value, NoHostAvailable)
    message = str(caught.value)
    assert "Connection 'down'" in message
    assert f"127.0.0.1:{closed_port}" in message
    assert "refused" in message
    assert "red" not in message
    assert not car._is_persisted


def test_a_batch_for_two_connections_is_refused_before_anything_is_sent():
    with pytest.raises(BatchConnectionMismatch) as caught, BatchQuery() as batch:  # noqa: PT012
        Car.batch(batch).create(maker="x")
        with connection.use(connection="cluster2"):
            Car.batch(batch).create(maker="y")
    assert str(caught.value) == (
        "BatchQuery queries must be executed on the same connection: Car.save is for 'cluster2', the batch is for"
        " 'default'. Use a batch for each connection"
    )


def test_what_the_server_refuses_is_said_in_its_words_with_the_connection_named(real, sent):
    class Missing(Model):
        id = columns.Text(primary_key=True)

    for name in CLUSTERS:
        with pytest.raises(InvalidRequest, match=r"table missing does not exist") as caught:
            Missing.objects.using(connection=name).first()
        notes = " ".join(caught.value.__notes__)
        assert f"connection '{name}' (hosts {real.addresses[name].partition(':')[0]}" in notes
        sent[name].clear()
    sent["default"].clear()
