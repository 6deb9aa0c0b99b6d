"""What cameras see is dated by the clock that all machines share, that of the database's server."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from stream.recognizer import Recognizer
from stream.sources.source import open_source
from stream.watching.feed import Feed
from tests.cameras import lost
from tests.clips import make_clip
from tests.fakes import FakeAnalyzer

HOUR = timedelta(hours=1)


def server_time() -> datetime:
    """As if this machine's clock were slow by an hour."""
    return datetime.now(UTC) + HOUR


@pytest.fixture
def recognizer(fresh_db, monkeypatch) -> Recognizer:
    monkeypatch.setattr("stream.motion.shots.CutDetector.is_cut", lambda *_: False)  # the clips flicker
    clock = SimpleNamespace(now=server_time, set=lambda: None)
    monkeypatch.setattr(fresh_db, "clock", clock)
    return Recognizer(fresh_db, FakeAnalyzer(), 0.5)


def test_sightings_and_events_of_cameras_are(recognizer, tmp_path):
    clip = make_clip(tmp_path / "door.mp4", count=10, size=(320, 240))
    began = server_time()
    list(recognizer.watch_all([lost("garden"), Feed(open_source(str(clip), realtime=True))]))
    (sighting,), events = recognizer.database.sightings(), recognizer.database.events()
    assert {event.event for event in events} == {"camera_lost", "entered", "left"}
    for time in (sighting.first_seen, sighting.last_seen, *(event.time for event in events)):
        assert began - timedelta(seconds=1) <= time <= server_time()


def test_recordings_are_dated_by_their_files(recognizer, tmp_path):
    clip = make_clip(tmp_path / "door.mp4", count=10, size=(320, 240))
    list(recognizer.watch_all([Feed(open_source(str(clip)))]))
    (sighting,) = recognizer.database.sightings()
    assert sighting.last_seen < server_time() - HOUR
