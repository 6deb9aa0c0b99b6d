"""Who came today."""

from datetime import UTC, datetime, timedelta
from weakref import WeakSet

import pytest
from sqlalchemy import event

from db import Database, SightingWriter, UnknownPersonError
from db.schema.tables import SightingRow
from db.sightings import sightings
from stream.service.visits import Visits
from tests.people import enrol

NOON = datetime(2026, 11, 24, 12).astimezone()  # of the machine's zone, which says which day it is


@pytest.fixture
def visits(fresh_db: Database) -> Visits:
    """Ada yesterday and this morning, and a moment ago; Bob an hour ago; a stranger."""
    ada, bob = enrol(fresh_db, "Ada", "Bob")
    with SightingWriter(fresh_db) as writer:
        for person, hours in ((ada, 24), (ada, 3), (ada, 0.01), (bob, 1), (None, 2)):
            moment = NOON.astimezone(UTC) - timedelta(hours=hours)
            key = writer.open("door", moment)
            writer.name(key, person, 0.7)
            writer.close(key, moment + timedelta(seconds=20))
    return Visits(fresh_db)


def test_who_came_today_and_who_is_still_here(visits: Visits):
    day = visits.today(NOON)
    assert [visit.person for visit in day.visits] == ["Ada", "Bob", "Ada"]
    assert (day.here, day.strangers) == ([False, False, True], 1)


def test_visits_come_by_pages_the_latest_first(visits: Visits):
    page = visits.visits(limit=2)
    assert ([visit.person for visit in page.items], page.total) == (["Ada", "Bob"], 4)
    assert visits.visits(name="bob").total == 1
    assert (visits.visits(camera="door").total, visits.visits(camera="garden").total) == (4, 0)
    with pytest.raises(UnknownPersonError):
        visits.visits(name="Eve")


def test_many_sightings_are_not_in_memory_at_once(visits: Visits, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sightings, "AT_ONCE", 1)
    rows, most = WeakSet[SightingRow](), 0

    def note(row: SightingRow, _: object) -> None:
        nonlocal most
        rows.add(row)
        most = max(most, len(rows))

    event.listen(SightingRow, "load", note)
    try:
        assert visits.visits().total == 4
    finally:
        event.remove(SightingRow, "load", note)
    assert 0 < most < 4
