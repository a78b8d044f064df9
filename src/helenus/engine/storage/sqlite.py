"""Records in SQLite, in memory or in a directory that keeps them across restarts.

One table ``r_<id>`` for each CQL table, without rowid, so that SQLite's b-tree is the table in its CQL order. One
process owns a directory. This module must not know what a record says.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from helenus.engine.errors import StorageError
from helenus.engine.storage.base import Place, Record, Span

__all__ = ["SQLiteStorage", "SQLiteStore"]

FORMAT = 1
"""Of the records and tables; a file with a greater one was written by a newer helenus."""

APPLICATION = 0x48454C31
"""``HEL1``, by which ``file`` and we know such a database (``PRAGMA application_id``)."""

CHUNK = 256
"""Rows fetched at once: a query that is not read to its end must not hold a cursor while others write."""


class SQLiteStore:
    """The records of one table.

    Args:
        connection: the database.
        table: the name of the SQLite table.
    """

    def __init__(self, connection: sqlite3.Connection, table: str) -> None:
        """Write the statements once."""
        self._run = connection.execute
        self._get = f'SELECT data FROM "{table}" WHERE tok = ? AND pk = ? AND ck = ?'
        self._put = f'INSERT OR REPLACE INTO "{table}" VALUES (?, ?, ?, ?)'
        self._remove = f'DELETE FROM "{table}" WHERE tok = ? AND pk = ? AND ck = ?'
        columns = f'SELECT tok, pk, ck, data FROM "{table}" WHERE'
        self._up = f"{columns} tok = ? AND pk = ? AND ck >= ? AND ck < ? ORDER BY ck LIMIT {CHUNK}"
        self._up_open = f"{columns} tok = ? AND pk = ? AND ck >= ? ORDER BY ck LIMIT {CHUNK}"
        self._down = f"{columns} tok = ? AND pk = ? AND ck >= ? AND ck < ? ORDER BY ck DESC LIMIT {CHUNK}"
        self._down_open = f"{columns} tok = ? AND pk = ? AND ck >= ? ORDER BY ck DESC LIMIT {CHUNK}"
        self._scan = f"{columns} (tok, pk, ck) > (?, ?, ?) AND tok <= ? ORDER BY tok, pk, ck LIMIT {CHUNK}"
        self._scan_first = f"{columns} tok >= ? AND tok <= ? ORDER BY tok, pk, ck LIMIT {CHUNK}"

    def get(self, place: Place) -> bytes | None:
        """Return the record at a place, or None."""
        found = self._run(self._get, place).fetchone()
        return None if found is None else found[0]

    def rows(self, token: int, key: bytes, span: Span, *, reverse: bool = False) -> Iterator[Record]:
        """Yield the records of a partition's rows."""
        low, high = max(span.low, b"\x00"), span.high
        while True:
            if high is None:
                found = self._run(self._down_open if reverse else self._up_open, (token, key, low)).fetchall()
            else:
                found = self._run(self._down if reverse else self._up, (token, key, low, high)).fetchall()
            yield from map(Record._make, found)
            if len(found) < CHUNK:
                return
            if reverse:
                high = found[-1][2]
            else:
                low = found[-1][2] + b"\x00"

    def scan(self, low: int, high: int, after: Place | None = None) -> Iterator[Record]:
        """Yield the records of all partitions."""
        if after is None or after.token < low:
            found = self._run(self._scan_first, (low, high)).fetchall()
        else:
            found = self._run(self._scan, (*after, high)).fetchall()
        while found:
            yield from map(Record._make, found)
            if len(found) < CHUNK:
                return
            found = self._run(self._scan, (*found[-1][:3], high)).fetchall()

    def put(self, place: Place, data: bytes) -> None:
        """Keep a record."""
        self._run(self._put, (*place, data))

    def remove(self, place: Place) -> None:
        """Forget a record."""
        self._run(self._remove, place)


class SQLiteStorage:
    """All tables of one database.

    Args:
        directory: where to keep it; None for in memory.
        durable: whether a commit waits for the disk, so that it survives a power cut; it survives the end of the
            process in any case.

    Raises:
        StorageError: the directory belongs to another process, or its file is damaged or too new.
    """

    def __init__(self, directory: Path | None = None, *, durable: bool = False) -> None:
        """Open the database, and make it if it is not there."""
        self._lock: IO[str] | None = None
        self._stores: dict[str, SQLiteStore] = {}
        if directory is not None:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = _own(directory)
        try:
            self._connection = _open(directory, durable=durable)
        except BaseException:
            self._release()
            raise

    def store(self, table: str) -> SQLiteStore:
        """Return the records of a table."""
        found = self._stores.get(table)
        if found is None:
            found = self._stores[table] = SQLiteStore(self._connection, f"r_{table}")
        return found

    def create(self, table: str) -> None:
        """Make room for a table's records."""
        columns = "tok INTEGER NOT NULL, pk BLOB NOT NULL, ck BLOB NOT NULL, data BLOB NOT NULL"
        self._connection.execute(f'CREATE TABLE "r_{table}" ({columns}, PRIMARY KEY (tok, pk, ck)) WITHOUT ROWID')

    def drop(self, table: str) -> None:
        """Forget a table with all its records."""
        self._stores.pop(table, None)
        self._connection.execute(f'DROP TABLE "r_{table}"')

    def truncate(self, table: str) -> None:
        """Forget all records of a table."""
        self._connection.execute(f'DELETE FROM "r_{table}"')

    def note(self, name: str) -> bytes | None:
        """Return a note, or None."""
        found = self._connection.execute("SELECT data FROM notes WHERE name = ?", (name,)).fetchone()
        return None if found is None else found[0]

    def set_note(self, name: str, data: bytes) -> None:
        """Keep a note."""
        self._connection.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, data))

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all writes within, or none."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Let go of the data."""
        self._connection.close()
        self._release()

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _own(directory: Path) -> IO[str]:
    """Lock a directory for this process; the lock ends with the process, however that ends."""
    lock = (directory / "lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        owner = lock.read().strip() or "unknown"
        lock.close()
        raise StorageError(
            f"The data directory {directory} belongs to a running process (pid {owner}); stop it, or choose another "
            "directory."
        ) from None
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock


def _open(directory: Path | None, *, durable: bool) -> sqlite3.Connection:
    path = ":memory:" if directory is None else str(directory / "data.sqlite")
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=1024)
    try:
        _prepare(connection, path, durable=durable)
    except sqlite3.DatabaseError as error:
        connection.close()
        raise StorageError(
            f"{path} is damaged or no database ({error}); restore a copy of the directory, or choose an empty one. "
            "Nothing was changed."
        ) from error
    except StorageError:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: str, *, durable: bool) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and application != APPLICATION:
        raise StorageError(f"{path} is a database of another program; choose an empty directory. Nothing was changed.")
    if version > FORMAT:
        raise StorageError(
            f"{path} has format {version}, and this helenus knows formats up to {FORMAT}; use the newer helenus that "
            "wrote it. Nothing was changed."
        )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
    if not tables:
        with_format = f"PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {FORMAT};"
        connection.executescript(
            f"BEGIN; {with_format} CREATE TABLE notes (name TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID; COMMIT"
        )
