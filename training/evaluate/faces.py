"""Vectors of a data set's faces, as the product would make them."""

from collections.abc import Iterable
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from models.align import SIZE, align
from training.pictures import Pictures

BATCH = 64


class Embeds(Protocol):
    """What evaluation needs of an embedder (models.embedder.Embedder)."""

    def embed(self, crops: NDArray[np.uint8], flip: bool = False) -> NDArray[np.float32]: ...


def aligned(pictures: Pictures, names: Iterable[str], points: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Crops (N, 112, 112, 3) of the named pictures by their five points (N, 5, 2)."""
    return np.stack([align(pictures.read(str(name)), five) for name, five in zip(names, points, strict=True)])


def embed(embedder: Embeds, crops: NDArray[np.uint8], face: int = SIZE, flip: bool = False) -> NDArray[np.float32]:
    """Unit vectors (N, D) of aligned crops, seen as if the face had been `face` pixels wide."""
    seen = [shrunk(crop, face) for crop in crops]
    return np.concatenate([embedder.embed(np.stack(seen[i : i + BATCH]), flip) for i in range(0, len(seen), BATCH)])


def shrunk(crop: NDArray[np.uint8], face: int) -> NDArray[np.uint8]:
    """The crop after a loss of detail: scaled down to `face` pixels and up again."""
    if face == SIZE:
        return crop
    small = cv2.resize(crop, (face, face), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (SIZE, SIZE), interpolation=cv2.INTER_LINEAR), np.uint8)
