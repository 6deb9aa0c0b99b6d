"""A stranger's face with what is around it, for people's eyes."""

import cv2
import numpy as np
from numpy.typing import NDArray

from stream.gallery.weighed import Image, Polygons

SIZE = 224  # pixels
AROUND = 0.3  # of the box's longer side, shown on each side of it


def portrait(image: Image, box: NDArray[np.float32], masks: Polygons = ()) -> Image:
    """The face in a box of the picture (H, W, 3), as (224, 224, 3); black beyond the picture and in masks.

    Args:
        box: (4,) x1, y1, x2, y2 in pixels.
        masks: polygons (P, 2) in pixels.
    """
    x1, y1, x2, y2 = (float(side) for side in box)
    side = max(1, round((1 + 2 * AROUND) * max(x2 - x1, y2 - y1)))
    left, top = round((x1 + x2 - side) / 2), round((y1 + y2 - side) / 2)
    height, width = image.shape[:2]
    columns, rows = (
        slice(max(0, first), max(0, min(size, first + side))) for first, size in ((left, width), (top, height))
    )
    part = image[rows, columns]
    shown = np.zeros((side, side, 3), np.uint8)
    shown[rows.start - top :, columns.start - left :][: part.shape[0], : part.shape[1]] = part
    for mask in masks:
        cv2.fillPoly(shown, [np.asarray(mask - np.array([left, top]), np.int32)], (0, 0, 0))
    return np.asarray(
        cv2.resize(shown, (SIZE, SIZE), interpolation=cv2.INTER_AREA if side > SIZE else cv2.INTER_LINEAR), np.uint8
    )
