"""What a camera's reader reads: webcams, and recordings played at their own times."""

import errno
import time
from collections.abc import Iterator
from typing import Any

import av
import cv2
import numpy as np
import pytest

from stream.errors import CameraError, DeniedError, SourceError
from stream.sources.cameras import capture
from stream.sources.cameras.backlog import Backlog
from stream.sources.cameras.capture import NetworkCapture, Playback
from stream.sources.decoding import LazyPicture
from stream.sources.source import open_source
from tests.cameras import Clock
from tests.clips import grey, make_clip, order, picture


def test_a_camera_that_sends_only_what_cannot_be_decoded_counts_as_lost(tmp_path, monkeypatch):
    monkeypatch.setattr(capture, "BARREN", 5)
    whole, damaged = make_clip(tmp_path / "door.mkv", count=40), tmp_path / "damaged.mkv"
    with av.open(whole) as source, av.open(damaged, "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for number, packet in enumerate(source.demux(video=0)):
            if packet.dts is not None:
                spoilt = av.Packet(bytes(packet) if number < 10 else b"\0" * packet.size)
                spoilt.pts, spoilt.dts, spoilt.time_base, spoilt.stream = (
                    packet.pts,
                    packet.dts,
                    packet.time_base,
                    stream,
                )
                target.mux(spoilt)
    camera = NetworkCapture(str(damaged), Backlog())
    with pytest.raises(CameraError, match="sends nothing that can be decoded"):
        list(pictures_of(camera))


def test_a_camera_that_comes_to_lag_gives_no_old_picture_and_counts_as_lost(tmp_path, monkeypatch):
    clip, open_file = str(make_clip(tmp_path / "door.mp4", count=100, fps=25)), av.open
    monkeypatch.setattr(capture.av, "open", lambda *_, **__: open_file(clip))
    times = [i / 25 for i in range(50)] + [2 + i / 5 for i in range(50)]  # a fifth of the rate from then on
    arrivals = iter([-0.5, *times])
    camera, given = NetworkCapture("rtsp://127.0.0.1/door", Backlog(), lambda: next(arrivals)), []
    with pytest.raises(CameraError, match="lags behind"):
        given.extend(pictures_of(camera))
    assert len(given) == 56  # less than a second old
    camera.close()


NOT_FOUND = 875574520  # FFmpeg's numbers of what a server answers
UNAUTHORIZED = 825242872
FORBIDDEN = 858797304


@pytest.mark.parametrize(
    ("url", "number", "kind", "sentence"),
    [
        ("rtsp://127.0.0.1/x", UNAUTHORIZED, DeniedError, "asks for a user name and a password: write the right ones"),
        ("rtsp://me:secret@127.0.0.1/x", UNAUTHORIZED, DeniedError, "refuses the user name or password: write"),
        ("http://me:secret@127.0.0.1/x", FORBIDDEN, DeniedError, "forbids this user to watch (403)"),
        ("http://127.0.0.1/x", NOT_FOUND, CameraError, "has nothing at the path of its address (404): check"),
        ("rtsp://127.0.0.1/x", errno.ECONNREFUSED, CameraError, "nothing answers at this port (Connection refused)"),
        ("rtsp://127.0.0.1/x", errno.EHOSTUNREACH, CameraError, "cannot be reached (No route to host): check"),
    ],
)
def test_each_reason_why_a_camera_is_not_opened_is_told_with_its_own_remedy(monkeypatch, url, number, kind, sentence):
    monkeypatch.setattr(capture.av, "open", lambda *_, **__: av.error.err_check(-number))
    with pytest.raises(kind) as told:
        NetworkCapture(url, Backlog())
    assert sentence in str(told.value) and "secret" not in str(told.value)


def pictures_of(camera: NetworkCapture) -> Iterator[np.ndarray]:
    while True:
        yield camera.read()()


class FakeWebcam:
    def __init__(self, *pictures: Any, opened: bool = True) -> None:
        self._pictures = iter(pictures)
        self._opened = opened

    def isOpened(self) -> bool:
        return self._opened

    def set(self, key: int, value: float) -> bool:
        return True

    def get(self, key: int) -> float:
        return 30.0 if key == cv2.CAP_PROP_FPS else 0.0

    def read(self) -> tuple[bool, Any]:
        image = next(self._pictures, None)
        return image is not None, image

    def release(self) -> None:
        pass


def test_a_webcam_is_opened_by_its_index_and_reopened_when_it_gives_nothing(clock, caplog):
    given = [FakeWebcam(opened=False), FakeWebcam(picture(0)), FakeWebcam(picture(1))]
    indices = []

    def open_camera(index: int) -> FakeWebcam:
        indices.append(index)
        return given.pop(0) if given else FakeWebcam(opened=False)

    source = open_source("2", open_camera=open_camera, clock=clock)
    source._sleep = lambda _: time.sleep(0.001)
    assert source.live
    for frame in source:
        if frame.index == 1:
            source.close()
    assert indices[:3] == [2, 2, 2]
    assert "Webcam 2 cannot be opened" in caplog.text
    assert "Webcam 2 gives no picture" in caplog.text


def test_a_webcam_whose_index_no_system_can_count_to_is_not_tried_again():
    with pytest.raises(SourceError, match="no webcam 99999999999"):
        list(open_source("99999999999"))


def playback(clock: Clock, times: list[float]) -> Playback:
    pictures = ((LazyPicture.of(picture(index)), t) for index, t in enumerate(times))
    return Playback(pictures, 25.0, clock, clock.sleep)


def test_a_recording_is_played_at_its_own_times(clock):
    played = playback(clock, [0.0, 0.5, 0.6])
    moments = [(int(played.read()().mean()), clock.now) for _ in range(3)]
    assert moments == [(grey(0), 100.0), (grey(1), 100.5), (grey(2), pytest.approx(100.6))]
    assert played.read() is None


def test_a_late_playback_does_not_wait(clock):
    played = playback(clock, [0.0, 0.5, 0.6])
    played.read()
    clock.now += 10.0
    played.read()
    assert clock.now == 110.0


def test_a_file_as_a_camera_ends_with_its_last_frame(tmp_path):
    source = open_source(str(make_clip(tmp_path / "door.mp4", count=10, fps=100)), realtime=True)
    frames = list(source)
    assert source.live
    assert source.frames == 10
    assert frames[-1].index == 9
    assert order(frames) == [frame.index for frame in frames]
    assert len(frames) + source.dropped == 10
    assert frames[-1].t >= 0.09
    assert all(np.diff([frame.t for frame in frames]) > 0)


def test_a_recording_that_cannot_be_played_is_an_error_rather_than_a_lost_camera(tmp_path):
    (tmp_path / "zero.png").touch()
    with pytest.raises(SourceError, match="is empty"):
        list(open_source(str(tmp_path / "zero.png"), realtime=True))
