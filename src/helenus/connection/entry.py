"""One named connection: where it leads, and the driver that goes there once it is connected.

Knows neither the registry nor a driver package: the adapter is loaded by name when it is needed.
"""

from __future__ import annotations

import importlib
import logging
import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from enum import Enum
from typing import cast

from helenus.connection.drivers.base import Driver, NativeCluster, NativeSession, SessionDriver
from helenus.connection.drivers.lazy import LazyDriver
from helenus.connection.options import Opening, opening
from helenus.errors import ClusterUnreachable, ConnectionClosed

__all__ = ["DEFAULT_CONNECTION", "Connection", "DefaultConnection"]

log = logging.getLogger("helenus.connection")

_ADAPTER = "helenus.connection.drivers.scylla"


class DefaultConnection(Enum):
    """Stands for whichever connection is the default one; prints as its name, never as an address in memory."""

    DEFAULT_CONNECTION = "DEFAULT_CONNECTION"

    def __repr__(self) -> str:
        """Print as the name that users import."""
        return "DEFAULT_CONNECTION"


DEFAULT_CONNECTION = DefaultConnection.DEFAULT_CONNECTION


class Connection:
    """A named connection.

    Args:
        name: its name in the registry.
        hosts: contact points.
        consistency: default consistency level, by the driver's number; None is the session's.
        lazy_connect: connect at the first use.
        retry_connect: connect again at a later use when connecting has failed.
        cluster_options: keyword arguments for the driver's ``Cluster``; never printed.

    Raises:
        ConnectionException: for options that cannot work.
        TLSConfigurationError: when the TLS options would not check the server.
    """

    def __init__(  # noqa: PLR0917 - cqlengine's signature
        self,
        name: str,
        hosts: Iterable[object],
        consistency: int | None = None,
        lazy_connect: bool = False,
        retry_connect: bool = False,
        cluster_options: Mapping[str, object] | None = None,
    ) -> None:
        """Describe a connection; nothing is opened."""
        self.name = name
        self.hosts = list(hosts)
        self.consistency = consistency
        self.lazy_connect = lazy_connect
        self.retry_connect = retry_connect
        self.cluster_options = dict(cluster_options or {})
        self.lazy_connect_lock = threading.RLock()
        self._opening: Opening | None = opening(name, self.hosts, self.cluster_options)
        self._reset()

    def _reset(self) -> None:
        self.cluster: NativeCluster | None = None
        self.session: NativeSession | None = None
        self._driver: SessionDriver | None = None
        self._lazy: Driver = LazyDriver(self._connect, self._connect_later)
        self._attempt: Future[Driver] | None = None
        self._failure: BaseException | None = None
        self._closed: str | None = None

    @classmethod
    def from_session(cls, name: str, session: NativeSession) -> Connection:
        """Describe a connection that uses a session of the caller's, which is neither changed nor ever shut down.

        Args:
            name: its name in the registry.
            session: a connected session of the driver's.
        """
        driver = cast(SessionDriver, importlib.import_module(_ADAPTER).adopt(name, session))
        return cls.from_driver(name, driver, hosts=session.cluster.contact_points or ())

    @classmethod
    def from_driver(cls, name: str, driver: SessionDriver, hosts: Iterable[object] = ()) -> Connection:
        """Describe a connection that is connected already.

        Args:
            name: its name in the registry.
            driver: what sends its requests.
            hosts: contact points, for messages.
        """
        entry = cls.__new__(cls)
        entry.name = name
        entry.hosts = list(hosts)
        entry.consistency = None
        entry.lazy_connect = entry.retry_connect = False
        entry.cluster_options = {}
        entry.lazy_connect_lock = threading.RLock()
        entry._opening = None  # noqa: SLF001 - its own class
        entry._reset()  # noqa: SLF001 - its own class
        entry._use(driver)  # noqa: SLF001 - its own class
        return entry

    @property
    def connected(self) -> bool:
        """Whether a session is there to send requests with."""
        return self._driver is not None

    @property
    def driver(self) -> Driver:
        """What sends requests: when nothing is open yet, it connects at its first request."""
        return self._driver or self._lazy

    def setup(self) -> None:
        """Connect now.

        Raises:
            ClusterUnreachable: when no host answers.
            ConnectionClosed: when the connection was unregistered or replaced.
        """
        self._connect()

    def handle_lazy_connect(self) -> None:
        """Connect if that has not happened yet.

        Raises:
            ClusterUnreachable: when no host answers.
            ConnectionClosed: when the connection was unregistered or replaced.
        """
        if self._driver is None:
            self._connect()

    def close(self, reason: str, *, keep: NativeSession | None = None) -> None:
        """Refuse further requests, and shut down the session if it was opened here.

        Args:
            reason: what happened to the connection, for errors: "was unregistered".
            keep: a session to leave open, because somebody else goes on with it.
        """
        with self.lazy_connect_lock:
            self._closed = reason
            driver, self._driver = self._driver, None
            kept = self.session is not None and self.session is keep
        if driver is not None and not kept:
            driver.close()

    def after_fork_in_child(self) -> None:
        """Give the child locks of its own, and have it connect anew; the parent's session is left alone."""
        self.lazy_connect_lock = threading.RLock()
        driver, closed = self._driver, self._closed
        if driver is not None:
            driver.abandon()
        if self._opening is None:
            closed = closed or (
                "uses a session that the parent process opened, and a session does not survive a fork. In the child, "
                f"open a session and call connection.register_connection({self.name!r}, session=...); or register "
                "hosts instead of a session, then helenus opens one in each process by itself"
            )
        if driver is not None or self._attempt is not None:
            self._reset()
        self._closed = closed

    def _connect(self) -> Driver:
        """Return the driver, connecting if need be; users who come meanwhile share the attempt and its outcome."""
        with self.lazy_connect_lock:
            if self._driver is not None:
                return self._driver
            attempt, mine = self._join()
        if mine:
            self._open(attempt)
        return attempt.result()

    def _connect_later(self) -> Future[Driver]:
        """Connect in a thread of its own, so that an event loop goes on meanwhile."""
        with self.lazy_connect_lock:
            if self._driver is not None:
                done: Future[Driver] = Future()
                done.set_result(self._driver)
                return done
            attempt, mine = self._join()
        if mine:
            name = f"helenus-connect-{self.name}"
            threading.Thread(target=self._open, args=(attempt,), name=name, daemon=True).start()
        return attempt

    def _join(self) -> tuple[Future[Driver], bool]:
        if self._closed is not None:
            raise ConnectionClosed(f"Connection {self.name!r} {self._closed}.")
        if self._attempt is not None:
            return self._attempt, False
        self._refuse_second_attempt()
        self._attempt = Future()
        return self._attempt, True

    def _refuse_second_attempt(self) -> None:
        if self._failure is None or self.lazy_connect or self.retry_connect:
            return
        raise ClusterUnreachable(
            f"Connection {self.name!r} (hosts {_list(self.hosts)}) could not connect when it was registered, and "
            f"retry_connect is False: {self._failure} Register it again, or with retry_connect=True or "
            "lazy_connect=True, which try again at each use."
        ) from self._failure

    def _open(self, attempt: Future[Driver]) -> None:
        try:
            driver = cast(SessionDriver, importlib.import_module(_ADAPTER).connect(self._opening, self.consistency))
        except BaseException as error:  # noqa: BLE001 - handed to everyone who waits for the attempt
            with self.lazy_connect_lock:
                self._attempt, self._failure = None, error if isinstance(error, Exception) else None
            attempt.set_exception(error)
            return
        with self.lazy_connect_lock:
            self._attempt = self._failure = None
            closed = self._closed
            if closed is None:
                self._use(driver)
        if closed is not None:
            driver.close()
            attempt.set_exception(ConnectionClosed(f"Connection {self.name!r} {closed}, while it was connecting."))
            return
        log.debug("Connection %r is connected to %s.", self.name, _list(self.hosts))
        attempt.set_result(driver)

    def _use(self, driver: SessionDriver) -> None:
        self._driver = driver
        self.session, self.cluster = driver.session, driver.cluster

    def __repr__(self) -> str:
        """Print the name, the hosts and the state; options may hold passwords and are left out."""
        state = "closed" if self._closed else "connected" if self.connected else "not connected"
        return f"<Connection {self.name!r} hosts={_list(self.hosts)} {state}>"


def _list(hosts: Iterable[object]) -> str:
    return ", ".join(str(host) for host in hosts) or "the cloud bundle's"
