"""Tables without a model: columns come from the live schema, rows are dicts with attributes."""

from __future__ import annotations

import pytest

from helenus import NamedKeyspace, NamedTable, connection
from helenus.errors import QueryException

SCHEMA = "column_name type kind position clustering_order"
LIVE = [
    ("color", "text", "regular", -1, "none"),
    ("year", "int", "clustering", 0, "desc"),
    ("maker", "text", "partition_key", 0, "none"),
    ("fleet", "text", "static", -1, "none"),
]


@pytest.fixture
def table(wire):
    wire.answer(SCHEMA, *LIVE)
    return NamedTable("ks", "Car")


def test_columns_are_read_once_from_the_live_schema(wire, table):
    meta = table.__table__
    assert [(c.column_name, c.db_type) for c in meta.columns] == [
        ("maker", "text"),
        ("year", "int"),
        ("fleet", "text"),
        ("color", "text"),
    ]
    assert (len(meta.partition_key), len(meta.clustering_key), len(meta.static)) == (1, 1, 1)
    assert table.__table__ is meta
    assert wire.sent()[0][1] == ["ks", "Car"]
    wire.answer(SCHEMA, *LIVE[1:])
    table.reflect()
    assert len(table.__table__.columns) == 3


def test_rows_are_dicts_with_attributes(wire, table):
    wire.answer("maker year fleet color", ("x", 1, None, "red"))
    (row,) = table.filter(table.column("year") > 0, maker="x").order_by("-year").limit(5)
    assert row == {"maker": "x", "year": 1, "fleet": None, "color": "red"}
    assert (row.color, row["color"]) == ("red", "red")
    with pytest.raises(AttributeError, match="the row has no column 'price'; it has maker, year, fleet, color"):
        _ = row.price
    assert wire.sent()[1] == (
        'SELECT maker, year, fleet, color FROM ks."Car" WHERE year > ? AND maker = ? ORDER BY year DESC LIMIT ?',
        [0, "x", 5],
    )


def test_reads_of_every_kind(wire, table):
    wire.answer("maker year fleet color", ("x", 1, None, "red"))
    assert table.get(maker="x", year=1).color == "red"
    assert table.objects.first() is None
    wire.answer("count", (3,))
    assert table.all().count() == 3
    wire.answer("color", ("red",))
    assert list(table.objects.values_list("color", flat=True)) == ["red"]
    with pytest.raises(NamedTable.DoesNotExist):
        table.get(maker="y")


async def test_reads_are_awaited_after_the_columns(wire):
    table = NamedTable("ks", "car")
    wire.answer(SCHEMA, *LIVE)
    wire.answer("maker year fleet color", ("x", 1, None, "red"))
    assert (await table.aget(maker="x", year=1)).color == "red"
    wire.answer(SCHEMA, *LIVE[1:])
    await table.areflect()
    assert len(table.__table__.columns) == 3


def test_rows_can_be_updated_and_deleted_by_query(wire, table):
    table.filter(maker="x", year=1).update(color="blue")
    table.filter(maker="x").delete()
    assert wire.sent()[1:] == [
        ('UPDATE ks."Car" SET color = ? WHERE maker = ? AND year = ?', ["blue", "x", 1]),
        ('DELETE FROM ks."Car" WHERE maker = ?', ["x"]),
    ]


def test_there_are_no_instances_to_create(table):
    with pytest.raises(QueryException, match="Car has no model to make instances of; declare a Model to insert rows"):
        table.objects.create(maker="x")


@pytest.mark.parametrize(
    "ask",
    [lambda t: t.filter(colour="x"), lambda t: t.filter(t.column("colour") == "x")],
    ids=["keyword", "expression"],
)
def test_unknown_columns_are_refused(table, ask):
    with pytest.raises(QueryException, match="Can't resolve column name: 'colour'; did you mean 'color'"):
        ask(table)


def test_a_table_that_is_not_there_says_where_it_was_looked_for(wire):  # noqa: ARG001
    with pytest.raises(QueryException) as caught:
        NamedTable("ks", "nope").objects.first()
    assert str(caught.value) == "there is no table ks.nope on connection 'one'"
    with pytest.raises(QueryException, match=r"there is no table ks\.nope on connection 'two'"):
        NamedTable("ks", "nope", connection="two").objects.first()


def test_columns_and_rows_come_from_the_same_place(wire):
    for ask in (
        lambda: list(NamedTable("ks", "car", connection="two").objects),
        lambda: list(NamedTable("other", "car").using(keyspace="ks", connection="two")),
        lambda: list(NamedTable("ks", "car").using(connection="two").filter(maker="x")),
    ):
        wire.answer(SCHEMA, *LIVE, to="two")
        ask()
        assert wire.two.requests[0].values == ("ks", "car")
        assert "FROM ks.car" in wire.two.requests[1].text
        assert (len(wire.sent("two")), wire.sent()) == (2, [])
    wire.answer(SCHEMA, *LIVE, to="two")
    with connection.use(connection="two", keyspace="ks2"):
        list(NamedTable("ks", "car").objects)
    assert [request.values for request in wire.two.requests] == [("ks2", "car"), []]
    assert wire.sent() == []


def test_a_keyspace_names_its_tables():
    table = NamedKeyspace("Ks").table("Car")
    assert (table.column_family_name(), table.column_family_name(include_keyspace=False)) == ("Ks.Car", "Car")
    assert table.column("year").name == "year"
