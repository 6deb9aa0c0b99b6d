"""What is told of those who are seen: that they came, were named, and left."""

from db.records import EventName
from db.sightings.reports import Reporter
from stream.events.event import Event, Tell, untold
from stream.gallery.identity import UNKNOWN
from stream.sightings.open_sighting import OpenSighting

PATIENCE = 5.0  # seconds in which most who are enrolled have their name
BRIEF = 1.0  # seconds: of a stranger who is there for less nothing is told where names are waited for
ANOTHER = "The name is another than before."  # not which: a name would outlive the person's erasure
PICTURE = "It is a picture, not a person."


class Announcer:
    """Tells of each sighting in the order in which things happened to it.

    Args:
        writer: stores the events.
        tell: told of them by the writer, in its thread, once they are stored.
        patience: seconds for which somebody may get a name before it is told that somebody came: who is named meanwhile
            comes with the name, and of a stranger who leaves within a second nothing is told.
    """

    def __init__(self, writer: Reporter, tell: Tell = untold, patience: float = 0.0) -> None:
        self._writer = writer
        self._tell = tell
        self._patience = patience

    def seen(self, sighting: OpenSighting) -> None:
        """They are there, from now on or still."""
        if not sighting.entered and sighting.seconds >= self._patience:
            self._enter(sighting)

    def named(self, sighting: OpenSighting, was_another: bool) -> None:
        """It is known who it is, or who it is not: whoever was named before was another."""
        sighting.entered = True
        self._report("named", sighting, ANOTHER if was_another else None)

    def left(self, sighting: OpenSighting, reason: str | None = None) -> None:
        """They have gone."""
        if not sighting.entered:
            if sighting.seconds < BRIEF:
                return
            self._enter(sighting)
        self._report("left", sighting, reason)

    def retracted(self, sighting: OpenSighting) -> None:
        """It was no person: whoever was told of one is told that nobody is there."""
        if sighting.entered:
            sighting.known = UNKNOWN
            self._report("left", sighting, PICTURE)

    def _enter(self, sighting: OpenSighting) -> None:
        sighting.entered = True
        self._report("entered", sighting)

    def _report(self, event: EventName, sighting: OpenSighting, reason: str | None = None) -> None:
        known = sighting.known  # has no similarity as long as there is no name
        moment = sighting.moment(sighting.seen)
        happened = Event(moment, sighting.camera, event, sighting.track, None, known.name, known.similarity, reason)
        self._writer.note(happened, sighting.key, self._tell)
