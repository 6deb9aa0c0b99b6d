"""Which looks at those who are there are in memory."""

from stream.evidence.looks import Looks
from tests.fakes import make_face, unit, weighed


def test_the_looks_that_make_the_evidence_are_kept_the_best_first():
    looks, faces = Looks(), [make_face(unit(1), quality) for quality in (0.5, 0.9, 0.2)]
    for face in faces:
        looks.note(weighed(1, face, faces[:2]))
    assert looks.kept == {1: (faces[1], faces[0])}
    looks.note(weighed(1, faces[2], [faces[2]]))  # it turned out to be somebody else
    assert looks.kept == {1: (faces[2],)}


def test_those_who_have_left_are_forgotten_and_what_was_given_stays_as_it_was():
    looks, face = Looks(), make_face(unit(1))
    looks.note(weighed(1, face, [face]))
    before = looks.kept
    looks.keep([2])
    assert looks.kept == {} and before == {1: (face,)}
