"""Vectors of a data set's faces, as the product would make them."""

from collections.abc import Iterable
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.align import SIZE, align
from models.landmarks import Landmarker, Landmarks, face_box
from models.manifest import find
from models.runtime import Network
from training.pictures import Pictures

BATCH = 64


class Embeds(Protocol):
    """What evaluation needs of an embedder (models.embedder.Embedder)."""

    def embed(self, crops: NDArray[np.uint8], flip: bool = False) -> NDArray[np.float32]: ...


class Locates(Protocol):
    """What evaluation needs of a landmark network (models.landmarks.Landmarker)."""

    def locate(self, image: NDArray[np.uint8], boxes: ArrayLike) -> Landmarks: ...


def find_landmarker(name: str | None) -> Landmarker | None:
    """The landmark network whose points are to align the faces; None leaves that to the given points."""
    return Landmarker(Network(find("landmarks", name))) if name else None


def aligned(
    pictures: Pictures, names: Iterable[str], points: NDArray[np.float32], landmarker: Locates | None = None
) -> NDArray[np.uint8]:
    """Crops (N, 112, 112, 3) of the named pictures by their five points (N, 5, 2).

    With a landmarker these only say where the faces are: its own points align them, as they do in the product.
    """
    crops = []
    for name, five in zip(names, points, strict=True):
        image = pictures.read(str(name))
        crops.append(align(image, relocated(landmarker, image, five) if landmarker else five))
    return np.stack(crops)


def relocated(landmarker: Locates, image: NDArray[np.uint8], points: NDArray[np.float32]) -> NDArray[np.float32]:
    """A landmarker's own five points (5, 2) of the face at `points`, in the box that a detector would draw."""
    return landmarker.locate(image, [face_box(points)]).points[0]


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
