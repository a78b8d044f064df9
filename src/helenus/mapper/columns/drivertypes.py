"""The driver's own values for dates, times and durations, by shape, and how to make them.

The driver decodes ``date``, ``time`` and ``duration`` to classes of its ``cassandra.util``, since Python's have less
range or precision, and cqlengine's users get those. The mapper must not import the driver when it is imported itself,
and so the classes are looked up at first use: only values that somebody assigned need them, and whoever assigns them
is about to talk to a cluster.
"""

from __future__ import annotations

import datetime as dt
import importlib
from functools import cache
from typing import NamedTuple, Protocol, cast

__all__ = ["DateValue", "DurationLike", "DurationValue", "TimeValue", "driver_date", "driver_time"]


class DateValue(Protocol):
    """A date as the driver decodes it (``cassandra.util.Date``): any day of 32 bits; equals the ``date`` it is."""

    days_from_epoch: int

    def date(self) -> dt.date:
        """Return Python's date; ValueError outside of the years 1 to 9999."""


class TimeValue(Protocol):
    """A time of day as the driver decodes it (``cassandra.util.Time``): nanoseconds; equals the ``time`` it is."""

    nanosecond_time: int

    def time(self) -> dt.time:
        """Return Python's time, cut to microseconds."""


class DurationLike(Protocol):
    """A duration as the driver decodes it (``cassandra.util.Duration``), or anything with the same three numbers."""

    @property
    def months(self) -> int:
        """Months, 32 bits."""

    @property
    def days(self) -> int:
        """Days, 32 bits."""

    @property
    def nanoseconds(self) -> int:
        """Nanoseconds, 64 bits."""


class DurationValue(NamedTuple):
    """A duration that cannot change: what a Duration column binds, and one of the shapes that it takes.

    Args:
        months: months, 32 bits; all three are either not positive or not negative.
        days: days, 32 bits.
        nanoseconds: nanoseconds, 64 bits.
    """

    months: int = 0
    days: int = 0
    nanoseconds: int = 0


class _Util(Protocol):
    def Date(self, value: int, /) -> DateValue: ...  # noqa: N802 - the driver's class

    def Time(self, value: int, /) -> TimeValue: ...  # noqa: N802 - the driver's class


@cache
def _util() -> _Util:
    return cast(_Util, importlib.import_module("cassandra.util"))


def driver_date(days: int) -> DateValue:
    """Return the driver's date.

    Args:
        days: days since 1970-01-01, negative before.
    """
    return _util().Date(days)


def driver_time(nanoseconds: int) -> TimeValue:
    """Return the driver's time of day.

    Args:
        nanoseconds: nanoseconds since midnight.
    """
    return _util().Time(nanoseconds)
