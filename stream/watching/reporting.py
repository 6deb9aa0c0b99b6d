"""What becomes of what a watch sees."""

from dataclasses import dataclass, field

from db.events.audience import NOBODY, Audience
from stream.watching.upkeep import Keep

ABSENCE = 10.0  # seconds: whoever comes back within it goes on with the earlier sighting


@dataclass(frozen=True, slots=True)
class Reporting:
    """Who is told of it, what is one sighting, and for how long it is kept.

    Attributes:
        audience: who is told of events.
        absence: seconds within which whoever comes back goes on with the earlier sighting.
        keep: for how long things are kept; may be changed while a watch runs.
    """

    audience: Audience = NOBODY
    absence: float = ABSENCE
    keep: Keep = field(default_factory=Keep)
