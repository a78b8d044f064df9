"""Open a session, say plainly why that fails, and let go of one that a fork has broken."""

from __future__ import annotations

import importlib
import ssl
import sys
import threading
from collections.abc import Mapping

from cassandra import AuthenticationFailed, DriverException, UnresolvableContactPoints
from cassandra.cluster import Cluster, NoHostAvailable

from helenus.connection.drivers.base import NativeCluster, NativeSession
from helenus.connection.drivers.combined import combine
from helenus.connection.drivers.failures import reasons
from helenus.connection.options import Opening
from helenus.errors import ClusterUnreachable, ConnectionException

__all__ = ["forget_reactor", "open_session"]


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
    try:
        return cluster.connect()
    except (NoHostAvailable, DriverException, OSError) as error:
        cluster.shutdown()
        raise _unreachable(opening, error, getattr(error, "errors", None) or {}) from error
    except BaseException:
        cluster.shutdown()
        raise


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


_inherited: list[object] = []
"""What a forked child must neither use nor clean up: cleaning up waits for threads and locks that it does not have."""


def forget_reactor(session: NativeSession, cluster: NativeCluster) -> None:
    """In a forked child, make the driver start anew, and its clean-up at exit pass over the parent's session.

    The reactors' own ``handle_fork`` closes every inherited connection under its lock; a thread that held such a lock
    when the process forked does not exist in the child, which would then wait for ever. So what was inherited is kept
    as it is and the reactor's module is told that there was nothing.
    """
    _inherited.append((session, cluster))
    for owner in (session, cluster):
        owner._lock = threading.RLock()  # noqa: SLF001 - whoever held it is in the parent
        owner.is_shutdown = True  # shutdown(), which __del__ and atexit call, then has nothing to do
    reactor = sys.modules.get(cluster.connection_class.__module__) or importlib.import_module("cassandra.connection")
    if getattr(reactor, "_global_loop", None) is not None:
        _inherited.append(reactor._global_loop)  # noqa: SLF001 - the driver has no public way to say it
        reactor._global_loop = None  # type: ignore[attr-defined]  # noqa: SLF001
    if hasattr(reactor, "_dispatcher_map"):
        _inherited.append(reactor._dispatcher_map)  # noqa: SLF001
        reactor._dispatcher_map = {}  # type: ignore[attr-defined]  # noqa: SLF001
