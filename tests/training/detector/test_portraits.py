"""Portraits are composed with the face's box where the face is."""

import cv2
import numpy as np
import pytest

from models.landmarks import face_box
from training.detector import portraits
from training.detector.portraits import Portraits, content_of, covering, opacity, placed

POINTS = np.array([[50, 50], [78, 50], [64, 66], [52, 82], [76, 82]], np.float32)
BOX = face_box(POINTS)


@pytest.fixture
def celeba(tmp_path):
    """A crop whose face is white on grey, of somebody to train on; and one of partition 1, which cannot be read."""
    (tmp_path / "img_celeba").mkdir()
    crop = np.full((128, 128, 3), 90, np.uint8)
    x1, y1, x2, y2 = BOX.round().astype(int)
    crop[y1:y2, x1:x2] = 250
    cv2.imwrite(str(tmp_path / "img_celeba/a.png"), crop)
    (tmp_path / "img_celeba/b.png").write_text("not to be read")
    marks = " ".join(map(str, POINTS.ravel()))
    (tmp_path / "list_landmarks_celeba.txt").write_text(f"a.png {marks}\nb.png {marks}\n")
    (tmp_path / "identity_CelebA.txt").write_text("a.png 1\nb.png 2\n")
    (tmp_path / "list_eval_partition.txt").write_text("a.png 0\nb.png 1\n")
    return tmp_path


def dark(rng):
    return np.full((40, 60, 3), 30, np.uint8)


@pytest.mark.parametrize("seed", range(30))
def test_a_portrait_has_its_box_where_the_face_is(celeba, seed, monkeypatch):
    monkeypatch.setattr(portraits, "seen", lambda image, rng: image)
    monkeypatch.setattr(portraits, "DISTRACTED", 0)
    monkeypatch.setattr(portraits, "SHARP", 0)
    monkeypatch.setattr(portraits, "KINDS", {"own": 0.5, "scene": 0.5})
    kind, image, boxes = Portraits(celeba, None, "train", dark).compose(np.random.default_rng(seed), 320, 240)
    assert kind in ("own", "scene")
    assert image.shape == (240, 320, 3)
    ys, xs = np.nonzero(image[..., 0] > 170)
    np.testing.assert_allclose(boxes[0], [xs.min(), ys.min(), xs.max() + 1, ys.max() + 1], atol=6)
    assert (boxes[0, 3] - boxes[0, 1]) > 0.03 * 320


def test_the_same_generator_gives_the_same_portrait(celeba):
    composer = Portraits(celeba, None, "train", dark)
    first, second = (composer.compose(np.random.default_rng(4), 96, 96) for _ in range(2))
    np.testing.assert_array_equal(first[1], second[1])
    np.testing.assert_array_equal(first[2], second[2])


def test_faces_come_at_every_size_and_some_are_cut_by_the_border(celeba):
    composer = Portraits(celeba, None, "train", dark)
    boxes = [composer.compose(np.random.default_rng(seed), 128, 128)[2] for seed in range(150)]
    heights = np.array([box[0, 3] - box[0, 1] for box in boxes if len(box)])
    assert len(heights) > 140
    assert np.histogram(heights / 128, [0, 0.1, 0.25, 0.5, 1.01])[0].min() > 10
    whole = [(box[0] > 0).all() and (box[0] < 128).all() for box in boxes if len(box)]
    assert 30 < sum(whole) < 140


def test_the_black_beyond_a_crops_picture_is_no_content():
    crop = np.zeros((100, 100, 3), np.uint8)
    crop[20:70, 10:90] = 120
    assert content_of(crop).tolist() == [10, 20, 90, 70]
    assert content_of(np.zeros((50, 60, 3), np.uint8)).tolist() == [0, 0, 60, 50]


@pytest.mark.parametrize("size", [(100, 100), (400, 300)])
def test_a_face_is_placed_within_its_picture_or_somewhat_across_its_border(size):
    box = np.array([0, 0, 150, 200], np.float32)
    for seed in range(50):
        start = placed(box, size, np.random.default_rng(seed))
        seen = np.minimum(size, start + [150, 200]) - np.maximum(0, start)
        assert (seen >= np.minimum(size, [150, 200]) - 0.3 * np.array([150, 200]) - 1e-6).all()


def test_a_background_of_its_own_is_all_opaque_and_another_shows_nothing_of_the_black():
    crop, content = np.zeros((100, 100, 3), np.uint8), np.array([10, 20, 90, 70], np.float32)
    assert (opacity(crop, BOX, content, "own", np.random.default_rng(0)) == 1).all()
    alpha = opacity(crop, BOX, content, "scene", np.random.default_rng(0))
    assert alpha.max() == 1
    assert not alpha[:20].any()
    assert not alpha[:, 90:].any()


@pytest.mark.parametrize("size", [(30, 90), (90, 30), (7, 7)])
def test_a_background_covers_what_it_is_for(size):
    assert covering(np.zeros((50, 60, 3), np.uint8), *size).shape == (size[1], size[0], 3)
