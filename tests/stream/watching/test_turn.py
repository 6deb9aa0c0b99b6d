"""One camera's turns: whatever happens to its pictures is its own affair."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from db import DatabaseError
from models.errors import ModelError, PictureError
from stream.errors import StreamError
from stream.frame import Frame
from stream.sources.cameras.camera import Camera
from stream.watching.feed import Feed
from stream.watching.turn import Turn
from tests.cameras import FakeCapture
from tests.clips import picture


class Door(Camera):
    """A camera that nobody reads."""

    def __init__(self) -> None:
        super().__init__("door", FakeCapture)
        self.complaints: list[str] = []
        self.closed = False

    def reconnect(self, cause: str) -> None:
        self.complaints.append(cause)

    def close(self) -> None:
        self.closed = True


class Places:
    """Those of the cameras at a worker."""

    def __init__(self) -> None:
        self.taken: list[object] = []

    def for_camera(self) -> object:
        self.taken.append(place := object())
        return place

    def forget(self, place: object) -> None:
        self.taken.remove(place)


class Pipelines:
    """Makes pipelines that raise what they are told to, or give back what they are given."""

    tell = None
    writer = SimpleNamespace(now=lambda: datetime(2026, 1, 1, tzinfo=UTC), note=lambda *_: None)

    def __init__(self, *raised: Exception | None) -> None:
        self._raised = iter(raised)
        self.begun: list[Feed] = []
        self.ended = 0
        self.paused: list[str] = []

    @contextmanager
    def pipeline(self, feed: Feed, detector: object, embedder: object) -> Iterator[Any]:
        self.begun.append(feed)
        yield SimpleNamespace(step=self._step, pause=self.paused.append)
        self.ended += 1

    def _step(self, frame: Frame) -> Any:
        error = next(self._raised, None)
        if error is not None:
            raise error
        return frame


def turn_of(pipelines: Any, seconds: float = 60.0) -> tuple[Turn, Door, Places]:
    camera, places = Door(), Places()
    return Turn(Feed(camera, max_seconds=seconds), pipelines, places, places), camera, places


def frame(t: float) -> Frame:
    return Frame(picture(0), 0, t, "door")


def test_a_camera_has_views_until_its_time_is_over():
    turn, _, _ = turn_of(Pipelines(), seconds=5.0)
    assert [turn.step(frame(t)) is None for t in (0.0, 4.9, 5.0, 7.0)] == [False, False, True, True]
    turn.close()


@pytest.mark.parametrize("error", [PictureError("too small"), ValueError("rtsp://me:secret@host"), MemoryError()])
def test_after_a_picture_that_cannot_be_used_the_camera_begins_anew(error, caplog):
    pipelines = Pipelines(None, error)
    turn, camera, places = turn_of(pipelines)
    before = list(places.taken)
    assert [turn.step(frame(t)) is None for t in (0.0, 0.1, 0.2)] == [False, True, False]
    assert (len(pipelines.begun), pipelines.ended, len(camera.complaints)) == (2, 1, 1)
    assert len(places.taken) == 2 and not set(places.taken) & set(before)  # what was asked for before comes to nobody
    assert "secret" not in camera.complaints[0] + caplog.text
    turn.close()


@pytest.mark.parametrize("error", [DatabaseError("full"), ModelError("no such file"), StreamError("no such folder")])
def test_what_concerns_all_cameras_is_not_taken_for_this_ones(error):
    turn, camera, _ = turn_of(Pipelines(error))
    with pytest.raises(type(error), match=str(error)):
        turn.step(frame(0.0))
    assert camera.complaints == []
    turn.close()


def test_a_camera_is_watched_in_another_way_and_stays_connected():
    pipelines = Pipelines()
    turn, camera, _ = turn_of(pipelines)
    turn.follow(Feed(camera, max_seconds=3.0))
    assert [feed.max_seconds for feed in pipelines.begun] == [60.0, 3.0] and pipelines.ended == 1
    assert turn.step(frame(4.0)) is None
    assert camera.complaints == [] and not camera.closed
    turn.close()


def test_a_pause_is_the_present_pipelines():
    pipelines = Pipelines()
    turn, _, _ = turn_of(pipelines)
    turn.pause("It has ended.")
    assert pipelines.paused == ["It has ended."]
    turn.close()


def test_at_the_end_whoever_is_there_has_left_and_the_camera_and_the_workers_are_free():
    pipelines = Pipelines()
    turn, camera, places = turn_of(pipelines)
    turn.close()
    assert (pipelines.ended, camera.closed, places.taken) == (1, True, [])


def test_a_camera_that_cannot_be_watched_is_let_go_of(monkeypatch):
    def refused(*_: object) -> Any:
        raise StreamError("There is no such folder.")

    pipelines, camera, places = Pipelines(), Door(), Places()
    monkeypatch.setattr(pipelines, "pipeline", refused)
    with pytest.raises(StreamError):
        Turn(Feed(camera, max_seconds=60.0), pipelines, places, places)
    assert camera.closed and places.taken == []
