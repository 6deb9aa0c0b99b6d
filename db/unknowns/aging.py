"""What is kept of strangers goes after some days, and the oldest first where it is too much."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from db.people.gallery import note_change
from db.schema.portions import portions
from db.schema.tables import StayRow, UnknownRow

GROUPS = 20_000  # of whom no more are kept


def age(session: Session, limit: datetime, max_bytes: float, most: int = GROUPS) -> int:
    """Erase the stays written before a moment, those of the groups beyond so many, and what is beyond a size.

    Whoever was written longest ago goes first; a group goes with its last stay.

    Args:
        max_bytes: of all pictures together; infinite or NaN, it keeps everything.

    Returns:
        How many stays were erased.
    """
    old = session.scalars(select(StayRow.id).where(StayRow.created < limit)).all()
    newest = select(StayRow.unknown_id).group_by(StayRow.unknown_id).order_by(func.max(StayRow.id).desc())
    surplus = session.scalars(select(StayRow.id).where(StayRow.unknown_id.in_(newest.offset(most)))).all()
    gone = {*old, *surplus}
    total = 0
    for number, size in session.execute(select(StayRow.id, StayRow.size).order_by(StayRow.id.desc())):
        if number not in gone:
            total += size
            if total > max_bytes:
                gone.add(number)
    if gone:
        note_change(session)
    return erase_stays(session, sorted(gone))


def erase_stays(session: Session, stays: Sequence[int]) -> int:
    """Erase what is kept of stays with these ids, and the groups that have none any more; returns how many they are."""
    for some in portions(stays):
        session.execute(delete(StayRow).where(StayRow.id.in_(some)))
    empty = UnknownRow.id.not_in(select(StayRow.unknown_id))
    session.execute(delete(UnknownRow).where(empty))
    return len(stays)
