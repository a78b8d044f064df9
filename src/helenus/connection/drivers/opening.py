"""Open sessions, say plainly why that fails, and let go of those that a fork has broken."""

from __future__ import annotations

import atexit
import os
import ssl
import sys
import threading
import time
import weakref
from collections.abc import Mapping

from cassandra import AuthenticationFailed, DriverException, UnresolvableContactPoints
from cassandra.cluster import Cluster, NoHostAvailable, _ConfigMode
from cassandra.query import dict_factory, named_tuple_factory

from helenus.connection.drivers.base import NativeCluster, NativeSession
from helenus.connection.drivers.combined import combine
from helenus.connection.drivers.failures import by_host, reasons
from helenus.connection.drivers.native import ReactorLoop
from helenus.connection.options import Opening
from helenus.errors import ClusterUnreachable, ConnectionException

__all__ = ["open_session"]


def open_session(opening: Opening) -> NativeSession:
    """Connect to a cluster.

    Raises:
        ClusterUnreachable: when no host answers; it is the driver's ``NoHostAvailable`` as well.
        ConnectionException: when the driver refuses the options.
    """
    options = dict(opening.cluster_options)
    if opening.hosts:
        options["contact_points"] = list(opening.hosts)
    try:
        cluster = Cluster(**options)
    except UnresolvableContactPoints as error:
        raise _unreachable(opening, error, dict.fromkeys(opening.hosts, "its name cannot be resolved")) from error
    except (TypeError, ValueError) as error:
        raise ConnectionException(f"Connection {opening.name!r}: the driver refuses its options: {error}") from error
    _clusters.add(cluster)
    try:
        session = cluster.connect()
    except (NoHostAvailable, DriverException, OSError) as error:
        cluster.shutdown()
        raise _unreachable(opening, error, by_host(error)) from error
    except BaseException:
        cluster.shutdown()
        raise
    _give_dicts(session)
    return session


def _give_dicts(session: NativeSession) -> None:
    """Have ``get_session().execute(...)`` give rows as dicts, as cqlengine's sessions do; a user's choice is kept."""
    cluster = session.cluster
    if cluster._config_mode == _ConfigMode.LEGACY:  # noqa: SLF001 - the driver asks itself in the same way
        session.row_factory = dict_factory
    elif cluster.profile_manager.default.row_factory is named_tuple_factory:
        cluster.profile_manager.default.row_factory = dict_factory


def _unreachable(opening: Opening, error: Exception, errors: Mapping[object, object]) -> Exception:
    hosts = ", ".join(str(host) for host in opening.hosts) or "those of the cloud bundle"
    message = (
        f"Connection {opening.name!r} cannot reach its cluster (hosts {hosts}). "
        f"{reasons(errors) or error}. {_next_step(errors)}"
    )
    return combine(ClusterUnreachable, error, message)


def _next_step(errors: Mapping[object, object]) -> str:
    if any(isinstance(reason, AuthenticationFailed) for reason in errors.values()):
        return "Check auth_provider in cluster_options."
    if any(isinstance(reason, ssl.SSLError) for reason in errors.values()):
        return (
            "Check ssl_context in cluster_options: the certificate must be signed by its CA and name the address that "
            "the driver connects to."
        )
    return (
        "Check that a node listens there; lazy_connect=True or retry_connect=True lets a program start before its "
        "cluster does."
    )


_clusters: weakref.WeakSet[NativeCluster] = weakref.WeakSet()
"""All clusters that were opened here, those that are connecting included."""

_EXIT_SECONDS = 2.0
_EXIT_STEP = 0.005


def _before_exit() -> None:
    """Shut down what was opened here, and let the reactor's thread end.

    The driver does both by itself at exit, but scylla-driver takes from its libev reactor what would end its thread,
    and then waits five seconds for it (``LibevLoop._cleanup`` stops the watcher that stops the timer). Handlers run in
    the reverse order of their registration, and the driver has registered its own when it was imported above.
    """
    reactors = {sys.modules.get(cluster.connection_class.__module__) for cluster in _clusters}
    for cluster in list(_clusters):
        cluster.shutdown()
    for reactor in reactors:
        loop: ReactorLoop | None = getattr(reactor, "_global_loop", None)
        # Connections that are left belong to sessions of the user's.
        if loop is not None and hasattr(loop, "notify") and not loop._live_conns:  # noqa: SLF001 - no public way
            _end_thread(loop)


def _end_thread(loop: ReactorLoop) -> None:
    loop._shutdown = True  # noqa: SLF001 - there is no public way
    deadline = time.monotonic() + _EXIT_SECONDS
    thread: threading.Thread | None = loop._thread  # noqa: SLF001 - the same
    while thread is not None and thread.is_alive() and time.monotonic() < deadline:
        loop.notify()
        thread.join(_EXIT_STEP)


atexit.register(_before_exit)

_inherited: list[object] = []
"""What a forked child must neither use nor clean up: cleaning up waits for threads and locks that it does not have."""


def _after_fork_in_child() -> None:
    """Make the driver start anew, and its clean-up at exit pass over what the parent opened.

    The reactors' own ``handle_fork`` closes every inherited connection under its lock; a thread that held such a lock
    when the process forked does not exist in the child, which would then wait for ever. So what was inherited stays as
    it is, and the reactor's module is told that there was nothing.
    """
    for cluster in list(_clusters):
        for owner in (cluster, *cluster.sessions):
            _inherited.append(owner)
            owner._lock = threading.RLock()  # noqa: SLF001 - whoever held it is in the parent
            owner.is_shutdown = True  # then shutdown(), which __del__ and atexit call, has nothing to do
        reactor = sys.modules.get(cluster.connection_class.__module__)
        for name, fresh in (("_global_loop", None), ("_dispatcher_map", {})):
            if reactor is not None and getattr(reactor, name, None):
                _inherited.append(getattr(reactor, name))
                setattr(reactor, name, fresh)
    _clusters.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
