"""Vectors of all packed crops by an embedder, made once: what `training.duplicates` and `training.cleaning` look at."""

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from training.data.progress import counted
from training.errors import TrainingError
from training.evaluate.faces import BATCH, Embeds

PATTERN = "vectors-{}.npy"  # a file for each embedder


class Identified(Embeds, Protocol):
    """An embedder that can be told from others (models.embedder.Embedder)."""

    @property
    def digest(self) -> str: ...


def forget(folder: Path) -> None:
    """Delete the vectors of crops that are packed anew."""
    for cache in folder.glob(PATTERN.format("*")):
        cache.unlink()


def vectors_of(crops: NDArray[np.uint8], embedder: Identified, folder: Path) -> NDArray[np.float16]:
    """Unit vectors (N, 512) of crops (N, 112, 112, 3), kept in a file and, if interrupted, gone on with.

    Args:
        folder: where the crops are packed, and a file of vectors lies for each embedder.

    Raises:
        TrainingError: the file is of other crops.
    """
    cache = folder / PATTERN.format(embedder.digest[:12])
    if cache.is_file():
        vectors = np.load(cache, mmap_mode="r+")
        if len(vectors) != len(crops):
            raise TrainingError(f"{cache} holds {len(vectors)} vectors instead of {len(crops)}: delete it.")
    else:
        cache.parent.mkdir(parents=True, exist_ok=True)
        vectors = open_memmap(cache, mode="w+", dtype=np.float16, shape=(len(crops), 512))
    # A new file is zeros, which no unit vector is.
    todo = [start for start in range(0, len(crops), BATCH) if not vectors[start : start + BATCH].any(axis=1).all()]
    for start in counted(todo, "Embedding"):
        vectors[start : start + BATCH] = embedder.embed(np.asarray(crops[start : start + BATCH]))
    return np.asarray(vectors)
