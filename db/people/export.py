"""All that is known of a person, as files."""

import json
import shutil
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.errors import DatabaseError
from db.names import file_name
from db.people import people
from db.schema.tables import PersonRow, SampleRow
from db.sightings.events import find_events
from db.sightings.sightings import as_dict, find_sightings


def export_person(session: Session, person: PersonRow, folder: Path) -> Path:
    """Write `person.json` (samples, sightings, events) and all crops as JPEG into a new folder inside `folder`.

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
        shutil.rmtree(partial, ignore_errors=True)
        raise DatabaseError(
            f"{person.name} cannot be exported to {target} ({error.strerror}): choose a folder you may write to."
        ) from error
    return target


def write_files(session: Session, person: PersonRow, folder: Path) -> None:
    samples = []
    for sample in people.samples(session, person):
        picture = f"{sample.id}.jpg"
        crop = session.scalars(select(SampleRow.crop).where(SampleRow.id == sample.id)).one()
        (folder / picture).write_bytes(crop)
        samples.append(
            {
                "picture": picture,
                "embedder": sample.digest,
                "quality": sample.quality,
                "source": sample.source,
                "created": sample.created.isoformat(timespec="milliseconds"),
                "forced": sample.forced,
            }
        )
    sightings = [as_dict(sighting) for sighting in find_sightings(session, None, None, None, person)]
    told = {
        "name": person.name,
        "created": person.created.isoformat(timespec="milliseconds"),
        "samples": samples,
        "sightings": sightings,
        "events": [event.as_dict() for event in find_events(session, None, None, None, person)],
    }
    (folder / "person.json").write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
