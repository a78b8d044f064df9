"""The harness on a real node, with tiny counts and the contestants of this environment; no figure is judged."""

from __future__ import annotations

import json
import os

import pytest

from benchmarks import __main__ as program
from benchmarks.contestants import BY_NAME
from benchmarks.controller import WorkerFailed, WorkerProcess
from benchmarks.environments import python_of
from benchmarks.workloads import WORKLOADS
from helenus import cassandra

HERE = "raw,raw-default,helenus,cqlengine"


@pytest.fixture
def folders(tmp_path, monkeypatch):
    monkeypatch.setattr(program, "TRIALS", tmp_path)
    monkeypatch.setattr(program, "ROOT", tmp_path)
    return tmp_path


@pytest.fixture
def roomy():
    """A node of its own: the batches are too much for the small heap of the one that the other tests share."""
    spec = cassandra.ClusterSpec(name="bench-test", address="127.0.90.9", port=0, heap="1G", disposable=True)
    [node] = cassandra.start_many([spec], owner=os.getpid())
    yield node
    node.stop()


@pytest.mark.timeout(280)
def test_every_workload_runs_with_every_contestant_of_this_environment(roomy, folders):
    host = f"{roomy.hosts[0]}:{roomy.port}"
    status = program.main(["--quick", "--rounds", "1", "--contestants", HERE, "--host", host])
    assert status == 0
    [file] = folders.glob("*.json")
    written = json.loads(file.read_text(encoding="utf-8"))
    assert written["failures"] == {}
    assert set(written["medians"]) == {workload.name for workload in WORKLOADS}
    assert set(written["medians"]["batch_100"]) == set(HERE.split(","))
    assert all("helenus" in by_name for by_name in written["medians"].values())
    assert {path.name for path in folders.iterdir()} == {file.name, "latest.md", "latest.svg"}


def test_a_worker_that_cannot_connect_says_why_and_ends():
    worker = WorkerProcess(BY_NAME["raw"], python_of(None, print))
    try:
        with pytest.raises(WorkerFailed, match="NoHostAvailable"):
            worker.ask("connect", host="127.0.90.9", port=1)
    finally:
        worker.stop()


def test_a_worker_that_dies_is_told_with_its_last_words():
    worker = WorkerProcess(BY_NAME["raw"], python_of(None, print))
    try:
        with pytest.raises(WorkerFailed, match=r"AttributeError.*nonsense"):
            worker.ask("nonsense")
        worker._process.kill()
        worker._process.wait()
        with pytest.raises(WorkerFailed, match="its process ended"):
            worker.ask("run", workload="insert", n=1)
    finally:
        worker.stop()
