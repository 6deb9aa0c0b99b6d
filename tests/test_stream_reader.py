import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import cv2
import numpy as np
import pytest

from stream.capture import Playback
from stream.errors import CameraError, DeniedError, SourceError
from stream.frame import Frame
from stream.reader import Camera, State, wait_before
from stream.sources import open_source
from tests.clips import grey, make_clip, order, picture

SOON = 5.0  # seconds after which a test has failed


class FakeCapture:
    """Gives its pictures; then it is lost, or, where the last one is None, has ended."""

    fps = 25.0

    def __init__(self, *pictures: Any) -> None:
        self._pictures = iter(pictures)
        self.closed = False

    def read(self) -> Any:
        given = next(self._pictures, CameraError("The camera is lost."))
        if isinstance(given, Exception):
            raise given
        return given() if callable(given) else given

    def close(self) -> None:
        self.closed = True


class Connections:
    """Gives one capture after the other, or raises what stands in its place."""

    def __init__(self, *results: Any) -> None:
        self._results: Iterator[Any] = iter(results)

    def __call__(self) -> Any:
        result = next(self._results)
        if isinstance(result, Exception):
            raise result
        return result


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def camera(clock: Clock, *connections: Any, sleep: Callable[[float], object] | None = None) -> Camera:
    return Camera("door", Connections(*connections), clock=clock, sleep=sleep or clock.sleep, chance=lambda: 1.0)


def held_back(step: threading.Semaphore, index: int) -> Callable[[], Any]:
    """A picture that comes only when the test says so."""

    def give() -> Any:
        assert step.acquire(timeout=SOON)
        return picture(index)

    return give


def test_frames_carry_the_cameras_count_and_their_arrival(clock):
    step = threading.Semaphore(0)
    source = camera(clock, FakeCapture(*(held_back(step, index) for index in range(3)), None))
    frames = []
    assert source.read(0) is None
    for _ in range(3):
        clock.now += 0.25
        step.release()
        frames.append(source.read(SOON))
    assert order(frames) == [frame.index for frame in frames] == [0, 1, 2]
    assert [frame.t for frame in frames] == [0.25, 0.5, 0.75]
    assert [frame.arrived for frame in frames] == [100.25, 100.5, 100.75]
    assert (source.dropped, source.fps, frames[0].camera) == (0, 25.0, "door")


def test_only_the_newest_frame_is_kept_and_the_others_are_counted(clock):
    source = camera(clock, FakeCapture(*map(picture, range(5)), None))
    source._begin()
    source._thread.join(SOON)  # nobody takes a frame meanwhile
    frames = list(source)
    assert order(frames) == [frame.index for frame in frames] == [4]
    assert source.dropped == 4
    assert source.state is State.ENDED


def test_a_lost_camera_is_reached_again_and_goes_on_counting(clock):
    first, second = FakeCapture(picture(0)), FakeCapture(picture(1), None)
    source = camera(clock, CameraError("No answer."), first, CameraError("No answer."), second)
    states = []
    source._sleep = lambda seconds: (states.append((source.state, source.problem, seconds)), clock.sleep(seconds))
    frames = list(source)
    assert frames[-1].index == 1
    assert frames[-1].t == 4.0  # it was away for 1 s at first, then for 1 s and 2 s
    assert first.closed
    assert second.closed
    assert [state for state, *_ in states] == [State.RECONNECTING] * 3
    assert [problem for _, problem, _ in states] == [
        "No answer. Trying again in 1 s.",
        "The camera is lost. Trying again in 1 s.",  # it had given a picture: from the start
        "No answer. Trying again in 2 s.",
    ]
    assert source.problem is None


def test_waiting_grows_to_half_a_minute_and_stays_there():
    assert [wait_before(attempt, chance=1.0) for attempt in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    assert [wait_before(attempt, chance=0.0) for attempt in range(7)] == [1, 1, 2, 4, 8, 15, 15]
    assert wait_before(10**6, chance=0.5) == 22.5


def test_refused_credentials_are_a_failure_that_is_tried_twice_a_minute(clock):
    source = camera(
        clock, DeniedError("Wrong password."), DeniedError("Wrong password."), FakeCapture(picture(0), None)
    )
    waits = []
    source._sleep = lambda seconds: (waits.append((source.state, seconds)), clock.sleep(seconds))
    assert order(list(source)) == [0]
    assert waits == [(State.FAILED, 30.0), (State.FAILED, 30.0)]


def test_a_camera_that_hangs_is_stalled_and_can_still_be_closed(clock):
    never = threading.Event()
    source = camera(clock, FakeCapture(picture(0), lambda: never.wait(SOON)))
    assert source.state is State.CONNECTING
    assert source.read(SOON).index == 0
    assert source.state is State.LIVE
    clock.now += 6.0
    assert source.state is State.STALLED
    assert source.read(0.01) is None
    source.close()
    never.set()
    assert source.state is State.ENDED
    assert list(source) == []


def test_close_ends_the_wait_for_a_camera_that_is_not_there(clock):
    source = Camera("door", Connections(*[CameraError("No answer.")] * 3), clock=clock)
    threading.Timer(0.05, source.close).start()
    assert list(source) == []
    assert source.problem.startswith("No answer.")
    source._thread.join(SOON)
    assert not source._thread.is_alive()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send to oneself")
def test_ctrl_c_ends_the_wait_for_a_camera_that_is_not_there(clock):
    source = Camera("door", Connections(*[CameraError("No answer.")] * 3), clock=clock)
    threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        list(source)
    source.close()


def test_while_no_frame_comes_the_reader_looks_around(clock, monkeypatch):
    monkeypatch.setattr("stream.reader.PATIENCE", 0.01)
    step = threading.Semaphore(0)
    source = camera(clock, FakeCapture(held_back(step, 0), None))
    source.on_wait = step.release
    assert order(list(source)) == [0]


def test_news_is_told_of_every_frame_and_of_the_end(clock):
    source = camera(clock, FakeCapture(picture(0), picture(1), None))
    told = []
    source.on_news = lambda: told.append(source.state)
    list(source)
    source.close()
    assert told[:3] == [State.LIVE, State.LIVE, State.ENDED]


def test_a_bug_in_a_capture_reaches_whoever_reads(clock):
    source = camera(clock, FakeCapture(ZeroDivisionError("a bug")))
    with pytest.raises(ZeroDivisionError):
        list(source)


class FakeWebcam:
    def __init__(self, *pictures: Any, opened: bool = True) -> None:
        self._pictures = iter(pictures)
        self._opened = opened

    def isOpened(self) -> bool:
        return self._opened

    def set(self, key: int, value: float) -> bool:
        return True

    def get(self, key: int) -> float:
        return 30.0 if key == cv2.CAP_PROP_FPS else 0.0

    def read(self) -> tuple[bool, Any]:
        image = next(self._pictures, None)
        return image is not None, image

    def release(self) -> None:
        pass


def test_a_webcam_is_opened_by_its_index_and_reopened_when_it_gives_nothing(clock, caplog):
    given = [FakeWebcam(opened=False), FakeWebcam(picture(0)), FakeWebcam(picture(1))]
    indices = []

    def open_camera(index: int) -> FakeWebcam:
        indices.append(index)
        return given.pop(0) if given else FakeWebcam(opened=False)

    source = open_source("2", open_camera=open_camera, clock=clock)
    source._sleep = lambda _: time.sleep(0.001)
    assert source.live
    for frame in source:
        if frame.index == 1:
            source.close()
    assert indices[:3] == [2, 2, 2]
    assert "Webcam 2 cannot be opened" in caplog.text
    assert "Webcam 2 gives no picture" in caplog.text


def playback(clock: Clock, times: list[float]) -> Playback:
    frames = (Frame(picture(index), index, t, "clip") for index, t in enumerate(times))
    return Playback(frames, 25.0, clock, clock.sleep)


def test_a_recording_is_played_at_its_own_times(clock):
    capture = playback(clock, [0.0, 0.5, 0.6])
    moments = [(int(capture.read().mean()), clock.now) for _ in range(3)]
    assert moments == [(grey(0), 100.0), (grey(1), 100.5), (grey(2), pytest.approx(100.6))]
    assert capture.read() is None


def test_a_late_playback_does_not_wait(clock):
    capture = playback(clock, [0.0, 0.5, 0.6])
    capture.read()
    clock.now += 10.0
    capture.read()
    assert clock.now == 110.0


def test_a_file_as_a_camera_ends_with_its_last_frame(tmp_path):
    source = open_source(str(make_clip(tmp_path / "door.mp4", count=10, fps=100)), realtime=True)
    frames = list(source)
    assert source.live
    assert source.frames == 10
    assert frames[-1].index == 9
    assert order(frames) == [frame.index for frame in frames]
    assert len(frames) + source.dropped == 10
    assert frames[-1].t >= 0.09
    assert all(np.diff([frame.t for frame in frames]) > 0)


def test_a_recording_that_cannot_be_played_is_an_error_rather_than_a_lost_camera(tmp_path):
    (tmp_path / "zero.png").touch()
    with pytest.raises(SourceError, match="is empty"):
        list(open_source(str(tmp_path / "zero.png"), realtime=True))
