import cv2
import numpy as np
import pytest

from training.detector import pasted_faces
from training.detector.pasted_faces import HEIGHTS, PastedFaces

PORTRAIT = np.full((128, 128, 3), 40, np.uint8)
PORTRAIT[30:90, 40:85] = 220  # the face


@pytest.fixture
def faces(tmp_path):
    """A portrait to train on, and one of the test partition, which is not even a picture."""
    (tmp_path / "img_celeba").mkdir()
    cv2.imwrite(str(tmp_path / "img_celeba/a.png"), PORTRAIT)
    (tmp_path / "img_celeba/b.png").write_text("not to be read")
    rows = "".join(f"{name}.png 40 30 45 60\n" for name in "ab")
    (tmp_path / "list_bbox_celeba.txt").write_text(f"2\nimage_id x_1 y_1 width height\n{rows}")
    (tmp_path / "list_eval_partition.txt").write_text("a.png 0\nb.png 2\n")
    return PastedFaces(tmp_path)


@pytest.mark.parametrize("seed", range(5))
def test_faces_are_pasted_small_with_boxes_where_they_are(faces, seed, monkeypatch):
    monkeypatch.setattr(pasted_faces, "TINT", 0)
    street = np.full((240, 320, 3), 90, np.uint8)
    image, boxes = faces.paste(street, np.empty((0, 4), np.float32), np.random.default_rng(seed))
    assert 1 <= len(boxes) <= 4
    assert (street == 90).all()
    for x1, y1, x2, y2 in boxes:
        assert HEIGHTS[0] <= y2 - y1 <= HEIGHTS[1]
        assert (x2 - x1) / (y2 - y1) == pytest.approx(45 / 60, abs=0.02)
        assert image[round((y1 + y2) / 2), round((x1 + x2) / 2), 0] > 200
    left = boxes.min(axis=0)[0]
    assert (image[:, : max(0, int(left - 25))] == 90).all()


def test_no_face_is_pasted_over_another(faces):
    taken = np.array([[0, 0, 320, 230]], np.float32)
    _, boxes = faces.paste(np.zeros((240, 320, 3), np.uint8), taken, np.random.default_rng(0))
    np.testing.assert_array_equal(boxes, taken)


def test_a_crop_that_is_too_small_stays_as_it_is(faces):
    small = np.zeros((10, 10, 3), np.uint8)
    image, boxes = faces.paste(small, np.empty((0, 4), np.float32), np.random.default_rng(0))
    assert not image.any()
    assert not len(boxes)
