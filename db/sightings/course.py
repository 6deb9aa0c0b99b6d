"""What goes on from one transaction to the next while somebody is reported."""

from dataclasses import dataclass, field
from datetime import datetime

from db.events.telling import EVERYTHING, Told
from db.unknowns.records import Faces


@dataclass(frozen=True, slots=True)
class OpenInterval:
    """Where the reports about a track go, and where a next sighting of it begins.

    Attributes:
        row: the sighting's id; several tracks of one person share a sighting.
        seen: the moment of the last report.
        recorded: whether it is of a recording.
    """

    row: int
    camera: str
    seen: datetime
    recorded: bool = False


@dataclass(slots=True)
class Course:
    """What goes on from one transaction to the next.

    Attributes:
        sightings: the open ones, by the keys in use.
        recorded: the ids of all sightings of recordings in this run; they unite among themselves alone.
        unknowns: the strangers that are kept, as they were known last.
        told: which events were told.
    """

    sightings: dict[int, OpenInterval] = field(default_factory=dict)
    recorded: set[int] = field(default_factory=set)
    unknowns: Faces | None = None
    told: Told = field(default_factory=lambda: Told(EVERYTHING))

    def copy(self) -> "Course":
        """Another that goes on by itself: what could not be stored has not happened."""
        return Course(dict(self.sightings), set(self.recorded), self.unknowns, self.told.copy())
