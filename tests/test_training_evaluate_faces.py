"""How the faces of a data set are aligned and made small."""

from types import SimpleNamespace

import numpy as np

from models.align import SIZE, TEMPLATE, align
from models.landmarks import Landmarks, face_box
from training.evaluate.faces import aligned, shrunk

PICTURE = np.random.default_rng(0).integers(0, 256, (140, 140, 3), dtype=np.uint8)
PICTURES = SimpleNamespace(read=lambda name: PICTURE)


def test_the_given_points_align_a_face():
    np.testing.assert_array_equal(aligned(PICTURES, ["a"], TEMPLATE[None]), [align(PICTURE, TEMPLATE)])


def test_a_landmarkers_points_align_the_face_that_the_given_ones_surround():
    boxes = []

    def locate(image, found):
        boxes.extend(found)
        return Landmarks(TEMPLATE[None] + 7, np.zeros(1, np.float32))

    crops = aligned(PICTURES, ["a"], TEMPLATE[None] + 4, SimpleNamespace(locate=locate))
    np.testing.assert_array_equal(crops, [align(PICTURE, TEMPLATE + 7)])
    np.testing.assert_allclose(boxes, [face_box(TEMPLATE + 4)])


def test_a_face_that_was_made_small_has_lost_its_detail_and_not_its_size():
    small = shrunk(PICTURE[:SIZE, :SIZE], 16)
    assert small.shape == (SIZE, SIZE, 3)
    assert small.std() < PICTURE.std() / 3
