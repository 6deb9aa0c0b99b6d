"""Sightings out of the database: query, CSV and JSON."""

import csv
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, TextIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.records import Sighting
from db.schema.tables import PersonRow, SightingRow

COLUMNS = ("id", "person", "camera", "first_seen", "last_seen", "similarity", "snapshot")


def find_sightings(
    session: Session, since: datetime | None, until: datetime | None, camera: str | None, person: PersonRow | None
) -> list[Sighting]:
    """Sightings that overlap the time from `since` to `until`, the earliest first."""
    query = select(SightingRow, PersonRow.name).outerjoin(PersonRow)
    if since is not None:
        query = query.where(SightingRow.last_seen >= since)
    if until is not None:
        query = query.where(SightingRow.first_seen <= until)
    if camera is not None:
        query = query.where(SightingRow.camera == camera)
    if person is not None:
        query = query.where(SightingRow.person_id == person.id)
    found = session.execute(query.order_by(SightingRow.first_seen, SightingRow.id))
    return [
        Sighting(row.id, name, row.camera, row.first_seen, row.last_seen, row.similarity, row.snapshot)
        for row, name in found
    ]


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
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(as_dict(sighting) for sighting in sightings)


def write_json(sightings: Iterable[Sighting], file: TextIO) -> None:
    json.dump([as_dict(sighting) for sighting in sightings], file, ensure_ascii=False, indent=2)
    file.write("\n")
