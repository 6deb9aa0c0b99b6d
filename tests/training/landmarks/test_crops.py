import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.training

from models.align import TEMPLATE  # noqa: E402
from models.manifest import ModelInput  # noqa: E402
from training.data.augment import with_mask  # noqa: E402
from training.data.landmarks import Face  # noqa: E402
from training.landmarks import crops as landmark_crops  # noqa: E402
from training.landmarks.crops import Crops, random_crop, worsening  # noqa: E402

PLAIN = ModelInput(64, 64, "bgr", (0, 0, 0), (1, 1, 1))
LEFT_EYE, NOSE = (255, 0, 0), (0, 255, 0)


@pytest.fixture
def face(monkeypatch, tmp_path):
    """The mean face on grey, at three times its size, with a blue image-left eye and a green nose."""
    points = TEMPLATE * 3 + 150
    image = np.full((640, 640, 3), 128, np.uint8)
    for (x, y), color in zip(points[[0, 2]].astype(int), (LEFT_EYE, NOSE), strict=True):
        image[y - 8 : y + 9, x - 8 : x + 9] = color
    monkeypatch.setattr(landmark_crops, "picture", lambda path: image)
    return Face(tmp_path / "face.png", "helen348", points.astype(np.float32))


def place(crop: np.ndarray, color: tuple[int, int, int]) -> np.ndarray:
    """Centre of a colour in a crop, in fractions of its side."""
    near = np.abs(crop.astype(int) - color).sum(axis=2) < 150
    return np.argwhere(near).mean(axis=0)[::-1] / len(crop)


def test_points_stay_on_the_face_and_a_mirrored_face_changes_its_left_and_right(face):
    mirrored = 0
    for seed in range(20):
        crop, points = random_crop(face, np.random.default_rng(seed), 128)
        np.testing.assert_allclose(points[2], place(crop, NOSE), atol=0.02)
        eye = 0 if np.linalg.norm(points[0] - place(crop, LEFT_EYE)) < 0.02 else 1
        np.testing.assert_allclose(points[eye], place(crop, LEFT_EYE), atol=0.02)
        assert points[0, 0] < points[1, 0]
        mirrored += eye
    assert 4 <= mirrored <= 16


@pytest.mark.parametrize("kind", ["OneOf", "Downscale"])
def test_blurs_and_coarse_copies_move_nothing(kind):
    crop = np.zeros((96, 96, 3), np.uint8)
    crop[40:57, 40:57] = 255
    [step] = [step for step in worsening(96).transforms if type(step).__name__ == kind]
    step.p = 1.0
    centres = []
    for seed in range(20):
        step.set_random_seed(seed)
        made = step(image=crop)["image"].astype(float)
        centres.append([(made.sum(axis=(axis, 2)) * np.arange(96)).sum() / made.sum() for axis in (0, 1)])
    np.testing.assert_allclose(np.mean(centres, axis=0), [48, 48], atol=0.25)


def test_a_sample_depends_on_its_number_alone(face):
    first, second = (Crops([face], [face], [], PLAIN, length=10, seed=3) for _ in range(2))
    second[7]
    for ours, theirs in zip(first[4], second[4], strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert not np.array_equal(first[4][1], first[5][1])


def test_machine_marked_faces_become_rare(face):
    other = Face(face.path, "celeba", face.points)
    crops = Crops([face], [other], [], PLAIN, length=1000)
    drawn = [crops._draw(n, np.random.default_rng(n)).source == "celeba" for n in range(1000)]
    assert np.mean(drawn[:200]) > 2 * np.mean(drawn[-200:]) > 0


def test_backgrounds_show_no_face(face):
    crops = Crops([face], [], [(face.path, np.array([40, 40, 100, 100], np.float32))], PLAIN, length=300)
    crops._worsen = lambda image: {"image": image}
    crops._worsen.set_random_seed = lambda seed: None
    without = sum(np.ptp(crops[n][0]) == 0 for n in range(300))
    assert 6 <= without <= 33  # 6 % of them


def test_a_mask_covers_the_mouth_and_leaves_the_eyes():
    crop = np.full((112, 112, 3), 128, np.uint8)
    for seed in range(20):
        masked = with_mask(crop, TEMPLATE, np.random.default_rng(seed))
        covered = [bool((masked[round(y), round(x)] != 128).any()) for x, y in TEMPLATE.tolist()]
        assert covered == [False, False, True, True, True]
