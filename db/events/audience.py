"""Who hears of what happens."""

from collections.abc import Sequence
from dataclasses import dataclass

from db.events.outbox import Outbox
from db.events.telling import EVERYTHING, Telling
from db.records import Tell, untold


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is told of events, at once or when they can be reached, and of which; all events are stored.

    Attributes:
        tell: told at once, as soon as an event is stored.
        outboxes: where each event that is told waits to be sent, from the moment at which it is stored.
        telling: which events are told.
    """

    tell: Tell = untold
    outboxes: Sequence[Outbox] = ()
    telling: Telling = EVERYTHING


NOBODY = Audience()
