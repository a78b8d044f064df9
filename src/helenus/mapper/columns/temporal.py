"""Columns of time: timestamp, date, time and duration.

The driver decodes a timestamp to a naive ``datetime`` in UTC and the others to classes of its own (see
``drivertypes``); that is what a model has, as in cqlengine, so none of them has a loader. This module must not know
containers, models or the driver.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, TypeGuard, cast, overload

from helenus.mapper.columns.base import Column
from helenus.mapper.columns.drivertypes import (
    DateValue,
    DurationLike,
    DurationValue,
    TimeValue,
    driver_date,
    driver_time,
)
from helenus.mapper.columns.options import Binder

if TYPE_CHECKING:
    from typing import Self

    from helenus.mapper.model import BaseModel
    from helenus.mapper.usertype import BaseUserType

__all__ = ["Date", "DateTime", "Duration", "Time"]

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - naive ones are UTC, as the driver decodes them
EPOCH_UTC = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)

EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
DATE_CENTRE = 2**31  # a date is an unsigned int with 1970-01-01 in its middle (native protocol v4, section 6)
DATE_OFFSET = DATE_CENTRE - EPOCH_ORDINAL
_DATE_TEXT = re.compile(r"\+?(\d{4})-(\d{1,2})-(\d{1,2})")

DAY = 24 * 3600 * 10**9
_TIME_TEXT = re.compile(r"([01]?\d|2[0-3]):([0-5]?\d):([0-5]?\d)(?:\.(\d{1,9}))?")


def _fits(number: object, bits: int) -> TypeGuard[int]:
    """Whether a value is a whole number of so many bits, signed; booleans are none."""
    return isinstance(number, int) and not isinstance(number, bool) and -1 <= number >> bits - 1 <= 0


class DateTime(Column[datetime]):
    """A ``timestamp``: a point in time, in milliseconds; reading gives a naive ``datetime`` in UTC.

    Takes a datetime (naive ones are UTC, others are converted), a date (its midnight), and a number of seconds since
    1970 UTC. What is below a millisecond is cut off in the database, toward the past also before 1970; cqlengine
    rounds toward 1970 there.
    """

    db_type = "timestamp"

    truncate_microseconds: bool = False
    """Whether ``to_python`` cuts to milliseconds, so that a new instance equals the one that is read back.

    ``DateTime.truncate_microseconds = True`` is the switch for all columns, as in cqlengine; a subclass may set its
    own.
    """

    if TYPE_CHECKING:

        @overload
        def __set__(self, instance: BaseModel | BaseUserType, value: date | float | None) -> None: ...
        @overload
        def __set__(self, instance: object, value: Self) -> None: ...
        def __set__(self, instance: object, value: object) -> None: ...

    def _clean(self, value: object) -> datetime:
        if isinstance(value, datetime):
            return value
        if isinstance(value, date):
            return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - naive is UTC
        if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
            try:
                return EPOCH + timedelta(seconds=float(value))
            except (OverflowError, ValueError):
                raise self.refusal(value, "seconds since 1970", "divide milliseconds by 1000") from None
        raise self.refusal(value, "a datetime", "it is not a datetime object; parse text with datetime.fromisoformat()")

    def _read(self, value: object) -> datetime:
        found = self._clean(value)
        if self.truncate_microseconds:
            return found - timedelta(microseconds=found.microsecond % 1000)
        return found

    def _write(self, value: datetime) -> int:
        try:
            if value.utcoffset() is None:
                return int((value.replace(tzinfo=None) - EPOCH) // MILLISECOND)
            return int((value - EPOCH_UTC) // MILLISECOND)
        except (TypeError, ValueError):
            # pandas.NaT says that it is a datetime.
            raise self.refusal(value, "a datetime", "it is no point in time; use None") from None

    def _fast_binder(self, slow: Binder) -> Binder:
        def bind(value: object) -> object:
            if type(value) is datetime and value.tzinfo is None:
                return (value - EPOCH) // MILLISECOND
            return slow(value)

        return bind


class Date(Column[DateValue]):
    """A ``date``: a day without time of day; reading gives the driver's ``cassandra.util.Date``.

    Takes the driver's Date, a date, a datetime (its date as written), ``"2024-02-29"``, and a number of days since
    1970-01-01. ``to_python`` and ``validate`` return the driver's Date for all of them: a date that was assigned stays
    what it is, equals the driver's, but has another hash.
    """

    db_type = "date"

    if TYPE_CHECKING:

        @overload
        def __set__(self, instance: BaseModel | BaseUserType, value: DateValue | date | str | int | None) -> None: ...
        @overload
        def __set__(self, instance: object, value: Self) -> None: ...
        def __set__(self, instance: object, value: object) -> None: ...

    def _clean(self, value: object) -> DateValue:
        days = self._days(value)
        return cast(DateValue, value) if hasattr(value, "days_from_epoch") else driver_date(days)

    def _read(self, value: object) -> DateValue:
        return self._clean(value)

    def _write(self, value: DateValue) -> int:
        return value.days_from_epoch + DATE_CENTRE

    def _bind(self, value: object) -> object:
        return super()._bind(None) if value is None else self._days(value) + DATE_CENTRE

    def _days(self, value: object) -> int:
        if isinstance(value, date):
            return value.toordinal() - EPOCH_ORDINAL
        days = getattr(value, "days_from_epoch", value)
        if isinstance(days, str):
            days = self._days_of_text(days)
        if _fits(days, 32):
            return days
        advice = "pass a date, text such as '2024-02-29', or days since 1970-01-01 within 32 bits"
        raise self.refusal(value, "a date", advice)

    @staticmethod
    def _days_of_text(text: str) -> int | None:
        found = _DATE_TEXT.fullmatch(text)
        try:
            return date(*map(int, found.groups())).toordinal() - EPOCH_ORDINAL if found else None
        except ValueError:
            return None

    def _fast_binder(self, slow: Binder) -> Binder:
        return lambda value: value.toordinal() + DATE_OFFSET if type(value) is date else slow(value)


class Time(Column[TimeValue]):
    """A ``time``: a time of day in nanoseconds, without zone; reading gives the driver's ``cassandra.util.Time``.

    Takes the driver's Time, a ``datetime.time``, ``"12:30:01.5"``, and a number of nanoseconds since midnight. A time
    with a zone is refused: the database would not keep it.
    """

    db_type = "time"

    if TYPE_CHECKING:

        @overload
        def __set__(self, instance: BaseModel | BaseUserType, value: TimeValue | time | str | int | None) -> None: ...
        @overload
        def __set__(self, instance: object, value: Self) -> None: ...
        def __set__(self, instance: object, value: object) -> None: ...

    def _clean(self, value: object) -> TimeValue:
        nanoseconds = self._nanoseconds(value)
        return cast(TimeValue, value) if hasattr(value, "nanosecond_time") else driver_time(nanoseconds)

    def _read(self, value: object) -> TimeValue:
        return self._clean(value)

    def _write(self, value: TimeValue) -> int:
        return value.nanosecond_time

    def _bind(self, value: object) -> object:
        return super()._bind(None) if value is None else self._nanoseconds(value)

    def _nanoseconds(self, value: object) -> int:
        if isinstance(value, time):
            if value.tzinfo is not None:
                raise self.refusal(value, "a time without zone", "convert it, then drop it: .replace(tzinfo=None)")
            return _nanoseconds_of(value)
        found = getattr(value, "nanosecond_time", value)
        if isinstance(found, str):
            found = self._nanoseconds_of_text(found)
        if _fits(found, 64) and 0 <= found < DAY:
            return found
        raise self.refusal(value, "a time of day", "pass a time, text such as '12:30:01.5', or nanoseconds of the day")

    @staticmethod
    def _nanoseconds_of_text(text: str) -> int | None:
        found = _TIME_TEXT.fullmatch(text)
        if found is None:
            return None
        hours, minutes, seconds, fraction = found.groups(default="")
        return (int(hours) * 3600 + int(minutes) * 60 + int(seconds)) * 10**9 + int(fraction.ljust(9, "0"))

    def _fast_binder(self, slow: Binder) -> Binder:
        def bind(value: object) -> object:
            return _nanoseconds_of(value) if type(value) is time and value.tzinfo is None else slow(value)

        return bind


def _nanoseconds_of(value: time) -> int:
    return (value.hour * 3600 + value.minute * 60 + value.second) * 10**9 + value.microsecond * 1000


class Duration(Column[DurationLike]):
    """A ``duration``: months, days and nanoseconds; reading gives the driver's ``cassandra.util.Duration``.

    Takes any object with these three whole numbers. They must not have different signs, as for the server
    (Cassandra's ``DurationSerializer``). CQL has no durations in sets, map keys and primary keys.
    """

    db_type = "duration"
    _python_type_hashable = False
    _mutable = True  # the driver's has plain attributes

    def _clean(self, value: object) -> DurationLike:
        parts = [getattr(value, name, None) for name in DurationValue._fields]
        if not all(map(_fits, parts, (32, 32, 64))):
            advice = "pass cassandra.util.Duration(months, days, nanoseconds)"
            raise self.refusal(value, "an object with whole months, days and nanoseconds", advice)
        numbers = cast(list[int], parts)
        if min(numbers) < 0 < max(numbers):
            raise self.refusal(value, "months, days and nanoseconds of one sign", "split it or make it one unit")
        return cast(DurationLike, value)

    def _write(self, value: DurationLike) -> DurationValue:
        return DurationValue(int(value.months), int(value.days), int(value.nanoseconds))
