"""Cameras that do what a test says, and a clock for them."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from stream.errors import CameraError
from stream.sources.cameras.camera import Camera
from stream.sources.cameras.state import State
from stream.sources.decoding import LazyPicture
from stream.watching.feed import Feed
from tests.clips import picture

SOON = 30.0  # seconds after which a test has failed


class FakeCapture:
    """Gives its pictures, made or to be made, or those of `each`; then it is lost, or, where the last is None, ends."""

    fps = 25.0

    def __init__(self, *pictures: Any, each: Iterator[Any] | None = None) -> None:
        self._pictures = each or iter(pictures)
        self.closed = False

    def read(self) -> Any:
        given = next(self._pictures, CameraError("The camera is lost."))
        if isinstance(given, Exception):
            raise given
        if callable(given) and not isinstance(given, LazyPicture):
            given = given()
        return given if given is None or isinstance(given, LazyPicture) else LazyPicture.of(given)

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


def camera(clock: Clock, *connections: Any, sleep: Callable[[float], object] | None = None) -> Camera:
    """One called door that gets these captures, or errors, one after the other."""
    return Camera("door", Connections(*connections), clock=clock, sleep=sleep or clock.sleep, chance=lambda: 1.0)


def held_back(step: threading.Semaphore, index: int) -> Callable[[], Any]:
    """A picture that comes only when the test says so."""

    def give() -> Any:
        assert step.acquire(timeout=SOON)
        return picture(index)

    return give


def endless(name: str, seconds: float = 60.0) -> Feed:
    """A camera that gives the same picture for so many seconds."""
    return Feed(Camera(name, lambda: FakeCapture(*[unhurried] * 1_000_000)), max_seconds=seconds)


def unhurried(size: tuple[int, int] = (64, 48)) -> Any:
    """A picture at a pace that leaves time to others."""
    time.sleep(0.01)
    return picture(0, size)


def lost(name: str) -> Feed:
    """A camera that cannot be reached; it is given up once that is known, however long that takes."""

    def connect():
        raise CameraError(f"{name} cannot be reached.")

    camera = Camera(name, connect, sleep=lambda _: threading.Thread(target=camera.close).start())
    return Feed(camera)


class FakeCamera:
    """A camera of which it is only told how it is."""

    def __init__(self, name: str, state: State = State.LIVE, problem: str | None = None) -> None:
        self.name, self.state, self.problem = name, state, problem
