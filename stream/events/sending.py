"""Events sent to somebody far away, as soon as they are taken there."""

import logging
import random
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from enum import Enum, auto
from types import TracebackType
from typing import Self

from db import DatabaseError, Event
from db.errors import TEMPORARY
from db.events.outbox import Outbox
from db.text.wording import how_many
from stream.events.outage import Outage
from stream.sources.cameras.camera import wait_before

log = logging.getLogger(__name__)

GOODBYE = 5.0  # seconds in which what is left is sent at the end
GLANCE = 10.0  # seconds after which the queue is looked at without news: another process may have left something there


class Outcome(Enum):
    """Of an attempt to send the message that has waited longest."""

    DONE = auto()  # it was taken, or refused for good
    NOT_TAKEN = auto()  # and is tried again
    NONE_WAITS = auto()


class RefusedError(Exception):
    """The event itself is not taken, and would not be the next time either; the text ends a sentence."""


class NotTakenError(Exception):
    """The address or the network is at fault, so that it is tried again; the text ends a sentence."""


class Sender(ABC):
    """Sends what waits in an outbox, within a `with` block: in order, each event until it is taken, and then no more.

    What still waits at the end is sent in the next run. After a crash one of them may come twice.

    Args:
        label: what it is called in the log; begins sentences.
        outbox: where they wait.
        chance: random numbers from 0 to 1.
    """

    def __init__(self, label: str, outbox: Outbox, chance: Callable[[], float] = random.random) -> None:
        self._label = label
        self._outbox = outbox
        self._chance = chance
        self._stopping = threading.Event()
        self._abandoned = False
        self._outage = Outage(label, log)
        self._failures = 0  # in a row
        self._thread = threading.Thread(target=self._run, name=type(self).__name__, daemon=True)

    @abstractmethod
    def _send(self, event: Event) -> None:
        """Raises RefusedError or NotTakenError if it is not taken."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._outbox.news.set()
        self._thread.join(GOODBYE)
        self._abandoned = True
        with suppress(DatabaseError):  # then it was told before
            if not self._thread.is_alive():  # else one is on its way, which nobody must send a second time
                self._outbox.release()
            if waiting := len(self._outbox):
                log.warning("%s: %s left in the database for the next run.", self._label, how_many(waiting, "event"))

    def _run(self) -> None:
        try:
            self._send_on()
        except DatabaseError as error:
            log.error("%s gets no more events: %s", self._label, error)

    def _send_on(self) -> None:
        """Until the end, and then what is left, if that goes smoothly."""
        while not self._abandoned:
            self._outbox.news.clear()
            match self._send_next():
                case Outcome.DONE:
                    self._failures = 0
                case Outcome.NOT_TAKEN:
                    if self._stopping.wait(wait_before(self._failures, self._chance())):
                        return
                    self._failures += 1
                case Outcome.NONE_WAITS:
                    if self._stopping.is_set():
                        return
                    self._outbox.news.wait(GLANCE)

    def _send_next(self) -> Outcome:
        """Try to send the message that has waited longest, of those that wait for us."""
        try:
            message = self._outbox.claim()
            if message is None:
                return Outcome.NONE_WAITS
            if self._is_done(message.event):
                if not self._abandoned:
                    self._outbox.remove(message)
                return Outcome.DONE
            if given_up := self._outbox.trim():
                oldest = how_many(given_up, "event")
                log.warning("%s takes nothing for too long: given up the oldest %s.", self._label, oldest)
        except TEMPORARY as error:
            self._outage.is_now(f"gets no events for now: {error} Trying on.")
        return Outcome.NOT_TAKEN

    def _is_done(self, event: Event) -> bool:
        """Send an event; whether it was taken, or refused for good."""
        try:
            self._send(event)
        except RefusedError as error:
            log.warning("%s refuses an event (%s): it is given up.", self._label, error)
        except NotTakenError as error:
            self._outage.is_now(f"{error} Trying on.")
            return False
        else:
            self._outage.is_now(None, is_brief=self._failures == 1)
        return True
