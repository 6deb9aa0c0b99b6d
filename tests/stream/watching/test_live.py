"""Cameras that are watched together, and come and go meanwhile."""

import pytest

from stream.errors import StreamError
from stream.recognizer import Recognizer
from stream.sources.cameras.state import State
from stream.sources.source import open_source
from stream.watching.feed import Feed
from stream.watching.live import Live
from tests.cameras import endless
from tests.clips import make_clip
from tests.fakes import FakeAnalyzer


def test_cameras_come_and_go_while_others_are_watched(fresh_db):
    live = Live([endless("door", 60)], endless=True)
    seen, garden = [], None
    with Recognizer(fresh_db, FakeAnalyzer(), 0.5).watching(live=True) as pipelines:
        for view in live.views(pipelines):
            if view is not None:
                seen.append(view.frame.camera)
            if seen.count("door") == 3 and garden is None:
                live.add(garden := endless("garden", 60))
            if seen.count("garden") == 3 and len(live.feeds) == 2:
                live.remove("door")
            if seen.count("garden") == 5:
                break
    assert [feed.name for feed in live.feeds] == ["garden"]
    assert garden.source.state is State.ENDED
    with pytest.raises(StreamError, match=r"No camera is called door \(there are: garden\)"):
        live.remove("door")
    with pytest.raises(StreamError, match="Two cameras are called garden"):
        live.add(endless("garden", 1))


def test_a_recording_is_not_added_to_cameras(tmp_path):
    with pytest.raises(StreamError, match="realtime"):
        Live().add(Feed(open_source(str(make_clip(tmp_path / "clip.mp4")))))
