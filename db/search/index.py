"""Search: who of the people in a database is like a face, as far as they are enrolled at this moment."""

import threading
from bisect import bisect_left
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from db.database import Database
from db.errors import TEMPORARY
from db.names import name_key
from db.records import Gallery, Match, Person
from db.search.negatives import Negatives, load
from db.search.searches import Found, PersonScores, Scores, Search, search_of

Ignores = Callable[[NDArray[np.float32], Scores], NDArray[np.bool_]]
"""Tells which of (Q, 512) faces are of somebody who is ignored, by their similarity (Q,) to the nearest sample."""

SAME = 0.9995  # cosine; a picture of the moment after is less like it


class SearchIndex:
    """Who is most similar, among all people of a database, as far as they are enrolled at this moment.

    Keeps the embeddings in memory, and loads them anew when the database's generation has changed. Threads may share
    it. Small galleries are searched wholly, large ones by a shortlist: see `db.search.searches`.

    Args:
        digest: that of the embedder which makes the queries.
        score: turns similarities to samples (Q, N) into scores of people (Q, P), whose first columns it is given.
        ignoring: loads, with the gallery, who is ignored; None where nobody is.

    Raises:
        DatabaseError: the gallery was made with another embedder.
    """

    def __init__(
        self,
        database: Database,
        digest: str,
        score: PersonScores,
        ignoring: Callable[[], Ignores | None] = lambda: None,
    ) -> None:
        self.digest = digest
        self._database, self._score, self._ignoring = database, score, ignoring
        self._lock = threading.Lock()
        self._take(database.gallery(digest))

    def search(self, queries: NDArray[np.float32], top: int = 5) -> list[list[Match]]:
        """The `top` most similar people for each of (Q, 512) unit vectors, the best first.

        While the database is locked or away, the people are those of before.
        """
        with suppress(*TEMPORARY):
            self._current()
        return self._loaded.search(queries, top)

    def match(self, person: int, query: NDArray[np.float32]) -> Match | None:
        """How similar a face (512,) is to somebody of this id, also where a search would not find them.

        None where they have no sample in use.
        """
        with suppress(*TEMPORARY):
            self._current()
        return self._loaded.match(person, query, self._score)

    def search_namable(self, queries: NDArray[np.float32]) -> list[list[Match]]:
        """As `search`, and nobody for faces of those who are ignored; see also `Negatives.namable`."""
        with suppress(*TEMPORARY):
            self._current()
        return self._loaded.search_namable(queries)

    def as_loaded(self) -> Callable[[NDArray[np.float32]], list[list[Match]]]:
        """`search_namable` as it is at this moment; it stays as it is and waits for nothing."""
        return self._current().search_namable

    @property
    def gallery(self) -> Gallery:
        """Everybody's embeddings, as they are at this moment."""
        return self._current().gallery

    def generation(self) -> int:
        """The database's: while it stays the same, so does the gallery."""
        return self._database.generation()

    def has(self, name: str, embedding: NDArray[np.float32]) -> bool:
        """Whether a person has a sample of this very (512,) unit vector: the same picture, and no other."""
        return name_key(name) in {name_key(person.name) for person in self._current().owners(embedding)}

    def _current(self) -> "Loaded":
        with self._lock:
            if self._database.generation() != self._loaded.gallery.generation:
                self._take(self._database.gallery(self.digest, self._loaded.gallery))
            return self._loaded

    def _take(self, gallery: Gallery) -> None:
        negatives = load(self._database, self.digest)
        self._loaded = Loaded(gallery, search_of(gallery, self._score), self._ignoring(), negatives)


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """A gallery as it was at one moment, its search, who was ignored, and which looks were not whose."""

    gallery: Gallery
    find: Search
    ignores: Ignores | None
    negatives: Negatives | None = None

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

    def match(self, person: int, query: NDArray[np.float32], score: PersonScores) -> Match | None:
        """See `SearchIndex.match`."""
        people, starts = self.gallery.people, self.gallery.starts  # by their ids
        place = bisect_left(people, person, key=lambda one: one.id)
        if place == len(people) or people[place].id != person:
            return None
        begin = int(starts[place])
        own = self.gallery.embeddings[begin : begin + int(self.gallery.pictures[place])].astype(np.float32) @ query
        return Match(people[place], float(score(own[None], np.zeros(1, np.intp))[0, 0]))

    def owners(self, embedding: NDArray[np.float32]) -> list[Person]:
        """Those who have a sample of this very (512,) unit vector."""
        (found,) = self.find(embedding[None])
        return [self.gallery.people[place] for place in found.people[found.nearest >= SAME]]

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
