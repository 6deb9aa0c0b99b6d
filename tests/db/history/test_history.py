"""Decisions by hand: each is in the history, and is taken back, unless it has been built upon since."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from db import Database, DatabaseError
from db.history.history import History
from db.history.moving import move
from db.names import clean_name
from db.schema.history import DecisionRow
from db.schema.tables import EvidenceRow, LikenessRow, SightingRow
from db.unknowns.unknowns import Unknowns
from tests.db.history.scenes import everything, seen
from tests.fakes import unit
from tests.people import DIGEST, at, enrol, new_sample
from tests.strangers import keep, new_stay


@pytest.fixture
def unknowns(fresh_db: Database) -> Unknowns:
    """Ada and Bob are enrolled, and two strangers kept; the first came twice."""
    enrol(fresh_db, "Ada", "Bob")
    keep(fresh_db, new_stay(unit(1)), new_stay(unit(0, 1)), new_stay(unit(1)))
    return Unknowns(fresh_db)


DECISIONS: dict[str, Callable[[Database, Unknowns], object]] = {
    "1 picture of Cleo enrolled.": lambda database, _: database.add_samples("Cleo", [new_sample(5)]),
    "2 pictures of Ada enrolled.": lambda database, _: database.add_samples("Ada", [new_sample(5), new_sample(6)]),
    "Picture 1 of Ada dropped.": lambda database, _: database.drop(1),
    "Picture 1 of Ada moved to Bob.": lambda database, _: move(database, [1], "bob"),
    "Pictures 1, 2 of Ada and Bob moved to Cleo.": lambda database, _: move(database, [1, 2], "Cleo"),
    "Ada renamed Cleo.": lambda database, _: database.rename("Ada", "Cleo"),
    "Ada merged into Bob.": lambda database, _: database.merge("Ada", "Bob"),
    "Ada set aside.": lambda database, _: database.set_aside("Ada"),
    "Picture 1 of Ada set aside.": lambda database, _: database.set_aside(1),
    "Unknown 1 named Cleo.": lambda _, unknowns: unknowns.name(1, "Cleo", [new_sample(5)]),
    "Unknown 1 named Ada.": lambda _, unknowns: unknowns.name(1, "Ada", [new_sample(5)]),
    "Unknown 2 merged into unknown 1.": lambda _, unknowns: unknowns.merge(2, 1),
    "Unknown 3 split from unknown 1.": lambda _, unknowns: unknowns.split(1, [1]),
    "Unknown 2 ignored.": lambda _, unknowns: unknowns.ignore(2),
}


@pytest.mark.parametrize("sentence", DECISIONS)
def test_each_decision_is_listed_and_taken_back(
    fresh_db: Database, history: History, unknowns: Unknowns, sentence: str
) -> None:
    seen(fresh_db, fresh_db.person("Ada").id, fresh_db.person("Bob").id)
    before = everything(fresh_db)
    DECISIONS[sentence](fresh_db, unknowns)
    assert everything(fresh_db) != before
    latest = history.decisions(limit=1)[0]
    assert (latest.sentence, latest.undone) == (sentence, None)
    assert history.undo(latest.id).sentence == sentence
    assert everything(fresh_db) == before
    with pytest.raises(DatabaseError, match=r"taken back already|no decision"):
        history.undo(latest.id)


def test_what_was_restored_is_set_aside_again(fresh_db: Database, history: History) -> None:
    enrol(fresh_db, "Ada")
    for who in ("Ada", 1):
        fresh_db.set_aside(who)
        before = everything(fresh_db)
        fresh_db.set_aside(who, aside=False)
        history.undo(history.decisions(limit=1)[0].id)
        assert everything(fresh_db) == before
        fresh_db.set_aside(who, aside=False)


def test_a_decision_and_what_it_does_are_one_transaction(fresh_db: Database, history: History) -> None:
    enrol(fresh_db, "Ada", "Bob")
    before = history.decisions()
    for refused in (
        lambda: fresh_db.rename("Ada", "Bob"),
        lambda: fresh_db.merge("Ada", "Ada"),
        lambda: fresh_db.drop(9),
        lambda: fresh_db.set_aside(9),
        lambda: fresh_db.set_aside("Cleo"),
        lambda: fresh_db.set_aside("Ada", aside=False),
        lambda: fresh_db.set_aside(1, aside=False),
        lambda: history.undo(9),
    ):
        with pytest.raises(DatabaseError) as told:
            refused()
        assert str(told.value).count(". ") == 0
    assert history.decisions() == before


def test_nobody_is_found_by_what_is_set_aside_or_dropped(fresh_db: Database) -> None:
    fresh_db.add_samples("Ada", [new_sample(1), new_sample(2), new_sample(3)])
    enrol(fresh_db, "Bob")
    assert fresh_db.set_aside(1).samples == 2
    assert fresh_db.drop(2).samples == 1
    fresh_db.set_aside("Bob")
    gallery = fresh_db.gallery(DIGEST)
    assert [(person.name, person.samples) for person in gallery.people] == [("Ada", 1)]
    assert len(gallery.embeddings) == 1
    assert [(sample.id, sample.aside) for sample in fresh_db.samples("Ada")] == [(1, True), (3, False)]
    assert [person.name for person in fresh_db.people(aside=True)] == ["Bob"]


def test_who_is_set_aside_keeps_the_name_until_restored(fresh_db: Database) -> None:
    enrol(fresh_db, "Ada", "Bob")
    fresh_db.set_aside("Ada")
    for refused in (
        lambda: fresh_db.add_samples("ada", [new_sample(5)]),
        lambda: fresh_db.merge("Bob", "Ada"),
        lambda: fresh_db.rename("Bob", "Ada"),
    ):
        with pytest.raises(DatabaseError, match=r"is set aside|is somebody else"):
            refused()


def test_a_name_that_is_the_same_is_no_decision(fresh_db: Database, history: History) -> None:
    enrol(fresh_db, "Ada")
    with pytest.raises(DatabaseError, match="Ada is the name already: there is nothing to do"):
        fresh_db.rename("ada", " Ada ")
    assert [decision.what for decision in history.decisions()] == ["enrol"]


def test_what_was_built_upon_is_refused_until_that_is_taken_back(fresh_db: Database, history: History) -> None:
    enrol(fresh_db, "Ada", "Bob")
    fresh_db.rename("Ada", "Cleo")
    fresh_db.merge("Cleo", "Bob")
    with pytest.raises(DatabaseError, match=r"“Cleo merged into Bob\.”.* first with `doorman people undo 4`"):
        history.undo(3)
    with pytest.raises(DatabaseError, match="undo 3`"):
        history.undo(1)
    history.undo(4)
    history.undo(3)
    assert [person.name for person in fresh_db.people()] == ["Ada", "Bob"]


def test_a_name_that_is_taken_by_now_is_told(fresh_db: Database, history: History) -> None:
    enrol(fresh_db, "Ada", "Bob")
    fresh_db.merge("Ada", "Bob")
    enrol(fresh_db, "Ada")
    before = everything(fresh_db)
    with pytest.raises(DatabaseError, match="Ada is somebody else by now"):
        history.undo(3)
    assert everything(fresh_db) == before
    fresh_db.rename("Ada", "Ada Two")
    history.undo(3)
    assert [person.name for person in fresh_db.people()] == ["Ada", "Ada Two", "Bob"]


def test_an_enrolment_that_is_taken_back_leaves_what_was_enrolled_since(fresh_db: Database, history: History) -> None:
    enrol(fresh_db, "Ada")
    fresh_db.add_samples("Ada", [new_sample(5)])
    history.undo(1)
    assert [sample.source for sample in fresh_db.samples("Ada")] == ["5.jpg"]


def test_who_goes_with_their_enrolment_leaves_no_trace(fresh_db: Database, history: History) -> None:
    (ada,) = enrol(fresh_db, "Ada")
    seen(fresh_db, ada)
    history.undo(1)
    assert (fresh_db.people(), history.decisions()) == ([], [])
    assert [(one.person, one.similarity) for one in fresh_db.sightings()] == [(None, None)]


def test_likenesses_and_evidence_come_back_with_a_merge(fresh_db: Database, history: History) -> None:
    ada, bob = enrol(fresh_db, "Ada", "Bob")
    seen(fresh_db, ada)
    common = {
        "eyes": 30.0,
        "quality": 0.5,
        "threshold": 0.4,
        "agreed": 2,
        "state": "named",
        "digest": DIGEST,
        "track": 1,
    }
    with fresh_db.writing() as session:
        session.add(LikenessRow(sample_id=2, person_id=ada))
        session.add(EvidenceRow(sighting_id=1, time=at(0), person_id=ada, other_id=bob, embedding=b"", **common))

    def state() -> object:
        with fresh_db.reading() as session:
            likeness = [(row.sample_id, row.person_id) for row in session.scalars(select(LikenessRow))]
            row = session.scalars(select(EvidenceRow)).one()
            return likeness, row.person_id, row.other_id

    before = state()
    fresh_db.merge("Ada", "Bob")
    assert state() == ([], bob, None)
    history.undo(3)
    assert state() == before


def test_who_joined_a_group_since_it_was_split_off_goes_back_too(history: History, fresh_db: Database) -> None:
    keep(fresh_db, new_stay(unit(1)), new_stay(unit(1)))
    unknowns = Unknowns(fresh_db)
    new = unknowns.split(1, [2]).id
    keep(fresh_db, new_stay(unit(1)), first=900, place=lambda *_: new)
    history.undo(history.decisions()[0].id)
    assert [(one.id, one.visits) for one in unknowns.everybody()] == [(1, 3)]


def test_a_named_group_is_hidden_and_no_stranger_joins_it(unknowns: Unknowns, fresh_db: Database) -> None:
    unknowns.name(1, "Cleo", [new_sample(5)])
    keep(fresh_db, new_stay(unit(1)), first=900, place=lambda *_: 1)
    assert sorted((one.id, one.visits) for one in unknowns.everybody()) == [(2, 1), (3, 1)]
    assert unknowns.counts()[:2] == (2, 2)
    for asked in (unknowns.stays, unknowns.ignore, unknowns.forget):
        with pytest.raises(DatabaseError, match="no unknown 1, or not any more"):
            asked(1)


def test_what_a_decision_needs_may_have_gone(unknowns: Unknowns, history: History, fresh_db: Database) -> None:
    unknowns.merge(2, 1)
    merged = history.decisions()[0].id
    unknowns.forget(1)
    with pytest.raises(DatabaseError, match="cannot be taken back any more"):
        history.undo(merged)
    assert unknowns.everybody() == []


def test_a_merge_of_many_sightings_is_taken_back(fresh_db: Database, history: History) -> None:
    ada, _ = enrol(fresh_db, "Ada", "Bob")
    with fresh_db.writing() as session:
        session.add_all(SightingRow(person_id=ada, camera="", first_seen=at(0), last_seen=at(0)) for _ in range(1200))
    fresh_db.merge("Ada", "Bob")
    history.undo(3)
    assert fresh_db.count_sightings(name="Ada") == 1200


@pytest.mark.parametrize(("before", "after"), [("Zo\u200be", "Ada"), ("Ada", "Zo\u200be"), ("Z\u2060oe", "Zo\u200be")])
def test_a_renaming_of_before_names_were_rid_of_what_is_not_seen_is_taken_back(
    fresh_db: Database, history: History, before: str, after: str
) -> None:
    enrol(fresh_db, before)
    fresh_db.rename(before, "Somebody")
    fresh_db.rename("Somebody", after)
    with fresh_db.writing() as session:  # as versions before migration 0015 have written it
        decision = session.get_one(DecisionRow, 3)
        (change,) = decision.changes
        names = {"before": before, "after": after}
        decision.changes = [
            {**change, **{when: {"name": name, "key": name.casefold()} for when, name in names.items()}}
        ]
    history.undo(3)
    assert [person.name for person in fresh_db.people()] == [clean_name(before)]
