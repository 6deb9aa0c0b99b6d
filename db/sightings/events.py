"""Events in and out of the database."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.records import Event
from db.schema.tables import EventRow, PersonRow, SightingRow


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


def find_events(
    session: Session, since: datetime | None, until: datetime | None, camera: str | None, person: PersonRow | None
) -> list[Event]:
    """Events from `since` to `until`, the earliest first."""
    query = select(EventRow, PersonRow.name).outerjoin(SightingRow, EventRow.sighting_id == SightingRow.id)
    query = query.outerjoin(PersonRow, SightingRow.person_id == PersonRow.id)
    if since is not None:
        query = query.where(EventRow.time >= since)
    if until is not None:
        query = query.where(EventRow.time <= until)
    if camera is not None:
        query = query.where(EventRow.camera == camera)
    if person is not None:
        query = query.where(SightingRow.person_id == person.id)
    return [
        Event(row.time, row.camera, row.event, row.track, row.sighting_id, name, row.similarity, row.reason)
        for row, name in session.execute(query.order_by(EventRow.time, EventRow.id))
    ]
