"""Against a real camera of the cheapest kind on loopback: JPEG pictures over HTTP."""

import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import cv2
import pytest

from stream.sources.camera import State
from stream.sources.source import open_source
from tests.clips import order, picture

PASSWORD = "Basic " + b64encode(b"admin:right").decode()


class MjpegCamera(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/private" and self.headers["Authorization"] != PASSWORD:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="camera"')
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        for index in range(1000):
            jpeg = cv2.imencode(".jpg", picture(index))[1].tobytes()
            header = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
            try:
                self.wfile.write(header.encode() + jpeg + b"\r\n")
            except OSError:
                return
            time.sleep(0.02)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), MjpegCamera)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("url", ["http://{}/video", "http://admin:right@{}/private"])
def test_an_mjpeg_camera_is_read(address, url):
    source = open_source(url.format(address))
    frames = []
    for frame in source:
        frames.append(frame)
        if len(frames) == 20:
            source.close()
    assert [(after - before) % 10 for before, after in pairwise(order(frames))] == [
        (after.index - before.index) % 10 for before, after in pairwise(frames)
    ]


def test_a_wrong_password_is_a_failure(address):
    source = open_source(f"http://admin:wr0ng@{address}/private")
    source.on_wait = lambda: source.close() if source.state is State.FAILED else None
    assert list(source) == []
    assert "refuses the user name or password" in source.problem
    assert "wr0ng" not in source.problem
