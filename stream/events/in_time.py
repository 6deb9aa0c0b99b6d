"""HTTP requests whose answer begins in time, however slowly it drips.

`requests` bounds the silence between two bytes only: a server that sends one now and then would be waited for for ever.
"""

import socket
import threading
from collections.abc import Callable
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import HTTPResponse

LIMIT = 10.0  # seconds until the whole head of an answer must be there


def bounded_session() -> requests.Session:
    """One whose requests end in time; their answers' bodies are to be read by `stream=True`, and bounded likewise.

    They raise requests.Timeout if the answer's head is not there after `LIMIT` seconds.
    """
    made = requests.Session()
    for scheme in ("http://", "https://"):
        made.mount(scheme, _InTime())
    return made


class _InTime(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}


class _Connection(HTTPConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 itself does
        return _in_time(super().getresponse, self.sock)


class _SecureConnection(HTTPSConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 itself does
        return _in_time(super().getresponse, self.sock)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


def _in_time(answer: Callable[[], HTTPResponse], connection: socket.socket) -> HTTPResponse:
    late = threading.Event()

    def hang_up() -> None:
        late.set()
        connection.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(LIMIT, hang_up)
    timer.daemon = True
    timer.start()
    try:
        return answer()
    except Exception as error:
        if late.is_set():
            raise TimeoutError from error
        raise
    finally:
        timer.cancel()
