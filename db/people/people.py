"""Questions about people and their samples, asked within a transaction of `Database`."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.errors import DatabaseError, UnknownPersonError
from db.history.journal import Journal
from db.names import KEY_LENGTH, NEAREST, clean_name, folded, name_key, nearest_names
from db.records import Part, Person, Sample
from db.schema.references import referring
from db.schema.tables import EvidenceRow, LikenessRow, PersonRow, SampleRow, UnknownRow
from db.schema.writers import VisitorRow

NEARBY = 2_000  # names, before and after one, that are compared with it: comparing a million takes minutes


def in_use() -> ColumnElement[bool]:
    """Whether a sample is searched for."""
    return SampleRow.aside.is_(None) & SampleRow.person_id.not_in(select(PersonRow.id).where(PersonRow.aside))


def in_part(person: ColumnElement[int] | InstrumentedAttribute[int], part: Part | None) -> ColumnElement[bool]:
    """Whether a person of this id is in a part; without one all are."""
    return true() if part is None else person % part.of == part.number


def everybody(session: Session, aside: bool = False, part: Part | None = None) -> list[Person]:
    """All people in the order of their names: those who are recognized, or those who are set aside."""
    return _records(session, (PersonRow.aside == aside) & in_part(PersonRow.id, part))


def page(session: Session, offset: int, limit: int, like: str) -> tuple[list[Person], int]:
    """So many of those who are recognized after the first `offset`, and how many there are in all.

    Args:
        like: part of the names that are wanted, in any spelling of case and Unicode form.
    """
    part = folded(like)[:KEY_LENGTH]  # databases limit a pattern's length
    wanted = ~PersonRow.aside & PersonRow.key.contains(part, autoescape=True)
    some = select(PersonRow.id).where(wanted).order_by(PersonRow.key).offset(offset).limit(limit)
    total = session.scalars(select(func.count()).where(wanted)).one()
    return _records(session, PersonRow.id.in_(some)), total


def names(session: Session, limit: int) -> list[str]:
    """The first so many names of those who are recognized, in order."""
    return list(session.scalars(select(PersonRow.name).where(~PersonRow.aside).order_by(PersonRow.key).limit(limit)))


def _records(session: Session, wanted: ColumnElement[bool]) -> list[Person]:
    """Those people who are wanted, in the order of their names."""
    counted = (
        select(PersonRow.id, PersonRow.name, PersonRow.created, func.count(SampleRow.id))
        .outerjoin(SampleRow, (SampleRow.person_id == PersonRow.id) & SampleRow.aside.is_(None))
        .where(wanted)
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
    try:
        name = clean_name(name)
    except DatabaseError as error:
        raise UnknownPersonError(f"Nobody can be called that. {error}") from None
    row = lookup(session, name)
    if row is None:
        near = nearest_names(name, _nearby(session, name_key(name)))
        list_of_people = "enrol them first, or look for the name in the list of people (`people list`)."
        hint = f"did you mean {' or '.join(near)}?" if near else list_of_people
        raise UnknownPersonError(f"Nobody called {name} is enrolled: {hint}")
    return row


def _nearby(session: Session, key: str) -> dict[str, str]:
    """Names by their keys that one may mean who gives another: of very many people those near it in the alphabet."""
    told = select(PersonRow.key, PersonRow.name)
    later = told.where(PersonRow.key >= key).order_by(PersonRow.key).limit(NEARBY)
    earlier = told.where(PersonRow.key < key).order_by(PersonRow.key.desc()).limit(NEARBY)
    longer = told.where(PersonRow.key.contains(key, autoescape=True)).order_by(PersonRow.key).limit(NEAREST)
    return {row.key: row.name for query in (later, earlier, longer) for row in session.execute(query)}


def refuse_aside(person: PersonRow) -> None:
    """Raise a DatabaseError where somebody is set aside."""
    if person.aside:
        raise DatabaseError(
            f"{person.name} is set aside: take them back with `doorman people restore` first, or choose another name."
        )


def create(session: Session, name: str) -> PersonRow:
    """Somebody new, of whom there is no sample yet."""
    row = PersonRow(name=name, key=name_key(name))
    session.add(row)
    session.flush()
    return row


def record(session: Session, row: PersonRow) -> Person:
    """A person as others see them, with how many samples are in use."""
    count = select(func.count()).where(SampleRow.person_id == row.id, SampleRow.aside.is_(None))
    return Person(row.id, row.name, row.created, session.scalars(count).one())


def samples(session: Session, person: PersonRow) -> list[Sample]:
    """A person's samples, the oldest first; also those that are set aside, but not what was dropped."""
    kept = or_(SampleRow.aside.is_(None), SampleRow.aside != "dropped")
    rows = session.scalars(select(SampleRow).where(SampleRow.person_id == person.id, kept).order_by(SampleRow.id))
    return [
        Sample(row.id, row.person_id, row.digest, row.quality, row.source, row.created, row.forced, bool(row.aside))
        for row in rows
    ]


def note_likenesses(session: Session, rows: Sequence[SampleRow], like: Sequence[int | None]) -> None:
    """Keep whom new samples are like, unless they were erased a moment ago."""
    session.flush()  # gives the samples their ids
    for row, other in zip(rows, like, strict=True):
        if other is not None and session.get(PersonRow, other) is not None:
            session.add(LikenessRow(sample_id=row.id, person_id=other))


def merge(journal: Journal, source: PersonRow, target: PersonRow) -> None:
    """Give all that is a person's to another; nobody is the next most like beside themselves.

    A visit of which was told goes with its person: that of the other, if any, goes on.
    """
    _merge_likenesses(journal, source, target)
    for table, column in referring(PersonRow):
        if table not in (LikenessRow, VisitorRow):
            journal.update(table, getattr(table, column) == source.id, **{column: target.id})
    journal.update(UnknownRow, UnknownRow.person_id == source.id, person_id=target.id)
    itself = (EvidenceRow.person_id == target.id) & (EvidenceRow.other_id == target.id)
    journal.update(EvidenceRow, itself, other_id=None, other_similarity=None)
    journal.delete(source)


def _merge_likenesses(journal: Journal, source: PersonRow, target: PersonRow) -> None:
    """Whoever was like the one is like the other; nobody is like themselves."""
    session = journal.session
    both = (source.id, target.id)
    rows = session.scalars(select(LikenessRow).where(LikenessRow.person_id.in_(both))).all()
    own = set(session.scalars(select(SampleRow.id).where(SampleRow.person_id.in_(both))))
    like = {row.sample_id for row in rows} - own
    stays = {row.sample_id for row in rows if row.person_id == target.id} & like
    journal.delete(*(row for row in rows if row.person_id == source.id or row.sample_id in own))
    new = [LikenessRow(sample_id=sample, person_id=target.id) for sample in sorted(like - stays)]
    session.add_all(new)
    journal.added(*new)
