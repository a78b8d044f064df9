"""Choose and check the TCP ports of a cluster before its nodes try to bind them.

A node that cannot bind a port says so ten seconds later, in a Java stack trace; we say it at once.
"""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING

from helenus.errors import CassandraLaunchError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

ATTEMPTS = 200


def choose(
    wanted: int, addresses: Sequence[str], taken: Collection[int], owner: Callable[[str, int], str | None]
) -> int:
    """Return the port to use on all addresses: the wanted one, or a free one if 0 is wanted.

    Args:
        wanted: the port, or 0.
        addresses: where it must be free.
        taken: ports that clusters which are just starting have chosen, and do not listen on yet.
        owner: names the cluster of ours that has a port of an address.

    Raises:
        CassandraLaunchError: the wanted port is in use, or an address is not of this machine.
    """
    if wanted:
        for address in addresses:
            _require_free(address, wanted, owner(address, wanted))
        return wanted
    for _ in range(ATTEMPTS):
        port = _free_port(addresses[0])
        if port not in taken and all(is_free(address, port) for address in addresses):
            return port
    msg = f"no port is free on all of {', '.join(addresses)}; give one with port="
    raise CassandraLaunchError(msg)


def choose_storage(addresses: Sequence[str], taken: Collection[int], last: int | None) -> int:
    """Return the port between nodes: the one that the cluster had last, else a free one.

    Not Cassandra's usual 7000: nobody types this port, and starts in different state directories, which know nothing of
    each other, would compete for it. Several nodes remember each other's port in their data, so they must get it back.

    Args:
        addresses: where it must be free.
        taken: as for ``choose``.
        last: the port that the cluster had, None if it is new.

    Raises:
        CassandraLaunchError: several nodes need their last port, and it is in use.
    """
    several = len(addresses) > 1
    reuse = last is not None and (several or (last not in taken and is_free(addresses[0], last)))
    return choose(last if reuse and last is not None else 0, addresses, taken, lambda _address, _port: None)


def is_free(address: str, port: int) -> bool:
    """Tell whether a port can be bound on an address.

    Raises:
        CassandraLaunchError: the address is not one of this machine's.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As Java does: connections that linger after their end are no hindrance.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise CassandraLaunchError(_no_such_address(address)) from error
            return False
    return True


def _free_port(address: str) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError as error:
            raise CassandraLaunchError(_no_such_address(address)) from error
        return int(probe.getsockname()[1])


def _require_free(address: str, port: int, owner: str | None) -> None:
    if is_free(address, port):
        return
    if owner is None:
        whose = "another program; choose another with port=, or port=0 for a free one"
    else:
        whose = f"the cluster {owner!r}; stop it (helenus cassandra stop {owner}), or choose another address or port"
    msg = f"port {port} of {address} is in use by {whose}"
    raise CassandraLaunchError(msg)


def _no_such_address(address: str) -> str:
    return (
        f"{address} is not an address of this machine. Linux has all of 127.0.0.0/8; on macOS add it first: "
        f"sudo ifconfig lo0 alias {address}"
    )
