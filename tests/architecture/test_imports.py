"""Who imports whom, and what an import costs."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import measure

DRIVERS = Path("src/helenus/connection/drivers")
LOADED = "import json, sys; before = set(sys.modules); import {}; print(json.dumps(sorted(set(sys.modules) - before)))"


def imported(path: Path) -> Iterator[str]:
    """Name every module that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def loaded_by(module: str) -> set[str]:
    """Import a module in a new process and name all modules that this loads."""
    command = [sys.executable, "-c", LOADED.format(module)]
    return set(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))


def test_the_contracts_hold():
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([linter, "--no-cache"], capture_output=True, text=True, check=False, cwd=measure.ROOT)
    assert result.returncode == 0, result.stdout


def test_the_drivers_own_mapper_is_never_imported():
    found = [(path, name) for path in measure.python_files("src") for name in imported(path)]
    assert [(path, name) for path, name in found if name.startswith("cassandra.cqlengine")] == []


def test_only_the_adapters_import_the_driver():
    importers = {
        path.relative_to(measure.ROOT)
        for path in measure.python_files("src")
        for name in imported(path)
        if name == "cassandra" or name.startswith("cassandra.")
    }
    assert {path for path in importers if not path.is_relative_to(DRIVERS)} == set()


@pytest.mark.parametrize("unwanted", ["cassandra", "helenus.engine", "helenus.wire", "helenus.server", "typer", "rich"])
def test_importing_helenus_loads_no(unwanted):
    loaded = loaded_by("helenus")
    assert {name for name in loaded if name == unwanted or name.startswith(f"{unwanted}.")} == set()


def test_importing_helenus_loads_nothing_but_itself_and_the_standard_library():
    outside = {name.partition(".")[0] for name in loaded_by("helenus")} - set(sys.stdlib_module_names)
    assert outside == {"helenus"}
