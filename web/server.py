"""The web application on a port: waitress' threads beside whatever else this process does."""

import logging
import threading
from ipaddress import ip_address
from types import TracebackType
from typing import Any, Self

from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server

from stream.errors import StreamError
from stream.service.service import Service
from stream.sources.address import LOOPBACK
from web.access.access import Access
from web.access.guard import Proxied
from web.application import create_app
from web.patience import be_patient
from web.uploads import MOST_BYTES

THREADS = 32
MOST_CONNECTIONS = 200
PATIENCE = 30  # seconds for a connection that says, or takes, nothing, and for a request's head
MOST_WAITING = 2**20  # bytes of an answer that wait for whoever takes it slowly

log = logging.getLogger(__name__)


class WebServer:
    """Answers requests in threads of its own, within a `with` block.

    Args:
        host: an address of this machine; loopback needs no password.
        port: 0 takes a free one.
        trusted_proxy: the address of a proxy whose word about clients is believed.
        patience: seconds for a connection that says, or takes, nothing.

    Raises:
        StreamError: the port is taken, or others could reach it without a password.
    """

    def __init__(
        self,
        service: Service,
        access: Access,
        host: str,
        port: int,
        trusted_proxy: str | None = None,
        patience: int = PATIENCE,
    ) -> None:
        loopback = is_loopback(host)
        if access.is_open and not loopback:
            raise StreamError(
                f"Others could reach {host} without a password: set one by `doorman web password`, "
                "or stay on 127.0.0.1."
            )
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a busy moment is no trouble
        app = Proxied(create_app(service, access, loopback=loopback), trusted_proxy)
        self._server = listening(app, host, port, patience)
        self.host = host
        self.port = int(self._server.effective_port)
        self._thread = threading.Thread(target=self._server.run, name="web", daemon=True)

    @property
    def url(self) -> str:
        """Where a browser on this machine finds it."""
        host = self.host
        if host in ("0.0.0.0", ""):
            host = LOOPBACK
        elif ":" in host:
            host = f"[{host}]"
        return f"http://{host}:{self.port}/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.trigger.pull_trigger(self._close)
        self._thread.join(timeout=5)

    def _close(self) -> None:
        """In the thread of the loop, which would else wait for sockets that are closed.

        What is still answered must not wake it any more, through a pipe whose number may be another file's by then.
        """
        self._server.pull_trigger = lambda: None
        self._server.add_task = let_go  # a browser would go on asking through the connection that it has
        for channel in self._server.active_channels.values():
            if not channel.requests:
                let_go(channel)
        self._server.close()


def let_go(channel: HTTPChannel) -> None:
    """End a connection, instead of answering what it asks."""
    channel.will_close = True


def listening(app: Proxied, host: str, port: int, patience: int) -> BaseWSGIServer:
    """Waitress' server, bound to the port; nobody is answered yet.

    Raises:
        StreamError: the port is taken.
    """
    sockets: dict[int, Any] = {}
    try:
        server = create_server(
            app,
            host=host,
            port=port,
            threads=THREADS,
            connection_limit=MOST_CONNECTIONS,
            channel_timeout=patience,
            outbuf_high_watermark=MOST_WAITING,
            map=sockets,
            max_request_body_size=MOST_BYTES,
            clear_untrusted_proxy_headers=False,  # `Proxied` refuses them
            ident=None,
        )
    except OSError as error:
        raise StreamError(
            f"The web pages cannot be served at {host}:{port} ({error.strerror or error}): choose another port."
        ) from error
    be_patient(sockets)
    return server


def is_loopback(host: str) -> bool:
    """Whether an address is this machine's own, which nobody else reaches."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def address(text: str) -> tuple[str, int]:
    """Host and port of `HOST:PORT`, or of `PORT` on this machine only.

    Raises:
        StreamError: it is neither.
    """
    host, _, port = text.rpartition(":")
    if not port.isdigit() or int(port) > 65_535:
        raise StreamError(f"--web {text} is no address: write HOST:PORT, as in 127.0.0.1:8765, or PORT.")
    return host.strip("[]") or LOOPBACK, int(port)
