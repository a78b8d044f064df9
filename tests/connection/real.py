"""What the tests on real clusters share: tables, statements, and asking."""

from __future__ import annotations

from helenus import connection

KEYSPACE = "connection_room"
TABLES = (
    (
        f"CREATE KEYSPACE IF NOT EXISTS {KEYSPACE} "
        "WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}"
    ),
    (
        f"CREATE KEYSPACE IF NOT EXISTS {KEYSPACE}_3 "
        "WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 3}"
    ),
    f"CREATE TYPE IF NOT EXISTS {KEYSPACE}.place (street text, number int)",
    f"CREATE TABLE IF NOT EXISTS {KEYSPACE}.t (k int PRIMARY KEY, v text, n int, where_ frozen<place>)",
    f"CREATE TABLE IF NOT EXISTS {KEYSPACE}.home (k int PRIMARY KEY, cluster text)",
    f"CREATE TABLE IF NOT EXISTS {KEYSPACE}.counters (k int PRIMARY KEY, c counter)",
    f"CREATE TABLE IF NOT EXISTS {KEYSPACE}_3.counters (k int PRIMARY KEY, c counter)",
    f"CREATE TABLE IF NOT EXISTS {KEYSPACE}.lists (k int PRIMARY KEY, l list<int>)",
    f"CREATE TABLE IF NOT EXISTS {KEYSPACE}_3.lists (k int PRIMARY KEY, l list<int>)",
    f"CREATE TABLE IF NOT EXISTS {KEYSPACE}.many (p int, c int, PRIMARY KEY (p, c))",
    (
        f"CREATE TABLE IF NOT EXISTS {KEYSPACE}.types "
        "(k uuid PRIMARY KEY, b blob, d decimal, s set<int>, m map<text, int>, ts timestamp)"
    ),
)
INSERT = f"INSERT INTO {KEYSPACE}.t (k, v, n) VALUES (?, ?, ?)"
SELECT = f"SELECT k, v, n FROM {KEYSPACE}.t WHERE k = ?"


def ask(request):
    """Send one request; return its page."""

    def flow():
        return (yield request)

    return connection.run(flow())


async def aask(request):
    def flow():
        return (yield request)

    return await connection.arun(flow())


class Listener:
    """Notes what a session tells of its requests."""

    def __init__(self, session):
        self.futures = []
        session.add_request_init_listener(self.futures.append)
