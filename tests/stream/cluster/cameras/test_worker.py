"""A process that watches its share of the cameras, wherever it is."""

import time
from collections.abc import Callable
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from db import DatabaseError
from stream.cluster.cameras import worker
from stream.cluster.cameras.shares import Share
from stream.cluster.cameras.worker import CameraWorker
from stream.cluster.on_ray import program
from stream.errors import StreamError
from stream.settings import CameraSettings, Settings
from stream.sources.state import State

NODE = "5f2a9c0d77"


class Session:
    """A session of which a test says what becomes of it."""

    def __init__(self, outcome: Exception | None = None, state: State = State.LIVE) -> None:
        self._outcome, self._state = outcome, state
        self._stopped = False

    def run(self) -> None:
        if self._outcome is not None:
            raise self._outcome
        while self._state is not State.ENDED and not self._stopped:
            time.sleep(0.01)

    def stop(self) -> None:
        self._stopped = True

    def cameras(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(name="door", state=self._state)]


@pytest.fixture
def begin(monkeypatch, tmp_path):
    """Begins a worker whose sessions are these, one after the other."""
    monkeypatch.setattr(worker, "PAUSE", 0.05)
    monkeypatch.chdir(tmp_path)
    begun = []

    def call(*sessions: Session, wanted: str | None = None) -> CameraWorker:
        waiting = iter(sessions)

        @contextmanager
        def watch_of(wished, feeds, absence):
            assert (wished.db, [feed.name for feed in feeds], absence) == ("postgresql://server/people", ["door"], 60.0)
            yield SimpleNamespace(session=next(waiting))

        monkeypatch.setattr(worker, "watch_of", watch_of)
        door = CameraSettings(source="rtsp://host/door", name="door")
        share = Share(Settings(camera=(door,), db="postgresql://server/people"), tmp_path)
        begun.append(CameraWorker(share, wanted or program(), NODE))
        return begun[-1]

    yield call
    for one in begun:
        one.end()


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_it_tells_where_and_how_its_cameras_are_and_ends_when_told(begin):
    one = begin(Session())
    wait_until(lambda: bool(one.status().cameras))
    status = one.status()
    assert status.machine.endswith("(5f2a9c0d)")
    assert ([camera.name for camera in status.cameras], status.problem, status.ended) == (["door"], None, False)
    one.end()
    assert one.status().ended


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (DatabaseError("The server is away."), "The server is away."),
        (StreamError("Nothing works."), "Nothing works."),
        (
            KeyError("oops"),
            "The watch ended by a mistake of the program (KeyError('oops')): please report this as a bug.",
        ),
    ],
)
def test_a_watch_that_ends_by_a_problem_begins_anew(begin, monkeypatch, error, problem):
    monkeypatch.setattr(worker, "PAUSE", 0.5)
    one = begin(Session(error), Session())
    wait_until(lambda: one.status().problem == problem)
    wait_until(lambda: one.status().problem is None)
    assert not one.status().ended


def test_it_has_ended_when_its_cameras_have(begin):
    one = begin(Session(state=State.ENDED))
    wait_until(lambda: one.status().ended)


def test_another_version_of_the_program_does_not_begin(begin):
    with pytest.raises(StreamError, match=r"has Doorman .*, and not Doorman 0\.0\.1: install the same on all"):
        begin(Session(), wanted="Doorman 0.0.1")
