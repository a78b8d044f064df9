"""A cluster's schema tables in memory, and a runner that lets a flow talk to several of them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from helenus.connection.request import Page, Request

TABLE = re.compile(r"SELECT (.+) FROM system_schema\.(\w+) WHERE keyspace_name = \?(?: AND (\w+) = \?)?")


class FakeCluster:
    """Answers SELECTs on the schema tables from lists of dicts, and notes every other statement.

    ``effects`` maps a statement to what it does, a function that may change ``rows`` or raise; other statements do
    nothing.
    """

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, object]]] = {
            name: [] for name in ("keyspaces", "types", "tables", "columns", "indexes", "views")
        }
        self.effects: dict[str, Callable[[], object]] = {}
        self.reads: list[Request] = []
        self.changes: list[str] = []

    def answer(self, request: Request) -> Page:
        """Answer as the driver adapter would."""
        match = TABLE.fullmatch(request.text)
        if match is None:
            return self._change(request)
        assert request.prepare
        assert request.idempotent
        self.reads.append(request)
        names = ("keyspace_name", *filter(None, [match[3]]))
        conditions = dict(zip(names, request.values, strict=True))
        rows = [row for row in self.rows[match[2]] if conditions.items() <= row.items()]
        columns = tuple(rows[0]) if rows and match[1] == "*" else tuple(match[1].split(", "))
        return Page(columns, [tuple(row[column] for column in columns) for row in rows])

    def _change(self, request: Request) -> Page:
        assert not request.prepare
        assert not request.idempotent
        assert request.values == ()
        self.changes.append(request.text)
        self.effects.get(request.text, lambda: None)()
        return Page()

    def add_keyspace(self, name: str) -> None:
        """Let a keyspace exist."""
        self.rows["keyspaces"].append({"keyspace_name": name, "durable_writes": True, "replication": {}})

    def add_table(self, keyspace: str, name: str, columns: str, **options: object) -> None:
        """Let a table exist; columns as ``partition_key k int, clustering c text desc, regular v int``."""
        self.rows["tables"].append({"keyspace_name": keyspace, "table_name": name, "id": 1, "flags": None, **options})
        places = dict.fromkeys(("partition_key", "clustering"), -1)
        for text in columns.split(", "):
            kind, column, type_, *order = text.split(" ")
            if kind in places:
                places[kind] += 1
            self.rows["columns"].append(
                {
                    "keyspace_name": keyspace,
                    "table_name": name,
                    "column_name": column,
                    "type": type_.replace("_", " "),
                    "kind": kind,
                    "position": places.get(kind, -1),
                    "clustering_order": (order or ["asc"])[0] if kind == "clustering" else "none",
                }
            )

    def add_index(self, keyspace: str, table: str, name: str, target: str) -> None:
        """Let an index exist."""
        place = {"keyspace_name": keyspace, "table_name": table}
        self.rows["indexes"].append({**place, "index_name": name, "kind": "COMPOSITES", "options": {"target": target}})

    def add_type(self, keyspace: str, name: str, **fields: str) -> None:
        """Let a user-defined type exist."""
        self.rows["types"].append(
            {
                "keyspace_name": keyspace,
                "type_name": name,
                "field_names": list(fields),
                "field_types": list(fields.values()),
            }
        )


class FakeClusters(dict[str | None, FakeCluster]):
    """Clusters by connection name; a name that is not here is a cluster that does not answer."""

    def __missing__(self, name):
        raise ConnectionError(f"{name} does not answer")

    def run(self, flow):
        """Run a flow as ``helenus.connection.runner`` does, without waiting."""
        try:
            request = next(flow)
            while True:
                try:
                    page = self[request.connection].answer(request)
                except Exception as error:  # noqa: BLE001 - the flow decides
                    request = flow.throw(error)
                else:
                    request = flow.send(page)
        except StopIteration as done:
            return done.value

    @property
    def changes(self) -> dict[str | None, list[str]]:
        """The statements that changed something, by connection."""
        return {name: cluster.changes for name, cluster in self.items() if cluster.changes}


@pytest.fixture
def clusters() -> FakeClusters:
    """Give two empty clusters, ``one`` and ``two``."""
    return FakeClusters(one=FakeCluster(), two=FakeCluster())
