"""A contestant's process: ``python -m benchmarks.worker NAME`` reads commands and writes answers, a JSON line each.

Commands: ``connect`` (host, port), ``schema``, ``run`` (workload, n), ``profile`` (workload, n), ``quit``. It knows no
other contestant, and runs in environments that have nothing but the contestant.
"""

from __future__ import annotations

import cProfile
import gc
import importlib
import importlib.metadata
import io
import json
import os
import platform
import pstats
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from benchmarks.contestants import BY_NAME
from benchmarks.contestants.base import Contestant

PROFILE_LINES = 45


def measure(contestant: Contestant, workload: str, n: int) -> dict[str, object]:
    """Do a workload once, and return seconds of wall time and of CPU time of all threads.

    Args:
        contestant: who.
        workload: what.
        n: operations.
    """
    body = getattr(contestant, workload)(n)
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    outcome = body()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    figures = outcome if isinstance(outcome, dict) else {"count": outcome}
    return {"wall": wall, "cpu": cpu, "rss": rss(), **figures}


def rss() -> int:
    """Return this process's resident memory in bytes; 0 where /proc does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def profile(contestant: Contestant, workload: str, n: int) -> str:
    """Do a workload under cProfile and return its table; it sees the calling thread, not the driver's I/O thread."""
    body = getattr(contestant, workload)(n)
    profiler = cProfile.Profile()
    profiler.runcall(body)
    text = io.StringIO()
    stats = pstats.Stats(profiler, stream=text)
    for order in ("tottime", "cumulative"):
        stats.sort_stats(order).print_stats(PROFILE_LINES)
    return text.getvalue()


def versions(packages: tuple[str, ...]) -> dict[str, str]:
    """Return the versions of Python and of some distributions."""
    return {"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in packages}}


class Commands:
    """What the controller can ask of a worker."""

    def __init__(self, name: str) -> None:
        """Import the contestant, and nothing of the others."""
        self.entrant = BY_NAME[name]
        self.contestant: Any = importlib.import_module(f"benchmarks.contestants.{self.entrant.module}").Worker()

    def connect(self, host: str, port: int) -> dict[str, object]:
        """Connect; tell what it can do and in which versions."""
        self.contestant.connect(host, port)
        return {"can": self.contestant.can(), "versions": versions(self.entrant.packages)}

    def schema(self) -> dict[str, object]:
        """Create and fill the tables; only the raw driver can."""
        return {"rows": self.contestant.schema()}

    def run(self, workload: str, n: int) -> dict[str, object]:
        """Do a workload."""
        return measure(self.contestant, workload, n)

    def profile(self, workload: str, n: int) -> dict[str, object]:
        """Do a workload under the profiler, warm."""
        measure(self.contestant, workload, n)
        return {"text": profile(self.contestant, workload, n)}


def serve(name: str) -> None:
    """Answer commands until ``quit`` or the end of the input."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints must not end up among the answers
    commands = Commands(name)
    for line in sys.stdin:
        command = json.loads(line)
        verb = command.pop("do")
        if verb == "quit":
            break
        try:
            answer = getattr(commands, verb)(**command)
        except Exception as error:  # noqa: BLE001 - the controller is told, whatever it is
            answer = {"error": f"{type(error).__name__}: {error}", "traceback": traceback.format_exc()}
        print(json.dumps(answer), file=answers, flush=True)
    commands.contestant.close()


if __name__ == "__main__":
    serve(sys.argv[1])
