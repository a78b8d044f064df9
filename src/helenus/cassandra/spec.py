"""What a caller asks for: a cluster of one or more local nodes, as checked, frozen values.

It does not know how nodes are started, nor where their files are.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from helenus.errors import CassandraLaunchError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DEFAULT_VERSION = "5.0.6"
OLDEST_VERSION = (4, 1)
NEWEST_VERSION = (5, 0)
MAX_NODES = 16
SMALLEST_HEAP_MB = 192

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_VERSION = re.compile(r"(\d+)\.(\d+)(\.\d+)?(-[0-9A-Za-z.-]+)?", re.ASCII)
_HEAP = re.compile(r"(\d+)([MGmg])", re.ASCII)
_LOOPBACK = ipaddress.ip_network("127.0.0.0/8")


@dataclass(frozen=True, slots=True, kw_only=True)
class TLS:
    """How a cluster's nodes encrypt client connections: a PEM certificate and key, or a keystore.

    Args:
        certificate: PEM file with the nodes' certificate chain, the node's own certificate first.
        key: PEM file with its private key: PKCS#8, or the older "RSA PRIVATE KEY" / "EC PRIVATE KEY".
        key_password: the password of an encrypted PKCS#8 key.
        keystore: a PKCS12 or JKS file, instead of ``certificate`` and ``key``.
        keystore_password: its password.
        client_ca: PEM file with the authorities of client certificates; when given, clients must show one.
    """

    certificate: str | Path | None = None
    key: str | Path | None = None
    key_password: str | None = field(default=None, repr=False)
    keystore: str | Path | None = None
    keystore_password: str | None = field(default=None, repr=False)
    client_ca: str | Path | None = None

    def __post_init__(self) -> None:
        """Refuse half a key pair, and PEM files beside a keystore."""
        pem = (self.certificate is not None, self.key is not None)
        if self.keystore is None and not all(pem):
            msg = "TLS needs both certificate= and key= (PEM files), or keystore= and keystore_password="
            raise CassandraLaunchError(msg)
        if self.keystore is not None and (any(pem) or self.keystore_password is None or self.client_ca is not None):
            msg = (
                "TLS with keystore= needs keystore_password= and takes neither certificate=, key= nor client_ca= "
                "(those are PEM files); give one kind or the other"
            )
            raise CassandraLaunchError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterSpec:
    """One cluster that should run.

    Args:
        name: its name among the clusters of this state directory, and its ``cluster_name``.
        address: the loopback address (127.0.0.0/8) of its first node; further nodes take the next addresses.
        nodes: how many nodes.
        version: the Cassandra release, 4.1 to 5.0.
        heap: each node's heap, such as ``"384M"`` or ``"1G"``.
        port: the native transport port of every node; 0 chooses a free one.
        authentication: ask for user name and password, at first ``cassandra`` and ``cassandra``, and check permissions.
        tls: encrypt client connections, and only accept encrypted ones.
        settings: further keys of cassandra.yaml; they win over what the launcher writes.
        jvm_options: further options of the JVM; they win over the launcher's, because they come last.
        disposable: its data is removed when it stops.
    """

    name: str = "local"
    address: str = "127.0.0.1"
    nodes: int = 1
    version: str = DEFAULT_VERSION
    heap: str = "384M"
    port: int = 9042
    authentication: bool = False
    tls: TLS | None = None
    settings: Mapping[str, object] = field(default_factory=dict)
    jvm_options: tuple[str, ...] = ()
    disposable: bool = False

    def __post_init__(self) -> None:
        """Check each field, so that a typing error is not found by a JVM ten seconds later."""
        check_name(self.name)
        _check_version(self.version)
        _check_heap(self.heap)
        if not 1 <= self.nodes <= MAX_NODES:
            msg = f"cluster {self.name!r}: nodes={self.nodes!r}, expected 1 to {MAX_NODES}"
            raise CassandraLaunchError(msg)
        if not 0 <= self.port <= 65535:
            msg = f"cluster {self.name!r}: port={self.port!r}, expected 1 to 65535, or 0 for a free one"
            raise CassandraLaunchError(msg)
        _check_addresses(self)

    @property
    def addresses(self) -> tuple[str, ...]:
        """The address of each node."""
        first = ipaddress.IPv4Address(self.address)
        return tuple(str(first + index) for index in range(self.nodes))


def is_name(name: str) -> bool:
    """Tell whether a text can be a cluster's name, and so a folder's."""
    return _NAME.fullmatch(name) is not None


def check_name(name: str) -> None:
    """Refuse a cluster name that could not be a folder's name.

    Raises:
        CassandraLaunchError: it's not 1 to 64 letters, digits, dots, dashes or underscores, or does not begin with a
            letter or digit.
    """
    if not is_name(name):
        msg = (
            f"cluster name {name!r}: expected 1 to 64 letters, digits, '.', '-' or '_', beginning with a letter or a "
            "digit, because it is also a folder's name"
        )
        raise CassandraLaunchError(msg)


def heap_megabytes(heap: str) -> int:
    """Return a heap size such as ``"1G"`` in MB; 0 if it is not one."""
    match = _HEAP.fullmatch(heap)
    return int(match[1]) * (1024 if match[2] in "Gg" else 1) if match else 0


def _numbers(version: str) -> tuple[int, int]:
    match = _VERSION.fullmatch(version)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def _check_version(version: str) -> None:
    if not OLDEST_VERSION <= _numbers(version) <= NEWEST_VERSION:
        msg = (
            f"Cassandra version {version!r}: expected a release from 4.1 to 5.0, such as {DEFAULT_VERSION!r}; "
            "other lines have another configuration or need another Java"
        )
        raise CassandraLaunchError(msg)


def _check_heap(heap: str) -> None:
    if heap_megabytes(heap) < SMALLEST_HEAP_MB:
        msg = f"heap {heap!r}: expected a number and M or G, at least {SMALLEST_HEAP_MB}M, such as '384M'"
        raise CassandraLaunchError(msg)


def _check_addresses(spec: ClusterSpec) -> None:
    """Nodes without a password must not be reachable from elsewhere: only loopback addresses."""
    try:
        first = ipaddress.IPv4Address(spec.address)
        inside = first in _LOOPBACK and first + (spec.nodes - 1) in _LOOPBACK
    except ipaddress.AddressValueError:
        inside = False
    if not inside:
        msg = (
            f"cluster {spec.name!r}: address {spec.address!r} for {spec.nodes} node(s), expected loopback addresses in "
            "127.0.0.0/8, such as '127.0.0.1'; these nodes are for development and tests, never for a network"
        )
        raise CassandraLaunchError(msg)
