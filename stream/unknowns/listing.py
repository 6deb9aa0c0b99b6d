"""Unknowns as they are told: each with the enrolled person most like it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from db import Match, SearchIndex
from db.unknowns.records import Faces, Unknown
from db.unknowns.unknowns import Unknowns
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


def listed(unknowns: Unknowns, index: SearchIndex) -> list[Listed]:
    """All unknowns that are not ignored, whoever was seen last first.

    Args:
        index: the gallery.
    """
    return _with_nearest(unknowns.everybody(), unknowns.faces(index.digest), index)


def listed_page(unknowns: Unknowns, index: SearchIndex, offset: int, limit: int) -> tuple[list[Listed], int]:
    """So many of `listed` after the first `offset`, and how many there are in all; reads no other group's faces."""
    found, total = unknowns.page(offset, limit)
    return _with_nearest(found, unknowns.faces_of([one.id for one in found], index.digest), index), total


def listed_one(unknowns: Unknowns, index: SearchIndex, number: int) -> Listed:
    """One group, ignored or not.

    Raises:
        NotThereError: there is none of this number, or not any more.
    """
    return _with_nearest([unknowns.unknown(number)], unknowns.faces_of([number], index.digest), index)[0]


def _with_nearest(found: Sequence[Unknown], faces: Faces, index: SearchIndex) -> list[Listed]:
    nearest = _nearest(faces, index)
    return [Listed(one, nearest.get(one.id)) for one in found]


def _nearest(faces: Faces, index: SearchIndex) -> dict[int, Match]:
    if not faces.owners.size:
        return {}
    numbers, means = group_means(faces.embeddings, faces.owners)
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
    found = [row for begin in range(0, len(means), BLOCK) for row in index.search(means[begin : begin + BLOCK], top=1)]
    return {number: matches[0] for number, matches in zip(numbers.tolist(), found, strict=True) if matches}
