"""How a request reaches a cluster: named connections, many clusters, ``use``, and raw CQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helenus.connection import defaults
from helenus.connection.entry import DEFAULT_CONNECTION, Connection
from helenus.connection.logs import format_log_context, log_values
from helenus.connection.operations import arun, astream, recording, register_udt, run, stream, udt_by_keyspace, use
from helenus.connection.raw import Rows, aexecute, execute
from helenus.connection.registry import (
    connections,
    default,
    get_cluster,
    get_connection,
    get_session,
    register_connection,
    resolve,
    set_default_connection,
    set_session,
    setup,
    unregister_connection,
)
from helenus.connection.registry import peek_default as _peek_default
from helenus.connection.request import NOT_SET
from helenus.connection.scope import Selection, selection
from helenus.errors import HelenusError as CQLEngineException
from helenus.errors import UndefinedKeyspaceException

if TYPE_CHECKING:
    from helenus.connection.drivers.base import NativeCluster, NativeSession

    cluster: NativeCluster | None
    session: NativeSession | None

__all__ = [
    "DEFAULT_CONNECTION",
    "NOT_SET",
    "CQLEngineException",
    "Connection",
    "Rows",
    "Selection",
    "UndefinedKeyspaceException",
    "aexecute",
    "arun",
    "astream",
    "cluster",
    "connections",
    "default",
    "defaults",
    "execute",
    "format_log_context",
    "get_cluster",
    "get_connection",
    "get_session",
    "log_values",
    "recording",
    "register_connection",
    "register_udt",
    "resolve",
    "run",
    "selection",
    "session",
    "set_default_connection",
    "set_session",
    "setup",
    "stream",
    "udt_by_keyspace",
    "unregister_connection",
    "use",
]


def __getattr__(name: str) -> object:
    """Return the driver's cluster or session of the default connection, None while it is not connected."""
    if name not in {"cluster", "session"}:
        raise AttributeError(f"module 'helenus.connection' has no attribute {name!r}")
    entry = _peek_default()
    return None if entry is None else getattr(entry, name)
