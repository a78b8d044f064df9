"""Write timestamps, and places."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta, timezone

import pytest

from helenus.connection.request import NOT_SET
from helenus.errors import ValidationError
from helenus.mapper.state import Next, Origin, microseconds

NOON = datetime(2020, 1, 1, 12, tzinfo=UTC)
INDIA = timezone(timedelta(hours=5, minutes=30))


@pytest.mark.parametrize(
    ("timestamp", "expected"),
    [
        (7, 7),
        (0, 0),
        (-5, -5),
        (NOON, 1_577_880_000_000_000),
        (NOON.replace(microsecond=123_457), 1_577_880_000_123_457),
        (NOON.astimezone(INDIA), 1_577_880_000_000_000),
        (datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), -1),
        (timedelta(seconds=30), 1_577_880_030_000_000),
        (timedelta(days=-1), 1_577_793_600_000_000),
    ],
    ids=str,
)
def test_a_timestamp_is_microseconds_since_1970(timestamp, expected):
    assert microseconds(timestamp, now=NOON) == expected


def test_a_naive_datetime_is_local_time_as_everywhere_in_python():
    naive = datetime(2020, 6, 1, 12, 0, 0, 5)
    assert microseconds(naive) == round(naive.timestamp() * 1_000_000)


def test_a_timedelta_counts_from_now():
    before = datetime.now(UTC)
    found = microseconds(timedelta(0))
    assert microseconds(before) <= found <= microseconds(datetime.now(UTC))


@pytest.mark.parametrize("junk", ["2020-01-01", 1.5, True, None, NOON.date()], ids=repr)
def test_other_things_are_no_timestamps(junk):
    with pytest.raises(ValidationError, match=r"a timestamp is an int \(microseconds\), datetime or timedelta, got"):
        microseconds(junk)


def test_marks_begin_empty_and_know_whether_they_are_conditional():
    assert not Next().is_conditional
    assert Next().timeout is NOT_SET
    assert all(
        how.is_conditional for how in (Next(if_exists=True), Next(if_not_exists=True), Next(conditions=(object(),)))
    )


def test_a_place_survives_pickling():
    place = Origin("cluster1", "ks1")
    assert pickle.loads(pickle.dumps(place)) == place  # noqa: S301
