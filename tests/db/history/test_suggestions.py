"""Looks that are offered as further pictures: only new ones, a few, until accepted, refused or grown old."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from db import Database, DatabaseError, SightingWriter, prune
from db.history.correcting import correct
from db.history.history import History
from db.history.offering import MOST
from db.history.suggestions import Suggestions
from tests.db.history.offered import look, seen
from tests.fakes import unit
from tests.people import at, new_sample

NEW, NEWER = unit(0.7, 0.7), unit(0.7, 0, 0.7)


@pytest.fixture
def ada(fresh_db: Database) -> int:
    return fresh_db.add_samples("Ada", [replace(new_sample(), embedding=unit(1))]).id


def test_new_looks_are_offered_once_and_enrolled_by_nobody(fresh_db: Database, ada: int) -> None:
    seen(fresh_db, ada, look(ada, NEW), look(ada, NEW), look(ada, unit(1, 0.1)), look(ada, NEWER, offered=None))
    (one,) = Suggestions(fresh_db).waiting()
    assert (one.person, one.similarity, one.sighting) == ("Ada", 0.7, 1)
    assert Suggestions(fresh_db).crop(one.id) == b"a face"
    assert fresh_db.person("Ada").samples == 1


def test_a_strangers_looks_are_not_offered(fresh_db: Database, ada: int) -> None:
    seen(fresh_db, None, look(ada, NEW))
    bob = fresh_db.add_samples("Bob", [replace(new_sample(), embedding=unit(0, 0, 0, 1))]).id
    seen(fresh_db, bob, look(ada, NEW))
    assert Suggestions(fresh_db).waiting() == []


def test_accepting_enrols_and_can_be_taken_back(fresh_db: Database, ada: int) -> None:
    seen(fresh_db, ada, look(ada, NEW), look(ada, NEWER))
    suggestions = Suggestions(fresh_db)
    samples = [replace(new_sample(), embedding=one) for one in (NEW, NEWER)]
    assert suggestions.accept("Ada", [1, 2], samples).samples == 3
    assert suggestions.waiting() == []
    decision = History(fresh_db).decisions()[0]
    assert decision.sentence == "2 pictures of Ada accepted."
    History(fresh_db).undo(decision.id)
    assert fresh_db.person("Ada").samples == 1


def test_what_was_refused_is_not_offered_again(fresh_db: Database, ada: int) -> None:
    seen(fresh_db, ada, look(ada, NEW), look(ada, NEWER))
    suggestions = Suggestions(fresh_db)
    suggestions.refuse([1, 2])
    seen(fresh_db, ada, look(ada, NEW))
    assert suggestions.waiting() == []
    for asked in (suggestions.crop, lambda number: suggestions.refuse([number])):
        with pytest.raises(DatabaseError, match="no suggestion 1, or not any more"):
            asked(1)


def test_looks_at_somebody_else_are_not_offered_although_two_sightings_have_become_one(
    fresh_db: Database, ada: int
) -> None:
    with SightingWriter(fresh_db) as writer:
        first, second = writer.open("door", at(0)), writer.open("door", at(1))
        writer.name(second, ada, 0.7)
        writer.explain(second, [look(ada, NEW)])
        writer.name(first, ada, 0.7)
    (sighting,) = fresh_db.sightings()
    assert [one.sighting for one in Suggestions(fresh_db).waiting()] == [sighting.id]
    correct(fresh_db, sighting.id)
    assert Suggestions(fresh_db).waiting() == []


def test_nothing_is_refused_where_one_is_not_there(fresh_db: Database, ada: int) -> None:
    seen(fresh_db, ada, look(ada, NEW))
    with pytest.raises(DatabaseError, match="no suggestion 8, 9,"):
        Suggestions(fresh_db).refuse([1, 8, 9])
    assert len(Suggestions(fresh_db).waiting()) == 1


def test_only_so_many_wait(fresh_db: Database, ada: int) -> None:
    seen(fresh_db, ada, *[look(ada, unit(1, *[0.0] * place, 1)) for place in range(MOST + 5)])
    assert len(Suggestions(fresh_db).waiting()) == MOST


def test_they_go_with_their_person_and_with_time(fresh_db: Database, ada: int) -> None:
    seen(fresh_db, ada, look(ada, NEW))
    prune(fresh_db, datetime.now(UTC) + timedelta(days=31))
    assert Suggestions(fresh_db).waiting() == []
    seen(fresh_db, ada, look(ada, NEW))
    fresh_db.remove("Ada")
    assert Suggestions(fresh_db).waiting() == []


def test_what_was_offered_of_a_wrong_sighting_is_withdrawn(fresh_db: Database, ada: int) -> None:
    seen(fresh_db, ada, look(ada, NEW))
    correct(fresh_db, 1)
    assert Suggestions(fresh_db).waiting() == []
