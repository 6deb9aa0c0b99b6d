"""What goes when a person, or one of their pictures, is erased."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from db.people import people
from db.people.aside import find_sample
from db.records import Erased
from db.schema.history import ConcernRow, DecisionRow
from db.schema.portions import portions
from db.schema.tables import EventRow, MessageRow, PersonRow, SampleRow, SettingRow, SightingRow, StayRow, UnknownRow
from db.sightings.snapshots import erase_snapshots, file_of
from db.unknowns.aging import erase_stays

BACKUPS = "backups"  # the setting that lists the copies which the user has made


def erase_person(session: Session, person: PersonRow) -> Erased:
    """Erase a person with samples, sightings, snapshots, events, and what waits to be told of them.

    What was kept of a stranger goes, too, where somebody has said since that the sighting is this person's.

    Raises:
        DatabaseError: a snapshot file cannot be deleted.
    """
    samples = people.record(session, person).samples
    sightings = session.scalars(select(SightingRow.snapshot).where(SightingRow.person_id == person.id)).all()
    waiting = select(func.count()).select_from(MessageRow).join(EventRow).join(SightingRow)
    messages = session.scalars(waiting.where(SightingRow.person_id == person.id)).one()
    snapshots = erase_snapshots(session, sightings)
    forget_decisions(session, person)
    session.execute(delete(UnknownRow).where(UnknownRow.person_id == person.id))
    stays = session.scalars(select(StayRow.id).join(SightingRow).where(SightingRow.person_id == person.id)).all()
    strangers = erase_stays(session, stays)
    session.delete(person)  # all the rest goes with it: ON DELETE CASCADE
    return Erased(samples, len(sightings), snapshots, messages, strangers=strangers)


def forget_decisions(session: Session, person: PersonRow) -> None:
    """Take what was decided about a person out of the history, where their name stands."""
    concerned = select(ConcernRow.decision_id).where(ConcernRow.person_id == person.id)
    session.execute(delete(DecisionRow).where(DecisionRow.id.in_(concerned)))


def erase_sample(session: Session, sample_id: int) -> PersonRow:
    """Erase one picture; returns whose it was.

    Raises:
        DatabaseError: there is none of this number.
    """
    sample, person = find_sample(session, sample_id)
    session.delete(sample)
    session.flush()
    return person


def erase_dropped(session: Session, before: datetime) -> int:
    """Erase the dropped pictures that no decision since a moment would bring back; returns how many there were."""
    recent = select(DecisionRow.told).where(DecisionRow.what == "drop", DecisionRow.time >= before)
    kept = {told["picture"] for told in session.scalars(recent)}
    dropped = session.scalars(select(SampleRow.id).where(SampleRow.aside == "dropped"))
    gone = [sample for sample in dropped if sample not in kept]
    for some in portions(gone):
        session.execute(delete(SampleRow).where(SampleRow.id.in_(some)))
    return len(gone)


def backups(session: Session) -> list[str]:
    """The copies made by the user that are still where they were written."""
    row = session.get(SettingRow, BACKUPS)
    return [path for path in (row.value if row else []) if file_of(path).exists()]


def still_in(copies: Iterable[str]) -> str:
    """What is said of the copies that an erasure does not reach."""
    return f"What was erased is still in these copies, for you to delete: {', '.join(copies)}"
