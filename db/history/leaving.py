"""What becomes of rows that a decision has made, when it is taken back: others may lean on them by now."""

from collections.abc import Sequence

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from db.history.journal import Change, Key, is_any
from db.people.erasure import forget_decisions
from db.schema.tables import Base, PersonRow, SampleRow, SightingRow, StayRow


def let_go(session: Session, table: str, key: Key, changes: Sequence[Change]) -> bool:
    """Delete a row, unless it is needed by what came since; returns whether it was there.

    Args:
        changes: all of the decision that has made it.
    """
    session.flush()
    session.expire_all()
    if table == "person" and not _person_leaves(session, key[0]):
        return True
    if table == "unknown":
        _stays_go_back(session, key[0], changes)
    stored = Base.metadata.tables[table]
    return bool(session.execute(delete(stored).where(is_any(stored, [key]))).rowcount)  # type: ignore[attr-defined]


def _person_leaves(session: Session, person: int) -> bool:
    """Whether nothing of theirs is left, so that they go without a trace: where they were seen is a stranger's."""
    if session.scalar(select(exists().where(SampleRow.person_id == person))):
        return False
    seen = update(SightingRow).where(SightingRow.person_id == person)
    session.execute(seen.values(person_id=None, similarity=None))
    forget_decisions(session, session.get_one(PersonRow, person))
    return True


def _stays_go_back(session: Session, unknown: int, changes: Sequence[Change]) -> None:
    """Give what has joined a group since it was split off to the group that it is from."""
    before = next(change.before for change in changes if change.table == "stay" and change.before)
    session.execute(update(StayRow).where(StayRow.unknown_id == unknown).values(before))
