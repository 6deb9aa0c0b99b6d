"""Moments as people give them."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from db.moments import meant

NOW = datetime(2026, 10, 26, 12, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


@pytest.fixture(autouse=True)
def zone(request, monkeypatch):
    """One whose clock is set back at three in the night of the 25th of October 2026, unless a test names another."""
    monkeypatch.setenv("TZ", getattr(request, "param", "CET-1CEST,M3.5.0,M10.5.0/3"))
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def utc(day, hour, minute=0):
    return datetime(2026, 10, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-10-25", "20261025", " YESTERDAY "])
def test_a_day_is_meant_whole_also_one_of_25_hours(text):
    assert meant(text, NOW) == (utc(24, 22), utc(25, 23) - MOMENT)


@pytest.mark.parametrize("zone", ["EET-2EEST,M10.4.0/0,M3.5.0/0"], indirect=True)
def test_a_day_that_begins_at_one_takes_nothing_of_the_evening_before():
    assert meant("2026-10-25", NOW) == (utc(24, 22), utc(25, 21) - MOMENT)
    assert meant("2026-10-24", NOW)[1] == utc(24, 22) - MOMENT


def test_today_has_no_end_before_midnight():
    assert meant("today", NOW) == (utc(25, 23), utc(26, 23) - MOMENT)


def test_an_hour_that_comes_twice_is_meant_whole():
    assert meant("2026-10-25 02:00", NOW)[0] == utc(25, 0)
    assert meant("2026-10-25T02:59", NOW)[1] == utc(25, 1, 59)
    assert meant("2026-10-25 03:00", NOW) == (utc(25, 2), utc(25, 2))


def test_an_hour_that_does_not_come_is_the_one_before_or_after():
    assert meant("2026-03-29 02:30", NOW) == tuple(datetime(2026, 3, 29, hour, 30, tzinfo=UTC) for hour in (0, 1))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-10-24 18:30", utc(24, 16, 30)),
        ("2026-10-24T18:30:00+00:00", utc(24, 18, 30)),
        ("2026-10-24 18:30Z", utc(24, 18, 30)),
        ("8:30", utc(26, 7, 30)),
        ("8:30:15", utc(26, 7, 30) + timedelta(seconds=15)),
        ("2h", utc(26, 10)),
        ("1.5 h", utc(26, 10, 30)),
        ("30m", utc(26, 11, 30)),
        ("90s", utc(26, 11, 58) + timedelta(seconds=30)),
        ("3d", utc(23, 12)),
        ("1w", utc(19, 12)),
    ],
)
def test_a_time_is_one_moment(text, moment):
    assert meant(text, NOW) == (moment, moment)


@pytest.mark.parametrize("text", ["", "soon", "h", "2 years", "2026-13-01", "25:00", "-2h", "2026-10-25 02:00 or so"])
def test_anything_else_is_told(text):
    with pytest.raises(ValueError, match="is no time: give a day as 2026-10-25"):
        meant(text, NOW)


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31", "99999999w", "9999-12-31 23:59"])
def test_the_edge_of_the_calendar_is_told(text):
    with pytest.raises(ValueError, match="edge of the calendar"):
        meant(text, NOW)
