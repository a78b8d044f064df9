"""What a driver's error means for the caller: not applied, unknown or unreachable; and the error that says so.

An error keeps the driver's class, so that an old ``except`` clause still catches it. It holds statement texts, names
and hosts, never bound values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import cast

import cassandra
from cassandra import (
    AuthenticationFailed,
    ConsistencyLevel,
    FunctionFailure,
    RequestValidationException,
    Unavailable,
    UnsupportedOperation,
)
from cassandra.cluster import NoHostAvailable
from cassandra.connection import ConnectionBusy, ConnectionException
from cassandra.pool import NoConnectionsAvailable
from cassandra.protocol import BadCredentials, IsBootstrappingErrorMessage, ProtocolException
from cassandra.protocol import RequestValidationException as RequestValidationMessage
from cassandra.query import BatchStatement, BatchType

from helenus.connection.drivers.combined import combine
from helenus.connection.drivers.native import NativeStatement, ResponseFuture
from helenus.connection.logs import shape
from helenus.connection.request import Batch, Request
from helenus.errors import ClusterUnreachable, HelenusError, MaybeApplied

__all__ = ["by_host", "failure", "outcome_unknown", "reasons", "unavailable_means_unapplied"]

_REFUSED = (
    AuthenticationFailed,
    BadCredentials,
    FunctionFailure,  # functions are called before the first mutation leaves the coordinator
    IsBootstrappingErrorMessage,
    ProtocolException,
    RequestValidationException,
    RequestValidationMessage,
    UnsupportedOperation,
)
"""Errors that a coordinator raises before it has done anything."""

_UNANSWERED = (ConnectionBusy, ConnectionException, NoConnectionsAvailable, OSError)
"""Errors of the way to a host, not of the host."""

_RATE_LIMITED: type[BaseException] | None = getattr(cassandra, "RateLimitReached", None)  # scylla-driver only

_CONDITIONAL = re.compile(r"\bIF\b", re.IGNORECASE)
_CONDITIONAL_OR_MANY = re.compile(r"\bI[FN]\b", re.IGNORECASE)


def failure(
    error: BaseException,
    request: Request | Batch,
    sent: ResponseFuture | None,
    connection: str,
    hosts: Iterable[object],
) -> BaseException:
    """Return the error that the caller sees.

    Args:
        error: what the driver raised.
        request: what was asked.
        sent: the driver's record of it; None when nothing was sent.
        connection: the connection's name.
        hosts: its contact points.
    """
    if isinstance(error, HelenusError):
        return error
    where = _where(connection, hosts, sent, request)
    if sent is not None and not request.idempotent and outcome_unknown(error, sent):
        return combine(
            MaybeApplied,
            error,
            f"This write may or may not have been applied, and sending it again might apply it twice: {_what(error)}. "
            f"Read what it should have written (at consistency SERIAL if it is conditional) before you repeat it. "
            f"{where}",
        )
    if isinstance(error, NoHostAvailable) and all(isinstance(one, _UNANSWERED) for one in by_host(error).values()):
        return combine(ClusterUnreachable, error, f"No host took the request: {_what(error)}. {where}")
    if where not in getattr(error, "__notes__", ()):
        error.add_note(where)
    return error


def unavailable_means_unapplied(statement: NativeStatement, *, serial: bool) -> bool:
    """Tell whether ``Unavailable`` proves that nothing of a statement was applied.

    It does not when the coordinator counts replicas several times over: for each partition of an unlogged or counter
    batch and of ``IN``, with the first ones already written (Cassandra's ``StorageProxy.mutate``), and for a
    conditional statement once to agree and once to commit what was agreed (``StorageProxy.commitPaxos``). Reading
    ``IF`` and ``IN`` anywhere in the text errs on the safe side.

    Args:
        statement: the driver's statement.
        serial: whether the level that could not be reached is SERIAL or LOCAL_SERIAL, that of the agreeing.
    """
    if serial:
        return True
    if isinstance(statement, BatchStatement):
        texts = cast("Iterable[str] | None", getattr(statement, "texts", None))
        if texts is None or statement.batch_type != BatchType.LOGGED:
            return False
        return not any(_CONDITIONAL.search(text) for text in texts)
    prepared = getattr(statement, "prepared_statement", statement)
    return not _CONDITIONAL_OR_MANY.search(str(getattr(prepared, "query_string", "IF")))


def outcome_unknown(error: BaseException, sent: ResponseFuture) -> bool:
    """Tell whether a request that failed may have been applied, looking at each time that it was sent.

    Args:
        error: how it failed in the end.
        sent: the driver's record of it.
    """
    if not sent.attempted_hosts and getattr(sent, "_connection", None) is None:
        return False
    # Copied, because the driver's thread may still be writing to it.
    earlier: dict[object, BaseException] = dict(getattr(sent, "_errors", None) or {})
    tried = [earlier[host] for host in earlier if host in sent.attempted_hosts and earlier[host] is not error]
    attempts: int = getattr(sent, "_query_retries", 0)
    if not isinstance(error, NoHostAvailable):  # which says that there was no further attempt
        tried.append(error)
        attempts += 1
    # The driver keeps one error for each host: when there were more attempts than errors, some are forgotten.
    return attempts > len(tried) or not all(_unapplied(one, sent.query) for one in tried)


def by_host(error: BaseException) -> Mapping[object, object]:
    """Return what went wrong at each host; the driver keeps a list of hosts when it got no further than connecting."""
    errors: object = getattr(error, "errors", None)
    if isinstance(errors, Mapping):
        return errors
    return dict.fromkeys(errors, "no connection") if isinstance(errors, list | tuple) else {}


def reasons(errors: Mapping[object, object]) -> str:
    """Return each host with what went wrong there."""
    return "; ".join(f"{getattr(host, 'endpoint', host)}: {reason}" for host, reason in errors.items())


def _unapplied(error: BaseException, statement: NativeStatement) -> bool:
    if isinstance(error, Unavailable):
        return unavailable_means_unapplied(statement, serial=bool(ConsistencyLevel.is_serial(error.consistency)))
    if _RATE_LIMITED is not None and isinstance(error, _RATE_LIMITED):
        return bool(getattr(error, "rejected_by_coordinator", False))
    return isinstance(error, _REFUSED)


def _what(error: BaseException) -> str:
    if isinstance(error, NoHostAvailable):
        return reasons(by_host(error)) or "no host is connected"
    return str(error).rstrip(".")


def _where(connection: str, hosts: Iterable[object], sent: ResponseFuture | None, request: Request | Batch) -> str:
    host = getattr(sent, "coordinator_host", None)
    coordinator = "" if host is None else f", coordinator {getattr(host, 'endpoint', host)}"
    points = ", ".join(str(point) for point in hosts)
    return f"[connection {connection!r}{f' (hosts {points})' if points else ''}{coordinator}] {shape(request)}"
