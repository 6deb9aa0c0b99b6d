"""The people of a gallery, each searched for as if they, or the picture, were not enrolled."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Self

import numpy as np
from numpy.typing import NDArray

from db import Database, Gallery, Person
from db.people.counting import picture_counts
from db.search import on_server
from db.search.asked import Near
from models.scores import person_scores

MOST_PEOPLE = 150  # more of them, or more pictures of each, would tell little more and take long
MOST_PICTURES = 3
AT_ONCE = 32  # pictures


@dataclass(frozen=True, slots=True, eq=False)
class Searched:
    """The people who are searched: all are in memory, or some, at random, and the others can be asked for.

    Attributes:
        gallery: those who are in memory.
        counts: how many people, of all there are, have so many pictures, by that number.
        near: asks for the others; None where there are none.
    """

    gallery: Gallery
    counts: Mapping[int, int]
    near: Near | None = None

    @classmethod
    def all_of(cls, gallery: Gallery) -> Self:
        """Those of a gallery, and nobody else."""
        return cls(gallery, Counter(gallery.pictures.tolist()))

    @classmethod
    def of_database(cls, database: Database, digest: str) -> Self:
        """Those of a database; where that has an index of its own, not everybody is loaded.

        Raises:
            DatabaseError: the gallery was made with another embedder than that of this digest.
        """
        if not on_server.is_there(database):
            return cls.all_of(database.gallery(digest))
        some = database.some_of_gallery(digest, np.random.default_rng(0), MOST_PEOPLE)
        return cls(some, picture_counts(database), partial(on_server.near, database))


@dataclass(frozen=True, slots=True, eq=False)
class LeftOut:
    """Searches with the gallery's own pictures, some of each person.

    Attributes:
        people: the A people (at random, where the gallery is large) whose pictures are searched for.
        owners: (M,) int, whose picture each search is with.
        scores: (M, A) cosine, each person's score; NaN for the picture's own.
        own: (M,) score of the picture's own person by their other pictures; NaN where there is none.
        rival: (M,) the highest score of all other people; -1 where there is nobody else.
    """

    people: list[Person]
    owners: NDArray[np.int64]
    scores: NDArray[np.float32]
    own: NDArray[np.float32]
    rival: NDArray[np.float32]

    def repeated(self) -> int:
        """People with two pictures or more."""
        return len(np.unique(self.owners[~np.isnan(self.own)]))

    def named(self, threshold: float, margin: float, times: NDArray[np.integer]) -> float:
        """Share of the pictures that would be named, each person counted so many times (A,); NaN where none can be."""
        known = ~np.isnan(self.own)
        named = (self.own >= threshold) & (self.own - self.rival >= margin)
        counted = times[self.owners] * known
        return float((counted * named).sum() / counted.sum()) if counted.any() else float("nan")

    def alike(self, threshold: float) -> list[tuple[str, str, float]]:
        """Pairs of people who would be taken for each other, by the mean score of one's pictures; highest first."""
        counts = np.bincount(self.owners)[:, None]
        means = np.array([self.scores[self.owners == row].sum(axis=0) for row in range(len(self.people))]) / counts
        highest = np.triu(np.fmax(means, means.T), 1)
        pairs = [
            (self.people[a].name, self.people[b].name, float(highest[a, b]))
            for a, b in np.argwhere(highest > threshold)
        ]
        return sorted(pairs, key=lambda pair: -pair[2])


def leave_one_out(searched: Searched) -> LeftOut:
    """Search at least one person in memory, and all others there are, with the pictures of those in memory."""
    gallery, near = searched.gallery, searched.near
    counts = gallery.pictures
    random = np.random.default_rng(0)
    chosen = np.sort(random.permutation(len(counts))[:MOST_PEOPLE])
    picked = [gallery.starts[person] + random.permutation(counts[person])[:MOST_PICTURES] for person in chosen]
    rows = np.concatenate(picked)
    owners = np.repeat(np.arange(len(chosen)), [len(some) for some in picked])
    own, rival = np.empty((2, len(rows)), np.float32)
    scores = np.empty((len(rows), len(chosen)), np.float32)
    for begin in range(0, len(rows), AT_ONCE):  # everybody's scores at once would be as large as the gallery
        some = slice(begin, begin + AT_ONCE)
        own[some], of_all = own_and_others(gallery, rows[some], chosen[owners[some]])
        scores[some] = of_all[:, chosen]
        rival[some] = np.fmax(np.fmax.reduce(of_all, axis=1), -1)  # NaN where there is nobody else
    people = [gallery.people[person] for person in chosen]
    if near is not None:
        found = [
            _rival(near(gallery.embeddings[row]), gallery.embeddings[row], people[owner].id)
            for row, owner in zip(rows, owners, strict=True)
        ]
        rival = np.maximum(rival, np.array(found, np.float32))
    return LeftOut(people, owners, scores, own, rival)


def own_and_others(
    gallery: Gallery, rows: NDArray[np.intp], owners: NDArray[np.intp]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What pictures of a gallery score by all of its pictures but themselves.

    Args:
        rows: (N,) which pictures.
        owners: (N,) the places of those whom they show.

    Returns:
        By their own person (N,), NaN where it is the only picture; and by everybody (N, people), NaN for their own.
    """
    similarities = gallery.cosines(gallery.embeddings[rows])
    similarities[np.arange(len(rows)), rows] = -np.inf  # the picture itself is left out
    scores = person_scores(similarities, gallery.starts)
    itself = np.arange(len(rows)), owners
    own = scores[itself]
    scores[itself] = np.nan
    return own, scores


def _rival(gallery: Gallery, query: NDArray[np.float32], owner: int) -> float:
    """The highest score of anybody but the person of this id; -1 where there is nobody else."""
    if not gallery.people:
        return -1.0
    scores = person_scores(gallery.cosines(query[None]), gallery.starts)[0].tolist()
    return max(
        (score for person, score in zip(gallery.people, scores, strict=True) if person.id != owner), default=-1.0
    )
