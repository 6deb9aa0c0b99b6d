"""The rule by which reports about tracks become sightings: intervals in which somebody was before a camera."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.records import Event
from db.schema.tables import EventRow, PersonRow, SightingRow
from db.sightings.events import event_row
from db.sightings.snapshots import erase_snapshots

Tell = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the reports about a track go, and where a next sighting of it begins.

    Attributes:
        row: the sighting's id; several tracks of one person share a sighting.
        seen: the moment of the last report.
    """

    row: int
    camera: str
    seen: datetime


class Intervals:
    """Reports written as sightings, within one transaction.

    A row that has gone (its person was erased, or it was pruned) stays gone: later reports about it are ignored, until
    they name somebody else.

    Attributes:
        places: one for each key in use.
        absence: how long a person may be away and come back within the same sighting.
    """

    def __init__(self, session: Session, places: dict[int, Place], absence: timedelta) -> None:
        self.session = session
        self.places = places
        self.absence = absence
        self._noted: list[tuple[Event, EventRow, Tell]] = []

    def open(self, key: int, camera: str, at: datetime) -> None:
        self._begin(key, camera, at)

    def extend(self, key: int, at: datetime, similarity: float | None) -> None:
        if key in self.places:
            self.places[key] = replace(self.places[key], seen=at)
        row = self._row(key)
        if row is not None:
            row.first_seen, row.last_seen = min(row.first_seen, at), max(row.last_seen, at)
            _improve(row, similarity)

    def close(self, key: int, at: datetime) -> None:
        self.extend(key, at, None)
        self.places.pop(key, None)

    def name(self, key: int, person_id: int | None, similarity: float | None, snapshot: str | None) -> None:
        if person_id is not None and self.session.get(PersonRow, person_id) is None:  # erased: a stranger again
            erase_snapshots(self.session, [snapshot])
            person_id = snapshot = None
        row = self._row(key)
        if row is None and (person_id is None or key not in self.places):
            erase_snapshots(self.session, [snapshot])
            return
        if row is None or row.person_id not in (None, person_id):  # what was said so far remains said
            row = self._begin(key, self.places[key].camera, self.places[key].seen)
        row.person_id = person_id
        _improve(row, similarity)
        if snapshot is not None and snapshot != row.snapshot:
            replaced, row.snapshot = row.snapshot, snapshot
            erase_snapshots(self.session, [replaced])
        if person_id is not None:
            self._unite(row)

    def note(self, event: Event, key: int | None, tell: Tell) -> None:
        sighting = None if key is None else self._row(key)
        row = event_row(event, sighting.id if sighting else None)
        if key is None or sighting is not None:
            self.session.add(row)
        self._noted.append((event, row, tell))

    def noted(self) -> list[tuple[Event, Tell]]:
        """The events with their sightings' ids, and who is told of each."""
        return [(replace(event, sighting=row.sighting_id), tell) for event, row, tell in self._noted]

    def _begin(self, key: int, camera: str, at: datetime) -> SightingRow:
        row = SightingRow(camera=camera, first_seen=at, last_seen=at)
        self.session.add(row)
        self.session.flush()
        self.places[key] = Place(row.id, camera, at)
        return row

    def _row(self, key: int) -> SightingRow | None:
        return self.session.get(SightingRow, self.places[key].row) if key in self.places else None

    def _unite(self, row: SightingRow) -> None:
        """Make one sighting of all by the same person on the same camera that lie within the absence of `row`."""
        near = self.session.scalars(
            select(SightingRow)
            .where(SightingRow.person_id == row.person_id, SightingRow.camera == row.camera)
            .where(SightingRow.last_seen >= row.first_seen - self.absence)
            .where(SightingRow.first_seen <= row.last_seen + self.absence)
            .order_by(SightingRow.id)
        ).all()
        kept, *others = near
        best = max(near, key=lambda each: (each.snapshot is not None, each.similarity or -1.0))
        unused = {each.snapshot for each in near} - {best.snapshot}
        kept.first_seen = min(each.first_seen for each in near)
        kept.last_seen = max(each.last_seen for each in near)
        kept.similarity = max((each.similarity for each in near if each.similarity is not None), default=None)
        kept.snapshot = best.snapshot
        ids = {other.id for other in others}
        self.places = {
            key: replace(place, row=kept.id) if place.row in ids else place for key, place in self.places.items()
        }
        moved = EventRow.sighting_id.in_(ids)
        self.session.execute(update(EventRow).where(moved).values(sighting_id=kept.id))
        for other in others:
            self.session.delete(other)
        erase_snapshots(self.session, unused)


def _improve(row: SightingRow, similarity: float | None) -> None:
    if row.person_id is not None and similarity is not None:
        cosine = float(similarity)  # NumPy's are not known to database drivers
        row.similarity = max(cosine, row.similarity or cosine)
