"""django-cassandra-engine, which knows nothing of helenus, runs on it after ``helenus.cqlengine.install()``."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.compat import venvs

SCRIPT = Path(__file__).parent / "site" / "run.py"
REQUIREMENTS = ("django-cassandra-engine==1.11.0", "Django==5.2.*", "scylla-driver==3.29.12")

PART = [
    ["id", "00000000-0000-0000-0000-000000000007"],
    ["name", "bolt"],
    ["price", "4"],
    ["tags", ["a", "b"]],
    ["added", "2020-01-02 03:04:05"],
]
EXPECTED = {
    "parts": {
        "equal": True,
        "items": PART,
        "updated": 5,
        "count": [1, 0, True],
        "pk": "00000000-0000-0000-0000-000000000007",
        "fields": ["id", "name", "price", "tags", "added"],
        "excluded": [0, 1],
        "left": 0,
    },
    "bins": {
        "as it is": [4, 3, 2, 1, 0],
        "ascending": [0, 1, 2, 3, 4],
        "descending": [4, 3],
        "in python": [4, 3, 2, 1, 0],
        "values": [4, 3, 2, 1, 0],
        "by another name": [1],
        "counted": [5, 1],
    },
    "others": {"plain": {"x": 1}, "session": [1, 2], "exists": False},
}
TABLES = ["bin", "part", "plain", "session"]


def run(implementation: str, cluster: Any, keyspace: str) -> dict[str, Any]:
    python = venvs.python_with("django", *REQUIREMENTS)
    environment = venvs.clean_environment(PYTHONPATH=str(venvs.ROOT / "src"), CQLENG_ALLOW_SCHEMA_MANAGEMENT="1")
    done = subprocess.run(
        [python, SCRIPT, implementation, cluster.hosts[0], str(cluster.port), keyspace],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=environment,
    )
    assert done.returncode == 0, done.stderr[-5000:]
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


@pytest.fixture
def keyspace(request, cluster1, sessions):
    name = f"compat_django_{request.param}_{os.getpid()}"
    yield name
    if cluster1.launched is None:
        sessions["plain"].execute(f"DROP KEYSPACE IF EXISTS {name}", timeout=60)


@pytest.mark.parametrize(
    ("implementation", "keyspace"), [("helenus", "helenus"), ("cqlengine", "cqlengine")], indirect=["keyspace"]
)
def test_its_models_sync_write_and_read(implementation, keyspace, cluster1):
    result = run(implementation, cluster1, keyspace)
    home = {"helenus": "helenus.cqlengine", "cqlengine": "cassandra.cqlengine"}[implementation]
    assert result.pop("sync") == {"implementation": home, "tables": TABLES}
    if implementation == "cqlengine":  # its own bug, B1: a derived query answers the first one's count
        assert (result["parts"].pop("count"), result["bins"].pop("counted")) == ([1, 1, True], [5, 5])
        result["parts"]["count"], result["bins"]["counted"] = EXPECTED["parts"]["count"], EXPECTED["bins"]["counted"]
    assert result == EXPECTED
