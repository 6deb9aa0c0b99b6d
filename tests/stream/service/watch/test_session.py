"""A watch that runs, seen from other threads."""

import threading
import time
from dataclasses import replace
from unittest.mock import Mock

import av
import cv2
import numpy as np
import pytest

from stream.errors import StreamError, UnknownCameraError
from stream.frame import View
from stream.pipeline.zones import Area
from stream.recognizer import Recognizer
from stream.service.watch import picture as pictures
from stream.service.watch.session import WatchSession
from stream.settings.cameras import CameraSettings
from stream.sinks.videos import Videos
from stream.sources.cameras.state import State
from tests.cameras import endless
from tests.clips import make_clip, make_faces, make_view
from tests.fakes import FakeAnalyzer, showing

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
    assert not {thread.name for thread in threading.enumerate()} & {"watch", "camera door", "upkeep", "sighting-writer"}


def test_it_tells_how_each_camera_is(session):
    session.newest("door", timeout=PATIENCE)
    (door,) = session.cameras()
    assert (door.name, door.state, door.problem, door.size) == ("door", State.LIVE, None, (64, 48))
    assert 0 <= door.age < PATIENCE
    assert door.fps > 0


def test_cameras_are_added_and_removed_while_it_runs(session, tmp_path):
    clip = make_clip(tmp_path / "clip.mp4", count=50)
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


def test_a_picture_is_drawn_and_encoded_once_and_only_when_somebody_asks(monkeypatch):
    drawn = []
    draw = pictures.draw
    monkeypatch.setattr(pictures, "draw", lambda view, blur: drawn.append(blur) or draw(view, blur))
    session = showing((make_view(index, index / 25, (640, 360)) for index in range(10)), [endless("door")])
    session.run()
    assert drawn == []
    picture = session.newest("door")
    assert picture.number == 9
    jpegs = {picture.jpeg(), picture.jpeg(), picture.jpeg(4000)}
    assert len(jpegs) == 1
    assert drawn == [False]
    shown = cv2.imdecode(np.frombuffer(picture.jpeg(320), np.uint8), cv2.IMREAD_COLOR)
    assert shown.shape == (180, 320, 3)


def test_a_sink_gets_every_view_and_the_picture_is_drawn_once_for_all(monkeypatch):
    class Keep:
        __enter__ = __exit__ = lambda *_: None

        def write(self, view, image) -> None:
            kept.append((view.frame.index, image is session.newest("door").image))

    kept = []
    session = showing((make_view(index) for index in range(3)), [endless("door")])
    session.run([Keep()])
    assert kept == [(0, True), (1, True), (2, True)]


def test_nothing_is_drawn_where_no_sink_looks(monkeypatch):
    class Count:
        __enter__ = __exit__ = lambda *_: None

        def note(self, view) -> None:
            noted.append(view.frame.index)

    class Keep:
        __enter__ = __exit__ = lambda *_: None

        def write(self, view, image) -> None:
            kept.append(view.frame.index)

    noted, kept, drawn, draw = [], [], [], pictures.draw
    monkeypatch.setattr(pictures, "draw", lambda view, blur: drawn.append(view.frame.index) or draw(view, blur))
    views = [make_view(0), make_view(1, camera="garden"), make_view(2)]
    showing((view for view in views), [endless("door"), endless("garden")]).run([Videos({"garden": Keep()}), Count()])
    assert (noted, kept, drawn) == ([0, 1, 2], [1], [1])


def test_a_camera_that_is_added_has_its_video_at_once_and_whole_when_it_is_removed(recognizer, tmp_path):
    clip, out = make_clip(tmp_path / "clip.mp4", count=50), tmp_path / "garden.mp4"
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


def striped(camera: str) -> View:
    """A view with a stranger, of whom nothing is to be seen where the stripes are gone."""
    view = make_view(size=(320, 240), camera=camera, faces=make_faces([None]))
    view.faces.xyxy = np.array([[50, 20, 150, 120]], np.float32)
    view.frame.image[:, ::2] = 255
    return view


def is_sharp(image: np.ndarray) -> bool:
    return bool((image[60, 100] != image[60, 101]).any())


def test_strangers_are_blurred_on_the_pictures_of_the_cameras_that_ask_for_it():
    feeds = [replace(endless("door"), blur_unknown=True), endless("garden")]
    session = showing((striped(camera) for camera in ("door", "garden")), feeds)
    session.run()
    sharp = {camera: is_sharp(session.newest(camera).image) for camera in ("door", "garden")}
    assert sharp == {"door": False, "garden": True}


def test_strangers_are_blurred_on_the_last_picture_too_that_was_on_its_way_when_its_camera_was_removed():
    class Keep:
        __enter__ = __exit__ = lambda *_: None

        def write(self, view, image) -> None:
            kept.append(image)

    def views():
        session.remove("door")  # another thread does so while the camera's picture is looked at
        yield striped("door")

    kept = []
    session = showing(views(), [replace(endless("door"), blur_unknown=True), endless("garden")])
    session.run([Keep()])
    assert [is_sharp(image) for image in kept] == [False]


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
    end = time.monotonic() + PATIENCE
    while session.running and time.monotonic() < end:
        time.sleep(0.01)
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
