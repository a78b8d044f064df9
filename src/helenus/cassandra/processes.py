"""Processes told apart by id and start time, so that a reused id is never mistaken for one of ours.

It does not know what the processes are. Signals go only to a process whose start time is the recorded one.
"""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PROC = Path("/proc")
POLL_SECONDS = 0.02

_children: dict[int, subprocess.Popen[bytes]] = {}
"""The processes that this one started: they must be waited for, or they stay as zombies."""


@dataclass(frozen=True, slots=True)
class Process:
    """One life of a process id.

    Args:
        pid: the process id.
        started: when it was started, in whatever words the platform says it; only ever compared.
    """

    pid: int
    started: str


def spawn(command: Sequence[str], *, log: Path, directory: Path, environment: Mapping[str, str]) -> Process:
    """Start a process in a session of its own, so that Ctrl-C in our terminal does not reach it.

    Args:
        command: the program and its arguments.
        log: the file that gets its standard output and error.
        directory: its working directory.
        environment: its whole environment.
    """
    with log.open("wb") as output:
        child = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=directory,
            env=dict(environment),
            start_new_session=True,
        )
    _children[child.pid] = child
    return identify(child.pid)


def identify(pid: int) -> Process:
    """Return the present life of a process id; if there is none, a life that is over."""
    found = _look(pid)
    return Process(pid, "" if found is None else found.started)


def is_alive(process: Process) -> bool:
    """Tell whether this life of the process id still goes on.

    A zombie is dead, but only when its last thread has ended: until then it may hold its ports.
    """
    child = _children.get(process.pid)
    if child is not None:
        child.poll()
    found = _look(process.pid)
    return found is not None and found.alive and found.started == process.started


def exit_code(process: Process) -> int | None:
    """Return the exit status of a process that we started and that has ended (negative: the signal that ended it)."""
    child = _children.get(process.pid)
    return None if child is None else child.poll()


def send_signal(process: Process, number: signal.Signals) -> bool:
    """Send a signal to exactly this process; return whether it was there to get it.

    Where the kernel has process descriptors (Linux), the start time is checked after the descriptor is open, so that
    the id cannot be reused between check and signal.
    """
    try:
        if not hasattr(os, "pidfd_open"):
            return is_alive(process) and _kill(process.pid, number)
        descriptor = os.pidfd_open(process.pid)
    except (ProcessLookupError, OSError):
        return False
    try:
        if not is_alive(process):
            return False
        signal.pidfd_send_signal(descriptor, number)
    except ProcessLookupError:
        return False
    finally:
        os.close(descriptor)
    return True


def wait_ended(processes: Sequence[Process], timeout: float) -> bool:
    """Wait until all have ended; return False if one is still alive after ``timeout`` seconds."""
    deadline = time.monotonic() + timeout
    while any(map(is_alive, processes)):
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def terminate(processes: Sequence[Process], timeout: float) -> None:
    """End processes: ask (SIGTERM, after SIGCONT for paused ones), and kill those that live on after ``timeout`` s."""
    for process in processes:
        send_signal(process, signal.SIGTERM)
        send_signal(process, signal.SIGCONT)
    if not wait_ended(processes, timeout):
        kill(processes)


def kill(processes: Sequence[Process]) -> None:
    """End processes at once (SIGKILL) and wait for it."""
    for process in processes:
        send_signal(process, signal.SIGKILL)
    wait_ended(processes, timeout=30.0)


@atexit.register
def _let_go() -> None:
    """Let nodes outlive this process in peace: without a status, each ``Popen`` would warn that it still runs."""
    for child in _children.values():
        if child.poll() is None:
            child.returncode = 0


def _kill(pid: int, number: signal.Signals) -> bool:
    os.kill(pid, number)
    return True


@dataclass(frozen=True, slots=True)
class _Look:
    """What the system says of a process id now."""

    alive: bool
    started: str


def _look(pid: int) -> _Look | None:
    """Look a process id up; None if it is free."""
    return _look_proc(pid) if (PROC / "self" / "stat").exists() else _look_ps(pid)


def _look_proc(pid: int) -> _Look | None:
    """Read Linux's /proc: the state, thread count and start time of ``stat``, fields 3, 20 and 22 of proc(5).

    They are counted from the end of the name, which may hold spaces.
    """
    try:
        fields = (PROC / str(pid) / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        boot = (PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return None
    state, threads, started = fields[0], int(fields[17]), fields[19]
    return _Look(state not in "ZX" or threads > 1, f"{boot}/{started}")


def _look_ps(pid: int) -> _Look | None:
    """Ask ps(1), for systems without /proc (macOS)."""
    answer = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)],  # noqa: S607 - ps is where PATH says
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
    )
    state, _, started = answer.stdout.strip().partition(" ")
    return _Look(not state.startswith("Z"), started.strip()) if started else None
