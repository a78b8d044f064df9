"""Finding, refusing and stopping clusters, with processes that only sleep in the place of nodes."""

from __future__ import annotations

import dataclasses
import os
import socket
import sys

import pytest

from helenus import cassandra
from helenus.cassandra import ClusterSpec, processes
from helenus.cassandra.processes import Process
from helenus.cassandra.state import ClusterState, cluster_directory, read_state, write_state
from helenus.errors import CassandraLaunchError

ADDRESS = "127.0.11.41"
SPEC = ClusterSpec(name="a", address=ADDRESS, port=0)
NAP = [sys.executable, "-c", "import time; time.sleep(600)"]

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def nap(tmp_path):
    """Give a running process."""
    process = processes.spawn(NAP, log=tmp_path / "log", directory=tmp_path, environment=os.environ)
    yield process
    processes.kill([process])


def remember(process: Process | None, spec: ClusterSpec = SPEC, **changes: object) -> ClusterState:
    """Write a state down as if the launcher had started the process as a node."""
    state = dataclasses.replace(ClusterState(spec, 9142, 7000, (process,), served=True), **changes)
    write_state(state)
    return state


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"heap": "512M"}, r"heap='384M' \(asked: '512M'\)"),
        ({"address": "127.0.11.42"}, r"address='127\.0\.11\.41' \(asked: '127\.0\.11\.42'\)"),
        ({"authentication": True}, r"authentication=False \(asked: True\)"),
        ({"port": 9042}, r"port=9142 \(asked: 9042\)"),
        ({"jvm_options": ["-Xss1M"]}, r"jvm_options=\[\] \(asked: \['-Xss1M'\]\)"),
        ({"version": "5.0.5", "heap": "1G"}, r"version='5\.0\.6' \(asked: '5\.0\.5'\), heap="),
    ],
)
def test_a_running_cluster_with_other_options_is_not_handed_out(nap, options, said):
    remember(nap)
    with pytest.raises(CassandraLaunchError, match=rf"cluster 'a' is already running with .*{said}.*stop it first"):
        cassandra.start("a", **{"address": ADDRESS, "port": 0, **options})
    assert processes.is_alive(nap)


@pytest.mark.parametrize("options", [{"version": "5.0.5"}, {"address": "127.0.11.42"}, {"nodes": 2}])
def test_data_of_another_release_or_other_addresses_is_not_started_upon(options):
    remember(None)
    with pytest.raises(CassandraLaunchError, match=r"has data of Cassandra 5\.0\.6 on 127\.0\.11\.41.*stop a --remove"):
        cassandra.start("a", **{"address": ADDRESS, "port": 0, **options})


def test_a_port_in_use_is_refused_at_once_and_nothing_is_left_running():
    with (
        socket.create_server((ADDRESS, 0)) as listener,
        pytest.raises(CassandraLaunchError, match="is in use by another program"),
    ):
        cassandra.start("a", address=ADDRESS, port=listener.getsockname()[1])
    assert cassandra.find("a") is None


def test_a_port_of_another_cluster_of_ours_is_refused_with_its_name(nap):
    with socket.create_server((ADDRESS, 0)) as listener:
        port = listener.getsockname()[1]
        remember(nap, port=port)
        with pytest.raises(CassandraLaunchError, match="in use by the cluster 'a'"):
            cassandra.start("b", address=ADDRESS, port=port)


def test_names_of_one_start_must_differ():
    with pytest.raises(CassandraLaunchError, match="different names, got a, a"):
        cassandra.start_many([SPEC, SPEC])


def test_missing_java_is_an_error_with_the_next_step(monkeypatch):
    def find_nothing(version: str) -> None:
        raise CassandraLaunchError(f"Cassandra {version} needs Java 17 or 11")

    monkeypatch.setattr("helenus.cassandra.cluster.find_java", find_nothing)
    with pytest.raises(CassandraLaunchError, match="needs Java 17 or 11"):
        cassandra.start("a", address=ADDRESS, port=0)


def test_of_several_that_fail_all_reasons_are_told(monkeypatch):
    def fail(version: str) -> None:
        raise CassandraLaunchError(f"no Java for {version}")

    monkeypatch.setattr("helenus.cassandra.cluster.find_java", fail)
    with socket.create_server((ADDRESS, 0)) as listener:
        port = listener.getsockname()[1]
        specs = [dataclasses.replace(SPEC, name=name, port=port) for name in ("a", "b")]
        with pytest.raises(CassandraLaunchError) as caught:
            cassandra.start_many(specs)
    told = "\n".join([str(caught.value), *getattr(caught.value, "__notes__", [])])
    assert f"port {port} of {ADDRESS} is in use" in told


def test_a_start_that_failed_before_it_ever_served_does_not_bind_the_next_one(monkeypatch):
    def fail(version: str) -> None:
        raise CassandraLaunchError(f"no Java for {version}")

    monkeypatch.setattr("helenus.cassandra.cluster.find_java", fail)
    for version in ("5.0.99", "5.0.6"):
        with pytest.raises(CassandraLaunchError, match=f"no Java for {version}"):
            cassandra.start("a", address=ADDRESS, port=0, version=version)


def test_stop_ends_the_recorded_process_and_keeps_the_data(nap):
    remember(nap)
    found = cassandra.find("a")
    assert found is not None
    assert found.is_running()
    assert cassandra.stop("a") == ["a"]
    assert not processes.is_alive(nap)
    assert cassandra.find("a") is None
    assert [cluster.name for cluster in cassandra.status()] == ["a"]


def test_stop_never_signals_a_process_that_reused_the_id(nap):
    remember(Process(nap.pid, "an earlier life"))
    assert cassandra.find("a") is None
    assert cassandra.stop("a") == []
    assert processes.is_alive(nap)


def test_stop_with_remove_and_the_stop_of_a_disposable_cluster_remove_the_folder(nap):
    remember(None)
    assert cassandra.stop("a", remove=True) == ["a"]
    remember(nap, dataclasses.replace(SPEC, name="b", disposable=True))
    assert cassandra.stop() == ["b"]
    assert not cluster_directory("a").exists()
    assert not cluster_directory("b").exists()


def test_stop_of_an_unknown_name_lists_the_known_ones():
    remember(None)
    with pytest.raises(CassandraLaunchError, match=r"no cluster 'b' in .*; known: a"):
        cassandra.stop("b")


def test_a_cluster_ends_with_the_process_that_it_was_to_end_with(nap):
    remember(nap, owner=Process(1, "an earlier life"))
    assert cassandra.stop_abandoned() == ["a"]
    assert not processes.is_alive(nap)


def test_a_cluster_without_owner_and_one_whose_owner_lives_are_let_be(nap):
    remember(nap)
    assert cassandra.stop_abandoned() == []
    remember(nap, owner=processes.identify(os.getpid()))
    assert cassandra.stop_abandoned() == []
    assert processes.is_alive(nap)


def test_a_context_ends_what_it_started_and_lets_be_what_it_found(nap):
    state = remember(nap)
    with cassandra.Cluster.of(state, found=True):
        assert read_state("a") == state
    assert processes.is_alive(nap)
    with cassandra.Cluster.of(state, found=False):
        inside = read_state("a")
        assert inside is not None
        assert inside.owner == processes.identify(os.getpid())
    assert not processes.is_alive(nap)


def test_signals_to_a_node_that_is_down_say_how_to_start_it():
    node = cassandra.Cluster.of(remember(None), found=True).nodes[0]
    for act in (node.pause, node.resume, node.kill):
        with pytest.raises(CassandraLaunchError, match=r"node 127\.0\.11\.41:9142 of cluster 'a' is not running"):
            act()
    node.stop()


def test_a_node_of_a_removed_cluster_cannot_be_started():
    cluster = cassandra.Cluster.of(remember(None), found=True)
    cluster.stop(remove=True)
    with pytest.raises(CassandraLaunchError, match="cluster 'a' does not exist any more"):
        cluster.nodes[0].start()


def test_the_logs_of_several_nodes_are_told_apart():
    spec = dataclasses.replace(SPEC, nodes=2)
    cluster = cassandra.Cluster.of(remember(None, spec, processes=(None, None)), found=True)
    for node in cluster.nodes:
        node.directory.mkdir()
        node.log.write_text(f"one\ntwo\nlog of {node.address}\n")
    assert cluster.log_tail(1) == (
        "==> 127.0.11.41:9142 <==\nlog of 127.0.11.41\n==> 127.0.11.42:9142 <==\nlog of 127.0.11.42"
    )
