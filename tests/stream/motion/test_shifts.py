"""How faces have moved, seen in made-up pictures whose movement is known."""

import cv2
import numpy as np
import pytest

from stream.motion.shifts import FLOOR, Halves, Shift, shifts_of
from tests.stream.motion.scenes import BOX, texture

CENTRE = (332.0, 190.0)


def shift_of(before: np.ndarray, after: np.ndarray, box: np.ndarray) -> Shift | None:
    (seen,) = shifts_of(Halves(before), Halves(after), box[None])
    return seen


def moved(picture: np.ndarray, shift=(0.0, 0.0), growth: float = 1.0) -> np.ndarray:
    """The picture with all in it moved, and grown about the centre of BOX."""
    matrix = cv2.getRotationMatrix2D(CENTRE, 0, growth)
    matrix[:, 2] += shift
    return cv2.warpAffine(picture, matrix, picture.shape[::-1], borderMode=cv2.BORDER_REFLECT)


@pytest.mark.parametrize("shift", [(0.0, 0.0), (2.5, -1.25), (12.0, 9.0), (-20.0, 0.0)])
@pytest.mark.parametrize("growth", [1.0, 1.04, 0.96])
def test_shift_and_growth_are_seen(shift, growth):
    before = texture()
    seen = shift_of(before, moved(before, shift, growth), BOX)
    np.testing.assert_allclose(seen.shift, shift, atol=0.5)
    assert seen.growth == pytest.approx(growth, abs=0.01)
    assert FLOOR <= seen.noise < FLOOR + 0.01


@pytest.mark.parametrize("size", [10.0, 40.0, 200.0])
def test_near_and_far_faces_are_seen_alike(size):
    before = cv2.resize(texture(), None, fx=size / 40, fy=size / 40)
    box = np.array([100.0, 60.0, 140.0, 100.0]) * size / 40
    matrix = np.array([[1, 0, size / 10], [0, 1, -size / 20]])
    seen = shift_of(before, cv2.warpAffine(before, matrix, before.shape[::-1]), box)
    np.testing.assert_allclose(seen.shift / size, (0.1, -0.05), atol=0.01)


def test_a_background_that_moves_otherwise_does_not_carry_the_face_away():
    face, background = texture(1), texture(2)
    inside = np.zeros_like(face)
    cv2.ellipse(inside, (332, 190), (46, 58), 0, 0, 360, 255, -1)
    before = np.where(inside > 0, face, background)
    after = np.where(moved(inside, (3, 2)) > 0, moved(face, (3, 2)), moved(background, (-6, 0)))
    np.testing.assert_allclose(shift_of(before, after, BOX).shift, (3, 2), atol=0.7)


def test_points_that_disagree_are_told_as_noise():
    rng = np.random.default_rng(0)
    before = texture()
    columns, rows = np.meshgrid(np.arange(640, dtype=np.float32), np.arange(360, dtype=np.float32))
    wobble = [cv2.resize(rng.normal(0, 6, (36, 64)).astype(np.float32), (640, 360)) for _ in range(2)]
    seen = shift_of(before, cv2.remap(before, columns + wobble[0], rows + wobble[1], cv2.INTER_LINEAR), BOX)
    assert seen.noise > FLOOR + 0.005


@pytest.mark.parametrize("seed", range(1, 9))
def test_nothing_is_told_where_another_picture_follows(seed):
    assert shift_of(texture(), texture(seed), BOX) is None


def test_nothing_is_told_where_there_is_nothing_to_follow():
    plain = np.full((360, 640), 90, np.uint8)
    assert shift_of(plain, plain, BOX) is None


@pytest.mark.parametrize("box", [(-40, 150, 24, 230), (600, 320, 690, 400), (700, 400, 760, 460), (5, 5, 5, 5)])
def test_boxes_at_the_edge_and_beyond_it_do_no_harm(box):
    before = texture()
    seen = shift_of(before, moved(before, (2, 1)), np.array(box, np.float32))
    assert seen is None or np.abs(seen.shift - (2, 1)).max() < 1


def test_of_several_faces_each_is_seen_as_if_it_were_alone():
    before, boxes = texture(), np.array([BOX, [20.0, 30, 180, 220], [700, 400, 760, 460], [420, 60, 440, 84]])
    after = moved(before, (3, -2), 1.02)
    together = shifts_of(Halves(before), Halves(after), boxes)
    assert [one is None for one in together] == [False, False, True, False]
    for seen, box in zip(together, boxes, strict=True):
        alone = shift_of(before, after, box)
        if seen is not None:
            np.testing.assert_allclose(seen.shift, alone.shift, atol=0.1)  # what lies around them is another
            np.testing.assert_allclose([seen.growth, seen.noise], [alone.growth, alone.noise], atol=0.002)


def test_faces_far_apart_are_each_followed_alone():
    before, boxes = texture(), np.array([[20.0, 20, 55, 60], [580, 300, 620, 345]])
    after = moved(before, (3, -2), 1.02)
    for seen, box in zip(shifts_of(Halves(before), Halves(after), boxes), boxes, strict=True):
        alone = shift_of(before, after, box)
        assert (seen.shift == alone.shift).all() and (seen.growth, seen.noise) == (alone.growth, alone.noise)


def test_no_face_is_no_shift():
    assert shifts_of(Halves(texture()), Halves(texture()), np.empty((0, 4))) == []
