"""Start one node and wait until it serves; explain what went wrong when it does not.

It knows a node's folder, process and port. It does not know locks or state files.
"""

from __future__ import annotations

import dataclasses
import os
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from helenus.cassandra import config, native, processes
from helenus.cassandra.tls import pem_bundle
from helenus.errors import CassandraLaunchError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from helenus.cassandra.config import NodePlan
    from helenus.cassandra.processes import Process

LOG_NAME = "cassandra.log"
ROLE_MARK = ".role-seen"
POLL_SECONDS = 0.1
TAIL_LINES = 40
TAIL_BYTES = 256 * 1024
DEFAULT_CREDENTIALS = ("cassandra", "cassandra")
PEERS = "SELECT peer FROM system.peers_v2"
ALL_RANGES = "SELECT role FROM system_auth.roles"
"""A full scan of a tiny table with a replica on every node: at ALL it succeeds once all see each other as up."""


Stage = Literal["waiting", "preparing", "fetching", "starting", "joining", "ready"]
"""Waiting for another process, looking around, fetching jars, starting nodes, nodes finding each other, done."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A step of a start, for people who wait.

    Args:
        cluster: the cluster's name.
        stage: the stage of the start.
        message: what goes on within it.
        seconds: since when the start goes on.
    """

    cluster: str
    stage: Stage
    message: str
    seconds: float


class Cancelled(Exception):
    """The start was given up; never leaves this package."""


@dataclass(slots=True)
class Watch:
    """Passes progress on, one call at a time, and carries the wish to give up to every thread that works on a start."""

    on_progress: Callable[[Progress], None] | None = None
    started: float = field(default_factory=time.monotonic)
    _cancelled: threading.Event = field(default_factory=threading.Event)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def cancel(self) -> None:
        """Make every following ``say`` raise."""
        self._cancelled.set()

    def say(self, cluster: str, stage: Stage, message: str) -> None:
        """Report a step.

        Raises:
            Cancelled: the start was given up.
        """
        if self._cancelled.is_set():
            raise Cancelled
        if self.on_progress is not None:
            with self._turn:
                self.on_progress(Progress(cluster, stage, message, time.monotonic() - self.started))


@dataclass(frozen=True, slots=True)
class Limit:
    """How long nodes may take to serve, counted from when they are launched: fetching jars takes as long as it takes.

    Args:
        seconds: how long.
        since: when it began, on the monotonic clock.
    """

    seconds: float
    since: float = field(default_factory=time.monotonic)

    def is_over(self) -> bool:
        """Tell whether the time has passed."""
        return time.monotonic() - self.since > self.seconds


def endpoint(plan: NodePlan) -> native.Endpoint:
    """Return how to ask a node whether it is there."""
    return native.Endpoint(plan.address, plan.port, tls=plan.spec.tls is not None)


def launch(plan: NodePlan, java: Path, jars: Sequence[Path]) -> Process:
    """Write a node's files and start its process; the log of its last life is kept beside the new one."""
    folder = plan.directory
    for path in (folder, *config.folders(plan)):
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    if plan.pem is not None and plan.spec.tls is not None:
        _write_private(plan.pem, pem_bundle(plan.spec.tls))
    _write_private(folder / "cassandra.yaml", config.yaml_text(plan))
    (folder / "logback.xml").write_text(config.LOGBACK, "utf-8")
    log = folder / LOG_NAME
    if log.exists():
        log.replace(folder / f"{LOG_NAME}.1")
    command = config.command_line(plan, java, jars)
    # Fewer malloc arenas, as the release's own start script sets it: native memory grows by hundreds of MB without.
    environment = {**os.environ, "MALLOC_ARENA_MAX": "4"}
    return processes.spawn(command, log=log, directory=folder, environment=environment)


def wait_up(plan: NodePlan, process: Process, watch: Watch, limit: Limit) -> None:
    """Wait until a node answers clients.

    Raises:
        CassandraLaunchError: its process ended, or it took too long; with the end of its log.
        Cancelled: the start was given up.
    """
    name = f"node {plan.address}:{plan.port}"
    while not native.is_up(endpoint(plan)):
        if not processes.is_alive(process):
            code = processes.exit_code(process)
            ending = "" if code is None else f" (exit status {code})"
            raise CassandraLaunchError(_failure(plan, f"ended while it started{ending}"))
        if limit.is_over():
            raise CassandraLaunchError(_failure(plan, f"did not serve CQL within {limit.seconds:.0f} s"))
        watch.say(plan.spec.name, "starting", f"{name}: {last_words(plan.directory)}")
        time.sleep(POLL_SECONDS)
    watch.say(plan.spec.name, "starting", f"{name} is up")


def wait_ready(plans: Sequence[NodePlan], watch: Watch, limit: Limit) -> None:
    """Wait until every node lets its first role log in, if it asks for one, and sees all the others as up.

    A node that accepts only clients with certificates cannot be asked; being up has to do.

    Raises:
        CassandraLaunchError: it took too long.
        Cancelled: the start was given up.
    """
    tls, name = plans[0].spec.tls, plans[0].spec.name
    waiting = list(plans) if tls is None or tls.client_ca is None else []
    while waiting := [plan for plan in waiting if not _is_ready(plan)]:
        if limit.is_over():
            missing = "its first role" if plans[0].spec.nodes == 1 else "its first role and peers"
            raise CassandraLaunchError(_failure(waiting[0], f"did not get ready in time: {missing} did not appear"))
        watch.say(name, "joining", f"{len(plans) - len(waiting)} of {len(plans)} node(s) ready")
        time.sleep(POLL_SECONDS)


def log_tail(folder: Path, lines: int = TAIL_LINES) -> str:
    """Return the last lines of a node's log, empty if it has none."""
    try:
        with (folder / LOG_NAME).open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - TAIL_BYTES))
            text = log.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def last_words(folder: Path) -> str:
    """Return what the last log line says, without its head, for a progress line."""
    _, _, message = log_tail(folder, 1).partition(" - ")
    return message[:90] or "the JVM starts"


def _is_ready(plan: NodePlan) -> bool:
    """Tell whether a node's first role can log in, and whether the node can read from all its peers.

    The role's password may have been changed since it was first seen; nothing can be asked then, and the role is there.
    """
    where = endpoint(plan)
    if plan.spec.authentication:
        where = dataclasses.replace(where, credentials=DEFAULT_CREDENTIALS)
        seen = plan.directory / ROLE_MARK
        if not native.is_up(where):
            return seen.exists()
        seen.touch()
    others = plan.spec.nodes - 1
    if not others:
        return True
    return (
        native.count_rows(where, PEERS) == others
        and native.count_rows(where, ALL_RANGES, native.CONSISTENCY_ALL) is not None
    )


def _failure(plan: NodePlan, what: str) -> str:
    """Return an error message with the next step and the end of the log."""
    tail = log_tail(plan.directory) or "(it is empty)"
    return (
        f"cluster {plan.spec.name!r}: node {plan.address}:{plan.port} {what}. The reason is usually in the last lines "
        f"of its log, {plan.directory / LOG_NAME}:\n{tail}"
    )


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its user can read: it holds a key or a password."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text, "utf-8")
