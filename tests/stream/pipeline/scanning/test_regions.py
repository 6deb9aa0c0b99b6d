"""Parts of a picture in which known faces are found again."""

import math

import numpy as np
import pytest

from stream.pipeline.scanning.regions import around, everything, grown, hull, worthwhile_group
from tracker import EVERYWHERE
from tracker.association import inside

WIDTH, HEIGHT = 1280, 720


def boxes(*given) -> np.ndarray:
    return np.array(given, np.float32)


@pytest.mark.parametrize("scale", [0.25, 0.325, 0.4, 0.5, 1.0])
def test_a_region_fills_the_input_and_lies_in_the_picture_around_its_boxes(scale):
    random = np.random.default_rng(0)
    for _ in range(50):
        corners = random.uniform(0, [WIDTH, HEIGHT], (2, 2))
        box = np.concatenate([corners.min(axis=0), corners.max(axis=0)])
        region = around(box.tolist(), WIDTH, HEIGHT, scale)
        x1, y1, x2, y2 = region.box
        assert 0 <= x1 < x2 <= WIDTH
        assert 0 <= y1 < y2 <= HEIGHT
        assert inside(box[None], (x1 - 1, y1 - 1, x2 + 1, y2 + 1)).all()
        columns, rows = (32 * math.ceil(round((end - start) * scale, 3) / 32) for start, end in ((x1, x2), (y1, y2)))
        assert region.pixels == columns * rows


def test_all_of_a_picture_is_a_region_without_borders():
    assert everything(WIDTH, HEIGHT, 0.5).box == (0, 0, WIDTH, HEIGHT)
    assert everything(WIDTH, HEIGHT, 0.5).pixels == 640 * 384
    assert everything(WIDTH, HEIGHT, 0.5).sight == EVERYWHERE


def test_faces_are_whole_within_the_borders_that_are_not_the_pictures():
    region = around([0, 300, 128, 428], WIDTH, HEIGHT, 0.5)
    assert region.box == (0, 300, 128, 428)
    assert region.sight == (-math.inf, 308, 120, 420)
    assert around([1200, 0, 1300, 800], WIDTH, HEIGHT, 0.5).sight[1:] == (-math.inf, math.inf, math.inf)


def test_a_box_outside_the_picture_gives_a_region_within_it():
    assert around([-300, -300, -100, -100], WIDTH, HEIGHT, 0.5).box == (0, 0, 64, 64)


def test_the_hull_of_boxes_is_the_smallest_that_they_lie_in():
    assert hull([[100, 80, 200, 150], [50, 90, 120, 300]]) == [50, 80, 200, 300]


def test_margins_are_in_sides_of_each_box():
    some = boxes([100, 100, 200, 200], [300, 300, 340, 390])
    np.testing.assert_allclose(grown(some, np.array([0.5, 1.0])), [[50, 50, 250, 250], [240, 240, 400, 450]])


def test_those_nearby_are_scanned_for_together_and_others_in_their_turn():
    near, far = [100, 100, 200, 200], [1000, 500, 1100, 600]
    some = boxes(near, far, [150, 120, 250, 220])

    def cost(rows) -> int:
        return around(hull(some[rows].tolist()), WIDTH, HEIGHT, 0.5).pixels

    assert worthwhile_group(3, cost) == [0, 2]
    assert worthwhile_group(1, cost) == [0]
