"""Where faces count."""

import numpy as np
import pytest

from stream.frame import Frame
from stream.pipeline.zones import WHOLE_PICTURE, Area, InZones
from stream.scan import Scan
from tests.fakes import FakeDetector, boxes

SIZE = (640, 480)
LEFT, RIGHT = (100, 200, 140, 240), (500, 200, 540, 240)
LEFT_HALF = ((0, 0), (320, 0), (320, 480), (0, 480))
RIGHT_HALF = ((0.5, 0), (1, 0), (1, 1), (0.5, 1))  # in fractions


def kept(area: Area, *found) -> list[list[float]]:
    return area.split(boxes(*found), *SIZE)[0].xyxy.tolist()


def test_without_zones_and_masks_faces_count_everywhere():
    assert kept(WHOLE_PICTURE, LEFT, RIGHT) == [list(LEFT), list(RIGHT)]


@pytest.mark.parametrize(
    ("area", "expected"),
    [
        (Area(zones=(LEFT_HALF,)), [LEFT]),
        (Area(zones=(RIGHT_HALF,)), [RIGHT]),
        (Area(zones=(LEFT_HALF, RIGHT_HALF)), [LEFT, RIGHT]),
        (Area(masks=(LEFT_HALF,)), [RIGHT]),
        (Area(masks=(LEFT_HALF, RIGHT_HALF)), []),
        (Area(zones=(LEFT_HALF,), masks=(((90, 190), (150, 190), (150, 250), (90, 250)),)), []),
    ],
)
def test_zones_let_in_and_masks_keep_out(area, expected):
    assert kept(area, LEFT, RIGHT) == [list(box) for box in expected]


def test_it_is_the_middle_of_a_face_that_counts():
    assert kept(Area(zones=(LEFT_HALF,)), (250, 200, 350, 300), (300, 200, 400, 300)) == [[250, 200, 350, 300]]


def test_fractions_follow_the_size_of_the_picture():
    area = Area(zones=(RIGHT_HALF,))
    assert len(area.split(boxes(RIGHT), 640, 480)[0]) == 1
    assert len(area.split(boxes(RIGHT), 1920, 1080)[0]) == 0


@pytest.mark.parametrize("area", [WHOLE_PICTURE, Area(zones=(LEFT_HALF,)), Area(masks=(LEFT_HALF,))])
def test_where_nobody_is_nobody_is_kept(area):
    assert kept(area) == []


def test_each_camera_has_its_own_area():
    detection = InZones(
        FakeDetector(lambda frame: boxes(LEFT, RIGHT)), {"door": Area(zones=(LEFT_HALF,)), "garden": WHOLE_PICTURE}
    )
    for camera in ("door", "garden"):
        detection.submit(Frame(np.zeros((480, 640, 3), np.uint8), 0, 0.0, camera), Scan("first"))
    assert [(len(found.faces), len(found.apart)) for found in detection.finished()] == [(1, 1), (2, 0)]
    assert detection.finished() == []


def test_pixels_are_meant_as_the_camera_sends_them():
    """Also where they are oblong: the picture of 700 x 576 of them is 1018 wide, the left half of it 509."""
    left, at = (
        Area(zones=(((0, 0), (350, 0), (350, 576), (0, 576)),)),
        boxes((490, 100, 510, 120), (520, 100, 540, 120)),
    )
    assert len(left.split(at, 1018, 576, stretch=(16 / 11, 1.0))[0]) == 1
    assert len(left.split(at, 1018, 576)[0]) == 0
    assert len(Area(zones=(((0, 0), (0.5, 0), (0.5, 1), (0, 1)),)).split(at, 1018, 576, stretch=(16 / 11, 1.0))[0]) == 1


def test_a_frame_tells_how_its_pixels_were_made_square():
    area = Area(zones=(((0, 0), (50, 0), (50, 100), (0, 100)),))
    detection = InZones(FakeDetector(lambda frame: boxes((60, 10, 80, 30))), {"door": area})
    for index, stretch in enumerate(((1.0, 1.0), (2.0, 1.0))):
        detection.submit(Frame(np.zeros((100, 200, 3), np.uint8), index, 0.0, "door", stretch=stretch), Scan("scan"))
    assert [len(found.faces) for found in detection.finished()] == [0, 1]


def test_pixels_and_fractions_are_both_told_in_fractions():
    pixels, parts = ((10.0, 20.0), (200.0, 20.0), (50.0, 90.0)), ((0.1, 0.2), (0.5, 0.2), (0.5, 0.9))
    told = Area(zones=(pixels,), masks=(parts,)).in_parts(200, 100, stretch=(2.0, 1.0))
    assert told == Area(zones=(((0.1, 0.2), (1.0, 0.2), (0.5, 0.9)),), masks=(parts,))
