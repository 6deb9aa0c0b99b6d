"""Whoever a run saw that was killed has left: the next one says so, once, where the database is a file."""

from datetime import datetime

import pytest

from db import Database, prune
from db.events.broken_off import ALIVE
from db.events.telling import Telling
from tests.db.events.runs import VISITS, Run
from tests.people import at, enrol


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


@pytest.mark.parametrize("is_bob", [False, True])
def test_nothing_is_said_of_somebody_who_was_named_by_mistake(fresh_db: Database, is_bob: bool) -> None:
    ada, bob = enrol(fresh_db, "Ada", "Bob")
    person = bob if is_bob else None
    run = Run(fresh_db, 0)
    key = run.sees(0, 7, ada)
    run.writer.name(key, person, 0.8)
    run.note(6, "named", 7, key, person, "The name is another than before.")
    run.note(20, "left", 7, key, person)
    run.looks(20)
    later = Run(fresh_db, 600)
    later.looks(600)
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
