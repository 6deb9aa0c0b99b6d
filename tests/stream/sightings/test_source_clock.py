"""When a source shows what it shows."""

from datetime import UTC, datetime, timedelta

import pytest

from stream.sightings.source_clock import SourceClock

START = datetime(2026, 1, 1, 12, tzinfo=UTC)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def test_a_recording_is_dated_from_its_beginning_and_never_in_the_future():
    clock = SourceClock(START, lambda: START + seconds(60), recorded=True)
    assert [clock.dates.moment(t) - START for t in (2.5, 90.0)] == [seconds(2.5), seconds(60)]


@pytest.mark.parametrize("jump", [seconds(-3600), seconds(28800)], ids=["set back", "slept"])
def test_a_live_source_follows_the_clock_where_it_jumps(jump):
    clock = SourceClock(START, lambda: START + seconds(10) + jump)
    clock.follow(10.0)
    assert clock.dates.moment(10.0) == START + seconds(10) + jump


def test_a_delay_of_a_picture_is_no_jump():
    clock = SourceClock(START, lambda: START + seconds(11.5))
    before = clock.dates
    clock.follow(10.0)
    assert clock.dates == before
