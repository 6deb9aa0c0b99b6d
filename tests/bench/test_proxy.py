"""The bad network of the bench of faults is as bad as it says."""

import socket
import threading
import time
from contextlib import suppress

import pytest

from tests.bench.proxy import Proxy


@pytest.fixture
def network():
    """A connection through a proxy to a server that sends back what it gets."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def echo() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection, suppress(ConnectionError):
                    while data := connection.recv(100):
                        connection.sendall(data)

        threading.Thread(target=echo, daemon=True).start()
        proxy = Proxy(server.getsockname()[1])
        with socket.create_connection(("127.0.0.1", proxy.port), timeout=60) as client:
            yield proxy, client
        proxy.close()


def test_it_passes_on_what_comes(network):
    _, client = network
    client.sendall(b"hello")
    assert client.recv(100) == b"hello"


def test_it_cuts_the_connection_off(network):
    proxy, client = network
    client.sendall(b"hello")
    client.recv(100)
    proxy.cut()
    assert client.recv(100) == b""
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=60) as again:
        again.sendall(b"back")
        assert again.recv(100) == b"back"


def test_it_holds_everything_up_until_it_is_told_to_go_on(network):
    proxy, client = network
    proxy.held.set()
    client.sendall(b"hello")
    client.settimeout(0.3)
    with pytest.raises(TimeoutError):
        client.recv(100)
    proxy.held.clear()
    client.settimeout(60)
    assert client.recv(100) == b"hello"


def test_it_is_as_slow_as_it_is_told(network):
    proxy, client = network
    proxy.delay = 0.3
    began = time.monotonic()
    client.sendall(b"hello")
    client.recv(100)
    assert time.monotonic() - began >= 0.3
