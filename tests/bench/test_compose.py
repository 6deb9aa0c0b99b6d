"""Composed clips: the truth is where the faces are, whoever covers them, and the same seed gives the same clip."""

import itertools

import numpy as np
import pytest

from tests.bench.compose import HEIGHT, WIDTH, Appearance, Seen, gt_row, plan, render
from tests.bench.heads import Head

FACE = np.array([40.0, 30.0, 120.0, 130.0])  # in a picture of 160 x 160 pixels


def head(name: str = "ada", grey: int = 255) -> Head:
    """A dark picture with a bright rectangle for a face."""
    picture = np.zeros((160, 160, 3), np.uint8)
    picture[30:130, 40:120] = grey
    return Head(name, 25.0, [picture] * 4, np.tile(FACE, (4, 1)), [])


def standing(x: float, y: float, scale: float = 1.0, grey: int = 255) -> Appearance:
    return Appearance(head(grey=grey), 0.0, 1.0, scale, lambda t: np.array([x, y]))


def first_frame(*appearances: Appearance):
    return next(render(appearances, 1.0, np.random.default_rng(0)))


def test_the_truth_is_where_the_face_is_in_the_frame():
    image, (seen,) = first_frame(standing(600.0, 300.0, scale=0.75))
    assert seen.box == pytest.approx([570.0, 262.5, 630.0, 337.5])
    assert seen.visible == pytest.approx(1.0, abs=0.02)
    assert image[280:320, 575:625].min() > 200
    assert image[280:320, 561:568].max() < 60  # beside the face, but within the head
    assert image[280:320, 632:639].max() < 60


def test_a_larger_head_covers_the_smaller_one_behind_it():
    _, (behind, before) = first_frame(standing(640.0, 300.0, scale=1.0), standing(600.0, 300.0, scale=0.5))
    assert (behind.track, before.track) == (2, 1)  # from behind to the front
    assert behind.visible < 0.2
    assert before.visible == pytest.approx(1.0, abs=0.02)


def test_a_face_that_leaves_is_cut_off_with_its_box():
    _, (seen,) = first_frame(standing(float(WIDTH), HEIGHT / 2))
    assert seen.box == pytest.approx([WIDTH - 40.0, HEIGHT / 2 - 50.0, WIDTH, HEIGHT / 2 + 50.0])
    assert seen.visible == pytest.approx(0.5, abs=0.02)


def test_who_is_not_there_is_not_seen():
    _, seen = first_frame(Appearance(head(), 0.5, 1.0, 1.0, lambda t: np.array([600.0, 300.0])))
    assert seen == []


def test_nobody_is_in_two_places_at_once():
    appearances = plan([head(str(number)) for number in range(17)], 60.0, np.random.default_rng(1))
    assert len(appearances) > 17
    for one, other in itertools.combinations(appearances, 2):
        assert one.head is not other.head or one.end < other.start or other.end < one.start


def test_people_come_from_outside_and_leave():
    for each in plan([head(str(number)) for number in range(6)], 20.0, np.random.default_rng(2)):
        for t in (each.start, each.end):
            assert not 0 <= each.centre(t)[0] <= WIDTH


def test_the_same_seed_gives_the_same_clip():
    def clip(seed: int):
        random = np.random.default_rng(seed)
        return list(render(plan([head()], 2.0, random), 0.2, random))

    assert all(np.array_equal(one, other) for (one, _), (other, _) in zip(clip(3), clip(3), strict=True))
    assert not np.array_equal(clip(3)[0][0], clip(4)[0][0])


def test_a_row_of_the_truth_counts_only_what_can_be_seen():
    box = np.array([10.0, 20.0, 40.5, 60.0])
    assert gt_row(0, Seen(7, box, 0.8)) == "1,7,10.00,20.00,30.50,40.00,1,1,0.800"
    assert gt_row(4, Seen(7, box, 0.3)) == "5,7,10.00,20.00,30.50,40.00,0,1,0.300"
