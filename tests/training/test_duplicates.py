"""Photographs that stand in training and evaluation are found, and only those."""

import csv

import cv2
import numpy as np
import pytest

pytest.importorskip("torch")  # training.embedder.faces needs it
from training.data.celeba import CelebA
from training.duplicates import SAME, correlation, like_training, nearest, overlaps, write
from training.errors import TrainingError

pytestmark = pytest.mark.training


def picture(seed):
    """Soft random shapes, as different from seed to seed as faces are."""
    coarse = np.random.default_rng(seed).integers(0, 256, (14, 14, 3), dtype=np.uint8)
    return cv2.resize(coarse, (112, 112), interpolation=cv2.INTER_CUBIC)


def copy(image):
    """The picture mirrored, darker, shifted by a pixel and compressed."""
    moved = cv2.warpAffine(image, np.float32([[1, 0, 1], [0, 1, 0.5]]), (112, 112), borderMode=cv2.BORDER_REPLICATE)
    _, data = cv2.imencode(".jpg", (moved[:, ::-1] * 0.7).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 40])
    return cv2.imdecode(data, cv2.IMREAD_COLOR)


def lists(files, people, partition):
    return CelebA(np.array(files), np.array(people), np.zeros((len(files), 5, 2), np.float32), np.array(partition))


def test_a_changed_copy_is_the_same_photograph_and_another_is_not():
    assert correlation(picture(1), copy(picture(1))) > SAME
    assert correlation(picture(1), copy(picture(2))) < SAME
    assert correlation(picture(1), np.full((112, 112, 3), 90, np.uint8)) == pytest.approx(0, abs=1e-3)


def test_the_nearest_come_first():
    vectors = np.eye(8, dtype=np.float32)
    asked = (vectors[3] + 0.5 * vectors[6])[None]
    rows, cosines = nearest(asked, vectors, count=2)
    assert rows.tolist() == [[3, 6]]
    np.testing.assert_allclose(cosines, [[1, 0.5]])


def test_the_copy_among_the_training_pictures_is_found():
    training = np.stack([picture(seed) for seed in range(20)])
    evaluated = np.stack([picture(100), copy(training[7])])
    random = np.random.default_rng(0)
    trained = random.normal(size=(20, 512)).astype(np.float32)
    vectors = np.stack([random.normal(size=512).astype(np.float32), trained[7]])
    names = [f"{row}.jpg" for row in range(20)]
    pairs = like_training(evaluated, vectors, ["new", "copied"], training, trained, names)
    assert [(pair.evaluated, pair.trained) for pair in pairs if pair.correlation >= SAME] == [("copied", "7.jpg")]


def test_people_and_files_in_two_partitions_are_refused():
    told = list(overlaps(lists(["a", "b", "c"], [1, 2, 3], [0, 1, 2])))
    assert len(told) == 3
    assert told[1].startswith("partitions 0 and 2: 0 people and 0 files in common (of 1 people, 1 pictures")
    with pytest.raises(TrainingError, match="0 and 2: 1 people"):
        list(overlaps(lists(["a", "b", "c"], [1, 2, 1], [0, 1, 2])))
    with pytest.raises(TrainingError, match="1 and 2: 0 people and 1 files"):
        list(overlaps(lists(["a", "b", "b"], [1, 2, 3], [0, 1, 2])))


def test_pairs_are_written(tmp_path):
    training, vectors = np.stack([picture(seed) for seed in range(5)]), np.eye(512, dtype=np.float32)
    pairs = like_training(picture(1)[None], vectors[:1], ["x"], training, vectors[:5], list("abcde"))
    write(tmp_path / "out" / "pairs.csv", pairs)
    with (tmp_path / "out" / "pairs.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["trained"] for row in rows][:1] == ["b"]
    assert len(rows) == 5
