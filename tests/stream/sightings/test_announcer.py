"""What is told of those who are seen, and what is not."""

from datetime import UTC, datetime

import pytest

from db import Person
from db.sightings.reports import Reports
from stream.gallery.identity import Identity
from stream.sightings.announcer import Announcer
from stream.sightings.open_sighting import OpenSighting
from stream.sightings.source_clock import Dates

DATES = Dates(datetime(2026, 1, 1, 12, tzinfo=UTC))
ADA = Identity("named", Person(1, "Ada", None, 3), 0.7)


def sighting(seconds: float) -> OpenSighting:
    return OpenSighting(1, 5, "door", DATES, began=10.0, seen=10.0 + seconds)


@pytest.fixture
def reports() -> Reports:
    return Reports()


def told(reports: Reports) -> list[tuple[str, str | None]]:
    events = [report.given[0] for report in reports.taken]
    return [(event.event, event.name) for event in events]


def test_without_patience_it_is_told_at_once_and_once_that_somebody_came(reports):
    announcer, there = Announcer(reports), sighting(0.0)
    announcer.seen(there)
    announcer.seen(there)
    assert told(reports) == [("entered", None)]


def test_with_patience_a_name_comes_instead(reports):
    announcer, there = Announcer(reports, patience=5.0), sighting(2.0)
    announcer.seen(there)
    there.known = ADA
    announcer.named(there, was_another=False)
    there.seen = 20.0
    announcer.seen(there)
    assert told(reports) == [("named", "Ada")]


def test_whoever_leaves_before_it_was_told_that_they_came_is_told_of_where_they_stayed_for_a_second(reports):
    announcer = Announcer(reports, patience=5.0)
    announcer.left(sighting(0.9))
    assert told(reports) == []
    announcer.left(sighting(1.0))
    assert told(reports) == [("entered", None), ("left", None)]


def test_of_what_was_no_person_nobody_is_told_who_had_not_heard_of_one(reports):
    announcer, unheard, heard = Announcer(reports, patience=5.0), sighting(1.0), sighting(1.0)
    announcer.retracted(unheard)
    assert told(reports) == []
    heard.known = ADA
    announcer.named(heard, was_another=False)
    announcer.retracted(heard)
    assert told(reports)[1:] == [("left", None)]
