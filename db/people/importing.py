"""A person out of an exported folder, back into a database."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.errors import DatabaseError
from db.events.events import event_row
from db.names import file_name
from db.people import gallery, people
from db.people.exported import Exported
from db.records import NewSnapshot
from db.schema.tables import PersonRow, SampleRow, SightingRow
from db.sightings.snapshots import file_of

EXPORTED = timedelta(milliseconds=1)  # to which exports tell times; the database knows them better


def import_person(
    session: Session, exported: Exported, snapshots: Path
) -> tuple[PersonRow, list[tuple[int, NewSnapshot]]]:
    """Add a person, or what is new of them to the one of this name.

    Returns:
        The person, and snapshots to write once this is stored, with the ids of their sightings.

    Raises:
        DatabaseError: the samples are by another embedder than the gallery.
    """
    person = people.lookup(session, exported.name)
    if person is None:
        person = people.create(session, exported.name)
        person.created = exported.created
        person.aside = exported.is_aside
    _add_samples(session, exported, person)
    numbers, pictures = _add_sightings(session, exported, person, snapshots)
    for event in exported.events:
        if event.sighting in numbers:
            session.add(event_row(event, numbers[event.sighting]))
    for look in exported.looks:
        if look.sighting in numbers:
            look.row.sighting_id = numbers[look.sighting]
            look.row.person_id = person.id if look.is_like_them else None
            session.add(look.row)
    return person, pictures


def _add_samples(session: Session, exported: Exported, person: PersonRow) -> None:
    known = set(session.scalars(select(SampleRow.crop).where(SampleRow.person_id == person.id)))
    for each in exported.samples:
        if each.sample.crop not in known:
            row = gallery.sample_row(each.sample)
            row.person_id = person.id
            row.created = each.created
            row.aside = "aside" if each.is_aside else None
            session.add(row)
    for digest in {each.sample.digest for each in exported.samples}:
        gallery.refuse_other_embedders(session, digest)


def _add_sightings(
    session: Session, exported: Exported, person: PersonRow, snapshots: Path
) -> tuple[Mapping[int | None, int], list[tuple[int, NewSnapshot]]]:
    """Those that are not there yet, their new ids by the old ones; and the pictures that are not."""
    numbers: dict[int | None, int] = {}
    pictures = []
    for each in exported.sightings:
        row = _same(session, each.row, person)
        if row is None:
            row = each.row
            row.person_id = person.id
            session.add(row)
            session.flush()
            numbers[each.number] = row.id
        if each.picture is not None and not _has_picture(row):
            path = snapshots.absolute() / f"{file_name(person.name)}-{row.id}.jpg"
            row.snapshot = str(path)
            if path.exists():
                raise DatabaseError(f"{path} is there already: choose another folder with --snapshots.")
            pictures.append((row.id, NewSnapshot(str(path), each.picture)))
    return numbers, pictures


def _same(session: Session, row: SightingRow, person: PersonRow) -> SightingRow | None:
    """The sighting of the person that is there already as this one."""
    same = select(SightingRow).where(
        SightingRow.person_id == person.id,
        SightingRow.camera == row.camera,
        SightingRow.first_seen >= row.first_seen,
        SightingRow.first_seen < row.first_seen + EXPORTED,
    )
    return session.scalar(same.limit(1))


def _has_picture(row: SightingRow) -> bool:
    """Whether a sighting's picture is there: an import may have ended before it was written."""
    return row.snapshot is not None and file_of(row.snapshot).exists()
