"""Parts of a picture, in which known faces are found again at a fraction of what the whole picture costs."""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.detector import STRIDE
from stream.scan import Region

EDGE = 4  # pixels of the network's input from a region's border: a face that comes closer may go on beyond it

Boxes = NDArray[np.floating]


def around(box: Sequence[float], width: int, height: int, scale: float) -> Region:
    """The region around a box of a picture that fills the network's input, as small as that can be.

    Args:
        box: xyxy in pixels; what lies outside the picture is left out.
        scale: pixels of the network's input for one of the picture.
    """
    left, top, right, bottom = box
    x1, x2, columns = _span(left, right, width, scale)
    y1, y2, rows = _span(top, bottom, height, scale)
    edge = EDGE / scale
    sight = (
        x1 + edge if x1 > 0 else -math.inf,
        y1 + edge if y1 > 0 else -math.inf,
        x2 - edge if x2 < width else math.inf,
        y2 - edge if y2 < height else math.inf,
    )
    return Region((x1, y1, x2, y2), scale, columns * rows, sight)


def everything(width: int, height: int, scale: float) -> Region:
    """All of a picture, at a scale."""
    return around((0, 0, width, height), width, height, scale)


def _span(low: float, high: float, limit: int, scale: float) -> tuple[int, int, int]:
    """From where to where a region goes, of a picture's width or height, and how many pixels show that."""
    low, high = min(max(low, 0), limit), min(max(high, 0), limit)
    shown = STRIDE * max(1, math.ceil(round((high - low) * scale, 3) / STRIDE))
    extent = min(int(round(shown / scale, 3)), limit)
    first = min(max(round((low + high - extent) / 2), 0), limit - extent)
    return first, first + extent, shown


def hull(boxes: Sequence[Sequence[float]]) -> list[float]:
    """The smallest box xyxy that all of these lie in."""
    left, top, right, bottom = zip(*boxes, strict=True)
    return [min(left), min(top), max(right), max(bottom)]


def grown(boxes: Boxes, sides: ArrayLike) -> Boxes:
    """Boxes (N, 4) with a margin all around of so many (N,) of their sides, which are the square roots of the areas."""
    margins = sides * np.sqrt(np.prod(np.maximum(boxes[:, 2:] - boxes[:, :2], 0), axis=1))
    return np.asarray(boxes + margins[:, None] * [-1, -1, 1, 1])


def worthwhile_group(count: int, cost: Callable[[Sequence[int]], float]) -> list[int]:
    """Which of several things to do at once: the first, and each that then costs no more than it does for itself.

    Args:
        count: of the things, the most urgent first.
        cost: of doing those of these indices at once.
    """
    chosen = [0]
    spent = cost([0])
    for index in range(1, count):
        together = cost([*chosen, index])
        if together <= spent + cost([index]):
            chosen, spent = [*chosen, index], together
    return chosen
