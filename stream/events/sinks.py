"""Where events go to, as the options of `watch` tell."""

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping, Sequence, Sized
from contextlib import ExitStack, contextmanager
from pathlib import Path

from platformdirs import user_data_path

from db.sightings.outbox import Outbox
from stream.events.event import Event, Tell
from stream.events.mqtt import Mqtt
from stream.events.webhook import Webhook
from stream.json_lines import JsonLines

QUEUE = user_data_path("doorman", appauthor=False) / "queue"  # where events wait while a network is away


class EventSinks:
    """Told of an event, from any thread, they tell each in turn.

    Attributes:
        queues: where events wait until they can be sent, by the name of the sink.
    """

    def __init__(self, tells: Sequence[Tell], queues: Mapping[str, Sized]) -> None:
        self.queues = queues
        self._tells = tells
        self._turn = threading.Lock()

    def __call__(self, event: Event) -> None:
        with self._turn:
            for tell in self._tells:
                tell(event)


@contextmanager
def event_sinks(
    log: Path | None,
    webhook: str | None,
    mqtt: str | None,
    queue: Path,
    cameras: Sequence[str] = (),
    webhook_secret: str | None = None,
) -> Iterator[EventSinks]:
    """Whom to tell of events, so that they reach all that is given, without waiting for a network.

    Args:
        log: a file to which they are appended as lines of JSON; `-` prints them.
        webhook: a URL to which they are posted, see `Webhook`.
        mqtt: a broker's URL, see `Mqtt`.
        queue: a folder, where events wait on disk for the webhook.
        cameras: names of those that are watched, for MQTT.
        webhook_secret: signs what is posted.

    Raises:
        StreamError: there is no such file, or a URL is none; when told of an event, the file cannot be written.
        DatabaseError: an event cannot be kept in the folder.
    """
    with ExitStack() as stack:
        tells: list[Tell] = []
        queues: dict[str, Sized] = {}
        if log is not None:
            lines = stack.enter_context(JsonLines(log, growing=True))
            tells.append(lambda event: lines.add(event.as_dict()))
        if webhook is not None:
            outbox = stack.enter_context(Outbox.open(queue, f"webhook-{_digest(webhook)}"))
            queues["webhook"] = outbox
            posts = stack.enter_context(Webhook(webhook, outbox, secret=webhook_secret))
            tells.append(lambda event: posts.send(json.dumps(event.as_dict())))
        if mqtt is not None:
            tells.append(stack.enter_context(Mqtt(mqtt, cameras)).send)
        yield EventSinks(tells, queues)


def _digest(url: str) -> str:
    """Part of a file's name, which must not tell the URL: it may hold a password."""
    return hashlib.sha256(url.encode()).hexdigest()[:16]


def forget_events_of(name: str, queue: Path) -> int:
    """Forget the events of a person that wait in the folder, so that they are not sent once the person is erased.

    Returns how many there were. A running watch keeps its own, and sends them as soon as it can.

    Raises:
        DatabaseError: a queue cannot be read or written.
    """
    return sum(outbox.forget(lambda message: json.loads(message)["name"] == name) for outbox in Outbox.every(queue))
