"""A live source: the newest frame of a camera, whatever it does."""

import os
import signal
import sys
import threading
from collections.abc import Callable

import pytest

from stream.errors import CameraError
from stream.priority import NICEST, STEP
from stream.sources.cameras.camera import Camera
from stream.sources.cameras.state import State
from stream.sources.decoding import LazyPicture
from tests.cameras import SOON, Connections, FakeCapture, camera, held_back
from tests.clips import order, picture


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


def making(made: list[int], index: int, may: threading.Semaphore | None = None) -> Callable[[], LazyPicture]:
    """A picture that tells when it is made, and comes when it may."""

    def give() -> LazyPicture:
        assert may is None or may.acquire(timeout=SOON)
        return LazyPicture(lambda: (made.append(index), picture(index))[1])

    return give


def test_while_nobody_takes_them_pictures_are_not_made(clock):
    made = []
    source = camera(clock, FakeCapture(*(making(made, index) for index in range(100)), None))
    source._begin()
    source._thread.join(SOON)
    assert made == list(range(len(made))) and len(made) < 10  # then it is clear that most are replaced
    (frame,) = source
    assert frame.index == made[-1] == 99


def test_pictures_that_are_taken_are_made_before(clock):
    may, made = threading.Semaphore(0), []
    source = camera(clock, FakeCapture(*(making(made, index, may) for index in range(3)), None))
    come = threading.Semaphore(0)
    source.on_news = come.release
    source.read(0)
    for index in range(3):
        may.release()
        assert come.acquire(timeout=SOON)
        assert made == list(range(index + 1))
        assert source.read(SOON).index == index


@pytest.mark.skipif(sys.platform != "linux", reason="a thread has no niceness of its own here")
def test_whoever_shows_the_pictures_goes_before_the_thread_that_reads_them_and_heavy_work_behind(clock):
    own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    if own == NICEST:
        pytest.skip("these tests were started as the nicest already")
    found = list[int]()

    def give() -> LazyPicture:
        found.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        return picture(0)

    source = camera(clock, FakeCapture(give, None))
    assert list(source)
    assert own < found[0] < own + STEP


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


def test_changes_of_the_state_are_told_once_each_in_their_order(clock):
    source = camera(clock, CameraError("No answer."), FakeCapture(picture(0)), FakeCapture(picture(1), None))
    told = []
    source.on_change = lambda status: told.append((status.state, status.problem))
    list(source)
    assert told == [
        (State.RECONNECTING, "No answer. Trying again in 1 s."),
        (State.LIVE, None),
        (State.RECONNECTING, "The camera is lost. Trying again in 1 s."),
        (State.LIVE, None),
        (State.ENDED, None),
    ]


def test_that_nothing_comes_is_told_by_whoever_waits_for_it_and_becomes_a_problem(clock):
    step = threading.Semaphore(0)
    source = camera(clock, FakeCapture(picture(0), held_back(step, 1), None))
    told = []
    source.on_change = lambda status: told.append((status.state, status.problem))
    source.read(SOON)
    for _ in range(4):
        clock.now += 1.1
        source.read(0.01)
    assert told[1:] == [(State.STALLED, None), (State.STALLED, "door gives no picture any more.")]
    step.release()
    source.read(SOON)
    assert told[3] == (State.LIVE, None)
    assert source.problem is None


def test_a_camera_that_is_slow_by_nature_is_not_stalled_between_its_pictures(clock):
    step = threading.Semaphore(0)
    source = camera(clock, FakeCapture(*(held_back(step, index) for index in range(41)), None))
    source.read(0)
    for _ in range(40):
        clock.now += 0.9
        step.release()
        source.read(SOON)
    clock.now += 2.0
    assert source.state is State.LIVE
    clock.now += 1.0
    assert source.state is State.STALLED
    step.release()


def test_a_camera_that_gives_a_picture_now_and_then_is_not_stalled_between_them(clock):
    step = threading.Semaphore(0)
    source = camera(clock, FakeCapture(*(held_back(step, index) for index in range(9)), None))
    problems = []
    source.on_change = lambda status: problems.append(status.problem)
    source.read(0)
    for _ in range(8):
        step.release()
        source.read(SOON)
        clock.now += 5.0
    problems.clear()
    for _ in range(9):
        assert source.state is State.LIVE
        clock.now += 1.0
    assert source.read(0.01) is None
    assert problems == []
    clock.now += 2.0
    assert source.problem == "door gives no picture any more."
    step.release()


def test_a_camera_that_announces_few_pictures_is_not_stalled_before_the_second(clock):
    step = threading.Semaphore(0)
    seldom = FakeCapture(picture(0), held_back(step, 1), None)
    seldom.fps = 0.2
    source = camera(clock, seldom)
    source.read(SOON)
    clock.now += 14.0
    assert source.state is State.LIVE
    clock.now += 2.0
    assert source.state is State.STALLED
    step.release()


def test_one_long_silence_makes_no_slow_camera(clock):
    step = threading.Semaphore(0)
    source = camera(clock, FakeCapture(*(held_back(step, index) for index in range(6)), None))
    source.read(0)
    for pause in (0.1, 0.1, 60.0, 0.1):
        step.release()
        source.read(SOON)
        clock.now += pause
    step.release()
    source.read(SOON)
    clock.now += 1.1
    assert source.state is State.STALLED
    step.release()


def test_the_same_picture_again_and_again_is_told_and_nothing_is_reconnected(clock):
    step = threading.Semaphore(0)
    shown = [held_back(step, index) for index in [0] * 12 + [1]]
    source = camera(clock, FakeCapture(*shown, None))
    states = []
    source.read(0)
    for _ in shown:
        clock.now += 1.0
        step.release()
        source.read(SOON)
        states.append(source.state)
    assert states[:12] == [State.LIVE] * 10 + [State.STILL] * 2
    assert State.RECONNECTING not in states


def test_a_bug_in_a_listener_reaches_whoever_reads(clock):
    source = camera(clock, FakeCapture(picture(0), None))
    source.on_change = lambda _: 1 / 0
    with pytest.raises(ZeroDivisionError):
        list(source)


def test_close_ends_the_wait_for_a_camera_that_is_not_there(clock, monkeypatch):
    monkeypatch.setattr("stream.sources.cameras.camera.SHORTEST_WAIT", 10 * SOON)
    source = Camera("door", Connections(CameraError("No answer.")), clock=clock)
    source.on_change = lambda _: threading.Thread(target=source.close).start()  # once it is told to be away
    assert list(source) == []
    assert source.problem.startswith("No answer.")
    source._thread.join(SOON)
    assert not source._thread.is_alive()


def test_it_can_be_closed_by_another_thread_while_it_begins(clock, monkeypatch):
    source = camera(clock, FakeCapture(picture(0), None))
    start = threading.Thread.start
    monkeypatch.setattr(threading.Thread, "start", lambda thread: (source.close(), start(thread)))
    assert source.read(SOON) is None
    assert source.state is State.ENDED


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send to oneself")
def test_ctrl_c_ends_the_wait_for_a_camera_that_is_not_there(clock):
    source = Camera("door", Connections(*[CameraError("No answer.")] * 3), clock=clock)
    interrupting = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012 - it may come before the camera is waited for
        interrupting.start()
        list(source)
    source.close()


def test_while_no_frame_comes_the_reader_looks_around(clock, monkeypatch):
    monkeypatch.setattr("stream.sources.cameras.camera.PATIENCE", 0.01)
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
