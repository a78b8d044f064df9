"""What a user says about a cluster -> what the driver's ``Cluster`` takes.

Pure: nothing is opened and no driver is loaded here.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from helenus.connection.tls import checked_options
from helenus.errors import ConnectionException

__all__ = ["Opening", "host_list", "opening"]

log = logging.getLogger("helenus.connection")

_NODELAY = (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


@dataclass(frozen=True, slots=True)
class Opening:
    """All that is needed to open a session.

    Args:
        name: the connection, for messages.
        hosts: contact points as the driver takes them; empty with a cloud bundle.
        cluster_options: keyword arguments for ``Cluster``; never printed, they may hold passwords.
        prepared_statements: how many prepared statements are kept for the connection.
        max_in_flight: how many requests of ``send`` may be under way at once; more wait their turn.
    """

    name: str
    hosts: tuple[object, ...]
    cluster_options: Mapping[str, object] = field(repr=False, default_factory=dict)
    prepared_statements: int = 1024
    max_in_flight: int = 1024


def host_list(hosts: str | Iterable[object] | None) -> list[object]:
    """Return contact points as a list.

    Args:
        hosts: a list or tuple of them, or one string, in which commas separate them; None is this machine.
    """
    if hosts is None:
        return ["127.0.0.1"]
    if isinstance(hosts, str):
        return [host for part in hosts.split(",") if (host := part.strip())]
    return list(hosts)


def opening(name: str, hosts: Iterable[object], options: Mapping[str, object]) -> Opening:
    """Check what a user said about a cluster.

    Args:
        name: the connection, for messages.
        hosts: contact points.
        options: keyword arguments for ``Cluster``, and our own ``prepared_statements``, ``max_in_flight`` and
            ``allow_unverified_tls``.

    Raises:
        ConnectionException: for ``username`` or ``password``, or when there is nobody to connect to.
        TLSConfigurationError: when the TLS options would not check the server.
    """
    if "username" in options or "password" in options:
        raise ConnectionException(
            f"Connection {name!r}: username and password are not options of a cluster. "
            "Pass auth_provider=cassandra.auth.PlainTextAuthProvider(username, password)."
        )
    left = checked_options(name, options)
    prepared, in_flight = _size(name, left, "prepared_statements"), _size(name, left, "max_in_flight")
    points = tuple(hosts)
    if left.get("cloud") is not None:
        if points:
            log.warning("Connection %r: hosts are ignored, the cloud bundle names them.", name)
        points = ()
    elif not points:
        raise ConnectionException(
            f"Connection {name!r} has no hosts to connect to. Pass hosts=['127.0.0.1'] or the names of your nodes."
        )
    left["sockopts"] = _without_delay(left.get("sockopts"))
    return Opening(name, points, left, prepared_statements=prepared, max_in_flight=in_flight)


def _size(name: str, options: dict[str, object], key: str) -> int:
    value = options.pop(key, 1024)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ConnectionException(f"Connection {name!r}: {key} must be a whole number above 0, not {value!r}.")
    return value


def _without_delay(sockopts: object) -> list[object]:
    """Add TCP_NODELAY: small requests must not wait for the acknowledgement of earlier ones (RFC 896, RFC 1122)."""
    given: list[object] = list(sockopts) if isinstance(sockopts, Iterable) else []
    if any(isinstance(option, tuple) and option[:2] == _NODELAY[:2] for option in given):
        return given
    return [*given, _NODELAY]
