"""Start, find, list and stop clusters.

Every change of a cluster happens under its file lock, so that two processes that ask for the same cluster get the same
one. It imports no driver: whether a node is up is asked by hand.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import dataclasses
import json
from typing import TYPE_CHECKING

from helenus.cassandra import nodes, ports, processes
from helenus.cassandra.cluster import LOCK_SECONDS, Cluster, end, living, plans, relaunch
from helenus.cassandra.locks import file_lock
from helenus.cassandra.nodes import Cancelled, Limit, Watch
from helenus.cassandra.paths import state_directory
from helenus.cassandra.spec import DEFAULT_VERSION, TLS, ClusterSpec, check_name
from helenus.cassandra.state import ClusterState, known_names, lock_path, read_state, write_state
from helenus.errors import CassandraLaunchError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from helenus.cassandra.nodes import Progress
    from helenus.cassandra.processes import Process

TIMEOUT_SECONDS = 120.0
FREE_CHOICE = frozenset({"port", "disposable"})
"""Fields in which a running cluster may differ from what is asked for: a port of 0 is any, see ``_require_same``."""


def start(
    name: str = "local",
    *,
    address: str = "127.0.0.1",
    nodes: int = 1,
    version: str = DEFAULT_VERSION,
    heap: str = "384M",
    port: int = 9042,
    authentication: bool = False,
    tls: TLS | None = None,
    settings: Mapping[str, object] | None = None,
    jvm_options: Sequence[str] = (),
    disposable: bool = False,
    timeout: float = TIMEOUT_SECONDS,
    on_progress: Callable[[Progress], None] | None = None,
) -> Cluster:
    """Start a local Cassandra cluster and wait until it serves, or find it if it is already running.

    Args:
        name: its name; a second start with the same name finds it, also from another process.
        address: the loopback address (127.0.0.0/8) of its first node; further nodes take the next addresses.
        nodes: how many nodes.
        version: the Cassandra release, 4.1 to 5.0.
        heap: each node's heap, such as ``"384M"``.
        port: the native transport port of every node; 0 chooses a free one.
        authentication: ask for user name and password, at first ``cassandra`` and ``cassandra``.
        tls: encrypt client connections.
        settings: further keys of cassandra.yaml.
        jvm_options: further options of the JVM.
        disposable: remove its data when it stops.
        timeout: seconds that its nodes may take to serve; fetching the jars, at the first use, does not count.
        on_progress: called with a ``Progress`` about ten times a second, from another thread.

    Raises:
        CassandraLaunchError: an argument does not fit, Java or Maven is missing, a port is in use, the cluster runs
            with other options, or a node did not come up; the message names the next step.
    """
    spec = ClusterSpec(
        name=name,
        address=address,
        nodes=nodes,
        version=version,
        heap=heap,
        port=port,
        authentication=authentication,
        tls=tls,
        settings=dict(settings or {}),
        jvm_options=tuple(jvm_options),
        disposable=disposable,
    )
    return start_many([spec], timeout=timeout, on_progress=on_progress)[0]


def start_many(
    specs: Sequence[ClusterSpec],
    *,
    timeout: float = TIMEOUT_SECONDS,
    on_progress: Callable[[Progress], None] | None = None,
    owner: int | None = None,
) -> list[Cluster]:
    """Start several clusters at the same time; either all are running at the end, or none that was not before.

    Args:
        specs: the clusters; their names must differ.
        timeout: seconds that each cluster's nodes may take to serve.
        on_progress: called with a ``Progress``, from other threads, one call at a time.
        owner: the id of the process with which the clusters are to end: if it ends without stopping them, the next
            start of any cluster does.

    Raises:
        CassandraLaunchError: a cluster did not start; further ones that failed are notes of the error.
    """
    names = [spec.name for spec in specs]
    if len(set(names)) < len(names):
        msg = f"clusters of one start need different names, got {', '.join(names)}"
        raise CassandraLaunchError(msg)
    stop_abandoned()
    watch = Watch(on_progress)
    keeper = None if owner is None else processes.identify(owner)
    futures: list[concurrent.futures.Future[Cluster]] = []
    # Always in other threads: Ctrl-C reaches the main thread only, so that it cannot come between the start of a
    # process and the note of its id.
    with concurrent.futures.ThreadPoolExecutor(max(1, len(specs)), "helenus-cassandra") as pool:
        try:
            futures += [pool.submit(_start, spec, watch, keeper, timeout) for spec in specs]
            concurrent.futures.wait(futures, return_when=concurrent.futures.FIRST_EXCEPTION)
        except BaseException:
            _give_up(futures, watch)
            raise
        if any(future.done() and future.exception() for future in futures):
            _give_up(futures, watch)
            raise _combined(futures)
    return [future.result() for future in futures]


def find(name: str) -> Cluster | None:
    """Return a cluster that is running, or None."""
    state = read_state(name)
    return None if state is None or not living(state) else Cluster.of(state, found=True)


def status() -> list[Cluster]:
    """Return all clusters of the state directory, running or not, by name."""
    states = [read_state(name) for name in known_names()]
    return [Cluster.of(state, found=True) for state in states if state is not None]


def stop(name: str | None = None, *, remove: bool = False) -> list[str]:
    """Stop one cluster, or all of this state directory; only processes that helenus started are signalled.

    Args:
        name: which one; None means all.
        remove: also remove data, configuration and logs.

    Returns:
        The names of the clusters that had a running node, or whose data was removed.

    Raises:
        CassandraLaunchError: no cluster has this name.
    """
    if name is not None and read_state(name) is None:
        known = ", ".join(known_names()) or "none"
        msg = f"no cluster {name!r} in {state_directory()}; known: {known}"
        raise CassandraLaunchError(msg)
    return [each for each in (known_names() if name is None else (name,)) if _stop(each, remove=remove)]


def stop_abandoned() -> list[str]:
    """Stop the clusters that were to end with a process which has ended without stopping them; return their names."""
    stopped = []
    for name in known_names():
        state = read_state(name)
        if state is None or state.owner is None or processes.is_alive(state.owner):
            continue
        with contextlib.suppress(CassandraLaunchError), file_lock(lock_path(name), timeout=0.0):
            state = read_state(name)
            if state is not None and state.owner is not None and not processes.is_alive(state.owner):
                end(state, remove=False)
                stopped.append(name)
    return stopped


def _stop(name: str, *, remove: bool) -> bool:
    check_name(name)
    with file_lock(lock_path(name), timeout=LOCK_SECONDS):
        state = read_state(name)
        if state is None:
            return False
        did = bool(living(state)) or remove
        end(state, remove=remove)
        return did


def _give_up(futures: Sequence[concurrent.futures.Future[Cluster]], watch: Watch) -> None:
    """End a start of several clusters: those that were not running before are stopped."""
    watch.cancel()
    concurrent.futures.wait(futures)
    for future in futures:
        if future.exception() is None and not future.result().found:
            future.result().stop()


def _start(spec: ClusterSpec, watch: Watch, owner: Process | None, timeout: float) -> Cluster:
    """Start or find one cluster, under its lock."""
    waiting = "another process starts or stops this cluster"
    path = lock_path(spec.name)
    with file_lock(path, timeout=LOCK_SECONDS, on_wait=lambda: watch.say(spec.name, "waiting", waiting)):
        cluster = _start_locked(spec, watch, owner, timeout)
    where = ", ".join(f"{host}:{cluster.port}" for host in cluster.hosts)
    watch.say(spec.name, "ready", f"{where} {'was already running' if cluster.found else 'is up'}")
    return cluster


def _start_locked(spec: ClusterSpec, watch: Watch, owner: Process | None, timeout: float) -> Cluster:
    """Start or find one cluster; its lock is held."""
    found = read_state(spec.name)
    if found is not None and living(found):
        _require_same(found, spec)
        return _complete(found, watch, timeout)
    if found is not None and not found.served:
        end(found, remove=True)
        found = None
    if found is not None:
        _require_same_data(found, spec)
    state = _claim_ports(spec, found, owner)
    try:
        state = dataclasses.replace(relaunch(state, tuple(range(spec.nodes)), watch, timeout), served=True)
        write_state(state)
    except BaseException:
        # Its folder stays for its log; data that never served a client is removed by the next start.
        end(read_state(spec.name) or state, remove=spec.disposable)
        raise
    return Cluster.of(state, found=False)


def _complete(state: ClusterState, watch: Watch, timeout: float) -> Cluster:
    """Return a running cluster, its dead nodes started again, and all of them serving."""
    alive = living(state)
    dead = tuple(index for index, process in enumerate(state.processes) if process not in alive)
    if dead:
        state = relaunch(state, dead, watch, timeout)
    limit = Limit(timeout)
    for plan, process in zip(plans(state), state.processes, strict=True):
        if process is not None:
            nodes.wait_up(plan, process, watch, limit)
    nodes.wait_ready(plans(state), watch, limit)
    return Cluster.of(state, found=True)


def _claim_ports(spec: ClusterSpec, last: ClusterState | None, owner: Process | None) -> ClusterState:
    """Choose the ports and write them down at once, so that no other start of ours chooses the same."""
    with file_lock(state_directory() / "locks" / ".ports", timeout=LOCK_SECONDS):
        others = [state for name in known_names() if name != spec.name and (state := read_state(name)) is not None]
        claimed = [state for state in others if set(state.spec.addresses) & set(spec.addresses)]
        claimed = [state for state in claimed if None in state.processes or living(state)]
        taken = {port for state in claimed for port in (state.port, state.storage_port)}

        def user(address: str, port: int) -> str | None:
            users = [state for state in others if address in state.spec.addresses and state.port == port]
            return next((state.spec.name for state in users if living(state)), None)

        port = ports.choose(spec.port, spec.addresses, taken, user)
        storage = ports.choose_storage(spec.addresses, taken | {port}, None if last is None else last.storage_port)
        state = ClusterState(spec, port, storage, (None,) * spec.nodes, owner, served=last is not None)
        write_state(state)
        return state


def _require_same(state: ClusterState, spec: ClusterSpec) -> None:
    """Refuse to hand out a running cluster that is not what is asked for."""
    wanted, running = _comparable(spec), _comparable(state.spec)
    differences = [f"{key}={running[key]!r} (asked: {wanted[key]!r})" for key in wanted if wanted[key] != running[key]]
    if spec.port not in (0, state.port):
        differences.append(f"port={state.port} (asked: {spec.port})")
    if differences:
        msg = (
            f"cluster {spec.name!r} is already running with {', '.join(differences)}; stop it first "
            f"(helenus cassandra stop {spec.name}), or choose another name"
        )
        raise CassandraLaunchError(msg)


def _require_same_data(state: ClusterState, spec: ClusterSpec) -> None:
    """Refuse to start on data that another release wrote, or that belongs to other addresses."""
    last = (state.spec.version, state.spec.addresses)
    if last != (spec.version, spec.addresses):
        msg = (
            f"cluster {spec.name!r} has data of Cassandra {last[0]} on {', '.join(last[1])}, asked for {spec.version} "
            f"on {', '.join(spec.addresses)}; remove the data (helenus cassandra stop {spec.name} --remove), or choose "
            "another name"
        )
        raise CassandraLaunchError(msg)


def _comparable(spec: ClusterSpec) -> dict[str, object]:
    """Return the fields that must be equal, in the form that they have after a round trip through the state file."""
    values: dict[str, object] = json.loads(json.dumps(dataclasses.asdict(spec), default=str))
    return {key: value for key, value in values.items() if key not in FREE_CHOICE}


def _combined(futures: Sequence[concurrent.futures.Future[Cluster]]) -> BaseException:
    """Return the first real error, the others as its notes; those that only gave up because of it are left out."""
    errors = [error for future in futures if (error := future.exception()) is not None]
    errors = [error for error in errors if not isinstance(error, Cancelled)] or errors
    for other in errors[1:]:
        errors[0].add_note(f"also: {other}")
    return errors[0]
