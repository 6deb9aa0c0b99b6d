"""Evidence out of the database: why somebody was named, and why others were not."""

from typing import Unpack

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from db.database import Database
from db.evidence.records import Appearance, Evidence, Judgement, Likeness
from db.records import Sighting
from db.schema.tables import AppearanceRow, EvidenceRow, PersonRow, SightingRow
from db.sightings.sightings import overlapping, record
from db.sightings.wanted import Wanted
from db.vectors import from_stored

Floats = NDArray[np.float32]

Seen = tuple[Sighting, Appearance[str]]
"""What the looks at a track came to, with the track's sighting."""

OTHER = aliased(PersonRow)


class EvidenceOf:
    """The evidence of sightings; every method is one transaction, and raises DatabaseError when it fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def looks(self, sighting: int) -> list[Evidence]:
        """The looks behind the name of a sighting, the earliest first; none for a stranger's."""
        has_crop = EvidenceRow.crop.is_not(None)
        query = select(EvidenceRow, PersonRow.name, OTHER.name, has_crop)
        query = query.outerjoin(PersonRow, EvidenceRow.person_id == PersonRow.id)
        query = query.outerjoin(OTHER, EvidenceRow.other_id == OTHER.id).where(EvidenceRow.sighting_id == sighting)
        with self._database.reading() as session:
            return [_evidence(*row) for row in session.execute(_in_order(query))]

    def crops(self, sighting: int) -> list[tuple[int, bytes]]:
        """Ids and JPEGs of the looks whose aligned faces are kept, the earliest first."""
        query = select(EvidenceRow.id, EvidenceRow.crop).where(EvidenceRow.crop.is_not(None))
        with self._database.reading() as session:
            rows = session.execute(_in_order(query.where(EvidenceRow.sighting_id == sighting))).all()
        return [(row.id, row.crop) for row in rows]

    def embeddings(self, sighting: int) -> tuple[list[str], Floats]:
        """Whose embedder each look is by (sha256), and what it looks like to that, (looks, 512); in their order."""
        query = select(EvidenceRow.digest, EvidenceRow.embedding).where(EvidenceRow.sighting_id == sighting)
        with self._database.reading() as session:
            rows = session.execute(_in_order(query)).all()
        return [row.digest for row in rows], from_stored(row.embedding for row in rows)

    def unnamed(self, offset: int, limit: int, **wanted: Unpack[Wanted]) -> tuple[list[Seen], int]:
        """So many of the tracks that got no name after the first `offset`, the latest first; and how many there are."""
        with self._database.reading() as session:
            nameless = SightingRow.person_id.is_(None) & AppearanceRow.reason.is_not(None)
            conditions = (nameless, *overlapping(session, **wanted))
            total = session.scalars(select(func.count(AppearanceRow.id)).join(SightingRow).where(*conditions)).one()
            return _seen(session, _with_names().where(*conditions).offset(offset).limit(limit)), total

    def latest(self, most: int, camera: str | None = None) -> list[Seen]:
        """The last tracks before each camera, or before one, so many of each at most, the latest first."""
        newest_first = func.row_number().over(partition_by=SightingRow.camera, order_by=AppearanceRow.id.desc())
        counted = select(AppearanceRow.id, newest_first.label("place")).join(SightingRow)
        with self._database.reading() as session:
            placed = counted.where(*overlapping(session, camera=camera)).subquery()
            return _seen(
                session, _with_names().join(placed, AppearanceRow.id == placed.c.id).where(placed.c.place <= most)
            )

    def appearances_in(self, sighting: int) -> list[Appearance[str]]:
        """What the looks at each track of a sighting came to, the earliest first."""
        query = select(AppearanceRow, PersonRow.name).outerjoin(PersonRow, AppearanceRow.person_id == PersonRow.id)
        with self._database.reading() as session:
            rows = session.execute(query.where(AppearanceRow.sighting_id == sighting).order_by(AppearanceRow.id))
            return [_appearance(*row) for row in rows]

    def counts(self) -> tuple[int, int]:
        """How many looks are kept, and how many bytes their crops have."""
        with self._database.reading() as session:
            return counts(session)


def counts(session: Session) -> tuple[int, int]:
    """See `EvidenceOf.counts`."""
    size = func.coalesce(func.sum(func.length(EvidenceRow.crop)), 0)
    number, total = session.execute(select(func.count(EvidenceRow.id), size)).one()
    return number, int(total)


def _with_names() -> Select[SightingRow, str | None, AppearanceRow, str | None]:
    """What the looks at each track came to, the latest first: its sighting, whose that is, and whom it was like."""
    query = select(SightingRow, PersonRow.name, AppearanceRow, OTHER.name).select_from(AppearanceRow).join(SightingRow)
    query = query.outerjoin(PersonRow, SightingRow.person_id == PersonRow.id)
    return query.outerjoin(OTHER, AppearanceRow.person_id == OTHER.id).order_by(AppearanceRow.id.desc())


def _seen(session: Session, query: Select[SightingRow, str | None, AppearanceRow, str | None]) -> list[Seen]:
    found = session.execute(query)
    return [(record(sighting, name), _appearance(row, near)) for sighting, name, row, near in found]


def _in_order(query: Select) -> Select:  # type: ignore[type-arg]
    return query.order_by(EvidenceRow.time, EvidenceRow.id)


def _evidence(row: EvidenceRow, name: str | None, other: str | None, has_crop: bool) -> Evidence:
    likeness = Likeness(name, row.similarity, other, row.other_similarity)
    decision = Judgement(row.gathered, row.threshold, row.agreed, row.state)
    return Evidence(
        row.id, row.track, row.time, row.quality, row.eyes, likeness, decision, bool(has_crop), row.liveness
    )


def _appearance(row: AppearanceRow, name: str | None) -> Appearance[str]:
    likeness = Likeness(name, row.similarity, None, row.other_similarity)
    return Appearance(row.looks, row.usable, row.eyes, row.reason, likeness, row.threshold)
