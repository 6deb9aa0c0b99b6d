"""Wrong names put right: the sighting is another's, and its looks stand against whose it was not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import func, select

from db import Database, DatabaseError, SearchIndex, SightingWriter, prune
from db.history.correcting import correct
from db.history.history import History
from db.schema.history import NegativeRow
from db.schema.tables import EvidenceRow, StayRow
from db.unknowns.unknowns import Unknowns
from models.scores import person_scores
from tests.fakes import unit
from tests.people import DIGEST, at, new_sample
from tests.strangers import keep, new_stay

ADA, BOB = unit(1), unit(0, 1)
LIKE_ADA = unit(0.7, 0.0, 0.7)  # a stranger, who was taken for her


@pytest.fixture
def database(fresh_db: Database) -> Database:
    """Ada and Bob, and a sighting (1) of somebody who was taken for Ada, with the look behind it."""
    fill(fresh_db)
    return fresh_db


def fill(database: Database, crop: bytes | None = None) -> None:
    for name, embedding in (("Ada", ADA), ("Bob", BOB)):
        database.add_samples(name, [replace(new_sample(), embedding=embedding)])
    with SightingWriter(database) as writer:
        writer.name(writer.open("door", at(0)), database.person("Ada").id, 0.7)
    with database.writing() as session:
        session.add(look(LIKE_ADA, crop))


def look(embedding: NDArray[np.float32], crop: bytes | None = None) -> EvidenceRow:
    common = {"eyes": 30.0, "quality": 0.5, "threshold": 0.4, "agreed": 2, "state": "named", "track": 1}
    return EvidenceRow(sighting_id=1, time=at(0), digest=DIGEST, embedding=embedding.tobytes(), crop=crop, **common)


def names(database: Database, face: NDArray[np.float32]) -> list[str]:
    index = SearchIndex(database, DIGEST, person_scores)
    return [match.person.name for match in index.search_namable(face[None])[0]]


def negatives(database: Database) -> int:
    with database.reading() as session:
        return session.scalars(select(func.count(NegativeRow.id))).one()


def test_a_strangers_face_gets_nobodys_name_again_and_others_keep_theirs(database: Database) -> None:
    assert names(database, LIKE_ADA) == ["Ada", "Bob"]
    seen, looks = correct(database, 1)
    assert (seen.person, seen.similarity, looks) == (None, None, 1)
    assert names(database, LIKE_ADA) == []
    assert names(database, unit(0.9, 0, 0.3)) == ["Ada", "Bob"]  # more like her own picture
    assert names(database, BOB) == ["Bob", "Ada"]


def test_the_right_person_may_have_the_name_that_the_wrong_one_lost(database: Database) -> None:
    assert correct(database, 1, "bob")[0].person == "Bob"
    assert names(database, LIKE_ADA) == ["Bob"]


def test_a_watch_takes_notice(database: Database) -> None:
    index = SearchIndex(database, DIGEST, person_scores)
    correct(database, 1)
    assert index.search_namable(LIKE_ADA[None]) == [[]]
    assert len(index.search(LIKE_ADA[None])[0]) == 2  # whom a face is like is still told


def test_a_sighting_without_a_name_can_be_given_one(database: Database) -> None:
    correct(database, 1)
    assert correct(database, 1, "Bob") == (database.sighting(1), 0)
    assert database.sighting(1).person == "Bob"


@pytest.mark.parametrize("mistaken", [None, "Bob"])
def test_a_correction_that_was_wrong_itself_is_corrected_and_no_look_stands_against_the_right_person(
    database: Database, mistaken: str | None
) -> None:
    correct(database, 1, mistaken)
    assert correct(database, 1, "Ada")[0].person == "Ada"
    assert names(database, LIKE_ADA) == ["Ada", "Bob"]
    assert correct(database, 1, None) == (database.sighting(1), 1)  # and once more
    assert names(database, LIKE_ADA) == []
    for decision in History(database).decisions()[:3]:
        History(database).undo(decision.id)
    assert (database.sighting(1).person, negatives(database)) == ("Ada", 0)


def test_whose_a_look_is_may_be_told_later(database: Database) -> None:
    correct(database, 1)
    correct(database, 1, "Bob")
    assert names(database, LIKE_ADA) == ["Bob"]
    correct(database, 1, None)
    assert names(database, LIKE_ADA) == []


def test_whose_a_look_is_may_be_told_by_the_name_of_a_stranger(database: Database) -> None:
    correct(database, 1)
    keep(database, new_stay(LIKE_ADA), first=900)
    with database.writing() as session:
        session.get_one(StayRow, 1).sighting_id = 1
    Unknowns(database).name(1, "Bob", [replace(new_sample(), embedding=unit(0, 1, 0.1))])
    assert database.sighting(1).person == "Bob"
    assert names(database, LIKE_ADA) == ["Bob"]


@pytest.mark.parametrize("right", [None, "Bob"])
def test_it_is_taken_back(database: Database, right: str | None) -> None:
    before = database.sightings()
    correct(database, 1, right)
    decision = History(database).decisions()[0]
    assert decision.sentence == ("Sighting 1 is Bob's, not Ada's." if right else "Sighting 1 is not Ada's.")
    History(database).undo(decision.id)
    assert (database.sightings(), negatives(database)) == (before, 0)
    assert names(database, LIKE_ADA) == ["Ada", "Bob"]


def test_it_is_taken_back_though_a_watch_has_gone_on_with_the_sighting(database: Database) -> None:
    correct(database, 1, "Bob")
    with SightingWriter(database) as writer:
        writer.name(writer.open("door", at(1)), database.person("Bob").id, 0.8)
    assert [(one.person, one.similarity) for one in database.sightings()] == [("Bob", 0.8)]
    History(database).undo(History(database).decisions()[0].id)
    assert [(one.person, one.similarity) for one in database.sightings()] == [("Ada", 0.7)]


REFUSED: dict[str, Callable[[Database], object]] = {
    "There is no sighting 9": lambda database: correct(database, 9),
    "Ada's already": lambda database: correct(database, 1, "Ada"),
    "Nobody called Cleo": lambda database: correct(database, 1, "Cleo"),
    "set aside": lambda database: (database.set_aside("Bob"), correct(database, 1, "Bob")),
    "has no name: say whose": lambda database: (correct(database, 1), correct(database, 1)),
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_what_cannot_be_is_told(database: Database, sentence: str) -> None:
    with pytest.raises(DatabaseError, match=sentence):
        REFUSED[sentence](database)


def test_looks_stand_against_whoever_the_wrong_person_becomes(database: Database) -> None:
    database.add_samples("Ada Two", [replace(new_sample(), embedding=unit(1, 0, 0, 0.1))])
    correct(database, 1)
    database.merge("Ada", "Ada Two")
    assert names(database, LIKE_ADA) == []
    History(database).undo(History(database).decisions()[0].id)
    assert names(database, ADA) == ["Ada", "Ada Two", "Bob"]


def test_looks_of_two_who_turned_out_to_be_one_do_not_count(database: Database) -> None:
    correct(database, 1, "Bob")
    database.merge("Bob", "Ada")
    assert names(database, LIKE_ADA) == ["Ada"]


@pytest.mark.parametrize("erased", ["Ada", "Bob"])
def test_they_go_with_the_wrong_person_and_with_the_right_one(tmp_path: Path, erased: str) -> None:
    with Database.open(tmp_path / "people.db") as database:
        fill(database, crop=b"a face that is Bob's" * 500)
        correct(database, 1, "Bob")
        database.remove(erased)
        assert negatives(database) == 0
        if erased == "Bob":
            assert not any(b"that is Bob's" in file.read_bytes() for file in tmp_path.iterdir())


def test_they_go_with_the_stranger_who_is_forgotten(database: Database) -> None:
    correct(database, 1)
    keep(database, new_stay(LIKE_ADA), first=900)
    with database.writing() as session:
        session.get_one(StayRow, 1).sighting_id = 1
    Unknowns(database).forget(1)
    assert negatives(database) == 0


def test_what_was_kept_of_a_stranger_goes_with_whoever_they_turned_out_to_be(database: Database) -> None:
    keep(database, new_stay(LIKE_ADA), new_stay(LIKE_ADA), new_stay(unit(0, 0, 0, 1)), first=900)
    correct(database, 2, "Bob")
    correct(database, 4, "Bob")
    assert database.remove("Bob").strangers == 2
    assert [(one.id, one.visits) for one in Unknowns(database).everybody()] == [(1, 1)]


def test_they_outlive_their_sighting(database: Database) -> None:
    correct(database, 1)
    prune(database, at(0) + timedelta(days=31))
    assert database.sightings() == []
    assert names(database, LIKE_ADA) == []
