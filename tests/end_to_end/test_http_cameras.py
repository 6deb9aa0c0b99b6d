"""Against real cameras of the cheapest kinds on loopback: JPEG pictures over HTTP."""

import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import cv2
import pytest

from stream.frame import Frame
from stream.sources.cameras.state import State
from stream.sources.source import open_source
from tests.clips import order, picture

PASSWORD = "Basic " + b64encode(b"admin:right").decode()
MIXED = "multipart/x-mixed-replace; boundary=frame"
LENGTH = "Content-Length: {}\r\n"
JPEG = "Content-Type: image/jpeg\r\n"
# What servers say of their pictures: the type of the answer, and what stands before and after each picture.
MANNERS = {
    "video": (MIXED, f"--frame\r\n{JPEG}{LENGTH}\r\n", "\r\n"),
    "private": (MIXED, f"--frame\r\n{JPEG}{LENGTH}\r\n", "\r\n"),
    "without-length": (MIXED, f"--frame\r\n{JPEG}\r\n", "\r\n"),
    "jpg": (MIXED, f"--frame\r\nContent-Type: image/jpg\r\n{LENGTH}\r\n", "\r\n"),
    "without-type": (MIXED, f"--frame\r\n{LENGTH}\r\n", "\r\n"),
    "without-dashes": (MIXED, f"frame\r\n{JPEG}{LENGTH}\r\n", "\r\n"),
    "dashes-in-the-name": ("multipart/x-mixed-replace; boundary=--frame", f"--frame\r\n{JPEG}\r\n", "\r\n"),
    "quoted": ('multipart/x-mixed-replace; boundary="frame"', f"--frame\r\n{JPEG}\r\n", "\r\n"),
    "another-boundary": (MIXED, f"--other\r\n{JPEG}\r\n", "\r\n"),
    "unix-lines": (MIXED, "--frame\nContent-Type: image/jpeg\n\n", "\n"),
    "no-type-at-all": (None, f"--frame\r\n{JPEG}\r\n", "\r\n"),
    "web-page": ("text/html", f"--frame\r\n{JPEG}\r\n", "\r\n"),
    "bare": ("image/jpeg", "", ""),
    "bytes": ("application/octet-stream", "", ""),
}
TOO_MANY = (4, 5)  # which questions for a snapshot a server refuses that wishes to be asked seldom


class MjpegCamera(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/private" and self.headers["Authorization"] != PASSWORD:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="camera"')
            self.end_headers()
        elif self.path == "/page":
            self.answer("text/html", b"<html>Please log in</html>")
        elif self.path.startswith("/snapshot"):
            self.snapshot()
        else:
            self.pictures(*MANNERS[self.path[1:]])

    def pictures(self, kind: str | None, before: str, after: str) -> None:
        self.send_response(200)
        if kind is not None:
            self.send_header("Content-Type", kind)
        self.end_headers()
        for index in range(1000):
            jpeg = cv2.imencode(".jpg", picture(index))[1].tobytes()
            try:
                self.wfile.write(before.format(len(jpeg)).encode() + jpeg + after.encode())
            except OSError:
                return
            time.sleep(0.02)

    def snapshot(self) -> None:
        asked = self.server.asked
        asked.append(time.monotonic())
        if self.path == "/snapshot-seldom" and len(asked) in TOO_MANY:
            self.send_error(503)
            return
        self.answer("image/jpeg", cv2.imencode(".jpg", picture(len(asked)))[1].tobytes())

    def answer(self, kind: str, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), MjpegCamera)
    server.daemon_threads = True
    server.asked = []  # when for a snapshot
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def address(server) -> str:
    return f"127.0.0.1:{server.server_port}"


def take(url: str, count: int) -> list[Frame]:
    source = open_source(url)
    frames: list[Frame] = []
    for frame in source:
        frames.append(frame)
        if len(frames) == count:
            source.close()
    assert (len(frames), source.reconnects) == (count, 0), source.problem
    return frames


def assert_numbered_as_they_were_given(frames: list[Frame]) -> None:
    """Those between them were given, too, and a newer one came before anybody took them."""
    assert [(after - before) % 10 for before, after in pairwise(order(frames))] == [
        (after.index - before.index) % 10 for before, after in pairwise(frames)
    ]


@pytest.mark.parametrize("url", ["http://{}/video", "HTTP://{}/video", "http://admin:right@{}/private"])
def test_an_mjpeg_camera_is_read(address, url):
    frames = take(url.format(address), 20)
    assert_numbered_as_they_were_given(frames)


@pytest.mark.parametrize("manner", set(MANNERS) - {"private"})
def test_whatever_a_server_says_of_its_pictures_they_are_read(address, manner):
    frames = take(f"http://{address}/{manner}", 5)
    assert frames[0].image.shape == (48, 64, 3)
    assert len(set(order(frames))) > 1


def test_an_address_of_one_picture_is_asked_again_and_again(address, server):
    frames = take(f"http://{address}/snapshot", 5)
    assert_numbered_as_they_were_given(frames)
    assert server.asked[-1] - server.asked[1] > 0.05 * len(server.asked[2:])  # it takes a pause of 0.1 each time


def test_a_server_that_is_asked_too_often_is_asked_less(address, server):
    take(f"http://{address}/snapshot-seldom", 6)
    # From before the first refusal to the second answer after the last one: pauses of 0.2, 0.4 and 0.4 seconds.
    assert server.asked[6] - server.asked[2] >= 1.0


def test_what_is_no_camera_is_told(address):
    source = open_source(f"http://{address}/page")
    source.on_wait = lambda: source.close() if source.problem else None
    assert list(source) == []
    assert "sends no pictures: check the path" in source.problem


def test_a_wrong_password_is_a_failure(address):
    source = open_source(f"http://admin:wr0ng@{address}/private")
    source.on_wait = lambda: source.close() if source.state is State.FAILED else None
    assert list(source) == []
    assert "refuses the user name or password" in source.problem
    assert "wr0ng" not in source.problem
