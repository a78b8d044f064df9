"""helenus runs on cassandra-driver as it does on scylla-driver: the same tests, in an environment of its own."""

from __future__ import annotations

import re
import subprocess
from typing import Any

import pytest

from tests.compat import venvs

REQUIREMENTS = (
    "cassandra-driver==3.30.1",
    "pytest>=9.1",
    "pytest-asyncio>=1.3",
    "pytest-timeout>=2.4",
    "hypothesis>=6.150",
)
SLICE = ("models", "columns", "queries", "writes", "management")
ENOUGH = 150


@pytest.fixture(scope="module")
def python():
    return venvs.python_with("cassandra-driver", *REQUIREMENTS)


def run(python: Any, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
        cwd=venvs.ROOT,
        env=venvs.clean_environment(PYTHONPATH=str(venvs.ROOT / "src"), **more),
    )


def test_the_environment_has_the_other_driver_and_not_this_one(python):
    done = run(python, "-c", "import cassandra; print(cassandra.__version__)")
    assert done.stdout.strip() == "3.30.1", done.stderr
    assert "scylla" not in run(python, "-m", "pip", "list").stdout


def test_the_behaviour_is_the_same(python, cluster1):
    files = [f"tests/compat/test_{name}.py" for name in SLICE]
    hosts = f"{cluster1.hosts[0]}:{cluster1.port}"
    options = ("-q", "-k", "helenus", "-p", "no:cacheprovider", "-W", "ignore::DeprecationWarning:cassandra")
    done = run(python, "-m", "pytest", *options, *files, HELENUS_CASSANDRA_HOSTS=hosts)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed
    assert int(passed[1]) >= ENOUGH
