"""One worker for several cameras: turns are fair, nobody waits, nothing queues up, nothing fails in silence."""

import linecache
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from stream.frame import Frame
from stream.pipeline.threads import WorkerThread
from stream.pipeline.workers import Worker
from tests.waiting import LONG, wait_for

FRAME = Frame(np.zeros((4, 4, 3), np.uint8), 0, 0.0, "door")


class Echo:
    """Gives back what it was given, each time it is let."""

    def __init__(self) -> None:
        self.may = threading.Semaphore(0)
        self.taken = []

    def submit(self, frame, work) -> None:
        self.taken.append(work)
        assert self.may.acquire(timeout=LONG)
        if work == "bad":
            raise ValueError("bad work")

    def finished(self):
        return [self.taken[-1]]


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def shared(echo) -> Iterator[WorkerThread]:
    with WorkerThread(echo) as shared:
        yield shared
        echo.may.release(100)


def results_of(camera: Worker, count: int = 1) -> list:
    """Its next results, once there are so many."""
    results = []
    wait_for(lambda: results.extend(camera.finished()) or len(results) >= count)
    return results


def begun(echo: Echo, count: int) -> None:
    wait_for(lambda: len(echo.taken) >= count)


def test_work_comes_back_later_and_only_once(echo, shared):
    camera = shared.for_camera()
    camera.submit(FRAME, 1)
    begun(echo, 1)
    assert list(camera.finished()) == []
    echo.may.release()
    assert results_of(camera) == [1]
    assert list(camera.finished()) == []


def test_results_go_to_the_camera_whose_work_it_was(echo, shared):
    door, garden = shared.for_camera(), shared.for_camera()
    echo.may.release(2)
    door.submit(FRAME, "door")
    garden.submit(FRAME, "garden")
    assert results_of(garden) == ["garden"]
    assert results_of(door) == ["door"]


def test_a_busy_camera_does_not_keep_the_others_from_their_turn(echo, shared):
    cameras = [shared.for_camera() for _ in range(3)]
    served = []
    for number, camera in enumerate(cameras):
        camera.submit(FRAME, number)
    for _ in range(12):
        echo.may.release()
        begun(echo, len(served) + 1)
        number = echo.taken[len(served)]
        served.append(number)
        results_of(cameras[number])
        for other, camera in enumerate(cameras):
            camera.submit(FRAME, other)
    assert [served.count(number) for number in range(3)] == [4, 4, 4]
    assert all(len(set(served[i : i + 3])) == 3 for i in range(0, 12, 3))


def test_work_that_waits_is_replaced_by_newer_work(echo, shared):
    busy, waiting = shared.for_camera(), shared.for_camera()
    busy.submit(FRAME, "busy")
    begun(echo, 1)
    for work in ("old", "older", "newest"):
        waiting.submit(FRAME, work)
    assert (busy.waiting, waiting.waiting) == (None, "newest")
    echo.may.release(2)
    assert results_of(waiting) == ["newest"]
    assert echo.taken == ["busy", "newest"]
    assert waiting.waiting is None


def test_newer_work_waits_while_older_is_done_and_no_result_is_lost(echo, shared):
    camera = shared.for_camera()
    camera.submit(FRAME, 1)
    begun(echo, 1)
    camera.submit(FRAME, 2)
    echo.may.release(2)
    begun(echo, 2)
    assert results_of(camera, 2) == [1, 2]


def test_work_is_under_way_until_its_results_have_been_taken(echo, shared):
    door, garden = shared.for_camera(), shared.for_camera()
    door.submit(FRAME, "door")
    begun(echo, 1)
    garden.submit(FRAME, "garden")
    assert (door.under_way, garden.under_way) == (["door"], [])  # the garden's work waits
    echo.may.release()
    begun(echo, 2)
    assert (door.under_way, garden.under_way) == (["door"], ["garden"])  # nobody has told the door yet
    assert list(door.finished()) == ["door"]
    assert door.under_way == []


def test_a_failure_reaches_the_camera_whose_work_it_was_and_the_others_go_on(echo, shared):
    door, garden = shared.for_camera(), shared.for_camera()
    echo.may.release(3)
    door.submit(FRAME, "bad")
    with pytest.raises(ValueError, match="bad work"):
        results_of(door)
    garden.submit(FRAME, "good")
    door.submit(FRAME, "better")
    assert (results_of(garden), results_of(door)) == (["good"], ["better"])


def test_the_work_of_a_camera_that_wants_no_more_is_not_done(echo, shared):
    busy, gone, door = (shared.for_camera() for _ in range(3))
    busy.submit(FRAME, "busy")
    begun(echo, 1)
    gone.submit(FRAME, "gone")
    door.submit(FRAME, "door")
    shared.forget(gone)
    echo.may.release(2)
    assert results_of(door) == ["door"]
    assert echo.taken == ["busy", "door"]


def test_leaving_ends_the_thread_with_work_still_waiting(echo):
    with WorkerThread(echo) as shared:
        shared.for_camera().submit(FRAME, 1)
        shared.for_camera().submit(FRAME, 2)
        begun(echo, 1)
        threading.Thread(target=lambda: (wait_for(lambda: shared._closed), echo.may.release())).start()
    assert echo.taken == [1]
    assert not any(thread.name == "Echo" for thread in threading.enumerate())


def test_it_ends_though_a_signal_broke_off_the_waking_of_its_thread(echo):
    echo.may.release()
    with WorkerThread(echo) as shared:
        camera = shared.for_camera()
        wait_until_idle("Echo")
        with pytest.raises(KeyboardInterrupt), broken_off(threading.Condition.notify, "waiters.remove(waiter)"):
            camera.submit(FRAME, 1)
        assert results_of(camera) == [1]
        wait_until_idle("Echo")
        closing = threading.Thread(target=shared.__exit__, args=(None, None, None), daemon=True)
        closing.start()
        closing.join(LONG)
        ended = not closing.is_alive()
        with shared._changed:
            shared._changed.notify_all()  # lest a failure hang
    assert ended


@contextmanager
def broken_off(function, line: str) -> Iterator[None]:
    """Within it, this line of a function of Python raises, once, what the handler of a signal may raise there."""

    def trace(frame, event, _):
        if frame.f_code is not function.__code__:
            return None
        if event == "line" and linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip() == line:
            raise KeyboardInterrupt  # and nothing is traced from here on
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)


def wait_until_idle(name: str) -> None:
    """Until a thread waits to be told of something."""
    (thread,) = (one for one in threading.enumerate() if one.name == name)
    waits = threading.Condition.wait.__code__
    wait_for(lambda: sys._current_frames()[thread.ident].f_code is waits)
