"""A sighting that goes on."""

from dataclasses import dataclass
from datetime import datetime

from stream.gallery.identity import UNKNOWN, Identity
from stream.sightings.source_clock import Dates


@dataclass(slots=True)
class OpenSighting:
    """What is known so far of a track that is a sighting.

    Attributes:
        key: of the sighting, as the writer knows it.
        dates: by which it is dated, from its beginning to its end.
        began: time of the first detection, seconds.
        seen: time of the detection last noted, seconds.
        known: who it is, once named.
        entered: whether it was told that they came.
    """

    key: int
    track: int
    camera: str
    dates: Dates
    began: float
    seen: float
    known: Identity = UNKNOWN
    entered: bool = False

    @property
    def seconds(self) -> float:
        """For how long they have been there."""
        return self.seen - self.began

    @property
    def person(self) -> int | None:
        """The number of whoever it is."""
        return self.known.person.id if self.known.person else None

    def moment(self, t: float) -> datetime:
        """The moment of time `t` in seconds."""
        return self.dates.moment(t)
