from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from models.landmarks import MARGIN, Landmarker, crop_around
from models.manifest import ModelInput


class Marker:
    """A network that finds the bright blob in a crop and puts a nose on it, with eyes 0.2 apart and a mouth below."""

    entry = SimpleNamespace(input=ModelInput(64, 64, "bgr", (0, 0, 0), (1, 1, 1)))

    def __init__(self):
        self.looks = []

    def run(self, batch):
        self.looks.append(len(batch))
        points = []
        for crop in batch[:, 0]:
            y, x = (np.average(grid, weights=crop + 1e-9) / 64 for grid in np.indices(crop.shape))
            points.append([x - 0.1, y - 0.1, x + 0.1, y - 0.1, x, y, x - 0.08, y + 0.1, x + 0.08, y + 0.1])
        return [np.array(points, np.float32), np.full((len(batch), 5), 0.01, np.float32)]


def picture_with_blob(x: int, y: int, radius: int) -> np.ndarray:
    return cv2.circle(np.zeros((300, 400, 3), np.uint8), (x, y), radius, (255, 255, 255), -1)


@pytest.mark.parametrize(
    "box",
    [
        [100, 80, 180, 180],
        [90, 100, 210, 170],
        [-300, -200, 500, 500],  # far out of the picture on all sides
    ],
)
def test_points_are_found_in_pixels_of_the_picture(box):
    found = Landmarker(Marker()).locate(picture_with_blob(140, 130, 12), [box])
    np.testing.assert_allclose(found.points[0, 2], [140, 130], atol=1.5)


def test_only_faces_whose_boxes_are_off_are_looked_at_twice():
    network, image = Marker(), picture_with_blob(140, 130, 12)
    boxes = [[100, 90, 180, 170], [90, 100, 210, 170]]  # the second lies 10 of its 120 pixels to the side
    twice = Landmarker(network).locate(image, boxes)
    assert network.looks == [2, 2]
    found = Landmarker(network, tolerance=0.3).locate(image, boxes)
    assert network.looks[2:] == [2, 1]
    np.testing.assert_array_equal(found.points[1], twice.points[1])
    np.testing.assert_allclose(found.points[0, 2], [140, 130], atol=1.5)


def test_uncertainty_is_the_deviation_over_the_eye_distance():
    found = Landmarker(Marker()).locate(picture_with_blob(140, 130, 12), [[100, 80, 180, 180], [110, 100, 170, 160]])
    np.testing.assert_allclose(found.uncertainty, 0.01 / 0.2, rtol=1e-4)


@pytest.mark.parametrize("boxes", [[], np.zeros((0, 4), np.float32)])
def test_no_boxes_give_no_points_and_do_not_run_the_network(boxes):
    found = Landmarker(SimpleNamespace(entry=Marker.entry)).locate(np.zeros((50, 50, 3), np.uint8), boxes)
    assert found.points.shape == (0, 5, 2) and found.uncertainty.shape == (0,)


@pytest.mark.parametrize("box", [[20, 20, 20, 20], [500, 500, 540, 560], [10.2, 10.2, 11.1, 12.3]])
def test_empty_distant_and_tiny_boxes_give_finite_points(box):
    found = Landmarker(Marker()).locate(np.zeros((50, 50, 3), np.uint8), [box])
    assert np.isfinite(found.points).all() and np.isfinite(found.uncertainty).all()


def test_a_crop_leads_back_to_the_picture():
    image = picture_with_blob(200, 150, 4)
    crop, back = crop_around(image, [170, 110, 250, 210], 64)
    y, x = (np.average(grid, weights=crop[..., 0]) for grid in np.indices(crop.shape[:2]))
    np.testing.assert_allclose(back @ [x, y, 1], [200, 150], atol=0.3)


def test_a_crop_is_square_around_the_box_and_black_outside_the_picture():
    crop, back = crop_around(np.full((100, 100, 3), 255, np.uint8), [60, 40, 140, 90], 64)
    np.testing.assert_allclose(back @ [32, 32, 1], [100, 65], atol=1e-3)
    assert back[0, 0] * 64 == pytest.approx(80 * MARGIN)
    assert crop[10:50, :31].all() and not crop[:, 33:].any()
