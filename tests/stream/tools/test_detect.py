"""Faces and points of pictures as CSV."""

import csv
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
import supervision as sv

from models.landmarks import Landmarks
from stream.errors import StreamError
from stream.tools.detect import FaceFinder, pictures_under, write_detections

HEADER = (
    "image,x1,y1,x2,y2,score,left_eye_x,left_eye_y,right_eye_x,right_eye_y,nose_x,nose_y,"
    "left_mouth_x,left_mouth_y,right_mouth_x,right_mouth_y"
)


class Search:
    """Finds one face in bright pictures."""

    def find(self, image):
        count = int(image.mean() > 100)
        return sv.Detections(
            xyxy=np.array([[10, 20, 30, 50]] * count, np.float32).reshape(-1, 4),
            confidence=np.full(count, 0.75, np.float32),
        )


class Landmarker:
    def locate(self, image, boxes):
        points = np.arange(10, dtype=np.float32).reshape(1, 5, 2)
        return Landmarks(np.repeat(points, len(boxes), 0), np.zeros(len(boxes), np.float32))


FINDER = FaceFinder(Search(), Landmarker())


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "in" / "deeper").mkdir(parents=True)
    cv2.imwrite(str(tmp_path / "in" / "bright.png"), np.full((60, 80, 3), 200, np.uint8))
    cv2.imwrite(str(tmp_path / "in" / "deeper" / "dark.png"), np.zeros((60, 80, 3), np.uint8))
    (tmp_path / "in" / "notes.txt").write_text("no picture")
    return tmp_path / "in"


def test_every_face_is_a_row_and_a_picture_without_faces_has_none(folder, tmp_path):
    refused = write_detections(tmp_path / "faces.csv", pictures_under([folder]), FINDER)
    lines = (tmp_path / "faces.csv").read_text().splitlines()
    assert refused == []
    assert lines[0] == HEADER
    row = next(csv.reader(lines[1:]))
    assert row[0] == str(folder / "bright.png")
    assert [float(value) for value in row[1:]] == [10, 20, 30, 50, 0.75, *range(10)]
    assert len(lines) == 2


def test_a_picture_that_cannot_be_read_is_told_and_the_others_are_done(folder, tmp_path):
    (folder / "broken.jpg").write_bytes(b"no picture")
    refused = write_detections(tmp_path / "faces.csv", pictures_under([folder]), FINDER)
    assert len(refused) == 1
    assert "broken.jpg" in refused[0]
    assert len((tmp_path / "faces.csv").read_text().splitlines()) == 2


def test_a_picture_that_is_called_as_a_formula_is_found_by_the_csv_and_no_spreadsheet_calculates_it(
    folder, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    shutil.copy(folder / "bright.png", "=1+1.png")
    write_detections(tmp_path / "faces.csv", [Path("=1+1.png")], FINDER)
    (row,) = csv.DictReader((tmp_path / "faces.csv").read_text().splitlines())
    assert row["image"] == "./=1+1.png"


def test_drawn_pictures_show_the_box(folder, tmp_path):
    write_detections(tmp_path / "faces.csv", [folder / "bright.png"], FINDER, tmp_path / "drawn")
    drawn = cv2.imread(str(tmp_path / "drawn" / "bright.jpg"))
    assert drawn.shape == (60, 80, 3)
    assert np.ptp(drawn) > 50


def test_drawn_pictures_of_the_same_name_are_all_kept(tmp_path):
    names = ("a/1.jpg", "a/1.png", "b/1.jpg", "b/deeper/1.jpg")
    for name in names:
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(tmp_path / "in" / name), np.full((60, 80, 3), 200, np.uint8))
    write_detections(tmp_path / "faces.csv", pictures_under([tmp_path / "in"]), FINDER, tmp_path / "drawn")
    drawn = {str(path.relative_to(tmp_path / "drawn")) for path in (tmp_path / "drawn").rglob("*.jpg")}
    assert drawn == {"a/1.jpg.jpg", "a/1.png.jpg", "b/1.jpg", "b/deeper/1.jpg"}


@pytest.mark.parametrize(("out", "drawn"), [("a.jpg", "drawn"), ("faces.csv", ".")])
def test_the_pictures_themselves_are_not_written_over(tmp_path, out, drawn):
    cv2.imwrite(str(tmp_path / "a.jpg"), np.full((60, 80, 3), 200, np.uint8))
    before = (tmp_path / "a.jpg").read_bytes()
    with pytest.raises(StreamError, match=r"a\.jpg is read, and would"):
        write_detections(tmp_path / out, [tmp_path / "a.jpg"], FINDER, tmp_path / drawn)
    assert (tmp_path / "a.jpg").read_bytes() == before


def test_a_folder_is_no_place_for_the_rows_and_is_told_before_any_work(folder):
    with pytest.raises(StreamError, match="Is a directory"):
        write_detections(folder, [folder / "bright.png"], finder=None)


@pytest.mark.parametrize("name", ["nowhere", "long" * 100])
def test_a_path_that_is_not_there_is_told(tmp_path, name):
    with pytest.raises(StreamError, match=f"There is no picture or folder .*{name}: check the path"):
        pictures_under([tmp_path / name])


def test_a_folder_without_pictures_is_told(folder, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(StreamError, match=r"The folder .*empty holds no pictures: choose"):
        pictures_under([folder, tmp_path / "empty"])
