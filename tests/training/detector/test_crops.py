import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch")

import albumentations as A  # noqa: E402

from training.data.detection import Labelled, visible  # noqa: E402
from training.detector import crops as detection_crops  # noqa: E402
from training.detector.crops import Crops, Steps, collate, dark_blur, lit, mosaic, random_crop  # noqa: E402

pytestmark = pytest.mark.training
FACE = np.array([200, 100, 240, 150], np.float32)


def picture():
    """A dark picture whose only bright thing is the face."""
    image = np.full((360, 480, 3), 40, np.uint8)
    image[100:150, 200:240] = 220
    return image


@pytest.mark.parametrize("seed", range(20))
def test_a_crop_holds_its_face_whole_and_its_box_where_the_face_is(seed):
    crop, boxes = random_crop(picture(), FACE[None], FACE, (320, 240), np.random.default_rng(seed))
    assert crop.shape == (240, 320, 3)
    (x1, y1, x2, y2) = boxes[0].round().astype(int)
    ys, xs = np.nonzero((crop > 150).all(axis=2))
    np.testing.assert_allclose([xs.min(), ys.min(), xs.max() + 1, ys.max() + 1], [x1, y1, x2, y2], atol=2)
    assert 0.27 < (x2 - x1) / (40 * 640 / 480) < 1.65


def test_a_face_larger_than_the_crop_is_shrunk_into_it():
    face = np.array([0, 0, 470, 350], np.float32)
    _, boxes = random_crop(picture(), face[None], face, (320, 320), np.random.default_rng(0))
    assert len(boxes) == 1
    assert 100 < (boxes[0, 2:] - boxes[0, :2]).max() < 289


@pytest.mark.parametrize("seed", range(5))
def test_in_a_close_up_the_face_fills_much_of_the_crop(seed):
    face = np.array([150, 100, 300, 280], np.float32)
    _, boxes = random_crop(picture(), face[None], face, (320, 320), np.random.default_rng(seed), close_up=True)
    assert 0.29 < (boxes[0, 3] - boxes[0, 1]) / 320 < 0.96


def test_boxes_of_which_little_remains_are_dropped():
    boxes = np.array([[-60, 0, 40, 50], [-80, 0, 20, 50], [10, 10, 12, 12], [20, 20, 40, 40]], np.float32)
    np.testing.assert_allclose(visible(boxes, (100, 60)), [[0, 0, 40, 50], [20, 20, 40, 40]])


def test_a_mosaic_has_four_crops_made_for_their_places():
    sizes = []

    def cut(width, height):
        sizes.append((width, height))
        return np.full((height, width, 3), 10 * len(sizes), np.uint8), np.array([[2, 3, 12, 13]], np.float32)

    image, boxes = mosaic(96, cut, np.random.default_rng(0))
    (x, y), (x4, y4) = sizes[0], sizes[3]
    assert (x + x4, y + y4) == (96, 96)
    assert sizes[1:3] == [(x4, y), (x, y4)]
    np.testing.assert_allclose(boxes[:, :2], [[2, 3], [x + 2, 3], [2, y + 3], [x + 2, y + 3]])
    assert [image[row, column, 0] for row in (0, 95) for column in (0, 95)] == [10, 20, 30, 40]


@pytest.fixture
def path(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), picture())
    return tmp_path / "a.png"


def test_a_sample_depends_on_the_seed_and_its_number_only(path):
    pictures = [Labelled(path, np.array([[0.42, 0.28, 0.5, 0.42]], np.float32))] * 2
    first, second, other = (Crops(pictures, 0.5, seed) for seed in (0, 0, 1))
    _ = first[3, 96]
    for number in range(4):
        np.testing.assert_array_equal(first[number, 96][0], second[number, 96][0])
    assert any(not np.array_equal(first[number, 96][0], other[number, 96][0]) for number in range(4))


def test_faces_are_pasted_into_some_of_the_crops(path):
    class Paste:
        def paste(self, image, boxes, rng):
            return image, np.array([[5, 6, 25, 36]], np.float32)

        def head(self, rng, height):
            return np.zeros((30, 20, 4), np.float32), np.array([4, 5, 16, 25], np.float32)

    crops = Crops([Labelled(path, np.empty((0, 4), np.float32))], 0, 0)
    crops.pasted = Paste()
    with_faces = [len(crops.crop(np.random.default_rng(seed), 96, 96)[1]) > 0 for seed in range(40)]
    assert 2 < sum(with_faces) < 20


def test_dark_blurs_hold_no_face_little_light_and_no_detail(path):
    crops = Crops([Labelled(path, np.array([[0.42, 0.28, 0.5, 0.42]], np.float32))], 0, 0)
    for seed in range(10):
        part = crops.face_free(np.random.default_rng(seed))
        assert (part == 40).all()
    sharp = np.random.default_rng(0).integers(0, 256, (60, 80, 3), dtype=np.uint8)
    blur = dark_blur(sharp, 96, np.random.default_rng(0))
    assert blur.shape == (96, 96, 3)
    assert blur.mean() < 0.62 * sharp.mean()
    assert np.abs(np.diff(blur.astype(int), axis=1)).max() < 25


def test_pictures_full_of_faces_give_black_for_dark_blurs(path):
    crops = Crops([Labelled(path, np.array([[0, 0, 1, 1]], np.float32))], 0, 0)
    assert not crops.face_free(np.random.default_rng(0)).any()


def test_some_samples_are_dark_blurs(path, monkeypatch):
    monkeypatch.setattr(detection_crops, "dark_blur", lambda image, size, rng: np.full((size, size, 3), 255, np.uint8))
    crops = Crops([Labelled(path, np.array([[0.42, 0.28, 0.5, 0.42]], np.float32))], 0, 0)
    crops.augment = A.Compose([A.NoOp()], bbox_params=A.BboxParams(format="pascal_voc"))
    samples = [crops[n, 96] for n in range(200)]
    blurs = [boxes for image, boxes in samples if (image == 255).all()]
    assert 3 < len(blurs) < 30
    assert not any(map(len, blurs))


def test_a_face_in_the_dark_is_none():
    image = np.zeros((60, 60, 3), np.uint8)
    image[:30] = 80
    boxes = np.array([[5, 5, 25, 25], [5, 35, 25, 55]], np.float32)
    np.testing.assert_array_equal(lit(image, boxes), boxes[:1])
    assert lit(image, boxes[:0]).shape == (0, 4)


def test_now_and_then_a_step_sees_fewer_and_larger_crops_of_as_many_pixels():
    steps = list(Steps(2, 5, batch=8, size=64, large_every=4))
    assert [len(step) for step in steps] == [8, 2, 8]
    assert [{size for _, size in step} for step in steps] == [{64}, {128}, {64}]
    assert [step[0][0] for step in steps] == [16, 24, 32]
    assert {len(step) for step in Steps(0, 9, 8, 64, 0)} == {8}


def test_doubtful_places_are_not_seen(path):
    crops = Crops([Labelled(path, np.empty((0, 4), np.float32), np.array([[0.4, 0.2, 0.6, 0.6]], np.float32))], 0, 0)
    assert crops.pictures[0].max() < 60


def test_crowds_and_empty_pictures_are_drawn_more_often_and_large_faces_for_close_ups(path):
    small, large = np.tile([0.1, 0.1, 0.12, 0.12], (8, 1)), np.array([[0.1, 0.1, 0.5, 0.5]])
    crops = Crops([Labelled(path, boxes) for boxes in (small, large, np.empty((0, 4)))], 0, 0)
    np.testing.assert_allclose(crops.chances, [3 / 7, 1 / 7, 3 / 7])
    np.testing.assert_allclose(crops.close_ups, [0.02 / 0.42, 0.4 / 0.42, 0], atol=1e-5)


def test_a_batch_names_the_picture_of_each_box_in_fractions():
    image = np.zeros((100, 100, 3), np.uint8)
    batch = collate([(image, np.empty((0, 4), np.float32)), (image, np.array([[10, 20, 30, 60]], np.float32))])
    assert batch["img"].shape == (2, 3, 100, 100)
    assert batch["batch_idx"].tolist() == [1]
    torch.testing.assert_close(batch["bboxes"], torch.tensor([[0.2, 0.4, 0.2, 0.4]]))
