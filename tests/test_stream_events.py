"""Events: what is told of tracks and of cameras."""

import json
from datetime import UTC, datetime

import numpy as np

from stream.events import Event

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_an_event_is_written_in_the_published_order():
    event = Event(NOON, "door", "named", track=3, sighting=7, name="Ada", similarity=np.float32(0.61239))
    assert json.dumps(event.as_dict()) == (
        '{"time": "2026-01-01T12:00:00.000+00:00", "camera": "door", "event": "named", "track": 3, "sighting": 7, '
        '"name": "Ada", "similarity": 0.6124, "reason": null}'
    )
