"""When a statement may be sent again.

The driver's own policy sends a statement again whenever a connection breaks, without a limit and whether or not that
may apply it twice (``RetryPolicy.on_request_error``). Here a statement that is not idempotent is sent again only when
the server certainly has not applied it; an idempotent one goes to the next host once or twice.
"""

from __future__ import annotations

from typing import Protocol, TypeAlias

from cassandra import ConsistencyLevel, WriteType
from cassandra.connection import ConnectionException
from cassandra.policies import RetryPolicy
from cassandra.protocol import IsBootstrappingErrorMessage, OverloadedErrorMessage

from helenus.connection.drivers.failures import unavailable_means_unapplied

__all__ = ["SafeRetryPolicy"]

Decision: TypeAlias = tuple[int, int | None]

_HOSTS_AFTER_THE_FIRST = 2
_RETHROW: Decision = (RetryPolicy.RETHROW, None)
_NEXT_HOST: Decision = (RetryPolicy.RETRY_NEXT_HOST, None)


class Statement(Protocol):
    """What the policy looks at."""

    is_idempotent: bool


class SafeRetryPolicy(RetryPolicy):  # type: ignore[misc]  # the driver carries no types
    """The retry policy of sessions that helenus opens, unless their options name another."""

    def on_read_timeout(  # noqa: PLR0917 - the driver's signature
        self,
        query: Statement,
        consistency: int,
        required_responses: int,
        received_responses: int,
        data_retrieved: bool,
        retry_num: int,
    ) -> Decision:
        """Read again once if enough replicas answered and only the data was late."""
        late = received_responses >= required_responses and not data_retrieved
        return (RetryPolicy.RETRY, consistency) if query.is_idempotent and late and retry_num == 0 else _RETHROW

    def on_write_timeout(  # noqa: PLR0917 - the driver's signature
        self,
        query: Statement,
        consistency: int,
        write_type: int,
        required_responses: int,  # noqa: ARG002 - the driver passes it by name
        received_responses: int,  # noqa: ARG002 - the same
        retry_num: int,
    ) -> Decision:
        """Send again once if only the batch log was late and the batch may be applied twice.

        A batch log that was written late is replayed, so a batch that is not idempotent must not be sent again.
        """
        again = query.is_idempotent and write_type == WriteType.BATCH_LOG and retry_num == 0
        return (RetryPolicy.RETRY, consistency) if again else _RETHROW

    def on_unavailable(
        self,
        query: Statement,
        consistency: int,
        required_replicas: int,  # noqa: ARG002 - the driver passes it by name
        alive_replicas: int,  # noqa: ARG002 - the same
        retry_num: int,
    ) -> Decision:
        """Ask another coordinator once: this one may be the one that sees no replicas."""
        serial = bool(ConsistencyLevel.is_serial(consistency))
        again = query.is_idempotent or unavailable_means_unapplied(query, serial=serial)
        return _NEXT_HOST if again and retry_num == 0 else _RETHROW

    def on_request_error(
        self,
        query: Statement,
        consistency: int | None,  # noqa: ARG002 - the driver passes it
        error: Exception,
        retry_num: int,
    ) -> Decision:
        """Go on with the next host, at most twice, if that cannot apply the statement a second time.

        An overloaded cluster is left alone: sending again is what it needs least.
        """
        if isinstance(error, IsBootstrappingErrorMessage):  # refused before anything was done
            again = retry_num < _HOSTS_AFTER_THE_FIRST
        elif isinstance(error, OverloadedErrorMessage):
            again = False
        elif isinstance(error, ConnectionException):
            again = query.is_idempotent and retry_num < _HOSTS_AFTER_THE_FIRST
        else:  # ServerError, TruncateError
            again = query.is_idempotent and retry_num == 0
        return _NEXT_HOST if again else _RETHROW
