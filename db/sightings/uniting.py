"""Which sightings of a person are one: those before the same camera with less than the absence between them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.evidence.keeping import thin_out
from db.schema.references import referring
from db.schema.tables import SightingRow
from db.sightings.course import Course
from db.sightings.pictures import Pictures


class Uniting:
    """Makes one sighting of several, within one transaction.

    Args:
        course: the open sightings, which move along; changes.
        absence: how long a person may be away and come back within the same sighting.
        pictures: of the sightings.
        recording: the id of the one that all sightings are of, in whatever run: they unite among themselves alone.
        is_late: whether others may have reported of the time after it: their rows, which they may hold, take ours in.

    Attributes:
        extended: the ids of our sightings that are longer now.
    """

    def __init__(
        self,
        session: Session,
        course: Course,
        absence: timedelta,
        pictures: Pictures,
        recording: int | None = None,
        is_late: bool = False,
    ) -> None:
        self.extended: set[int] = set()
        self._session = session
        self._course = course
        self._absence = absence
        self._pictures = pictures
        self._recording = recording
        self._is_late = is_late

    def close_gaps(self) -> None:
        """Unite what has grown late, up to where others have gone on; with the rest whoever is named later unites."""
        if not self._is_late:
            return
        for id_ in self.extended:
            row = self._session.get(SightingRow, id_)  # none where it was united with another before
            if row is not None and row.person_id is not None:
                self.unite(row)

    def unite(self, row: SightingRow) -> None:
        """Make one sighting of all by the same person on the same camera that lie within the absence of `row`."""
        near = self._near(row)
        if near == [row]:
            return
        kept = self._kept_of(near)
        kept.first_seen = min(each.first_seen for each in near)
        kept.last_seen = max(each.last_seen for each in near)
        self._pictures.keep_best(kept, near)
        kept.similarity = max((each.similarity for each in near if each.similarity is not None), default=None)
        others = [each for each in near if each is not kept]
        self._move({other.id for other in others}, kept.id)
        for other in others:
            self._session.delete(other)

    def _near(self, row: SightingRow) -> Sequence[SightingRow]:
        """The sightings to unite with one, and itself, the oldest first."""
        first = row.first_seen - self._absence
        last = row.last_seen + self._absence
        same = select(SightingRow).where(SightingRow.person_id == row.person_id, SightingRow.camera == row.camera)
        overlapping = same.where(SightingRow.last_seen >= first, SightingRow.first_seen <= last)
        found = self._session.scalars(overlapping.order_by(SightingRow.id)).all()
        if self._recording is not None:
            return [each for each in found if each.recording_id == self._recording]
        if row.written is not None:  # of a recording, too
            return [each for each in found if each.id in self._course.recorded]
        return [each for each in found if each.written is None]

    def _kept_of(self, near: Sequence[SightingRow]) -> SightingRow:
        """Which of these sightings, the oldest first, is to hold them all: the oldest, or one that others may hold."""
        ours = {one.row for one in self._course.sightings.values()} | self.extended
        others = [each for each in near if each.id not in ours] if self._is_late else []
        return others[-1] if others else near[0]

    def _move(self, ids: set[int], to: int) -> None:
        """Let tracks, events, evidence and all else of some sightings be another's."""
        self._course.sightings = {
            key: replace(sighting, row=to) if sighting.row in ids else sighting
            for key, sighting in self._course.sightings.items()
        }
        for table, column in referring(SightingRow):
            self._session.execute(update(table).where(getattr(table, column).in_(ids)).values({column: to}))
        thin_out(self._session, to)
