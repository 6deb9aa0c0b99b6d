"""Groups of strangers, as they are kept, asked for and changed by hand."""

from collections.abc import Callable

import pytest

from db import Database, DatabaseError, SightingWriter
from db.unknowns.keeping import PICTURES
from db.unknowns.unknowns import Unknowns
from tests.fakes import unit
from tests.people import DIGEST, at, new_sample
from tests.strangers import keep, new_stay

ONE, LIKE_ONE, OTHER = unit(1), unit(1, 0.5), unit(0, 0, 1)


@pytest.fixture
def unknowns(fresh_db: Database) -> Unknowns:
    """Somebody who came twice, to two cameras, and somebody else between."""
    keep(fresh_db, new_stay(ONE, LIKE_ONE), new_stay(OTHER))
    keep(fresh_db, new_stay(LIKE_ONE), camera="garden", first=300)
    return Unknowns(fresh_db)


def test_a_stay_joins_the_group_that_is_like_it_or_begins_one(unknowns: Unknowns) -> None:
    first, second = unknowns.everybody()
    assert (first.id, first.visits, first.pictures, first.cameras) == (1, 2, 3, ("door", "garden"))
    assert (first.first_seen, first.last_seen) == (at(0), at(310))
    assert (second.id, second.visits, second.cameras) == (2, 1, ("door",))
    assert [stay.sighting for stay in unknowns.stays(1)] == [1, 3]


def test_a_stranger_who_has_a_name_by_now_is_not_kept(fresh_db: Database) -> None:
    ada = fresh_db.add_samples("Ada", [new_sample()])
    with SightingWriter(fresh_db) as writer:
        key = writer.open("door", at(0))
        writer.name(key, ada.id, 0.7)
        writer.keep(key, at(1), new_stay(ONE), lambda *_: None)
    assert Unknowns(fresh_db).everybody() == []


def test_only_so_many_pictures_of_a_group_are_kept_the_best(fresh_db: Database) -> None:
    keep(fresh_db, *[new_stay(*[ONE] * 5) for _ in range(12)])
    unknowns = Unknowns(fresh_db)
    (group,) = unknowns.everybody()
    assert (group.visits, group.pictures) == (12, PICTURES)
    assert len(unknowns.pictures(group.id)) == PICTURES
    assert {picture.jpeg for picture in unknowns.pictures(group.id)[:24]} == {b"a crop 0", b"a crop 1"}


def test_merging_keeps_the_second_number_and_counts_both(unknowns: Unknowns) -> None:
    merged = unknowns.merge(2, 1)
    assert (merged.id, merged.visits) == (1, 3)
    with pytest.raises(DatabaseError, match="no unknown 2, or not any more"):
        unknowns.stays(2)


def test_what_was_split_stays_apart_also_from_what_the_other_is_merged_into(unknowns: Unknowns) -> None:
    stay = unknowns.stays(1)[1]
    new = unknowns.split(1, [stay.id])
    assert (new.visits, unknowns.unknown(1).visits) == (1, 1)
    assert unknowns.apart() == {(1, new.id)}
    unknowns.merge(1, 2)
    assert unknowns.apart() == {(2, new.id)}
    unknowns.merge(new.id, 2)
    assert unknowns.apart() == set()


def test_an_ignored_group_is_not_listed_and_is_known_as_ignored(unknowns: Unknowns) -> None:
    unknowns.ignore(2)
    assert [one.id for one in unknowns.everybody()] == [1]
    assert unknowns.ignored(DIGEST).owners.tolist() == [2]


def test_forgetting_erases_all_but_the_sightings(unknowns: Unknowns, fresh_db: Database) -> None:
    unknowns.forget(1)
    assert [one.id for one in unknowns.everybody()] == [2]
    assert unknowns.faces(DIGEST).owners.tolist() == [2]
    assert len(fresh_db.sightings()) == 3


def test_naming_makes_a_person_and_names_past_sightings(unknowns: Unknowns, fresh_db: Database) -> None:
    assert unknowns.name(1, "Ada", [new_sample()]).samples == 1
    assert [seen.person for seen in fresh_db.sightings()] == ["Ada", None, "Ada"]
    assert [one.id for one in unknowns.everybody()] == [2]
    unknowns.name(2, "ada", [new_sample(1)])
    assert fresh_db.person("Ada").samples == 2


DECISIONS = [
    lambda unknowns: unknowns.name(7, "Ada", [new_sample()]),
    lambda unknowns: unknowns.name(1, "Ada", []),
    lambda unknowns: unknowns.merge(1, 7),
    lambda unknowns: unknowns.merge(1, 1),
    lambda unknowns: unknowns.split(1, [2]),
    lambda unknowns: unknowns.split(1, [1, 3]),
    lambda unknowns: unknowns.split(1, []),
    lambda unknowns: unknowns.ignore(7),
    lambda unknowns: unknowns.forget(7),
]


@pytest.mark.parametrize("decision", DECISIONS)
def test_what_cannot_be_done_is_told_and_changes_nothing(
    unknowns: Unknowns, fresh_db: Database, decision: Callable[[Unknowns], object]
) -> None:
    before = unknowns.everybody(), fresh_db.people(), fresh_db.generation()
    with pytest.raises(DatabaseError) as told:
        decision(unknowns)
    assert str(told.value).endswith(".")
    assert (unknowns.everybody(), fresh_db.people(), fresh_db.generation()) == before


def test_faces_that_were_loaded_before_grow_by_what_came_since(unknowns: Unknowns, fresh_db: Database) -> None:
    before = unknowns.faces(DIGEST)
    keep(fresh_db, new_stay(OTHER), new_stay(unit(0, 1)), first=600)
    after = unknowns.faces(DIGEST, before)
    assert after.owners.tolist() == unknowns.faces(DIGEST).owners.tolist() == [1, 2, 1, 2, 3]
    assert (after.embeddings == unknowns.faces(DIGEST).embeddings).all()


def test_groups_that_a_tidy_up_found_are_left_alone_when_somebody_has_decided_since(
    unknowns: Unknowns, fresh_db: Database
) -> None:
    generation = unknowns.faces(DIGEST).generation
    unknowns.ignore(2)
    before = fresh_db.generation()
    assert not unknowns.unite([(2, 1)], generation)
    assert fresh_db.generation() == before  # nobody need look at what has not changed
    assert unknowns.unite([(2, 1)], unknowns.faces(DIGEST).generation)
    assert [(one.id, one.visits) for one in unknowns.everybody()] == [(1, 3)]
