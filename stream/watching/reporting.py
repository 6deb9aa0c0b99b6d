"""What becomes of what a watch sees."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from db.events.outbox import Outbox
from db.events.telling import EVERYTHING, Telling
from stream.events.event import Tell, untold
from stream.watching.upkeep import Keep

ABSENCE = 10.0  # seconds: whoever comes back within it goes on with the earlier sighting


@dataclass(frozen=True, slots=True)
class Reporting:
    """Who is told of it, what is one sighting, and for how long it is kept.

    Attributes:
        tell: told of events.
        outboxes: where each event that is told waits until it can be sent.
        telling: which events are told.
        absence: seconds within which whoever comes back goes on with the earlier sighting.
        keep: for how long things are kept; may be changed while a watch runs.
    """

    tell: Tell = untold
    outboxes: Sequence[Outbox] = ()
    telling: Telling = EVERYTHING
    absence: float = ABSENCE
    keep: Keep = field(default_factory=Keep)
