"""Questions about people and their samples, asked within a transaction of `Database`."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.errors import UnknownPersonError
from db.names import name_key, nearest_names
from db.records import Person, Sample
from db.schema.tables import PersonRow, SampleRow


def everybody(session: Session) -> list[Person]:
    """All people in the order of their names."""
    counted = (
        select(PersonRow.id, PersonRow.name, PersonRow.created, func.count(SampleRow.id))
        .outerjoin(SampleRow)
        .group_by(PersonRow.id)
        .order_by(PersonRow.key)
    )
    return [Person(*row) for row in session.execute(counted)]


def lookup(session: Session, name: str) -> PersonRow | None:
    """Whoever has this name, in whatever spelling of case and Unicode form."""
    return session.scalar(select(PersonRow).where(PersonRow.key == name_key(name)))


def find(session: Session, name: str) -> PersonRow:
    """Whoever has this name.

    Raises:
        UnknownPersonError: nobody has; the message suggests similar names.
    """
    row = lookup(session, name)
    if row is None:
        near = nearest_names(name, session.scalars(select(PersonRow.name)))
        hint = f"did you mean {' or '.join(near)}?" if near else "`people list` shows who is."
        raise UnknownPersonError(f"Nobody called {name} is enrolled: {hint}")
    return row


def create(session: Session, name: str) -> PersonRow:
    row = PersonRow(name=name, key=name_key(name))
    session.add(row)
    session.flush()
    return row


def record(session: Session, row: PersonRow) -> Person:
    count = select(func.count()).select_from(SampleRow).where(SampleRow.person_id == row.id)
    return Person(row.id, row.name, row.created, session.scalars(count).one())


def samples(session: Session, person: PersonRow) -> list[Sample]:
    """A person's samples, the oldest first."""
    rows = session.scalars(select(SampleRow).where(SampleRow.person_id == person.id).order_by(SampleRow.id))
    return [Sample(row.id, row.person_id, row.digest, row.quality, row.source, row.created, row.forced) for row in rows]
