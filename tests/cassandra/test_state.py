"""What is remembered between processes."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from helenus.cassandra import TLS, ClusterSpec
from helenus.cassandra.processes import Process
from helenus.cassandra.state import ClusterState, cluster_directory, known_names, lock_path, read_state, write_state
from helenus.errors import CassandraLaunchError

SPEC = ClusterSpec(
    name="a",
    nodes=2,
    tls=TLS(certificate="chain.pem", key="key.pem", key_password="secret"),  # noqa: S106 - a sample
    settings={"auto_snapshot": True},
    jvm_options=("-Xss1M",),
)
STATE = ClusterState(SPEC, 9142, 7000, (Process(1, "boot/5"), None), owner=Process(2, "boot/9"), served=True)


@pytest.mark.usefixtures("home")
def test_a_state_is_read_as_it_was_written():
    write_state(STATE)
    assert read_state("a") == STATE


def test_a_state_file_is_its_users_own_because_it_may_hold_a_password(home: Path):
    write_state(STATE)
    assert stat.S_IMODE((home / "clusters/a/cluster.json").stat().st_mode) == 0o600
    assert [path.name for path in (home / "clusters/a").iterdir()] == ["cluster.json"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"spec": {"name": "../up"}}', "null", '{"spec": null}'])
def test_a_file_that_cannot_be_understood_is_no_state(home: Path, text):
    (home / "clusters/a").mkdir(parents=True)
    (home / "clusters/a/cluster.json").write_text(text)
    assert read_state("a") is None


def test_a_state_of_a_spec_that_is_not_allowed_is_no_state(home: Path):
    write_state(STATE)
    file = home / "clusters/a/cluster.json"
    values = json.loads(file.read_text())
    values["spec"]["address"] = "10.0.0.1"
    file.write_text(json.dumps(values))
    assert read_state("a") is None


def test_known_names_are_sorted_and_need_a_state_file(home: Path):
    cluster_directory("c").mkdir(parents=True)
    (home / "clusters/no name").mkdir()
    (home / "clusters/no name/cluster.json").touch()
    for name in ("b", "a"):
        write_state(ClusterState(ClusterSpec(name=name), 9042, 7000, (None,)))
    assert known_names() == ("a", "b")


@pytest.mark.parametrize("name", ["../up", "", "a/b", "."])
def test_no_name_leads_out_of_the_state_directory(name):
    for place in (cluster_directory, lock_path):
        with pytest.raises(CassandraLaunchError, match="cluster name"):
            place(name)
