"""Sightings out of the database: query, CSV and JSON."""

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, TextIO, Unpack

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from db.errors import NotThereError
from db.names import name_key, nearest_names
from db.records import Sighting
from db.schema.tables import PersonRow, SightingRow
from db.sightings.wanted import Wanted, conditions
from db.text.spreadsheets import as_text
from db.transactions import Transactions

AT_ONCE = 1000  # sightings that are read at a time
OF_LATE = 10_000  # sightings, of which it does not take long to tell the cameras
COLUMNS = ("id", "person", "camera", "first_seen", "last_seen", "similarity", "snapshot")


def find_sightings(session: Session, latest: tuple[int, int] | None = None, **wanted: Unpack[Wanted]) -> list[Sighting]:
    """Sightings that overlap the time that is wanted, the earliest first.

    Args:
        latest: the latest first instead, but so many of them, and then so many.

    Raises:
        UnknownPersonError: nobody has the name that is wanted.
    """
    query = select(SightingRow, PersonRow.name).outerjoin(PersonRow).where(*overlapping(session, **wanted))
    if latest is None:
        query = query.order_by(SightingRow.first_seen, SightingRow.id)
    else:
        offset, limit = latest
        query = query.order_by(SightingRow.first_seen.desc(), SightingRow.id.desc()).offset(offset).limit(limit)
    return [record(row, name) for row, name in session.execute(query)]


def each_of_somebody(session: Session, **wanted: Unpack[Wanted]) -> Iterator[Sighting]:
    """The same without those of strangers, read some at a time: a year's are many.

    Raises:
        UnknownPersonError: nobody has the name that is wanted.
    """
    query = select(SightingRow, PersonRow.name).join(PersonRow).where(*overlapping(session, **wanted))
    query = query.order_by(SightingRow.first_seen, SightingRow.id)
    for row, name in session.execute(query, execution_options={"yield_per": AT_ONCE}):
        yield record(row, name)


def sightings_of_run(session: Session, started: datetime) -> list[Sighting]:
    """Those written or going on since a moment, the earliest first."""
    of_run = or_(SightingRow.written >= started, SightingRow.last_seen >= started)
    query = select(SightingRow, PersonRow.name).outerjoin(PersonRow).where(of_run)
    found = session.execute(query.order_by(SightingRow.first_seen, SightingRow.id))
    return [record(row, name) for row, name in found]


def count_sightings(session: Session, **wanted: Unpack[Wanted]) -> int:
    """How many `find_sightings` finds."""
    query = select(func.count()).select_from(SightingRow).where(*overlapping(session, **wanted))
    return session.scalars(query).one()


def sighting_of(session: Session, number: int) -> Sighting:
    """The sighting of an id.

    Raises:
        DatabaseError: there is none.
    """
    query = select(SightingRow, PersonRow.name).outerjoin(PersonRow).where(SightingRow.id == number)
    found = session.execute(query).first()
    if found is None:
        raise NotThereError(f"There is no sighting {number}: it was erased, or the number is wrong.")
    return record(*found)


def cameras_of_late(database: Transactions) -> list[str]:
    """The cameras before which somebody was seen lately, by name."""
    lately = select(SightingRow.camera).order_by(SightingRow.id.desc()).limit(OF_LATE).subquery()
    with database.reading() as session:
        return sorted(session.scalars(select(lately.c.camera).distinct()))


def mistaken_camera(database: Transactions, camera: str) -> str | None:
    """That no camera has this name, as a sentence, where that may be why nothing is found; it may also be a new one."""
    known = cameras_of_late(database)
    if not known or camera in known:
        return None
    near = nearest_names(camera, {name_key(each): each for each in known})
    hint = f"did you mean {' or '.join(near)}?" if near else f"{', '.join(known)} have."
    return f"No camera called {camera} has seen anybody of late: {hint}"


def overlapping(session: Session, **wanted: Unpack[Wanted]) -> list[ColumnElement[bool]]:
    """What a sighting that is wanted fulfils."""
    return conditions(session, wanted, SightingRow.first_seen, SightingRow.last_seen, SightingRow.camera)


def record(row: SightingRow, name: str | None) -> Sighting:
    """A row, with the name of its person."""
    return Sighting(row.id, name, row.camera, row.first_seen, row.last_seen, row.similarity, row.snapshot)


def as_dict(sighting: Sighting) -> dict[str, Any]:
    """The columns of a sighting as they are written, moments in ISO 8601 with zone."""
    return {
        "id": sighting.id,
        "person": sighting.person,
        "camera": sighting.camera,
        "first_seen": sighting.first_seen.isoformat(timespec="milliseconds"),
        "last_seen": sighting.last_seen.isoformat(timespec="milliseconds"),
        "similarity": sighting.similarity,
        "snapshot": sighting.snapshot,
    }


def write_csv(sightings: Iterable[Sighting], file: TextIO) -> None:
    """Write a line for each, below the names of the columns; no spreadsheet takes a name for a formula."""
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: as_text(value) for key, value in as_dict(sighting).items()} for sighting in sightings)


def write_json(sightings: Iterable[Sighting], file: TextIO) -> None:
    """Write a list of objects."""
    json.dump([as_dict(sighting) for sighting in sightings], file, ensure_ascii=False, indent=2)
    file.write("\n")
