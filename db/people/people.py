"""Questions about people and their samples, asked within a transaction of `Database`."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from db.errors import UnknownPersonError
from db.names import name_key, nearest_names
from db.records import Person, Sample
from db.schema.tables import LikenessRow, PersonRow, SampleRow


def everybody(session: Session) -> list[Person]:
    """All people in the order of their names."""
    counted = (
        select(PersonRow.id, PersonRow.name, PersonRow.created, func.count(SampleRow.id))
        .outerjoin(SampleRow)
        .group_by(PersonRow.id)
        .order_by(PersonRow.key)
    )
    like = _likenesses(session)
    return [Person(*row, like=tuple(like.get(row.id, ()))) for row in session.execute(counted)]


def _likenesses(session: Session) -> dict[int, list[str]]:
    """The names of those whom samples of a person are like, by the person's id."""
    pairs = select(SampleRow.person_id, PersonRow.name).select_from(LikenessRow)
    pairs = pairs.join(SampleRow).join(PersonRow, LikenessRow.person_id == PersonRow.id)
    found: dict[int, list[str]] = {}
    for person, name in sorted({(row.person_id, row.name) for row in session.execute(pairs)}):
        found.setdefault(person, []).append(name)
    return found


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


def note_likenesses(session: Session, rows: Sequence[SampleRow], like: Sequence[int | None]) -> None:
    """Keep whom new samples are like, unless they were erased a moment ago."""
    session.flush()  # gives the samples their ids
    for row, other in zip(rows, like, strict=True):
        if other is not None and session.get(PersonRow, other) is not None:
            session.add(LikenessRow(sample_id=row.id, person_id=other))


def merge_likenesses(session: Session, source: PersonRow, target: PersonRow) -> None:
    """Whoever was like the one is like the other; nobody is like themselves."""
    to_target = update(LikenessRow).where(LikenessRow.person_id == source.id).values(person_id=target.id)
    own = select(SampleRow.id).where(SampleRow.person_id == target.id)
    session.execute(to_target)
    session.execute(delete(LikenessRow).where(LikenessRow.person_id == target.id, LikenessRow.sample_id.in_(own)))
