"""Evidence is kept with its sighting, bounded, and goes with it."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from db import Database, SightingWriter, prune
from db.evidence.evidence import EvidenceOf
from db.evidence.keeping import LOOKS
from db.evidence.records import Likeness
from db.people.exported import read_export
from tests.evidence import new_look, seen, unnamed
from tests.people import DIGEST, at, embedding, enrol

DAY = 86_400


@pytest.fixture
def people(fresh_db: Database) -> tuple[int, int]:
    ada, bob = enrol(fresh_db, "Ada", "Bob")
    return ada, bob


def test_the_looks_behind_a_name_come_back_in_their_order(fresh_db: Database, people: tuple[int, int]) -> None:
    ada, bob = people
    late, early = new_look(ada, 2, seed=2, crop=b"a face"), new_look(ada, 1, other=bob, state="probable", seed=1)
    sighting = seen(fresh_db, ada, late, early)
    first, second = EvidenceOf(fresh_db).looks(sighting)
    assert (first.time, first.likeness, first.decision) == (at(1), Likeness("Ada", 0.7, "Bob", 0.3), early.decision)
    assert (first.has_crop, second.has_crop, second.quality, second.eyes) == (False, True, 0.8, 40.0)
    digests, vectors = EvidenceOf(fresh_db).embeddings(sighting)
    assert digests == [DIGEST, DIGEST]
    np.testing.assert_array_equal(vectors, [embedding(1), embedding(2)])
    assert EvidenceOf(fresh_db).crops(sighting) == [(second.id, b"a face")]


def test_of_a_stranger_no_look_is_kept_but_what_they_came_to(fresh_db: Database, people: tuple[int, int]) -> None:
    like = Likeness(people[0], 0.4, None, 0.3)
    sighting = seen(fresh_db, None, new_look(), appearance=unnamed("below", 3, likeness=like, threshold=0.5))
    assert EvidenceOf(fresh_db).looks(sighting) == []
    ((whose, appearance),) = EvidenceOf(fresh_db).latest(9)
    assert (whose.id, appearance.reason, appearance.usable, appearance.threshold) == (sighting, "below", 3, 0.5)
    assert appearance.likeness == Likeness("Ada", 0.4, None, 0.3)


def test_those_without_a_name_come_page_by_page_the_latest_first(fresh_db: Database, people: tuple[int, int]) -> None:
    ids = [seen(fresh_db, None, appearance=unnamed("below"), first=100.0 * number) for number in range(4)]
    seen(fresh_db, people[0], appearance=unnamed("named since"), first=900.0)
    found, total = EvidenceOf(fresh_db).unnamed(1, 2)
    assert ([one.id for one, _ in found], total) == ([ids[2], ids[1]], 4)
    found, total = EvidenceOf(fresh_db).unnamed(0, 9, since=at(205), camera="door")
    assert ([one.id for one, _ in found], total) == ([ids[3], ids[2]], 2)


def test_of_each_camera_only_so_many_are_asked_for(fresh_db: Database) -> None:
    cameras = ("door", "hall", "door", "door", "hall")
    ids = [seen(fresh_db, None, appearance=unnamed(""), first=50.0 * n, camera=name) for n, name in enumerate(cameras)]
    assert [one.id for one, _ in EvidenceOf(fresh_db).latest(2)] == [ids[4], ids[3], ids[2], ids[1]]
    assert [one.id for one, _ in EvidenceOf(fresh_db).latest(1, "door")] == [ids[3]]


def test_a_sighting_keeps_those_that_named_it_and_the_best(fresh_db: Database, people: tuple[int, int]) -> None:
    poor = new_look(seconds=0, quality=0.1, state="probable")
    others = [new_look(seconds=1 + i, quality=0.2 + 0.01 * i) for i in range(LOOKS)]
    sighting = seen(fresh_db, people[0], poor, *others)
    kept = EvidenceOf(fresh_db).looks(sighting)
    assert len(kept) == LOOKS
    assert (kept[0].quality, kept[1].quality) == (0.1, pytest.approx(0.21))


def test_sightings_that_become_one_have_one_evidence(fresh_db: Database, people: tuple[int, int]) -> None:
    seen(fresh_db, people[0], new_look(), appearance=unnamed("", 1))
    seen(fresh_db, people[0], new_look(seconds=12), first=12.0)
    (sighting,) = fresh_db.sightings()
    assert [look.time for look in EvidenceOf(fresh_db).looks(sighting.id)] == [at(0), at(12)]
    assert len(EvidenceOf(fresh_db).latest(9)) == 1


def test_it_goes_with_the_person_and_so_does_their_name_in_others(fresh_db: Database, people: tuple[int, int]) -> None:
    ada, bob = people
    of_ada = seen(fresh_db, ada, new_look(ada, other=bob))
    of_bob = seen(fresh_db, bob, new_look(bob), first=100.0)
    fresh_db.remove("Bob")
    assert EvidenceOf(fresh_db).looks(of_bob) == []
    (look,) = EvidenceOf(fresh_db).looks(of_ada)
    assert look.likeness == Likeness("Ada", 0.7, None, 0.3)


def test_people_who_become_one_are_not_next_to_themselves(fresh_db: Database, people: tuple[int, int]) -> None:
    sighting = seen(fresh_db, people[0], new_look(people[0], other=people[1]))
    fresh_db.merge("Bob", into="Ada")
    (look,) = EvidenceOf(fresh_db).looks(sighting)
    assert look.likeness == Likeness("Ada", 0.7, None, None)


def test_somebody_erased_a_moment_ago_is_nobody(fresh_db: Database, people: tuple[int, int]) -> None:
    with SightingWriter(fresh_db) as writer:
        keys = [writer.open("door", at(0)), writer.open("hall", at(0))]
        writer.name(keys[0], people[0], 0.7)
        writer.name(keys[1], people[1], 0.7)
        fresh_db.remove("Bob")
        for key in keys:
            writer.explain(key, [new_look(people[0], other=people[1])])
    (sighting,) = fresh_db.sightings(name="Ada")
    (look,) = EvidenceOf(fresh_db).looks(sighting.id)
    assert look.likeness.other is None
    assert EvidenceOf(fresh_db).counts() == (1, 0)


def test_it_ages_out_with_the_sighting(fresh_db: Database, people: tuple[int, int]) -> None:
    seen(fresh_db, people[0], new_look(crop=b"a face"), appearance=unnamed(""))
    assert EvidenceOf(fresh_db).counts() == (1, 6)
    prune(fresh_db, at(31 * DAY), days=30)
    assert EvidenceOf(fresh_db).counts() == (0, 0)
    assert EvidenceOf(fresh_db).latest(9) == []


@pytest.mark.parametrize(("most", "left"), [(250, 200), (200, 200), (0, 0), (math.inf, 300), (math.nan, 300)])
def test_the_oldest_crops_go_beyond_the_size(
    fresh_db: Database, people: tuple[int, int], most: float, left: int
) -> None:
    for number in range(3):
        seen(fresh_db, people[0], new_look(crop=bytes(100)), first=100.0 * number)
    prune(fresh_db, at(DAY), max_bytes=most)
    assert EvidenceOf(fresh_db).counts() == (3, left)
    assert bool(EvidenceOf(fresh_db).crops(3)) == (left > 0)


def test_it_is_exported_and_comes_back(fresh_db: Database, people: tuple[int, int], tmp_path: Path) -> None:
    seen(fresh_db, people[0], new_look(people[0], other=people[1], crop=b"a face", seed=4))
    folder = fresh_db.export("Ada", tmp_path)
    assert "Bob" not in (folder / "person.json").read_text("utf-8")
    with Database.open("sqlite://") as other:
        other.add_exported(read_export(folder), tmp_path)
        (sighting,) = other.sightings()
        (look,) = EvidenceOf(other).looks(sighting.id)
        assert (look.time, look.likeness) == (at(0), Likeness("Ada", 0.7, None, 0.3))
        assert EvidenceOf(other).crops(sighting.id) == [(look.id, b"a face")]
        np.testing.assert_array_equal(EvidenceOf(other).embeddings(sighting.id)[1], [embedding(4)])
    told = json.loads((folder / "person.json").read_text("utf-8"))
    del told["looks"]
    (folder / "person.json").write_text(json.dumps(told), "utf-8")
    assert read_export(folder).looks == []
