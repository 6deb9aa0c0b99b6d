"""Unknowns as they are told: each with the enrolled person most like it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from db import Database, Match, SearchIndex
from db.unknowns.records import Unknown
from db.unknowns.unknowns import Unknowns
from models.scores import person_scores
from stream.unknowns.grouping import group_means


@dataclass(frozen=True, slots=True)
class Listed:
    """A group, and the enrolled person who is most like it; None where nobody is enrolled."""

    unknown: Unknown
    nearest: Match | None

    def as_dict(self) -> dict[str, Any]:
        """For JSON: moments in ISO 8601 with zone, the similarity as cosine."""
        one = self.unknown
        return {
            "id": one.id,
            "visits": one.visits,
            "pictures": one.pictures,
            "first_seen": one.first_seen.isoformat(timespec="milliseconds"),
            "last_seen": one.last_seen.isoformat(timespec="milliseconds"),
            "cameras": list(one.cameras),
            "like": self.nearest and self.nearest.person.name,
            "similarity": self.nearest and round(self.nearest.similarity, 4),
        }


def listed(database: Database, digest: str) -> list[Listed]:
    """The unknowns that are not ignored, whoever was seen last first.

    Args:
        digest: sha256 of the file of the embedder in use.

    Raises:
        DatabaseError: the gallery was made with another one.
    """
    unknowns = Unknowns(database)
    nearest = _nearest(database, digest, unknowns)
    return [Listed(one, nearest.get(one.id)) for one in unknowns.everybody()]


def _nearest(database: Database, digest: str, unknowns: Unknowns) -> dict[int, Match]:
    faces = unknowns.faces(digest)
    if not faces.owners.size:
        return {}
    numbers, means = group_means(faces.embeddings, faces.owners)
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
    found: Sequence[list[Match]] = SearchIndex(database, digest, person_scores).search(means, top=1)
    return {number: matches[0] for number, matches in zip(numbers.tolist(), found, strict=True) if matches}
