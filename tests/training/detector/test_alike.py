"""Boxes of whole heads become those of the faces."""

import cv2
import numpy as np
import pytest

from models.landmarks import Landmarks, face_box
from training.data.detection import read_layout, write_boxes
from training.detector.alike import faces_of, write_alike
from training.errors import TrainingError

POINTS = np.array([[50, 50], [78, 50], [64, 66], [52, 82], [76, 82]], np.float32)
FACE = face_box(POINTS)
HEAD = FACE + np.array([-20, -30, 20, 10], np.float32)
IMAGE = np.full((128, 192, 3), 90, np.uint8)


class Points:
    """Finds the same five points in every box."""

    def __init__(self, uncertainty: float) -> None:
        self.uncertainty = uncertainty

    def locate(self, image, boxes):
        count = len(boxes)
        return Landmarks(np.tile(POINTS, (count, 1, 1)), np.full(count, self.uncertainty, np.float32))


def test_a_box_of_the_whole_head_becomes_the_faces():
    other = FACE * 1.05
    boxes = np.stack([HEAD, other])
    np.testing.assert_allclose(faces_of(IMAGE, boxes, Points(0.03), unsure=0.076), [FACE, other])
    np.testing.assert_array_equal(boxes[0], HEAD)


def test_the_back_of_a_head_and_what_is_too_small_stay_as_they_are():
    np.testing.assert_array_equal(faces_of(IMAGE, HEAD[None], Points(0.2), unsure=0.076), HEAD[None])
    small = np.array([[10, 10, 30, 28]], np.float32)
    np.testing.assert_array_equal(faces_of(IMAGE, small, Points(0.03), unsure=0.076), small)


def test_pictures_to_train_on_get_other_labels_and_val_keeps_its_own(tmp_path):
    data, out = tmp_path / "data", tmp_path / "alike"
    sides = np.tile(IMAGE.shape[1::-1], 2)
    for split in ("train", "val"):
        (data / "images" / split).mkdir(parents=True)
        cv2.imwrite(str(data / "images" / split / "a.png"), IMAGE)
        cv2.imwrite(str(data / "images" / split / "empty.png"), IMAGE)
        write_boxes(HEAD[None] / sides, data / "labels" / split / "a.txt")
    assert write_alike(data, out, Points(0.03), 0.076) == (1, 1)
    (face, none), (head, _) = read_layout(out, "train"), read_layout(out, "val")
    np.testing.assert_allclose(face.boxes[0] * sides, FACE, atol=0.01)
    np.testing.assert_allclose(head.boxes[0] * sides, HEAD, atol=0.01)
    assert not len(none.boxes)


def test_pictures_of_the_same_name_in_folders_of_a_split_stay_two(tmp_path):
    data, out = tmp_path / "data", tmp_path / "alike"
    for split in ("train", "val"):
        for folder, box in (("one", HEAD), ("two", FACE)):
            (data / "images" / split / folder).mkdir(parents=True)
            cv2.imwrite(str(data / "images" / split / folder / "a.png"), IMAGE)
            write_boxes(box[None] / np.tile(IMAGE.shape[1::-1], 2), data / "labels" / split / folder / "a.txt")
    write_alike(data, out, Points(0.2), 0.076)
    for split in ("train", "val"):
        one, two = (picture.boxes[0] * np.tile(IMAGE.shape[1::-1], 2) for picture in read_layout(out, split))
        np.testing.assert_allclose([one, two], [HEAD, FACE], atol=0.01)


def test_tiny_pictures_without_a_label_are_not_trained_on_as_if_there_were_no_face(tmp_path):
    data, out = tmp_path / "data", tmp_path / "alike"
    for split in ("train", "val"):
        (data / "images" / split).mkdir(parents=True)
        cv2.imwrite(str(data / "images" / split / "cut_out.png"), IMAGE[:32, :32])
        cv2.imwrite(str(data / "images" / split / "empty.png"), IMAGE)
    cv2.imwrite(str(data / "images" / "train" / "labelled.png"), IMAGE[:32, :32])
    write_boxes(np.array([[0.0, 0.0, 1.0, 1.0]], np.float32), data / "labels" / "train" / "labelled.txt")
    write_alike(data, out, Points(0.2), 0.076)
    assert [picture.path.stem for picture in read_layout(out, "train")] == ["empty", "labelled"]
    assert [picture.path.stem for picture in read_layout(out, "val")] == ["cut_out", "empty"]


def test_a_folder_without_pictures_is_told(tmp_path):
    with pytest.raises(TrainingError, match="no pictures"):
        write_alike(tmp_path, tmp_path / "alike", Points(0.03), 0.076)
