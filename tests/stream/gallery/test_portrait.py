"""Whose picture it is, of the faces that it shows."""

import pytest

from models.errors import PictureError
from stream.gallery.portrait import only_face
from tests.fakes import make_face, unit

LARGE, MIDDLE, SMALL = (0, 0, 100, 100), (100, 0, 170, 70), (100, 0, 150, 50)
HIDDEN = "eyes, nose and mouth hidden"


def test_one_face_is_that_one():
    face = make_face(unit(1), box=LARGE)
    assert only_face([face]) == (face, None)


def test_a_face_that_clearly_dominates_is_it_and_the_others_are_background():
    large, small = make_face(unit(1), box=LARGE), make_face(unit(0, 1), box=SMALL)
    assert only_face([large, small]) == (large, None)


def test_two_faces_that_could_be_enrolled_are_too_many():
    faces = [make_face(unit(1), box=LARGE), make_face(unit(0, 1), box=MIDDLE)]
    with pytest.raises(PictureError, match=r"several faces \(2\): cut out"):
        only_face(faces)


def test_a_face_that_nobody_could_be_enrolled_by_does_not_matter_but_which_it_is_is_said():
    large, hidden = make_face(unit(1), box=LARGE), make_face(None, refused=HIDDEN, box=MIDDLE)
    assert only_face([large, hidden]) == (large, "of 2 faces the one of 100 px at 50, 50")


def test_a_larger_pattern_that_is_no_face_gives_way_to_a_surer_face():
    pattern, face = make_face(None, refused=HIDDEN, box=LARGE, score=0.5), make_face(unit(1), box=MIDDLE, score=0.8)
    assert only_face([pattern, face]) == (face, "of 2 faces the one of 70 px at 135, 35")


def test_somebody_who_has_turned_away_is_not_enrolled_by_whoever_stands_behind():
    turned, behind = make_face(None, refused="turned away", box=LARGE), make_face(unit(1), box=MIDDLE, score=0.6)
    with pytest.raises(PictureError, match="turned away"):
        only_face([turned, behind])


def test_no_face_is_told():
    with pytest.raises(PictureError, match="no face found"):
        only_face([])
