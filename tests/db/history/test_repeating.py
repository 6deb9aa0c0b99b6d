"""A decision that was taken back is made again, as a new one that does the same; but for enrolments."""

from collections.abc import Callable

import pytest

from db import Database, DatabaseError
from db.history.correcting import correct
from db.history.history import History
from db.history.moving import move
from db.history.records import SENTENCES, WITH_PICTURES
from db.history.repeating import REPEAT, repeat
from db.unknowns.unknowns import Unknowns
from tests.db.history.scenes import everything, seen
from tests.fakes import unit
from tests.people import enrol, new_sample
from tests.strangers import keep, new_stay

DECISIONS: dict[str, Callable[[Database, Unknowns], object]] = {
    "Picture 1 of Ada dropped.": lambda database, _: database.drop(1),
    "Pictures 1, 2 of Ada and Bob moved to Cleo.": lambda database, _: move(database, [1, 2], "Cleo"),
    "Ada renamed Zoe.": lambda database, _: database.rename("Ada", "Zoe"),
    "Ada merged into Bob.": lambda database, _: database.merge("Ada", "Bob"),
    "Ada set aside.": lambda database, _: database.set_aside("Ada"),
    "Picture 1 of Ada set aside.": lambda database, _: database.set_aside(1),
    "Dora restored.": lambda database, _: database.set_aside("Dora", aside=False),
    "Picture 4 of Cleo restored.": lambda database, _: database.set_aside(4, aside=False),
    "Unknown 2 merged into unknown 1.": lambda _, unknowns: unknowns.merge(2, 1),
    "Unknown 2 ignored.": lambda _, unknowns: unknowns.ignore(2),
    "Sighting 4 is not Ada's.": lambda database, _: correct(database, 4),
    "Sighting 4 is Bob's, not Ada's.": lambda database, _: correct(database, 4, "Bob"),
    "Sighting 1 is Bob's.": lambda database, _: correct(database, 1, "Bob"),
}


@pytest.fixture
def unknowns(fresh_db: Database) -> Unknowns:
    """Ada, who was seen, Bob, Cleo with two pictures, one set aside, and Dora, set aside; two strangers, one twice."""
    keep(fresh_db, new_stay(unit(1)), new_stay(unit(0, 1)), new_stay(unit(1)))
    ada, *_ = enrol(fresh_db, "Ada", "Bob", "Cleo")
    fresh_db.add_samples("Cleo", [new_sample(4)])
    enrol(fresh_db, "Dora")
    fresh_db.set_aside(4)
    fresh_db.set_aside("Dora")
    seen(fresh_db, ada)
    return Unknowns(fresh_db)


@pytest.mark.parametrize("sentence", DECISIONS)
def test_what_was_taken_back_is_done_again_and_taken_back_like_any_decision(
    fresh_db: Database, history: History, unknowns: Unknowns, sentence: str
) -> None:
    before = everything(fresh_db)
    DECISIONS[sentence](fresh_db, unknowns)
    after = everything(fresh_db)
    first = history.decisions(limit=1)[0]
    history.undo(first.id)
    assert repeat(fresh_db, first.id).id == first.id
    assert everything(fresh_db) == after
    latest = history.decisions(limit=1)[0]
    assert latest.sentence == sentence and latest.id > first.id
    history.undo(latest.id)
    assert everything(fresh_db) == before


def test_visits_are_split_off_again_as_a_group_of_another_number(
    fresh_db: Database, history: History, unknowns: Unknowns
) -> None:
    unknowns.split(1, [3])
    decision = history.undo(history.decisions(limit=1)[0].id)
    repeat(fresh_db, decision.id)
    assert {one.id: one.visits for one in unknowns.everybody()} == {1: 1, 2: 1, 4: 1}
    assert [stay.id for stay in unknowns.stays(4)] == [3]


def test_what_stands_is_not_done_twice(fresh_db: Database, history: History, unknowns: Unknowns) -> None:
    fresh_db.rename("Ada", "Zoe")
    number = history.decisions(limit=1)[0].id
    with pytest.raises(DatabaseError, match=f"Decision {number} was not taken back: there is nothing to do"):
        repeat(fresh_db, number)
    with pytest.raises(DatabaseError, match="There is no decision 99"):
        repeat(fresh_db, 99)


def test_what_has_changed_since_is_told_and_stays(fresh_db: Database, history: History, unknowns: Unknowns) -> None:
    fresh_db.rename("Ada", "Zoe")
    number = history.undo(history.decisions(limit=1)[0].id).id
    fresh_db.rename("Bob", "Zoe")
    before = everything(fresh_db)
    with pytest.raises(DatabaseError, match="Zoe is somebody else"):
        repeat(fresh_db, number)
    assert everything(fresh_db) == before


def test_pictures_that_were_enrolled_are_gone_and_the_way_to_enrol_them_once_more_is_told(
    fresh_db: Database, history: History, unknowns: Unknowns
) -> None:
    fresh_db.add_samples("Ada", [new_sample(5)])
    enrolled = history.undo(history.decisions(limit=1)[0].id)
    unknowns.name(1, "Ada", [new_sample(6)])
    named = history.undo(history.decisions(limit=1)[0].id)
    assert not history.decisions(limit=1)[0].is_repeatable
    with pytest.raises(DatabaseError, match=r"was erased .*enrol them once more.*for Ada"):
        repeat(fresh_db, enrolled.id)
    with pytest.raises(DatabaseError, match=r"was erased .*doorman unknowns name 1 NAME"):
        repeat(fresh_db, named.id)


def test_every_kind_of_decision_can_be_done_again_or_has_pictures() -> None:
    assert REPEAT.keys() == SENTENCES.keys() - WITH_PICTURES
