"""A gallery that is held in memory, and how it is searched."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from db.records import Gallery, Match, Person
from db.search.negatives import Negatives
from db.search.searches import SHORTLIST, Found, PersonScores, Scores, Search

Ignores = Callable[[NDArray[np.float32], Scores], NDArray[np.bool_]]
"""Tells which of (Q, 512) faces are of somebody who is ignored, by their similarity (Q,) to the nearest sample."""


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """A gallery as it was at one moment, its search, who was ignored, and which looks were not whose."""

    gallery: Gallery
    find: Search
    score: PersonScores
    ignores: Ignores | None = None
    negatives: Negatives | None = None

    @property
    def generation(self) -> int:
        """The database's at that moment."""
        return self.gallery.generation

    def search(self, queries: NDArray[np.float32], top: int = 5) -> list[list[Match]]:
        """See `SearchIndex.search`."""
        return [self._matches(found, top) for found in self.find(queries)]

    def search_namable(self, queries: NDArray[np.float32]) -> list[list[Match]]:
        """See `SearchIndex.search_namable`."""
        all_found = self.find(queries)
        matches = [self._namable(query, found) for query, found in zip(queries, all_found, strict=True)]
        if self.ignores is None or not self.gallery.people:
            return matches
        ignored = self.ignores(queries, np.array([found.nearest.max(initial=-1.0) for found in all_found]))
        return [[] if is_ignored else row for row, is_ignored in zip(matches, ignored, strict=True)]

    def match(self, person: int, query: NDArray[np.float32]) -> Match | None:
        """See `SearchIndex.match`."""
        people, starts = self.gallery.people, self.gallery.starts  # by their ids
        place = bisect_left(people, person, key=lambda one: one.id)
        if place == len(people) or people[place].id != person:
            return None
        begin = int(starts[place])
        own = self.gallery.embeddings[begin : begin + int(self.gallery.pictures[place])].astype(np.float32) @ query
        return Match(people[place], float(self.score(own[None], np.zeros(1, np.intp))[0, 0]))

    def near(self, query: NDArray[np.float32]) -> Gallery:
        """Those who come nearest to a face (512,), by their scores or by one of their samples."""
        (found,) = self.find(query[None])
        places = np.union1d(best(found.scores, SHORTLIST), best(found.nearest, SHORTLIST))
        return self.gallery.of(found.people[places])

    def owners(self, embedding: NDArray[np.float32], alike: float) -> list[Person]:
        """See `SearchIndex.owners`."""
        (found,) = self.find(embedding[None])
        return [self.gallery.people[place] for place in found.people[found.nearest >= alike]]

    def _namable(self, query: NDArray[np.float32], found: Found) -> list[Match]:
        matches = self._matches(found)
        if self.negatives is None:
            return matches
        nearest = found.nearest[best(found.scores, len(matches))].tolist()
        return list(self.negatives.namable(query, matches, nearest))

    def _matches(self, found: Found, top: int = 5) -> list[Match]:
        places = best(found.scores, top)
        return [Match(self.gallery.people[found.people[place]], float(found.scores[place])) for place in places]


def best(scores: Scores, top: int) -> NDArray[np.intp]:
    """Where the `top` highest of (P,) scores are, the highest first."""
    candidates = np.argpartition(scores, -top)[-top:] if top < scores.size else np.arange(scores.size)
    return candidates[np.argsort(-scores[candidates], kind="stable")]
