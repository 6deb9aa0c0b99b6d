"""Whoever a run saw that was killed has left: the next one says so, once, where the database is a file."""

from datetime import datetime, timedelta

import pytest

from db import Database, Event, SightingWriter, prune
from db.events.audience import Audience
from db.events.broken_off import ALIVE
from db.events.telling import EVERYTHING, Telling
from tests.people import at, enrol

VISITS = Telling(by_visit=True, gap=timedelta(seconds=60))


class Run:
    """A watch of a camera, whose clock stands still; it stores at once what it is told."""

    def __init__(self, database: Database, seconds: float, telling: Telling = EVERYTHING) -> None:
        self.told: list[tuple[str, str | None]] = []
        self.now = at(seconds)
        self.writer = SightingWriter(database, audience=Audience(self.hear, telling=telling), now=lambda: self.now)

    def hear(self, event: Event) -> None:
        self.told.append((event.event, event.name))

    def looks(self, seconds: float) -> None:
        """Time has passed, and what is to be stored is."""
        self.now = at(seconds)
        self.writer._flush()

    def sees(self, seconds: float, track: int = 1, person: int | None = None, until: float | None = None) -> int:
        """Somebody is there, and, if it is known until when, leaves; the key of the sighting."""
        key = self.writer.open("door", at(seconds))
        if person is not None:
            self.writer.name(key, person, 0.7)
        kind = "entered" if person is None else "named"
        self.note(seconds, kind, track, key, person)
        self.writer.extend(key, at(seconds + 5), None)
        if until is not None:
            self.note(until, "left", track, key, person)
            self.writer.close(key, at(until))
        self.looks(seconds + 5)
        return key

    def note(self, seconds: float, kind: str, track: int, key: int, person: int | None) -> None:
        name = None if person is None else "Ada"
        self.writer.note(Event(at(seconds), "door", kind, track, name=name), key, self.hear)  # type: ignore[arg-type]


def left(database: Database) -> list[tuple[datetime, int | None, str | None, str | None]]:
    return [(one.time, one.track, one.name, one.reason) for one in database.events() if one.event == "left"]


def test_the_next_start_says_that_they_left_when_and_where_they_were_seen_last(fresh_db: Database) -> None:
    (ada,) = enrol(fresh_db, "Ada")
    killed = Run(fresh_db, 0)
    killed.sees(0, 7, ada)
    killed.sees(2, 8)
    later = Run(fresh_db, 600)
    later.looks(600)
    broke = "The watch broke off."
    assert left(fresh_db) == [(at(5), 7, "Ada", broke), (at(7), 8, None, broke)]
    assert later.told == [("left", "Ada"), ("left", None)]
    for seconds in (601, 700, 800):
        later.looks(seconds)
    Run(fresh_db, 900).looks(900)
    assert len(left(fresh_db)) == 2, "once"


def test_who_starts_at_once_looks_again_when_it_is_sure_that_the_other_run_is_dead(fresh_db: Database) -> None:
    killed, later = Run(fresh_db, 0), Run(fresh_db, 6)
    killed.sees(0)
    later.looks(6)
    assert later.told == [], "it may live, and see them still"
    later.sees(20)
    later.looks(37)
    assert later.told == [("entered", None), ("left", None)], "whoever is there now has not left"


def test_nothing_is_said_of_those_whose_run_lives_or_has_said_it_or_who_left_long_ago(fresh_db: Database) -> None:
    alive = Run(fresh_db, 0)
    alive.sees(0, 1, until=5)
    alive.sees(100_000)
    later = Run(fresh_db, 100_010)
    later.looks(100_010)
    Run(fresh_db, 300_000).looks(300_000)
    assert len(left(fresh_db)) == 1
    assert later.told == []


@pytest.mark.parametrize(
    ("back", "told"), [(None, [("left", "Ada")]), (30, []), (90, [("left", "Ada"), ("named", "Ada")])]
)
def test_a_visit_ends_after_its_gap_and_goes_on_if_they_are_back(fresh_db: Database, back, told) -> None:
    (ada,) = enrol(fresh_db, "Ada")
    Run(fresh_db, 0, VISITS).sees(0, 1, ada)
    later = Run(fresh_db, 10 + ALIVE.seconds, VISITS)
    later.looks(10 + ALIVE.seconds)
    assert later.told == []
    if back is not None:
        later.looks(back + 10)
        later.sees(back + 20, 2, ada)
    later.looks(120)
    assert later.told == told


def test_only_of_those_is_told_who_are_wished_for_and_of_nobody_who_was_erased(fresh_db: Database) -> None:
    (ada, *_) = enrol(fresh_db, "Ada", "Bob")
    killed = Run(fresh_db, 0)
    killed.sees(0, 1, ada)
    killed.sees(0, 2)
    later = Run(fresh_db, 600, Telling(wanted=frozenset({None})))
    later.looks(600)
    assert later.told == [("left", None)]
    assert len(left(fresh_db)) == 2
    Run(fresh_db, 0).sees(700, 3, ada)
    prune(fresh_db, at(800), days=0)
    Run(fresh_db, 900).looks(900)
    assert left(fresh_db) == []
