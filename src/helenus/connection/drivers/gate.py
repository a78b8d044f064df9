"""At most so many requests under way at once; more wait their turn without blocking anyone.

A connection has a limited number of stream ids. When they run out, the driver's ``execute_async`` blocks its caller for
up to two seconds (``HostConnection.borrow_connection``), which would stall an event loop. This module does not know the
driver.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

__all__ = ["Gate"]


class Gate:
    """A counter and a queue; first come, first served."""

    def __init__(self, limit: int) -> None:
        """Start with nothing under way.

        Args:
            limit: how many may be under way at once.
        """
        self._free = limit
        self._lock = threading.Lock()
        self._waiting: deque[Callable[[], bool]] = deque()

    def enter(self, start: Callable[[], bool]) -> None:
        """Call ``start`` now or when its turn comes, on the thread of whoever leaves.

        Args:
            start: begins the work and returns True if it is under way, in which case :meth:`leave` must be called when
                it ends; False if there is nothing to wait for. It must not raise.
        """
        with self._lock:
            if not self._free:
                self._waiting.append(start)
                return
            self._free -= 1
        if not start():
            self.leave()

    def leave(self) -> None:
        """Give the place of finished work to the next in the queue."""
        while True:
            with self._lock:
                if not self._waiting:
                    self._free += 1
                    return
                start = self._waiting.popleft()
            if start():
                return
