"""Events as they are stored, and those of them that are told."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.events.broken_off import ALIVE, left_open
from db.events.events import event_of, event_row
from db.events.held import held_by_others
from db.events.outbox import add_message
from db.events.telling import Held, Told
from db.events.visitors import SharedTold
from db.records import Event, Tell
from db.schema.tables import EventRow, PersonRow, SightingRow


@dataclass(frozen=True, slots=True)
class _ToTell:
    """A stored event, whose it is by now, and who is told of it."""

    row: EventRow
    name: str | None
    picture: str | None
    tell: Tell


class Noting:
    """Stores events, within one transaction.

    Args:
        told: which were told; changes.
        sinks: the digests of those for whom events wait in the database until they can be sent.
    """

    def __init__(self, session: Session, told: Told, sinks: Sequence[str] = ()) -> None:
        self._session = session
        self._kept = told
        self._told = SharedTold(told, session) if told.wishes.shared else told
        self._sinks = sinks
        self._to_tell: list[_ToTell] = []

    def note(self, event: Event, sighting: SightingRow | None, person: PersonRow | None, tell: Tell) -> None:
        """Store an event. All are stored; those are told that `Told` says.

        Args:
            person: whose name it has.
        """
        id_ = None if person is None else person.id
        left = self._left_before(event, self._told.named_before(event, id_))
        row = self._stored(event, sighting)
        named = replace(event, name=None if person is None else person.name)
        if self._told.take(named, row.id, id_, tell, None if left is None else left.id) == "tell":
            self._tell(row, sighting, person, tell)

    def note_broken_off(self, now: datetime, live: Collection[int]) -> None:
        """Make up for the events that nobody has told since their run was killed; see `left_open`, `held_by_others`."""
        for event, sighting in left_open(self._session, now, live):
            row = self._stored(event, sighting)
            person = self._session.get(PersonRow, sighting.person_id) if sighting.person_id is not None else None
            named = replace(event, name=None if person is None else person.name)
            tell = self._told.teller
            if self._told.broke_off(named, row.id, sighting.person_id, tell) == "tell":
                self._tell(row, sighting, person, tell)
        for left, visitor in held_by_others(self._session, now, self._told.held):
            self._told.take_over(visitor, Held(left.id, left.time + ALIVE, self._told.teller))

    def hear(self, tell: Tell) -> None:
        """From now on this one is told of the end of visits that others have seen."""
        self._kept.teller = tell
        self._told.teller = tell

    def tell_of_ended(self, now: datetime) -> None:
        """Tell of the visits that have ended by then."""
        for held in self._told.due(now):
            row = self._session.get(EventRow, held.event)
            sighting = None if row is None else self._session.get(SightingRow, row.sighting_id)
            if row is not None and sighting is not None and sighting.person_id is not None:  # not erased meanwhile
                self._tell(row, sighting, self._session.get(PersonRow, sighting.person_id), held.tell)

    def noted(self) -> list[tuple[Event, Tell]]:
        """The events to tell of, with their sightings' ids, and who is told of each."""
        return [(event_of(one.row, one.name, one.picture), one.tell) for one in self._to_tell]

    def _left_before(self, event: Event, person: int | None) -> EventRow | None:
        """The new event that somebody was there until another names somebody else; None where they were not."""
        if person is None:
            return None
        of_track = select(EventRow.sighting_id).where(EventRow.camera == event.camera, EventRow.track == event.track)
        last = of_track.order_by(EventRow.id.desc()).limit(1).scalar_subquery()
        theirs = select(SightingRow).where(SightingRow.id == last, SightingRow.person_id == person)
        sighting = self._session.scalar(theirs)
        if sighting is None:  # erased, or said by hand to be another's
            return None
        left = Event(sighting.last_seen, event.camera, "left", event.track, reason=event.reason)
        return self._stored(left, sighting)

    def _stored(self, event: Event, sighting: SightingRow | None) -> EventRow:
        row = event_row(event, None if sighting is None else sighting.id)
        row.written = None if sighting is None else sighting.written
        self._session.add(row)
        self._session.flush()
        return row

    def _tell(self, row: EventRow, sighting: SightingRow | None, person: PersonRow | None, tell: Tell) -> None:
        for sink in self._sinks:
            add_message(self._session, sink, row, named=person is not None)
        name = None if person is None else person.name
        picture = None if sighting is None else sighting.snapshot
        self._to_tell.append(_ToTell(row, name, picture, tell))
