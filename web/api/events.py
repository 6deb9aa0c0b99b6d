"""What happens before the cameras, while it happens."""

import json
import threading
from collections.abc import Iterator
from queue import Empty, Full, Queue

from flask import Response
from flask_restx import Resource

from db import Event
from stream.service.watch.showing import Showing
from web.access.login import needs
from web.api import api
from web.parts import limiter, running
from web.streams import stream

BEAT = 5.0  # seconds, after which a quiet stream shows that it is alive, and finds out whether anybody is there
BEHIND = 1000  # events that may wait for a client


@api.route("/events", endpoint="events")
class Events(Resource):  # type: ignore[misc]
    """Events."""

    method_decorators = (needs("read"), limiter.exempt)

    @api.produces(["text/event-stream"])
    def get(self) -> Response:
        """Events as they happen, as server-sent events: their kind as `event`, all else as JSON in `data`."""
        return stream(_told(running()), "text/event-stream; charset=utf-8")


def _told(watch: Showing) -> Iterator[bytes]:
    waiting: Queue[Event] = Queue(BEHIND)
    behind = threading.Event()

    def hear(event: Event) -> None:
        try:
            waiting.put_nowait(event)
        except Full:
            behind.set()  # the client begins anew

    with watch.hearing(hear):
        yield b"retry: 3000\n\n"
        while not behind.is_set():
            try:
                event = waiting.get(timeout=BEAT)
            except Empty:
                yield b":\n\n"
            else:
                yield f"event: {event.event}\ndata: {json.dumps(event.as_dict())}\n\n".encode()
