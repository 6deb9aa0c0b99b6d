"""Cuts: the moments at which the whole picture changes."""

import cv2
import numpy as np
from numpy.typing import NDArray

CELLS = (32, 18)  # the picture as so many cells, each its mean colour: noise and small movements vanish
ROWS = 180  # of a picture that are looked at, lest a large one takes longer
CHANGE = 12.0  # grey levels; moving people and cameras stay below 5, cuts between dark scenes begin at 18


class CutDetector:
    """Tells the first frame of every new shot.

    The median over the cells is compared: something that crosses less than half of the picture is no cut.
    """

    def __init__(self) -> None:
        self._before: NDArray[np.float32] | None = None

    def is_cut(self, image: NDArray[np.uint8]) -> bool:
        """Whether this picture (H, W, 3) begins a new shot; the first picture of all does not."""
        step = max(1, image.shape[0] // ROWS)
        cells = cv2.resize(image[::step, ::step], CELLS, interpolation=cv2.INTER_AREA).astype(np.float32)
        before, self._before = self._before, cells
        return before is not None and bool(np.median(np.abs(cells - before).max(axis=2)) > CHANGE)
