"""Faces without a name are packed behind those with one, each as a person of its own."""

import cv2
import numpy as np
import pytest

from models.align import TEMPLATE
from training.data.celeba import TRAIN
from training.data.unnamed import FIRST
from training.prepare import faces

MARKED = [
    ("a.png", "train", "mtcnn5pt", 1.0),
    ("b.png", "train", "helen348", 1.0),
    ("tiny.png", "train", "mtcnn5pt", 0.3),
    ("val.png", "val", "mtcnn5pt", 1.0),
    ("video.png", "train", "udacity", 1.0),
    ("made.png", "train", "facesynthetics100", 1.0),
]


@pytest.fixture
def named(tmp_path):
    """A folder in CelebA's layout with one grey picture of one person."""
    folder = tmp_path / "celeba"
    (folder / "img_celeba").mkdir(parents=True)
    cv2.imwrite(str(folder / "img_celeba" / "1.png"), np.full((112, 112, 3), 50, np.uint8))
    (folder / "identity_CelebA.txt").write_text("1.png 7\n")
    (folder / "list_eval_partition.txt").write_text("1.png 1\n")
    (folder / "list_landmarks_celeba.txt").write_text(f"1.png {' '.join(map(str, TEMPLATE.ravel()))}\n")
    return folder


@pytest.fixture
def marked(tmp_path):
    """A landmark set: two photographs for training, and what is none or is too small."""
    folder = tmp_path / "landmarks"
    (folder / "images").mkdir(parents=True)
    lines = ["file,split,source,width,height"]
    for number, (name, split, source, scale) in enumerate(MARKED, 1):
        cv2.imwrite(str(folder / "images" / name), np.full((112, 112, 3), 60 + number, np.uint8))
        lines.append(f"{name},{split},{source},112,112,{','.join(map(str, (TEMPLATE * scale).ravel()))}")
    (folder / "landmarks.csv").write_text("\n".join(lines))
    return folder


def test_photographs_that_nobody_named_are_packed_as_people_of_their_own(named, marked, tmp_path):
    faces(named, tmp_path / "packed", unnamed=marked)
    lists, crops = np.load(tmp_path / "packed" / "crops.npz"), np.load(tmp_path / "packed" / "crops.npy")
    assert lists["files"].tolist() == ["1.png", "a.png", "b.png"]
    assert lists["people"].tolist() == [7, FIRST, FIRST + 1]
    assert lists["partition"].tolist() == [1, TRAIN, TRAIN]
    assert crops[:, 56, 56, 0].tolist() == [50, 61, 62]


def test_without_them_only_those_with_a_name_are_packed(named, tmp_path):
    faces(named, tmp_path / "packed")
    assert np.load(tmp_path / "packed" / "crops.npz")["files"].tolist() == ["1.png"]
