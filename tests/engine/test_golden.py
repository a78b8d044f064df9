"""Every golden script, on the engine and on a real node: both must give the same answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import golden

SCRIPTS = sorted((Path(__file__).parent / "scripts").rglob("*.cql"))
IDS = [f"{path.parent.name}/{path.stem}" for path in SCRIPTS]


@pytest.mark.parametrize("path", SCRIPTS, ids=IDS)
def test_the_engine_gives_the_answers(path):
    assert golden.answered(path, golden.embedded()) == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", SCRIPTS, ids=IDS)
def test_a_real_node_gives_the_answers(path, cluster1):
    run, close = golden.cassandra(cluster1.hosts, cluster1.port)
    try:
        assert golden.answered(path, run) == path.read_text(encoding="utf-8")
    finally:
        close()


def test_there_are_scripts_of_every_topic():
    assert {path.parent.name for path in SCRIPTS} == {
        "batch",
        "ddl",
        "delete",
        "errors",
        "lwt",
        "select",
        "ttl",
        "types",
    }
