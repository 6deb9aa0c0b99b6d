"""The rule by which reports about tracks become sightings: intervals in which somebody was before a camera."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.evidence import keeping as evidence
from db.evidence.records import Appearance, NewEvidence
from db.history.offering import offer
from db.records import Event, NewSnapshot, Tell
from db.schema.tables import Base, EventRow, PersonRow, SightingRow
from db.sightings.events import event_of, event_row
from db.sightings.outbox import add_message
from db.sightings.snapshots import erase_snapshots
from db.sightings.telling import EVERYTHING, Told
from db.sightings.visitors import SharedTold
from db.unknowns.keeping import keep
from db.unknowns.records import Faces, NewStay, Place

Row = TypeVar("Row", bound=Base)


@dataclass(frozen=True, slots=True)
class OpenSighting:
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

    sightings: dict[int, OpenSighting] = field(default_factory=dict)
    recorded: set[int] = field(default_factory=set)
    unknowns: Faces | None = None
    told: Told = field(default_factory=lambda: Told(EVERYTHING))

    def copy(self) -> "Course":
        """Another that goes on by itself: what could not be stored has not happened."""
        return Course(dict(self.sightings), set(self.recorded), self.unknowns, self.told.copy())


class Intervals:
    """Reports written as sightings, within one transaction.

    A row that is gone, erased or pruned, stays gone: reports about it are ignored until they name somebody else.

    Args:
        course: how it goes on; changes.
        absence: how long a person may be away and come back within the same sighting.
        now: when recordings are written.
        sinks: the digests of those for whom events wait in the database until they can be sent.
        recording: the id of the one that all sightings are of, in whatever run: they unite among themselves alone.
        is_late: whether others may have reported of the time after it: their rows, which they may hold, take ours in.

    Attributes:
        snapshots: those to write once the transaction is kept, by their paths, with the ids of their sightings.
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
        self.session, self.course = session, course
        self.snapshots: dict[str, tuple[int, NewSnapshot]] = {}
        self._absence, self._now, self._sinks = absence, now, sinks
        self._recording, self._is_late = recording, is_late
        self._held: set[Base] = set()
        self._extended: set[int] = set()  # the ids of our rows that are longer now
        self._noted: list[tuple[EventRow, str | None, str | None, Tell]] = []
        self._told = SharedTold(course.told, session) if course.told.wishes.shared else course.told

    def open(self, key: int, camera: str, at: datetime, recorded: bool = False) -> None:
        self._begin(key, camera, at, recorded)

    def extend(self, key: int, at: datetime, similarity: float | None) -> None:
        if key in self.course.sightings:
            self.course.sightings[key] = replace(self.course.sightings[key], seen=at)
        row = self._row(key)
        if row is not None:
            row.first_seen, row.last_seen = min(row.first_seen, at), max(row.last_seen, at)
            self._extended.add(row.id)
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
        self._erase({row.snapshot})
        self.session.delete(row)
        self.session.flush()

    def keep(self, key: int, at: datetime, stay: NewStay, place: Place) -> None:
        """They have gone, and what was seen of them is kept, unless they have a name by now."""
        row = self._row(key)
        self.close(key, at)
        if row is not None and row.person_id is None:
            self.course.unknowns = keep(self.session, self.course.unknowns, row, stay, place)

    def name(self, key: int, person_id: int | None, similarity: float | None, snapshot: NewSnapshot | None) -> None:
        if person_id is not None and self._get(PersonRow, person_id) is None:  # erased: a stranger again
            person_id = snapshot = None
        row = self._row_of(key, person_id)
        if row is None:
            return
        row.person_id = person_id
        _improve(row, similarity)
        if snapshot is not None:
            self._replace_picture(row, snapshot)
        if person_id is not None:
            self._unite(row)

    def explain(self, key: int, looks: Sequence[NewEvidence], appearance: Appearance[int] | None) -> None:
        """Keep the looks behind the name of a track, and, at its end, what they all came to."""
        row = self._row(key)
        if row is not None:
            evidence.keep(self.session, row, looks, appearance)
            offer(self.session, row, looks)

    def note(self, key: int | None, event: Event, tell: Tell) -> None:
        """An event with the name that its sighting has: it may have been renamed, or erased, since it happened.

        All are stored; those are told that `Course.told` says.
        """
        self._told.teller = self.course.told.teller = tell
        self.tell_of_ended(event.time)
        sighting = None if key is None else self._row(key)
        if sighting is not None:  # it may end here: what else happened at this moment is reported after the event
            sighting.last_seen = max(sighting.last_seen, event.time)
        known = sighting is not None and sighting.person_id is not None and event.name is not None
        person = self._get(PersonRow, sighting.person_id) if sighting and known else None
        row = event_row(event, sighting.id if sighting else None)
        row.written = sighting.written if sighting else None
        self.session.add(row)
        self.session.flush()
        named = replace(event, name=person.name if person else None)
        if self._told.take(named, row.id, person.id if person else None, tell) == "tell":
            self._tell(row, sighting, person, tell)

    def tell_of_ended(self, now: datetime) -> None:
        """Tell of the visits that have ended by then."""
        for held in self._told.due(now):
            row = self.session.get(EventRow, held.event)
            sighting = None if row is None else self._get(SightingRow, row.sighting_id)
            if row is not None and sighting is not None and sighting.person_id is not None:  # not erased meanwhile
                self._tell(row, sighting, self._get(PersonRow, sighting.person_id), held.tell)

    def illustrate(self, _key: int | None, sighting: int, snapshot: NewSnapshot) -> None:
        """A picture of a sighting of this id could not be written yet."""
        self.snapshots[snapshot.path] = sighting, snapshot

    def close_gaps(self) -> None:
        """Unite what has grown late, up to where others have gone on; with the rest whoever is named later unites."""
        for id_ in self._extended if self._is_late else ():
            row = self._get(SightingRow, id_)  # none where it was united with another before
            if row is not None and row.person_id is not None:
                self._unite(row)

    def noted(self) -> list[tuple[Event, Tell]]:
        """The events with their sightings' ids, and who is told of each."""
        return [(event_of(row, name, picture), tell) for row, name, picture, tell in self._noted]

    def _tell(self, row: EventRow, sighting: SightingRow | None, person: PersonRow | None, tell: Tell) -> None:
        for sink in self._sinks:
            add_message(self.session, sink, row, named=person is not None)
        picture = None if sighting is None else sighting.snapshot
        self._noted.append((row, None if person is None else person.name, picture, tell))

    def _begin(self, key: int, camera: str, at: datetime, recorded: bool) -> SightingRow:
        row = SightingRow(camera=camera, first_seen=at, last_seen=at, recording_id=self._recording)
        row.written = self._now if recorded else None
        self.session.add(row)
        self.session.flush()
        self.course.sightings[key] = OpenSighting(row.id, camera, at, recorded)
        if recorded:
            self.course.recorded.add(row.id)
        return row

    def _get(self, kind: type[Row], id_: int | None) -> Row | None:
        """A row by its id, held to the end: of one that nobody holds the session would ask at every report again."""
        row = self.session.get(kind, id_)
        if row is not None:
            self._held.add(row)
        return row

    def _row(self, key: int) -> SightingRow | None:
        return self._get(SightingRow, self.course.sightings[key].row) if key in self.course.sightings else None

    def _row_of(self, key: int, person_id: int | None) -> SightingRow | None:
        """The sighting to which the name of a track goes: a new one where another was named, or erased, before."""
        row = self._row(key)
        if row is not None and row.person_id in (None, person_id):
            return row
        if key not in self.course.sightings or (row is None and person_id is None):
            return None
        before = self.course.sightings[key]
        return self._begin(key, before.camera, before.seen, before.recorded)

    def _replace_picture(self, row: SightingRow, snapshot: NewSnapshot) -> None:
        replaced, row.snapshot = row.snapshot, snapshot.path
        self.snapshots[snapshot.path] = row.id, snapshot
        if replaced != snapshot.path:
            self._erase({replaced})

    def _unite(self, row: SightingRow) -> None:
        """Make one sighting of all by the same person on the same camera that lie within the absence of `row`."""
        near = self._near(row)
        if near == [row]:
            return
        kept = self._kept_of(near)
        others = [each for each in near if each is not kept]
        kept.first_seen = min(each.first_seen for each in near)
        kept.last_seen = max(each.last_seen for each in near)
        self._keep_best_picture(kept, near)
        kept.similarity = max((each.similarity for each in near if each.similarity is not None), default=None)
        self._move({other.id for other in others}, kept.id)
        for other in others:
            self.session.delete(other)

    def _kept_of(self, near: Sequence[SightingRow]) -> SightingRow:
        """Which of these sightings, the oldest first, is to hold them all: the oldest, or one that others may hold."""
        ours = {one.row for one in self.course.sightings.values()} | self._extended
        others = [each for each in near if each.id not in ours] if self._is_late else []
        return others[-1] if others else near[0]

    def _keep_best_picture(self, kept: SightingRow, near: Sequence[SightingRow]) -> None:
        """Of the pictures of sightings that become one, keep that of the most similar."""
        best = max(near, key=lambda each: (each.snapshot is not None, each.similarity or -1.0)).snapshot
        unused = {each.snapshot for each in near} - {best}
        kept.snapshot = best
        if best in self.snapshots:
            self.snapshots[best] = kept.id, self.snapshots[best][1]
        self._erase(unused)

    def _near(self, row: SightingRow) -> Sequence[SightingRow]:
        """The sightings to unite with one, and itself, the oldest first."""
        first, last = row.first_seen - self._absence, row.last_seen + self._absence
        same = select(SightingRow).where(SightingRow.person_id == row.person_id, SightingRow.camera == row.camera)
        overlapping = same.where(SightingRow.last_seen >= first, SightingRow.first_seen <= last)
        found = self.session.scalars(overlapping.order_by(SightingRow.id)).all()
        if self._recording is not None:
            return [each for each in found if each.recording_id == self._recording]
        recorded = row.written is not None
        return [each for each in found if (each.id in self.course.recorded if recorded else each.written is None)]

    def _move(self, ids: set[int], to: int) -> None:
        """Let tracks, events and evidence of some sightings be another's."""
        self.course.sightings = {
            key: replace(sighting, row=to) if sighting.row in ids else sighting
            for key, sighting in self.course.sightings.items()
        }
        self.session.execute(update(EventRow).where(EventRow.sighting_id.in_(ids)).values(sighting_id=to))
        evidence.move(self.session, ids, to)

    def _erase(self, snapshots: set[str | None]) -> None:
        for path in snapshots:
            self.snapshots.pop(path or "", None)
        erase_snapshots(self.session, snapshots)


def _improve(row: SightingRow, similarity: float | None) -> None:
    if row.person_id is not None and similarity is not None:
        cosine = float(similarity)  # NumPy's are not known to database drivers
        row.similarity = max(cosine, row.similarity or cosine)
