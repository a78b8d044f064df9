"""Models to statements: the exact text."""

from __future__ import annotations

import pytest

from helenus import Model, UserType, columns
from helenus.cql.render import render
from helenus.errors import SchemaException
from helenus.schema import ddl, get_create_type


class Engine(UserType):
    power = columns.Integer()


class Maker(UserType):
    __type_name__ = "maker"
    name = columns.Text()
    engines = columns.List(columns.UserDefinedType(Engine))


class Simple(Model):
    id = columns.UUID(primary_key=True)


class Automobile(Model):
    __options__ = {  # noqa: RUF012 - as users write it
        "gc_grace_seconds": 10,
        "comment": 'it\'s = "it"',
        "compaction": {"class": "LeveledCompactionStrategy", "sstable_size_in_mb": 64},
    }

    manufacturer = columns.Text(partition_key=True)
    plant = columns.Ascii(partition_key=True)
    year = columns.Integer(primary_key=True, clustering_order="DESC")
    model = columns.Text(primary_key=True, db_field="Model")
    motto = columns.Text(static=True)
    options = columns.Map(columns.Text, columns.Set(columns.Integer))
    size = columns.Tuple(columns.Float, columns.Float)
    maker = columns.UserDefinedType(Maker)
    order = columns.BigInt()


class Indexed(Model):
    id = columns.Integer(primary_key=True)
    color = columns.Text(index=True)
    tags = columns.Set(columns.Text, index=True)
    names = columns.List(columns.Text, frozen=True, index=True)
    maker = columns.UserDefinedType(Maker, index=True)
    other = columns.Text(index=True, custom_index=True)
    searched = columns.Text(custom_index=True)


class Visits(Model):
    __table_name__ = "Visits"
    __table_name_case_sensitive__ = True
    page = columns.Text(primary_key=True)
    count = columns.Counter()


class Vehicle(Model):
    id = columns.Integer(primary_key=True)
    kind = columns.Text(discriminator_column=True)


class Truck(Vehicle):
    __discriminator_value__ = "truck"
    load = columns.Integer()


CREATE_TABLE = [
    (Simple, "CREATE TABLE IF NOT EXISTS ks.simple (id uuid, PRIMARY KEY (id))"),
    (
        Automobile,
        (
            'CREATE TABLE IF NOT EXISTS ks.automobile (manufacturer text, plant ascii, year int, "Model" text,'
            " motto text STATIC, options map<text, frozen<set<int>>>, size tuple<float, float>, maker frozen<maker>,"
            ' "order" bigint, PRIMARY KEY ((manufacturer, plant), year, "Model"))'
            " WITH CLUSTERING ORDER BY (year DESC, \"Model\" ASC) AND comment = 'it''s = \"it\"'"
            " AND compaction = {'class': 'LeveledCompactionStrategy', 'sstable_size_in_mb': 64}"
            " AND gc_grace_seconds = 10"
        ),
    ),
    (Visits, 'CREATE TABLE IF NOT EXISTS ks."Visits" (page text, count counter, PRIMARY KEY (page))'),
    (Vehicle, "CREATE TABLE IF NOT EXISTS ks.vehicle (id int, kind text, PRIMARY KEY (id))"),
    (Truck, "CREATE TABLE IF NOT EXISTS ks.vehicle (id int, kind text, load int, PRIMARY KEY (id))"),
]


@pytest.mark.parametrize(("model", "cql"), CREATE_TABLE)
def test_create_table(model, cql):
    assert render(ddl.create_table(model.__table__, "ks")) == cql


def test_keyspaces_are_quoted_where_they_must_be():
    assert render(ddl.create_table(Simple.__table__, "Ks")).startswith('CREATE TABLE IF NOT EXISTS "Ks".simple (')


def test_indexes_have_no_name_and_frozen_collections_get_full_ones():
    assert list(map(render, ddl.wanted(Indexed.__table__, "ks").indexes)) == [
        "CREATE INDEX IF NOT EXISTS ON ks.indexed (color)",
        "CREATE INDEX IF NOT EXISTS ON ks.indexed (tags)",
        "CREATE INDEX IF NOT EXISTS ON ks.indexed (FULL(names))",
        "CREATE INDEX IF NOT EXISTS ON ks.indexed (maker)",
    ]


def test_types_come_inner_ones_first_and_once():
    assert list(map(render, ddl.wanted(Automobile.__table__, "ks").types)) == [
        "CREATE TYPE IF NOT EXISTS ks.engine (power int)",
        "CREATE TYPE IF NOT EXISTS ks.maker (name text, engines list<frozen<engine>>)",
    ]
    twice = [Automobile.__table__.by_name["maker"], Indexed.__table__.by_name["maker"]]
    assert ddl.user_types(twice) == (Engine, Maker)


def test_get_create_type():
    assert get_create_type(Engine, "ks") == "CREATE TYPE IF NOT EXISTS ks.engine (power int)"


def test_keyspaces():
    simple = ddl.create_keyspace("Ks", ddl.simple(2), durable_writes=False)
    assert render(simple) == (
        "CREATE KEYSPACE IF NOT EXISTS \"Ks\" WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 2}"
        " AND durable_writes = false"
    )
    spread = ddl.create_keyspace("ks", ddl.network_topology({"dc1": 3, "it's": 1}), durable_writes=True)
    assert render(spread) == (
        "CREATE KEYSPACE IF NOT EXISTS ks WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': 3, 'it''s': 1}"
        " AND durable_writes = true"
    )


OPTIONS = [
    (True, "o = true"),
    (5, "o = 5"),
    (0.25, "o = 0.25"),
    ("5", "o = '5'"),
    ("it's", "o = 'it''s'"),
    ({}, "o = {}"),
    ({"a": "x=y", "b": 1, "c": False}, "o = {'a': 'x=y', 'b': 1, 'c': false}"),
]


@pytest.mark.parametrize(("value", "cql"), OPTIONS)
def test_options(value, cql):
    assert render(ddl.option("o", value, "Automobile")) == cql


@pytest.mark.parametrize("value", [[1], {"a": None}, {"a": {"b": 1}}, object()], ids=repr)
def test_a_value_that_cql_cannot_write_is_refused_with_the_name_of_the_model(value):
    with pytest.raises(SchemaException, match=r"^Automobile: the option o"):
        ddl.option("o", value, "Automobile")
