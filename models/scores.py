"""What strangers score against enrolled people: similarities alone, without pictures or vectors of anybody.

A set belongs to one embedder and lies beside its file, as NAME.scores.npz beside NAME.onnx. The export makes it, or
`python -m training.scores`.
"""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.errors import ModelError
from models.manifest import ModelEntry

SUFFIX = ".scores.npz"
REMEDY = "make it again with `python -m training.scores`"


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
        part = path.with_name(path.name + ".part")
        with part.open("wb") as file:
            np.savez_compressed(
                file,
                digest=np.array(self.digest),
                pictures=self.pictures,
                scores=self.scores.astype(np.float16),
                strangers=self.strangers,
            )
        part.replace(path)


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
