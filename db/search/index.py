"""Search: an exact matrix product over everybody's embeddings, and one score per person."""

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import numpy as np
from numpy.typing import NDArray

from db.database import Database
from db.errors import TEMPORARY
from db.names import name_key
from db.records import Gallery, Match

Scores = NDArray[np.float32]
PersonScores = Callable[[Scores, NDArray[np.intp]], Scores]
Ignores = Callable[[NDArray[np.float32], Scores], NDArray[np.bool_]]
"""Tells which of (Q, 512) faces are of somebody who is ignored, by their similarity (Q,) to the nearest sample."""

SAME = 0.9995  # cosine; a picture of the moment after is less like it


class SearchIndex:
    """Who is most similar, among all people of a database, as far as they are enrolled at this moment.

    Keeps the embeddings in memory, and loads them anew when the database's generation has changed. Threads may share
    it.

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
        self._database, self._digest, self._score, self._ignoring = database, digest, score, ignoring
        self._lock = threading.Lock()
        self._gallery, self._ignores = database.gallery(digest), ignoring()

    def search(self, queries: NDArray[np.float32], top: int = 5) -> list[list[Match]]:
        """The `top` most similar people for each of (Q, 512) unit vectors, the best first.

        While the database is locked or away, the people are those of before.
        """
        with suppress(*TEMPORARY):
            self._current()
        return self._search_in(self._gallery, queries, top)

    def search_namable(self, queries: NDArray[np.float32]) -> list[list[Match]]:
        """As `search`, and nobody for the faces of those who are ignored."""
        with suppress(*TEMPORARY):
            self._current()
        return self._namable_in(self._gallery, self._ignores, queries)

    def as_loaded(self) -> Callable[[NDArray[np.float32]], list[list[Match]]]:
        """`search_namable` as it is at this moment; it stays as it is and waits for nothing."""
        return partial(self._namable_in, self._current(), self._ignores)

    def generation(self) -> int:
        """The database's: while it stays the same, so does the gallery."""
        return self._database.generation()

    def has(self, name: str, embedding: NDArray[np.float32]) -> bool:
        """Whether a person has a sample of this very (512,) unit vector: the same picture, and no other."""
        gallery = self._current()
        rows = np.flatnonzero(gallery.embeddings @ embedding >= SAME)
        owners = np.searchsorted(gallery.starts, rows, side="right") - 1
        return name_key(name) in {name_key(gallery.people[owner].name) for owner in owners.tolist()}

    def _current(self) -> Gallery:
        with self._lock:
            if self._database.generation() != self._gallery.generation:
                self._gallery, self._ignores = self._database.gallery(self._digest, self._gallery), self._ignoring()
            return self._gallery

    def _namable_in(self, gallery: Gallery, ignores: Ignores | None, queries: NDArray[np.float32]) -> list[list[Match]]:
        found = self._search_in(gallery, queries)
        if ignores is None or not gallery.people:
            return found
        nearest = (queries @ gallery.embeddings.T).max(axis=1, initial=-1.0)
        ignored = ignores(queries, nearest)
        return [[] if is_ignored else matches for matches, is_ignored in zip(found, ignored, strict=True)]

    def _search_in(self, gallery: Gallery, queries: NDArray[np.float32], top: int = 5) -> list[list[Match]]:
        scores = self._score(queries @ gallery.embeddings.T, gallery.starts)
        return [[Match(gallery.people[person], float(row[person])) for person in best(row, top)] for row in scores]


def best(scores: Scores, top: int) -> NDArray[np.intp]:
    """Where the `top` highest of (P,) scores are, the highest first."""
    candidates = np.argpartition(scores, -top)[-top:] if top < scores.size else np.arange(scores.size)
    return candidates[np.argsort(-scores[candidates], kind="stable")]
