"""All that is known of a person, as files, which `db.people.exported` reads."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.errors import DatabaseError
from db.events.events import find_events
from db.evidence.exporting import write_looks
from db.names import file_name
from db.records import Sighting
from db.schema.tables import PersonRow, SampleRow
from db.sightings.sightings import as_dict, find_sightings
from db.sightings.snapshots import file_of
from db.vectors import from_stored

PERSON = "person.json"
EMBEDDINGS = "embeddings.npy"


def export_person(session: Session, person: PersonRow, folder: Path) -> Path:
    """Write all of a person into a new folder inside `folder`.

    `person.json` holds samples (also those set aside or dropped, as which they are told), sightings, the looks behind
    these, and events, and names the pictures beside it: crops and snapshots. `embeddings.npy` and `looks.npy` are
    (N, 512) float32, in the order of the samples and of the looks.
    The new folder's name is the person's, made safe for file systems, and their number; it is written beside and
    renamed, so that it is whole or not there.

    Raises:
        DatabaseError: it exists already, or cannot be written.
    """
    target = folder / f"{file_name(person.name)}-{person.id}"
    partial = folder / f".{target.name}.partial"
    try:
        if target.exists():
            raise DatabaseError(f"{target} exists already: move it away, or export into another folder.")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700, parents=True)
        write_files(session, person, partial)
        partial.rename(target)
    except OSError as error:
        raise DatabaseError(
            f"{person.name} cannot be exported to {target} ({error.strerror}): make room there, or choose a "
            "folder you may write to."
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)  # half of it, with faces, unless it was renamed
    return target


def write_files(session: Session, person: PersonRow, folder: Path) -> None:
    rows = session.scalars(select(SampleRow).where(SampleRow.person_id == person.id).order_by(SampleRow.id)).all()
    sightings = find_sightings(session, name=person.name)
    told = {
        "name": person.name,
        "created": person.created.isoformat(timespec="milliseconds"),
        "aside": person.aside,
        "samples": [_sample(row, folder) for row in rows],
        "sightings": [{**as_dict(sighting), "picture": _picture(sighting, folder)} for sighting in sightings],
        "looks": write_looks(session, person, folder),
        "events": [event.as_dict() for event in find_events(session, name=person.name)],
    }
    np.save(folder / EMBEDDINGS, from_stored(row.embedding for row in rows))
    (folder / PERSON).write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _sample(row: SampleRow, folder: Path) -> dict[str, Any]:
    picture = f"{row.id}.jpg"
    (folder / picture).write_bytes(row.crop)
    return {
        "picture": picture,
        "embedder": row.digest,
        "quality": row.quality,
        "source": row.source,
        "created": row.created.isoformat(timespec="milliseconds"),
        "forced": row.forced,
        "aside": row.aside,
    }


def _picture(sighting: Sighting, folder: Path) -> str | None:
    """The snapshot's copy; None where there is none, or it was deleted."""
    snapshot = sighting.snapshot and file_of(sighting.snapshot)
    if not snapshot or not snapshot.is_file():
        return None
    picture = f"sighting-{sighting.id}.jpg"
    shutil.copyfile(snapshot, folder / picture)
    return picture
