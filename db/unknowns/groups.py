"""Groups of stays: found, and changed by whoever decides, within a transaction of `Unknowns`."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import ColumnElement, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from db.errors import DatabaseError, NotThereError
from db.history.journal import Journal
from db.schema.history import NegativeRow
from db.schema.tables import ApartRow, EvidenceRow, LookRow, PersonRow, SightingRow, StayRow, UnknownRow
from db.unknowns.keeping import thin_out
from db.unknowns.records import KeptPicture, Stay, Unknown


def find(session: Session, number: int) -> UnknownRow:
    """The group of this number.

    Raises:
        DatabaseError: there is none, or none any more.
    """
    row = session.get(UnknownRow, number)
    if row is None or row.person_id is not None:
        raise NotThereError(
            f"There is no unknown {number}, or not any more, once merged, named, forgotten or grown old: "
            "`doorman unknowns list` shows those there are."
        )
    return row


SHOWN = ~UnknownRow.ignored & UnknownRow.person_id.is_(None)


def page(session: Session, offset: int, limit: int) -> list[Unknown]:
    """Some of the groups that are not ignored, whoever was seen last first."""
    # Grouped before it is joined: the index alone tells when each was seen last.
    seen = select(StayRow.unknown_id, func.max(StayRow.last_seen).label("last")).group_by(StayRow.unknown_id).subquery()
    some = select(UnknownRow.id).join(seen, seen.c.unknown_id == UnknownRow.id).where(SHOWN)
    some = some.order_by(seen.c.last.desc(), UnknownRow.id)
    return summaries(session, UnknownRow.id.in_(session.scalars(some.offset(offset).limit(limit)).all()))


def shown(session: Session) -> int:
    """How many groups are not ignored."""
    has_stays = exists().where(StayRow.unknown_id == UnknownRow.id)
    return session.scalars(select(func.count(UnknownRow.id)).where(SHOWN, has_stays)).one()


def summary(session: Session, number: int) -> Unknown:
    """The group of this number, ignored or not."""
    return summaries(session, UnknownRow.id == number)[0]


def summaries(session: Session, wanted: ColumnElement[bool] = SHOWN) -> list[Unknown]:
    """The groups that are wanted, whoever was seen last first."""
    cameras = defaultdict[int, set[str]](set)
    places = select(StayRow.unknown_id, StayRow.camera).distinct().join(UnknownRow).where(wanted)
    for row in session.execute(places):
        cameras[row.unknown_id].add(row.camera)
    first, last = func.min(StayRow.first_seen), func.max(StayRow.last_seen)
    counted = select(StayRow.unknown_id, func.count(), func.sum(StayRow.pictures), first, last).join(UnknownRow)
    grouped = counted.where(wanted).group_by(StayRow.unknown_id).order_by(last.desc(), StayRow.unknown_id)
    return [
        Unknown(number, visits, int(pictures), began, ended, tuple(sorted(cameras[number])))
        for number, visits, pictures, began, ended in session.execute(grouped)
    ]


def counts(session: Session) -> tuple[int, int, int]:
    """How many groups there are, how many stays, and how many bytes their pictures have."""
    counted = select(func.count(StayRow.unknown_id.distinct()), func.count(), func.coalesce(func.sum(StayRow.size), 0))
    nobodys = counted.join(UnknownRow).where(UnknownRow.person_id.is_(None))
    found, number, size = session.execute(nobodys).one()
    return found, number, int(size)


def stays(session: Session, number: int) -> list[Stay]:
    """The stays of a group, the earliest first."""
    told = StayRow.id, StayRow.camera, StayRow.first_seen, StayRow.last_seen, StayRow.pictures, StayRow.sighting_id
    query = select(*told, StayRow.portrait.is_not(None)).where(StayRow.unknown_id == number)
    return [Stay(*row) for row in session.execute(query.order_by(StayRow.first_seen, StayRow.id))]


def of_sightings(session: Session, numbers: Collection[int]) -> dict[int, int]:
    """To which groups that are not ignored sightings belong: numbers of groups by those of sightings, where to any."""
    if not numbers:
        return {}
    between = StayRow.sighting_id.between(min(numbers), max(numbers))  # however many: a database limits a list's length
    found = session.execute(select(StayRow.sighting_id, StayRow.unknown_id).join(UnknownRow).where(SHOWN, between))
    wanted = set(numbers)
    return {sighting: group for sighting, group in found if sighting in wanted}


def pictures(session: Session, number: int) -> list[KeptPicture]:
    """The aligned faces of a group, the best first."""
    query = select(LookRow.stay_id, LookRow.crop, LookRow.quality).join(StayRow).where(StayRow.unknown_id == number)
    return [KeptPicture(*row) for row in session.execute(query.order_by(LookRow.quality.desc(), LookRow.id))]


def portraits(session: Session, number: int) -> list[KeptPicture]:
    """The portraits of a group, the earliest first."""
    query = select(StayRow.id, StayRow.portrait).where(StayRow.unknown_id == number, StayRow.portrait.is_not(None))
    return [
        KeptPicture(row.id, row.portrait) for row in session.execute(query.order_by(StayRow.first_seen, StayRow.id))
    ]


def portrait(session: Session, number: int, stay: int | None = None) -> bytes | None:
    """The latest portrait of a group, or that of one of its stays; None where none is kept."""
    query = select(StayRow.portrait).where(StayRow.unknown_id == number, StayRow.portrait.is_not(None))
    wanted = query if stay is None else query.where(StayRow.id == stay)
    return session.scalar(wanted.order_by(StayRow.id.desc()).limit(1))


def merge(journal: Journal, source: UnknownRow, target: UnknownRow) -> None:
    """Give all stays of one group to another; whom it was split from, the other is split from."""
    session = journal.session
    others = apart_from(session, source.id) - {target.id}
    known = apart_from(session, target.id)
    noted = session.scalars(select(ApartRow).where(or_(ApartRow.one_id == source.id, ApartRow.other_id == source.id)))
    journal.delete(*noted.all())
    journal.update(StayRow, StayRow.unknown_id == source.id, unknown_id=target.id)
    journal.delete(source)
    part(journal, target.id, others - known)
    thin_out(session, target.id)


def split(journal: Journal, group: UnknownRow, numbers: Collection[int]) -> UnknownRow:
    """Make a group of its own of some stays; the program never makes one of the two again.

    Raises:
        DatabaseError: they are not stays of this group, or they are all that it has.
    """
    session = journal.session
    own = {stay.id for stay in stays(session, group.id)}
    if foreign := sorted(set(numbers) - own):
        told = ", ".join(map(str, foreign))
        raise DatabaseError(
            f"Unknown {group.id} has no visit {told}: `doorman unknowns show {group.id}` lists those that it has."
        )
    if not numbers or own <= set(numbers):
        raise DatabaseError(f"Nothing of unknown {group.id} would be split off, or all: name some of its visits.")
    new = UnknownRow(ignored=group.ignored)
    session.add(new)
    journal.added(new)
    journal.update(StayRow, StayRow.id.in_(list(numbers)), unknown_id=new.id)
    part(journal, new.id, apart_from(session, group.id) | {group.id})
    return new


def ignore(journal: Journal, group: UnknownRow) -> None:
    """Never show a group again.

    Raises:
        DatabaseError: it is ignored already.
    """
    if not journal.update(UnknownRow, UnknownRow.id == group.id, ignored=True):
        raise DatabaseError(f"Unknown {group.id} is ignored already: there is nothing to do.")


def apart(session: Session) -> set[tuple[int, int]]:
    """The pairs of groups that are not to become one, the lower number first."""
    return {(row.one_id, row.other_id) for row in session.scalars(select(ApartRow))}


def apart_from(session: Session, number: int) -> set[int]:
    """The groups with which this one is not to become one."""
    rows = session.scalars(select(ApartRow).where(or_(ApartRow.one_id == number, ApartRow.other_id == number)))
    return {row.other_id if row.one_id == number else row.one_id for row in rows}


def forget_mistakes(session: Session, group: UnknownRow) -> None:
    """Erase the looks of a group's sightings that were taken for somebody else's."""
    own = select(StayRow.sighting_id).where(StayRow.unknown_id == group.id, StayRow.sighting_id.is_not(None))
    for table in (NegativeRow, EvidenceRow):
        session.execute(delete(table).where(table.sighting_id.in_(own)))


def part(journal: Journal, number: int, others: Collection[int]) -> None:
    """Note that a group is not to become one with some others."""
    rows = [ApartRow(one_id=min(number, other), other_id=max(number, other)) for other in sorted(others)]
    journal.session.add_all(rows)
    journal.added(*rows)


def give(journal: Journal, number: int, person: PersonRow) -> None:
    """Let a group be a person's from now on, and its sightings, where they are a stranger's, with their looks."""
    own = select(StayRow.sighting_id).where(StayRow.unknown_id == number, StayRow.sighting_id.is_not(None))
    unnamed = SightingRow.id.in_(own) & SightingRow.person_id.is_(None)
    looks = NegativeRow.sighting_id.in_(select(SightingRow.id).where(unnamed))
    journal.update(NegativeRow, looks, right_id=person.id)
    journal.update(SightingRow, unnamed, person_id=person.id)
    journal.update(UnknownRow, UnknownRow.id == number, person_id=person.id)
