"""Events in and out of the database."""

from typing import Unpack

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from db.records import Event
from db.schema.tables import EventRow, PersonRow, SightingRow
from db.sightings.wanted import Wanted, conditions


def event_row(event: Event, sighting: int | None) -> EventRow:
    """A row for an event of this sighting; the name is the sighting's, and changes with it."""
    similarity = None if event.similarity is None else float(event.similarity)
    return EventRow(
        time=event.time,
        camera=event.camera,
        event=event.event,
        track=event.track,
        sighting_id=sighting,
        similarity=similarity,
        reason=event.reason,
    )


def event_of(row: EventRow, name: str | None, snapshot: str | None = None) -> Event:
    """The event as it is told; similarity and picture are somebody's, or nobody's."""
    similarity, picture = (None, None) if name is None else (row.similarity, snapshot)
    return Event(row.time, row.camera, row.event, row.track, row.sighting_id, name, similarity, row.reason, picture)


def joined() -> Select[EventRow, str, str | None]:
    """Events with the names and pictures that their sightings have by now."""
    query = select(EventRow, PersonRow.name, SightingRow.snapshot).outerjoin(
        SightingRow, EventRow.sighting_id == SightingRow.id
    )
    return query.outerjoin(PersonRow, SightingRow.person_id == PersonRow.id)


def find_events(session: Session, **wanted: Unpack[Wanted]) -> list[Event]:
    """Events that are wanted, the earliest first.

    Raises:
        UnknownPersonError: nobody has the name that is wanted.
    """
    query = joined().where(*conditions(session, wanted, EventRow.time, EventRow.time, EventRow.camera))
    return [event_of(*row) for row in session.execute(query.order_by(EventRow.time, EventRow.id))]


def last_named(session: Session, camera: str) -> Event | None:
    """By which event somebody was last named who is still known."""
    query = joined().where(EventRow.camera == camera, EventRow.event == "named", PersonRow.id.is_not(None))
    found = session.execute(query.order_by(EventRow.time.desc(), EventRow.id.desc()).limit(1)).first()
    return None if found is None else event_of(*found)
