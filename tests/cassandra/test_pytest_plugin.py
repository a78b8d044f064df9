"""The pytest plugin, in runs of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from helenus import cassandra
from helenus.integrations.pytest_plugin import HOSTS_VARIABLE, RUN_VARIABLE, named_clusters

PAIR = """
import pathlib, pytest
from helenus.cassandra.native import Endpoint, is_up

@pytest.mark.parametrize("number", range(2))
def test_pair(cassandra_clusters, number):
    assert all(is_up(Endpoint(cluster.hosts[0], cluster.port)) for cluster in cassandra_clusters)
    with pathlib.Path("seen").open("a") as seen:
        print([(cluster.name, cluster.hosts, cluster.port) for cluster in cassandra_clusters], file=seen)
"""
NAMED = """
def test_named(cassandra_cluster):
    assert (cassandra_cluster.hosts, cassandra_cluster.port) == (("10.0.0.1", "10.0.0.2"), 9142)
    assert cassandra_cluster.launched is None
"""


def run(folder: Path, source: str, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run pytest as a project that has the plugin would."""
    (folder / "test_it.py").write_text(source)
    plugin = "import pytest\nfrom helenus.integrations import pytest_plugin\n\n\n"
    plugin += "def pytest_configure(config):\n    if not config.pluginmanager.is_registered(pytest_plugin):\n"
    plugin += "        config.pluginmanager.register(pytest_plugin, 'helenus')\n"
    (folder / "conftest.py").write_text(plugin)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_XDIST")}
    environment.pop(RUN_VARIABLE, None)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    return subprocess.run(command, cwd=folder, env=environment | variables, capture_output=True, text=True, check=False)


def test_workers_share_one_pair_that_ends_with_the_run(home: Path, tmp_path: Path):
    done = run(tmp_path, PAIR, "-n", "2")
    assert "2 passed" in done.stdout, done.stdout
    seen = (tmp_path / "seen").read_text().splitlines()
    assert len(seen) == 2
    assert len(set(seen)) == 1
    assert cassandra.status() == []
    assert list((home / "clusters").iterdir()) == []


def test_clusters_that_the_user_names_are_used_instead(tmp_path: Path):
    done = run(tmp_path, NAMED, **{HOSTS_VARIABLE: "10.0.0.1:9142, 10.0.0.2:9142"})
    assert "1 passed" in done.stdout, done.stdout


def test_a_pair_cannot_be_made_of_one_named_cluster(tmp_path: Path):
    done = run(tmp_path, PAIR, **{HOSTS_VARIABLE: "10.0.0.1"})
    assert "2 clusters are needed, 1 named" in done.stdout, done.stdout


@pytest.mark.parametrize(
    ("options", "variable", "found"),
    [
        (None, "", []),
        (["a"], "b", [(("a",), 9042)]),
        (["a:1,b:1", "c"], "", [(("a", "b"), 1), (("c",), 9042)]),
        (None, "a:1 ; b", [(("a",), 1), (("b",), 9042)]),
    ],
)
def test_named_clusters_come_from_the_option_or_the_environment(options, variable, found):
    assert [(cluster.hosts, cluster.port) for cluster in named_clusters(options, variable)] == found


@pytest.mark.parametrize("text", ["a:1,b:2", "a:x", "a:1,b", ","])
def test_hosts_that_cannot_be_read_are_refused(text):
    with pytest.raises(pytest.UsageError, match="expected HOST or HOST:PORT"):
        named_clusters([text], "")
