"""The schema functions against two real Cassandra clusters, judged by a plain session of the driver's."""

from __future__ import annotations

import contextlib
import secrets
import subprocess
import sys
import threading
import warnings

import pytest
from cassandra import InvalidRequest
from cassandra.cluster import Cluster
from cassandra.protocol import ConfigurationException

from helenus import Model, UserType, columns, connection, management
from helenus.errors import HelenusError, SchemaException
from helenus.mapper.reflect import partition_key, table_columns

NAMES = ["schema_one", "schema_two"]


@pytest.fixture(scope="module")
def clusters(cluster1, cluster2):
    """Register both clusters and give the metadata of a plain session on each, by connection name."""
    found = dict(zip(NAMES, (cluster1, cluster2), strict=True))
    plain = {name: Cluster(list(each.hosts), port=each.port) for name, each in found.items()}
    for name, each in found.items():
        plain[name].connect()
        connection.register_connection(name, list(each.hosts), cluster_options={"port": each.port})
    yield plain
    for name, each in plain.items():
        connection.unregister_connection(name)
        each.shutdown()


@pytest.fixture
def keyspace(clusters):  # noqa: ARG001 - the connections are registered
    """Give a new keyspace, on both clusters."""
    name = f"schema_{secrets.token_hex(4)}"
    management.create_keyspace_simple(name, 1, connections=NAMES)
    yield name
    management.drop_keyspace(name, connections=NAMES)


@pytest.fixture
def one(clusters, keyspace):
    """Give a function that describes a table of the keyspace on the first cluster, None if there is none."""

    def describe(table):
        clusters[NAMES[0]].refresh_schema_metadata()
        return clusters[NAMES[0]].metadata.keyspaces[keyspace].tables.get(table)

    return describe


@pytest.fixture
def execute(keyspace):
    """Give a function that sends CQL to the first cluster; ``{}`` is the keyspace."""
    return lambda cql: connection.execute(cql.replace("{}", keyspace), connection=NAMES[0])


def sync(model, keyspace):
    management.sync_table(model, [keyspace], NAMES[:1])


def plan(model, keyspace):
    return [step.cql for step in management.plan_table(model, [keyspace], NAMES[:1])]


class Automobile(Model):
    manufacturer = columns.Text(primary_key=True)
    year = columns.Integer(primary_key=True, clustering_order="desc")
    model = columns.Text(primary_key=True)
    color = columns.Text()


# ---- the product of keyspaces and connections ------------------------------------------------------------------------


def test_the_guides_example_syncs_every_keyspace_on_every_cluster(clusters):
    token = secrets.token_hex(4)
    keyspaces = [f"schema_{token}_1", f"schema_{token}_2"]
    for name in keyspaces:
        management.create_simple_keyspace(name, connections=NAMES)
    try:
        management.sync_table(Automobile, keyspaces=keyspaces, connections=NAMES)
        for plain in clusters.values():
            plain.refresh_schema_metadata()
            for name in keyspaces:
                found = plain.metadata.keyspaces[name]
                assert found.replication_strategy.name == "SimpleStrategy"
                table = found.tables["automobile"]
                assert [column.name for column in table.partition_key] == ["manufacturer"]
                assert [(c.name, c.is_reversed) for c in table.clustering_key] == [("year", True), ("model", False)]
                assert sorted(table.columns) == ["color", "manufacturer", "model", "year"]
        management.drop_table(Automobile, keyspaces=keyspaces, connections=NAMES)
        management.drop_table(Automobile, keyspaces=keyspaces, connections=NAMES)
    finally:
        for name in keyspaces:
            management.drop_keyspace(name, connections=NAMES)
            management.drop_keyspace(name, connections=NAMES)
    for plain in clusters.values():
        plain.refresh_schema_metadata()
        assert not set(keyspaces) & set(plain.metadata.keyspaces)


async def test_the_async_twins_do_the_same(clusters):
    name = f"schema_{secrets.token_hex(4)}"
    await management.acreate_keyspace_network_topology(
        name, {"datacenter1": 1}, durable_writes=False, connections=NAMES
    )
    await management.acreate_simple_keyspace(name, connections=NAMES)
    try:
        steps = await management.aplan_table(Automobile, [name], NAMES)
        assert [(step.place.connection, step.place.keyspace) for step in steps] == [(each, name) for each in NAMES]
        await management.async_table(Automobile, [name], NAMES)
        assert await management.aplan_table(Automobile, [name], NAMES) == ()
        for plain in clusters.values():
            plain.refresh_schema_metadata()
            found = plain.metadata.keyspaces[name]
            assert found.durable_writes is False
            assert found.replication_strategy.name == "NetworkTopologyStrategy"
            assert "automobile" in found.tables
        await management.adrop_table(Automobile, [name], NAMES)
    finally:
        await management.adrop_keyspace(name, connections=NAMES)
    for plain in clusters.values():
        plain.refresh_schema_metadata()
        assert name not in plain.metadata.keyspaces


def test_a_keyspace_that_is_missing_on_one_cluster_stops_before_the_other_is_changed(clusters, one, keyspace):
    management.drop_keyspace(keyspace, connections=NAMES[1:])
    with pytest.raises(SchemaException, match=f"keyspace '{keyspace}' on connection 'schema_two' does not exist"):
        management.sync_table(Automobile, [keyspace], NAMES)
    assert one("automobile") is None
    assert clusters[NAMES[0]].metadata.keyspaces[keyspace].tables == {}


def test_a_cluster_that_is_down_stops_before_the_other_is_changed(one, keyspace):
    connection.register_connection("schema_down", ["127.0.0.250"], lazy_connect=True)
    try:
        with pytest.raises(HelenusError, match="schema_down") as caught:
            management.sync_table(Automobile, [keyspace], [NAMES[0], "schema_down"])
    finally:
        connection.unregister_connection("schema_down")
    assert f"keyspace '{keyspace}' on connection 'schema_down'" in caught.value.__notes__[-1]
    assert one("automobile") is None


# ---- one table -------------------------------------------------------------------------------------------------------


class Part(UserType):
    number = columns.Integer()


class Engine(UserType):
    power = columns.Integer()
    parts = columns.List(columns.UserDefinedType(Part))


class Everything(Model):
    __table_name__ = "EveryThing"
    __table_name_case_sensitive__ = True
    __options__ = {  # noqa: RUF012 - as users write it
        "comment": 'it\'s = "all"',
        "compaction": {"class": "LeveledCompactionStrategy", "sstable_size_in_mb": "64"},
        "gc_grace_seconds": "2063",
        "speculative_retry": "99PERCENTILE",
    }

    select = columns.Text(partition_key=True, db_field="select")
    Day = columns.Date(partition_key=True)
    at = columns.TimeUUID(primary_key=True, clustering_order="DESC")
    size = columns.Tuple(columns.Float, columns.List(columns.Integer), primary_key=True)
    shared = columns.Map(columns.Text, columns.Blob, static=True)
    a = columns.Ascii(index=True)
    b = columns.BigInt()
    c = columns.Boolean()
    d = columns.DateTime()
    e = columns.Decimal()
    f = columns.Double()
    g = columns.Duration()
    h = columns.Inet()
    i = columns.SmallInt()
    j = columns.TinyInt()
    k = columns.VarInt()
    m = columns.Time()
    n = columns.UUID(index=True)
    o = columns.Vector(columns.Float, 3)
    p = columns.List(columns.Text, index=True)
    q = columns.List(columns.Text, frozen=True, index=True)
    r = columns.Map(columns.Text, columns.List(columns.Set(columns.Integer)), index=True)
    s = columns.Set(columns.UserDefinedType(Engine))
    t = columns.UserDefinedType(Engine)
    u = columns.Map(columns.Tuple(columns.Integer, columns.UserDefinedType(Part)), columns.Text, frozen=True)


def test_a_second_sync_of_a_table_with_everything_has_nothing_to_do(keyspace, one):
    sync(Everything, keyspace)
    assert plan(Everything, keyspace) == []
    table = one("EveryThing")
    assert sorted(table.columns) == sorted(column.db_field_name for column in Everything.__table__.columns)
    assert [column.name for column in table.partition_key] == ["select", "Day"]
    assert [(c.name, c.is_reversed) for c in table.clustering_key] == [("at", True), ("size", False)]
    assert table.columns["shared"].is_static
    assert table.options["comment"] == 'it\'s = "all"'
    targets = {index.index_options["target"] for index in table.indexes.values()}
    assert targets == {"a", "n", "values(p)", "full(q)", "values(r)"}


def test_missing_columns_are_added_and_those_of_no_model_stay(keyspace, one, execute):
    execute(
        "CREATE TABLE {}.automobile (manufacturer text, year int, model text, old text,"
        " PRIMARY KEY (manufacturer, year, model)) WITH CLUSTERING ORDER BY (year DESC)"
    )

    class Extended(Automobile):
        __table_name__ = "automobile"
        motto = columns.Set(columns.Text, static=True)

    sync(Extended, keyspace)
    table = one("automobile")
    assert sorted(table.columns) == ["color", "manufacturer", "model", "motto", "old", "year"]
    assert table.columns["motto"].is_static
    assert table.columns["motto"].cql_type == "set<text>"


def test_subclasses_of_a_polymorphic_model_extend_the_table(keyspace, one):
    class Vehicle(Model):
        id = columns.Integer(primary_key=True)
        kind = columns.Text(discriminator_column=True)

    class Truck(Vehicle):
        __discriminator_value__ = "truck"
        load = columns.Integer()

    class Bus(Vehicle):
        __discriminator_value__ = "bus"
        seats = columns.Integer(index=True)

    for model in (Vehicle, Truck, Bus):
        sync(model, keyspace)
    assert sorted(one("vehicle").columns) == ["id", "kind", "load", "seats"]
    assert [plan(model, keyspace) for model in (Vehicle, Truck, Bus)] == [[], [], []]


def test_another_primary_key_is_refused_and_nothing_changes(keyspace, one, execute):
    execute(
        "CREATE TABLE {}.automobile (manufacturer text, year int, model text, PRIMARY KEY (manufacturer, year, model))"
    )
    with pytest.raises(SchemaException) as caught:
        sync(Automobile, keyspace)
    assert "the model has PRIMARY KEY ((manufacturer text), year int DESC, model text ASC)" in str(caught.value)
    assert "the table has PRIMARY KEY ((manufacturer text), year int ASC, model text ASC)" in str(caught.value)
    assert "color" not in one("automobile").columns


def test_another_type_is_warned_of_and_not_changed(keyspace, one, execute):
    execute(
        "CREATE TABLE {}.automobile (manufacturer text, year int, model text, color blob,"
        " PRIMARY KEY (manufacturer, year, model)) WITH CLUSTERING ORDER BY (year DESC)"
    )
    with pytest.warns(UserWarning, match="Automobile: the column color .* has the type text in the model and blob in"):
        sync(Automobile, keyspace)
    assert one("automobile").columns["color"].cql_type == "blob"


def test_what_the_server_refuses_keeps_its_class_and_names_the_place(keyspace):
    class Odd(Model):
        __options__ = {"compaction": {"class": "NoSuchStrategy"}}  # noqa: RUF012 - as users write it
        id = columns.Integer(primary_key=True)

    with pytest.raises(ConfigurationException) as caught:
        sync(Odd, keyspace)
    where = f"keyspace '{keyspace}' on connection 'schema_one'"
    assert f"sync_table(Odd), in the {where}, because the table odd does not exist" in caught.value.__notes__


# ---- options ---------------------------------------------------------------------------------------------------------

SPELLINGS = [
    ("gc_grace_seconds", "5"),
    ("bloom_filter_fp_chance", ".2"),
    ("crc_check_chance", 1),
    ("comment", "a=b, 'c' \"d\" {e}"),
    ("read_repair", "none"),
    ("default_time_to_live", "10"),
    ("max_index_interval", 4096),
    ("incremental_backups", False),
    ("incremental_backups", "true"),
    ("allow_auto_snapshot", False),
    ("memtable", "default"),
    ("cdc", True),
    ("speculative_retry", "50MS"),
    ("speculative_retry", "50.5ms"),
    ("speculative_retry", "99.95PERCENTILE"),
    ("speculative_retry", "min(99percentile, 50ms)"),
    ("speculative_retry", "NONE"),
    ("additional_write_policy", "ALWAYS"),
    ("caching", {"keys": "none", "rows_per_partition": 10}),
    ("compaction", {"class": "org.apache.cassandra.db.compaction.SizeTieredCompactionStrategy", "min_threshold": 6}),
    ("compaction", {"class": "SizeTieredCompactionStrategy", "enabled": False, "bucket_low": 0.4}),
    ("compaction", {"class": "LeveledCompactionStrategy", "sstable_size_in_mb": 64, "enabled": "true"}),
    ("compaction", {"class": "UnifiedCompactionStrategy", "scaling_parameters": "T4"}),
    ("compression", {"class": "LZ4Compressor", "chunk_length_in_kb": 64, "enabled": True}),
    ("compression", {"class": "ZstdCompressor", "compression_level": 3}),
    ("compression", {"enabled": False}),
]


def test_every_spelling_of_an_option_is_set_once_and_then_recognized(keyspace):
    class Plain(Model):
        id = columns.Integer(primary_key=True)

    sync(Plain, keyspace)
    unsettled = {}
    for name, value in SPELLINGS:
        model = type(Model)("Plain", (Model,), {"id": columns.Integer(primary_key=True), "__options__": {name: value}})
        sync(model, keyspace)
        if plan(model, keyspace):
            unsettled[name] = value
    assert unsettled == {}


def test_options_that_drifted_are_set_in_one_statement(keyspace, one, execute):
    sync(Everything, keyspace)
    execute(
        "ALTER TABLE {}.\"EveryThing\" WITH comment = '' AND gc_grace_seconds = 1 AND compaction ="
        " {'class': 'LeveledCompactionStrategy', 'sstable_size_in_mb': 32}"
    )
    (statement,) = plan(Everything, keyspace)
    assert statement == (
        f"ALTER TABLE {keyspace}.\"EveryThing\" WITH comment = 'it''s = \"all\"' AND compaction ="
        " {'class': 'LeveledCompactionStrategy', 'sstable_size_in_mb': '64'} AND gc_grace_seconds = '2063'"
    )
    sync(Everything, keyspace)
    assert plan(Everything, keyspace) == []
    options = one("EveryThing").options
    assert (options["gc_grace_seconds"], options["compaction"]["sstable_size_in_mb"]) == (2063, "64")


# ---- user-defined types ----------------------------------------------------------------------------------------------


def test_types_grow_with_the_tables_that_use_them(clusters, keyspace):
    class Engine(UserType):
        power = columns.Integer()

    class Car(Model):
        id = columns.Integer(primary_key=True)
        engine = columns.UserDefinedType(Engine)

    sync(Car, keyspace)

    class Part(UserType):
        number = columns.Integer()

    class Engine(UserType):
        parts = columns.Set(columns.UserDefinedType(Part))
        power = columns.Integer()

    class Car(Model):
        id = columns.Integer(primary_key=True)
        engine = columns.UserDefinedType(Engine)

    assert plan(Car, keyspace) == [
        f"CREATE TYPE IF NOT EXISTS {keyspace}.part (number int)",
        f"ALTER TYPE {keyspace}.engine ADD parts set<frozen<part>>",
    ]
    sync(Car, keyspace)
    plain = clusters[NAMES[0]]
    plain.refresh_schema_metadata()
    types = plain.metadata.keyspaces[keyspace].user_types
    assert types["engine"].field_names == ["power", "parts"]
    assert types["engine"].field_types == ["int", "set<frozen<part>>"]
    assert plan(Car, keyspace) == []


def test_a_type_is_synced_and_dropped_by_itself(clusters, keyspace):
    def names():
        clusters[NAMES[1]].refresh_schema_metadata()
        return sorted(clusters[NAMES[1]].metadata.keyspaces[keyspace].user_types)

    management.sync_type(keyspace, Engine, NAMES[1])
    management.sync_type(keyspace, Engine, NAMES[1])
    assert names() == ["engine", "part"]
    with pytest.raises(InvalidRequest, match="part"):
        management.drop_type(keyspace, Part, NAMES[1])
    management.drop_type(keyspace, Engine, NAMES[1])
    management.drop_type(keyspace, Engine, NAMES[1])
    assert names() == ["part"]


def test_a_field_of_another_type_is_warned_of(keyspace, execute):
    execute("CREATE TYPE {}.part (number text)")
    with pytest.warns(UserWarning, match="user type part .* field number has the type int in the model and text in"):
        management.sync_type(keyspace, Part, NAMES[0])


# ---- indexes ---------------------------------------------------------------------------------------------------------


def test_an_index_that_somebody_named_otherwise_is_not_made_again(keyspace, one, execute):
    class Car(Model):
        id = columns.Integer(primary_key=True)
        color = columns.Text(index=True)
        tags = columns.Set(columns.Text, frozen=True, index=True)
        text = columns.Text(custom_index=True)

    execute("CREATE TABLE {}.car (id int PRIMARY KEY, color text, tags frozen<set<text>>, text text)")
    execute("CREATE INDEX mine ON {}.car (color)")
    sync(Car, keyspace)
    sync(Car, keyspace)
    assert sorted(one("car").indexes) == ["car_tags_idx", "mine"]


def test_tables_whose_indexes_would_have_the_same_name_both_get_one(keyspace, one):
    class A(Model):
        id = columns.Integer(primary_key=True)
        b_c = columns.Integer(index=True)

    class AB(Model):
        __table_name__ = "a_b"
        id = columns.Integer(primary_key=True)
        c = columns.Integer(index=True)

    sync(A, keyspace)
    sync(AB, keyspace)
    assert len(one("a").indexes) == len(one("a_b").indexes) == 1
    assert plan(A, keyspace) == plan(AB, keyspace) == []


# ---- several at once -------------------------------------------------------------------------------------------------

PROGRAM = """
import sys
from helenus import Model, UserType, columns, connection, management

host, port, keyspace, number = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
connection.register_connection("default", [host], default=True, cluster_options={"port": port})

# Every process has a field, a column and an index that the others do not know.
Engine = type(UserType)("Engine", (UserType,), {"power": columns.Integer(), f"f{number}": columns.Text()})

class Car(Model):
    __keyspace__ = keyspace
    __options__ = {"comment": "cars"}
    id = columns.Integer(primary_key=True)
    color = columns.Text(index=True)
    engine = columns.UserDefinedType(Engine)

Own = type(Car)("Own", (Car,), {"__table_name__": "car", f"c{number}": columns.Text(index=True)})
print("ready", flush=True)
sys.stdin.readline()
management.sync_table(Own)
print("left:", management.plan_table(Own), flush=True)
"""


def test_processes_that_sync_at_the_same_time_end_with_one_good_schema(cluster1, clusters, keyspace, one):
    command = [sys.executable, "-W", "error", "-c", PROGRAM, cluster1.hosts[0], str(cluster1.port), keyspace]
    with contextlib.ExitStack() as stack:
        processes = [
            stack.enter_context(
                subprocess.Popen([*command, str(number)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            for number in range(4)
        ]
        assert [process.stdout.readline() for process in processes] == ["ready\n"] * 4
        for process in processes:
            process.stdin.write("go\n")
            process.stdin.flush()
        answers = [process.communicate(timeout=120)[0] for process in processes]
    assert answers == ["left: ()\n"] * 4
    table = one("car")
    assert sorted(table.columns) == ["c0", "c1", "c2", "c3", "color", "engine", "id"]
    targets = sorted(index.index_options["target"] for index in table.indexes.values())
    assert targets == ["c0", "c1", "c2", "c3", "color"]
    engine = clusters[NAMES[0]].metadata.keyspaces[keyspace].user_types["engine"]
    assert sorted(engine.field_names) == ["f0", "f1", "f2", "f3", "power"]


def test_threads_that_add_the_same_columns_at_the_same_time_all_succeed(keyspace, one, execute):
    execute("CREATE TABLE {}.car (id int PRIMARY KEY)")
    body = {"id": columns.Integer(primary_key=True), **{f"c{number}": columns.Text() for number in range(6)}}
    model = type(Model)("Car", (Model,), body)
    barrier = threading.Barrier(4)
    failures = []

    def work():
        barrier.wait()
        try:
            sync(model, keyspace)
        except Exception as error:  # noqa: BLE001 - looked at below
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(one("car").columns) == ["c0", "c1", "c2", "c3", "c4", "c5", "id"]


# ---- reading ---------------------------------------------------------------------------------------------------------


def test_columns_are_read_of_tables_and_of_virtual_ones(keyspace):
    sync(Automobile, keyspace)
    found = connection.run(table_columns(keyspace, "automobile", NAMES[0]))
    assert [(c.name, c.kind, c.clustering_order) for c in found] == [
        ("manufacturer", "partition_key", "none"),
        ("year", "clustering", "desc"),
        ("model", "clustering", "asc"),
        ("color", "regular", "none"),
    ]
    settings = connection.run(table_columns("system_views", "settings", NAMES[0]))
    assert [(c.name, c.type) for c in partition_key(settings)] == [("name", "text")]


def test_nothing_is_warned_of_when_all_is_well(keyspace):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        sync(Automobile, keyspace)
        sync(Automobile, keyspace)
    assert caught == []
