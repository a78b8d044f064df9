"""Named connections and the default one: what is registered, and which driver a name stands for.

Registering comes first and connecting second, so that a cluster that is down is a known connection that does not
answer, never an unknown one. This module must not know models, nor any driver package: the adapter is loaded by name.
"""

from __future__ import annotations

import difflib
import logging
import os
import threading
from collections.abc import Iterable, Mapping

from helenus.connection import defaults
from helenus.connection.drivers.base import Driver, NativeCluster, NativeSession, SessionDriver
from helenus.connection.entry import Connection, DefaultConnection
from helenus.connection.options import host_list
from helenus.errors import ConnectionClosed, ConnectionException, UnknownConnection

__all__ = [
    "check_name",
    "connections",
    "default",
    "default_name",
    "get_cluster",
    "get_connection",
    "get_session",
    "peek_default",
    "register_connection",
    "register_driver",
    "resolve",
    "set_default_connection",
    "set_session",
    "setup",
    "unregister_connection",
]

log = logging.getLogger("helenus.connection")


class _Registry:
    """The state: all of it is replaced under ``lock`` and read without it."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.entries: dict[str, Connection] = {}
        self.default: str | None = None
        self.unregistered: set[str] = set()
        # What `resolve` answers with at once; emptied whenever an answer may have changed.
        self.drivers: dict[str | None, Driver] = {}


_registry = _Registry()


def setup(
    hosts: str | Iterable[object] | None = None,
    default_keyspace: str | None = None,
    consistency: int | None = None,
    lazy_connect: bool = False,
    retry_connect: bool = False,
    **cluster_options: object,
) -> None:
    """Register a connection named ``default`` and make it the default one.

    Args:
        hosts: contact points: a list or tuple, or one string with commas; None is this machine.
        default_keyspace: the keyspace of models that name none; None leaves the one that is set.
        consistency: default consistency level, by the driver's number; None is the driver's default.
        lazy_connect: connect at the first use instead of now.
        retry_connect: when connecting now fails, try again at each later use.
        **cluster_options: keyword arguments for the driver's ``Cluster``; see :func:`register_connection`.

    Raises:
        ClusterUnreachable: when no host answers and ``lazy_connect`` is False; the connection is registered all the
            same.
        ConnectionException: for options that cannot work.
    """
    if default_keyspace is not None:
        defaults.keyspace = default_keyspace
    register_connection(
        "default",
        hosts,
        consistency,
        lazy_connect,
        retry_connect,
        cluster_options=cluster_options,
        default=True,
    )


def default() -> None:
    """Register a connection to this machine, named ``default``, and make it the default one.

    Raises:
        ClusterUnreachable: when it does not answer.
    """
    register_connection("default", default=True)


def set_session(s: NativeSession) -> None:
    """Use a session of the driver's as the default connection; it is neither changed nor ever shut down.

    The default connection keeps its name when there is one, else it is named ``default``. The session's keyspace, if
    it has one, becomes the default keyspace.

    Args:
        s: a connected session; cqlengine's name for it.
    """
    keyspace = s.keyspace
    register_connection(_registry.default or "default", default=True, session=s)
    if keyspace:
        defaults.keyspace = keyspace


def register_connection(  # noqa: PLR0917 - cqlengine's signature
    name: str,
    hosts: str | Iterable[object] | None = None,
    consistency: int | None = None,
    lazy_connect: bool = False,
    retry_connect: bool = False,
    cluster_options: Mapping[str, object] | None = None,
    default: bool = False,
    session: NativeSession | None = None,
) -> Connection:
    """Register a connection under a name; what was registered under it is replaced.

    Args:
        name: any name; models, queries, batches and ``use`` refer to it.
        hosts: contact points: a list or tuple, or one string with commas; None is this machine.
        consistency: default consistency level, by the driver's number; None is the driver's default.
        lazy_connect: connect at the first use instead of now; a first use that fails is tried again at the next.
        retry_connect: when connecting now fails, try again at each later use.
        cluster_options: keyword arguments for the driver's ``Cluster`` (auth_provider, ssl_context, execution_profiles,
            cloud, ...), and ours: ``prepared_statements`` (how many are kept, 1024), ``max_in_flight`` (how many
            asynchronous requests may be under way, 1024), ``allow_unverified_tls``.
        default: make it the default connection.
        session: a connected session of the driver's to use instead; it is neither changed nor ever shut down.

    Raises:
        ClusterUnreachable: when no host answers and ``lazy_connect`` is False; the connection is registered all the
            same.
        ConnectionException: for options that cannot work.
    """
    if session is not None:
        if hosts is not None or consistency is not None or lazy_connect or retry_connect or cluster_options:
            raise ConnectionException(
                f"Connection {name!r}: a session comes connected, so hosts, consistency, lazy_connect, retry_connect "
                "and cluster_options cannot be given beside it."
            )
        entry = Connection.from_session(name, session)
    else:
        options = dict(cluster_options or {})
        points = [] if hosts is None and options.get("cloud") is not None else host_list(hosts)
        entry = Connection(name, points, consistency, lazy_connect, retry_connect, cluster_options=options)
    return _register(entry, default=default)


def register_driver(name: str, driver: SessionDriver, default: bool = False) -> Connection:
    """Register a connection whose requests go to a driver of the caller's, such as a recording one.

    Args:
        name: any name.
        driver: what sends its requests; it is closed when the connection is unregistered or replaced.
        default: make it the default connection.
    """
    return _register(Connection.from_driver(name, driver), default=default)


def _register(entry: Connection, *, default: bool) -> Connection:
    replaced = _store(entry, default=default)
    try:
        if not entry.lazy_connect:
            entry.setup()
    finally:
        if replaced is not None:
            replaced.close("was registered anew", keep=entry.session)
    return entry


def _store(entry: Connection, *, default: bool) -> Connection | None:
    with _registry.lock:
        replaced = _registry.entries.get(entry.name)
        _registry.entries[entry.name] = entry
        _registry.unregistered.discard(entry.name)
        if default:
            _registry.default = entry.name
        _registry.drivers = {}
    if replaced is not None:
        log.info("Connection %r is registered anew; the one before it is closed.", entry.name)
    return replaced


def unregister_connection(name: str | DefaultConnection) -> None:
    """Forget a connection and shut down what was opened for it; a session that was handed in stays as it is.

    Args:
        name: the connection; a name that is not registered is ignored, as cqlengine does.
    """
    with _registry.lock:
        known = _registry.default if isinstance(name, DefaultConnection) else name
        entry = None if known is None else _registry.entries.pop(known, None)
        if entry is None:
            return
        _registry.unregistered.add(entry.name)
        if _registry.default == entry.name:
            _registry.default = None
        _registry.drivers = {}
    entry.close("was unregistered")


def set_default_connection(name: str) -> None:
    """Make a registered connection the default one.

    Raises:
        UnknownConnection: when no connection is registered under the name.
    """
    with _registry.lock:
        check_name(name)
        _registry.default = name
        _registry.drivers = {}


def get_connection(name: str | DefaultConnection | None = None) -> Connection:
    """Return a registered connection, connected.

    Args:
        name: the connection; None is the default one.

    Raises:
        UnknownConnection: when no connection is registered under the name.
        ClusterUnreachable: when it is not connected yet and no host answers.
    """
    entry = _entry(name)
    entry.handle_lazy_connect()
    return entry


def get_session(connection: str | DefaultConnection | None = None) -> NativeSession:
    """Return the driver's session of a connection.

    Args:
        connection: the connection; None is the default one.

    Raises:
        UnknownConnection: when no connection is registered under the name.
        ClusterUnreachable: when it is not connected yet and no host answers.
    """
    return get_connection(connection).session


def get_cluster(connection: str | DefaultConnection | None = None) -> NativeCluster:
    """Return the driver's cluster of a connection.

    Args:
        connection: the connection; None is the default one.

    Raises:
        UnknownConnection: when no connection is registered under the name.
        ClusterUnreachable: when it is not connected yet and no host answers.
    """
    return get_connection(connection).cluster


def connections() -> tuple[str, ...]:
    """Return the names of all registered connections, in the order of their registration."""
    return tuple(_registry.entries)


def default_name() -> str | None:
    """Return the name of the default connection, None when there is none."""
    return _registry.default


def peek_default() -> Connection | None:
    """Return the default connection as it is, connected or not, None when there is none."""
    return _registry.entries.get(_registry.default or "")


def check_name(name: str) -> str:
    """Return a connection's name if it is registered.

    Raises:
        UnknownConnection: when no connection is registered under the name.
        ConnectionClosed: when it was, and is no more.
    """
    return _entry(name).name


def resolve(name: str | None) -> Driver:
    """Return the driver of a connection at once; one that is not connected yet connects at its first request.

    Args:
        name: the connection; None is the default one.

    Raises:
        UnknownConnection: when no connection is registered under the name.
        ConnectionClosed: when it was, and is no more.
    """
    drivers = _registry.drivers
    try:
        return drivers[name]
    except KeyError:
        entry = _entry(name)
    driver = entry.driver
    if entry.connected:
        drivers[name] = driver
    return driver


def _entry(name: str | DefaultConnection | None) -> Connection:
    known = _registry.default if name is None or isinstance(name, DefaultConnection) else name
    entry = None if known is None else _registry.entries.get(known)
    if entry is not None:
        return entry
    if known is None:
        raise UnknownConnection(_no_default())
    if known in _registry.unregistered:
        raise ConnectionClosed(f"Connection {known!r} was unregistered. {_registered()}")
    raise UnknownConnection(_unknown(known))


def _no_default() -> str:
    if not _registry.entries:
        return (
            "No default connection is set: nothing is registered. Call connection.setup(['127.0.0.1']) "
            "or connection.register_connection(name, hosts, default=True) first."
        )
    return (
        f"No default connection is set. {_registered()} Call connection.set_default_connection(name), or name one: "
        "Model.__connection__, .using(connection=...), with connection.use(...)."
    )


def _unknown(name: object) -> str:
    close = difflib.get_close_matches(str(name), _registry.entries, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return (
        f"No connection is registered as {name!r}.{hint} {_registered()} "
        f"Register it with connection.register_connection({name!r}, hosts=[...])."
    )


def _registered() -> str:
    names = [f"{name!r}{' (default)' if name == _registry.default else ''}" for name in _registry.entries]
    return f"Registered: {', '.join(names)}." if names else "Nothing is registered."


def _after_fork_in_child() -> None:
    """Give the child locks of its own and entries that know nothing of the parent's sessions."""
    _registry.lock = threading.RLock()
    _registry.drivers = {}
    for entry in _registry.entries.values():
        entry.after_fork_in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
