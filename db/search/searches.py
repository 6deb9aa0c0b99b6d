"""How a gallery is searched: wholly, or, where it is large, among a shortlist that sign bits choose."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from db.records import LARGE, Gallery
from db.search.signs import Signs

Scores = NDArray[np.float32]
PersonScores = Callable[[Scores, NDArray[np.intp]], Scores]
"""Turns similarities to samples (Q, N) into scores of people (Q, P), whose first columns it is given."""

CANDIDATES = 1_000  # samples whose sign bits are nearest: `tests.bench.search` tells what that misses
SHORTLIST = 64  # of them, those whose people are scored


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Who came near to one face.

    Attributes:
        people: (C,) their places in the gallery.
        scores: (C,) cosine, the score of each.
        nearest: (C,) cosine of the most similar sample of each.
    """

    people: NDArray[np.intp]
    scores: Scores
    nearest: Scores


Search = Callable[[NDArray[np.float32]], list[Found]]
"""Who comes near to each of (Q, 512) unit vectors."""


def search_of(gallery: Gallery, score: PersonScores) -> Search:
    """The search that suits a gallery's size."""
    return ShortlistSearch(gallery, score) if len(gallery.embeddings) > LARGE else WholeSearch(gallery, score)


class WholeSearch:
    """Everybody's exact score, by one matrix product over all samples."""

    def __init__(self, gallery: Gallery, score: PersonScores) -> None:
        self._gallery = gallery
        self._score = score

    def __call__(self, queries: NDArray[np.float32]) -> list[Found]:
        starts = self._gallery.starts
        if not len(starts):
            return [Found(starts, *np.empty((2, 0), np.float32)) for _ in queries]
        similarities = self._gallery.cosines(queries)
        nearest = np.maximum.reduceat(similarities, starts, axis=1)
        everybody = np.arange(len(starts))
        return [Found(everybody, *both) for both in zip(self._score(similarities, starts), nearest, strict=True)]


class ShortlistSearch:
    """Exact scores of the people who have a sample among those most similar; these are sought by their sign bits."""

    def __init__(self, gallery: Gallery, score: PersonScores) -> None:
        self._gallery = gallery
        self._score = score
        self._signs = Signs(gallery.embeddings)
        self._ends = np.append(gallery.starts[1:], len(gallery.embeddings))

    def __call__(self, queries: NDArray[np.float32]) -> list[Found]:
        return [self._of_one(query) for query in queries]

    def _of_one(self, query: NDArray[np.float32]) -> Found:
        rows = self._signs.nearest(query, CANDIDATES)
        similar = rows[np.argpartition(self._cosines(rows, query), -SHORTLIST)[-SHORTLIST:]]
        people = np.unique(np.searchsorted(self._gallery.starts, similar, side="right") - 1)
        lengths = self._ends[people] - self._gallery.starts[people]
        starts = np.cumsum(lengths) - lengths
        own = np.repeat(self._gallery.starts[people] - starts, lengths) + np.arange(lengths.sum())
        cosines = self._cosines(own, query)
        return Found(people, self._score(cosines[None], starts)[0], np.maximum.reduceat(cosines, starts))

    def _cosines(self, rows: NDArray[np.intp], query: NDArray[np.float32]) -> Scores:
        return self._gallery.embeddings[rows].astype(np.float32, copy=False) @ query
