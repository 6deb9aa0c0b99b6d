"""The end of a visit that a run held when it was killed is told by the next one, where the database is a file."""

import pytest

from db import Database
from db.events.broken_off import ALIVE, RECENT
from db.events.held import kept
from tests.db.events.runs import VISITS, Run
from tests.people import enrol

GAP = VISITS.gap.total_seconds()


@pytest.fixture
def ada(fresh_db: Database) -> int:
    (ada,) = enrol(fresh_db, "Ada")
    return ada


def ids(database: Database) -> set[int]:
    with database.reading() as session:
        return kept(session)


def test_the_next_run_tells_once_that_they_left(fresh_db: Database, ada: int) -> None:
    killed = Run(fresh_db, 0, VISITS)
    killed.sees(0, 1, ada, until=10)
    assert killed.told == [("named", "Ada")], "they may come back"
    later = Run(fresh_db, 600, VISITS)
    later.looks(600)
    later.looks(700)
    assert later.told == [("left", "Ada")]
    last = Run(fresh_db, 800, VISITS)
    last.looks(800)
    assert last.told == []
    assert ids(fresh_db) == set()


def test_it_is_told_too_where_the_next_run_begins_within_the_gap_and_is_killed_itself(fresh_db, ada) -> None:
    Run(fresh_db, 0, VISITS).sees(0, 1, ada, until=10)
    second = Run(fresh_db, 20, VISITS)
    second.looks(20)
    assert second.told == []
    third = Run(fresh_db, 30, VISITS)
    third.looks(30)
    third.looks(10 + GAP + ALIVE.total_seconds() + 1)
    assert third.told == [("left", "Ada")]


def test_the_visit_goes_on_if_they_are_back_within_the_gap(fresh_db: Database, ada: int) -> None:
    Run(fresh_db, 0, VISITS).sees(0, 1, ada, until=10)
    later = Run(fresh_db, 20, VISITS)
    later.looks(20)
    later.sees(30, 2, ada, until=40)
    assert later.told == []
    later.looks(40 + GAP)
    assert later.told == [("left", "Ada")]
    assert ids(fresh_db) == set()


def test_a_run_that_lives_tells_it_itself_and_nobody_else_does(fresh_db: Database, ada: int) -> None:
    alive, other = Run(fresh_db, 0, VISITS), Run(fresh_db, 15, VISITS)
    alive.sees(0, 1, ada, until=10)
    other.looks(15)
    alive.looks(10 + GAP)
    other.looks(10 + GAP + ALIVE.total_seconds() + 1)
    assert other.told == []
    assert alive.told == [("named", "Ada"), ("left", "Ada")]


def test_whoever_comes_again_after_a_run_that_lives_has_told_that_they_left_is_told_of(fresh_db: Database, ada) -> None:
    alive, other = Run(fresh_db, 0, VISITS), Run(fresh_db, 15, VISITS)
    alive.sees(0, 1, ada, until=10)
    other.looks(15)
    alive.looks(10 + GAP)
    other.sees(10 + GAP + 1, 2, ada)
    assert other.told == [("named", "Ada")], "her visit is another"


def test_a_visit_that_goes_on_before_the_camera_of_another_run_ends_there_alone(fresh_db: Database, ada: int) -> None:
    alive, other = Run(fresh_db, 0, VISITS), Run(fresh_db, 15, VISITS)
    alive.sees(0, 1, ada, until=10)
    other.looks(15)
    other.sees(20, 2, ada, until=40)
    alive.sees(30, 3, until=35)  # a stranger: whatever it stores, it does not take the visit back
    alive.looks(10 + GAP)
    other.looks(40 + GAP)
    assert ("left", "Ada") not in alive.told
    assert other.told == [("left", "Ada")]
    assert ids(fresh_db) == set()


def test_what_is_long_ago_nobody_waits_for(fresh_db: Database, ada: int) -> None:
    Run(fresh_db, 0, VISITS).sees(0, 1, ada, until=10)
    later = Run(fresh_db, 20 + RECENT.total_seconds(), VISITS)
    later.looks(20 + RECENT.total_seconds())
    assert later.told == []
    assert ids(fresh_db) == set()
