"""Whether the pictures of a camera still change."""

import math
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

CELL = 16  # pixels: averaged over so many squared, noise and compression hardly show, but a face that moves does
TOLERANCE = 8.0  # grey levels by which a cell may differ; compressing one picture again and again gave up to 6
LOOK_EVERY = 0.25  # seconds


class Stillness:
    """Notices a picture that has stayed the same: of a scene in which nothing moves, or of a camera that is frozen.

    Args:
        after: seconds for which the picture must have been the same.
    """

    def __init__(self, after: float) -> None:
        self._after = after
        self._reference = np.empty((0, 0, 3), np.uint8)
        self._since = self._looked = -math.inf
        self._still = False

    def still(self, picture: Callable[[], NDArray[np.uint8]], t: float) -> bool:
        """Whether that is so now.

        Args:
            picture: makes the newest picture (H, W, 3), which is looked at now and then only.
            t: seconds, never falling.
        """
        if t - self._looked >= LOOK_EVERY:
            self._looked = t
            self._look(picture(), t)
        return self._still

    def _look(self, image: NDArray[np.uint8], t: float) -> None:
        height, width = image.shape[:2]
        size = max(1, width // CELL), max(1, height // CELL)
        cells = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
        same = cells.shape == self._reference.shape and cv2.norm(cells, self._reference, cv2.NORM_INF) <= TOLERANCE
        if not same:
            self._reference, self._since = cells, t
        self._still = t - self._since >= self._after
