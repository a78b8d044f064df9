"""The tables and the rows of the benchmark, the same for every contestant.

Plain values only: this module is imported in every contestant's environment and must not import any of them.
"""

from __future__ import annotations

import datetime as dt
import uuid

KEYSPACE = "bench"
PEOPLE = 1000
"""Rows of ``person``, ``profile`` and ``journal`` that are there before the first round."""
BIG_BUCKET, BIG_ROWS = 1, 10_000
SMALL_BUCKETS, SMALL_ROWS = range(100, 200), 10
WRITE_BUCKET = 1000
"""Batches write into this partition and the next ones."""

ADDRESS = ("street", "city", "zip", "number")
PERSON = ("id", "name", "email", "age", "visits", "score", "active", "created", "country", "attributes")
READING = ("bucket", "seq", "station", "kind", "value", "raw", "valid", "taken", "note", "tags")
FLAT = ("bucket", "seq", "station", "kind", "value", "raw", "valid", "taken", "note", "grade")

_PERSON = (
    "id uuid PRIMARY KEY, name text, email text, age int, visits bigint, score double, active boolean,"
    " created timestamp"
)
_READING = "bucket int, seq int, station text, kind text, value double, raw bigint, valid boolean, taken timestamp"
SCHEMA = (
    f"CREATE KEYSPACE {KEYSPACE} WITH replication = {{'class': 'SimpleStrategy', 'replication_factor': 1}}",
    f"CREATE TYPE {KEYSPACE}.address (street text, city text, zip text, number int)",
    f"CREATE TABLE {KEYSPACE}.person ({_PERSON}, country text, attributes map<text, text>)",
    f"CREATE TABLE {KEYSPACE}.reading ({_READING}, note text, tags map<text, text>, PRIMARY KEY (bucket, seq))",
    f"CREATE TABLE {KEYSPACE}.flat ({_READING}, note text, grade int, PRIMARY KEY (bucket, seq))",
    f"CREATE TABLE {KEYSPACE}.profile (id uuid PRIMARY KEY, home frozen<{KEYSPACE}.address>)",
    f"CREATE TABLE {KEYSPACE}.journal (id uuid PRIMARY KEY, lines list<text>)",
)

_BEGIN = dt.datetime(2026, 1, 1)  # noqa: DTZ001 - the driver reads timestamps as naive UTC
_COUNTRIES = ("NL", "FR", "PL", "SE", "PT")


def key(number: int) -> uuid.UUID:
    """Return the key of a person, profile or journal."""
    return uuid.UUID(int=0xBE9C << 112 | number)


def person(number: int) -> dict[str, object]:
    """Return the row of one person: ten columns, one of them a map."""
    return {
        "id": key(number),
        "name": f"Person {number}",
        "email": f"person.{number}@example.org",
        "age": number % 90,
        "visits": number * 1_000_003,
        "score": number / 7,
        "active": number % 3 == 0,
        "created": _BEGIN + dt.timedelta(seconds=number),
        "country": _COUNTRIES[number % 5],
        "attributes": {"theme": "dark", "language": "en", "plan": f"plan {number % 10}"},
    }


def reading(bucket: int, seq: int) -> dict[str, object]:
    """Return one row of a partition: ten columns, one of them a map."""
    return {**_common(bucket, seq), "tags": {"unit": "kelvin", "rack": f"r{seq % 16}"}}


def flat(bucket: int, seq: int) -> dict[str, object]:
    """Return one row of ten scalar columns, whose values take the same memory with every contestant."""
    return {**_common(bucket, seq), "grade": 1000 + seq}


def _common(bucket: int, seq: int) -> dict[str, object]:
    return {
        "bucket": bucket,
        "seq": seq,
        "station": f"station {seq % 100}",
        "kind": "temperature",
        "value": 250 + seq / 11,
        "raw": seq * 1_000_003,
        "valid": True,
        "taken": _BEGIN + dt.timedelta(seconds=seq),
        "note": f"note {seq}",
    }


def address(number: int) -> dict[str, object]:
    """Return the fields of one address."""
    return {"street": f"Street {number}", "city": "Delft", "zip": f"{number:06}", "number": number}


def insert(table: str, columns: tuple[str, ...]) -> str:
    """Return the INSERT of a whole row, with markers."""
    return f"INSERT INTO {KEYSPACE}.{table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


INSERT_PERSON = insert("person", PERSON)
GET_PERSON = f"SELECT {', '.join(PERSON)} FROM {KEYSPACE}.person WHERE id = ?"
UPDATE_PERSON = f"UPDATE {KEYSPACE}.person SET name = ? WHERE id = ?"
INSERT_READING = insert("reading", READING)
READ_BUCKET = f"SELECT {', '.join(READING)} FROM {KEYSPACE}.reading WHERE bucket = ?"
INSERT_FLAT = insert("flat", FLAT)
READ_FLAT = f"SELECT {', '.join(FLAT)} FROM {KEYSPACE}.flat WHERE bucket = ?"
APPEND = f"UPDATE {KEYSPACE}.journal SET lines = lines + ? WHERE id = ?"
INSERT_PROFILE = insert("profile", ("id", "home"))
GET_PROFILE = f"SELECT id, home FROM {KEYSPACE}.profile WHERE id = ?"
