"""A person out of an exported folder, back into a database."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.errors import DatabaseError, first_line
from db.events.events import event_row
from db.evidence.exporting import read_looks
from db.names import clean_name, file_name
from db.people import gallery, people
from db.people.export import EMBEDDINGS, PERSON
from db.records import Event, NewSample, NewSnapshot
from db.schema.tables import EvidenceRow, PersonRow, SampleRow, SightingRow

Embed = Callable[[bytes], NDArray[np.float32]]
"""The embedding (512,) of a face in a JPEG of 112 x 112 pixels."""


@dataclass(frozen=True, slots=True)
class CropEmbedder:
    """What embeds crops anew: its function, and the sha256 of its file."""

    embed: Embed
    digest: str


@dataclass(frozen=True, slots=True, eq=False)
class Exported:
    """What a folder holds of a person; times and pictures are read, ids are those of the database it is from.

    Attributes:
        aside: whether nobody was to be recognized as them.
        samples: each with when it was enrolled, and whether nobody was to be recognized by it; none that was dropped.
    """

    name: str
    created: datetime
    aside: bool
    samples: list[tuple[NewSample, datetime, bool]]
    sightings: list[tuple[SightingRow, int, bytes | None]]
    events: list[Event]
    looks: list[tuple[EvidenceRow, int, bool]]


def read_export(folder: Path, embedder: CropEmbedder | None = None) -> Exported:
    """Read a folder that `export_person` has written.

    Args:
        embedder: makes the embeddings anew from the crops; without it, those in the folder are taken.

    Raises:
        DatabaseError: it is no such folder, or something in it is damaged or missing.
    """
    try:
        told = json.loads((folder / PERSON).read_text("utf-8"))
        embeddings = None if embedder else np.load(folder / EMBEDDINGS, allow_pickle=False)
        return Exported(
            clean_name(told["name"]),
            _moment(told["created"]),
            bool(told.get("aside", False)),  # exports of before do not tell, here and below
            [
                _sample(each, folder, embedder, embeddings, row)
                for row, each in enumerate(told["samples"])
                if each.get("aside") != "dropped"
            ],
            [_sighting(each, folder) for each in told["sightings"]],
            [Event(**{**each, "time": _moment(each["time"])}) for each in told["events"]],
            read_looks(told.get("looks", ()), folder, _moment, partial(_picture, folder)),  # exports of before had none
        )
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        cause = getattr(error, "strerror", None) or f"{type(error).__name__}: {first_line(error)}"
        raise DatabaseError(
            f"{folder} is not what `doorman people export` has written ({cause}): give such a folder, and where it is "
            "an older one, without embeddings, --reembed."
        ) from error


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
        person.created, person.aside = exported.created, exported.aside
    _add_samples(session, exported, person)
    numbers, pictures = _add_sightings(session, exported, person, snapshots)
    for event in exported.events:
        if event.sighting in numbers:
            session.add(event_row(event, numbers[event.sighting]))
    for look, sighting, like_them in exported.looks:
        if sighting in numbers:
            look.sighting_id, look.person_id = numbers[sighting], person.id if like_them else None
            session.add(look)
    return person, pictures


def _add_samples(session: Session, exported: Exported, person: PersonRow) -> None:
    known = set(session.scalars(select(SampleRow.crop).where(SampleRow.person_id == person.id)))
    for sample, created, aside in exported.samples:
        if sample.crop not in known:
            row = gallery.sample_row(sample)
            row.person_id, row.created, row.aside = person.id, created, "aside" if aside else None
            session.add(row)
    for digest in {sample.digest for sample, *_ in exported.samples}:
        gallery.refuse_other_embedders(session, digest)


def _add_sightings(
    session: Session, exported: Exported, person: PersonRow, snapshots: Path
) -> tuple[Mapping[int | None, int], list[tuple[int, NewSnapshot]]]:
    """Those that are not there yet: their new ids by the old ones, and their pictures."""
    numbers: dict[int | None, int] = {}
    pictures = []
    for row, number, picture in exported.sightings:
        same = select(SightingRow.id).where(
            SightingRow.person_id == person.id,
            SightingRow.camera == row.camera,
            SightingRow.first_seen == row.first_seen,
        )
        if session.scalar(same.limit(1)) is not None:
            continue
        row.person_id = person.id
        session.add(row)
        session.flush()
        numbers[number] = row.id
        if picture is not None:
            path = snapshots.absolute() / f"{file_name(person.name)}-{row.id}.jpg"
            row.snapshot = str(path)
            if path.exists():
                raise DatabaseError(f"{path} is there already: choose another folder with --snapshots.")
            pictures.append((row.id, NewSnapshot(str(path), picture)))
    return numbers, pictures


def _sample(
    told: Mapping[str, Any],
    folder: Path,
    embedder: CropEmbedder | None,
    embeddings: NDArray[np.float32] | None,
    row: int,
) -> tuple[NewSample, datetime, bool]:
    crop = _picture(folder, told["picture"])
    if embedder is not None:
        vector, digest = embedder.embed(crop), embedder.digest
    else:
        assert embeddings is not None
        vector, digest = embeddings[row], str(told["embedder"])
    sample = NewSample(vector, digest, float(told["quality"]), str(told["source"]), crop, bool(told["forced"]))
    return sample, _moment(told["created"]), told.get("aside") == "aside"


def _sighting(told: Mapping[str, Any], folder: Path) -> tuple[SightingRow, int, bytes | None]:
    similarity = None if told["similarity"] is None else float(told["similarity"])
    first, last = _moment(told["first_seen"]), _moment(told["last_seen"])
    row = SightingRow(camera=str(told["camera"]), first_seen=first, last_seen=last, similarity=similarity)
    picture = told.get("picture")  # exports of before had none
    return row, int(told["id"]), None if picture is None else _picture(folder, picture)


def _picture(folder: Path, name: str) -> bytes:
    if Path(name).name != name:
        raise ValueError(f"{name} lies elsewhere")
    return (folder / name).read_bytes()


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return moment
