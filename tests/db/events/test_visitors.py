"""Visits over the cameras of several programs that write into one database."""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from db import Database, Event, SightingWriter, prune
from db.events.audience import Audience
from db.events.telling import Telling, Told
from db.history.history import History
from db.sightings import batches
from db.sightings.course import Course
from db.sightings.intervals import Intervals
from tests.people import at, enrol

VISITS = Telling(by_visit=True, gap=timedelta(seconds=60), shared=True)
MINUTE = Telling(cooldown=timedelta(seconds=60), shared=True)


class Program:
    """Watches a camera, and tells of events.

    Attributes:
        told: of which it has told, with the names.
    """

    def __init__(self, database: Database, camera: str, telling: Telling = VISITS) -> None:
        self.told: list[tuple[str, str, str | None]] = []
        self._database, self._camera = database, camera
        self._course = Course(told=Told(telling))
        self._keys: dict[int, int] = {}

    def sees(self, t: float, event: str, name: str | None = None, track: int = 1) -> None:
        """Something happens to a track, or it is still there."""

        def happen(intervals: Intervals) -> None:
            if track not in self._keys:
                self._keys[track] = len(self._keys)
                intervals.open(track, self._camera, at(t))
            if name is not None and event == "named":
                intervals.name(track, self._database_id(intervals, name), 0.7, None)
            intervals.extend(track, at(t), None)
            if event != "still":
                intervals.note(track, Event(at(t), self._camera, event, track, name=name), self._untold)
            if event == "left":
                intervals.close(track, at(t))
                del self._keys[track]

        self._write(happen)

    def looks(self, t: float) -> None:
        """Nothing happens, and it is seen which visits have ended."""
        self._write(lambda intervals: intervals.events.tell_of_ended(at(t)))

    def _write(self, happen: Callable[[Intervals], None]) -> None:
        with self._database.writing() as session:
            intervals = Intervals(session, self._course.copy(), timedelta(seconds=10), at(0))
            happen(intervals)
            self._course = intervals.course
            self.told += [(event.camera, event.event, event.name) for event, _ in intervals.events.noted()]

    def _database_id(self, intervals: Intervals, name: str) -> int:
        return IDS[name]

    def _untold(self, _: Event) -> None: ...


IDS = {"Ada": 1, "Bob": 2}


@pytest.fixture
def programs(fresh_db: Database) -> tuple[Program, Program]:
    """One at the door, and one in the hall."""
    assert enrol(fresh_db, *IDS) == [*IDS.values()]
    return Program(fresh_db, "door"), Program(fresh_db, "hall")


def test_a_visit_over_the_cameras_of_two_programs_is_told_once_and_its_end_once(programs) -> None:
    door, hall = programs
    door.sees(0, "named", "Ada")
    door.sees(10, "left", "Ada")
    hall.sees(30, "named", "Ada")
    hall.sees(40, "left", "Ada")
    for t in (69, 71, 99):
        door.looks(t), hall.looks(t)
    assert (door.told, hall.told) == ([("door", "named", "Ada")], [])
    door.looks(101), hall.looks(101)
    assert (door.told[1:], hall.told) == ([("hall", "left", "Ada")], []), "by whoever sees it first"
    hall.sees(102, "named", "Ada", track=2)
    assert hall.told == [("hall", "named", "Ada")]


def test_nobody_leaves_as_long_as_another_program_sees_them(programs) -> None:
    door, hall = programs
    door.sees(0, "named", "Ada")
    hall.sees(5, "named", "Ada")
    door.sees(10, "left", "Ada")
    for t in range(20, 200, 10):
        hall.sees(t, "still")
        door.looks(t), hall.looks(t)
    assert (door.told, hall.told) == ([("door", "named", "Ada")], [])
    hall.sees(200, "left", "Ada")
    door.looks(259), door.looks(261)
    assert door.told[1:] == [("hall", "left", "Ada")]


def test_of_whoever_a_program_saw_that_died_it_is_told_once_that_they_left(fresh_db: Database, programs) -> None:
    door, hall = programs
    door.sees(0, "named", "Ada", track=7)
    door.sees(20, "still", track=7)
    hall.looks(79), hall.looks(81), hall.looks(200)
    assert hall.told == [("door", "left", "Ada")]
    (left,) = [event for event in fresh_db.events() if event.event == "left"]
    assert (left.time, left.track, left.sighting, left.reason) == (at(20), 7, 1, "The watch broke off.")
    hall.sees(210, "named", "Ada", track=2)
    assert hall.told[1:] == [("hall", "named", "Ada")], "it is another visit"


def test_whoever_left_one_camera_and_then_was_before_one_whose_program_died_left_that_one(programs) -> None:
    door, hall = programs
    hall.sees(0, "named", "Ada")
    hall.sees(10, "left", "Ada")
    door.sees(30, "named", "Ada")
    door.sees(40, "still")
    hall.looks(101)
    assert hall.told[1:] == [("door", "left", "Ada")]


def test_of_whoever_comes_back_in_time_nobody_tells_that_they_left_though_a_program_died(programs) -> None:
    door, hall = programs
    door.sees(0, "named", "Ada")
    again = Program(door._database, "door")
    again.sees(15, "named", "Ada", track=2)
    for t in range(20, 200, 10):
        again.sees(t, "still", track=2)
        hall.looks(t)
    assert (again.told, hall.told) == ([], [])


def test_of_a_visit_whose_sighting_was_erased_nothing_is_told(fresh_db: Database, programs) -> None:
    door, hall = programs
    door.sees(0, "named", "Ada")
    prune(fresh_db, at(10), days=0)
    assert fresh_db.sightings() == []
    hall.looks(100)
    assert hall.told == []


def test_whoever_came_as_a_stranger_leaves_at_once_unless_another_program_sees_them(programs) -> None:
    door, hall = programs
    door.sees(0, "entered")
    door.sees(2, "named", "Ada")
    door.sees(9, "left", "Ada")
    assert [event for _, event, _ in door.told] == ["entered", "named", "left"]
    door.looks(100)
    assert len(door.told) == 3
    door.sees(200, "entered", track=2)
    door.sees(202, "named", "Ada", track=2)
    hall.sees(203, "named", "Ada")
    door.sees(204, "left", "Ada", track=2)
    hall.sees(206, "left", "Ada")
    hall.looks(267)
    assert hall.told == [("hall", "left", "Ada")], "the visit went on"


def test_who_is_not_wanted_and_who_was_told_of_shortly_before(fresh_db: Database, programs) -> None:
    hall = Program(fresh_db, "hall", Telling(by_visit=True, wanted=frozenset([1]), shared=True))
    hall.sees(0, "named", "Bob")
    assert hall.told == []
    door, hall = (Program(fresh_db, camera, MINUTE) for camera in ("door", "hall"))
    for t, one in ((100, door), (120, hall), (161, hall), (200, door)):
        one.sees(t, "named", "Ada", track=t)
    assert ([t for t, *_ in door.told], [t for t, *_ in hall.told]) == (["door"], ["hall"])


def test_what_is_stored_late_is_not_told_of_whoever_was_told_of_since_nor_again_because_of_it(fresh_db) -> None:
    enrol(fresh_db, "Ada", "Bob")
    door, hall = (Program(fresh_db, camera, MINUTE) for camera in ("door", "hall"))
    door.sees(1000, "named", "Ada")
    hall.sees(0, "named", "Ada")  # by a machine from which the server was away
    door.sees(1030, "named", "Ada", track=2)
    assert (door.told, hall.told) == ([("door", "named", "Ada")], [])


def test_whoever_was_erased_is_no_visitor_and_of_two_who_are_one_the_visit_goes_on(fresh_db, programs) -> None:
    door, hall = programs
    door.sees(0, "named", "Ada")
    hall.sees(0, "named", "Bob")
    fresh_db.merge("Ada", "Bob")
    door.sees(5, "left", "Ada")
    hall.sees(9, "named", "Bob", track=3)
    assert hall.told == [("hall", "named", "Bob")]
    History(fresh_db).undo(History(fresh_db).decisions()[0].id)
    fresh_db.remove("Bob")
    hall.looks(1000)
    assert hall.told == [("hall", "named", "Bob")]


def test_an_end_that_nobody_has_seen_is_told_before_the_next_visit_begins(fresh_db: Database, programs) -> None:
    door, hall = programs
    door.sees(0, "named", "Ada")
    door.sees(1, "left", "Ada")
    hall.sees(200, "named", "Ada")
    assert hall.told == [("door", "left", "Ada"), ("hall", "named", "Ada")]


def test_a_writer_looks_now_and_then_and_leaves_the_visits_to_others_at_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "LOOK", timedelta(seconds=0.01))
    clock, told = [at(0)], []
    with Database.open(tmp_path / "people.db") as database:
        (ada,) = enrol(database, "Ada")

        def writer() -> SightingWriter:
            hear = lambda event: told.append(event.event)  # noqa: E731
            audience = Audience(hear, telling=VISITS)
            return SightingWriter(database, interval=0.01, audience=audience, now=lambda: clock[0])

        def note(one: SightingWriter, key: int, t: float, event: str, track: int) -> None:
            one.note(Event(at(t), "door", event, track, name="Ada"), key, lambda event: told.append(event.event))  # type: ignore[arg-type]

        with writer() as one:
            key = one.open("door", at(0))
            one.name(key, ada, 0.7)
            note(one, key, 0, "named", 1)
            note(one, key, 9, "left", 1)
            one.close(key, at(9))
        assert told == ["named"]
        with writer():  # before whose camera nothing happens
            clock[0] = at(80)
            end = time.monotonic() + 30
            while "left" not in told and time.monotonic() < end:
                time.sleep(0.01)
                clock[0] += timedelta(seconds=1)
        assert told == ["named", "left"]
