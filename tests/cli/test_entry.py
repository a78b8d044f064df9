"""The command line as a process."""

from __future__ import annotations

import subprocess
import sys

import pytest

import helenus

RUN = "from helenus.cli import main; main()"
WITHOUT = "import sys; sys.modules['{missing}'] = None; " + RUN


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)


def test_the_version_is_printed():
    done = run(RUN, "--version")
    assert (done.returncode, done.stdout) == (0, f"helenus {helenus.__version__}\n")


@pytest.mark.parametrize("missing", ["typer", "rich"])
def test_without_the_extra_the_command_says_how_to_install_it(missing):
    done = run(WITHOUT.format(missing=missing), "--version")
    assert done.returncode == 2
    assert done.stderr == f"helenus: the command line needs {missing}: pip install 'helenus[cli]'\n"


def test_another_missing_module_is_not_mistaken_for_the_extra():
    done = run(WITHOUT.format(missing="helenus.cli.output"), "--version")
    assert done.returncode == 1
    assert "ModuleNotFoundError" in done.stderr


def test_the_launcher_needs_neither_the_extra_nor_a_driver():
    code = "import sys; from helenus import cassandra; print({'typer', 'rich', 'cassandra'} & set(sys.modules))"
    done = run(code)
    assert done.stdout == "set()\n", done.stderr


def test_an_unknown_command_is_a_usage_error():
    done = run(RUN, "cassandra", "restart")
    assert done.returncode == 2
    assert "No such command" in done.stderr
    assert "\x1b" not in done.stderr
