"""How a detector's boxes err."""

import numpy as np
import pytest
import supervision as sv

from training import box_errors
from training.box_errors import errors, pairs
from training.data.landmarks import Face, jittered

TRUE = np.array([[100, 100, 140, 160]], np.float32)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([104, 94, 144, 154], (0.1, -0.1, 0, 0)),
        ([80, 70, 160, 190], (0, 0, np.log(2), 0)),
        ([80, 100, 160, 160], (0, 0, np.log(2) / 2, np.log(2))),
    ],
    ids=["shifted", "larger", "wider"],
)
def test_a_box_errs_in_place_size_and_shape(found, expected):
    np.testing.assert_allclose(errors(np.array([found], np.float32), TRUE), [expected], atol=1e-6)


def test_the_errors_that_crops_are_trained_with_are_those_it_would_measure():
    rng = np.random.default_rng(0)
    found = np.stack([jittered(TRUE[0], rng) for _ in range(4000)])
    np.testing.assert_allclose(
        errors(found, TRUE.repeat(4000, axis=0)).std(axis=0), [0.07, 0.07, 0.13, 0.08], rtol=0.05
    )


def test_a_face_is_compared_with_the_box_on_it_and_left_out_where_there_is_none(monkeypatch, tmp_path):
    class Detector:
        def detect(self, boxes, size):
            assert size == 160
            return sv.Detections(xyxy=boxes)

    points = np.array([[40, 50], [80, 50], [60, 70], [45, 90], [75, 90]], np.float32)
    near, far = np.array([[20, 20, 100, 110]], np.float32), np.array([[200, 200, 280, 290]], np.float32)
    pictures = {"found": np.concatenate([far, near]), "missed": far, "empty": np.empty((0, 4), np.float32)}
    monkeypatch.setattr(box_errors, "picture", lambda path: pictures[path.name])
    found, true = pairs(Detector(), [Face(tmp_path / name, "helen348", points) for name in pictures], 160)
    np.testing.assert_allclose(found, near)
    assert true.shape == (1, 4)
