"""A bad network: a proxy on loopback that passes bytes on, slowly, not at all, or cuts them off in the middle."""

import socket
import threading
import time
from contextlib import suppress

CHUNK = 1000  # bytes that are passed on at a time: less than a picture


class Proxy:
    """Passes every connection on to another port, as long as it likes.

    Attributes:
        port: where it listens.
        delay: seconds between two chunks from the server.
        held: while this is set, nothing comes through.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.delay = 0.0
        self.held = threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, name="proxy", daemon=True).start()

    def cut(self) -> None:
        """End every connection, wherever it is."""
        while self._open:
            with suppress(OSError):
                self._open.pop().shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._server.close()
        self.cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self.target), timeout=5)
                except OSError:
                    client.close()
                    continue
                server.settimeout(None)
                self._open += [client, server]
                for source, sink, slowed in ((client, server, False), (server, client, True)):
                    threading.Thread(target=self._pass, args=(source, sink, slowed), name="proxy", daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, slowed: bool) -> None:
        with suppress(OSError), source, sink:
            while data := source.recv(CHUNK):
                while slowed and self.held.is_set():
                    time.sleep(0.05)
                if slowed and self.delay:
                    time.sleep(self.delay)
                sink.sendall(data)
            for end in (source, sink):
                with suppress(OSError):  # one may be shut down already, and the other must be still
                    end.shutdown(socket.SHUT_RDWR)
