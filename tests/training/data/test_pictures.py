"""Pictures come from folders or tars, by the same name."""

import tarfile

import cv2
import numpy as np
import pytest

from training.data.pictures import Pictures
from training.errors import TrainingError


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "set" / "ann" / "1.png"
    path.parent.mkdir(parents=True)
    cv2.imwrite(str(path), np.full((4, 6, 3), (1, 2, 3), np.uint8))
    return path


def test_a_picture_is_found_below_the_root_and_one_folder_deeper(tmp_path, picture):
    for root in (tmp_path / "set", tmp_path):
        image = Pictures(root).read("ann/1.png")
        assert image.shape == (4, 6, 3)
        assert image[0, 0].tolist() == [1, 2, 3]


@pytest.mark.parametrize("member", ["ann/1.png", "set/ann/1.png"])
def test_a_picture_is_found_in_a_tar(tmp_path, picture, member):
    root = tmp_path / "packed"
    root.mkdir()
    with tarfile.open(root / "set.tar", "w") as archive:
        archive.add(picture, member)
    assert Pictures(root).read("ann/1.png").shape == (4, 6, 3)


def test_a_missing_picture_is_named(tmp_path):
    with pytest.raises(TrainingError, match=r"has no picture eve/1\.png"):
        Pictures(tmp_path).read("eve/1.png")


def test_a_damaged_picture_is_named(tmp_path):
    (tmp_path / "bad.png").write_bytes(b"not a picture")
    with pytest.raises(TrainingError, match=r"bad\.png .* not a picture"):
        Pictures(tmp_path).read("bad.png")
