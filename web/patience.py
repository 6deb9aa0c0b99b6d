"""Connections that end in time, however little those at the other end say or take."""

import socket
import time
from contextlib import suppress
from typing import Any

from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer

WHOLE = 10  # times the patience: for a request with its uploads


class PatientChannel(HTTPChannel):  # type: ignore[misc]
    """A connection whose request must come, and whose answer must be taken, within the server's patience.

    Waitress itself ends connections that are idle; one that sends a byte now and then, or that takes nothing of a long
    answer, would stay for good.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._quiet = self._taken = time.monotonic()

    def readable(self) -> bool:
        """Asked at every turn of the server's loop, once a second at least."""
        if self._is_late(time.monotonic()):
            self.will_close = True
            with suppress(OSError):  # wakes the loop, also where nothing more could be written
                self.socket.shutdown(socket.SHUT_RDWR)
        return bool(super().readable())

    def _is_late(self, now: float) -> bool:
        patience = self.adj.channel_timeout
        if self.request is None:
            self._quiet = now
        if not self.total_outbufs_len:
            self._taken = now
        coming = now - self._quiet  # seconds for which a request has been coming
        if coming > WHOLE * patience:
            return True
        if coming > patience and not getattr(self.request, "headers_finished", True):
            return True
        if time.time() - self.last_activity <= patience:
            return False
        is_idle = not self.requests and not self.total_outbufs_len
        return bool(is_idle or now - self._taken > patience)


def be_patient(sockets: dict[int, Any]) -> None:
    """Let the servers of a map of waitress's make such connections."""
    for server in sockets.values():
        if isinstance(server, BaseWSGIServer):
            server.channel_class = PatientChannel
