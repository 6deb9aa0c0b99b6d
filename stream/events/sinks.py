"""Where events go to, as the options of `watch` tell."""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from db import Database, DatabaseError
from db.events.outbox import Outbox, digest
from db.events.queues import QUEUE, take_over
from db.text.wording import how_many
from stream.errors import StreamError
from stream.events import notifications
from stream.events.event import Event, Tell, untold
from stream.events.mqtt import Mqtt
from stream.events.webhook import Webhook
from stream.json_lines import JsonLines

log = logging.getLogger(__name__)


class EventSinks:
    """Told of an event, from any thread, they tell each in turn, whatever becomes of the others.

    One that cannot take an event is told of the next one all the same; that it could not is logged, once.

    Args:
        printed: prints events; when nobody reads that any more, the watch ends.

    Attributes:
        following: those of them that want to be told of cameras that come and go, too.
        outboxes: where events wait in the database until they can be sent, by the name of the sink; whoever stores
            the events puts them there.
    """

    def __init__(
        self,
        tells: Sequence[Tell],
        outboxes: dict[str, Outbox],
        printed: Tell = untold,
        following: Sequence[Mqtt] = (),
    ) -> None:
        self.outboxes = outboxes
        self.following = following
        self._tells = tells
        self._printed = printed
        self._turn = threading.Lock()
        self._missed = 0
        self._troubles: dict[Tell, str] = {}

    def __call__(self, event: Event) -> None:
        """Raises StreamError where it cannot be printed."""
        with self._turn:
            for tell in self._tells:
                self._try(tell, event)
            self._printed(event)

    def _try(self, tell: Tell, event: Event) -> None:
        before = self._troubles.pop(tell, None)
        try:
            tell(event)
        except (DatabaseError, StreamError) as error:
            self._missed += 1
            self._troubles[tell] = str(error)
            if str(error) != before:
                log.error("%s The others are told of the events all the same.", error)

    def check(self) -> None:
        """Raises StreamError if some could not be told to all."""
        if self._missed:
            last = next(iter(self._troubles.values()), "it could be done again later.")
            raise StreamError(f"{how_many(self._missed, 'time')} an event could not be written: {last}")


@dataclass(frozen=True, slots=True)
class Destinations:
    """Where events are to go; None: not there.

    Attributes:
        file: to which they are appended as lines of JSON; `-` prints them.
        webhook: a URL to which they are posted, see `Webhook`.
        webhook_secret: signs what is posted.
        notify: addresses of services that send notifications, see `Notifications`.
        mqtt: a broker's URL, see `Mqtt`.
    """

    file: Path | None = None
    webhook: str | None = field(default=None, repr=False)
    webhook_secret: str | None = field(default=None, repr=False)
    notify: Sequence[str] = field(default=(), repr=False)
    mqtt: str | None = field(default=None, repr=False)


@contextmanager
def event_sinks(
    database: Database, wished: Destinations, cameras: Sequence[str] = (), queues: Path = QUEUE
) -> Iterator[EventSinks]:
    """Whom to tell of events, so that they reach all that is given, without waiting for a network.

    Args:
        database: where events wait for the webhook and for notifications, and where MQTT finds who was named before.
        cameras: names of those that are watched at first, for MQTT.
        queues: a folder in which events wait since 0.1.0, see `take_over`.

    Raises:
        StreamError: there is no such file, or a URL is none; at the end, some events could not be told to all.
        DatabaseError: the database cannot be read.
    """
    with ExitStack() as stack:
        tells: list[Tell] = []
        outboxes: dict[str, Outbox] = {}
        following: list[Mqtt] = []
        printed: Tell = untold
        if wished.file is not None:
            lines = stack.enter_context(JsonLines(wished.file, growing=True))

            def add(event: Event) -> None:
                lines.add(event.as_dict())

            if str(wished.file) == "-":
                printed = add
            else:
                tells.append(add)
        if wished.webhook is not None:
            take_over(database, queues)
            outbox = Outbox(database, digest(wished.webhook))
            stack.enter_context(Webhook(wished.webhook, outbox, secret=wished.webhook_secret))
            outboxes["webhook"] = outbox
        # Each address has a queue, so that none waits for another
        for count, address in enumerate(dict.fromkeys(wished.notify), 1):
            outbox = Outbox(database, digest(address), limit=notifications.LIMIT)
            stack.enter_context(notifications.Notifications(address, outbox))
            outboxes[f"notify-{count}"] = outbox
        if wished.mqtt is not None:
            following.append(stack.enter_context(Mqtt(wished.mqtt, database, cameras)))
            tells.append(following[0].send)
        sinks = EventSinks(tells, outboxes, printed, following)
        yield sinks
    sinks.check()
