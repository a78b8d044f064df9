"""``helenus cassandra``: options in, lines and exit statuses out, with a launcher that a test plays."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from helenus import cassandra
from helenus.cassandra import ClusterSpec, Progress
from helenus.cassandra.cluster import Node
from helenus.cassandra.state import ClusterState, write_state
from helenus.cli import output
from helenus.cli.app import app, run
from helenus.errors import CassandraLaunchError

ADDRESS = "127.0.11.50"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty state directory."""
    monkeypatch.setenv("HELENUS_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def started(monkeypatch) -> list[ClusterSpec]:
    """Play the launcher: it remembers what it should start."""
    specs: list[ClusterSpec] = []

    def start_many(wanted: Sequence[ClusterSpec], *, timeout: float, on_progress: object) -> list[cassandra.Cluster]:
        assert timeout > 0
        specs.extend(wanted)
        for spec in wanted:
            on_progress(Progress(spec.name, "starting", "the JVM starts", 0.1)) if callable(on_progress) else None
        return [cassandra.Cluster.of(remember(spec), found=False) for spec in wanted]

    monkeypatch.setattr(cassandra, "start_many", start_many)
    return specs


@pytest.fixture
def all_up(monkeypatch):
    """Let every node run and answer."""
    monkeypatch.setattr(Node, "answers", lambda _node, timeout=0: timeout == 0)
    monkeypatch.setattr(Node, "is_running", lambda _node: True)


def remember(spec: ClusterSpec) -> ClusterState:
    state = ClusterState(spec, spec.port or 9999, 7000, (None,) * spec.nodes, served=True)
    write_state(state)
    return state


def call(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["cassandra", *arguments])


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ([], [("local", "127.0.0.1")]),
        (["--name", "a", "--address", ADDRESS], [("a", ADDRESS)]),
        (
            ["--name", "a", "--address", ADDRESS, "--address", "127.0.11.51"],
            [("a", ADDRESS), ("a-2", "127.0.11.51")],
        ),
        (
            ["--name", "eu", "--name", "us", "--address", ADDRESS, "--address", "127.0.11.51"],
            [("eu", ADDRESS), ("us", "127.0.11.51")],
        ),
    ],
)
def test_each_address_is_a_cluster_of_its_own(started, arguments, wanted):
    assert call("start", *arguments).exit_code == output.OK
    assert [(spec.name, spec.address) for spec in started] == wanted


def test_the_options_of_start_reach_the_launcher(started):
    options = ["--nodes", "3", "--port", "0", "--heap", "1G", "--version", "5.0.5", "--authentication"]
    call("start", *options, "--set", "auto_snapshot=true", "--set", "batch_size_fail_threshold=100KiB")
    assert started == [
        ClusterSpec(
            nodes=3,
            port=0,
            heap="1G",
            version="5.0.5",
            authentication=True,
            settings={"auto_snapshot": True, "batch_size_fail_threshold": "100KiB"},
        )
    ]


def test_relative_tls_paths_are_meant_from_here(started, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    call("start", "--tls-certificate", "chain.pem", "--tls-key", "key.pem")
    assert started[0].tls == cassandra.TLS(certificate=tmp_path / "chain.pem", key=tmp_path / "key.pem")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["start", "--address", "10.0.0.1"], "expected loopback addresses"),
        (["start", "--name", "a", "--name", "b"], "2 names for 1 addresses"),
        (["start", "--set", "novalue"], "expected KEY=VALUE"),
        (["start", "--tls-key", "key.pem"], "both certificate= and key="),
        (["stop"], "give --all; known: none"),
        (["stop", "a", "--all"], "give --all"),
        (["stop", "a"], "no cluster a"),
        (["status", "a"], "no cluster a; known: none"),
        (["logs"], "no cluster local"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(started, arguments, said):
    done = call(*arguments)
    assert done.exit_code == output.USAGE
    assert said in " ".join(done.stderr.replace("│", " ").split())
    assert started == []


@pytest.mark.usefixtures("all_up")
def test_start_shows_the_clusters_as_nodetool_does_and_progress_beside(started, home):
    done = call("start", "--name", "a", "--address", ADDRESS, "--nodes", "2", "--authentication")
    log = home / "clusters/a/node1/cassandra.log"
    assert done.stdout.splitlines()[:3] == [
        "Cluster: a  Cassandra 5.0.6  authentication",
        f"--  Address      Port  Process  Log{' ' * (len(str(log)) - 3)}".rstrip(),
        f"UN  {ADDRESS}  9042  -        {log}",
    ]
    assert done.stderr == "a: starting the node(s) (0.1 s)\n"
    assert len(started) == 1


def test_quiet_shows_no_progress(started):
    assert call("start", "-q").stderr == ""
    assert len(started) == 1


@pytest.mark.usefixtures("all_up")
def test_json_is_for_programs():
    remember(ClusterSpec(name="a", address=ADDRESS, port=9142))
    shown = json.loads(call("status", "--format", "json").stdout)
    assert [(each["name"], each["hosts"], each["port"], each["running"]) for each in shown] == [
        ("a", [ADDRESS], 9142, True)
    ]
    assert shown[0]["nodes"][0]["up"] is True


def test_status_of_nothing_says_how_to_start():
    done = call("status")
    assert (done.exit_code, done.stdout) == (output.OK, "no clusters; start one with: helenus cassandra start\n")


def test_a_stopped_cluster_is_a_finding_only_when_it_is_asked_for():
    remember(ClusterSpec(name="a", address=ADDRESS))
    assert call("status").exit_code == output.OK
    done = call("status", "a")
    assert done.exit_code == output.FINDINGS
    assert f"\nDN  {ADDRESS}" in done.stdout


def test_a_cluster_of_which_a_part_is_down_is_a_finding(monkeypatch):
    remember(ClusterSpec(name="a", address=ADDRESS, nodes=2))
    monkeypatch.setattr(Node, "is_running", lambda node: node.index == 0)
    assert call("status").exit_code == output.FINDINGS


def test_stop_says_what_it_did_for_each():
    for name in ("a", "b"):
        remember(ClusterSpec(name=name, address=ADDRESS))
    assert call("stop", "a").stdout == "a: was not running\n"
    assert call("stop", "--all", "--remove").stdout == "a: removed\nb: removed\n"
    assert cassandra.status() == []


def test_logs_print_the_end_of_a_nodes_log(home):
    remember(ClusterSpec(name="a", address=ADDRESS, nodes=2))
    folder = home / "clusters/a/node2"
    folder.mkdir()
    (folder / "cassandra.log").write_text("one\ntwo\nthree\n")
    assert call("logs", "a", "--node", "2", "-n", "2").stdout == "two\nthree\n"
    assert call("logs", "a", "--node", "2", "--follow").stdout == "one\ntwo\nthree\n"
    assert call("logs", "a", "--node", "3").exit_code == output.USAGE


def test_an_error_of_the_launcher_is_printed_with_its_notes_and_means_cannot_connect(monkeypatch, capsys):
    def fail(*_arguments: object, **_options: object) -> None:
        error = CassandraLaunchError("no Java")
        error.add_note("also: no Maven")
        raise error

    monkeypatch.setattr(cassandra, "start_many", fail)
    monkeypatch.setattr("sys.argv", ["helenus", "cassandra", "start"])
    with pytest.raises(SystemExit) as ended:
        run()
    assert ended.value.code == output.CANNOT_CONNECT
    assert capsys.readouterr().err == "helenus: no Java\nalso: no Maven\n"


class Terminal:
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("variable", "interactive"), [("", True), ("NO_COLOR", False), ("CI", False)])
def test_colours_are_for_terminals_whose_user_wants_them(monkeypatch, variable, interactive):
    for name in ("NO_COLOR", "CI"):
        monkeypatch.delenv(name, raising=False)
    if variable:
        monkeypatch.setenv(variable, "1")
    assert output.is_interactive(Terminal()) is interactive  # type: ignore[arg-type]
