"""How alike a face and a person are, and what strangers score against enrolled people.

A set of scores holds similarities alone, without pictures or vectors of anybody. It belongs to one embedder and lies
beside its file, as NAME.scores.npz beside NAME.onnx. The export makes it, or `python -m training.scores`.
"""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.errors import ModelError
from models.files import whole
from models.manifest import ModelEntry

AGREEING = 3
"""A person's score is the mean over this many of their most similar samples, or over all when they have fewer."""

SUFFIX = ".scores.npz"
REMEDY = "make it again with `python -m training.scores`"

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class ScoreSet:
    """A table of searches: a row for each look at a stranger, a column for each person who may be enrolled.

    Some columns are a gallery, of whatever size; the people of the set are strangers and enrolled people in turn.

    Attributes:
        digest: sha256 of the embedder's file.
        pictures: (V,) of how many pictures each person was enrolled, ascending.
        scores: (R, V, P) float32, the person's score as a search gives it (cosine); NaN for the stranger's own column.
        strangers: (R,) int, the column of the stranger.
    """

    digest: str
    pictures: NDArray[np.int64]
    scores: NDArray[np.float32]
    strangers: NDArray[np.int64]

    def write(self, path: Path) -> None:
        """Keep it in a file, whole or not at all; scores are stored in half precision (steps of .0005 below 1)."""
        with whole(path) as part, part.open("wb") as file:
            np.savez_compressed(
                file,
                digest=np.array(self.digest),
                pictures=self.pictures,
                scores=self.scores.astype(np.float16),
                strangers=self.strangers,
            )


def person_scores(similarities: Scores, starts: NDArray[np.intp]) -> Scores:
    """The mean of each person's highest similarities: (Q, N) of samples to (Q, P) of people.

    A similarity of minus infinity leaves a sample out; a person without any other gets NaN.

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
    total, taken = np.zeros(begins.size, np.float32), np.zeros(begins.size, np.float32)
    for _ in range(min(AGREEING, int(lengths.max(initial=0)))):
        highest = np.maximum.reduceat(left, begins)
        found = highest > -np.inf
        total += np.where(found, highest, 0)
        taken += found
        places = np.flatnonzero(left == np.repeat(highest, lengths))
        left[places[np.searchsorted(places, begins)]] = -np.inf
    scores = np.divide(total, taken, out=np.full_like(total, np.nan), where=taken > 0)
    return scores.reshape(queries, len(starts))


def scores_path(network: Path) -> Path:
    """Where an embedder's score set lies."""
    return network.with_suffix(SUFFIX)


def read_scores(entry: ModelEntry) -> ScoreSet | None:
    """The score set of an embedder, or None where it has none.

    Raises:
        ModelError: it is damaged, or was made with another embedder.
    """
    path = scores_path(entry.path)
    if not path.is_file():
        return None
    try:
        with np.load(path) as stored:
            found = ScoreSet(
                str(stored["digest"]), stored["pictures"], stored["scores"].astype(np.float32), stored["strangers"]
            )
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise ModelError(f"The score set {path} cannot be read ({error}): {REMEDY}.") from error
    if found.digest != entry.sha256:
        raise ModelError(f"The score set {path} was made with another embedder than {entry.path.name}: {REMEDY}.")
    return found
