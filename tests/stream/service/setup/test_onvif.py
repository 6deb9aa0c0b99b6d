"""Cameras are found where they answer, and tell where their pictures are; a made-up one on loopback."""

import ipaddress
import socket
import sys

import pytest

from stream.errors import SourceError, StreamError
from stream.service.setup.onvif import devices, streams
from tests.waiting import wait_for

wsdiscovery = pytest.importorskip("wsdiscovery.threaded", reason="needs the extra onvif")
pytest.importorskip("onvif", reason="needs the extra onvif")
from tests.onvif import onvif_camera  # noqa: E402


@pytest.fixture(autouse=True)
def loopback_alone(monkeypatch):
    """No other network is asked."""
    own = {socket.AF_INET: [ipaddress.ip_address("127.0.0.1")], socket.AF_INET6: []}
    monkeypatch.setattr(wsdiscovery, "_getNetworkAddrs", own.__getitem__)


def test_a_camera_that_answers_is_found_by_name_and_place():
    def names(seconds: float) -> list[str]:
        """Of those at its place: another run of these tests may have a camera, too."""
        return [one.name for one in devices(seconds) if one.place == camera.place]

    with onvif_camera() as camera:
        wait_for(lambda: names(1.0) == ["Front door"])
    assert names(0.3) == []


def test_it_tells_where_its_pictures_are_and_the_password_goes_to_no_other_host():
    with onvif_camera() as camera:
        found = streams(camera.place, "admin", "p@ss/word")
    assert [one.name for one in found] == ["Main", "Small"]
    assert found[0].source == "rtsp://admin:p%40ss%2Fword@127.0.0.1:8554/main"
    assert "p%40ss" not in repr(found) and not any("p@ss" in asked for asked in camera.asked)


def test_a_wrong_user_is_told_without_the_password():
    with onvif_camera() as camera, pytest.raises(SourceError, match="check the address, the user name") as told:
        streams(camera.place, "somebody", "secret")
    assert "secret" not in str(told.value)


@pytest.mark.parametrize("address", ["file:///etc/passwd?", "/etc/passwd", "http://[::1/"])
def test_a_camera_that_tells_a_path_gives_no_picture(address):
    with onvif_camera(address) as camera, pytest.raises(SourceError):
        streams(camera.place, "admin", "secret")


@pytest.mark.parametrize("place", ["", "http://door", "door/path", "user:secret@door", "door:port", "[::1"])
def test_what_is_no_host_is_told(place):
    with pytest.raises(SourceError, match="is no host") as told:
        streams(place, "admin", "secret")
    assert "secret" not in str(told.value)


def test_nobody_there_is_told():
    with pytest.raises(SourceError, match="does not tell where"):
        streams("127.0.0.1:9", "admin", "secret")


def test_without_the_extra_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "wsdiscovery", None)
    monkeypatch.setitem(sys.modules, "onvif", None)
    for ask in (devices, lambda: streams("door", "a", "b")):
        with pytest.raises(StreamError, match=r"pip install -e '\.\[onvif\]'"):
            ask()
