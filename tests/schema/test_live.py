"""Rows of the schema tables to values."""

from __future__ import annotations

import pytest

from helenus.connection.request import Page
from helenus.mapper.reflect import LiveColumn, clustering_key, partition_key, select, table_columns
from helenus.schema import live
from helenus.schema.live import LiveIndex

TARGETS = [
    ("c", "c", "values"),
    ('"C"', "C", "values"),
    ('"a""b"', 'a"b', "values"),
    ("values(c)", "c", "values"),
    ("keys(m)", "m", "keys"),
    ("entries(m)", "m", "entries"),
    ("full(f)", "f", "full"),
    ('full("F(x)")', "F(x)", "full"),
    ('{"pk":["p"],"ck":["C"]}', "C", "local"),
]


@pytest.mark.parametrize(("target", "column", "kind"), TARGETS, ids=[case[0] for case in TARGETS])
def test_index_targets(target, column, kind):
    row = {"index_name": "i", "kind": "CUSTOM", "options": {"target": target, "class_name": "sai"}}
    assert live.index_of(row) == LiveIndex("i", column, kind, "CUSTOM", {"class_name": "sai"})


def test_a_keyspace_that_does_not_exist_is_none(clusters):
    clusters["one"].add_keyspace("ks")
    assert clusters.run(live.read_keyspace("ks", "one")) == live.KeyspaceMeta("ks", {}, durable_writes=True)
    assert clusters.run(live.read_keyspace("ks", "two")) is None


def test_a_table_has_its_columns_options_and_indexes(clusters):
    clusters["one"].add_table(
        "ks", "t", "regular v int, partition_key k int, clustering c text desc", comment="x", cdc=None
    )
    clusters["one"].add_index("ks", "t", "i", "v")
    assert clusters.run(live.read_table("ks", "t", "one")) == live.LiveTable(
        "ks",
        "t",
        (
            LiveColumn("k", "int", "partition_key", 0),
            LiveColumn("c", "text", "clustering", 0, "desc"),
            LiveColumn("v", "int", "regular"),
        ),
        {"comment": "x", "cdc": None},
        (LiveIndex("i", "v"),),
    )
    assert clusters.run(live.read_table("ks", "t", "two")) is None


def test_a_table_that_is_just_being_created_is_not_there_yet(clusters):
    clusters["one"].add_table("ks", "t", "partition_key k int")
    clusters["one"].rows["columns"].clear()
    assert clusters.run(live.read_table("ks", "t", "one")) is None


def test_types_come_by_name(clusters):
    clusters["one"].add_type("ks", "u", x="int", y="frozen<v>")
    found = clusters.run(live.read_types("ks", "one"))
    assert found == {"u": live.LiveType("ks", "u", (("x", "int"), ("y", "frozen<v>")))}


def test_views_know_their_base_table(clusters):
    row = {"keyspace_name": "ks", "view_name": "v", "base_table_name": "t"}
    clusters["one"].rows["views"].append(row)
    assert clusters.run(live.read_view("ks", "v", "one")) == live.LiveView("ks", "v", "t")
    assert clusters.run(live.read_view("ks", "t", "one")) is None


def test_columns_come_in_the_order_of_the_key(clusters):
    clusters["one"].add_table(
        "ks",
        "t",
        "regular z int, regular a int, static s int, clustering d int, clustering b int desc,"
        " partition_key q int, partition_key k int",
    )
    columns = clusters.run(table_columns("ks", "t", "one"))
    assert [column.name for column in columns] == ["q", "k", "d", "b", "s", "a", "z"]
    assert [column.name for column in partition_key(columns)] == ["q", "k"]
    assert [(column.name, column.clustering_order) for column in clustering_key(columns)] == [
        ("d", "asc"),
        ("b", "desc"),
    ]
    assert clusters.run(table_columns("ks", "nope", "one")) == ()


def test_columns_of_virtual_tables_stand_elsewhere():
    request = next(table_columns("system_views", "settings"))
    assert "FROM system_virtual_schema.columns" in request.text


def test_all_pages_are_read_at_consistency_level_one():
    flow = select("SELECT a FROM t WHERE k = ?", (1,), "one")
    first = next(flow)
    assert (first.connection, first.values, first.paging_state, first.options.consistency) == ("one", (1,), None, 1)
    second = flow.send(Page(("a",), [(1,), (2,)], b"state"))
    assert second.paging_state == b"state"
    with pytest.raises(StopIteration) as done:
        flow.send(Page(("a",), [(3,)]))
    assert done.value.value == [{"a": 1}, {"a": 2}, {"a": 3}]
