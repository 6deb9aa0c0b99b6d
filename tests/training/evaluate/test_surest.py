"""How often the surest box of a picture of one person lies on the face."""

import json
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import supervision as sv

from models.landmarks import face_box
from training.errors import TrainingError
from training.evaluate import surest as module
from training.evaluate.surest import read_pictures, surest

MARKS = [50, 50, 78, 50, 64, 66, 52, 82, 76, 82]
BOX = face_box(np.array(MARKS, np.float32).reshape(5, 2))


@pytest.fixture
def lfw(tmp_path):
    (tmp_path / "lfw/a").mkdir(parents=True)
    cv2.imwrite(str(tmp_path / "lfw/a/1.png"), np.zeros((128, 128, 3), np.uint8))
    (tmp_path / "landmarks.csv").write_text(f"file,x\na/1.png,{','.join(map(str, MARKS))}\n")
    return tmp_path


def found(*rows):
    rows = np.array(rows, np.float32).reshape(-1, 5)
    return sv.Detections(xyxy=rows[:, :4], confidence=rows[:, 4])


def test_only_the_surest_box_counts(lfw):
    pictures = read_pictures(lfw)
    right = list(surest(pictures, lambda image: found([*BOX, 0.8], [0, 0, 20, 20, 0.7]), None))
    assert right == [(pytest.approx(0.8), pytest.approx(1))]
    wrong = list(surest(pictures, lambda image: found([0, 0, 20, 20, 0.8], [*BOX, 0.7]), None))
    assert wrong[0][1] < 0.1
    assert list(surest(pictures, lambda image: found(), None)) == [(0, 0)]


def test_enlarged_pictures_are_compared_where_the_face_is_in_them(lfw):
    sides = []

    def search(image):
        sides.append(image.shape[:2])
        return found([*(BOX * 700 / 128), 0.8])

    assert list(surest(read_pictures(lfw), search, 700)) == [(pytest.approx(0.8), pytest.approx(1, abs=1e-3))]
    assert sides == [(700, 700)]


def test_the_val_part_of_a_landmark_set_is_read_too(tmp_path):
    rows = "".join(f"{split}.png,{split},helen348,128,128,{','.join(map(str, MARKS))}\n" for split in ("train", "val"))
    (tmp_path / "landmarks.csv").write_text(rows)
    ((path, box),) = read_pictures(tmp_path)
    assert path.name == "val.png"
    np.testing.assert_allclose(box, BOX)


def test_a_folder_without_points_is_told(tmp_path):
    (tmp_path / "lfw").mkdir()
    with pytest.raises(TrainingError, match=r"landmarks\.csv"):
        read_pictures(tmp_path)


def test_the_table_tells_what_is_right_sure_and_missing(lfw, monkeypatch, capsys):
    class Search:
        def __init__(self, detector):
            pass

        def find(self, image, min_score):
            return found([*BOX, 0.4])

    monkeypatch.setattr(module, "Network", lambda *given: None)
    monkeypatch.setattr(module, "Detector", lambda network: SimpleNamespace(threshold=0.5))
    monkeypatch.setattr(module, "PictureSearch", Search)
    module.main(["yolov5n-face"], lfw)
    assert json.loads(capsys.readouterr().out) == {
        "detector": "yolov5n-face",
        "pictures": 1,
        "right": 1.0,
        "right_and_sure": 0.0,
        "nothing_sure": 1.0,
    }
