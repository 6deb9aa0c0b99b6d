"""Where events go to, as the options of `watch` tell."""

import hashlib
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from db.outbox import Outbox
from stream.events import Event, Tell
from stream.json_lines import JsonLines
from stream.mqtt import Mqtt
from stream.webhook import Webhook


@contextmanager
def event_sinks(
    log: Path | None, webhook: str | None, mqtt: str | None, queue: Path, cameras: Sequence[str] = ()
) -> Iterator[Tell]:
    """Whom to tell of events, so that they reach all that is given; from any thread, and without waiting for a network.

    Args:
        log: a file to which they are appended as lines of JSON; `-` prints them.
        webhook: a URL to which they are posted, see `Webhook`.
        mqtt: a broker's URL, see `Mqtt`.
        queue: a folder, where events wait on disk for the webhook.
        cameras: names of those that are watched, for MQTT.

    Raises:
        StreamError: there is no such file, or a URL is none; when told of an event, the file cannot be written.
        DatabaseError: an event cannot be kept in the folder.
    """
    with ExitStack() as stack:
        tells: list[Tell] = []
        if log is not None:
            lines = stack.enter_context(JsonLines(log, growing=True))
            tells.append(lambda event: lines.add(event.as_dict()))
        if webhook is not None:
            outbox = stack.enter_context(Outbox.open(queue, f"webhook-{_digest(webhook)}"))
            posts = stack.enter_context(Webhook(webhook, outbox))
            tells.append(lambda event: posts.send(json.dumps(event.as_dict())))
        if mqtt is not None:
            tells.append(stack.enter_context(Mqtt(mqtt, cameras)).send)
        turn = threading.Lock()

        def tell(event: Event) -> None:
            with turn:
                for each in tells:
                    each(event)

        yield tell


def _digest(url: str) -> str:
    """Part of a file's name, which must not tell the URL: it may hold a password."""
    return hashlib.sha256(url.encode()).hexdigest()[:16]
