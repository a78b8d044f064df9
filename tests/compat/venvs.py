"""Virtual environments of their own, for what must not be installed beside the tests; made once and kept."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache" / "compat-venvs"


def python_with(name: str, *requirements: str) -> Path:
    """Return the interpreter of an environment that has these packages, making it if it is not there.

    Args:
        name: what it is for.
        requirements: what pip is to install.
    """
    key = hashlib.sha256(" ".join((sys.version, *requirements)).encode()).hexdigest()[:12]
    home = CACHE / f"{name}-{key}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another worker may be making it
        if not (home / "ready").exists():
            _run(name, sys.executable, "-m", "venv", "--clear", str(home))
            pip = (str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-input")
            _run(name, *pip, *requirements)
            (home / "ready").touch()
    return home / "bin" / "python"


def _run(name: str, *command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=clean_environment())
    if done.returncode:
        pytest.fail(f"the environment {name!r} cannot be made, {' '.join(command)} says:\n{done.stdout}{done.stderr}")


def clean_environment(**more: str) -> dict[str, str]:
    """Return the environment variables without what leads Python elsewhere, and with ``more``."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "PYTEST", "VIRTUAL_ENV"))}
    return {**kept, **more}
