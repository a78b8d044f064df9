"""A table's records in a sorted list, for tables that the engine computes: the system tables.

It is filled once and only read. This module must not know what a record says.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from helenus.engine.storage.base import PARTITION, Place, Record, Span

__all__ = ["MemoryStore"]


class MemoryStore:
    """Records that do not change.

    Args:
        records: in any order; no two at the same place.
    """

    def __init__(self, records: Iterable[Record]) -> None:
        """Sort the records."""
        self._records = sorted(records)
        self._places = [record[:3] for record in self._records]

    def get(self, place: Place) -> bytes | None:
        """Return the record at a place, or None."""
        at = bisect_left(self._places, tuple(place))
        found = at < len(self._places) and self._places[at] == tuple(place)
        return self._records[at].data if found else None

    def rows(self, token: int, key: bytes, span: Span, *, reverse: bool = False) -> Iterator[Record]:
        """Yield the records of a partition's rows."""
        first = bisect_left(self._places, (token, key, max(span.low, b"\x00")))
        last = bisect_left(self._places, (token, key + b"\x00", PARTITION))
        if span.high is not None:
            last = bisect_left(self._places, (token, key, span.high))
        found = self._records[first:last]
        return reversed(found) if reverse else iter(found)

    def scan(self, low: int, high: int, after: Place | None = None) -> Iterator[Record]:
        """Yield the records of all partitions."""
        first = bisect_left(self._places, (low, b"", b""))
        if after is not None:
            first = max(first, bisect_right(self._places, tuple(after)))
        last = bisect_left(self._places, (high + 1, b"", b""))
        return iter(self._records[first:last])

    def put(self, place: Place, data: bytes) -> None:
        """Refuse: nothing is written here."""
        raise TypeError(f"A computed table keeps nothing ({place}, {len(data)} bytes)")

    def remove(self, place: Place) -> None:
        """Refuse: nothing is written here."""
        raise TypeError(f"A computed table keeps nothing ({place})")
