"""The heavy work in line: what is submitted is finished at once."""

import numpy as np

from stream.frame import Frame
from stream.workers import Detection
from tests.fakes import BOX, boxes


class Detector:
    """Finds one face, of the score that is asked for."""

    def detect(self, image, min_score, size):
        assert size == 416
        found = boxes(BOX)
        found.confidence[:] = min_score
        return found


def test_a_detection_tells_what_it_found_where_in_time_and_how_long_it_took():
    ticks = iter([10.0, 10.25])
    detection = Detection(Detector(), min_score=0.2, clock=lambda: next(ticks))
    detection.submit(Frame(np.zeros((9, 16, 3), np.uint8), 5, 1.5, "door"), 416)
    (found,) = detection.finished()
    assert found.faces.confidence.tolist() == [np.float32(0.2)]
    assert (found.t, found.seconds, found.size) == (1.5, 0.25, 416)
    assert detection.finished() == []
