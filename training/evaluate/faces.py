"""Vectors of a data set's faces, as the product would make them."""

from collections.abc import Sequence
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from models.align import SIZE, align
from models.landmarks import Landmarker, Landmarks, face_box
from models.manifest import find
from models.runtime import Network
from training.data.pictures import Pictures
from training.data.progress import counted

BATCH = 64

Vectors = NDArray[np.float32]
People = NDArray[np.int64]


class Embeds(Protocol):
    """What evaluation needs of an embedder (models.embedder.Embedder)."""

    def embed(self, crops: NDArray[np.uint8], flip: bool = False) -> NDArray[np.float32]: ...


class Locates(Protocol):
    """What evaluation needs of a landmark network (models.landmarks.Landmarker)."""

    def locate_each(self, images: Sequence[NDArray[np.uint8]], boxes: NDArray[np.float32]) -> Landmarks: ...


def find_landmarker(name: str | None) -> Landmarker | None:
    """The landmark network whose points are to align the faces; None leaves that to the given points."""
    return Landmarker(Network(find("landmarks", name))) if name else None


def aligned(
    pictures: Pictures, names: Sequence[str], points: NDArray[np.float32], landmarker: Locates | None = None
) -> NDArray[np.uint8]:
    """Crops (N, 112, 112, 3) of the named pictures by their five points (N, 5, 2).

    With a landmarker these only say where the faces are: its own points align them, as they do in the product.
    """
    crops = []
    for start in counted(range(0, len(names), BATCH), "Aligning"):
        images = [pictures.read(str(name)) for name in names[start : start + BATCH]]
        given = points[start : start + BATCH]
        fives = relocated(landmarker, images, given) if landmarker else given
        crops += [align(image, five) for image, five in zip(images, fives, strict=True)]
    return np.stack(crops)


def relocated(
    landmarker: Locates, images: Sequence[NDArray[np.uint8]], points: NDArray[np.float32]
) -> NDArray[np.float32]:
    """A landmarker's own five points of the one face at `points` (N, 5, 2) in each of N pictures.

    It looks into the box that a detector would draw around them.
    """
    return landmarker.locate_each(images, np.array([face_box(five) for five in points])).points


def embed(embedder: Embeds, crops: NDArray[np.uint8], face: int = SIZE, flip: bool = False) -> NDArray[np.float32]:
    """Unit vectors (N, D) of aligned crops, seen as if the face had been `face` pixels wide."""
    seen = [shrunk(crop, face) for crop in crops]
    starts = counted(range(0, len(seen), BATCH), "Embedding")
    return np.concatenate([embedder.embed(np.stack(seen[start : start + BATCH]), flip) for start in starts])


def shrunk(crop: NDArray[np.uint8], face: int) -> NDArray[np.uint8]:
    """The crop after a loss of detail: scaled down to `face` pixels and up again."""
    if face == SIZE:
        return crop
    small = cv2.resize(crop, (face, face), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (SIZE, SIZE), interpolation=cv2.INTER_LINEAR), np.uint8)
