"""Several cameras at the same time: each has its turn, none waits for another."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from stream.errors import CameraError, SourceError
from stream.frame import Frame
from stream.sources.cameras import multiplex
from stream.sources.cameras.camera import Camera
from stream.sources.cameras.multiplex import NewestFrames
from stream.sources.decoding import LazyPicture
from tests.clips import picture

SOON = 30.0  # seconds after which a test has failed


class Script:
    """A capture that gives pictures when the test lets it, and then ends."""

    fps = None

    def __init__(self, count: int, end: Exception | None = None) -> None:
        self.may = threading.Semaphore(0)
        self._left, self._end = count, end

    def read(self):
        if self._left == 0:
            if self._end:
                raise self._end
            return None
        assert self.may.acquire(timeout=SOON)
        self._left -= 1
        return LazyPicture.of(picture(self._left))

    def close(self) -> None:
        pass


class Dead:
    """A capture that hangs."""

    fps = None

    def read(self):
        time.sleep(SOON)
        raise CameraError("No answer.")

    def close(self) -> None:
        pass


def camera(name: str, capture: object) -> Camera:
    return Camera(name, lambda: capture)


def free(count: int, end: Exception | None = None) -> Script:
    script = Script(count, end)
    script.may.release(count)
    return script


def frames_of(*cameras: Camera) -> Iterator[Frame]:
    return (frame for frame in NewestFrames(cameras) if frame is not None)


def test_frames_of_all_cameras_come_until_all_have_ended():
    scripts = {name: Script(3) for name in ("door", "garden")}
    frames = frames_of(*(camera(name, script) for name, script in scripts.items()))
    for script in scripts.values():
        script.may.release()
    seen = []
    for frame in frames:
        seen.append((frame.camera, frame.index))
        scripts[frame.camera].may.release()
    assert sorted(seen) == [(name, index) for name in ("door", "garden") for index in range(3)]


def test_a_camera_that_hangs_does_not_keep_the_others():
    dead, door = camera("dead", Dead()), camera("door", free(1))
    began = time.monotonic()
    frame = next(frames_of(dead, door))
    assert frame.camera == "door"
    assert time.monotonic() - began < SOON / 2
    dead.close()


def test_a_fast_camera_does_not_keep_a_slow_one_from_its_turn():
    endless, slow = free(1_000_000), Script(1)
    fast = camera("fast", endless)
    seen = []
    for frame in frames_of(fast, camera("slow", slow)):
        seen.append(frame.camera)
        if len(seen) == 10:
            slow.may.release()
        if "slow" in seen:
            break
        assert len(seen) < 100_000
    fast.close()


def test_waiting_costs_no_time_once_a_frame_is_there(monkeypatch):
    monkeypatch.setattr(multiplex, "PULSE", 2 * SOON)
    script = Script(1)
    threading.Timer(0.05, script.may.release).start()
    began = time.monotonic()
    next(frames_of(camera("door", script)))
    assert time.monotonic() - began < SOON


def test_while_no_frame_comes_the_iterating_thread_looks_around():
    frames = iter(NewestFrames([camera("door", script := Script(1))]))
    assert next(frames) is None
    script.may.release()
    assert [frame.camera for frame in frames if frame is not None] == ["door"]


def test_cameras_come_and_go_and_an_endless_watch_waits_for_them():
    together = NewestFrames(endless=True)
    frames = iter(together)
    assert next(frames) is None
    together.add(door := camera("door", free(1_000_000)))
    assert next(frame for frame in frames if frame).camera == "door"
    together.remove(door)
    assert next(frames) is None
    door.close()


def test_a_recording_that_cannot_be_played_is_told_once_the_others_have_ended():
    broken = camera("broken", Script(0, SourceError("The file is cut off.")))
    seen = []
    with pytest.raises(SourceError, match="cut off"):
        seen.extend(frame.camera for frame in frames_of(broken, camera("door", free(1))))
    assert seen == ["door"]
    assert broken.problem == "The file is cut off."


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_closing_every_camera_ends_it_also_from_another_thread(order: tuple[int, int]):
    cameras = [camera("door", Script(1)), camera("garden", Script(1))]
    close: Callable[[], object] = lambda: [cameras[i].close() for i in order]  # noqa: E731
    threading.Timer(0.05, close).start()
    assert list(frames_of(*cameras)) == []
