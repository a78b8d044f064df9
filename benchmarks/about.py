"""What a run was made with: machine, versions, commit, and what would make its figures worthless."""

from __future__ import annotations

import datetime as dt
import os
import platform
import subprocess
from pathlib import Path
from typing import Any

from benchmarks.environments import ROOT
from helenus.cassandra import DEFAULT_VERSION

BUSY = 0.5
"""Load average above which other programs are at work on the machine."""


def describe(rounds: int, trial: str) -> dict[str, Any]:
    """Describe a run that is about to begin; to be called before its own node starts and loads the machine.

    Args:
        rounds: how many.
        trial: why the run is only a trial; empty for a whole one.
    """
    load = os.getloadavg()
    reasons = [
        *([trial] if trial else []),
        *([f"load average {load[0]:.1f} at the start"] if load[0] > BUSY else []),
    ]
    return {
        "date": dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": commit(),
        "rounds": rounds,
        "cores": os.cpu_count(),
        "processor": processor(),
        "system": f"{platform.system()} {platform.release()}",
        "load": load,
        "cassandra": DEFAULT_VERSION,
        "disturbed": ", ".join(reasons),
    }


def commit() -> str:
    """Return the short name of the commit, with ``-dirty`` if the sources differ from it."""
    changed = _git("status", "--porcelain", "--", "src", "benchmarks", ":!benchmarks/results")
    return (_git("rev-parse", "--short", "HEAD") or "unknown") + ("-dirty" if changed else "")


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, check=False, capture_output=True, text=True)
    except OSError:
        return ""
    return done.stdout.strip()


def processor() -> str:
    """Return the name of the processor."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name")]
    return names[0] if names else platform.machine()
