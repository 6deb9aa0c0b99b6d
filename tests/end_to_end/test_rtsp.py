"""Against a real RTSP server on loopback, whose pictures carry the time at which they were made."""

import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress

import numpy as np
import pytest

from stream.frame import Frame
from stream.sources.cameras import capture
from stream.sources.cameras.camera import Camera
from stream.sources.cameras.state import State
from stream.sources.source import open_source
from tests import waiting
from tests.rtsp import Server, has_gstreamer

SOON = 120.0  # seconds after which a test has failed

pytestmark = pytest.mark.skipif(
    not has_gstreamer(),
    reason="needs GStreamer's RTSP server (Debian: python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-ugly)",
)


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(*credentials: str) -> Server:
        servers.append(Server(*credentials))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def watch() -> Iterator[Callable[[str], Camera]]:
    sources: list[Camera] = []

    def start(url: str) -> Camera:
        source = open_source(url)
        assert isinstance(source, Camera)
        sources.append(source)
        return source

    yield start
    for source in sources:
        source.close()


def take(source: Camera, count: int) -> list[Frame]:
    frames: list[Frame] = []
    end = time.monotonic() + SOON
    while len(frames) < count:
        assert time.monotonic() < end, f"{len(frames)} frames came: {source.state}, {source.problem}"
        frame = source.read(0.1)
        if frame is not None:
            frames.append(frame)
    return frames


def wait_for(source: Camera, state: State) -> None:
    """Until it gives no pictures, for this reason; those of before are taken."""
    end = time.monotonic() + SOON
    while source.state is not state:
        assert time.monotonic() < end, f"{source.state} rather than {state}: {source.problem}"
        source.read(0.01)
    source.read(0)


def seconds_old(frame: Frame) -> float:
    """How long ago the picture was made, as the clock in it tells."""
    blocks = frame.image[4:12].reshape(8, 32, 16, 3)[:, :, 4:12].mean(axis=(0, 2, 3))
    made = int("".join("1" if block > 125 else "0" for block in blocks), 2)
    return ((int(time.time() * 1000) - made) % 2**32) / 1000


def test_frames_are_shown_as_they_are_made(serve, watch):
    source = watch(serve().url())
    frames = []
    for _ in range(50):
        (frame,) = take(source, 1)
        frames.append((frame, seconds_old(frame)))
    assert min(age for _, age in frames) < 1.0  # of a busy machine some are late, of pictures that wait all
    assert frames[0][0].image.shape == (288, 512, 3)
    assert all(np.diff([frame.t for frame, _ in frames]) > 0)
    assert (source.state, source.fps, source.name) == (State.LIVE, 25.0, "127.0.0.1")


def test_whoever_is_slow_gets_the_newest_frame_and_the_rest_is_counted(serve, watch):
    source = watch(serve().url())
    first = take(source, 5)[-1]
    waiting.wait_for(lambda: source.dropped > 50)  # nobody takes one meanwhile
    dropped = source.dropped
    newest, _ = take(source, 2)
    assert newest.index > first.index + dropped // 2


def test_a_server_that_dies_and_comes_back_is_found_again(serve, watch):
    server = serve()
    source = watch(server.url())
    last = take(source, 5)[-1]
    server.kill()
    wait_for(source, State.RECONNECTING)
    assert "Trying again in" in source.problem
    server.start()
    frame = take(source, 1)[-1]
    assert source.state is State.LIVE
    assert source.problem is None
    assert frame.index > last.index
    assert frame.t > last.t


def test_a_server_that_goes_silent_counts_as_lost(serve, watch, monkeypatch):
    monkeypatch.setattr(capture, "READ_TIMEOUT", 1.0)
    monkeypatch.setattr(capture, "OPEN_TIMEOUT", 1.0)
    server = serve()
    source = watch(server.url())
    take(source, 5)
    server.process.send_signal(signal.SIGSTOP)
    stopped = time.monotonic()
    wait_for(source, State.RECONNECTING)
    assert "is lost (no answer in time)" in source.problem
    server.process.send_signal(signal.SIGCONT)
    assert seconds_old(take(source, 2)[-1]) < time.monotonic() - stopped


class Relay:
    """A network between camera and us, that can hold up what it carries."""

    def __init__(self, port: str) -> None:
        self._port = int(port)
        self.flowing = threading.Event()
        self.flowing.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = str(self._listener.getsockname()[1])
        self._ends: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._port))
                self._ends += [client, server]
                for source, target in ((client, server), (server, client)):
                    threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self.flowing.wait()
                target.sendall(data)

    def close(self) -> None:
        for end in (self._listener, *self._ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)  # wakes whoever reads from it
            end.close()


def test_pictures_that_the_network_held_up_are_not_shown(serve, watch, monkeypatch):
    monkeypatch.setattr(capture, "READ_TIMEOUT", SOON)
    server = serve()
    with closing(Relay(server.port)) as relay:
        source = watch(server.url().replace(server.port, relay.port))
        take(source, 25)
        relay.flowing.clear()
        while source.read(0.5) is not None:
            pass
        time.sleep(2.0)
        assert source.state is State.STALLED
        relay.flowing.set()
        flowing = time.monotonic()
        for _ in range(25):
            (frame,) = take(source, 1)
            assert seconds_old(frame) < time.monotonic() - flowing + 1.0  # what was held up is older, up to 2.5 seconds
        assert source.reconnects == 0


def test_a_wrong_password_is_told_without_telling_it(serve, watch, caplog):
    server = serve("admin", "right")
    source = watch(server.url("admin:wr0ng@"))
    wait_for(source, State.FAILED)
    assert "refuses the user name or password" in source.problem
    assert "user:password@" in source.problem
    assert "Trying again in 30 s" in source.problem
    assert "wr0ng" not in source.problem + caplog.text
    assert take(watch(server.url("admin:right@")), 1)


def test_a_camera_is_live_again_once_it_takes_the_password(serve, watch):
    server = serve("admin", "other")
    source = watch(server.url("admin:right@"))
    source._sleep = lambda _: time.sleep(0.1)
    wait_for(source, State.FAILED)
    server.kill()
    server.start("admin", "right")
    assert take(source, 1)
    assert source.state is State.LIVE


def test_a_path_that_is_not_served_is_told(serve, watch):
    source = watch(serve().url().replace("/clock", "/elsewhere"))
    wait_for(source, State.RECONNECTING)
    assert "has nothing at the path of its address (404)" in source.problem


def test_close_does_not_wait_for_the_camera(serve, watch):
    source = watch(serve().url())
    take(source, 1)
    began = time.monotonic()
    source.close()
    assert time.monotonic() - began < SOON / 2
    waiting.wait_for(lambda: not any(thread.name == "camera 127.0.0.1" for thread in threading.enumerate()))
