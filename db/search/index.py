"""Search: an exact matrix product over everybody's embeddings, and one score per person."""

import threading

import numpy as np
from numpy.typing import NDArray

from db.database import Database
from db.names import name_key
from db.records import Gallery, Match

Scores = NDArray[np.float32]

SAME = 0.9995  # cosine; a picture of the moment after is less like it
AGREEING = 3
"""A person's score is the mean over this many of their most similar samples, or over all when they have fewer."""


class SearchIndex:
    """Who is most similar, among all people of a database, as far as they are enrolled at this moment.

    Keeps the embeddings in memory, and loads them anew when the database's generation has changed. Threads may share
    it.

    Args:
        digest: that of the embedder which makes the queries.

    Raises:
        DatabaseError: the gallery was made with another embedder.
    """

    def __init__(self, database: Database, digest: str) -> None:
        self._database, self._digest = database, digest
        self._lock = threading.Lock()
        self._gallery = database.gallery(digest)

    def search(self, queries: NDArray[np.float32], top: int = 5) -> list[list[Match]]:
        """The `top` most similar people for each of (Q, 512) unit vectors, the best first."""
        gallery = self._current()
        scores = person_scores(queries @ gallery.embeddings.T, gallery.starts)
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


def person_scores(similarities: Scores, starts: NDArray[np.intp], agreeing: int = AGREEING) -> Scores:
    """The mean of each person's `agreeing` highest similarities: (Q, N) of samples to (Q, P) of people.

    Args:
        starts: (P,) the first of each person's columns, ascending from 0.
    """
    queries, columns = similarities.shape
    if columns == 0:
        return np.empty((queries, 0), np.float32)
    # One row of all queries, whose segments are (query, person); each round takes every segment's highest away.
    left = similarities.ravel().copy()
    begins = (np.arange(queries)[:, None] * columns + starts).ravel()
    lengths = np.diff(begins, append=left.size)
    total = np.zeros(begins.size, np.float32)
    for taken in range(min(agreeing, int(lengths.max()))):
        highest = np.maximum.reduceat(left, begins)
        total += np.where(lengths > taken, highest, 0)
        places = np.flatnonzero(left == np.repeat(highest, lengths))
        left[places[np.searchsorted(places, begins)]] = -np.inf
    total /= np.minimum(lengths, agreeing)
    return total.reshape(queries, -1)


def best(scores: Scores, top: int) -> NDArray[np.intp]:
    """Where the `top` highest of (P,) scores are, the highest first."""
    candidates = np.argpartition(scores, -top)[-top:] if top < scores.size else np.arange(scores.size)
    return candidates[np.argsort(-scores[candidates], kind="stable")]
