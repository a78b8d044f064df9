"""Fetching jars with a Maven that a test plays."""

from __future__ import annotations

from pathlib import Path

import pytest

from helenus.cassandra.jars import find_maven, resolve
from helenus.cassandra.java import Java
from helenus.errors import CassandraLaunchError

JAVA = Java(Path("/jdk"), 17)
COPY = """
for word in "$@"; do case "$word" in -DoutputDirectory=*) out="${word#-DoutputDirectory=}";; esac; done
mkdir -p "$out"
touch "$out/netty.jar" "$out/cassandra-all-5.0.6.jar"
"""


@pytest.fixture
def maven(tmp_path, monkeypatch):
    """Return a function that installs a program as Maven; the cache is empty."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("MAVEN_HOME", str(tmp_path / "maven"))

    def install(script: str) -> Path:
        program = tmp_path / "maven" / "bin" / "mvn"
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f"#!/bin/sh\necho ran >> {tmp_path / 'runs'}\n{script}")
        program.chmod(0o755)
        return program

    return install


def quiet(_message: str) -> None:
    """Show no progress."""


def names(jars: tuple[Path, ...]) -> list[str]:
    return [jar.name for jar in jars]


def test_jars_are_fetched_once_and_found_afterwards(maven, tmp_path):
    maven(COPY)
    first, second = resolve("5.0.6", JAVA, quiet), resolve("5.0.6", JAVA, quiet)
    assert names(first) == names(second) == ["cassandra-all-5.0.6.jar", "netty.jar"]
    assert (tmp_path / "runs").read_text() == "ran\n"
    assert first[0].parent == tmp_path / "cache" / "helenus" / "jars" / "5.0.6"


def test_maven_home_wins_over_path(maven):
    program = maven("exit 0\n")
    assert find_maven() == program


def test_without_maven_the_error_says_how_to_get_it(monkeypatch):
    for name in ("MAVEN_HOME", "M2_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CassandraLaunchError, match="apt install maven"):
        find_maven()


def test_when_maven_fails_its_last_words_are_in_the_error_and_the_cache_stays_empty(maven, tmp_path):
    maven("echo 'could not resolve artifact'\nexit 7\n")
    with pytest.raises(CassandraLaunchError, match=r"(?s)exit status 7.*could not resolve artifact"):
        resolve("5.0.6", JAVA, quiet)
    assert [path.name for path in (tmp_path / "cache/helenus/jars").iterdir()] == ["5.0.6.lock"]


def test_a_maven_that_copies_nothing_is_not_believed(maven):
    maven("exit 0\n")
    with pytest.raises(CassandraLaunchError, match=r"gave no cassandra-all-5\.0\.6\.jar"):
        resolve("5.0.6", JAVA, quiet)


def test_giving_up_ends_maven_and_leaves_no_half_cache(maven, tmp_path):
    maven("exec sleep 600\n")

    def give_up(_message: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        resolve("5.0.6", JAVA, give_up)
    assert not (tmp_path / "cache/helenus/jars/5.0.6").exists()
