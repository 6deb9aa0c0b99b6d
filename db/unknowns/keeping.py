"""Strangers into the database: each stay goes to a group at once."""

from collections.abc import Collection

import numpy as np
from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from db.schema.tables import GalleryRow, LookRow, SightingRow, StayRow, UnknownRow
from db.unknowns.records import Faces, NewStay, Place
from db.vectors import as_stored, from_stored, is_whole

PICTURES = 50  # aligned faces a group
PORTRAITS = 20  # a group
AT_ONCE = 5_000  # stays that are read


def keep(session: Session, before: Faces | None, sighting: SightingRow, stay: NewStay, place: Place) -> Faces:
    """Keep what was seen of a stranger, in the group that `place` names, or in a new one.

    Returns:
        All unknowns with this one.
    """
    faces = load(session, stay.digest, before)
    group = _group(session, place(faces, stay.embedding))
    row = _stay_row(group.id, sighting, stay)
    session.add(row)
    session.flush()
    session.add_all(
        LookRow(
            stay_id=row.id,
            quality=float(look.quality),
            embedding=as_stored(look.embedding),
            crop=look.crop,
        )
        for look in stay.looks
    )
    session.flush()
    thin_out(session, group.id)
    return faces.with_more(row.id, np.array([group.id]), stay.embedding[None])


def _group(session: Session, number: int | None) -> UnknownRow:
    """The group of this number, or a new one where there is none, or where it has a name by now."""
    group = None if number is None else session.get(UnknownRow, number)
    if group is None or group.person_id is not None:
        group = UnknownRow(ignored=False)
        session.add(group)
        session.flush()
    return group


def _stay_row(group: int, sighting: SightingRow, stay: NewStay) -> StayRow:
    return StayRow(
        unknown_id=group,
        sighting_id=sighting.id,
        camera=sighting.camera,
        first_seen=sighting.first_seen,
        last_seen=sighting.last_seen,
        digest=stay.digest,
        pictures=len(stay.looks),
        size=sum(len(look.crop) for look in stay.looks) + len(stay.portrait or b""),
        embedding=as_stored(stay.embedding),
        portrait=stay.portrait,
    )


def load(session: Session, digest: str, before: Faces | None = None) -> Faces:
    """All unknowns, as far as they were embedded by this embedder.

    Args:
        before: as they were loaded last; as long as nothing but stays came since, only those are read.
    """
    current = generation(session)
    if before is None or before.generation != current or before.digest != digest:
        ignored = session.scalars(select(UnknownRow.id).where(UnknownRow.ignored))
        before = Faces.none(digest, current, frozenset(ignored))
    return _with_stays(session, before, StayRow.id > before.last)


def _with_stays(session: Session, before: Faces, wanted: ColumnElement[bool]) -> Faces:
    """With those stays that are wanted and by the same embedder."""
    # No join: SQLite would go through all groups even for the latest stay, and sort what it found.
    named = select(UnknownRow.id).where(UnknownRow.person_id.is_not(None))
    query = select(StayRow.id, StayRow.unknown_id, StayRow.embedding)
    query = query.where(wanted, StayRow.digest == before.digest, StayRow.unknown_id.not_in(named))
    rows = session.execute(query.order_by(StayRow.id), execution_options={"yield_per": AT_ONCE})
    for part in rows.partitions():
        whole = [row for row in part if is_whole(row.embedding)]
        if whole:
            owners = np.array([row.unknown_id for row in whole], np.int64)
            before = before.with_more(whole[-1].id, owners, from_stored(row.embedding for row in whole))
    return before


def of(session: Session, digest: str, numbers: Collection[int]) -> Faces:
    """Those unknowns alone that have these numbers."""
    return _with_stays(session, Faces.none(digest, generation(session)), StayRow.unknown_id.in_(numbers))


def ignored(session: Session, digest: str) -> Faces:
    """Those unknowns alone that are ignored."""
    groups = frozenset(session.scalars(select(UnknownRow.id).where(UnknownRow.ignored)))
    own = StayRow.unknown_id.in_(select(UnknownRow.id).where(UnknownRow.ignored))
    return _with_stays(session, Faces.none(digest, generation(session), groups), own)


def generation(session: Session) -> int:
    """The database's, which grows with every decision."""
    return session.scalars(select(GalleryRow.generation)).one()


def thin_out(session: Session, unknown: int) -> None:
    """Keep of a group the best aligned faces and the latest portraits alone; its stays are kept all."""
    own = select(StayRow.id).where(StayRow.unknown_id == unknown)
    worse = select(LookRow.id).where(LookRow.stay_id.in_(own)).order_by(LookRow.quality.desc(), LookRow.id)
    surplus = session.scalars(worse.offset(PICTURES)).all()
    portrayed = own.where(StayRow.portrait.is_not(None)).order_by(StayRow.id.desc())
    older = session.scalars(portrayed.offset(PORTRAITS)).all()
    if not surplus and not older:
        return
    session.execute(delete(LookRow).where(LookRow.id.in_(surplus)))
    session.execute(update(StayRow).where(StayRow.id.in_(older)).values(portrait=None))
    looks = select(func.count(LookRow.id)).where(LookRow.stay_id == StayRow.id).scalar_subquery()
    crops = select(func.coalesce(func.sum(func.length(LookRow.crop)), 0)).where(LookRow.stay_id == StayRow.id)
    portrait = func.coalesce(func.length(StayRow.portrait), 0)
    counted = {"pictures": looks, "size": crops.scalar_subquery() + portrait}
    session.execute(
        update(StayRow).where(StayRow.unknown_id == unknown).values(counted),
        execution_options={"synchronize_session": False},
    )
