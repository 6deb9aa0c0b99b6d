"""What goes when a person, or one of their pictures, is erased."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.errors import DatabaseError
from db.people import people
from db.records import Erased
from db.schema.tables import EventRow, MessageRow, PersonRow, SampleRow, SettingRow, SightingRow
from db.sightings.snapshots import erase_snapshots, file_of

BACKUPS = "backups"  # the setting that lists the copies which the user has made


def erase_person(session: Session, person: PersonRow) -> Erased:
    """Erase a person with samples, sightings, snapshots, events, and what waits to be told of them.

    Raises:
        DatabaseError: a snapshot file cannot be deleted.
    """
    samples = people.record(session, person).samples
    sightings = session.scalars(select(SightingRow.snapshot).where(SightingRow.person_id == person.id)).all()
    waiting = select(func.count()).select_from(MessageRow).join(EventRow).join(SightingRow)
    messages = session.scalars(waiting.where(SightingRow.person_id == person.id)).one()
    snapshots = erase_snapshots(session, sightings)
    session.delete(person)  # all the rest goes with it: ON DELETE CASCADE
    return Erased(samples, len(sightings), snapshots, messages)


def erase_sample(session: Session, sample_id: int) -> PersonRow:
    """Erase one picture; returns whose it was.

    Raises:
        DatabaseError: there is none of this number.
    """
    sample = session.get(SampleRow, sample_id)
    if sample is None:
        raise DatabaseError(f"There is no picture {sample_id}: `doorman people show NAME` lists a person's.")
    person = session.get_one(PersonRow, sample.person_id)
    session.delete(sample)
    session.flush()
    return person


def backups(session: Session) -> list[str]:
    """The copies made by the user that are still where they were written."""
    row = session.get(SettingRow, BACKUPS)
    return [path for path in (row.value if row else []) if file_of(path).exists()]
