"""What a running program tells Prometheus, and whether it says that it is well."""

import json
import socket
import struct
import threading
from dataclasses import replace
from http.client import HTTPConnection

import pytest

from db import DatabaseError
from stream.errors import CameraError, StreamError
from stream.monitoring.metrics import Metrics
from stream.monitoring.rate import WINDOW
from stream.monitoring.serving import serve
from stream.monitoring.status import STALE
from stream.pipeline.scanning.regions import around
from stream.scan import Scan
from stream.sources.cameras.camera import Camera
from stream.sources.cameras.state import WELL, State
from stream.sources.decoding import LazyPicture
from tests.cameras import Clock
from tests.clips import make_faces, make_view, picture
from tests.waiting import LONG


class Door:
    """A capture with so many pictures, and then trouble."""

    fps = 25.0

    def __init__(self, pictures: int) -> None:
        self._left = pictures

    def read(self):
        if not self._left:
            raise CameraError("The door is lost.")
        self._left -= 1
        return LazyPicture.of(picture(0))

    def close(self) -> None: ...


class Recording:
    name, live, fps, frames, problem = "film", False, 25.0, 10, None


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def metrics(clock):
    return Metrics(clock)


@pytest.fixture
def camera(clock):
    """Makes cameras that give so many pictures and are then lost to the end, when all are closed."""
    cameras, over = [], threading.Event()

    def make(name: str, pictures: int) -> Camera:
        source = Camera(name, lambda: Door(pictures), clock=clock, sleep=lambda _: over.wait(LONG))
        cameras.append(source)
        if pictures:
            source.read(LONG)
        return source

    yield make
    over.set()
    for source in cameras:
        source.close()


def ask(port: int, path: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(f"doorman_{name}", labels)


def test_the_figures_of_a_camera_are_those_of_its_views(metrics, camera, clock):
    metrics.add_camera(camera("door", 0))
    for index in range(50):
        clock.now += 0.1
        metrics.shown(make_view(index, arrived=clock.now - 0.05, faces=make_faces(["Ada", None])))
    assert value(metrics, "frames_shown_total", camera="door") == 50
    assert value(metrics, "frames_per_second", camera="door") == pytest.approx(10.0)
    assert value(metrics, "detections_per_second", camera="door") == pytest.approx(10.0)
    assert value(metrics, "tracks", camera="door") == 2
    assert value(metrics, "named_faces", camera="door") == 1
    assert value(metrics, "frame_age_seconds_sum", camera="door") == pytest.approx(50 * 0.05)
    assert value(metrics, "frame_age_seconds_bucket", camera="door", le="0.04") == 0
    assert value(metrics, "frame_age_seconds_bucket", camera="door", le="0.06") == 50


def test_a_detection_is_timed_once_and_not_with_every_view_after_it(metrics, camera, clock):
    metrics.add_camera(camera("door", 0))
    view = replace(make_view(), detection_seconds=0.25)
    for detected in (True, False, False):
        metrics.shown(replace(view, detected=detected))
    assert value(metrics, "detection_seconds_count", camera="door") == 1
    assert value(metrics, "detection_seconds_sum", camera="door") == 0.25
    assert value(metrics, "detections_per_second", camera="door") == pytest.approx(1 / WINDOW)


def test_searches_are_counted_by_what_the_schedule_chose(metrics, camera, clock):
    metrics.add_camera(camera("door", 0))
    part = around([10, 10, 20, 20], 640, 480, scale=0.5)
    for scan in (Scan("motion", 320, part), Scan("coverage"), Scan("coverage")):
        metrics.shown(replace(make_view(), scan=scan))
        metrics.shown(replace(make_view(), scan=scan, detected=False))
    assert value(metrics, "searches_total", camera="door", reason="motion", size="320", whole="false") == 1
    assert value(metrics, "searches_total", camera="door", reason="coverage", size="auto", whole="true") == 2


class Damaged:
    def __len__(self) -> int:
        raise DatabaseError("The disk is full.")


def test_it_tells_how_many_events_wait_where_that_can_be_read(clock):
    metrics = Metrics(clock, queues={"webhook": ["one", "two"], "other": Damaged()})
    assert value(metrics, "events_waiting", sink="webhook") == 2
    assert value(metrics, "events_waiting", sink="other") is None


def test_nothing_is_followed_on_a_camera_that_shows_nothing_any_more(metrics, camera, clock):
    metrics.add_camera(camera("door", 0))
    metrics.shown(make_view(faces=make_faces(["Ada"])))
    assert value(metrics, "tracks", camera="door") == 1
    clock.now += WINDOW
    assert value(metrics, "tracks", camera="door") == value(metrics, "named_faces", camera="door") == 0


def test_drops_reconnects_and_the_state_come_from_the_camera(metrics, camera):
    door = camera("door", 3)
    door.reconnects = 7
    metrics.add_camera(door)
    while door.state is not State.RECONNECTING:
        door.read(0.01)
    assert value(metrics, "frames_dropped_total", camera="door") == door.dropped
    assert value(metrics, "reconnects_total", camera="door") == 7
    assert value(metrics, "camera_state", camera="door", doorman_camera_state="reconnecting") == 1
    assert value(metrics, "camera_state", camera="door", doorman_camera_state="live") == 0


def test_a_recording_has_no_age_and_is_well(metrics, clock):
    metrics.add_camera(Recording())
    metrics.shown(make_view(camera="film"))
    assert value(metrics, "frame_age_seconds_count", camera="film") is None
    assert metrics.health() == (
        True,
        {"status": "ok", "cameras": {"film": {"state": "live", "problem": None, "age": 0.0}}},
    )


def test_health_tells_of_every_camera(metrics, camera):
    assert metrics.health() == (False, {"status": "down", "cameras": {}})
    lost = camera("door", 1)
    while lost.state is not State.RECONNECTING:
        lost.read(0.01)
    metrics.add_camera(lost)
    metrics.add_camera(camera("yard", 0))
    well, told = metrics.health()
    assert (well, told["status"]) == (False, "down")
    assert told["cameras"]["door"]["state"] == "reconnecting"
    assert "The door is lost." in told["cameras"]["door"]["problem"]
    assert told["cameras"]["yard"] == {"state": "connecting", "problem": None, "age": None}


def test_one_live_camera_of_two_is_degraded(metrics, camera, clock):
    class Endless(Door):
        def read(self):
            return LazyPicture.of(picture(0))

    live = Camera("yard", lambda: Endless(0), clock=clock)
    try:
        live.read(LONG)
        metrics.add_camera(live)
        metrics.add_camera(camera("door", 0))
        well, told = metrics.health()
    finally:
        live.close()
    assert (well, told["status"]) == (True, "degraded")


def test_both_pages_are_served_until_the_end(metrics, camera, clock):
    metrics.add_camera(camera("döör", 0))
    metrics.shown(make_view(camera="döör"))
    with serve(metrics, port=0) as port:
        status, page = ask(port, "/metrics")
        assert status == 200
        assert 'doorman_frames_shown_total{camera="döör"} 1.0' in page.splitlines()
        status, page = ask(port, "/healthz?verbose")
        assert status == 503
        assert json.loads(page)["cameras"]["döör"]["state"] == "connecting"
        assert ask(port, "/")[0] == 404
    with pytest.raises(ConnectionRefusedError):
        ask(port, "/metrics")


def test_healthz_is_200_while_a_camera_lives(metrics):
    metrics.add_camera(Recording())
    with serve(metrics, port=0) as port:
        assert ask(port, "/healthz")[0] == 200


def test_whoever_hangs_up_without_waiting_for_an_answer_is_nothing_to_speak_of(metrics, capfd):
    metrics.add_camera(Recording())
    with serve(metrics, port=0) as port:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as impatient:
            impatient.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # as a load balancer
        assert ask(port, "/healthz")[0] == 200
    assert capfd.readouterr().err == ""


def test_a_port_in_use_is_told_with_its_remedy(metrics):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(StreamError, match=rf"127\.0\.0\.1:{port} \(Address already in use\).*--metrics 9091"):
            serve(metrics, port).__enter__()


def test_others_can_ask_where_the_address_says_so(metrics):
    metrics.add_camera(Recording())
    with serve(metrics, 0, "127.0.0.2") as port:
        with pytest.raises(ConnectionRefusedError):
            ask(port, "/healthz")
        with socket.create_connection(("127.0.0.2", port), timeout=60):
            pass


def test_an_address_of_another_machine_is_told_with_its_remedy(metrics):
    with pytest.raises(StreamError, match=r"192\.0\.2\.1:0 .*--metrics-host"):
        serve(metrics, 0, "192.0.2.1").__enter__()


def test_a_port_that_is_none_is_told_too(metrics):
    with pytest.raises(StreamError, match="choose another port"):
        serve(metrics, 99999).__enter__()


def test_a_camera_whose_pictures_nobody_processes_is_not_well(metrics, camera, clock):
    class Endless(Door):
        def read(self):
            return LazyPicture.of(picture(0))

    live = Camera("door", lambda: Endless(0), clock=clock)
    try:
        live.read(LONG)
        metrics.add_camera(live)
        assert metrics.health()[0]
        for shown in (False, True):
            if shown:
                metrics.shown(make_view())
                assert metrics.health()[0]
            clock.now += STALE + 1
            while live.state not in WELL:  # its pictures still come
                live.read(0.1)
            well, told = metrics.health()
            assert (well, told["status"]) == (False, "down")
            assert "for 11 seconds none was processed" in told["cameras"]["door"]["problem"]
    finally:
        live.close()


def test_a_camera_that_is_watched_no_more_is_told_of_no_more(metrics, camera):
    metrics.add_camera(camera("door", 0))
    metrics.forget_camera("door")
    metrics.shown(make_view())
    assert value(metrics, "frames_per_second", camera="door") is None
