"""Unknowns as they are told: each with the enrolled person most like it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from db import Database, Match, SearchIndex
from db.unknowns.records import Faces, Unknown
from db.unknowns.unknowns import Unknowns
from models.scores import person_scores
from stream.unknowns.grouping import group_means

BLOCK = 500  # groups that are compared with everybody at once: what that takes in memory grows with both numbers


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
    """All unknowns that are not ignored, whoever was seen last first.

    Args:
        digest: sha256 of the file of the embedder in use.

    Raises:
        DatabaseError: the gallery was made with another one.
    """
    unknowns = Unknowns(database)
    return _with_nearest(database, unknowns.everybody(), unknowns.faces(digest))


def listed_page(database: Database, digest: str, offset: int, limit: int) -> tuple[list[Listed], int]:
    """So many of `listed` after the first `offset`, and how many there are in all; reads no other group's faces."""
    unknowns = Unknowns(database)
    found, total = unknowns.page(offset, limit)
    return _with_nearest(database, found, unknowns.faces_of([one.id for one in found], digest)), total


def _with_nearest(database: Database, found: Sequence[Unknown], faces: Faces) -> list[Listed]:
    nearest = _nearest(database, faces)
    return [Listed(one, nearest.get(one.id)) for one in found]


def _nearest(database: Database, faces: Faces) -> dict[int, Match]:
    if not faces.owners.size:
        return {}
    numbers, means = group_means(faces.embeddings, faces.owners)
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
    index = SearchIndex(database, faces.digest, person_scores)
    found = [row for begin in range(0, len(means), BLOCK) for row in index.search(means[begin : begin + BLOCK], top=1)]
    return {number: matches[0] for number, matches in zip(numbers.tolist(), found, strict=True) if matches}
