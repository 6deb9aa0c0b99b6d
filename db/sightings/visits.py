"""Visits: somebody over several cameras, and when somebody was seen last."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Unpack

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from db.database import Database
from db.events.telling import GAP
from db.records import Sighting
from db.schema.tables import SightingRow
from db.sightings.sightings import each_of_somebody
from db.sightings.wanted import Wanted


@dataclass(frozen=True, slots=True)
class Visit:
    """One person, from when they were first seen to when they were last, over all cameras.

    Attributes:
        cameras: in the order in which they came before them first.
        camera: where they were seen last.
        sightings: their ids, the earliest first.
    """

    person: str
    first_seen: datetime
    last_seen: datetime
    cameras: tuple[str, ...]
    camera: str
    sightings: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LastSeen:
    """When and where somebody was seen last."""

    time: datetime
    camera: str


def visits(sightings: Iterable[Sighting], gap: timedelta = GAP) -> list[Visit]:
    """The visits that sightings make, the earliest first; those of strangers make none.

    Args:
        sightings: the earliest first.
        gap: for which somebody may be seen nowhere within a visit.
    """
    begun: list[Visit] = []
    latest: dict[str, int] = {}  # where in the list a person's last visit is
    for seen in sightings:
        if seen.person is None:
            continue
        place = latest.get(seen.person)
        if place is not None and seen.first_seen - begun[place].last_seen <= gap:
            begun[place] = _longer(begun[place], seen)
        else:
            latest[seen.person] = len(begun)
            ids = (seen.id,)
            begun.append(Visit(seen.person, seen.first_seen, seen.last_seen, (seen.camera,), seen.camera, ids))
    return begun


def visits_of(database: Database, gap: timedelta = GAP, **wanted: Unpack[Wanted]) -> list[Visit]:
    """The visits that the sightings in a database make, of those that are wanted.

    Raises:
        UnknownPersonError: nobody has the name that is wanted.
    """
    with database.reading() as session:
        return visits(each_of_somebody(session, **wanted), gap)


def last_seen(database: Database, people: Collection[int] | None = None) -> dict[int, LastSeen]:
    """When and where those of these people, or of all, were seen last who were seen, by their ids."""
    newest = aliased(SightingRow)
    wanted = SightingRow.person_id.is_not(None) if people is None else SightingRow.person_id.in_(people)
    later = select(SightingRow.person_id, func.max(SightingRow.last_seen).label("time"))
    last = later.where(wanted).group_by(SightingRow.person_id).subquery()
    query = select(newest.person_id, newest.last_seen, newest.camera).join(
        last, (newest.person_id == last.c.person_id) & (newest.last_seen == last.c.time)
    )
    with database.reading() as session:
        return {row.person_id: LastSeen(row.last_seen, row.camera) for row in session.execute(query)}


def _longer(visit: Visit, seen: Sighting) -> Visit:
    is_later = seen.last_seen >= visit.last_seen
    return replace(
        visit,
        last_seen=max(visit.last_seen, seen.last_seen),
        cameras=visit.cameras if seen.camera in visit.cameras else (*visit.cameras, seen.camera),
        camera=seen.camera if is_later else visit.camera,
        sightings=(*visit.sightings, seen.id),
    )
