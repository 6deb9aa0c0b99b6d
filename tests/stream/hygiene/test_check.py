"""What is doubtful about the people enrolled: found where it is so, and not elsewhere."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from stream.hygiene.check import Doubt, doubts
from tests.fakes import unit
from tests.people import DIGEST, new_sample

GOOD = [unit(1, 0.3), unit(1, 0, 0.3), unit(1, 0, 0, 0.3)]
OTHERS = [unit(0, 0, 0, 0, 1, 0.3), unit(0, 0, 0, 0, 1, 0, 0.3)]
THRESHOLD = 0.5


@pytest.fixture
def found(fresh_db):
    """What is found of people with such embeddings, whose faces are turned by so many degrees."""

    def check(angle: float = 0.0, **people: Sequence) -> list[Doubt]:
        for name, embeddings in people.items():
            fresh_db.add_samples(name, [replace(new_sample(), embedding=one) for one in embeddings])
        samples = {name: fresh_db.samples(name) for name in people}
        return list(doubts(fresh_db.gallery(DIGEST), samples, THRESHOLD, lambda _: angle))

    return check


def test_nothing_is_said_of_good_pictures(found):
    assert found(Ada=GOOD, Bob=[*OTHERS, unit(0, 0, 0, 0, 1, 0, 0, 0.3)]) == []


def test_a_picture_unlike_the_others_is_named_with_its_similarity(found):
    (doubt,) = found(Ada=[*GOOD, OTHERS[0]])
    assert (doubt.samples, doubt.figure) == ((4,), 0)
    assert "unlike the others (similarity 0.00)" in doubt.problem
    assert "doorman people set-aside 4" in doubt.remedy


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


def test_too_few_pictures(found):
    (doubt,) = found(Ada=GOOD[:1])
    assert (doubt.figure, "has 1 picture," in doubt.problem) == (1, True)


def test_only_pictures_that_are_turned_away(found):
    (doubt,) = found(angle=-40.0, Ada=GOOD)
    assert doubt.figure == 40
    assert "turned away in every picture, by 40 degrees" in doubt.problem


def test_an_empty_gallery(found):
    assert found() == []
