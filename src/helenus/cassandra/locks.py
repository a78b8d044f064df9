"""A lock between processes, held on a file, that the kernel lets go when its holder dies.

It does not know what the lock protects.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import time
from typing import TYPE_CHECKING

from helenus.errors import CassandraLaunchError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

POLL_SECONDS = 0.05


@contextlib.contextmanager
def file_lock(path: Path, *, timeout: float, on_wait: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold an exclusive lock on ``path`` for the length of the ``with`` block.

    The lock belongs to the open file, so that two threads of one process exclude each other as two processes do.
    The file stays: removing it would let two holders lock two files of the same name.

    Args:
        path: the lock's file; it and its folder are created.
        timeout: seconds to wait for another holder.
        on_wait: called every time the lock is found held by another; what it raises ends the wait.

    Raises:
        CassandraLaunchError: the lock stayed held for ``timeout`` seconds.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _acquire(descriptor, path, timeout, on_wait)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, path: Path, timeout: float, on_wait: Callable[[], None] | None) -> None:
    """Try until the lock is ours; a blocking ``flock`` could not be given up on Ctrl-C in another thread."""
    deadline = time.monotonic() + timeout
    while not _try_lock(descriptor):
        if time.monotonic() >= deadline:
            msg = (
                f"another process has held {path} for {timeout:.0f} s; see which helenus process is still starting or "
                "stopping a cluster, and try again when it is done"
            )
            raise CassandraLaunchError(msg)
        if on_wait is not None:
            on_wait()
        time.sleep(POLL_SECONDS)


def _try_lock(descriptor: int) -> bool:
    """Lock the file if nobody else does."""
    if importlib.util.find_spec("fcntl") is None:
        msg = "real Cassandra nodes need a POSIX system; on Windows run this inside WSL"
        raise CassandraLaunchError(msg)
    import fcntl  # noqa: PLC0415 - absent on Windows, where the check above speaks

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
