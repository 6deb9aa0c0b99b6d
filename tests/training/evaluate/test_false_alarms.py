from itertools import islice

import cv2
import numpy as np
import pytest
import supervision as sv

from training.data.detection import Labelled
from training.evaluate import false_alarms as module
from training.evaluate.false_alarms import face_free_crops, face_free_scores, false_alarms

FACES = np.array([[0.0, 0.0, 0.2, 0.3], [0.1, 0.7, 0.2, 0.9]], np.float32)


@pytest.fixture
def picture(tmp_path):
    """A dark picture whose faces are white."""
    image = np.zeros((300, 400, 3), np.uint8)
    for x1, y1, x2, y2 in (FACES * (400, 300, 400, 300)).round().astype(int):
        image[y1:y2, x1:x2] = 255
    cv2.imwrite(str(tmp_path / "a.png"), image)
    return Labelled(tmp_path / "a.png", FACES)


class Nervous:
    """A detector that sees a face, and hardly another, in every wide crop, and remembers at what sizes it looked."""

    size, threshold = 640, 0.5

    def __init__(self):
        self.sizes = []

    def detect(self, image, min_score, size):
        self.sizes.append(size / max(image.shape[:2]))
        wide = image.shape[1] > image.shape[0]
        boxes = np.array([[0, 0, 20, 20], [50, 0, 70, 20]] * wide, np.float32).reshape(-1, 4)
        return sv.Detections(boxes, confidence=np.array([0.8, 0.3] * wide, np.float32))


def test_crops_touch_no_face_and_are_the_same_each_time(picture):
    crops = [crop for crop, _ in islice(face_free_crops([picture]), 50)]
    assert not any(crop.any() for crop in crops)
    assert len({crop.shape for crop in crops}) > 40
    again = islice(face_free_crops([picture]), 50)
    assert [crop.shape for crop, _ in again] == [crop.shape for crop in crops]


def test_a_crop_is_seen_at_the_scale_of_its_picture(picture, monkeypatch):
    monkeypatch.setattr(module, "CROPS", 20)
    detector = Nervous()
    face_free_scores([picture], detector)
    np.testing.assert_allclose(detector.sizes, 640 / 400, rtol=0.01)


def test_false_detections_are_counted_and_shown(picture, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CROPS", 20)
    figures = false_alarms(face_free_scores([picture], Nervous(), tmp_path), 0.5)
    wide = sum(crop.shape[1] > crop.shape[0] for crop, _ in islice(face_free_crops([picture]), 20))
    assert 0 < wide < 20
    assert figures == {
        "face_free_crops": 20,
        "face_free_crops_with_false_positives": wide,
        "false_positives_per_face_free_crop": wide / 20,
    }
    assert cv2.imread(str(tmp_path / "false-alarms.jpg")) is not None


def test_pictures_full_of_faces_give_no_crops(picture):
    full = Labelled(picture.path, np.array([[0, 0, 1, 1]], np.float32))
    assert false_alarms(face_free_scores([full], Nervous()), 0.5)["face_free_crops"] == 0
