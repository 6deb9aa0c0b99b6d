"""Where the faces of a source are: those that count, and bystanders."""

import cv2
import numpy as np
import supervision as sv

from stream.frame import Frame
from stream.pipeline.whereabouts import Whereabouts
from stream.pipeline.workers import ScanResult
from stream.scan import Scan
from tests.fakes import boxes
from tests.stream.pipeline.scenes import FPS
from tracker import Tracker

EXTENT = (640, 360)
SIDE = 60
SCENERY, FACE = (
    cv2.GaussianBlur(np.random.default_rng(seed).integers(0, 256, (360, 640, 3), np.uint8), (0, 0), 3)
    for seed in (1, 2)
)


def place(index: int, x: float = 100.0) -> tuple[float, float, float, float]:
    """Where a face is in a frame: it goes to the right by 3 pixels each."""
    return x + 3 * index, 120.0, x + 3 * index + SIDE, 120.0 + SIDE


def frame(index: int, *faces: float) -> Frame:
    """A picture of faces that began at these places."""
    image = SCENERY.copy()
    for x in faces:
        left = int(place(index, x)[0])
        image[120 : 120 + SIDE, left : left + SIDE] = FACE[:SIDE, :SIDE]
    return Frame(image, index, index / FPS, "door")


def found(index: int, *faces: float, apart: sv.Detections | None = None) -> ScanResult:
    """What a scan of a frame has found."""
    return ScanResult(boxes(*(place(index, x) for x in faces)), index / FPS, 0.3, Scan("coverage"), apart)


def lefts(tracks) -> list[float]:
    return [float(track.box[0]) for track in tracks]


def test_faces_go_where_the_pictures_show_them() -> None:
    faces = Whereabouts(Tracker())
    faces.carry(frame(0, 100.0))
    faces.associate(found(0, 100.0), EXTENT)
    for index in range(1, 8):
        faces.carry(frame(index, 100.0))
    assert np.allclose(lefts(faces.at(7 / FPS)), [121.0], atol=5.0)


def test_faces_that_a_late_scan_has_found_are_carried_to_the_latest_frame() -> None:
    faces = Whereabouts(Tracker())
    for index in range(10):
        faces.carry(frame(index, 100.0))
    faces.associate(found(0, 100.0), EXTENT)
    assert np.allclose(lefts(faces.at(9 / FPS)), [127.0], atol=3.0)


def test_bystanders_have_numbers_that_no_face_has_that_counts() -> None:
    faces = Whereabouts(Tracker(), Tracker())
    faces.carry(frame(0, 100.0, 400.0))
    faces.associate(found(0, 100.0, apart=boxes(place(0, 400.0))), EXTENT)
    assert [(track.id, *lefts([track])) for track in faces.at(0.0)] == [(1, 100.0)]
    assert [(track.id, *lefts([track])) for track in faces.apart(0.0)] == [(-1, 400.0)]


def test_bystanders_are_carried_too() -> None:
    faces = Whereabouts(Tracker(), Tracker())
    for index in range(8):
        faces.carry(frame(index, 400.0))
        if index == 0:
            faces.associate(found(0, apart=boxes(place(0, 400.0))), EXTENT)
    assert np.allclose(lefts(faces.apart(7 / FPS)), [421.0], atol=5.0)


def test_bystanders_are_left_alone_unasked() -> None:
    faces = Whereabouts(Tracker())
    faces.associate(found(0, apart=boxes(place(0))), EXTENT)
    assert faces.at(0.0) == [] and faces.apart(0.0) == []


def test_a_scan_that_tells_nothing_of_bystanders_does_not_end_them() -> None:
    faces = Whereabouts(Tracker(), Tracker())
    faces.associate(found(0, 100.0, apart=boxes(place(0, 400.0))), EXTENT)
    faces.associate(found(1, apart=None), EXTENT)
    assert len(faces.apart(1 / FPS)) == 1
    faces.associate(found(2, apart=boxes()), EXTENT)  # it was detected once alone, and is not there
    assert faces.apart(2 / FPS) == []


def test_after_a_cut_nobody_is_there_and_nothing_of_before_is_looked_at() -> None:
    faces = Whereabouts(Tracker(), Tracker(), hindsight=True)
    faces.carry(frame(0, 100.0, 400.0))
    faces.associate(found(0, 100.0, apart=boxes(place(0, 400.0))), EXTENT)
    faces.end_all()
    assert faces.at(0.0) == [] and faces.apart(0.0) == []
    faces.carry(frame(1, 100.0))
    faces.associate(found(1, 100.0), EXTENT)
    assert [(one.track, one.boxes) for one in faces.recalled(1 / FPS)] == [(2, {}), (None, {})]


def scanned_twice(hindsight: bool) -> tuple[Whereabouts, list]:
    """A face that counts and a bystander, found in the first and in the fifth frame, and what is recalled by then."""
    faces = Whereabouts(Tracker(), Tracker(), hindsight)
    for index in range(5):
        faces.carry(frame(index, 100.0, 400.0))
        if index in (0, 4):
            faces.associate(found(index, 100.0, apart=boxes(place(index, 400.0))), EXTENT)
            recalled = faces.recalled(index / FPS)
    return faces, recalled


def test_where_faces_were_between_two_scans_is_told_and_of_bystanders_not_who_they_are() -> None:
    _, recalled = scanned_twice(hindsight=True)
    assert [one.track for one in recalled] == [1, None]
    for one, x in zip(recalled, (100.0, 400.0), strict=True):
        times = [index / FPS for index in (1, 2, 3)]
        assert np.allclose([one.boxes[t] for t in times], [place(index, x) for index in (1, 2, 3)], atol=3.0)


def test_nothing_is_recalled_unasked() -> None:
    assert scanned_twice(hindsight=False)[1] == []
