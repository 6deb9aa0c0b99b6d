"""Faces that nobody shall recognize, neither on the picture nor on what is kept of it."""

import numpy as np
import supervision as sv
from numpy.typing import NDArray

AROUND = 0.2  # of a box's width and height, made unrecognizable on each side of it: hair and ears are known by, too
BLOCKS = 6  # on the shorter side, too few to know anybody by


def blurred(image: NDArray[np.uint8], boxes: NDArray[np.float32]) -> NDArray[np.uint8]:
    """A copy of the picture in which the faces in these boxes (N, 4), and what is next to them, are coarse blocks."""
    hidden = image.copy()
    for x1, y1, x2, y2 in boxes:
        dx, dy = AROUND * (x2 - x1), AROUND * (y2 - y1)
        block = max(1, round(min(x2 - x1 + 2 * dx, y2 - y1 + 2 * dy) / BLOCKS))
        around = sv.Detections(xyxy=np.array([[x1 - dx, y1 - dy, x2 + dx, y2 + dy]]))
        sv.PixelateAnnotator(block).annotate(hidden, around)
    return hidden
