"""Reports about tracks become sightings; nothing reported is lost silently."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text

from db import Database, DatabaseError, DatabaseLockedError, Event, SightingWriter
from tests.db.sightings.waiting import locked
from tests.people import at, enrol, picture, untold
from tests.waiting import wait_for


def told(database: Database) -> list[tuple[Any, ...]]:
    """Person, first and last second, best similarity of each sighting."""
    return [
        (
            each.person,
            (each.first_seen - at(0)).total_seconds(),
            (each.last_seen - at(0)).total_seconds(),
            each.similarity,
        )
        for each in database.sightings()
    ]


def test_stranger_is_an_interval_without_name_or_similarity(fresh_db: Database) -> None:
    with SightingWriter(fresh_db) as writer:
        key = writer.open("door", at(0))
        writer.extend(key, at(2), similarity=0.2)
        writer.close(key, at(3))
    assert told(fresh_db) == [(None, 0, 3, None)]


def test_name_holds_from_the_first_moment_with_the_best_similarity(fresh_db: Database) -> None:
    (ada,) = enrol(fresh_db, "Ada")
    with SightingWriter(fresh_db) as writer:
        key = writer.open("door", at(0))
        writer.name(key, ada, np.float32(0.5))  # type: ignore[arg-type]
        writer.extend(key, at(2), 0.75)
        writer.extend(key, at(4), 0.25)
    assert told(fresh_db) == [("Ada", 0, 4, 0.75)]


@pytest.mark.parametrize(
    ("away", "sightings"), [(9.0, [("Ada", 0, 15, 0.5)]), (11.0, [("Ada", 0, 1, 0.5), ("Ada", 12, 17, 0.5)])]
)
def test_coming_back_within_the_absence_is_the_same_sighting(
    fresh_db: Database, away: float, sightings: list[Any]
) -> None:
    (ada,) = enrol(fresh_db, "Ada")
    for start, end in ((0.0, 1.0), (1 + away, 6 + away)):  # by another writer, as after a new start of the program
        with SightingWriter(fresh_db, absence=10) as writer:
            key = writer.open("door", at(start))
            writer.name(key, ada, 0.5)
            writer.close(key, at(end))
    assert told(fresh_db) == sightings


def test_another_camera_is_another_sighting(fresh_db: Database) -> None:
    (ada,) = enrol(fresh_db, "Ada")
    with SightingWriter(fresh_db) as writer:
        for camera in ("door", "hall"):
            writer.name(writer.open(camera, at(0)), ada, 0.5)
    assert len(fresh_db.sightings()) == 2


def test_tracks_of_one_person_share_a_sighting(fresh_db: Database) -> None:
    (ada,) = enrol(fresh_db, "Ada")
    with SightingWriter(fresh_db) as writer:
        first, second = writer.open("door", at(0)), writer.open("door", at(1))
        writer.name(first, ada, 0.5)
        writer.name(second, ada, 0.75)
        writer.close(first, at(5))
        writer.close(second, at(60))
    assert told(fresh_db) == [("Ada", 0, 60, 0.75)]


def test_one_track_can_join_two_sightings(fresh_db: Database) -> None:
    (ada,) = enrol(fresh_db, "Ada")
    with SightingWriter(fresh_db, absence=10) as writer:
        for start in (0, 30):
            key = writer.open("door", at(start))
            writer.name(key, ada, 0.5)
            writer.close(key, at(start + 1))
        between = writer.open("door", at(8))
        writer.extend(between, at(25))
        writer.name(between, ada, 0.5)
    assert told(fresh_db) == [("Ada", 0, 31, 0.5)]


@pytest.mark.parametrize("second", ["Bob", None])
def test_another_name_begins_another_sighting(fresh_db: Database, second: str | None) -> None:
    ada, bob = enrol(fresh_db, "Ada", "Bob")
    with SightingWriter(fresh_db) as writer:
        key = writer.open("door", at(0))
        writer.name(key, ada, 0.5)
        writer.extend(key, at(3), 0.5)
        writer.name(key, bob if second else None, 0.25)
        writer.close(key, at(5))
    assert told(fresh_db) == [("Ada", 0, 3, 0.5), (second, 3, 5, 0.25 if second else None)]


def test_the_erased_stay_erased(fresh_db: Database) -> None:
    (ada,) = enrol(fresh_db, "Ada")
    with SightingWriter(fresh_db, interval=0.01) as writer:
        key = writer.open("door", at(0))
        writer.name(key, ada, 0.5)
        wait_for(fresh_db.sightings)
        fresh_db.remove("Ada")
        writer.extend(key, at(1), 0.5)
        writer.name(writer.open("hall", at(0)), ada, 0.5)
    assert told(fresh_db) == [(None, 0, 0, None)]


def test_whoever_is_named_after_an_erasure_begins_a_sighting_when_last_seen(fresh_db: Database, tmp_path: Path) -> None:
    ada, bob = enrol(fresh_db, "Ada", "Bob")
    path = tmp_path / "bob.jpg"
    events: list[Event] = []
    with SightingWriter(fresh_db, interval=0.01) as writer:
        key = writer.open("door", at(0))
        writer.name(key, ada, 0.9)
        wait_for(lambda: fresh_db.sightings(name="Ada"))
        fresh_db.remove("Ada")
        writer.extend(key, at(2))
        writer.name(key, bob, 0.5, picture(path))
        writer.note(Event(at(2), "door", "named", track=7), key, events.append)
        writer.close(key, at(3))
    assert told(fresh_db) == [("Bob", 2, 3, 0.5)]
    (sighting,) = fresh_db.sightings()
    assert (sighting.camera, sighting.snapshot) == ("door", str(path))
    assert [event.sighting for event in events] == [sighting.id]
    assert path.exists()


def test_stores_while_it_goes_on(fresh_db: Database) -> None:
    with SightingWriter(fresh_db, interval=0.01) as writer:
        writer.open("door", at(0))
        wait_for(fresh_db.sightings)


def test_refuses_moments_without_a_zone(fresh_db: Database) -> None:
    with SightingWriter(fresh_db) as writer, pytest.raises(ValueError, match="no time zone"):
        writer.open("door", at(0).replace(tzinfo=None))


CRASH = """
import os, sys, time
from db import Database, SightingWriter
from tests.people import at
database = Database.open(sys.argv[1])
writer = SightingWriter(database, interval=0.01).__enter__()
key = writer.open("door", at(0))
writer.extend(key, at(5))
while not (found := database.sightings()) or found[0].last_seen != at(5):
    time.sleep(0.01)
os._exit(9)
"""


def test_a_crash_leaves_a_closed_sighting(tmp_path: Path) -> None:
    place = tmp_path / "people.db"
    crashed = subprocess.run([sys.executable, "-c", CRASH, place], cwd=Path(__file__).parents[3])
    assert crashed.returncode == 9
    with Database.open(place) as database:
        assert told(database) == [(None, 0, 5, None)]


def test_waits_for_a_locked_database(filed: Database) -> None:
    with SightingWriter(filed, interval=0.01, patience=1000) as writer:
        with locked(filed):
            key = writer.open("door", at(0))
            time.sleep(0.2)
            writer.extend(key, at(1))
        writer.extend(key, at(2))
    assert told(filed) == [(None, 0, 2, None)]


def test_a_long_lock_is_told_to_the_next_caller_and_nothing_is_lost(filed: Database) -> None:
    with SightingWriter(filed, interval=0.01, patience=0.1) as writer:
        with locked(filed):
            key = writer.open("door", at(0))
            with pytest.raises(DatabaseLockedError, match="locked by another program"):
                wait_for(lambda: writer.extend(key, at(1)))
        wait_for(lambda: accepted(lambda: writer.extend(key, at(2))))  # once the lock is gone
    assert told(filed) == [(None, 0, 2, None)]


def accepted(report: Callable[[], None]) -> bool:
    try:
        report()
    except DatabaseLockedError:
        return False
    return True


def report_somebody(database: Database) -> None:
    with SightingWriter(database, patience=0.2) as writer:
        writer.note(Event(at(0), "door", "camera_lost", reason="No answer. " * 4000), None, untold)


def test_a_lock_that_lasts_to_the_end_is_told(filed: Database) -> None:
    with locked(filed), pytest.raises(DatabaseError, match=r"last 1 report got lost: .* locked"):
        report_somebody(filed)


def test_a_full_disk_is_told(fresh_db: Database) -> None:
    with fresh_db.reading() as session:  # a database in memory has one connection: the limit holds for all
        pages = session.scalar(text("PRAGMA page_count"))
        session.execute(text(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(DatabaseError, match=r"got lost: .* disk is full"):
        report_somebody(fresh_db)


def test_a_mistake_in_the_thread_is_told(fresh_db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.sightings.intervals.Intervals.note", lambda *_: 1 / 0)
    with pytest.raises(DatabaseError, match="ZeroDivisionError"):
        report_somebody(fresh_db)


def test_an_event_is_told_at_once_with_its_sightings_id_which_is_stored_by_then(fresh_db: Database) -> None:
    events: list[Event] = []
    with SightingWriter(fresh_db, interval=1000) as writer:
        writer.note(Event(at(1), "hall", "camera_lost", reason="No answer."), None, events.append)
        key = writer.open("door", at(0))
        writer.note(Event(at(0), "door", "entered", track=7), key, events.append)
        wait_for(lambda: len(events) == 2)
        (sighting,) = fresh_db.sightings()
    assert events == [
        Event(at(1), "hall", "camera_lost", reason="No answer."),
        Event(at(0), "door", "entered", track=7, sighting=sighting.id),
    ]


def test_whoever_is_cut_off_after_an_event_was_seen_until_then(fresh_db: Database) -> None:
    events: list[Event] = []
    with SightingWriter(fresh_db, interval=1000) as writer:
        key = writer.open("door", at(0))
        writer.note(Event(at(3), "door", "named", track=7), key, events.append)
        wait_for(lambda: events)
        assert told(fresh_db) == [(None, 0, 3, None)]


def test_events_wait_for_a_locked_database(filed: Database) -> None:
    events: list[Event] = []
    with SightingWriter(filed, interval=0.01, patience=1000) as writer, locked(filed):
        writer.note(Event(at(0), "door", "camera_back"), None, events.append)
        time.sleep(0.2)
        assert not events
    assert events == filed.events() == [Event(at(0), "door", "camera_back")]


def refuse(_event: Event) -> None:
    raise OSError("no room for events")


def test_whoever_cannot_take_an_event_is_heard_by_the_next_caller(fresh_db: Database) -> None:
    writer = SightingWriter(fresh_db)
    with pytest.raises(OSError, match="no room for events"), writer:
        note_and_go_on(writer)


def note_and_go_on(writer: SightingWriter) -> None:
    writer.note(Event(at(0), "door", "camera_back"), None, refuse)
    wait_for(lambda: writer.open("door", at(0)) is None)  # never: it is interrupted


def test_whoever_cannot_take_the_last_event_is_heard_at_the_end(fresh_db: Database) -> None:
    writer = SightingWriter(fresh_db)
    with pytest.raises(OSError, match="no room for events"), writer:
        writer.note(Event(at(0), "door", "camera_back"), None, refuse)
