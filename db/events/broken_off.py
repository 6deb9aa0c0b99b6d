"""Those whom a run saw that was killed: nobody has told that they have left."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, aliased

from db.events.visitors import BROKE_OFF
from db.records import Event
from db.schema.tables import EventRow, SightingRow

ALIVE = timedelta(seconds=30)  # for which a sighting may not grow although its run lives: it grows every second
RECENT = timedelta(days=1)  # what ended longer ago nobody waits for


class BrokenOff:
    """Says when to look for them: at the start, and again when a run would have gone on that lived then."""

    def __init__(self) -> None:
        self._looked: list[datetime] = []

    def is_due(self, now: datetime) -> bool:
        """Whether it is time."""
        return not self._looked or (len(self._looked) == 1 and now - self._looked[0] > ALIVE)

    def looked(self, now: datetime) -> None:
        """It was done, and is kept."""
        self._looked.append(now)


def left_open(session: Session, now: datetime, live: Collection[int]) -> list[tuple[Event, SightingRow]]:
    """That they have left, each where they were seen last, and their sightings.

    Args:
        live: ids of sightings that go on.
    """
    ended = SightingRow.last_seen.between(now - RECENT, now - ALIVE) & SightingRow.written.is_(None)
    last = (
        select(func.max(EventRow.id))
        .join(SightingRow)
        .where(ended, EventRow.track.is_not(None))
        .group_by(SightingRow.id, EventRow.track)
    )
    query = select(EventRow.track, SightingRow).join(SightingRow)
    still_there = query.where(EventRow.id.in_(last), EventRow.event != "left", ~_named_otherwise())
    return [
        (Event(sighting.last_seen, sighting.camera, "left", track, reason=BROKE_OFF), sighting)
        for track, sighting in session.execute(still_there.order_by(EventRow.id))
        if sighting.id not in live
    ]


def _named_otherwise() -> ColumnElement[bool]:
    """Whether the next event of the track says, as its reason, that it is somebody else: it goes on as theirs."""
    later = aliased(EventRow)
    of_track = (later.camera == EventRow.camera) & (later.track == EventRow.track) & (later.id > EventRow.id)
    following = select(func.min(later.id)).where(of_track).correlate(EventRow).scalar_subquery()
    naming = aliased(EventRow)
    return exists().where(naming.id == following, naming.event == "named", naming.reason.is_not(None))
