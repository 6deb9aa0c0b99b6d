"""Connections that end in time, on a real port of this machine."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException

import pytest

from tests.waiting import wait_for
from web.server import WebServer

PATIENCE = 1


@pytest.fixture
def server(service, access):
    with WebServer(service, access, "127.0.0.1", 0, patience=PATIENCE) as server:
        yield server


def connect(server):
    return socket.create_connection((server.host, server.port), timeout=30)


def test_a_head_that_comes_byte_by_byte_is_waited_for_no_longer(server):
    with connect(server) as slow:
        slow.sendall(b"GET /live HTTP/1.1\r\nHost: localhost\r\nX: ")
        with pytest.raises(ConnectionError):  # noqa: PT012 - cut at any of these bytes
            for _ in range(600):
                slow.sendall(b"a")
                time.sleep(0.1)
            pytest.fail("It was never cut.")


def test_an_upload_that_comes_byte_by_byte_is_waited_for_no_longer(server, monkeypatch):
    monkeypatch.setattr("web.patience.WHOLE", 2)
    with connect(server) as slow:
        slow.sendall(b"POST /photo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n")
        with pytest.raises(ConnectionError):  # noqa: PT012 - cut at any of these bytes
            for _ in range(600):
                slow.sendall(b"a")
                time.sleep(0.1)
            pytest.fail("It was never cut.")


def test_a_request_that_outlives_the_server_is_no_trouble(service, access, caplog, monkeypatch):
    asked, closed = threading.Event(), threading.Event()

    def slow(_environ, begin):
        asked.set()
        assert closed.wait(30)
        begin("204 No Content", [])
        return []

    with WebServer(service, access, "127.0.0.1", 0) as server:
        server._server.application = slow
        close = server._server.close
        monkeypatch.setattr(server._server, "close", lambda: (close(), closed.set()))
        waiting = connect(server)
        waiting.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert asked.wait(30)
    with waiting:
        assert waiting.recv(1000).startswith(b"HTTP/1.1 204")
    assert "Exception" not in caplog.text


def test_whoever_goes_on_asking_is_not_answered_once_the_server_has_ended(service, access):
    answered, ended = threading.Event(), threading.Event()

    def late_answers():
        page = HTTPConnection(server.host, server.port, timeout=30)
        with suppress(HTTPException, OSError), closing(page):
            while True:
                late = ended.is_set()  # before it is asked: what came in time may be read late
                page.request("GET", "/live")
                page.getresponse().read()
                answered.set()
                if late:
                    return 1
        return 0

    with ThreadPoolExecutor() as threads:
        with WebServer(service, access, "127.0.0.1", 0) as server:
            asking = threads.submit(late_answers)
            assert answered.wait(30)
        ended.set()
        assert asking.result() == 0


def test_a_connection_that_says_nothing_or_is_half_closed_ends(server):
    with connect(server) as silent, connect(server) as half:
        half.sendall(b"GET /live HTTP/1.1\r\nHost: loc")
        half.shutdown(socket.SHUT_WR)
        assert half.recv(1000) == b"" and silent.recv(1000) == b""


def test_whoever_takes_nothing_of_a_stream_loses_it_and_its_place(server, service, monkeypatch):
    numbers = iter(range(10**9))
    big = b"\xff\xd8\xff" + bytes(200_000)

    def newest(camera, after=None, timeout=0.0):
        return type("Picture", (), {"number": next(numbers), "jpeg": lambda self, width: big})()

    monkeypatch.setattr(service.session, "newest", newest)
    with connect(server) as stalled:
        stalled.sendall(b"GET /api/v1/cameras/door/stream.mjpg HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert stalled.recv(12) == b"HTTP/1.1 200"
        wait_for(lambda: not server._server.active_channels)
        assert next(numbers) < 100  # it was not sent into the void


def test_a_busy_answer_is_waited_for(server, service, monkeypatch):
    usual = service.people.everybody

    def slowly(*arguments):
        time.sleep(2.5 * PATIENCE)
        return usual(*arguments)

    monkeypatch.setattr(service.people, "everybody", slowly)
    with connect(server) as client:
        client.sendall(b"GET /api/v1/people HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert client.recv(12) == b"HTTP/1.1 200"
