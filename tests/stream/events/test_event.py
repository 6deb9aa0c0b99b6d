"""Events: what is told of tracks and of cameras."""

import json
from datetime import UTC, datetime

import numpy as np
import pytest

from stream.events.event import Event, tell_of_camera
from stream.sources.cameras.camera import Camera
from stream.sources.cameras.state import State, Status

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_an_event_is_written_in_the_published_order():
    event = Event(NOON, "door", "named", track=3, sighting=7, name="Ada", similarity=np.float32(0.61239))
    assert json.dumps(event.as_dict()) == (
        '{"time": "2026-01-01T12:00:00.000+00:00", "camera": "door", "event": "named", "track": 3, "sighting": 7, '
        '"name": "Ada", "similarity": 0.6124, "reason": null}'
    )


class Changes:
    """A camera that is in the states that a test says."""

    def __init__(self) -> None:
        self.camera = Camera("door", lambda: pytest.fail("nobody reads it"))
        self.events = []
        tell_of_camera(self.camera, self.events.append, lambda: NOON)

    def __call__(self, *states, problem=None):
        for state in states:
            self.camera.on_change(Status(state, problem))
        told, self.events[:] = list(self.events), []
        return told


def test_a_lost_camera_is_told_once_with_the_reason_and_then_that_it_is_back():
    change = Changes()
    assert change(State.LIVE) == []
    assert change(State.STALLED, problem="No picture.") == [Event(NOON, "door", "camera_lost", reason="No picture.")]
    assert change(State.RECONNECTING, State.FAILED, problem="No answer.") == []
    assert change(State.LIVE) == [Event(NOON, "door", "camera_back")]
    assert change(State.STILL, State.LIVE) == []
    assert [event.event for event in change(State.RECONNECTING, problem="No answer.")] == ["camera_lost"]
    assert [event.event for event in change(State.STILL)] == ["camera_back"]


def test_a_camera_that_was_never_there_is_lost():
    assert [event.event for event in Changes()(State.FAILED, problem="Denied.")] == ["camera_lost"]


def test_a_camera_that_stalls_for_a_moment_is_not_lost():
    assert Changes()(State.LIVE, State.STALLED, State.LIVE) == []


def test_a_lost_camera_is_not_back_because_the_watch_ends():
    assert [event.event for event in Changes()(State.STALLED, State.ENDED, problem="No answer.")] == ["camera_lost"]


def test_whoever_listened_before_still_does():
    camera = Camera("door", lambda: pytest.fail("nobody reads it"))
    heard = []
    camera.on_change = heard.append
    tell_of_camera(camera, heard.append, lambda: NOON)
    stalled = Status(State.STALLED, "No answer.")
    camera.on_change(stalled)
    assert heard == [stalled, Event(NOON, "door", "camera_lost", reason="No answer.")]
