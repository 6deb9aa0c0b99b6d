"""Crowds: many small faces of portraits that cover each other, pasted into a scene."""

import numpy as np
from numpy.typing import NDArray

from training.data.detection import visible
from training.detector.pasted_faces import PastedFaces, blend

MOST = 80  # faces in a crowd of a million pixels
HEIGHTS = (6.0, 60.0)  # pixels: those of one crowd lie within a part of this
SPREAD = 2.5  # largest over smallest face of one crowd
COVERED = 0.6  # part of a face behind others, or behind something else, from which it is not labelled any more
HIDDEN = 0.2  # share of faces that something covers in part

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]


def crowd(
    scene: Image, boxes: Floats, faces: PastedFaces, rng: np.random.Generator, most: int = MOST
) -> tuple[Image, Floats]:
    """The scene with a crowd over it, the far and small faces behind the near ones; and all boxes (N, 4).

    Args:
        boxes: of the faces that the scene has already; a crowd may stand before them.
        most: faces in a crowd of a million pixels.
    """
    image, (height, width) = scene.copy(), scene.shape[:2]
    nearest = float(np.exp(rng.uniform(np.log(HEIGHTS[0] * SPREAD), np.log(HEIGHTS[1]))))
    count = max(2, round(rng.uniform(0.3, 1) * most * width * height / 1e6))
    for size in np.sort(nearest / np.exp(rng.uniform(0, np.log(SPREAD), count))):
        head, box = faces.head(rng, float(size))
        middle = np.array([rng.uniform(0, width), height * rng.normal(0.5, 0.2)])
        corner = (middle - np.array(head.shape[1::-1]) / 2).astype(int)
        boxes = behind(boxes, box + np.tile(corner, 2))
        blend(image, head, corner)
        if rng.random() < HIDDEN:
            hide(image, boxes[-1], rng)
    return image, visible(boxes, (width, height))


def behind(boxes: Floats, nearer: Floats) -> Floats:
    """Those of the boxes (N, 4) that a nearer one (4,) does not hide, and the nearer one."""
    overlap = np.minimum(boxes[:, 2:], nearer[2:]) - np.maximum(boxes[:, :2], nearer[:2])
    hidden = overlap.clip(0).prod(axis=1) / (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    return np.concatenate([boxes[hidden < COVERED], nearer[None]]).astype(np.float32)


def hide(image: Image, box: Floats, rng: np.random.Generator) -> None:
    """Cover a quarter to a half of a box (x1 y1 x2 y2, pixels) by a patch of one colour, from below or from a side."""
    x1, y1, x2, y2 = box
    part = rng.uniform(0.25, 0.5)
    side = rng.integers(3)
    if side == 0:
        y1 = y2 - part * (y2 - y1)
    elif side == 1:
        x1 = x2 - part * (x2 - x1)
    else:
        x2 = x1 + part * (x2 - x1)
    top, bottom, left, right = (max(0, round(float(value))) for value in (y1, y2, x1, x2))
    image[top:bottom, left:right] = rng.integers(0, 256, 3)
