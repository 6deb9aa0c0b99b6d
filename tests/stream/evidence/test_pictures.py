"""Is a face a picture's?"""

from dataclasses import replace

import numpy as np
import pytest

from stream.evidence.pictures import LEAST, PictureFinder, off_plane
from tests.fakes import make_face, unit

HEAD = np.array([[-0.5, 0, 0], [0.5, 0, 0], [0, 0.55, -0.55], [-0.4, 1.1, 0], [0.4, 1.1, 0]])  # in eye distances
FLAT = HEAD * [1, 1, 0]


def seen(model: np.ndarray, yaw: float, roll: float = 0.0, size: float = 40.0) -> np.ndarray:
    """The five points of a model, turned by degrees, from afar."""
    a, b = np.radians([yaw, roll])
    turned = model @ np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]])
    plane = turned[:, :2] @ np.array([[np.cos(b), np.sin(b)], [-np.sin(b), np.cos(b)]])
    return (size * plane + [200, 150]).astype(np.float32)


def face(points: np.ndarray, embedding=None):
    one = make_face(unit(1) if embedding is None else embedding)
    one.landmarks[:] = points
    return one


def look(
    pictures: PictureFinder, model: np.ndarray, unlike: float = 0.0, count: int = 10, first: float = 0.0
) -> list[bool]:
    rng = np.random.default_rng(0)
    vectors = [unit(1, *(unlike * rng.normal(size=10))) for _ in range(count)]
    turned = [20 * np.sin(i) for i in range(count)]
    return [
        pictures.note(1, first + i, face(seen(model, yaw, yaw / 2), vector))
        for i, (yaw, vector) in enumerate(zip(turned, vectors, strict=True))
    ]


def test_a_plane_that_moves_as_it_likes_is_one_and_a_head_is_none():
    turned = [(yaw, roll) for yaw in (-20, -5, 10, 25) for roll in (-10, 0, 15)]
    assert off_plane([seen(FLAT, *one) for one in turned]) < 1e-6
    assert off_plane([seen(HEAD, *one) for one in turned]) > 0.03


def test_a_flat_face_that_stays_alike_for_seconds_is_a_picture_and_this_is_told_once():
    pictures = PictureFinder()
    told = look(pictures, FLAT)
    assert told.index(True) == LEAST - 1
    assert told.count(True) == 1
    assert pictures.shows(1)


@pytest.mark.parametrize(("model", "unlike"), [(HEAD, 0.0), (FLAT, 0.1)], ids=["turns as a head", "changes"])
def test_whoever_turns_as_a_head_or_changes_is_none(model, unlike):
    pictures = PictureFinder()
    assert not any(look(pictures, model, unlike))
    assert not pictures.shows(1)


def test_looks_of_one_moment_tell_nothing():
    pictures = PictureFinder()
    for i in range(20):
        pictures.note(1, 0.1 * i, face(seen(FLAT, 0)))
    assert not pictures.shows(1)


def test_what_moves_as_a_person_after_all_is_one():
    pictures = PictureFinder()
    look(pictures, FLAT)
    look(pictures, HEAD, unlike=0.2, first=10.0)
    assert not pictures.shows(1)


def test_new_tracks_are_looked_at_more_often_until_it_is_decided():
    pictures = PictureFinder()
    pictures.note(1, 0.0, face(seen(FLAT, 0)))
    assert pictures.undecided(5.0) == {1}
    assert pictures.undecided(15.0) == set()
    pictures.keep([])
    assert pictures.undecided(5.0) == set()


def elsewhere(one):
    return replace(one, box=one.box + np.float32(500))


def test_a_picture_that_is_lost_and_found_at_its_place_is_one_at_once():
    pictures = PictureFinder()
    look(pictures, FLAT)
    pictures.keep([])
    assert pictures.note(2, 500.0, face(seen(FLAT, 10)))
    assert pictures.shows(2)
    pictures.keep([])
    assert pictures.note(3, 900.0, face(seen(FLAT, 10)))


@pytest.mark.parametrize(
    "other",
    [elsewhere(face(seen(FLAT, 10))), face(seen(FLAT, 10), unit(1, 0.5))],
    ids=["at another place", "of another face"],
)
def test_what_is_no_picture_that_was_lost_is_not_taken_for_it(other):
    pictures = PictureFinder()
    look(pictures, FLAT)
    pictures.keep([])
    assert not pictures.note(2, 20.0, other)
    assert not pictures.shows(2)


def test_where_a_picture_was_somebody_may_turn_out_to_be_alive():
    pictures = PictureFinder()
    look(pictures, FLAT)
    pictures.keep([])
    for i in range(20):
        pictures.note(2, 20.0 + i, face(seen(HEAD, 20 * np.sin(i))))
    assert not pictures.shows(2)


def scored(score: float):
    return replace(face(seen(HEAD, 0)), liveness=score)


def test_a_users_network_is_believed_after_some_looks():
    pictures = PictureFinder(live=0.5)
    assert [pictures.note(1, 0.1 * i, scored(score)) for i, score in enumerate((0.1, 0.9, 0.1, 0.1))] == [
        False,
        False,
        True,
        False,
    ]
    for i in range(4):
        pictures.note(1, 1.0 + i, scored(0.9))
    assert not pictures.shows(1)


def test_without_such_a_network_scores_say_nothing():
    pictures = PictureFinder()
    assert not any(pictures.note(1, i, scored(0.0)) for i in range(4))
