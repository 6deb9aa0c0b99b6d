"""A process that watches its share of the cameras, wherever it is."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from db import DatabaseError, Event
from db.records import Tell
from models.errors import PictureError
from stream.cluster.cameras import worker
from stream.cluster.cameras.shares import Share
from stream.cluster.cameras.worker import CameraWorker
from stream.cluster.on_ray import program
from stream.errors import StreamError
from stream.service.watch import picture as pictures
from stream.service.watch.picture import Picture
from stream.settings.cameras import CameraSettings
from stream.settings.settings import Settings
from stream.sources.cameras.state import State
from tests.clips import make_faces, make_view
from tests.fakes import make_face, unit
from tests.people import at
from tests.waiting import LONG, wait_for

NODE = "5f2a9c0d77"
PICTURE = Picture(make_view(7, faces=make_faces([None, "Ada"]), looks={1: (make_face(unit(1.0)),)}), 0.0)


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

    @contextmanager
    def hearing(self, tell: Tell) -> Iterator[None]:
        self.tell = tell
        yield

    def newest(self, camera: str, after: int | None, timeout: float) -> Picture | None:
        return None if after == PICTURE.number else PICTURE

    def cameras(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(name="door", state=self._state)]


@pytest.fixture
def begin(monkeypatch, tmp_path):
    """Begins a worker whose sessions are these, made or to be made, one after the other."""
    monkeypatch.setattr(worker, "PAUSE", 0.05)
    monkeypatch.chdir(tmp_path)
    begun = []

    def call(*sessions: Session | Callable[[], Session], wanted: str | None = None) -> CameraWorker:
        waiting = iter(sessions)

        @contextmanager
        def watch_of(wished, feeds, absence, near):
            assert (wished.db, [feed.name for feed in feeds], absence) == ("postgresql://server/people", ["door"], 60.0)
            assert near is None
            session = next(waiting)
            yield SimpleNamespace(session=session() if callable(session) else session)

        monkeypatch.setattr(worker, "watch_of", watch_of)
        door = CameraSettings(source="rtsp://host/door", name="door")
        share = Share(Settings(camera=(door,), db="postgresql://server/people"), tmp_path)
        begun.append(CameraWorker(share, wanted or program(), node=NODE))
        return begun[-1]

    yield call
    for one in begun:
        one.end()


def test_it_tells_where_and_how_its_cameras_are_and_ends_when_told(begin):
    one = begin(Session())
    wait_for(lambda: bool(one.status().cameras))
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
def test_a_watch_that_ends_by_a_problem_begins_anew(begin, error, problem):
    told = threading.Event()
    one = begin(Session(error), lambda: told.wait(LONG) and Session())
    wait_for(lambda: one.status().problem == problem)
    told.set()
    wait_for(lambda: one.status().problem is None)
    assert not one.status().ended


def test_it_has_ended_when_its_cameras_have(begin):
    one = begin(Session(state=State.ENDED))
    wait_for(lambda: one.status().ended)


def test_another_version_of_the_program_does_not_begin(begin):
    with pytest.raises(StreamError, match=r"has Doorman .*, and not Doorman 0\.0\.1: install the same on all"):
        begin(Session(), wanted="Doorman 0.0.1")


def test_it_tells_whom_a_picture_shows_and_draws_it_only_when_asked(begin, monkeypatch):
    drawn = []
    draw = pictures.draw
    monkeypatch.setattr(pictures, "draw", lambda *given: drawn.append(1) or draw(*given))
    one = begin(Session())
    with pytest.raises(StreamError, match="There is no picture of door yet"):
        one.jpeg("door", 1280)
    wait_for(lambda: bool(one.status().cameras))
    assert one.newest("door", 7, 0.0) is None
    seen = one.newest("door", None, 0.0)
    assert (seen.number, [face.name for face in seen.faces], drawn) == (7, [None, "Ada"], [])
    assert one.jpeg("door", 1280).startswith(b"\xff\xd8") and drawn == [1]
    assert len(one.looks("door", 1)) == 1
    with pytest.raises(PictureError, match="not there any more"):
        one.looks("door", 9)
    assert one.portrait("door", 2) is None


def test_it_tells_of_events_once_and_of_none_that_nobody_wanted_to_hear(begin):
    session, event = Session(), Event(at(0), "door", "entered", 1)
    one = begin(session)
    wait_for(lambda: hasattr(session, "tell"))
    session.tell(event)
    assert one.status().events == ()
    assert one.status(hearing=True).events == ()
    session.tell(event)
    assert one.status(hearing=True).events == (event,)
    assert one.status(hearing=True).events == ()
