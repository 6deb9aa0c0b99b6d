"""The views of recordings, by pipelines that see nobody."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
import supervision as sv

from stream.errors import StreamError
from stream.frame import Frame, View
from stream.pipeline.schedule import RECORDED
from stream.watching.feed import Feed
from stream.watching.recorded import recorded_views
from tests.clips import picture

FPS = 10


class Recording:
    """So many frames, ten a second."""

    live, fps, dating = False, float(FPS), None

    def __init__(self, name: str, frames: int, problem: str | None = None) -> None:
        self.name, self.frames, self.problem = name, frames, problem
        self.given = 0
        self.is_closed = False

    def __iter__(self) -> Iterator[Frame]:
        for index in range(self.frames):
            self.given += 1
            yield Frame(picture(0), index, index / FPS, self.name)

    def close(self) -> None:
        self.is_closed = True


class Pipelines:
    """Notes when the pipeline of a recording begins, what it steps through, and when it ends."""

    def __init__(self) -> None:
        self.noted: list[Any] = []

    def detector(self, areas: object, feed: Feed) -> Any:
        return None

    def embedder(self) -> Any:
        return None

    @contextmanager
    def pipeline(self, feed: Feed, detector: object, embedder: object) -> Iterator[Any]:
        self.noted.append(f"{feed.name} begins")
        try:
            yield SimpleNamespace(step=self._step)
        finally:
            self.noted.append(f"{feed.name} ends")

    def _step(self, frame: Frame) -> View:
        self.noted.append(frame.index)
        return View(frame, sv.Detections.empty(), detected=False)


def feed(recording: Recording, seconds: float = math.inf, lookahead: float = 0.5) -> Feed:
    return Feed(recording, schedule=RECORDED, max_seconds=seconds, lookahead=lookahead)


def test_recordings_are_watched_one_after_the_other_and_every_frame_has_its_view():
    pipelines = Pipelines()
    views = list(recorded_views(pipelines, [feed(Recording("door", 3)), feed(Recording("garden", 2))]))
    assert [(view.frame.camera, view.frame.index) for view in views] == [
        ("door", 0),
        ("door", 1),
        ("door", 2),
        ("garden", 0),
        ("garden", 1),
    ]
    assert pipelines.noted == ["door begins", 0, 1, 2, "door ends", "garden begins", 0, 1, "garden ends"]


def test_views_follow_the_reading_by_the_lookahead():
    pipelines = Pipelines()
    views = recorded_views(pipelines, [feed(Recording("door", 30), lookahead=0.5)])
    assert next(views).frame.index == 0
    assert pipelines.noted[-1] == 5
    views.close()


def test_a_recording_is_watched_for_so_many_seconds():
    recording = Recording("door", 30)
    views = list(recorded_views(Pipelines(), [feed(recording, seconds=1.0)]))
    assert [view.frame.index for view in views] == list(range(10))
    assert recording.given == 11  # no further than it takes to know


@pytest.mark.parametrize(
    ("problem", "told"), [("door.mp4 cannot be read.", "door.mp4 cannot"), (None, "no picture within 1 seconds")]
)
def test_a_recording_without_any_frame_is_told_of(problem, told):
    pipelines = Pipelines()
    with pytest.raises(StreamError, match=told):
        list(recorded_views(pipelines, [feed(Recording("door", 0, problem=problem), seconds=1.0)]))
    assert pipelines.noted == ["door begins", "door ends"]


def test_whoever_has_enough_of_a_recording_ends_its_pipeline_and_lets_go_of_it():
    pipelines, door = Pipelines(), Recording("door", 30)
    views = recorded_views(pipelines, [feed(door), feed(Recording("garden", 30))])
    next(views)
    views.close()
    assert pipelines.noted[-1] == "door ends"
    assert door.is_closed


def test_each_recording_is_let_go_of_before_the_next_begins():
    door, garden = Recording("door", 3), Recording("garden", 3)
    views = recorded_views(Pipelines(), [feed(door), feed(garden)])
    for view in views:
        assert (door.is_closed, garden.is_closed) == (view.frame.camera == "garden", False)
    assert garden.is_closed
