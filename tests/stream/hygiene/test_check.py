"""What is doubtful about the people enrolled: found where it is so, and not elsewhere."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from db.people.numbered import numbered
from stream.gallery.calibration.threshold import Thresholds
from stream.hygiene.check import Doubt, doubts
from stream.hygiene.misplaced import misplaced
from tests.fakes import unit
from tests.people import DIGEST, new_sample

GOOD = [unit(1, 0.3), unit(1, 0, 0.3), unit(1, 0, 0, 0.3)]
OTHERS = [unit(0, 0, 0, 0, 1, 0.3), unit(0, 0, 0, 0, 1, 0, 0.3)]
THRESHOLDS = Thresholds(named=0.5, sure=0.8, unlike=0.25)


@pytest.fixture
def found(fresh_db):
    """What is found of people with such embeddings, whose faces are turned by so many degrees."""

    def check(angle: float = 0.0, **people: Sequence) -> list[Doubt]:
        for name, embeddings in people.items():
            fresh_db.add_samples(name, [replace(new_sample(), embedding=one) for one in embeddings])
        return list(doubts(*numbered(fresh_db, DIGEST), THRESHOLDS, lambda _: angle))

    return check


def test_nothing_is_said_of_good_pictures(found):
    assert found(Ada=GOOD, Bob=[*OTHERS, unit(0, 0, 0, 0, 1, 0, 0, 0.3)]) == []


def test_a_picture_unlike_the_others_is_named_with_its_similarity(found):
    (doubt,) = found(Ada=[*GOOD, OTHERS[0]])
    assert (doubt.samples, doubt.figure) == ((4,), 0)
    assert "unlike the others (similarity 0.00)" in doubt.problem
    assert "doorman people set-aside 4" in doubt.remedy


def test_a_picture_is_not_more_unlike_the_others_because_many_people_are_enrolled(fresh_db):
    embeddings = [*GOOD, unit(0.4, 0, 0, 0, 0.9)]
    fresh_db.add_samples("Ada", [replace(new_sample(), embedding=one) for one in embeddings])
    many = Thresholds(named=0.9, sure=0.95, unlike=0.25)
    assert list(doubts(*numbered(fresh_db, DIGEST), many, lambda _: 0.0)) == []


def test_a_picture_of_somebody_else_who_is_enrolled_is_told_as_theirs_and_does_not_make_one_person_of_two(found):
    bobs = [unit(0, 0, 0, 0, 1), *OTHERS]
    (doubt,) = found(Ada=[*GOOD, unit(0.4, 0, 0, 0, 1)], Bob=bobs)
    assert (doubt.about, doubt.samples) == (("Ada", "Bob"), (4,))
    assert "picture 4 of Ada looks like Bob (similarity 0.90), not like the others (similarity 0.36)" in doubt.problem
    assert 'doorman people move 4 --to "Bob"' in doubt.remedy


def test_somebody_elses_pictures_are_told_one_by_one_and_the_rest_is_checked_without_them(found):
    doubts = found(Ada=[OTHERS[0], *GOOD[:2], OTHERS[1]], Bob=[unit(0, 0, 0, 0, 1, 0, 0, 0.3)])
    assert [doubt.samples for doubt in doubts if "looks like Bob" in doubt.problem] == [(1,), (4,)]
    assert [doubt.problem for doubt in doubts if "Ada has 2 pictures" in doubt.problem]
    assert not [doubt for doubt in doubts if "one person" in doubt.problem]


def test_somebody_of_whom_no_picture_is_their_own(found):
    bobs, cleos = ([unit(*[0] * axis, 1, 0.1 * number) for number in range(3)] for axis in (4, 6))
    doubts = found(Bob=bobs, Cleo=cleos, Dora=[unit(0, 0, 0, 0, 1, 0, 0, 0, 0.3), unit(0, 0, 0, 0, 0, 0, 1, 0, 0, 0.3)])
    assert [doubt.about for doubt in doubts if doubt.about[0] == "Dora"] == [("Dora", "Bob"), ("Dora", "Cleo")]


def test_pictures_that_are_nearly_equal(found):
    (doubt,) = found(Ada=[*GOOD, unit(1, 0.3, 0, 0, 0.01)])
    assert doubt.samples == (1, 4)
    assert doubt.figure > 0.99


def test_two_people_who_look_like_one(found):
    (doubt,) = found(Ada=GOOD, Adda=[unit(1, 0.2, 0.2), unit(1, 0, 0.2, 0.2), unit(1, 0.2, 0, 0.2)])
    assert doubt.about == ("Ada", "Adda")
    assert 'people merge "Ada" "Adda"' in doubt.remedy


def test_one_who_looks_like_two(found):
    (doubt,) = found(Ada=[*GOOD, *OTHERS])
    assert doubt.samples == (4, 5)
    assert "looks like two people" in doubt.problem


def test_one_who_looks_like_two_although_a_pair_of_pictures_is_alike_by_chance(found):
    (doubt,) = found(Ada=[*GOOD, unit(0.4, 0, 0, 0, 1), *OTHERS])
    assert doubt.samples == (4, 5, 6)
    assert "pictures 4, 5, 6 and the other 3 have a similarity of 0.12 only" in doubt.problem


def test_one_who_looks_like_three_and_a_single_picture_of_a_fourth(found):
    thirds = [unit(*[0] * 8, 1, 0.3), unit(*[0] * 8, 1, 0, 0.3)]
    doubts = found(Ada=[*GOOD, *OTHERS, *thirds, unit(*[0] * 12, 1)])
    assert [doubt.samples for doubt in doubts] == [(4, 5), (6, 7), (8,)]


def test_whoever_has_one_picture_should_have_more(found):
    (doubt,) = found(Ada=GOOD[:1])
    assert (doubt.figure, "has 1 picture," in doubt.problem) == (1, True)


def test_only_pictures_that_are_turned_away(found):
    (doubt,) = found(angle=-40.0, Ada=GOOD)
    assert doubt.figure == 40
    assert "turned away in every picture, by 40 degrees" in doubt.problem


def test_of_an_empty_gallery_nothing_is_doubtful(found):
    assert found() == []


def test_one_picture_from_the_front_is_enough_and_the_others_are_not_looked_at(fresh_db):
    looked = []

    def yaw(number: int) -> float | None:
        looked.append(number)
        return {1: None, 2: -50.0, 3: 20.0}[number]

    fresh_db.add_samples("Ada", [replace(new_sample(), embedding=one) for one in [*GOOD, GOOD[0]]])
    told = doubts(*numbered(fresh_db, DIGEST), THRESHOLDS, yaw)
    assert not [one for one in told if "turned away" in one.problem]
    assert looked == [1, 2, 3]


def test_a_large_gallery_is_searched_by_a_shortlist_with_the_same_result(fresh_db, monkeypatch):
    random = np.random.default_rng(0)
    people = {f"P{number}": random.standard_normal(512) for number in range(60)}
    for name, centre in people.items():
        faces = [centre + 0.1 * random.standard_normal(512) for _ in range(3)]
        if name == "P7":
            faces[1] = people["P31"] + 0.1 * random.standard_normal(512)
        samples = [replace(new_sample(), embedding=(one / np.linalg.norm(one)).astype(np.float32)) for one in faces]
        fresh_db.add_samples(name, samples)
    gallery, numbers = numbered(fresh_db, DIGEST)
    (whole,) = misplaced(gallery, THRESHOLDS.named)
    monkeypatch.setattr("db.search.searches.LARGE", 20)
    (short,) = misplaced(gallery, THRESHOLDS.named)
    assert (whole.person.name, whole.other.name, numbers[whole.row]) == ("P7", "P31", 23)
    assert (short.row, short.other.name) == (whole.row, whole.other.name)
    assert [short.own, short.similarity] == pytest.approx([whole.own, whole.similarity])
