"""Cameras that are added, changed and removed while a watch runs, and after its next start."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from models.images import Upload, read_image
from stream.errors import StreamError, UnknownCameraError
from stream.pipeline.zones import Area
from stream.recognizer import Recognizer
from stream.service.setup.cameras import Cameras
from stream.service.setup.kept import SettingsFile
from stream.service.watch.session import WatchSession
from stream.settings.settings import Settings
from stream.watching.feed import open_feeds
from tests.cameras import endless
from tests.clips import picture
from tests.fakes import FakeAnalyzer, make_face, unit

PATIENCE = 30.0  # seconds after which a test has failed
SQUARE = ((0.1, 0.1), (0.5, 0.1), (0.5, 0.5), (0.1, 0.5))


class Stills(BaseHTTPRequestHandler):
    """A camera that gives a picture when asked, to whoever has its password."""

    def do_GET(self):
        image = picture(1)
        image[8:12, 8:12] = 255  # of a face's size, for the detector that stands in
        jpeg = cv2.imencode(".jpg", image)[1].tobytes()
        allowed = self.headers["Authorization"] == "Basic dXNlcjpzZWNyZXQ="
        self.send_response(200 if allowed else 401)
        self.send_header("WWW-Authenticate", 'Basic realm="camera"')
        self.send_header("Content-Type", "image/jpeg")
        self.send_header("Content-Length", str(len(jpeg)))
        self.end_headers()
        self.wfile.write(jpeg)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def camera():
    """The address of a camera, with its password."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Stills) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://user:secret@127.0.0.1:{server.server_port}/shot.jpg"
        server.shutdown()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "cameras.toml"
    path.write_text("# ours\ncamera = []\n")
    return SettingsFile(path, lambda: Settings.read(path))


@contextmanager
def watching(database, file, *feeds):
    session = WatchSession(Recognizer(database, FakeAnalyzer(), 0.5), feeds, endless=True)
    recognition = SimpleNamespace(detect=lambda image: [make_face(unit(1), box=(0, 0, 40, 40))])
    session.start()
    try:
        yield Cameras(lambda: session, recognition, file), session
    finally:
        session.stop()


def test_a_camera_is_tried_added_watched_and_there_after_a_restart(fresh_db, file, camera):
    with watching(fresh_db, file) as (cameras, session):
        tried = cameras.try_out(f" {camera} ")
        assert (tried.name, tried.size) == ("127.0.0.1", picture(1).shape[1::-1])
        assert cameras.add(tried, "shed").called == "shed"
        assert session.newest("shed", timeout=PATIENCE) is not None
        assert "secret" not in cameras.addresses()["shed"] and "127.0.0.1" in cameras.addresses()["shed"]
        with pytest.raises(StreamError, match="Another camera is called shed"):
            cameras.add(tried, "shed")
    with watching(fresh_db, file, *open_feeds(file.read().camera)) as (cameras, session):
        assert session.newest("shed", timeout=PATIENCE) is not None
        cameras.remove("shed")
        assert cameras.all() == []
        with pytest.raises(UnknownCameraError):
            cameras.remove("shed")
    assert file.read().camera == ()
    assert "# ours" in file.path.read_text()


def test_zones_are_in_force_at_once_and_kept(fresh_db, file, camera):
    with watching(fresh_db, file) as (cameras, session):
        cameras.add(cameras.try_out(camera), "shed")
        session.newest("shed", timeout=PATIENCE)
        cameras.set_area("shed", Area(zones=(SQUARE,)))
        assert cameras.area("shed") == Area(zones=(SQUARE,))
        with pytest.raises(UnknownCameraError):
            cameras.set_area("nowhere", Area())
    assert file.cameras()["shed"].area == Area(zones=(SQUARE,))


def test_a_camera_that_the_watch_does_not_take_is_not_kept(fresh_db, file, camera):
    with watching(fresh_db, file, endless("door")) as (cameras, _):
        with pytest.raises(StreamError, match="Another camera is called door"):
            cameras.add(cameras.try_out(camera), "door")
        with pytest.raises(UnknownCameraError):  # it is watched, but not the file's
            cameras.remove("door")
        assert [one.name for one in cameras.all()] == ["door"]
    assert file.read().camera == ()


def test_a_wrong_password_is_told_without_it(fresh_db, file, camera):
    with watching(fresh_db, file) as (cameras, _), pytest.raises(StreamError, match="refuses the user name") as told:
        cameras.try_out(camera.replace("secret", "wrongpass"))
    assert "wrongpass" not in str(told.value)


def test_where_strangers_are_blurred_a_test_picture_shows_none(fresh_db, file, camera):
    with watching(fresh_db, file) as (cameras, _):
        clear = read_image(Upload("a", cameras.try_out(camera).jpeg))
        file.path.write_text("blur_unknown = true\ncamera = []\n")
        blurred = read_image(Upload("b", cameras.try_out(camera).jpeg))
    assert np.ptp(clear[4:20, 4:20]) > 100 and np.ptp(blurred[4:20, 4:20]) < 60


def test_before_the_first_camera_the_file_tells_whether_strangers_are_kept(fresh_db, file, camera):
    with watching(fresh_db, file) as (cameras, _):
        assert not cameras.keeps_unknown
        file.path.write_text("keep_unknown = true\ncamera = []\n")
        assert cameras.keeps_unknown
        file.path.write_text("keep_unknown = 7\n")
        assert not cameras.keeps_unknown
    file.path.write_text("keep_unknown = true\ncamera = []\n")
    with watching(fresh_db, file, endless("door")) as (cameras, _):
        assert not cameras.keeps_unknown  # what is watched was begun otherwise
    with watching(fresh_db, None) as (cameras, _):
        assert not cameras.keeps_unknown


def test_retention_holds_at_once_and_after_a_restart(fresh_db, file):
    with watching(fresh_db, file) as (cameras, session):
        cameras.set_retention(7, 200)
        assert (session.keep.days, session.keep.max_bytes) == (7, 200e6)
        with pytest.raises(StreamError):
            cameras.set_retention(-1, 200)
        assert session.keep.days == 7
    assert (file.read().keep_days, file.read().keep_megabytes) == (7, 200)


def test_without_a_settings_file_or_a_watch_nothing_is_changed(fresh_db, file, camera):
    with watching(fresh_db, None, endless("door")) as (cameras, _):
        assert "--config" in cameras.fixed and cameras.addresses() == {}
        for change in (lambda: cameras.remove("door"), lambda: cameras.set_area("door", Area())):
            with pytest.raises(StreamError, match="without a settings file"):
                change()
    alone = Cameras(lambda: None, SimpleNamespace(), file)
    assert alone.all() == [] and "No camera is watched" in alone.fixed
    with pytest.raises(StreamError, match="No camera is watched"):
        alone.area("door")
