"""A watch that runs, seen from other threads."""

import threading
import time
from dataclasses import replace
from unittest.mock import Mock

import av
import cv2
import pytest

from stream.errors import StreamError, UnknownCameraError
from stream.pipeline.zones import Area
from stream.recognizer import Recognizer
from stream.service.watch import picture as pictures
from stream.service.watch.session import WatchSession
from stream.settings.cameras import CameraSettings
from stream.sinks.videos import Videos
from stream.sources.cameras.state import State
from tests.cameras import endless
from tests.clips import make_clip, make_view
from tests.fakes import FakeAnalyzer, showing
from tests.waiting import wait_for

PATIENCE = 30.0  # seconds after which a test has failed


@pytest.fixture
def recognizer(fresh_db) -> Recognizer:
    return Recognizer(fresh_db, FakeAnalyzer(), 0.5)


@pytest.fixture
def session(recognizer):
    session = WatchSession(recognizer, [endless("door")], endless=True)
    session.start()
    yield session
    session.stop()


def test_a_session_runs_in_a_thread_of_its_own_until_it_is_stopped(session):
    assert session.newest("door", timeout=PATIENCE).view.frame.camera == "door"
    assert session.running
    session.stop()
    assert (session.running, session.problem) == (False, None)
    begun = {"watch", "camera door", "upkeep", "sighting-writer"}
    wait_for(lambda: not begun & {thread.name for thread in threading.enumerate()})


def test_it_tells_how_each_camera_is(session):
    session.newest("door", timeout=PATIENCE)
    # Where the machine is busy, no picture may come for a moment.
    door = next(door for (door,) in iter(session.cameras, None) if door.state is State.LIVE)
    assert (door.name, door.problem, door.size) == ("door", None, (64, 48))
    assert 0 <= door.age < PATIENCE
    assert door.fps > 0


def test_cameras_are_added_and_removed_while_it_runs(session, tmp_path):
    clip = make_clip(tmp_path / "clip.mp4", count=100, fps=1)
    session.add(CameraSettings(source=str(clip), name="garden", realtime=True))
    assert session.newest("garden", timeout=PATIENCE) is not None
    assert {camera.name for camera in session.cameras()} == {"door", "garden"}
    with pytest.raises(StreamError, match="Two cameras are called garden"):
        session.add(CameraSettings(source="0", name="garden"))
    session.remove("garden")
    assert [camera.name for camera in session.cameras()] == ["door"]
    for ask in (session.remove, session.newest):
        with pytest.raises(StreamError, match=r"No camera is called garden \(there are: door\)"):
            ask("garden")


def test_whoever_wants_to_know_is_told_of_cameras_that_come_and_go(recognizer, tmp_path):
    follower = Mock(spec=Videos)
    session = WatchSession(recognizer, [endless("door")], endless=True, following=[follower])
    clip = make_clip(tmp_path / "clip.mp4")
    session.add(CameraSettings(source=str(clip), name="garden", realtime=True))
    assert follower.add_camera.call_args.args[0].name == "garden"
    session.remove("garden")
    follower.forget_camera.assert_called_once_with("garden")


def test_where_faces_count_is_changed_while_it_runs(session):
    before = session.newest("door", timeout=PATIENCE)
    square = ((0.0, 0.0), (0.5, 0.0), (0.5, 0.5))
    session.set_area("door", Area(zones=(square,)))
    assert session.area("door") == Area(zones=(square,))
    assert session.newest("door", before.number, timeout=PATIENCE).number > before.number  # and it goes on
    with pytest.raises(UnknownCameraError, match="No camera is called garden"):
        session.set_area("garden", Area())


def test_faces_out_of_a_new_zone_are_shown_no_more(recognizer):
    session = WatchSession(recognizer, [endless("door")], endless=True)
    session.start()

    def shown(wanted: bool) -> bool:
        after, until = None, time.monotonic() + PATIENCE
        while time.monotonic() < until:
            picture = session.newest("door", after, timeout=1.0)
            after = picture.number if picture else after
            if picture and bool(len(picture.view.faces)) == wanted:
                return True
        return False

    try:
        assert shown(True)  # the stranger whom the analyzer sees everywhere
        session.set_area("door", Area(zones=(((0.0, 0.0), (0.1, 0.0), (0.1, 0.1)),)))
        assert shown(False)
        session.set_area("door", Area())
        assert shown(True)
    finally:
        session.stop()


def test_a_session_without_any_camera_waits_for_one(recognizer):
    session = WatchSession(recognizer, endless=True)
    session.start()
    try:
        session._live.add(endless("door"))
        assert session.running
    finally:
        session.stop()
    assert session.problem is None


def test_strangers_are_kept_where_one_of_the_cameras_keeps_them(recognizer):
    session = WatchSession(recognizer, [endless("door"), replace(endless("garden"), keep_unknown=True)])
    assert session.keeps_unknown
    session.remove("garden")
    assert not session.keeps_unknown


def test_what_cannot_be_watched_live_is_not_added(session, tmp_path):
    with pytest.raises(StreamError, match="realtime"):
        session.add(CameraSettings(source=str(make_clip(tmp_path / "clip.mp4"))))
    with pytest.raises(StreamError, match="There is no"):
        session.add(CameraSettings(source=str(tmp_path / "nothing.mp4"), realtime=True))
    assert [camera.name for camera in session.cameras()] == ["door"]


def test_whoever_knows_the_newest_picture_waits_for_the_next(session):
    first = session.newest("door", timeout=PATIENCE)
    second = session.newest("door", after=first.number, timeout=PATIENCE)
    assert second.number != first.number
    session.stop()
    last = session.newest("door")
    assert session.newest("door", after=last.number, timeout=PATIENCE) is None  # at once: nothing will come


def test_a_camera_that_is_added_has_its_video_at_once_and_whole_when_it_is_removed(recognizer, tmp_path):
    clip, out = make_clip(tmp_path / "clip.mp4", count=500, fps=5), tmp_path / "garden.mp4"
    session = WatchSession(recognizer, [endless("door")], endless=True)
    session.start([Videos({})])
    try:
        session.newest("door", timeout=PATIENCE)
        session.add(CameraSettings(source=str(clip), name="garden", realtime=True, out=out))
        first = session.newest("garden", timeout=PATIENCE)
        assert session.newest("garden", after=first.number, timeout=PATIENCE) is not None  # so the first is written
        session.remove("garden")
        with av.open(out) as video:
            assert next(video.decode(video=0)) is not None
    finally:
        session.stop()


def test_a_camera_whose_video_cannot_be_written_is_not_watched(recognizer, tmp_path):
    session = WatchSession(recognizer, [endless("door")], endless=True)
    session.start([Videos({})])
    try:
        session.newest("door", timeout=PATIENCE)
        with pytest.raises(StreamError, match="must end in"):
            session.add(CameraSettings(source="0", name="garden", out=tmp_path / "garden.avi"))
        assert [camera.name for camera in session.cameras()] == ["door"]
        assert session.running
    finally:
        session.stop()


def test_a_picture_that_cannot_be_drawn_costs_its_cameras_turn_only(recognizer, monkeypatch, caplog):
    class Keep:
        __enter__ = __exit__ = lambda *_: None

        def write(self, view, image) -> None:
            kept.append(view.frame.index)
            if len(kept) == 3:
                session.stop()

    draw, kept, failed = pictures.draw, [], []

    def fail_once(view, blur):
        if not failed:
            failed.append(view)
            raise cv2.error("(-215:Assertion failed)")
        return draw(view, blur)

    monkeypatch.setattr(pictures, "draw", fail_once)
    session = WatchSession(recognizer, [endless("door")])
    session.run([Keep()])
    assert len(kept) == 3
    assert "door: Its picture could not be used (cv2.error)." in caplog.text


def test_what_ends_a_session_in_its_thread_is_told(recognizer):
    session = WatchSession(recognizer, [endless("door")])

    def fail(*_):
        raise StreamError("The network is wrong: take another.")

    session._views = fail
    session.start()
    wait_for(lambda: not session.running)
    assert session.problem == "The network is wrong: take another."


def test_sinks_that_want_it_get_their_turn_while_no_view_comes():
    class Polled:
        __enter__ = __exit__ = lambda *_: None
        polls = 0

        def write(self, view, image) -> None: ...

        def poll(self) -> None:
            self.polls += 1

    sink = Polled()
    showing((view for view in (None, make_view(), None, None)), [endless("door")]).run([sink])
    assert sink.polls == 3
