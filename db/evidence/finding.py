"""Was this face here before? Looked for among the looks behind names and the strangers who are kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from db.database import Database
from db.schema.tables import EvidenceRow, PersonRow, SightingRow, StayRow, UnknownRow
from db.sightings.sightings import overlapping
from db.vectors import from_stored, is_whole

AT_ONCE = 2000  # vectors in memory

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Found:
    """When and where somebody was seen who looks like a face.

    Attributes:
        similarity: cosine of the face and the look, or the stranger's stay, that is most like it.
        sighting: its id, while that is kept.
        person: whom the sighting names, or whose name their group was given since.
        unknown, stay: numbers of the group of strangers and of the stay in it; None where there is a name.
    """

    similarity: float
    camera: str
    first_seen: datetime
    last_seen: datetime
    sighting: int | None
    person: str | None = None
    unknown: int | None = None
    stay: int | None = None


def find_like(
    database: Database,
    digest: str,
    face: Floats,
    since: datetime | None = None,
    until: datetime | None = None,
    most: int = 20,
) -> list[Found]:
    """Named sightings and strangers' stays that overlap the time from `since` to `until`, the most similar first.

    Those strangers are left out who are ignored, and all that another embedder has seen.

    Args:
        digest: sha256 of the file of the embedder that has embedded the face.
        face: (512,) of unit length.
    """
    with database.reading() as session:
        looks = select(EvidenceRow.sighting_id, EvidenceRow.embedding).where(EvidenceRow.digest == digest)
        looks = looks.join(SightingRow).where(*overlapping(session, since=since, until=until))
        named = _best(_similar(session, looks, face), most)
        found = [_sighting(session, number, similarity) for number, similarity in named.items()]
        stays = select(StayRow.id, StayRow.embedding).join(UnknownRow).where(StayRow.digest == digest)
        stays = stays.where(~UnknownRow.ignored)
        if since is not None:
            stays = stays.where(StayRow.last_seen >= since)
        if until is not None:
            stays = stays.where(StayRow.first_seen <= until)
        unnamed = _best(_similar(session, stays, face), most)
        found += [_stay(session, number, similarity) for number, similarity in unnamed.items()]
    return sorted(found, key=lambda one: -one.similarity)[:most]


def _similar(session: Session, query: Select[int, bytes], face: Floats) -> Iterator[tuple[int, float]]:
    """Ids and cosines of the rows that a query gives."""
    rows = session.execute(query, execution_options={"yield_per": AT_ONCE})
    for part in rows.partitions():
        whole = [row for row in part if is_whole(row[1])]
        if whole:
            vectors = from_stored(row[1] for row in whole)
            cosines = vectors @ face / np.maximum(np.linalg.norm(vectors, axis=1), 1e-9)
            yield from zip([row[0] for row in whole], cosines.tolist(), strict=True)


def _best(similar: Iterator[tuple[int, float]], most: int) -> dict[int, float]:
    """The highest cosine of each of the `most` similar."""
    highest: dict[int, float] = {}
    for number, similarity in similar:
        highest[number] = max(similarity, highest.get(number, -1.0))
    return dict(sorted(highest.items(), key=lambda one: -one[1])[:most])


def _sighting(session: Session, number: int, similarity: float) -> Found:
    row = session.get_one(SightingRow, number)
    person = None if row.person_id is None else session.get(PersonRow, row.person_id)
    name = None if person is None else person.name
    return Found(similarity, row.camera, row.first_seen, row.last_seen, row.id, name)


def _stay(session: Session, number: int, similarity: float) -> Found:
    row = session.get_one(StayRow, number)
    seen = (row.camera, row.first_seen, row.last_seen, row.sighting_id)
    group = session.get_one(UnknownRow, row.unknown_id)
    person = None if group.person_id is None else session.get(PersonRow, group.person_id)
    if person is not None:  # their group was given the name, and is no more
        return Found(similarity, *seen, person=person.name)
    return Found(similarity, *seen, unknown=row.unknown_id, stay=row.id)
