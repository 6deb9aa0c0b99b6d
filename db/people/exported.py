"""An exported folder of a person, read; `db.people.importing` takes it into a database."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from db.errors import DatabaseError, first_line
from db.evidence.exporting import ExportedLook, read_looks, read_moment, read_picture
from db.names import clean_name
from db.people.export import EMBEDDINGS, PERSON
from db.records import Event, NewSample
from db.schema.tables import SightingRow

Embed = Callable[[bytes], NDArray[np.float32]]
"""The embedding (512,) of a face in a JPEG of 112 x 112 pixels."""


@dataclass(frozen=True, slots=True)
class CropEmbedder:
    """What embeds crops anew: its function, and the sha256 of its file."""

    embed: Embed
    digest: str


@dataclass(frozen=True, slots=True, eq=False)
class ExportedSample:
    """A picture of a person, when it was enrolled, and whether nobody was to be recognized by it."""

    sample: NewSample
    created: datetime
    is_aside: bool


@dataclass(frozen=True, slots=True, eq=False)
class ExportedSighting:
    """A sighting of a person.

    Attributes:
        row: lacks its person.
        number: that it had.
        picture: the snapshot's JPEG, if there was one.
    """

    row: SightingRow
    number: int
    picture: bytes | None


@dataclass(frozen=True, slots=True, eq=False)
class Exported:
    """What a folder holds of a person; times and pictures are read, ids are those of the database it is from.

    Attributes:
        is_aside: whether nobody was to be recognized as them.
        samples: all that were not dropped.
    """

    name: str
    created: datetime
    is_aside: bool
    samples: Sequence[ExportedSample]
    sightings: Sequence[ExportedSighting]
    events: Sequence[Event]
    looks: Sequence[ExportedLook]


def read_export(folder: Path, embedder: CropEmbedder | None = None) -> Exported:
    """Read a folder that `export_person` has written.

    Args:
        embedder: makes the embeddings anew from the crops; without it, those in the folder are taken.

    Raises:
        DatabaseError: it is no such folder, or something in it is damaged or missing.
    """
    try:
        if not (folder / PERSON).exists() and (inside := sorted(folder.glob(f"*/{PERSON}"))):
            raise DatabaseError(f"{folder} holds exports, and is none itself: give one, as {inside[0].parent}.")
        told = json.loads((folder / PERSON).read_text("utf-8"))
        return Exported(
            clean_name(told["name"]),
            read_moment(told["created"]),
            bool(told.get("aside", False)),  # exports of before do not tell
            _samples(told["samples"], folder, embedder),
            [_sighting(each, folder) for each in told["sightings"]],
            [Event(**{**each, "time": read_moment(each["time"])}) for each in told["events"]],
            read_looks(told.get("looks", ()), folder),  # exports of before had none
        )
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        cause = getattr(error, "strerror", None) or f"{type(error).__name__}: {first_line(error)}"
        raise DatabaseError(
            f"{folder} is not what `doorman people export` has written ({cause}): give such a folder, and where it is "
            "an older one, without embeddings, --reembed."
        ) from error


def _samples(told: Sequence[Mapping[str, Any]], folder: Path, embedder: CropEmbedder | None) -> list[ExportedSample]:
    """Those that were not dropped."""
    kept = [(row, each) for row, each in enumerate(told) if each.get("aside") != "dropped"]
    crops = [read_picture(folder, each["picture"]) for _, each in kept]
    if embedder is None:
        stored = np.load(folder / EMBEDDINGS, allow_pickle=False)
        embeddings = [stored[row] for row, _ in kept]
        digests = [str(each["embedder"]) for _, each in kept]
    else:
        embeddings = [embedder.embed(crop) for crop in crops]
        digests = [embedder.digest] * len(kept)
    return [
        _sample(each, crop, embedding, digest)
        for (_, each), crop, embedding, digest in zip(kept, crops, embeddings, digests, strict=True)
    ]


def _sample(told: Mapping[str, Any], crop: bytes, embedding: NDArray[np.float32], digest: str) -> ExportedSample:
    sample = NewSample(embedding, digest, float(told["quality"]), str(told["source"]), crop, bool(told["forced"]))
    return ExportedSample(sample, read_moment(told["created"]), told.get("aside") == "aside")


def _sighting(told: Mapping[str, Any], folder: Path) -> ExportedSighting:
    row = SightingRow(
        camera=str(told["camera"]),
        first_seen=read_moment(told["first_seen"]),
        last_seen=read_moment(told["last_seen"]),
        similarity=None if told["similarity"] is None else float(told["similarity"]),
    )
    name = told.get("picture")  # exports of before had none
    return ExportedSighting(row, int(told["id"]), None if name is None else read_picture(folder, name))
