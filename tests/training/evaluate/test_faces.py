"""How the faces of a data set are aligned and made small."""

from types import SimpleNamespace

import numpy as np

from models.align import SIZE, TEMPLATE, align
from models.landmarks import Landmarks, face_box
from training.evaluate.faces import BATCH, aligned, shrunk

PICTURE = np.random.default_rng(0).integers(0, 256, (140, 140, 3), dtype=np.uint8)
PICTURES = SimpleNamespace(read=lambda name: PICTURE)


def test_the_given_points_align_a_face():
    np.testing.assert_array_equal(aligned(PICTURES, ["a"], TEMPLATE[None]), [align(PICTURE, TEMPLATE)])


def test_a_landmarkers_points_align_the_face_that_the_given_ones_surround():
    given = TEMPLATE + np.arange(BATCH + 1, dtype=np.float32)[:, None, None]  # more than it gets at a time

    def locate_each(images, boxes):
        return Landmarks(TEMPLATE + 7 + boxes[:, None, :2] - face_box(TEMPLATE)[:2], np.zeros(len(images), np.float32))

    crops = aligned(PICTURES, ["a"] * len(given), given, SimpleNamespace(locate_each=locate_each))
    for crop, five in zip(crops, given, strict=True):
        np.testing.assert_allclose(crop, align(PICTURE, five + 7), atol=2)  # the points were rounded


def test_a_face_that_was_made_small_has_lost_its_detail_and_not_its_size():
    small = shrunk(PICTURE[:SIZE, :SIZE], 16)
    assert small.shape == (SIZE, SIZE, 3)
    assert small.std() < PICTURE.std() / 3
