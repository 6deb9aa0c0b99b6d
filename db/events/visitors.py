"""Visits over the cameras of several programs that watch with one database, which knows who was told of."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.events.events import event_row
from db.events.telling import Held, Told
from db.records import Event, Tell, untold
from db.schema.tables import EventRow, SightingRow
from db.schema.writers import VisitorRow

LATE = timedelta(seconds=5)  # by which a sighting may be written later than it grows
BROKE_OFF = "The watch broke off."  # why somebody has left, as far as is known


class SharedTold(Told):
    """What was told, within a transaction, where visits are shared: all who write take their turns.

    Whether somebody is still there before another program's camera, their sightings tell: they grow every second, and
    no more where a program has died. The end of a visit is told by whoever sees first that it is over, by the event by
    which they left last. Where whoever saw them last has died, nobody has told one: it is made up for then.

    Args:
        told: what this program has told; changes.
    """

    def __init__(self, told: Told, session: Session) -> None:
        super().__init__(told.wishes, told.tracks, told.people, told.visitors, told.last, told.teller)
        self._session = session
        self._gap = max(told.wishes.gap, LATE)

    def due(self, now: datetime) -> list[Held]:
        """The visits that have ended by then, and are told of no more."""
        return [
            Held(event, now, self.teller)
            for row in self._session.scalars(select(VisitorRow).where(VisitorRow.due <= now))
            if (event := self._ended(row, now)) is not None
        ]

    def _ended(self, row: VisitorRow, now: datetime) -> int | None:
        """The event by which a visitor left, if the visit has ended by then; else it is looked at again later."""
        last = self._seen_until(row)
        row.due = last + self._gap
        if row.due > now:
            return None
        told = None if row.event_id is None else self._session.get(EventRow, row.event_id)
        is_told = told is not None and told.time >= last - LATE
        event = row.event_id if is_told else self._made_up_for(row)
        row.event_id = None
        row.due = None
        return event

    def _made_up_for(self, row: VisitorRow) -> int | None:
        """The event that a visitor has left, which nobody has told; None where their sighting was erased."""
        its = SightingRow.person_id == row.person_id, SightingRow.written.is_(None), SightingRow.last_seen >= row.told
        seen = self._session.scalar(select(SightingRow).where(*its).order_by(SightingRow.last_seen.desc()).limit(1))
        if seen is None:
            return None
        of_it = select(EventRow.track).where(EventRow.sighting_id == seen.id).order_by(EventRow.id.desc())
        left = Event(seen.last_seen, seen.camera, "left", self._session.scalar(of_it.limit(1)), reason=BROKE_OFF)
        made_up = event_row(left, seen.id)
        self._session.add(made_up)
        self._session.flush()
        return made_up.id

    def _seen_until(self, row: VisitorRow) -> datetime:
        """Until when a visit has gone on: sightings are of it that begin within the gap after others of it."""
        assert row.due is not None
        last = row.due - self._gap
        of_it = select(func.max(SightingRow.last_seen)).where(
            SightingRow.person_id == row.person_id,
            SightingRow.written.is_(None),  # none of a recording
        )
        while (
            later := self._session.scalar(
                of_it.where(SightingRow.last_seen > last, SightingRow.first_seen <= last + self._gap)
            )
        ) is not None:
            last = later
        return last

    def _goes_on(self, person: int) -> bool:
        row = self._session.get(VisitorRow, person)
        return row is not None and row.due is not None

    def _cools(self, person: int, t: datetime) -> bool:
        row = self._session.get(VisitorRow, person)
        # Who was told of later is not told of either: another machine may have stored late what was before that. So a
        # clock that was set back, which cannot be told from it, must first catch up.
        return row is not None and t - row.told < self.wishes.cooldown

    def _begin(self, person: int, t: datetime) -> None:
        due = t + self._gap if self.wishes.by_visit else None
        self._session.merge(VisitorRow(person_id=person, told=t, event_id=None, due=due))

    def _is_gone(self, person: int | None, event: Event, row: int | None, tell: Tell = untold) -> bool:  # noqa: ARG002
        """Whether a visitor is nowhere any more; in any case this is how they left last."""
        visitor = None if person is None else self._session.get(VisitorRow, person)
        if visitor is None or visitor.due is None or visitor.person_id in self.people.values():
            return False
        visitor.event_id = row
        visitor.due = event.time + self._gap
        left = None if row is None else self._session.get(EventRow, row)
        others = select(SightingRow.id).where(
            SightingRow.person_id == person,
            SightingRow.id != (None if left is None else left.sighting_id),
            SightingRow.written.is_(None),
            SightingRow.last_seen >= event.time - LATE,
        )
        return self._session.scalar(others.limit(1)) is None

    def _end(self, person: int) -> None:
        row = self._session.get(VisitorRow, person)
        if row is not None:
            row.event_id = None
            row.due = None
