"""When a recording was made: as the user says, its container, or its file; and never in the future."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from stream.errors import SourceError
from stream.sources.dating import Dating, told_by_container
from stream.sources.source import open_source
from tests.clips import make_clip

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
LAST_YEAR = datetime(2025, 5, 4, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "began"),
    [
        ("2025-05-04T10:00:00.000000Z", LAST_YEAR),
        ("2025-05-04 12:00:00+02:00", LAST_YEAR),
        ("2025-05-04T10:00:00", LAST_YEAR),
        ("2026-11-01T11:59:55Z", NOW - timedelta(seconds=60)),  # it was written when it ended
    ],
)
def test_a_container_tells_when_it_was_made(told, began):
    dating = told_by_container({"creation_time": told}, 60.0, NOW)
    assert dating == Dating(began, "the creation time in the file")


@pytest.mark.parametrize("told", ["1904-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2031-01-01T00:00:00Z", "soon", ""])
def test_a_clock_that_was_never_set_is_not_believed(told):
    assert told_by_container({"creation_time": told}, 60.0, NOW) is None


def test_nothing_told_is_nothing_known():
    assert told_by_container({}, 60.0, NOW) is None


@pytest.fixture
def clip(tmp_path) -> Path:
    """Two seconds that ended when the file was last changed."""
    path = make_clip(tmp_path / "door.mp4", count=20, fps=10)
    os.utime(path, (LAST_YEAR.timestamp(), LAST_YEAR.timestamp()))
    return path


def test_a_file_was_written_until_its_recording_ended(clip):
    dating = open_source(str(clip)).dating
    assert abs(dating.began - (LAST_YEAR - timedelta(seconds=2))) < timedelta(seconds=0.2)
    assert dating.told_by == "the time of the file, less its length"


def test_the_container_goes_before_the_file(tmp_path):
    path = make_clip(tmp_path / "door.mkv", count=20, fps=10, metadata={"creation_time": "2025-05-04T10:00:00Z"})
    assert open_source(str(path)).dating == Dating(LAST_YEAR, "the creation time in the file")


def test_the_user_goes_before_both(clip):
    started = LAST_YEAR - timedelta(days=100)
    assert open_source(str(clip), started=started).dating == Dating(started, "--started")


def test_pictures_are_of_when_the_first_was_taken(tmp_path):
    for name in ("1.png", "2.png"):
        Image.fromarray(np.zeros((4, 4, 3), np.uint8)).save(tmp_path / name)
        os.utime(tmp_path / name, (LAST_YEAR.timestamp(), LAST_YEAR.timestamp()))
    assert open_source(str(tmp_path)).dating.began == LAST_YEAR


def test_a_recording_of_the_future_is_refused(clip):
    with pytest.raises(SourceError, match="would end in the future: give --started as the moment at which it began"):
        open_source(str(clip), started=datetime.now(UTC) - timedelta(seconds=1))


@pytest.mark.parametrize("source", ["0", "rtsp://camera/stream"])
def test_a_camera_shows_what_happens_now(source):
    assert open_source(source).dating is None
    with pytest.raises(SourceError, match="leave --started to recordings"):
        open_source(source, started=LAST_YEAR)


def test_a_recording_played_as_a_camera_happens_now(clip):
    assert open_source(str(clip), realtime=True).dating is None
