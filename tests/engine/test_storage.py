"""Records in order, kept across restarts, and never lost to a wrong file."""

from __future__ import annotations

import sqlite3
import subprocess
import sys

import pytest

from helenus.engine.errors import StorageError
from helenus.engine.storage import PARTITION, MemoryStore, Place, Record, Span, SQLiteStorage

RECORDS = [
    Record(-5, b"k", PARTITION, b"p"),
    *[Record(-5, b"k", b"\x03%04d" % number, b"%d" % number) for number in range(600)],
    Record(7, b"a", b"\x03", b"x"),
    Record(7, b"b", PARTITION, b"y"),
    Record(7, b"b", b"\x03", b"z"),
]


@pytest.fixture(params=["sqlite", "memory"])
def store(request):
    if request.param == "memory":
        yield MemoryStore(reversed(RECORDS))
        return
    storage = SQLiteStorage()
    storage.create("t")
    for token, key, clustering, data in reversed(RECORDS):
        storage.store("t").put(Place(token, key, clustering), data)
    yield storage.store("t")
    storage.close()


def test_a_record_is_found_where_it_was_put(store):
    assert store.get(Place(7, b"b", PARTITION)) == b"y"
    assert store.get(Place(7, b"c", PARTITION)) is None


def test_a_scan_goes_through_all_partitions_each_with_its_own_record_first(store):
    assert list(store.scan(-(1 << 63), (1 << 63) - 1)) == RECORDS


@pytest.mark.parametrize("at", [0, 1, 255, 256, 257, 600, 601, 602])
def test_a_scan_goes_on_behind_any_place(store, at):
    assert list(store.scan(-(1 << 63), 100, Place(*RECORDS[at][:3]))) == RECORDS[at + 1 :]


def test_a_scan_keeps_to_its_tokens(store):
    assert list(store.scan(-4, 7)) == RECORDS[601:]
    assert list(store.scan(-5, 6)) == RECORDS[:601]
    assert list(store.scan(0, 7, Place(-5, b"k", b"\x03"))) == RECORDS[601:]


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize(("low", "high"), [(0, 600), (10, 20), (10, 522), (300, 300), (20, 10)])
def test_rows_of_a_span_come_in_either_order(store, low, high, reverse):
    span = Span(b"\x03%04d" % low, b"\x03%04d" % high)
    expected = RECORDS[1 + low : 1 + high]
    assert list(store.rows(-5, b"k", span, reverse=reverse)) == (expected[::-1] if reverse else expected)


def test_a_span_without_end_holds_all_rows_but_not_the_partitions_record(store):
    assert list(store.rows(-5, b"k", Span())) == RECORDS[1:601]
    assert list(store.rows(-5, b"k", Span(), reverse=True)) == RECORDS[600:0:-1]


def test_what_was_committed_is_there_after_a_restart_and_what_was_not_is_not(tmp_path):
    storage = SQLiteStorage(tmp_path / "data")
    with storage.transaction():
        storage.create("t")
        storage.store("t").put(Place(1, b"k", b"c"), b"kept")
        storage.set_note("schema", b"{}")
    with pytest.raises(AttributeError), storage.transaction():
        storage.store("t").put(Place(1, b"k", b"c"), b"lost").no_such_thing  # noqa: B018 - an error within
    storage.close()
    again = SQLiteStorage(tmp_path / "data")
    assert again.store("t").get(Place(1, b"k", b"c")) == b"kept"
    assert again.note("schema") == b"{}"
    again.close()


def test_a_directory_belongs_to_one_process(tmp_path):
    storage = SQLiteStorage(tmp_path)
    program = (
        "import sys, pathlib; from helenus.engine.storage import SQLiteStorage; "
        "SQLiteStorage(pathlib.Path(sys.argv[1]))"
    )
    done = subprocess.run([sys.executable, "-c", program, tmp_path], capture_output=True, text=True, check=False)
    storage.close()
    assert "belongs to a running process (pid" in done.stderr
    SQLiteStorage(tmp_path).close()


def test_the_directory_is_for_its_owner_alone(tmp_path):
    SQLiteStorage(tmp_path / "new").close()
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def damaged(path):
    path.write_bytes(b"not a database at all " * 100)


def foreign(path):
    sqlite3.connect(path).execute("CREATE TABLE mine (a)").connection.close()


def newer(path):
    sqlite3.connect(path).execute("PRAGMA user_version = 99").connection.close()


@pytest.mark.parametrize(
    ("make", "words"), [(damaged, "damaged"), (foreign, "another program"), (newer, "has format 99")]
)
def test_a_file_that_is_not_ours_is_refused_and_left_as_it_is(tmp_path, make, words):
    make(tmp_path / "data.sqlite")
    before = (tmp_path / "data.sqlite").read_bytes()
    with pytest.raises(StorageError, match=words):
        SQLiteStorage(tmp_path)
    assert (tmp_path / "data.sqlite").read_bytes() == before
