"""Metrics and health over HTTP."""

import json
import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from typing import Any, Protocol

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import MetricsHandler

from stream.errors import StreamError
from stream.sources.address import LOOPBACK

log = logging.getLogger(__name__)

PATIENCE = 10.0  # seconds; whoever asks nothing holds no thread for ever


class Served(Protocol):
    """What is served."""

    registry: CollectorRegistry

    def health(self) -> tuple[bool, dict[str, Any]]:
        """Whether all is well enough, and what there is to say of it, for JSON."""


@contextmanager
def serve(metrics: Served, port: int, host: str = LOOPBACK) -> Iterator[int]:
    """Serve `/metrics` (Prometheus) and `/healthz` (JSON; status 503 when no camera gives pictures) in a thread.

    Args:
        port: 0 takes any that is free.
        host: who can ask; by default only this machine.

    Yields:
        The port.

    Raises:
        StreamError: it cannot be served there.
    """
    try:
        server = _Server((host, port), _handler(metrics))
    except (OSError, OverflowError) as error:
        raise StreamError(
            f"Metrics cannot be served at {host}:{port} ({getattr(error, 'strerror', None) or error}): "
            "choose another port, such as --metrics 9091, and as --metrics-host an address of this machine."
        ) from error
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        if isinstance(sys.exception(), ConnectionError):  # whoever asked has hung up, as load balancers do
            log.debug("%s:%s hung up.", *client_address[:2])
        else:
            super().handle_error(request, client_address)


def _handler(metrics: Served) -> type[MetricsHandler]:
    """What answers each request."""

    class Handler(MetricsHandler):
        registry = metrics.registry
        timeout = PATIENCE

        def do_GET(self) -> None:  # noqa: N802 - the name that http.server asks for
            path = self.path.partition("?")[0]
            if path == "/metrics":
                super().do_GET()
            elif path == "/healthz":
                well, found = metrics.health()
                self._answer(200 if well else 503, found)
            else:
                self.send_error(404, "There are /metrics and /healthz")

        def _answer(self, status: int, found: dict[str, Any]) -> None:
            body = json.dumps(found, ensure_ascii=False).encode("utf-8", "backslashreplace")
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler
