"""A running cluster and its nodes, as a caller holds them.

It changes a cluster's state only under the cluster's lock. It does not choose ports or fetch jars: ``launcher`` does.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from helenus.cassandra import jars, native, nodes, processes
from helenus.cassandra.config import NodePlan
from helenus.cassandra.java import find_java
from helenus.cassandra.locks import file_lock
from helenus.cassandra.nodes import TAIL_LINES, Limit, Watch
from helenus.cassandra.state import (
    ClusterState,
    cluster_directory,
    lock_path,
    node_directory,
    read_state,
    write_state,
)
from helenus.errors import CassandraLaunchError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

    from helenus.cassandra.nodes import Progress
    from helenus.cassandra.processes import Process

LOCK_SECONDS = 300.0
STOP_SECONDS = 30.0


def plans(state: ClusterState) -> tuple[NodePlan, ...]:
    """Return the plan of each node of a cluster."""
    spec = state.spec
    found = []
    for index in range(spec.nodes):
        folder = node_directory(spec.name, index)
        pem = folder / "tls.pem" if spec.tls is not None and spec.tls.keystore is None else None
        found.append(NodePlan(spec, index, state.port, state.storage_port, folder, pem))
    return tuple(found)


def living(state: ClusterState) -> tuple[Process, ...]:
    """Return the processes of a cluster that are alive."""
    return tuple(process for process in state.processes if process is not None and processes.is_alive(process))


def end(state: ClusterState, *, remove: bool) -> None:
    """Stop a cluster's processes, and remove its folder if asked or if it is disposable; its lock must be held."""
    remove = remove or state.spec.disposable
    if remove:
        processes.kill(living(state))
        shutil.rmtree(cluster_directory(state.spec.name), ignore_errors=True)
        return
    processes.terminate(living(state), STOP_SECONDS)
    write_state(dataclasses.replace(state, processes=(None,) * len(state.processes), owner=None))


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a cluster.

    Args:
        cluster: its cluster's name.
        index: which node of it, from 0.
        address: its address.
        port: its native transport port.
    """

    cluster: str
    index: int
    address: str
    port: int

    @property
    def directory(self) -> Path:
        """The folder with its data, configuration and log."""
        return node_directory(self.cluster, self.index)

    @property
    def log(self) -> Path:
        """Its log file."""
        return self.directory / nodes.LOG_NAME

    @property
    def pid(self) -> int | None:
        """The id of its process, None if it is not alive."""
        process = self._process()
        return None if process is None else process.pid

    def is_running(self) -> bool:
        """Tell whether its process is alive; a paused one is."""
        return self._process() is not None

    def answers(self, timeout: float = 2.0) -> bool:
        """Tell whether it answers clients now; one that is starting, paused or down does not.

        Args:
            timeout: seconds to wait for the answer.
        """
        state = read_state(self.cluster)
        tls = state is not None and state.spec.tls is not None
        return native.is_up(native.Endpoint(self.address, self.port, tls=tls, timeout=timeout))

    def log_tail(self, lines: int = TAIL_LINES) -> str:
        """Return the last lines of its log."""
        return nodes.log_tail(self.directory, lines)

    def pause(self) -> None:
        """Freeze it (SIGSTOP): connections stay open and nothing answers, as in a long garbage collection.

        Raises:
            CassandraLaunchError: it is not running.
        """
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a paused node go on (SIGCONT).

        Raises:
            CassandraLaunchError: it is not running.
        """
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it at once (SIGKILL), as a power cut does, and wait until its process is gone.

        Raises:
            CassandraLaunchError: it is not running.
        """
        processes.kill([self._signal(signal.SIGKILL)])

    def stop(self) -> None:
        """End it in order: it drains and flushes first. Nothing happens if it isn't running."""
        process = self._process()
        if process is not None:
            processes.terminate([process], STOP_SECONDS)

    def start(self, *, timeout: float = 120.0, on_progress: Callable[[Progress], None] | None = None) -> None:
        """Start it again with its data, and wait until it serves; nothing happens if it is running.

        Args:
            timeout: seconds that it may take to serve.
            on_progress: called while it starts.

        Raises:
            CassandraLaunchError: it did not come up, or its cluster does not exist any more.
        """
        watch = Watch(on_progress)
        with file_lock(lock_path(self.cluster), timeout=LOCK_SECONDS):
            if not self.is_running():
                relaunch(self._state(), (self.index,), watch, timeout)

    def _state(self) -> ClusterState:
        state = read_state(self.cluster)
        if state is None:
            msg = f"cluster {self.cluster!r} does not exist any more; start it with helenus.cassandra.start()"
            raise CassandraLaunchError(msg)
        return state

    def _process(self) -> Process | None:
        state = read_state(self.cluster)
        process = None if state is None else state.processes[self.index]
        return process if process is not None and processes.is_alive(process) else None

    def _signal(self, number: signal.Signals) -> Process:
        process = self._process()
        if process is None or not processes.send_signal(process, number):
            msg = f"node {self.address}:{self.port} of cluster {self.cluster!r} is not running; start it with .start()"
            raise CassandraLaunchError(msg)
        return process


def relaunch(state: ClusterState, indexes: tuple[int, ...], watch: Watch, timeout: float) -> ClusterState:
    """Start some nodes of a cluster and wait until they serve; the cluster's lock must be held.

    The first node starts alone: it makes the ring that the others join. If anything fails, or somebody gives up, the
    nodes started here are killed.

    Raises:
        CassandraLaunchError: a node did not come up.
    """
    spec = state.spec
    watch.say(spec.name, "preparing", "looking for Java and Cassandra")
    java = find_java(spec.version)
    classpath = jars.resolve(spec.version, java, lambda message: watch.say(spec.name, "fetching", message))
    every, started = plans(state), list(state.processes)
    mine: list[Process] = []
    limit = Limit(timeout)
    try:
        for group in (indexes[:1], indexes[1:]):
            for index in group:
                process = nodes.launch(every[index], java.executable, classpath)
                mine.append(process)
                started[index] = process
                state = dataclasses.replace(state, processes=tuple(started))
                write_state(state)
            for index, process in zip(group, mine[-len(group) :] if group else (), strict=True):
                nodes.wait_up(every[index], process, watch, limit)
        if len(living(state)) == spec.nodes:
            nodes.wait_ready(every, watch, limit)
    except BaseException:
        processes.kill(mine)
        raise
    return state


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster of local nodes; as a context manager it ends with its block.

    Args:
        name: its name.
        version: its Cassandra release.
        nodes: its nodes.
        port: the native transport port of every node.
        authentication: whether it asks for a user name and password.
        tls: whether clients must use TLS.
        found: it was already running when it was asked for; a ``with`` block then leaves it running.
    """

    name: str
    version: str
    nodes: tuple[Node, ...]
    port: int
    authentication: bool = False
    tls: bool = False
    found: bool = False

    @classmethod
    def of(cls, state: ClusterState, *, found: bool) -> Self:
        """Return the cluster that a state file describes."""
        spec = state.spec
        return cls(
            name=spec.name,
            version=spec.version,
            nodes=tuple(Node(spec.name, index, address, state.port) for index, address in enumerate(spec.addresses)),
            port=state.port,
            authentication=spec.authentication,
            tls=spec.tls is not None,
            found=found,
        )

    @property
    def hosts(self) -> tuple[str, ...]:
        """The address of each node, as a driver's contact points."""
        return tuple(node.address for node in self.nodes)

    @property
    def directory(self) -> Path:
        """The folder with the nodes' folders."""
        return cluster_directory(self.name)

    def is_running(self) -> bool:
        """Tell whether the processes of all its nodes are alive."""
        return all(node.is_running() for node in self.nodes)

    def log_tail(self, lines: int = TAIL_LINES) -> str:
        """Return the last lines of each node's log, each under the node's name if there are several."""
        tails = [(node, node.log_tail(lines)) for node in self.nodes]
        if len(tails) == 1:
            return tails[0][1]
        return "\n".join(f"==> {node.address}:{node.port} <==\n{tail}" for node, tail in tails)

    def stop(self, *, remove: bool = False) -> None:
        """Stop its nodes; nothing happens to those that are not running.

        Args:
            remove: also remove its data, configuration and logs, as is always done with a disposable cluster.
        """
        with file_lock(lock_path(self.name), timeout=LOCK_SECONDS):
            state = read_state(self.name)
            if state is not None:
                end(state, remove=remove)

    def __enter__(self) -> Self:
        """Bind the cluster's life to this process, unless it was running before."""
        if not self.found:
            with file_lock(lock_path(self.name), timeout=LOCK_SECONDS):
                state = read_state(self.name)
                if state is not None:
                    write_state(dataclasses.replace(state, owner=processes.identify(os.getpid())))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop the cluster, unless it was running before."""
        if not self.found:
            self.stop()
