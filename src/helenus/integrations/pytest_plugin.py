"""The pytest plugin ``helenus``: session fixtures with real Cassandra clusters.

``cassandra_cluster`` is one single-node cluster, ``cassandra_clusters`` a pair of them. They start when the first test
asks, are shared by all tests of the run, also by all workers of pytest-xdist, and end with the run. With
``--cassandra-hosts`` or ``HELENUS_CASSANDRA_HOSTS``, clusters that are already running are used instead.

It does not know the driver nor the mapper: a fixture gives hosts and a port, and the test connects as it likes.
"""

from __future__ import annotations

import os
import secrets
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from helenus import cassandra

if TYPE_CHECKING:
    from collections.abc import Iterable

HOSTS_VARIABLE = "HELENUS_CASSANDRA_HOSTS"
RUN_VARIABLE = "HELENUS_PYTEST_RUN"
"""Names the run, as ``<pid>-<random>``, in its own environment, which the workers of pytest-xdist inherit."""

DEFAULT_PORT = 9042
PAIR = 2
QUICK_SCHEMA = "-Dcassandra.test.flush_local_schema_changes=false"
"""CREATE TABLE in 25 ms instead of 90: a schema change is only safe in the commit log. A node that is killed and
started again does not know it; tests that do so need a cluster of their own, from ``helenus.cassandra.start``."""

ADDRESSES = ("127.0.10.1", "127.0.10.2") if sys.platform == "linux" else ("127.0.0.1", "127.0.0.1")
"""Elsewhere than on Linux, other loopback addresses than the first must be added by hand; ports differ anyway."""


@dataclass(frozen=True, slots=True)
class ClusterUnderTest:
    """What a test needs to connect to a cluster.

    Args:
        name: its name among those of the run.
        hosts: its contact points.
        port: their native transport port.
        launched: the cluster that was started for this run; None if a running one was named by the user.
    """

    name: str
    hosts: tuple[str, ...]
    port: int
    launched: cassandra.Cluster | None = None


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("helenus", "real Cassandra clusters")
    group.addoption(
        "--cassandra-hosts",
        action="append",
        metavar="HOST[:PORT],...",
        help="contact points of a running cluster to use instead of starting one; give it twice for a pair of clusters "
        f"(or ${HOSTS_VARIABLE}, clusters separated by ';')",
    )
    group.addoption(
        "--cassandra-version",
        default=cassandra.DEFAULT_VERSION,
        metavar="VERSION",
        help="the Cassandra release to start (default: %(default)s)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Name the run, if nobody above us has: a worker and a pytest within a test belong to the run above."""
    if RUN_VARIABLE not in os.environ:
        os.environ[RUN_VARIABLE] = f"{os.getpid()}-{secrets.token_hex(3)}"
        config.add_cleanup(_end_run)


@pytest.fixture(scope="session")
def cassandra_cluster(request: pytest.FixtureRequest) -> ClusterUnderTest:
    """Give one real cluster, the first of the pair if any test of the run asks for the pair."""
    asked = (name for item in request.session.items for name in getattr(item, "fixturenames", ()))
    return clusters_of_run(request.config, PAIR if "cassandra_clusters" in asked else 1)[0]


@pytest.fixture(scope="session")
def cassandra_clusters(request: pytest.FixtureRequest) -> tuple[ClusterUnderTest, ClusterUnderTest]:
    """Give two real clusters that know nothing of each other."""
    first, second = clusters_of_run(request.config, PAIR)
    return first, second


def clusters_of_run(config: pytest.Config, count: int) -> list[ClusterUnderTest]:
    """Return the first clusters of this run: those that the user named, else started now, or found started.

    Args:
        config: pytest's configuration.
        count: how many.

    Raises:
        pytest.UsageError: the user named fewer.
        CassandraLaunchError: one did not start.
    """
    named = named_clusters(config.getoption("--cassandra-hosts", None), os.environ.get(HOSTS_VARIABLE, ""))
    if not named:
        return _launched(config.getoption("--cassandra-version", cassandra.DEFAULT_VERSION), count)
    if len(named) < count:
        msg = (
            f"{count} clusters are needed, {len(named)} named: give --cassandra-hosts once for each, or separate them "
            f"by ';' in {HOSTS_VARIABLE}"
        )
        raise pytest.UsageError(msg)
    return named[:count]


def named_clusters(options: Iterable[str] | None, variable: str) -> list[ClusterUnderTest]:
    """Read the clusters that the user named; the command line wins over the environment variable.

    Args:
        options: the values of ``--cassandra-hosts``.
        variable: the value of the environment variable.

    Raises:
        pytest.UsageError: a port is not a number, or the hosts of one cluster have several ports.
    """
    texts = list(options or ()) or [text for text in variable.split(";") if text.strip()]
    return [_named(index, text) for index, text in enumerate(texts, 1)]


def _named(index: int, text: str) -> ClusterUnderTest:
    pairs = [host.strip().partition(":")[::2] for host in text.split(",") if host.strip()]
    ports = {port or str(DEFAULT_PORT) for _, port in pairs}
    if len(ports) != 1 or not all(port.isdecimal() for port in ports):
        msg = f"--cassandra-hosts {text!r}: expected HOST or HOST:PORT, separated by commas, all with the same port"
        raise pytest.UsageError(msg)
    return ClusterUnderTest(f"named-{index}", tuple(host for host, _ in pairs), int(ports.pop()))


def _launched(version: str, count: int) -> list[ClusterUnderTest]:
    run = os.environ[RUN_VARIABLE]
    specs = [
        cassandra.ClusterSpec(
            name=f"pytest-{run}-{index}",
            address=address,
            port=0,
            version=version,
            jvm_options=(QUICK_SCHEMA,),
            disposable=True,
        )
        for index, address in enumerate(ADDRESSES[:count], 1)
    ]
    owner = int(run.partition("-")[0])
    started = cassandra.start_many(specs, timeout=600.0, owner=owner)
    return [ClusterUnderTest(each.name, each.hosts, each.port, each) for each in started]


def _end_run() -> None:
    """Stop what any process of this run started; the workers have ended by now."""
    run = os.environ.pop(RUN_VARIABLE)
    for cluster in cassandra.status():
        if cluster.name.startswith(f"pytest-{run}-"):
            cluster.stop(remove=True)
