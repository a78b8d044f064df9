"""What lies in the repository is the project's own and runs anywhere."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tools import measure

# Put together here, so that this file does not find itself.
REGISTRIES = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("repo1", "maven"),
        ("repo", "maven"),
        ("proxy", "golang"),
    )
)
MACHINE_PATHS = tuple(
    "/".join(("", *parts, "")) for parts in (("work", "main"), ("work", "shared"), ("opt", "wheels"), ("root",))
)
LOCK_FILES = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "package-lock.json")


def files() -> list[Path]:
    """List the files of the repository: tracked ones, and new ones that nothing ignores."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True, cwd=measure.ROOT).stdout.splitlines()
    return [path for path in map(measure.ROOT.joinpath, listed) if path.is_file()]


@pytest.mark.parametrize("forbidden", [*REGISTRIES, *MACHINE_PATHS])
def test_no_file_names(forbidden):
    assert [str(path) for path in files() if forbidden.encode() in path.read_bytes()] == []


def test_no_lock_file_records_a_registry():
    assert [str(path) for path in files() if path.name in LOCK_FILES] == []


@pytest.mark.parametrize(("failing", "status"), [("none", 0), ("lint", 1), ("test", 1)])
def test_continuous_integration_runs_both_recipes_and_fails_if_either_does(tmp_path, failing, status):
    make = tmp_path / "make"
    make.write_text(f'#!/bin/sh\necho "$1 $CI" >> "{tmp_path}/calls"\n[ "$1" != {failing} ]\n')
    make.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    result = subprocess.run([measure.ROOT / ".ci" / "run"], env=environment, capture_output=True, check=False)
    assert result.returncode == status
    assert (tmp_path / "calls").read_text(encoding="utf-8").splitlines() == ["lint true", "test true"]
