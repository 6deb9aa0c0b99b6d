"""Points made anew by a landmark network: the list, an interruption, and how far they lie from the given ones."""

from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from models.align import TEMPLATE, align
from models.landmarks import Landmarks, face_box
from training.data import points
from training.data.celeba import read_celeba
from training.data.pictures import Pictures
from training.data.points import disagreement, remake
from training.errors import TrainingError
from training.prepare import faces

EYES = np.linalg.norm(TEMPLATE[1] - TEMPLATE[0])


class Mover:
    """Finds each point a fifth of the eye distance to the right of the place in its box; may fail after some looks."""

    def __init__(self, looks=99):
        self.looks = looks

    def locate_each(self, images, boxes):
        if self.looks == 0:
            raise KeyboardInterrupt
        self.looks -= 1
        moved = TEMPLATE + boxes[:, None, :2] - face_box(TEMPLATE)[:2] + [0.2 * EYES, 0]
        return Landmarks(moved.astype(np.float32), np.zeros(len(images), np.float32))


@pytest.fixture
def folder(tmp_path):
    """Five faces, each a pixel further down than the one before."""
    names = [f"{number}.png" for number in range(5)]
    marks = [" ".join(map(str, (TEMPLATE + [0, number]).ravel())) for number in range(5)]
    (tmp_path / "identity_CelebA.txt").write_text("\n".join(f"{name} 1" for name in names))
    (tmp_path / "list_eval_partition.txt").write_text("\n".join(f"{name} 0" for name in names))
    (tmp_path / "list_landmarks_celeba.txt").write_text(
        "\n".join(f"{name} {five}" for name, five in zip(names, marks, strict=True))
    )
    return tmp_path


PICTURES = SimpleNamespace(read=lambda name: np.zeros((112, 112, 3), np.uint8))


def test_the_list_can_be_read_in_place_of_the_given_one(folder):
    given = read_celeba(folder)
    remake(given, PICTURES, Mover(), "a" * 64, folder / "new" / "points.txt")
    own = read_celeba(folder, folder / "new" / "points.txt")
    assert own.files.tolist() == given.files.tolist()
    np.testing.assert_allclose(own.points, given.points + [0.2 * EYES, 0], atol=0.01)


def test_a_sheet_shows_where_both_disagree_most(folder, monkeypatch):
    monkeypatch.setattr(points, "SHEET", 1)
    given, seen = read_celeba(folder), []
    own = given.points.copy()
    own[3] += [0, 12]
    grey = np.full((112, 112, 3), 128, np.uint8)
    pictures = SimpleNamespace(read=lambda name: seen.append(name) or grey)
    points.show_disagreement(given, own, pictures, folder / "points.png")
    assert seen == ["img_celeba/3.png"]
    colors = {tuple(color) for color in cv2.imread(str(folder / "points.png")).reshape(-1, 3).tolist()}
    assert {(0, 0, 255), (0, 255, 0)} <= colors


def test_crops_are_packed_by_that_list(folder):
    picture = np.random.default_rng(0).integers(0, 256, (140, 140, 3), dtype=np.uint8)
    (folder / "img_celeba").mkdir()
    for number in range(5):
        cv2.imwrite(str(folder / "img_celeba" / f"{number}.png"), picture)
    remake(read_celeba(folder), Pictures(folder), Mover(), "a" * 64, folder / "points.txt")
    faces(folder, folder / "faces", folder / "points.txt")
    five = read_celeba(folder, folder / "points.txt").points[2]
    np.testing.assert_array_equal(np.load(folder / "faces" / "crops.npy")[2], align(picture, five))
    np.testing.assert_array_equal(np.load(folder / "faces" / "crops.npz")["points"][2], five)


def test_crops_that_were_packed_by_halves_are_nobodys(folder):
    (folder / "img_celeba").mkdir()
    for number in range(5):
        cv2.imwrite(str(folder / "img_celeba" / f"{number}.png"), np.full((140, 140, 3), 90, np.uint8))
    faces(folder, folder / "faces")
    assert (folder / "faces" / "crops.npz").is_file()
    (folder / "img_celeba" / "3.png").unlink()
    with pytest.raises(TrainingError, match=r"no picture img_celeba/3\.png"):
        faces(folder, folder / "faces")
    assert not (folder / "faces" / "crops.npz").exists()  # the lists, without which nothing is trained on


def test_an_interrupted_run_goes_on(folder, monkeypatch):
    monkeypatch.setattr(points, "BATCH", 1)
    given, path = read_celeba(folder), folder / "points.txt"
    with pytest.raises(KeyboardInterrupt):
        remake(given, PICTURES, Mover(looks=3), "a" * 64, path)
    assert not path.exists()
    part = path.with_name(f"points.txt-{'a' * 12}.part")
    part.write_text(part.read_text()[:-7])  # the power failed within the third face's line
    remake(given, PICTURES, Mover(looks=3), "a" * 64, path)
    assert len(read_celeba(folder, path)) == 5


def test_another_network_begins_anew(folder, monkeypatch):
    monkeypatch.setattr(points, "BATCH", 1)
    given, path, other = read_celeba(folder), folder / "points.txt", Mover()
    with pytest.raises(KeyboardInterrupt):
        remake(given, PICTURES, Mover(looks=3), "a" * 64, path)
    remake(given, PICTURES, other, "b" * 64, path)
    assert other.looks == 99 - len(given)


def test_disagreement_is_told_over_the_eye_distance():
    given = np.tile(TEMPLATE, (10, 1, 1))
    own = given.copy()
    own[0, :, 0] += 0.5 * EYES
    told = disagreement(given, own)
    assert told["mean"] == pytest.approx(0.05, abs=1e-4)
    assert told["p50"] == 0
    assert told["p95"] > 0.2
