"""Search: an exact matrix product over everybody's embeddings, and one score per person."""

import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from db.database import Database
from db.names import name_key
from db.records import Gallery, Match

Scores = NDArray[np.float32]
PersonScores = Callable[[Scores, NDArray[np.intp]], Scores]

SAME = 0.9995  # cosine; a picture of the moment after is less like it


class SearchIndex:
    """Who is most similar, among all people of a database, as far as they are enrolled at this moment.

    Keeps the embeddings in memory, and loads them anew when the database's generation has changed. Threads may share
    it.

    Args:
        digest: that of the embedder which makes the queries.
        score: turns similarities to samples (Q, N) into scores of people (Q, P), whose first columns it is given.

    Raises:
        DatabaseError: the gallery was made with another embedder.
    """

    def __init__(self, database: Database, digest: str, score: PersonScores) -> None:
        self._database, self._digest, self._score = database, digest, score
        self._lock = threading.Lock()
        self._gallery = database.gallery(digest)

    def search(self, queries: NDArray[np.float32], top: int = 5) -> list[list[Match]]:
        """The `top` most similar people for each of (Q, 512) unit vectors, the best first."""
        gallery = self._current()
        scores = self._score(queries @ gallery.embeddings.T, gallery.starts)
        return [[Match(gallery.people[person], float(row[person])) for person in best(row, top)] for row in scores]

    def has(self, name: str, embedding: NDArray[np.float32]) -> bool:
        """Whether a person has a sample of this very (512,) unit vector: the same picture, and no other."""
        gallery = self._current()
        rows = np.flatnonzero(gallery.embeddings @ embedding >= SAME)
        owners = np.searchsorted(gallery.starts, rows, side="right") - 1
        return name_key(name) in {name_key(gallery.people[owner].name) for owner in owners.tolist()}

    def _current(self) -> Gallery:
        with self._lock:
            if self._database.generation() != self._gallery.generation:
                self._gallery = self._database.gallery(self._digest)
            return self._gallery


def best(scores: Scores, top: int) -> NDArray[np.intp]:
    """Where the `top` highest of (P,) scores are, the highest first."""
    candidates = np.argpartition(scores, -top)[-top:] if top < scores.size else np.arange(scores.size)
    return candidates[np.argsort(-scores[candidates], kind="stable")]
