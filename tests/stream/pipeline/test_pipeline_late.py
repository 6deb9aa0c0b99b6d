"""What is found late, on one frame's journey."""

import numpy as np
import pytest
import supervision as sv

from stream.frame import Frame
from stream.pipeline.schedule import LIVE, Schedule
from stream.pipeline.workers import ScanResult
from stream.scan import Scan
from tests.fakes import boxes
from tests.stream.pipeline.scenes import FPS, LEFT, make_pipeline, run


class Busy:
    """A detector that always sees LEFT, and takes some seconds for each scan, by the times of the frames."""

    waiting = None

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._scan: ScanResult | None = None
        self._now = 0.0

    @property
    def under_way(self) -> list[Scan]:
        return [] if self._scan is None else [self._scan.scan]

    def submit(self, frame: Frame, scan: Scan) -> None:
        if self._scan is None:
            self._scan = ScanResult(boxes(LEFT), frame.t, self.seconds, scan)

    def finished(self) -> list[ScanResult]:
        self._now += 1 / FPS  # asked at every frame
        if self._scan is None or self._now < self._scan.t + self.seconds:
            return []
        done, self._scan = self._scan, None
        return [done]


def test_the_landmarks_of_a_late_look_have_moved_with_the_face():
    pipeline = make_pipeline(
        lambda frame: boxes([x + 3 * frame.index if i % 2 == 0 else x for i, x in enumerate(LEFT)])
    )
    late, finished = [], pipeline.embedder.finished
    pipeline.embedder.finished = lambda: [late.pop()] if late else late.extend(finished()) or []
    views = run(pipeline, 2)
    shift = views[1].faces.xyxy[0, :2] - views[0].faces.xyxy[0, :2]
    np.testing.assert_allclose(views[1].faces.data["landmarks"][0], np.ones((5, 2)) + shift, atol=0.1)


def test_a_detection_from_before_a_cut_makes_no_track_after_it():
    pipeline = make_pipeline(lambda frame: boxes(LEFT), delay=1)
    run(pipeline, 1)
    pipeline.shots.is_cut = lambda image: True
    view = pipeline.step(Frame(np.zeros((360, 640, 3), np.uint8), 1, 1 / FPS, "door"))
    assert len(view.faces) == 0


def test_a_miss_told_late_does_not_end_a_track_that_is_seen_again():
    schedule = Schedule(detect_every=12)
    pipeline = make_pipeline(lambda frame: boxes() if frame.index == 24 else boxes(LEFT), delay=1, schedule=schedule)
    run(pipeline, 90)
    assert {tuple(tracks) for t, tracks in pipeline.books.log.seen if t > 0.5} == {(1,)}


def test_a_face_is_there_between_scans_however_late_they_tell_of_it():
    pipeline = make_pipeline(lambda frame: boxes(LEFT), delay=1, schedule=Schedule(detect_every=4 * FPS))
    run(pipeline, 13 * FPS)
    assert {tuple(tracks) for t, tracks in pipeline.books.log.seen if t > 4.1} == {(1,)}


def test_a_late_detection_is_shown_where_the_face_is_now():
    def moving(frame: Frame) -> sv.Detections:
        return boxes([x + 3 * frame.index if i % 2 == 0 else x for i, x in enumerate(LEFT)])

    view = run(make_pipeline(moving, delay=2), 60)[-1]
    np.testing.assert_allclose(view.faces.xyxy[0, 0], LEFT[0] + 3 * 59, atol=3)


def test_a_late_detection_is_told_with_the_view_that_it_reaches_and_how_long_it_took():
    views = run(make_pipeline(lambda frame: boxes(LEFT), delay=1), 5)
    assert [view.detected for view in views] == [False, False, False, True, False]
    assert [view.detection_seconds for view in views] == [None, None, None, 0.3, 0.3]


def test_while_a_scan_waits_for_its_turn_newer_frames_take_its_place():
    pipeline = make_pipeline(lambda frame: boxes(LEFT), delay=100)
    pipeline.detector.waiting = Scan("first")
    run(pipeline, 5)
    assert [frame.index for frame in pipeline.detector.submitted] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("seconds", [0.3, 1.5, 2.0])
def test_a_face_gets_its_name_however_late_a_scan_tells_of_it(seconds):
    pipeline = make_pipeline(lambda frame: boxes(LEFT), schedule=LIVE)
    pipeline.detector = Busy(seconds)
    views = run(pipeline, round(FPS * (seconds + 1)))
    assert views[-1].faces.data["name"].tolist() == ["Ada"]
