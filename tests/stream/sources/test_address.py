"""What a source is called, and what its address says."""

import socket
import threading
from pathlib import Path

import pytest

from stream.errors import CameraError, SourceError
from stream.sources.address import camera_url, default_name, look_up_host, split_name
from stream.sources.source import open_source


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("0", "camera0"),
        ("12", "camera12"),
        ("rtsp://admin:secret@10.0.0.7:554/stream1", "10.0.0.7"),
        ("rtsp://front.example/stream?user=admin&password=secret", "front.example"),
        ("http://[fe80::1]:8080/video", "fe80::1"),
        ("http://host/user=admin&password=p@ssw0rd&channel=1", "host"),
        ("rtsp://cam/user@home/1", "cam"),
        ("rtsp://admin:1234/5@cam/live", "camera"),  # which is which?
        ("rtsp//user:secret@host", "camera"),
        ("clips/My holiday.mp4", "My holiday"),
        ("long" * 100, "long" * 100),  # too long for a file
    ],
)
def test_a_camera_without_a_name_gets_one_from_its_source(text, name):
    assert default_name(text) == name


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("RTSP://cam/Live", "rtsp://cam/Live"),
        ("HTTP://me:secret@cam:80/x?a=b", "http://me:secret@cam:80/x?a=b"),
        ("rtsp://admin:se/c?r#t@cam:554/live?a=1", "rtsp://admin:se%2Fc%3Fr%23t@cam:554/live?a=1"),
        ("rtsp://admin:p%2Fw@cam/live", "rtsp://admin:p%2Fw@cam/live"),
        ("http://[fe80::1]:8080/a@b", "http://[fe80::1]:8080/a@b"),
        ("http://host:8080/user=a&password=p@ss", "http://host:8080/user=a&password=p@ss"),
    ],
)
def test_an_address_is_read_as_it_was_meant(url, read):
    assert camera_url(url) == read


def test_a_password_that_hides_the_host_is_explained():
    with pytest.raises(SourceError, match="write / in a user name or password as %2F") as told:
        open_source("rtsp://admin:se/cr@et@cam/live")
    assert "admin" not in str(told.value)


@pytest.mark.parametrize("text", ["rtsp//user:secret@host", "rtsp:/user:secret@host/1", "user:secret@host:554/live"])
def test_a_mistyped_address_is_told_without_its_password(text):
    with pytest.raises(SourceError, match="neither a file nor an address: write it like rtsp://") as told:
        open_source(text)
    assert "secret" not in str(told.value)
    assert "host" in str(told.value)


@pytest.mark.parametrize(
    ("text", "split"),
    [
        ("front=rtsp://cam/a=b", ("front", "rtsp://cam/a=b")),
        ("back door=0", ("back door", "0")),
        ("rtsp://cam/a=b", (None, "rtsp://cam/a=b")),
        ("back door=", ("back door", "")),
        ("0", (None, "0")),
        ("clip.mp4", (None, "clip.mp4")),
        (f"door={'long' * 100}", ("door", "long" * 100)),  # too long for a file
    ],
)
def test_a_source_may_carry_its_name(text, split):
    assert split_name(text) == split


def test_a_file_with_an_equals_sign_in_its_name_is_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a=b.mp4").touch()
    assert split_name("a=b.mp4") == (None, "a=b.mp4")


def test_a_given_name_wins():
    assert open_source("front=0").name == "front"
    assert open_source("front=0", name="back").name == "back"


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (socket.gaierror(socket.EAI_NONAME, "?"), "no host is called nowhere.example: check its spelling"),
        (socket.gaierror(socket.EAI_AGAIN, "?"), "no name server tells where nowhere.example is: check this machine's"),
        (UnicodeError("label too long"), "no host is called nowhere.example"),
    ],
)
def test_a_host_that_has_no_address_is_told_with_the_remedy(monkeypatch, failure, sentence):
    def fail(*_):
        raise failure

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(CameraError) as told:
        look_up_host("rtsp://me:secret@nowhere.example:554/stream")
    assert sentence in str(told.value) and "secret" not in str(told.value)


def test_a_name_server_that_does_not_answer_is_waited_for_no_longer_than_that(monkeypatch):
    answered = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: answered.wait())
    with pytest.raises(CameraError, match="no name server tells where door is"):
        look_up_host("rtsp://door/stream", within=0.01)
    answered.set()


@pytest.mark.parametrize("url", ["rtsp://127.0.0.1:554/x", "http://[::1]/x", "rtsp://a:b/c@d@e/f", "/a/file.mp4"])
def test_what_is_an_address_already_or_in_doubt_is_taken_as_it_is(url):
    look_up_host(url)
