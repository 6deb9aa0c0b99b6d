"""Retention: sightings, snapshots, events and strangers age out; people and their samples never do."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from db.database import Database
from db.evidence.keeping import forget_crops
from db.history.undoing import forget
from db.people.erasure import erase_dropped
from db.records import Erased
from db.schema.history import SuggestionRow
from db.schema.tables import EventRow, SightingRow
from db.schema.writers import WriterRow
from db.sightings.snapshots import erase_snapshots, file_of
from db.unknowns.aging import age

DAYS = 30.0
MAX_BYTES = 1_000_000_000
COPIES = timedelta(days=7)
DECISIONS = timedelta(days=30)
LONGEST = 36_500.0  # days: nothing is older, and the calendar begins earlier


def prune(
    database: Database,
    now: datetime,
    days: float = DAYS,
    max_bytes: float = MAX_BYTES,
    copies: timedelta = COPIES,
    decisions: timedelta = DECISIONS,
) -> Erased:
    """Erase events and sightings with snapshots older than `days`, then the oldest snapshots beyond `max_bytes`.

    How old they are counts from when they were written, or a recording of last year would be forgotten at once.
    Events that wait to be sent go with what they tell, and the copies of before a migration, once they are so old.
    Evidence goes with its sighting, and its oldest crops beyond as many bytes again. What is kept of strangers goes so
    many days after it was written, and the oldest beyond as many bytes again.

    Args:
        days, max_bytes: from zero; beyond all measure, infinite or NaN, they keep everything.
        copies: how old a copy may become.
        decisions: how long what was decided by hand can be taken back; what was dropped goes then.

    Raises:
        DatabaseError: a snapshot file cannot be deleted, and the sightings are kept; or see `Database.forget_history`.
    """
    limit = now - timedelta(days=min(LONGEST, days))
    written = func.coalesce(SightingRow.written, SightingRow.last_seen)
    old = written < limit
    with database.writing() as session:
        aged = session.scalars(select(SightingRow.snapshot).where(old)).all()
        snapshots = erase_snapshots(session, aged)
        session.execute(delete(SightingRow).where(old))
        session.execute(delete(EventRow).where(func.coalesce(EventRow.written, EventRow.time) < limit))
        kept = session.scalars(select(SightingRow.snapshot).order_by(written.desc()))
        snapshots += erase_snapshots(session, beyond(max_bytes, [path for path in kept if path]))
        forget_crops(session, max_bytes)
        strangers = age(session, limit, max_bytes)
        dropped = erase_dropped(session, now - decisions)
        forget(session, now - decisions)
        session.execute(delete(SuggestionRow).where(SuggestionRow.time < limit))
        session.execute(delete(WriterRow).where(WriterRow.touched < limit))  # what it has left would be as old
    kept_copies = tuple(str(path) for path in database.forget_copies(now - copies))
    database.forget_history()
    return Erased(dropped, len(aged), snapshots, copies=kept_copies, strangers=strangers)


def beyond(max_bytes: float, paths: list[str]) -> list[str]:
    """Those files from where, in this order, their sizes together exceed `max_bytes`."""
    total = 0
    for number, path in enumerate(paths):
        file = file_of(path)
        total += file.stat().st_size if file.exists() else 0
        if total > max_bytes:
            return paths[number:]
    return []
