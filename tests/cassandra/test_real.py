"""The launcher with real Cassandra nodes and the real driver."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
from cassandra import ConsistencyLevel
from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import Cluster as DriverCluster
from cassandra.cluster import Session
from cassandra.query import SimpleStatement

from helenus import cassandra
from helenus.cassandra import TLS, Progress, processes
from helenus.cassandra.state import cluster_directory, read_state
from helenus.errors import CassandraLaunchError

pytestmark = pytest.mark.usefixtures("home")

START = """
import sys
from helenus import cassandra
try:
    cluster = cassandra.start("c", address="127.0.11.4", port=0)
except KeyboardInterrupt:
    sys.exit("interrupted")
print(cluster.port, cluster.nodes[0].pid, cluster.found)
"""


@pytest.fixture(autouse=True)
def nothing_stays():
    """Stop what a failed test left."""
    yield
    cassandra.stop(remove=True)


@pytest.fixture
def connect():
    """Return a function that connects the driver to a cluster."""
    clusters = []

    def session(cluster: cassandra.Cluster, **options: object) -> Session:
        clusters.append(DriverCluster(cluster.hosts, port=cluster.port, **options))
        return clusters[-1].connect()

    yield session
    for each in clusters:
        each.shutdown()


def test_the_life_of_a_single_node(connect):
    steps: list[Progress] = []
    cluster = cassandra.start("a", address="127.0.11.1", port=0, on_progress=steps.append)
    node = cluster.nodes[0]
    assert cluster.is_running()
    assert "Startup complete" in cluster.log_tail(200)
    assert [steps[0].stage, steps[-1].stage] == ["preparing", "ready"]

    again = cassandra.start("a", address="127.0.11.1", port=0)
    assert (again.found, again.port, again.nodes[0].pid) == (True, cluster.port, node.pid)

    session = connect(cluster)
    assert session.execute("SELECT release_version FROM system.local").one() == (cassandra.DEFAULT_VERSION,)
    for statement in (
        "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
        "CREATE TABLE k.t (a int PRIMARY KEY, b text)",
        "CREATE MATERIALIZED VIEW k.v AS SELECT * FROM k.t WHERE a IS NOT NULL AND b IS NOT NULL PRIMARY KEY (b, a)",
        "CREATE CUSTOM INDEX i ON k.t (b) USING 'org.apache.cassandra.index.sasi.SASIIndex'",
        "CREATE FUNCTION k.f (x int) CALLED ON NULL INPUT RETURNS int LANGUAGE java AS 'return x;'",
        "INSERT INTO k.t (a, b) VALUES (1, 'kept')",
    ):
        session.execute(statement)
    session.cluster.shutdown()

    node.pause()
    assert node.is_running()
    assert not node.answers(timeout=0.3)
    node.resume()
    assert node.answers()

    node.kill()
    assert not cluster.is_running()
    killed = cassandra.start("a", address="127.0.11.1", port=cluster.port)
    assert not killed.found
    assert connect(killed).execute("SELECT b FROM k.t").all() == [("kept",)]

    cluster.stop()
    assert not cluster.is_running()
    assert not cluster.nodes[0].answers()
    assert "Cassandra shutdown complete" in cluster.log_tail(5)


def test_a_node_that_dies_at_the_start_is_explained_by_its_log():
    with pytest.raises(CassandraLaunchError) as caught:
        cassandra.start("bad", address="127.0.11.2", port=0, settings={"no_such_setting": 1})
    said = str(caught.value)
    assert "node 127.0.11.2:" in said
    assert "ended while it started (exit status" in said
    assert "no_such_setting" in said
    assert cassandra.find("bad") is None


def test_a_disposable_cluster_that_fails_leaves_nothing():
    with pytest.raises(CassandraLaunchError, match="did not serve CQL within 0 s"):
        cassandra.start("brief", address="127.0.11.2", port=0, disposable=True, timeout=0.0)
    assert not cluster_directory("brief").exists()


def test_one_that_fails_takes_the_others_of_its_start_along():
    good = cassandra.ClusterSpec(name="good", address="127.0.11.2", port=0)
    bad = cassandra.ClusterSpec(name="bad", address="127.0.11.3", port=0, settings={"no_such_setting": 1})
    with pytest.raises(CassandraLaunchError, match="no_such_setting"):
        cassandra.start_many([good, bad])
    assert [cluster.is_running() for cluster in cassandra.status()] == [False, False]


def test_ctrl_c_during_a_start_leaves_no_process():
    command = [sys.executable, "-c", START]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=dict(os.environ)) as starter:
        while (state := read_state("c")) is None or state.processes[0] is None:
            assert starter.poll() is None
        starter.send_signal(signal.SIGINT)
        assert starter.stderr is not None
        assert starter.stderr.read() == "interrupted\n"
    assert not processes.is_alive(state.processes[0])


def test_two_processes_that_start_the_same_cluster_get_the_same_node():
    starters = [subprocess.Popen([sys.executable, "-c", START], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    outputs = [starter.communicate()[0].split() for starter in starters]
    assert outputs[0][:2] == outputs[1][:2]
    assert sorted(output[2] for output in outputs) == ["False", "True"]

    command = [sys.executable, "-c", "from helenus.cli import main; main()", "cassandra"]
    status = subprocess.run([*command, "status", "--format", "json"], capture_output=True, text=True, check=True)
    shown = json.loads(status.stdout)[0]
    assert (shown["name"], str(shown["port"]), shown["nodes"][0]["up"]) == ("c", outputs[0][0], True)
    stopped = subprocess.run([*command, "stop", "c"], capture_output=True, text=True, check=True)
    assert stopped.stdout == "c: stopped\n"
    assert cassandra.find("c") is None


def test_tls_and_passwords(connect, tmp_path: Path, authority, certificates):
    for index, pem in enumerate(certificates.cert_chain_pems):
        pem.write_to_path(tmp_path / "chain.pem", append=index > 0)
    certificates.private_key_pem.write_to_path(tmp_path / "key.pem")
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    tls = TLS(certificate=tmp_path / "chain.pem", key=tmp_path / "key.pem")
    with cassandra.start("tls", address="127.0.11.5", port=0, tls=tls, authentication=True, disposable=True) as cluster:
        session = connect(
            cluster,
            ssl_context=trust,
            ssl_options={"server_hostname": "127.0.11.5"},
            auth_provider=PlainTextAuthProvider("cassandra", "cassandra"),
        )
        assert [row.role for row in session.execute("LIST ROLES")] == ["cassandra"]
    assert not cluster_directory("tls").exists()


def test_a_node_of_two_is_killed_and_comes_back_into_the_ring(connect):
    everywhere = ConsistencyLevel.ALL
    with cassandra.start("two", address="127.0.11.7", nodes=2, port=0, disposable=True) as cluster:
        session = connect(cluster)
        assert {host.address for host in session.cluster.metadata.all_hosts()} == {"127.0.11.7", "127.0.11.8"}
        session.execute("CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 2}")
        session.execute("CREATE TABLE k.t (a int PRIMARY KEY)")
        session.execute(SimpleStatement("INSERT INTO k.t (a) VALUES (1)", consistency_level=everywhere))
        session.cluster.shutdown()
        first = cluster.nodes[0]
        first.kill()
        assert [node.is_running() for node in cluster.nodes] == [False, True]
        first.start()
        assert cluster.is_running()
        read = SimpleStatement("SELECT a FROM k.t", consistency_level=everywhere)
        assert connect(cluster).execute(read).all() == [(1,)]
