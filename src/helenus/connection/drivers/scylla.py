"""scylla-driver and cassandra-driver, which share one import name, as a ``Driver`` (see ``base``).

The modules of this folder are the only ones that import ``cassandra``. A session is used, not changed: what differs for
helenus, rows as tuples and the retry policy, rides on each request.
"""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import cast

from cassandra.cluster import EXEC_PROFILE_DEFAULT, ExecutionProfile, _ConfigMode
from cassandra.policies import RetryPolicy
from cassandra.protocol import ProtocolHandler
from cassandra.query import tuple_factory

from helenus.connection.drivers import failures
from helenus.connection.drivers.base import NativeCluster, NativeSession, Outcome
from helenus.connection.drivers.exchange import Exchange
from helenus.connection.drivers.gate import Gate
from helenus.connection.drivers.native import NativeStatement, ResponseFuture
from helenus.connection.drivers.opening import open_session
from helenus.connection.drivers.retry import SafeRetryPolicy
from helenus.connection.drivers.statements import Statements
from helenus.connection.logs import log, log_request
from helenus.connection.options import Opening
from helenus.connection.request import NOT_SET, Batch, Options, Page, Request
from helenus.errors import ConnectionClosed, ConnectionException

__all__ = ["ScyllaDriver", "adopt", "connect"]

_POLICY = SafeRetryPolicy()
_DRAIN_SECONDS = 10.0  # the driver's own default timeout of a request
_DRAIN_STEP = 0.005
_PREPARING_THREADS = 4


def connect(opening: Opening, consistency: int | None) -> ScyllaDriver:
    """Open a session of our own.

    Args:
        opening: where to, and how.
        consistency: default consistency level; None is the driver's.

    Raises:
        ClusterUnreachable: when no host answers.
        ConnectionException: when the driver refuses the options.
    """
    return ScyllaDriver(open_session(opening), opening, owned=True, consistency=consistency)


def adopt(name: str, session: NativeSession) -> ScyllaDriver:
    """Use a session of the caller's, which is neither changed nor shut down.

    Args:
        name: the connection.
        session: a connected session.
    """
    return ScyllaDriver(session, Opening(name, tuple(session.cluster.contact_points or ())), owned=False)


class ScyllaDriver:
    """Sends requests through one session.

    Args:
        session: the driver's session.
        opening: the connection's name, hosts and limits.
        owned: whether the session was opened here, so that closing shuts it down.
        consistency: default consistency level; None is the session's.
    """

    def __init__(
        self, session: NativeSession, opening: Opening, *, owned: bool, consistency: int | None = None
    ) -> None:
        """Take the session as it is."""
        self.name = opening.name
        self.session: NativeSession = session
        self.cluster: NativeCluster = session.cluster
        self.gate = Gate(opening.max_in_flight)
        self.under_way: set[object] = set()
        self._hosts = opening.hosts
        self._owned = owned
        self._statements = Statements(self.name, session.prepare, opening.prepared_statements, consistency)
        self.statement = self._statements.native
        self._profiles: dict[str | None, ExecutionProfile] = {}
        self._coordinators: dict[int, tuple[object, str]] = {}
        self._closed: str | None = None
        self._preparing: ThreadPoolExecutor | None = None
        self._lock = threading.Lock()

    def execute(self, request: Request | Batch) -> Page:
        """Send a request and wait for its answer in this thread."""
        sent: ResponseFuture | None = None
        token = object()
        self.under_way.add(token)  # before looking whether we are closed, or close() might miss us
        try:
            self._require_open()
            sent = self.begin(self.statement(request), request)
            return self.page(sent)
        except Exception as error:
            seen = self.failure(error, request, sent)
            if seen is error:
                raise
            raise seen from error
        finally:
            self.under_way.discard(token)

    def send(self, request: Request | Batch) -> Future[Page]:
        """Send a request without waiting: statements are prepared in another thread, and requests wait for a place."""
        outcome: Future[Page] = Future()
        self.post(request, outcome)
        return outcome

    def post(self, request: Request | Batch, outcome: Outcome) -> None:
        """Send a request like :meth:`send`, its answer being put into ``outcome``."""
        exchange = Exchange(self, request, outcome)
        self.under_way.add(exchange)
        try:
            self._require_open()
            if self._statements.ready(request):
                exchange.enter()
            else:
                self._threads().submit(exchange.enter)
        except BaseException:
            self.under_way.discard(exchange)
            raise

    def close(self) -> None:
        """Refuse new requests, let those under way finish, and shut the session down if it was opened here."""
        if self._closed is not None:
            return
        self._closed = "is closed"
        if self._owned:
            self._drain()
            self.cluster.shutdown()
        with self._lock:
            preparing, self._preparing = self._preparing, None
        if preparing is not None:
            preparing.shutdown(wait=False)

    def abandon(self) -> None:
        """In a forked child: give the session up without touching its threads, locks or sockets."""
        self._closed = "belongs to the process that forked this one"
        self._lock = threading.Lock()

    # ------------------------------------------------------------------------------------------- for Exchange too

    def begin(self, statement: NativeStatement, request: Request | Batch) -> ResponseFuture:
        """Send a statement without waiting for its answer."""
        if log.isEnabledFor(logging.DEBUG):
            log_request(self.name, request)
        options = request.options
        state = None if isinstance(request, Batch) else request.paging_state
        session = self.session
        profile = self._profile(options.execution_profile)
        if profile is None or session.client_protocol_handler is not ProtocolHandler:
            return self._begin_by_hand(statement, options, profile, state)
        timeout = profile.request_timeout if options.timeout is NOT_SET else options.timeout
        return cast(
            ResponseFuture, session.execute_async(statement, None, options.trace, None, timeout, profile, state)
        )

    def page(self, sent: ResponseFuture) -> Page:
        """Return the answer to a request, waiting for it if need be."""
        result = sent.result()
        columns, warnings, host = result.column_names, sent.warnings, sent.coordinator_host
        return Page(
            tuple(columns) if columns else (),
            result.current_rows if columns else (),
            result.paging_state,
            None if host is None else self._coordinator(host),
            self.name,
            tuple(warnings) if warnings else (),
        )

    def failure(self, error: BaseException, request: Request | Batch, sent: ResponseFuture | None) -> BaseException:
        """Return the error that the caller sees."""
        if sent is None and self.session.is_shutdown and not isinstance(error, ConnectionClosed):
            closed = ConnectionClosed(f"Connection {self.name!r}: its session was shut down; nothing was sent.")
            closed.__cause__ = error
            return closed
        return failures.failure(error, request, sent, self.name, self._hosts)

    # ------------------------------------------------------------------------------------------------------ inside

    def _begin_by_hand(
        self, statement: NativeStatement, options: Options, profile: ExecutionProfile | None, state: bytes | None
    ) -> ResponseFuture:
        """Do what ``execute_async`` does, but with our row factory, for which it has no argument in legacy mode."""
        session = self.session
        timeout = options.timeout
        if timeout is NOT_SET:
            timeout = session.default_timeout if profile is None else profile.request_timeout
        if profile is None and self._owned and type(self.cluster.default_retry_policy) is RetryPolicy:
            statement.retry_policy = _POLICY
        sent = session._create_response_future(  # noqa: SLF001 - there is no public way past session.row_factory
            statement, None, options.trace, None, timeout, profile or EXEC_PROFILE_DEFAULT, state
        )
        sent.row_factory = tuple_factory
        sent._protocol_handler = ProtocolHandler  # noqa: SLF001 - others give no tuples (NumpyProtocolHandler)
        session._on_request(sent)  # noqa: SLF001 - request listeners hear of it as of any other
        sent.send_request()
        return cast(ResponseFuture, sent)

    def _profile(self, name: str | None) -> ExecutionProfile | None:
        """Return our copy of an execution profile; None for a cluster with legacy options, which has none."""
        if self.cluster._config_mode == _ConfigMode.LEGACY:  # noqa: SLF001 - it may become so at any time
            if name is not None:
                raise ConnectionException(
                    f"Connection {self.name!r} has no execution profile {name!r}: its cluster or session was given "
                    "legacy options (load_balancing_policy, default_retry_policy, row_factory, default_timeout, ...), "
                    "which exclude profiles."
                )
            return None
        profile = self._profiles.get(name)
        return self._copy_profile(name) if profile is None else profile

    def _copy_profile(self, name: str | None) -> ExecutionProfile:
        try:
            original = self.session.get_execution_profile(EXEC_PROFILE_DEFAULT if name is None else name)
        except ValueError as error:
            raise ConnectionException(f"Connection {self.name!r}: {error}") from error
        policy = original.retry_policy
        if self._owned and type(policy) is RetryPolicy:  # the driver's default, which is nobody's choice
            policy = _POLICY
        profile: ExecutionProfile = self.session.execution_profile_clone_update(
            original, row_factory=tuple_factory, retry_policy=policy
        )
        self._profiles[name] = profile
        return profile

    def _coordinator(self, host: object) -> str:
        """Return a node as ``host:port``; to ask it each time would cost a tenth of what a request costs us."""
        known = self._coordinators.get(id(host))
        if known is not None and known[0] is host:
            return known[1]
        name = str(getattr(host, "endpoint", host))
        self._coordinators[id(host)] = host, name
        return name

    def _require_open(self) -> None:
        if self._closed is not None:
            raise ConnectionClosed(f"Connection {self.name!r} {self._closed}; nothing was sent.")

    def _threads(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._preparing is None:
                self._preparing = ThreadPoolExecutor(_PREPARING_THREADS, f"helenus-prepare-{self.name}")
            return self._preparing

    def _drain(self) -> None:
        """Wait until no request is under way, but not for ever."""
        deadline = time.monotonic() + _DRAIN_SECONDS
        while self.under_way and time.monotonic() < deadline:
            time.sleep(_DRAIN_STEP)
