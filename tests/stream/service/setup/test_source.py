"""What may be named from afar as a camera."""

import pytest

from stream.errors import SourceError
from stream.service.setup.source import camera_name, camera_source, first_picture
from tests.clips import make_clip


@pytest.mark.parametrize(
    "text", ["0", " 12 ", "rtsp://user:p@ss@door/stream", "RTSPS://door:322/1", "http://door/mjpg?a=b"]
)
def test_an_address_or_a_webcams_number_is_a_camera(text):
    assert camera_source(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/etc/passwd",
        "clip.mp4",
        "../people.db",
        "door=/etc/passwd",
        "door=rtsp://door/stream",
        "file:///etc/passwd",
        "concat:a|b",
        "pipe:0",
        "ftp://door/a",
        "-1",
        "1234",
        "٣",
        "rtsp://door/\nstream",
        "rtsp://" + "x" * 3000,
    ],
)
def test_anything_else_is_none(text):
    with pytest.raises(SourceError):
        camera_source(text)


def test_a_file_that_is_called_as_a_number_is_no_webcam(tmp_path, monkeypatch):
    make_clip(tmp_path / "clip.mp4").rename(tmp_path / "7")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError, match="is no camera"):
        camera_source("7")


def test_a_password_is_not_in_the_refusal():
    with pytest.raises(SourceError) as told:
        camera_source("rtsp//user:secret@door/stream")
    assert "secret" not in str(told.value)


@pytest.mark.parametrize("name", ["", "  ", "a/b", "a\\b", "x" * 61, "a\x00b"])
def test_a_name_that_cannot_stand_in_an_address_is_refused(name):
    with pytest.raises(SourceError, match="no slash"):
        camera_name(name)


def test_a_camera_that_gives_no_picture_is_told_with_its_cause():
    with pytest.raises(SourceError, match=r"127\.0\.0\.1:9/…") as told:
        first_picture("http://user:secret@127.0.0.1:9/stream")
    assert "secret" not in str(told.value)
