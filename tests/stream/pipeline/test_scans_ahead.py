"""The next scan of a recording begins before it is due, and nothing else changes."""

from collections.abc import Iterator

import numpy as np
import pytest

from stream.frame import Frame
from stream.pipeline.scans_ahead import ScansAhead
from stream.pipeline.workers import ScanResult
from stream.scan import Scan
from tests.fakes import boxes

IMAGE = np.zeros((36, 64, 3), np.uint8)
SCAN = Scan("coverage")


class Detector:
    """Finds one face, whose place tells the frame."""

    def __init__(self) -> None:
        self.scanned: list[int] = []

    def submit(self, frame: Frame, scan: Scan) -> None:
        if frame.index == 30:
            raise ValueError("broken")
        self.scanned.append(frame.index)
        self._result = ScanResult(boxes((frame.index, 0, frame.index + 5, 5)), frame.t, 0.1, scan)

    def finished(self) -> list[ScanResult]:
        return [self._result]


def source(count: int) -> Iterator[Frame]:
    return (Frame(IMAGE, index, index / 30, "door") for index in range(count))


def found(ahead: ScansAhead, frame: Frame, scan: Scan = SCAN) -> list[int]:
    ahead.submit(frame, scan)
    return [int(result.faces.xyxy[0, 0]) for result in ahead.finished()]


def test_every_frame_comes_out_in_order_and_each_scan_is_of_the_frame_that_was_submitted():
    detector = Detector()
    with ScansAhead(detector, every=10) as ahead:
        told = [
            (frame.index, found(ahead, frame) if frame.index % 10 == 0 else []) for frame in ahead.frames(source(25))
        ]
    assert told == [(index, [index] if index % 10 == 0 else []) for index in range(25)]
    assert detector.scanned == [0, 10, 20]


def test_the_next_scan_is_done_while_the_frames_before_it_are_on_their_way():
    detector = Detector()
    with ScansAhead(detector, every=10) as ahead:
        frames = ahead.frames(source(25))
        assert found(ahead, next(frames)) == [0]
        for _ in range(9):
            next(frames)
        ahead._thread.submit(lambda: None).result()  # the thread has nothing left to do
        assert detector.scanned == [0, 10]


def test_after_a_cut_the_first_frame_is_scanned_and_what_was_begun_is_dropped():
    detector = Detector()
    with ScansAhead(detector, every=10) as ahead:
        told = [found(ahead, frame) for frame in ahead.frames(source(25)) if frame.index in (0, 4, 14)]
    assert told == [[0], [4], [14]]
    assert {0, 4, 14} <= set(detector.scanned) <= {0, 4, 10, 14, 24}  # those begun in time


def test_a_result_tells_why_its_frame_was_scanned():
    with ScansAhead(Detector(), every=1) as ahead:
        frames = ahead.frames(source(3))
        ahead.submit(next(frames), Scan("first"))
        ahead.submit(next(frames), Scan("coverage"))
        assert [result.scan.reason for result in ahead.finished()] == ["first", "coverage"]


def test_what_a_scan_raises_comes_when_its_frame_is_due():
    with ScansAhead(Detector(), every=10) as ahead:
        for frame in ahead.frames(source(30)):
            if frame.index % 10 == 0:
                assert found(ahead, frame) == [frame.index]
        ahead.submit(Frame(IMAGE, 30, 1.0, "door"), SCAN)
        with pytest.raises(ValueError, match="broken"):
            ahead.finished()


def test_large_pictures_are_not_read_ahead_further_than_there_is_room_for():
    read = []
    frames = (read.append(frame.index) or frame for frame in source(25))
    with ScansAhead(Detector(), every=10, most=3 * IMAGE.nbytes) as ahead:
        first = next(ahead.frames(frames))
        assert found(ahead, first) == [0]
    assert read == [0, 1, 2, 3]


def test_who_stops_early_does_not_wait_for_scans_that_nobody_wants():
    detector = Detector()
    with ScansAhead(detector, every=2) as ahead:
        assert found(ahead, next(ahead.frames(source(9)))) == [0]
    assert set(detector.scanned) <= {0, 2}
