"""Ends of visits that are held, in the database, too: what a run was to tell that was killed, the next one tells."""

from collections.abc import Set
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.events.broken_off import RECENT
from db.schema.tables import EventRow, SettingRow, SightingRow

HELD = "visits.held"


def kept(session: Session) -> set[int]:
    """Ids of the events by which those left whose visits may have ended, of all runs."""
    row = session.get(SettingRow, HELD)
    return set(row.value) if row is not None else set()


def keep(session: Session, before: Set[int], now: Set[int]) -> None:
    """Keep what a run holds now, and no more what it held before."""
    if not before and not now:
        return
    known = kept(session)
    if known - before | now != known:
        session.merge(SettingRow(key=HELD, value=sorted(known - before | now)))


def held_by_others(session: Session, now: datetime, own: Set[int]) -> list[tuple[EventRow, int]]:
    """The events that others hold, or held when they were killed, each with the person's id.

    Those that nobody waits for any more, or that were erased, are forgotten.
    """
    others = kept(session) - own
    named = select(EventRow, SightingRow.person_id).join(SightingRow).where(SightingRow.person_id.is_not(None))
    query = named.where(EventRow.id.in_(others), EventRow.time > now - RECENT).order_by(EventRow.id)
    found = [(event, person) for event, person in session.execute(query) if person is not None]
    keep(session, others, {event.id for event, _ in found})
    return found
