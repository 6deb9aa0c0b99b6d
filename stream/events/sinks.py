"""Where events go to, as the options of `watch` tell."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from db import Database
from db.sightings.outbox import Outbox, digest
from db.sightings.queues import QUEUE, take_over
from stream.events.event import Event, Tell
from stream.events.mqtt import Mqtt
from stream.events.webhook import Webhook
from stream.json_lines import JsonLines


class EventSinks:
    """Told of an event, from any thread, they tell each in turn.

    Attributes:
        outboxes: where events wait in the database until they can be sent, by the name of the sink; whoever stores
            the events puts them there.
    """

    def __init__(self, tells: Sequence[Tell], outboxes: dict[str, Outbox]) -> None:
        self.outboxes = outboxes
        self._tells = tells
        self._turn = threading.Lock()

    def __call__(self, event: Event) -> None:
        with self._turn:
            for tell in self._tells:
                tell(event)


@contextmanager
def event_sinks(
    database: Database,
    log: Path | None,
    webhook: str | None,
    mqtt: str | None,
    cameras: Sequence[str] = (),
    webhook_secret: str | None = None,
    queues: Path = QUEUE,
) -> Iterator[EventSinks]:
    """Whom to tell of events, so that they reach all that is given, without waiting for a network.

    Args:
        database: where events wait for the webhook, and where MQTT finds who was named before.
        log: a file to which they are appended as lines of JSON; `-` prints them.
        webhook: a URL to which they are posted, see `Webhook`.
        mqtt: a broker's URL, see `Mqtt`.
        cameras: names of those that are watched, for MQTT.
        webhook_secret: signs what is posted.
        queues: a folder in which events wait since 0.1.0, see `take_over`.

    Raises:
        StreamError: there is no such file, or a URL is none; when told of an event, the file cannot be written.
        DatabaseError: the database cannot be read.
    """
    with ExitStack() as stack:
        tells: list[Tell] = []
        outboxes: dict[str, Outbox] = {}
        if log is not None:
            lines = stack.enter_context(JsonLines(log, growing=True))
            tells.append(lambda event: lines.add(event.as_dict()))
        if webhook is not None:
            take_over(database, queues)
            outboxes["webhook"] = outbox = Outbox(database, digest(webhook))
            stack.enter_context(Webhook(webhook, outbox, secret=webhook_secret))
        if mqtt is not None:
            tells.append(stack.enter_context(Mqtt(mqtt, database, cameras)).send)
        yield EventSinks(tells, outboxes)
