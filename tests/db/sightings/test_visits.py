"""Somebody over several cameras is one visit, and when they were seen last."""

from datetime import timedelta

from db import Database, Sighting, SightingWriter
from db.sightings.visits import LastSeen, last_seen, visits
from tests.people import at, enrol


def seen(number: int, person: str | None, camera: str, first: float, last: float) -> Sighting:
    return Sighting(number, person, camera, at(first), at(last), None, None)


def test_one_person_over_several_cameras_is_one_visit_until_the_gap() -> None:
    rows = [
        seen(1, "Ada", "door", 0, 100),
        seen(2, None, "door", 5, 6),
        seen(3, "Bob", "door", 10, 20),
        seen(4, "Ada", "hall", 50, 60),
        seen(5, "Ada", "hall", 200, 210),
        seen(6, "Ada", "door", 511, 520),
    ]
    first, bob, second = visits(rows, timedelta(seconds=300))
    assert (first.person, first.first_seen, first.last_seen) == ("Ada", at(0), at(210))
    assert (first.cameras, first.camera, first.sightings) == (("door", "hall"), "hall", (1, 4, 5))
    assert (bob.person, bob.sightings) == ("Bob", (3,))
    assert (second.person, second.first_seen, second.cameras) == ("Ada", at(511), ("door",))


def test_where_somebody_was_seen_last_is_the_camera_they_left_last() -> None:
    (visit,) = visits([seen(1, "Ada", "door", 0, 100), seen(2, "Ada", "hall", 50, 60)])
    assert visit.camera == "door"


def test_when_somebody_was_seen_last(fresh_db: Database) -> None:
    ada, bob = enrol(fresh_db, "Ada", "Bob")
    with SightingWriter(fresh_db) as writer:
        for camera, person, last in (("door", ada, 10), ("hall", ada, 30), ("hall", None, 50)):
            key = writer.open(camera, at(0))
            writer.name(key, person, 0.7)
            writer.close(key, at(last))
    assert last_seen(fresh_db) == {ada: LastSeen(at(30), "hall")}
    assert bob not in last_seen(fresh_db)
