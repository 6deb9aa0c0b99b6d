"""Crowds, views from far away, and the pictures that detectors are measured on."""

import cv2
import numpy as np
import pytest

from training.data.detection import Labelled, read_layout
from training.detector import proxies
from training.detector.crowds import behind, crowd, hide
from training.detector.proxies import far_away, write_proxies

NONE = np.empty((0, 4), np.float32)


class Heads:
    """Gives heads as high as they are asked for, whose face is all of them."""

    def head(self, rng, height):
        side = max(1, round(height))
        return np.dstack([np.full((side, side, 3), 200), np.ones((side, side))]), np.array(
            [0, 0, side, side], np.float32
        )


def test_a_crowd_stands_in_the_picture_the_near_and_large_before_the_far():
    image, boxes = crowd(np.zeros((200, 300, 3), np.uint8), NONE, Heads(), np.random.default_rng(0), most=600)
    assert image.any()
    assert len(boxes) > 5
    assert (boxes >= 0).all() and (boxes[:, [0, 2]] <= 300).all() and (boxes[:, [1, 3]] <= 200).all()
    heights = boxes[:, 3] - boxes[:, 1]
    whole = (boxes[:, 1] > 0) & (boxes[:, 3] < 200)
    assert (np.diff(heights[whole]) >= 0).all()
    assert heights[whole].max() <= 61


def test_the_scene_that_is_given_stays_as_it_is():
    scene = np.zeros((100, 100, 3), np.uint8)
    crowd(scene, NONE, Heads(), np.random.default_rng(0))
    assert not scene.any()


def test_a_face_of_which_others_hide_most_is_not_labelled():
    boxes = np.array([[0, 0, 10, 10], [20, 0, 30, 10]], np.float32)
    kept = behind(boxes, np.array([23, 0, 40, 20], np.float32))
    np.testing.assert_array_equal(kept, [[0, 0, 10, 10], [23, 0, 40, 20]])


@pytest.mark.parametrize("seed", range(6))
def test_what_hides_a_face_leaves_half_of_it(seed):
    image = np.full((50, 50, 3), 17, np.uint8)
    hide(image, np.array([10, 10, 30, 30], np.float32), np.random.default_rng(seed))
    changed = (image != 17).any(axis=2)
    assert 90 <= changed.sum() <= 230
    assert not changed[:9].any()


def test_pictures_with_faces_are_seen_from_two_and_three_times_as_far():
    image = np.full((240, 480, 3), 60, np.uint8)
    pictures = [Labelled(None, np.array([[0.5, 0.5, 0.75, 1]], np.float32))] * 5 + [Labelled(None, NONE)]
    seen = list(far_away(pictures, [image] * 6))
    assert [(kind, picture.shape[0], len(boxes)) for kind, picture, boxes in seen] == [
        ("half", 960, 4),
        ("half", 960, 1),
        ("third", 1440, 5),
    ]
    np.testing.assert_array_equal(seen[0][2][3], [480 + 240, 480 + 120, 480 + 360, 480 + 240])


def test_both_sets_are_written_for_the_evaluation(tmp_path, monkeypatch):
    for name in ("img_celeba", "images", "detection/images/val", "detection/labels/val"):
        (tmp_path / name).mkdir(parents=True)
    crop = np.full((128, 128, 3), 120, np.uint8)
    cv2.imwrite(str(tmp_path / "img_celeba/b.png"), crop)
    cv2.imwrite(str(tmp_path / "images/c.png"), crop)
    cv2.imwrite(str(tmp_path / "detection/images/val/d.png"), crop)
    (tmp_path / "detection/labels/val/d.txt").write_text("0 0.2 0.2 0.1 0.1\n")
    marks = "50 50 78 50 64 66 52 82 76 82"
    (tmp_path / "list_landmarks_celeba.txt").write_text(f"b.png {marks}\n")
    (tmp_path / "list_bbox_celeba.txt").write_text("1\nimage_id x_1 y_1 width height\nb.png 40 30 45 60\n")
    (tmp_path / "identity_CelebA.txt").write_text("b.png 1\n")
    (tmp_path / "list_eval_partition.txt").write_text("b.png 1\n")
    (tmp_path / "landmarks.csv").write_text(f"c.png,val,helen348,128,128,{marks.replace(' ', ',')}\n")
    monkeypatch.setattr(proxies, "PORTRAITS", 6)
    monkeypatch.setattr(proxies, "CROWDS", 2)
    assert write_proxies(tmp_path, tmp_path, tmp_path / "detection", tmp_path / "out") == [6, 4]
    assert len(read_layout(tmp_path / "out/portraits", "val")) == 6
    crowds = read_layout(tmp_path / "out/crowds", "val")
    assert sorted(picture.path.name.split("_")[0] for picture in crowds) == ["crowd", "crowd", "half", "third"]
    assert all((abs(picture.boxes - 0.5) <= 0.5001).all() for picture in crowds)
