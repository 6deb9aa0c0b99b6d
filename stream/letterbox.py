"""A picture of any size in a picture of a given size."""

import cv2
import numpy as np
from numpy.typing import NDArray


def letterbox(image: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """The picture scaled to fit, with black beside or above it; one that lacks a pixel keeps its own pixels."""
    rows, columns = image.shape[:2]
    if not (0 <= width - columns <= 1 and 0 <= height - rows <= 1):
        scale = min(width / columns, height / rows)
        columns, rows = max(1, round(columns * scale)), max(1, round(rows * scale))
        smaller = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        image = np.asarray(cv2.resize(image, (columns, rows), interpolation=smaller), np.uint8)
    top, left = (height - rows) // 2, (width - columns) // 2
    framed = np.zeros((height, width, 3), np.uint8)
    framed[top : top + rows, left : left + columns] = image
    return framed
