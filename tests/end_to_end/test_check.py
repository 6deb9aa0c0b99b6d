"""The check of a gallery of real pictures: a stranger's among somebody's is found, and so is a head that is turned."""

from pathlib import Path

import pytest

from models.images import to_jpeg
from models.pose import pose
from stream import Recognizer
from stream.cli.demo import CLIP, NAME, cut_out
from stream.hygiene.looking import check, yaw
from stream.sources.source import open_source

pytestmark = pytest.mark.end_to_end


@pytest.fixture(scope="module")
def recognizer():
    with Recognizer.open("sqlite://", detector="yolov5n-face") as opened:
        yield opened


def test_somebody_elses_picture_is_found(recognizer, shared: Path):
    recognizer.enroller.face(NAME, recognizer.analyzer.faces(cut_out(CLIP), flip=True)[0], "his")
    for clip in ("lbax4n", "lbax4n", "bbaf2n"):
        frame = next(iter(open_source(str(shared / f"videos/heads/{clip}.mpg"))))
        recognizer.enroller.face(clip[:4], recognizer.analyzer.faces(frame.image, flip=True)[0], clip, force=True)
    recognizer.database.merge("bbaf", NAME)
    analyzer = recognizer.analyzer
    found = check(recognizer.database, analyzer.embedder.digest, recognizer.thresholds, analyzer.landmarker)
    problems = " ".join(doubt.problem for doubt in found)
    assert "are nearly equal (similarity 1.00)" in problems
    assert f"of {NAME} is unlike the others" in problems
    assert "turned away" not in problems


def test_how_far_a_face_is_turned_is_told_by_its_crop(recognizer):
    (face, *_) = recognizer.analyzer.faces(cut_out(CLIP))
    whole = pose(face.landmarks).yaw
    assert yaw(to_jpeg(face.crop), recognizer.analyzer.landmarker) == pytest.approx(whole, abs=5)
