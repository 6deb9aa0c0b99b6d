"""The rule by which reports about tracks become sightings: intervals in which somebody was before a camera."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy.orm import Session

from db.events.noting import Noting
from db.evidence import keeping as evidence
from db.evidence.records import Appearance, NewEvidence
from db.history.offering import offer
from db.records import Event, NewSnapshot, Tell
from db.schema.tables import Base, PersonRow, SightingRow
from db.sightings.course import Course, OpenInterval
from db.sightings.pictures import Pictures
from db.sightings.uniting import Uniting
from db.unknowns.keeping import keep
from db.unknowns.records import NewStay, Place

Row = TypeVar("Row", bound=Base)


class Intervals:
    """Reports written as sightings, within one transaction.

    Its methods are those of `db.sightings.reports.Reporter`, with the keys that it gave. A row that is gone, erased or
    pruned, stays gone: reports about it are ignored until they name somebody else.

    Args:
        course: how it goes on; changes.
        absence: how long a person may be away and come back within the same sighting.
        now: when recordings are written.
        sinks: the digests of those for whom events wait in the database until they can be sent.
        recording, is_late: see `Uniting`.

    Attributes:
        pictures: of the sightings; those that are new are to be written once the transaction is kept.
        uniting: makes one of several sightings of one person.
        events: what happened.
    """

    def __init__(
        self,
        session: Session,
        course: Course,
        absence: timedelta,
        now: datetime,
        sinks: Sequence[str] = (),
        recording: int | None = None,
        is_late: bool = False,
    ) -> None:
        self.course = course
        self.pictures = Pictures(session)
        self.uniting = Uniting(session, course, absence, self.pictures, recording, is_late)
        self.events = Noting(session, course.told, sinks)
        self._session = session
        self._now = now
        self._recording = recording
        self._held: set[Base] = set()

    def open(self, key: int, camera: str, at: datetime, recorded: bool = False) -> None:
        self._begin(key, camera, at, recorded)

    def extend(self, key: int, at: datetime, similarity: float | None) -> None:
        if key in self.course.sightings:
            self.course.sightings[key] = replace(self.course.sightings[key], seen=at)
        row = self._row(key)
        if row is not None:
            row.first_seen = min(row.first_seen, at)
            row.last_seen = max(row.last_seen, at)
            self.uniting.extended.add(row.id)
            _improve(row, similarity)

    def close(self, key: int, at: datetime) -> None:
        self.extend(key, at, None)
        self.course.sightings.pop(key, None)

    def retract(self, key: int, began: datetime) -> None:
        """It was no person: erase the sighting, or, where it was there before or is another track's, too, that part."""
        row = self._row(key)
        self.course.sightings.pop(key, None)
        if row is None or any(one.row == row.id for one in self.course.sightings.values()):
            return
        if row.first_seen < began:
            row.last_seen = min(row.last_seen, began)
            return
        self.pictures.erase({row.snapshot})
        self._session.delete(row)
        self._session.flush()

    def keep(self, key: int, at: datetime, stay: NewStay, place: Place) -> None:
        """They have gone, and what was seen of them is kept, unless they have a name by now."""
        row = self._row(key)
        self.close(key, at)
        if row is not None and row.person_id is None:
            self.course.unknowns = keep(self._session, self.course.unknowns, row, stay, place)

    def name(self, key: int, person_id: int | None, similarity: float | None, snapshot: NewSnapshot | None) -> None:
        if person_id is not None and self._get(PersonRow, person_id) is None:  # erased: a stranger again
            person_id = None
            snapshot = None
        row = self._row_of(key, person_id)
        if row is None:
            return
        row.person_id = person_id
        _improve(row, similarity)
        if snapshot is not None:
            self.pictures.replace(row, snapshot)
        if person_id is not None:
            self.uniting.unite(row)

    def explain(self, key: int, looks: Sequence[NewEvidence], appearance: Appearance[int] | None) -> None:
        """Keep the looks behind the name of a track, and, at its end, what they all came to."""
        row = self._row(key)
        if row is not None:
            evidence.keep(self._session, row, looks, appearance)
            offer(self._session, row, looks)

    def note(self, key: int | None, event: Event, tell: Tell) -> None:
        """An event with the name that its sighting has: it may have been renamed, or erased, since it happened."""
        self.events.hear(tell)
        self.events.tell_of_ended(event.time)
        sighting = None if key is None else self._row(key)
        if sighting is not None:  # it may end here: what else happened at this moment is reported after the event
            sighting.last_seen = max(sighting.last_seen, event.time)
        person = None if event.name is None else self._person_of(sighting)
        self.events.note(event, sighting, person, tell)

    def illustrate(self, _key: int | None, sighting: int, snapshot: NewSnapshot) -> None:
        """A picture of a sighting of this id could not be written yet."""
        self.pictures.new[snapshot.path] = sighting, snapshot

    def _begin(self, key: int, camera: str, at: datetime, recorded: bool) -> SightingRow:
        row = SightingRow(camera=camera, first_seen=at, last_seen=at, recording_id=self._recording)
        row.written = self._now if recorded else None
        self._session.add(row)
        self._session.flush()
        self.course.sightings[key] = OpenInterval(row.id, camera, at, recorded)
        if recorded:
            self.course.recorded.add(row.id)
        return row

    def _get(self, kind: type[Row], id_: int | None) -> Row | None:
        """A row by its id, held to the end: of one that nobody holds the session would ask at every report again."""
        row = self._session.get(kind, id_)
        if row is not None:
            self._held.add(row)
        return row

    def _row(self, key: int) -> SightingRow | None:
        return self._get(SightingRow, self.course.sightings[key].row) if key in self.course.sightings else None

    def _person_of(self, sighting: SightingRow | None) -> PersonRow | None:
        if sighting is None or sighting.person_id is None:
            return None
        return self._get(PersonRow, sighting.person_id)

    def _row_of(self, key: int, person_id: int | None) -> SightingRow | None:
        """The sighting to which the name of a track goes: a new one where another was named, or erased, before."""
        row = self._row(key)
        if row is not None and row.person_id in (None, person_id):
            return row
        if key not in self.course.sightings or (row is None and person_id is None):
            return None
        before = self.course.sightings[key]
        return self._begin(key, before.camera, before.seen, before.recorded)


def _improve(row: SightingRow, similarity: float | None) -> None:
    if row.person_id is not None and similarity is not None:
        cosine = float(similarity)  # NumPy's are not known to database drivers
        row.similarity = max(cosine, row.similarity or cosine)
