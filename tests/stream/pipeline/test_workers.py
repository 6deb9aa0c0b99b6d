"""The heavy work in line: what is submitted is finished at once."""

from types import SimpleNamespace

import numpy as np
import pytest
import supervision as sv

from stream.frame import Frame
from stream.pipeline.scanning.regions import around, everything
from stream.pipeline.workers import DetectionWorker
from stream.scan import Scan
from tests.fakes import boxes

FRAME = Frame(np.zeros((720, 1280, 3), np.uint8), 5, 1.5, "door")


class Detector:
    """Finds a face in the middle of what it is shown and another that begins at its left border."""

    def detect(self, image, min_score, size):
        self.seen = *image.shape[:2], size
        y, x = image.shape[0] / 2, image.shape[1] / 2
        found = boxes((x - 20, y - 20, x + 20, y + 20), (2, y, 40, y + 40))
        found.confidence[:] = min_score
        return found


@pytest.fixture
def detector() -> Detector:
    return Detector()


def test_a_detection_tells_what_it_found_where_in_time_and_how_long_it_took(detector):
    ticks = iter([10.0, 10.25])
    detection = DetectionWorker(detector, min_score=0.2, clock=lambda: next(ticks))
    scan = Scan("motion", 416, everything(1280, 720, 416 / 1280))
    detection.submit(FRAME, scan)
    (found,) = detection.finished()
    assert found.faces.confidence.tolist() == [np.float32(0.2)] * 2
    assert (found.t, found.seconds, found.scan) == (1.5, 0.25, scan)
    assert detector.seen == (720, 1280, 416)
    assert detection.finished() == []


def test_a_region_is_scanned_as_closely_as_the_whole_and_faces_that_it_cuts_are_left_out(detector):
    region = around([500, 300, 700, 400], 1280, 720, 0.5)
    detection = DetectionWorker(detector, min_score=0.2)
    detection.submit(FRAME, Scan("unsure", 640, region))
    (found,) = detection.finished()
    assert detector.seen == (128, 256, 128)  # half as large: a face of 100 pixels is shown at 50, as in the whole
    np.testing.assert_allclose(found.faces.xyxy, [[580, 330, 620, 370]])


def test_a_face_at_the_border_of_the_picture_itself_is_whole(detector):
    region = around([0, 300, 200, 400], 1280, 720, 0.5)
    detection = DetectionWorker(detector, min_score=0.2)
    detection.submit(FRAME, Scan("unsure", 640, region))
    assert len(detection.finished()[0].faces) == 2


def test_where_more_than_the_detector_searches_the_whole_picture_that_is_what_counts(detector):
    def find(image, min_score):
        return sv.Detections(xyxy=np.array([[0, 0, 9, 9]], np.float32))

    detection = DetectionWorker(detector, min_score=0.2, search=SimpleNamespace(find=find))
    detection.submit(FRAME, Scan("first"))
    assert detection.finished()[0].faces.xyxy.tolist() == [[0, 0, 9, 9]]


def test_the_detector_chooses_the_size_where_the_scan_does_not(detector):
    detection = DetectionWorker(detector, min_score=0.2)
    detection.submit(FRAME, Scan("coverage"))
    assert detector.seen == (720, 1280, None)
