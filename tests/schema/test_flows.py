"""What is sent, to whom and in which order, against clusters in memory."""

from __future__ import annotations

import logging

import pytest

from helenus import Model, UserType, columns
from helenus.cql.render import render
from helenus.errors import SchemaException
from helenus.schema import ddl, flows
from helenus.schema.steps import Place

BOTH = (Place("one", "ks"), Place("two", "ks"))

CREATE = "CREATE TABLE IF NOT EXISTS ks.car (id int, color text, PRIMARY KEY (id))"
ADD = "ALTER TABLE ks.car ADD color text"


class Car(Model):
    id = columns.Integer(primary_key=True)
    color = columns.Text()


class Engine(UserType):
    power = columns.Integer()


class Maker(UserType):
    engine = columns.UserDefinedType(Engine)


class Truck(Model):
    id = columns.Integer(primary_key=True)
    maker = columns.UserDefinedType(Maker)
    load = columns.Integer(index=True)


@pytest.fixture
def with_keyspaces(clusters):
    for cluster in clusters.values():
        cluster.add_keyspace("ks")
    return clusters


def creates(cluster, text=CREATE, *, also="color text"):
    """Let CREATE TABLE have its effect, perhaps another column than the one that was asked for."""
    added = f", regular {also}" if also else ""
    cluster.effects[text] = lambda: cluster.add_table("ks", "car", f"partition_key id int{added}")


def color_of(cluster):
    """The row of the column color, for a table that lacks it."""
    key = cluster.rows["columns"][0]
    return {**key, "column_name": "color", "type": "text", "kind": "regular", "position": -1}


def adds(cluster):
    """Let ALTER TABLE ADD have its effect."""
    cluster.effects[ADD] = lambda: cluster.rows["columns"].append(color_of(cluster))


def refuses(cluster, text, *, because=lambda: None):
    def effect():
        because()
        raise ConnectionError(f"no {text}")

    cluster.effects[text] = effect


# ---- sync_table ------------------------------------------------------------------------------------------------------


def test_every_place_gets_its_table(with_keyspaces):
    for cluster in with_keyspaces.values():
        creates(cluster)
    with_keyspaces.run(flows.sync_table(Car, BOTH))
    assert with_keyspaces.changes == {"one": [CREATE], "two": [CREATE]}


def test_what_is_as_it_should_be_is_only_read(with_keyspaces):
    for cluster in with_keyspaces.values():
        cluster.add_table("ks", "car", "partition_key id int, regular color text")
    with_keyspaces.run(flows.sync_table(Car, BOTH))
    assert with_keyspaces.changes == {}


TRUCK = [
    "CREATE TYPE IF NOT EXISTS ks.engine (power int)",
    "CREATE TYPE IF NOT EXISTS ks.maker (engine frozen<engine>)",
    "CREATE TABLE IF NOT EXISTS ks.truck (id int, maker frozen<maker>, load int, PRIMARY KEY (id))",
    "CREATE INDEX IF NOT EXISTS ON ks.truck (load)",
]


@pytest.fixture
def trucks(with_keyspaces):
    """Give a cluster where what Truck needs can be created."""
    one = with_keyspaces["one"]
    columns_ = "partition_key id int, regular maker frozen<maker>, regular load int"
    one.effects.update(
        zip(
            TRUCK,
            [
                lambda: one.add_type("ks", "engine", power="int"),
                lambda: one.add_type("ks", "maker", engine="frozen<engine>"),
                lambda: one.add_table("ks", "truck", columns_),
                lambda: one.add_index("ks", "truck", "truck_load_idx", "load"),
            ],
            strict=True,
        )
    )
    return one


def test_types_come_first_then_the_table_then_the_index(with_keyspaces, trucks):
    with_keyspaces.run(flows.sync_table(Truck, BOTH[:1]))
    assert trucks.changes == TRUCK


def test_a_missing_keyspace_is_found_before_anything_is_changed(with_keyspaces):
    with_keyspaces["two"].rows["keyspaces"].clear()
    with pytest.raises(
        SchemaException, match=r"keyspace 'ks' on connection 'two' does not exist.*create_keyspace_simple"
    ):
        with_keyspaces.run(flows.sync_table(Car, BOTH))
    assert with_keyspaces.changes == {}


def test_another_primary_key_is_found_before_anything_is_changed(with_keyspaces):
    with_keyspaces["two"].add_table("ks", "car", "partition_key color text, regular id int")
    with pytest.raises(SchemaException, match=r"keyspace 'ks' on connection 'two': the primary keys differ"):
        with_keyspaces.run(flows.sync_table(Car, BOTH))
    assert with_keyspaces.changes == {}


def test_a_cluster_that_does_not_answer_is_found_before_anything_is_changed(with_keyspaces):
    del with_keyspaces["two"]
    with pytest.raises(ConnectionError, match="two does not answer") as caught:
        with_keyspaces.run(flows.sync_table(Car, BOTH))
    assert caught.value.__notes__ == [
        "sync_table(Car), while reading the schema of the keyspace 'ks' on connection 'two'"
    ]
    assert with_keyspaces.changes == {}


def test_a_view_of_the_name_is_an_error(with_keyspaces):
    with_keyspaces["one"].rows["views"].append(
        {"keyspace_name": "ks", "view_name": "car", "base_table_name": "vehicle"}
    )
    with pytest.raises(
        SchemaException, match=r"car in keyspace 'ks' on connection 'one' is a materialized view of vehicle"
    ):
        with_keyspaces.run(flows.sync_table(Car, BOTH))


def test_differing_types_are_warned_of_before_anything_is_changed(with_keyspaces):
    creates(with_keyspaces["one"])
    with_keyspaces["two"].add_table("ks", "car", "partition_key id int, regular color blob")
    with pytest.warns(
        UserWarning, match=r"Car: the column color in keyspace 'ks' on connection 'two' has the type text"
    ):
        with_keyspaces.run(flows.sync_table(Car, BOTH))


def test_a_warning_that_the_user_made_an_error_stops_before_anything_is_changed(with_keyspaces):
    with_keyspaces["two"].add_table("ks", "car", "partition_key id int, regular color blob")
    with pytest.raises(UserWarning, match="blob"):
        with_keyspaces.run(flows.sync_table(Car, BOTH))
    assert with_keyspaces.changes == {}


def test_a_failure_on_the_way_names_the_place_and_the_statement(with_keyspaces):
    creates(with_keyspaces["one"])
    refuses(with_keyspaces["two"], CREATE)
    with pytest.raises(ConnectionError) as caught:
        with_keyspaces.run(flows.sync_table(Car, BOTH))
    assert caught.value.__notes__ == [
        "sync_table(Car), in the keyspace 'ks' on connection 'two', because the table car does not exist"
    ]
    assert with_keyspaces.changes == {"one": [CREATE], "two": [CREATE]}


def test_a_table_that_somebody_else_created_from_an_older_model_gets_the_rest(with_keyspaces):
    creates(with_keyspaces["one"], also="")
    adds(with_keyspaces["one"])
    with_keyspaces.run(flows.sync_table(Car, BOTH[:1]))
    assert with_keyspaces.changes["one"] == [CREATE, ADD]


def test_a_column_that_somebody_else_added_meanwhile_is_no_failure(with_keyspaces):
    one = with_keyspaces["one"]
    one.add_table("ks", "car", "partition_key id int")
    refuses(one, ADD, because=lambda: one.rows["columns"].append(color_of(one)))
    with_keyspaces.run(flows.sync_table(Car, BOTH[:1]))
    assert one.changes == [ADD]


def test_the_next_step_is_taken_after_somebody_else_took_one(with_keyspaces, trucks):
    refuses(trucks, TRUCK[0], because=trucks.effects[TRUCK[0]])
    with_keyspaces.run(flows.sync_table(Truck, BOTH[:1]))
    assert trucks.changes == TRUCK


def test_an_index_on_a_column_that_an_older_model_lacks_waits_for_the_column(with_keyspaces):
    one = with_keyspaces["one"]
    create = "CREATE TABLE IF NOT EXISTS ks.car (id int, color text, PRIMARY KEY (id))"
    index = "CREATE INDEX IF NOT EXISTS ON ks.car (color)"

    class Indexed(Model):
        __table_name__ = "car"
        id = columns.Integer(primary_key=True)
        color = columns.Text(index=True)

    def add_column():
        one.rows["columns"].append(color_of(one))
        one.effects[index] = lambda: one.add_index("ks", "car", "car_color_idx", "color")

    creates(one, also="")
    refuses(one, index)
    one.effects[ADD] = add_column
    with_keyspaces.run(flows.sync_table(Indexed, BOTH[:1]))
    assert one.changes == [create, index, ADD, index]


def test_a_step_that_fails_again_after_another_plan_fails_for_good(with_keyspaces):
    one = with_keyspaces["one"]
    creates(one, also="")
    refuses(one, ADD)
    with pytest.raises(ConnectionError, match="no ALTER TABLE"):
        with_keyspaces.run(flows.sync_table(Car, BOTH[:1]))
    assert one.changes == [CREATE, ADD]


def test_two_models_that_disagree_on_an_option_do_not_fight_for_ever(with_keyspaces):
    class Bus(Model):
        __options__ = {"comment": "mine"}  # noqa: RUF012 - as users write it
        id = columns.Integer(primary_key=True)

    one = with_keyspaces["one"]
    one.add_table("ks", "bus", "partition_key id int", comment="")
    text = "ALTER TABLE ks.bus WITH comment = 'mine'"
    one.effects[text] = lambda: one.rows["tables"][0].update(comment="theirs")
    with_keyspaces.run(flows.sync_table(Bus, BOTH[:1]))
    assert one.changes == [text]


def test_an_option_that_the_server_takes_and_does_not_keep_is_set_once_and_logged(with_keyspaces, caplog):
    class Bus(Model):
        __options__ = {"comment": "buses"}  # noqa: RUF012 - as users write it
        id = columns.Integer(primary_key=True)

    with_keyspaces["one"].add_table("ks", "bus", "partition_key id int", comment="")
    with caplog.at_level(logging.WARNING, "helenus.schema"):
        with_keyspaces.run(flows.sync_table(Bus, BOTH[:1]))
    assert with_keyspaces.changes["one"] == ["ALTER TABLE ks.bus WITH comment = 'buses'"]
    assert "accepted 1 times and still not to be seen" in caplog.text


def test_a_field_that_another_node_overwrote_is_added_again(with_keyspaces):
    one = with_keyspaces["one"]
    one.add_type("ks", "engine", torque="int")
    add = "ALTER TYPE ks.engine ADD power int"
    rivals = iter([{"torque": "int", "weight": "int"}, {"torque": "int", "weight": "int", "power": "int"}])

    def overwritten():
        one.rows["types"].clear()
        one.add_type("ks", "engine", **next(rivals))

    one.effects[add] = overwritten
    with_keyspaces.run(flows.sync_type(Engine, BOTH[:1]))
    assert one.changes == [add, add]


def test_a_column_that_never_shows_up_is_an_error_in_the_end(with_keyspaces):
    one = with_keyspaces["one"]
    one.add_table("ks", "car", "partition_key id int")
    with pytest.raises(SchemaException, match=r"accepted 8 times and still not to be seen"):
        with_keyspaces.run(flows.sync_table(Car, BOTH[:1]))
    assert one.changes == [ADD] * 8


def test_an_index_that_never_shows_up_is_logged(with_keyspaces, caplog):
    class Bus(Model):
        id = columns.Integer(primary_key=True)
        seats = columns.Integer(index=True)

    one = with_keyspaces["one"]
    one.add_table("ks", "bus", "partition_key id int, regular seats int")
    with_keyspaces.run(flows.sync_table(Bus, BOTH[:1]))
    assert one.changes == ["CREATE INDEX IF NOT EXISTS ON ks.bus (seats)"] * 2
    assert "accepted 2 times" in caplog.text


def test_what_somebody_makes_again_is_not_dropped_again(with_keyspaces):
    one = with_keyspaces["one"]
    one.add_table("ks", "car", "partition_key id int")
    with_keyspaces.run(flows.drop_table(Car, BOTH[:1]))
    assert one.changes == ["DROP TABLE IF EXISTS ks.car"]


def test_schema_changes_are_given_time_and_are_never_sent_twice(with_keyspaces):
    (step,) = with_keyspaces.run(flows.plan_table(Car, BOTH[:1]))
    request = step.request("sync_table(Car)")
    assert (request.text, request.connection, request.label) == (CREATE, "one", "sync_table(Car)")
    assert (request.idempotent, request.prepare, request.options.timeout) == (False, False, 120.0)


def test_a_plan_is_not_carried_out(with_keyspaces):
    steps = with_keyspaces.run(flows.plan_table(Car, BOTH))
    assert [(step.place, step.cql) for step in steps] == [(BOTH[0], CREATE), (BOTH[1], CREATE)]
    assert with_keyspaces.changes == {}


# ---- types, tables, keyspaces ----------------------------------------------------------------------------------------


def test_a_type_comes_after_the_types_of_its_fields(with_keyspaces, trucks):
    trucks.add_type("ks", "engine", torque="int")
    add = "ALTER TYPE ks.engine ADD power int"
    trucks.effects[add] = lambda: trucks.rows["types"].pop(0) and trucks.add_type("ks", "engine", power="int")
    with_keyspaces.run(flows.sync_type(Maker, BOTH[:1]))
    assert trucks.changes == [add, TRUCK[1]]


def test_a_type_needs_its_keyspace(clusters):
    with pytest.raises(SchemaException, match="keyspace 'ks' on connection 'one' does not exist"):
        clusters.run(flows.sync_type(Maker, BOTH[:1]))


DROPS = [
    (lambda: flows.drop_table(Car, BOTH), "DROP TABLE IF EXISTS ks.car"),
    (lambda: flows.drop_type(Engine, BOTH), "DROP TYPE IF EXISTS ks.engine"),
    (lambda: flows.drop_keyspace(BOTH), "DROP KEYSPACE IF EXISTS ks"),
]


@pytest.mark.parametrize(("flow", "text"), DROPS, ids=[case[1] for case in DROPS])
def test_what_exists_is_dropped_and_what_does_not_is_let_be(clusters, flow, text):
    one = clusters["one"]
    one.add_keyspace("ks")
    one.add_table("ks", "car", "partition_key id int")
    one.add_type("ks", "engine", power="int")
    one.effects[text] = lambda: [rows.clear() for rows in one.rows.values()]
    clusters.run(flow())
    assert clusters.changes == {"one": [text]}


def test_a_keyspace_is_created_where_it_is_missing(clusters):
    create = render(ddl.create_keyspace("ks", ddl.simple(1), durable_writes=True))
    clusters["one"].add_keyspace("ks")
    clusters["two"].effects[create] = lambda: clusters["two"].add_keyspace("ks")
    clusters.run(flows.create_keyspace(ddl.simple(1), BOTH, durable_writes=True))
    assert clusters.changes == {"two": [create]}
