"""The front door: pages, prepared statements, time, restarts."""

from __future__ import annotations

import pytest

from helenus.cql.types import parse_type
from helenus.engine import (
    UNSET,
    BatchItem,
    Clock,
    Engine,
    InvalidPagingState,
    InvalidRequest,
    NodeInfo,
    Options,
    Rows,
    SchemaChange,
    SchemaChanged,
    SQLiteStorage,
    Unprepared,
)
from helenus.wire import codec

KEYSPACE = "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}"
TABLE = "CREATE TABLE t (p int, c int, s int static, v text, PRIMARY KEY (p, c)) WITH CLUSTERING ORDER BY (c DESC)"


def number(value):
    return value.to_bytes(4, signed=True)


@pytest.fixture
def clock():
    clock = Clock()
    clock.freeze()
    return clock


@pytest.fixture
def session(clock):
    engine = Engine(SQLiteStorage(), clock)
    session = engine.session()
    for statement in (KEYSPACE, "USE k", TABLE):
        session.execute(statement)
    yield session
    engine.close()


def values(result):
    assert isinstance(result, Rows)
    decoded = []
    for row in result.rows:
        cells = zip(result.columns, row, strict=True)
        decoded.append(tuple(None if cell is None else codec.decode(column.type, cell) for column, cell in cells))
    return decoded


def fill(session):
    for p in range(4):
        for c in range(p):
            session.execute(f"INSERT INTO t (p, c, v) VALUES ({p}, {c}, 'v{p}{c}')")
    session.execute("INSERT INTO t (p, s) VALUES (9, 1)")


def pages(session, text, size):
    state = None
    while True:
        result = session.execute(text, (), Options(page_size=size, paging_state=state))
        assert isinstance(result, Rows)
        assert len(result.rows) <= size
        yield from result.rows
        state = result.paging_state
        if state is None:
            return


QUERIES = [
    "SELECT * FROM t",
    "SELECT * FROM t LIMIT 5",
    "SELECT * FROM t PER PARTITION LIMIT 2",
    "SELECT * FROM t PER PARTITION LIMIT 2 LIMIT 4",
    "SELECT * FROM t WHERE p = 3",
    "SELECT * FROM t WHERE p = 3 ORDER BY c ASC",
    "SELECT * FROM t WHERE p IN (3, 9, 2, 1)",
    "SELECT * FROM t WHERE p IN (3, 2) AND c IN (0, 1)",
    "SELECT DISTINCT p, s FROM t",
    "SELECT DISTINCT p FROM t WHERE p IN (1, 3, 9)",
    "SELECT * FROM t WHERE v > 'v2' ALLOW FILTERING",
    "SELECT * FROM t WHERE c = 1 ALLOW FILTERING",
    "SELECT * FROM t WHERE token(p) > 0",
    "SELECT * FROM system_schema.columns",
    "SELECT column_name FROM system_schema.columns WHERE keyspace_name = 'k'",
]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize("text", QUERIES)
def test_pages_put_together_are_the_whole_answer(session, text, size):
    fill(session)
    whole = session.execute(text)
    assert list(pages(session, text, size)) == list(whole.rows)
    assert whole.rows


def test_the_last_row_of_a_limit_ends_the_pages(session):
    fill(session)
    assert session.execute("SELECT * FROM t LIMIT 2", (), Options(page_size=2)).paging_state is None


@pytest.mark.parametrize("state", [b"x", b"\x01" * 30, b"\x02" + b"\x00" * 40])
def test_a_paging_state_that_is_not_ours_is_refused(session, state):
    with pytest.raises(InvalidPagingState, match="Invalid value for the paging state"):
        session.execute("SELECT * FROM t", (), Options(page_size=1, paging_state=state))


def test_a_page_goes_on_though_its_last_row_is_gone(session):
    fill(session)
    first = session.execute("SELECT c FROM t WHERE p = 3", (), Options(page_size=1))
    session.execute("DELETE FROM t WHERE p = 3 AND c = 2")
    rest = session.execute("SELECT c FROM t WHERE p = 3", (), Options(paging_state=first.paging_state))
    assert values(first) + values(rest) == [(2,), (1,), (0,)]


# ---- prepared statements ---------------------------------------------------------------------------------------------


def test_markers_are_named_and_typed_as_drivers_know_them(session):
    prepared = session.prepare(
        "UPDATE t USING TTL ? AND TIMESTAMP ? SET v = ? WHERE p = ? AND c IN ?",
    )
    assert [(marker.name, str(marker.type)) for marker in prepared.markers] == [
        ("[ttl]", "int"),
        ("[timestamp]", "bigint"),
        ("v", "text"),
        ("p", "int"),
        ("in(c)", "list<int>"),
    ]
    assert (prepared.keyspace_name, prepared.table_name, prepared.key_markers) == ("k", "t", (3,))
    assert prepared.columns is None


def test_a_query_says_its_columns_and_a_named_marker_its_name(session):
    prepared = session.prepare("SELECT v AS text, count(*) FROM t WHERE p = :key LIMIT ?")
    assert [column.name for column in prepared.columns or ()] == ["text", "count"]
    assert [marker.name for marker in prepared.markers] == ["key", "[limit]"]


def test_the_id_is_the_md5_of_keyspace_and_text(session):
    # Captured from a real node: keyspace rsd_cap, "insert into t(a,b,c) values(?,?,?)".
    session.execute(KEYSPACE.replace("KEYSPACE k", "KEYSPACE rsd_cap"))
    session.execute("USE rsd_cap")
    session.execute("CREATE TABLE t (a int PRIMARY KEY, b int, c int)")
    assert session.prepare("insert into t(a,b,c) values(?,?,?)").id.hex().startswith("65c1165c")


def test_a_prepared_statement_keeps_its_keyspace_and_sees_later_schemas(session):
    prepared = session.prepare("SELECT * FROM t")
    session.execute("USE system")
    session.execute("ALTER TABLE k.t ADD w int")
    assert [column.name for column in session.execute_prepared(prepared.id).columns] == ["p", "c", "s", "v", "w"]


def test_an_unknown_id_is_answered_as_unprepared(session):
    with pytest.raises(Unprepared, match="Prepared query with ID 0102 not found"):
        session.execute_prepared(b"\1\2")


def test_values_may_come_by_name(session):
    session.execute("INSERT INTO t (p, c, v) VALUES (:p, :c, :v)", {"p": number(1), "c": number(2), "v": b"x"})
    assert values(session.execute("SELECT v FROM t WHERE p = :p", {"p": number(1)})) == [("x",)]


@pytest.mark.parametrize("given", [(), (number(1), number(1)), {"q": number(1)}])
def test_the_number_of_values_must_be_that_of_markers(session, given):
    with pytest.raises(InvalidRequest, match="Invalid amount of bind variables"):
        session.execute("SELECT * FROM t WHERE p = :p", given)


def test_unset_leaves_a_column_as_it_is_and_null_deletes_it(session):
    insert = "INSERT INTO t (p, c, v) VALUES (1, 1, ?)"
    session.execute(insert, [b"x"])
    session.execute(insert, [UNSET])
    assert values(session.execute("SELECT v FROM t")) == [("x",)]
    session.execute(insert, [None])
    assert values(session.execute("SELECT v FROM t")) == [(None,)]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (None, "Invalid null value in condition for column p"),
        (UNSET, "Invalid unset value for column p"),
        (b"\1\2", "Expected 4 or 0 byte int (2)"),
        (b"", "Key may not be empty"),
    ],
)
def test_bytes_that_are_no_key_are_refused(session, given, words):
    with pytest.raises(InvalidRequest) as caught:
        session.execute("SELECT * FROM t WHERE p = ?", [given])
    assert caught.value.message == words


@pytest.mark.parametrize("of", ["set<int>", "frozen<set<int>>"])
def test_a_bound_collection_is_put_in_order_and_loses_its_doubles(session, of):
    session.execute(f"CREATE TABLE m (p int PRIMARY KEY, s {of})")
    elements = codec.encode(parse_type(of), [3, -1, 3])
    session.execute("INSERT INTO m (p, s) VALUES (1, ?)", [elements])
    assert values(session.execute("SELECT s FROM m")) == [((-1, 3),)]


@pytest.mark.parametrize("of", ["list<int>", "set<int>", "frozen<list<int>>"])
def test_a_bound_collection_has_no_nulls(session, of):
    session.execute(f"CREATE TABLE m (p int PRIMARY KEY, s {of})")
    with pytest.raises(InvalidRequest, match="null is not supported inside collections"):
        session.execute("INSERT INTO m (p, s) VALUES (1, ?)", [codec.encode(parse_type(of), [1, None])])


def test_the_values_of_in_may_be_bound_as_one_list(session):
    fill(session)
    given = codec.encode(parse_type("list<int>"), [3, 1, 3, 9])
    assert values(session.execute("SELECT p FROM t WHERE p IN ?", [given])) == [(1,), (3,), (3,), (3,), (9,)]
    assert values(session.execute("SELECT c FROM t WHERE p = 3 AND c IN ?", [given])) == [(1,)]
    pair = codec.encode(parse_type("list<frozen<tuple<int>>>"), [(2,), (0,)])
    assert values(session.execute("SELECT c FROM t WHERE p = 3 AND (c) IN ?", [pair])) == [(2,), (0,)]


# ---- time ------------------------------------------------------------------------------------------------------------


def test_a_value_dies_when_its_time_has_come(session, clock):
    session.execute("INSERT INTO t (p, c, v) VALUES (1, 1, 'x') USING TTL 100")
    session.execute("UPDATE t USING TTL 50 SET v = 'y' WHERE p = 1 AND c = 1")
    assert values(session.execute("SELECT v, ttl(v) FROM t")) == [("y", 50)]
    clock.advance(30)
    assert values(session.execute("SELECT v, ttl(v) FROM t")) == [("y", 20)]
    clock.advance(20)
    assert values(session.execute("SELECT v, ttl(v) FROM t")) == [(None, None)]
    clock.advance(50)
    assert values(session.execute("SELECT * FROM t")) == []


def test_a_table_has_a_default_time_to_live_which_zero_lifts(session, clock):
    session.execute("CREATE TABLE d (p int PRIMARY KEY, v int) WITH default_time_to_live = 10")
    session.execute("INSERT INTO d (p, v) VALUES (1, 1)")
    session.execute("INSERT INTO d (p, v) VALUES (2, 1) USING TTL 0")
    clock.advance(10)
    assert values(session.execute("SELECT p FROM d")) == [(2,)]


def test_elements_of_a_collection_die_one_by_one(session, clock):
    session.execute("CREATE TABLE m (p int PRIMARY KEY, m map<int, int>)")
    session.execute("UPDATE m USING TTL 10 SET m[1] = 1 WHERE p = 1")
    session.execute("UPDATE m USING TTL 20 SET m[2] = 2 WHERE p = 1")
    clock.advance(15)
    assert values(session.execute("SELECT m FROM m")) == [(((2, 2),),)]
    clock.advance(5)
    assert values(session.execute("SELECT m FROM m")) == []


def test_the_requests_timestamp_counts_unless_the_statement_has_its_own(session):
    session.execute("INSERT INTO t (p, c, v) VALUES (1, 1, 'x')", (), Options(timestamp=77))
    assert values(session.execute("SELECT writetime(v) FROM t")) == [(77,)]
    session.execute("UPDATE t USING TIMESTAMP 99 SET v = 'y' WHERE p = 1 AND c = 1", (), Options(timestamp=5))
    assert values(session.execute("SELECT writetime(v) FROM t")) == [(99,)]


def test_a_conditional_write_is_later_than_what_it_has_seen(session, clock):
    future = clock.micros() + 10**9
    session.execute(f"INSERT INTO t (p, c, v) VALUES (1, 1, 'x') USING TIMESTAMP {future}")
    session.execute("UPDATE t SET v = 'y' WHERE p = 1 AND c = 1 IF v = 'x'")
    assert values(session.execute("SELECT v FROM t")) == [("y",)]


# ---- batches, schema, restarts ---------------------------------------------------------------------------------------


def test_a_batch_mixes_texts_and_prepared_statements(session):
    prepared = session.prepare("INSERT INTO t (p, c, v) VALUES (1, ?, 'p')")
    items = [BatchItem(prepared.id, [number(1)]), BatchItem("INSERT INTO t (p, c, v) VALUES (1, 2, 't')")]
    session.execute_batch("LOGGED", items)
    assert values(session.execute("SELECT c, v FROM t")) == [(2, "t"), (1, "p")]


def test_nothing_of_a_batch_is_written_if_a_value_cannot_be(session):
    items = [
        BatchItem("INSERT INTO t (p, c, v) VALUES (1, 1, 'x')"),
        BatchItem("INSERT INTO t (p, c, v) VALUES (?, 1, 'x')", [None]),
    ]
    with pytest.raises(InvalidRequest, match="Invalid null value"):
        session.execute_batch("LOGGED", items)
    assert values(session.execute("SELECT * FROM t")) == []


@pytest.mark.parametrize(
    ("statement", "event"),
    [
        ("CREATE TABLE n (p int PRIMARY KEY)", SchemaChange("CREATED", "TABLE", "k", "n")),
        ("ALTER TABLE t ADD w int", SchemaChange("UPDATED", "TABLE", "k", "t")),
        ("CREATE INDEX ON t (v)", SchemaChange("UPDATED", "TABLE", "k", "t")),
        ("DROP TABLE t", SchemaChange("DROPPED", "TABLE", "k", "t")),
        ("CREATE TYPE u (a int)", SchemaChange("CREATED", "TYPE", "k", "u")),
        ("ALTER KEYSPACE k WITH durable_writes = false", SchemaChange("UPDATED", "KEYSPACE", "k")),
        ("DROP KEYSPACE k", SchemaChange("DROPPED", "KEYSPACE", "k")),
    ],
)
def test_a_schema_change_says_what_has_changed_and_changes_the_version(session, statement, event):
    version = "SELECT schema_version FROM system.local WHERE key = 'local'"
    before = session.execute(version)
    assert session.execute(statement) == SchemaChanged(event)
    assert session.execute(version).rows != before.rows


def test_a_table_that_is_dropped_and_made_again_is_empty(session):
    fill(session)
    session.execute("DROP TABLE t")
    session.execute(TABLE)
    assert values(session.execute("SELECT * FROM t")) == []


def test_everything_is_there_after_a_restart(tmp_path):
    engine = Engine(SQLiteStorage(tmp_path))
    session = engine.session()
    statements = [
        KEYSPACE,
        "USE k",
        "CREATE TYPE u (a int, b frozen<set<text>>)",
        (
            "CREATE TABLE t (p int, c decimal, s int static, u u, m map<text, frozen<u>>, PRIMARY KEY (p, c)) "
            "WITH CLUSTERING ORDER BY (c DESC) AND comment = 'x'"
        ),
        "CREATE INDEX i ON t (keys(m))",
        "ALTER TABLE t ADD gone int",
        "ALTER TABLE t DROP gone",
        "INSERT INTO t (p, c, s, u, m) VALUES (1, 1.50, 2, {a: 1}, {'k': {a: 2, b: {'x'}}})",
    ]
    for statement in statements:
        session.execute(statement)
    asked = [
        "SELECT * FROM k.t",
        *[f"SELECT * FROM system_schema.{name} WHERE keyspace_name = 'k'" for name in ("columns", "indexes", "types")],
        *[f"SELECT * FROM system_schema.{name} WHERE keyspace_name = 'k'" for name in ("dropped_columns", "tables")],
    ]
    before = [session.execute(text) for text in asked]
    version = engine.catalog.version
    engine.close()
    again = Engine(SQLiteStorage(tmp_path))
    assert [again.session().execute(text) for text in asked] == before
    assert again.catalog.version == version
    again.close()


def test_the_node_says_of_itself_what_it_is_told():
    engine = Engine(SQLiteStorage(), node=NodeInfo(address="127.0.0.7", port=9999, cluster_name="mine"))
    asked = "SELECT rpc_address, rpc_port, cluster_name, release_version FROM system.local"
    (row,) = values(engine.session().execute(asked))
    assert [str(value) for value in row] == ["127.0.0.7", "9999", "mine", "5.0.6"]
    assert values(engine.session().execute("SELECT * FROM system.peers_v2")) == []
    engine.close()
