"""Time, passed in: write timestamps that never go back, and a clock that tests can hold and move.

This module must not know what is done with time.
"""

from __future__ import annotations

import secrets
import threading
import time
import uuid

__all__ = ["GREGORIAN_TICKS", "Clock"]

GREGORIAN_TICKS = 0x01B21DD213814000
"""From 1582-10-15, where version 1 UUIDs begin, to 1970, in units of 100 ns."""


class Clock:
    """The engine's clock: the system's, or one that stands still until it is moved."""

    def __init__(self) -> None:
        """Follow the system's clock."""
        self._lock = threading.Lock()
        self._last = 0
        self._frozen: int | None = None
        self._ahead = 0
        # Clock sequence and node of timeuuids: variant bits, and the multicast bit that says it is no network card.
        self._node = 0x8000 << 48 | secrets.randbits(62) | 1 << 40

    def micros(self) -> int:
        """Return the time in microseconds since 1970."""
        if self._frozen is not None:
            return self._frozen
        return time.time_ns() // 1000 + self._ahead

    def seconds(self) -> int:
        """Return the time in whole seconds since 1970, by which TTLs count."""
        return self.micros() // 1_000_000

    def timestamp(self) -> int:
        """Return a write timestamp, greater than every one before, in microseconds since 1970."""
        with self._lock:
            self._last = max(self._last + 1, self.micros())
            return self._last

    def freeze(self, micros: int | None = None) -> None:
        """Stand still.

        Args:
            micros: where, in microseconds since 1970; None for now.
        """
        self._frozen = self.micros() if micros is None else micros

    def thaw(self) -> None:
        """Go on from where the clock stands."""
        if self._frozen is not None:
            self._ahead = self._frozen - time.time_ns() // 1000
            self._frozen = None

    def advance(self, seconds: float) -> None:
        """Move the clock, whether it stands or goes.

        Args:
            seconds: by how much; may be negative.
        """
        micros = round(seconds * 1_000_000)
        if self._frozen is not None:
            self._frozen += micros
        else:
            self._ahead += micros

    def timeuuid(self) -> uuid.UUID:
        """Return a version 1 UUID of now, greater than every one before."""
        ticks = self.timestamp() * 10 + GREGORIAN_TICKS
        high = (ticks >> 48 & 0x0FFF) | 0x1000
        number = (ticks & 0xFFFFFFFF) << 96 | (ticks >> 32 & 0xFFFF) << 80 | high << 64 | self._node
        return uuid.UUID(int=number)
