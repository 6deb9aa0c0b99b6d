"""Vectors of all packed crops by an embedder, made once: what `training.duplicates` and `training.cleaning` look at."""

from pathlib import Path

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from training.errors import TrainingError
from training.evaluate.faces import BATCH, Embeds


def vectors_of(crops: NDArray[np.uint8], embedder: Embeds, cache: Path) -> NDArray[np.float16]:
    """Unit vectors (N, 512) of crops (N, 112, 112, 3), kept in a file and, if interrupted, gone on with.

    Args:
        cache: the file; it must be of these crops and this embedder.

    Raises:
        TrainingError: the file is of other crops.
    """
    if cache.is_file():
        vectors = np.load(cache, mmap_mode="r+")
        if len(vectors) != len(crops):
            raise TrainingError(f"{cache} holds {len(vectors)} vectors instead of {len(crops)}: delete it.")
    else:
        cache.parent.mkdir(parents=True, exist_ok=True)
        vectors = open_memmap(cache, mode="w+", dtype=np.float16, shape=(len(crops), 512))
    # A new file is zeros, which no unit vector is.
    todo = [start for start in range(0, len(crops), BATCH) if not vectors[start : start + BATCH].any(axis=1).all()]
    for start in track(todo, "Embedding", console=Console(stderr=True)):
        vectors[start : start + BATCH] = embedder.embed(np.asarray(crops[start : start + BATCH]))
    return np.asarray(vectors)
