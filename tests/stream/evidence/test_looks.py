"""Which looks at those who are there are in memory."""

from stream.evidence.looks import LINGER, Looks
from tests.fakes import make_face, unit, weighed


def test_the_looks_that_make_the_evidence_are_kept_the_best_first():
    looks, faces = Looks(), [make_face(unit(1), quality) for quality in (0.5, 0.9, 0.2)]
    for face in faces:
        looks.note(weighed(1, face, faces[:2]))
    assert looks.kept == {1: (faces[1], faces[0])}
    looks.note(weighed(1, faces[2], [faces[2]]))  # it turned out to be somebody else
    assert looks.kept == {1: (faces[2],)}


def test_those_who_have_left_are_forgotten_a_moment_later_and_what_was_given_stays_as_it_was():
    looks, face = Looks(), make_face(unit(1))
    looks.note(weighed(1, face, [face]))
    looks.keep([1], 5.0)
    before = looks.kept
    looks.keep([2], 5.0 + LINGER)
    assert looks.kept == before
    looks.keep([], 5.1 + LINGER)
    assert looks.kept == {} and before == {1: (face,)}


def test_a_look_that_comes_after_its_track_was_forgotten_goes_at_once():
    looks, face = Looks(), make_face(unit(1))
    looks.note(weighed(1, face, [face]))
    looks.keep([2], 5.0)
    assert looks.kept == {}
