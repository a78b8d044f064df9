"""Virtual environments for the contestants that do not belong into the project's own, kept in .cache/bench-venvs."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENVS = ROOT / ".cache" / "bench-venvs"
STAMP = "installed.txt"


def python_of(name: str | None, say: Callable[[str], None]) -> Path:
    """Return the interpreter of an environment, which is made if it is missing or its constraints have changed.

    Args:
        name: names ``constraints-<name>.txt``, every line of which is installed; None is the project's environment.
        say: told when something takes long.

    Raises:
        RuntimeError: if pip fails; with what it said.
    """
    if name is None:
        return Path(sys.executable)
    wanted = Path(__file__).with_name(f"constraints-{name}.txt").read_text(encoding="utf-8")
    wanted += f"# {sys.version}\n"
    folder = VENVS / name
    python, stamp = folder / "bin" / "python", folder / STAMP
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        say(f"making the environment of {name} in {folder.relative_to(ROOT)}")
        _make(folder, python, name)
        stamp.write_text(wanted, encoding="utf-8")
    return python


def _make(folder: Path, python: Path, name: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    venv.create(folder, with_pip=True)
    pins = Path(__file__).with_name(f"constraints-{name}.txt")
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "-r", pins]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"the environment of {name} could not be made; pip said:\n{done.stderr}")
