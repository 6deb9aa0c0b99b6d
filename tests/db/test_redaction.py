"""No user name, password or token that somebody wrote into an address is shown."""

import pytest

from db.redaction import host, is_address, redacted


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("rtsp://cam/live", "cam"),
        ("rtsp://cam.example:554/live?user=admin&password=secret", "cam.example:554"),
        ("rtsp://admin:secret@10.0.0.7:554/stream1", "10.0.0.7:554"),
        ("rtsp://admin:p@secret@cam/live", "cam"),  # the standard's host begins behind its last @
        ("http://[fe80::1]:8080/video", "[fe80::1]:8080"),
        ("http://me@[fe80::1%eth0]/video", "[fe80::1%eth0]"),
        ("http://host/user=admin&password=p@ssw0rd&channel=1", "host"),
        ("rtsp://cam/user@home/1", "cam"),
        ("rtsp://cam/1?u=a@b.c", "cam"),
        ("rtsp://user:pw@cam/user@home", None),  # or a host home, and a password with an @ and a /
        ("rtsp://admin:1234/5@cam/live", None),  # or a port 1234
        ("rtsp://admin:se#c/r@et@cam/live", None),
        ("rtsp://cam:554&token=secret", None),
        ("rtsp://", None),
    ],
)
def test_the_host_is_what_can_be_nothing_else(url, place):
    assert host(url) == place


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("RTSP://admin:secret@cam:554/token/secret", "rtsp://cam:554/…"),
        ("http://host/user=admin&password=p@ssw0rd&channel=1", "http://host/…"),
        ("rtsp://admin:secret/5@cam/live", "rtsp://…"),
        ("rtsp//user:secret@host", "…@host"),
        ("no such file: rtsp:/user:se@secret@host/1", "no such file: …@host/1"),
        ("cam?user=me&password=secret&channel=1", "cam?user=me&password=…&channel=1"),
        ("cam?PWD=secret;api_token=secret key=secret", "cam?PWD=…;api_token=… key=…"),
        ("could not open rtsp://me:my secret@cam/1 in time", "could not open rtsp://… …@cam/1 in time"),
        ("clips/door.mp4", "clips/door.mp4"),
        ("monkey=3", "monkey=3"),
    ],
)
def test_what_is_shown_holds_no_secret(text, shown):
    assert redacted(text) == shown


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("rtsp//user:secret@host", True),
        ("rtsp:/cam/1", True),
        ("user:secret@host:554/live", True),
        ("postgresql:/me:secret@host/people", True),
        ("postgresql+psycopg:/host/people", True),
        ("clips//door.mp4", False),
        ("/home/ada/a@b.mp4", False),
        ("12:30.mp4", False),
        ("C:\\clips\\a@b.mp4", False),
    ],
)
def test_a_mistyped_address_is_told_from_a_path(text, verdict):
    assert is_address(text) == verdict
