"""A picture of any size in a picture of a given size."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.runtime import resize


@dataclass(frozen=True, slots=True)
class Fit:
    """Where a picture lies in a larger one, in pixels, and how many times as large as before it is there."""

    left: int
    top: int
    columns: int
    rows: int
    scale: float


def fit(columns: int, rows: int, width: int, height: int) -> Fit:
    """How a picture of so many columns and rows fits into width and height, in the middle.

    One that lacks a pixel keeps its own size.
    """
    scale = 1.0
    if not (0 <= width - columns <= 1 and 0 <= height - rows <= 1):
        scale = min(width / columns, height / rows)
        columns, rows = max(1, round(columns * scale)), max(1, round(rows * scale))
    return Fit((width - columns) // 2, (height - rows) // 2, columns, rows, scale)


def letterbox(image: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """The picture scaled to fit, with black beside or above it."""
    rows, columns = image.shape[:2]
    place = fit(columns, rows, width, height)
    image = resize(image, place.columns, place.rows)
    framed = np.zeros((height, width, 3), np.uint8)
    framed[place.top : place.top + place.rows, place.left : place.left + place.columns] = image
    return framed
