"""The looks behind a person's sightings as files, and back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.records import EMBEDDING_SIZE
from db.schema.tables import EvidenceRow, PersonRow, SightingRow
from db.vectors import as_stored, from_stored

LOOKS = "looks.npy"
NUMBERS = (
    "track",
    "quality",
    "eyes",
    "similarity",
    "other_similarity",
    "gathered",
    "threshold",
    "agreed",
    "state",
    "liveness",
)


@dataclass(frozen=True, slots=True, eq=False)
class ExportedLook:
    """A look out of an exported folder.

    Attributes:
        row: lacks its sighting and person.
        sighting: the number that its sighting had.
        is_like_them: whether it was most like the person.
    """

    row: EvidenceRow
    sighting: int
    is_like_them: bool


def write_looks(session: Session, person: PersonRow, folder: Path) -> list[dict[str, Any]]:
    """What is told of the looks behind a person's sightings, whose faces and `LOOKS` (looks, 512) are written beside.

    Whom else a look was like is not told: that is theirs.
    """
    query = select(EvidenceRow).join(SightingRow).where(SightingRow.person_id == person.id)
    rows = session.scalars(query.order_by(EvidenceRow.id)).all()
    if rows:
        np.save(folder / LOOKS, from_stored(row.embedding for row in rows))
    return [_look(row, person, folder) for row in rows]


def read_looks(told: Sequence[Mapping[str, Any]], folder: Path) -> list[ExportedLook]:
    """The looks that `write_looks` has written.

    Raises:
        OSError, ValueError, KeyError, IndexError, TypeError: something is damaged or missing.
    """
    vectors = np.load(folder / LOOKS, allow_pickle=False) if told else np.empty((0, EMBEDDING_SIZE))
    if vectors.shape != (len(told), EMBEDDING_SIZE):
        raise ValueError(f"{LOOKS} has not a row for each look")
    found = []
    for one, vector in zip(told, vectors, strict=True):
        row = EvidenceRow(
            time=read_moment(one["time"]),
            digest=str(one["embedder"]),
            embedding=as_stored(vector),
            crop=None if one["picture"] is None else read_picture(folder, one["picture"]),
            **{name: one[name] for name in NUMBERS},
        )
        found.append(ExportedLook(row, int(one["sighting"]), bool(one["like_them"])))
    return found


def read_picture(folder: Path, name: str) -> bytes:
    """A picture in an exported folder, and nowhere else."""
    if Path(name).name != name:
        raise ValueError(f"{name} lies elsewhere")
    return (folder / name).read_bytes()


def read_moment(text: str) -> datetime:
    """A moment as exports tell it."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return moment


def _look(row: EvidenceRow, person: PersonRow, folder: Path) -> dict[str, Any]:
    picture = None if row.crop is None else f"look-{row.id}.jpg"
    if picture is not None and row.crop is not None:
        (folder / picture).write_bytes(row.crop)
    return {
        "sighting": row.sighting_id,
        "time": row.time.isoformat(timespec="milliseconds"),
        "embedder": row.digest,
        "picture": picture,
        "like_them": row.person_id == person.id,
        **{name: getattr(row, name) for name in NUMBERS},
    }
