"""Which detection continues which track: pure functions over arrays of boxes (xyxy, pixels)."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


def iou(first: Array, second: Array, margin: Array | float = 0.0) -> Array:
    """Intersection over union of every pair of boxes, 0 where both are empty.

    Args:
        first: (N, 4) boxes.
        second: (M, 4) boxes.
        margin: pixels, one for all or (N,): how far each of the first boxes and its partners are grown on every side
            before they are compared, so that small fast boxes still meet (arXiv 2211.14317).

    Returns:
        (N, M) in 0..1.
    """
    grow = np.multiply.outer(margin, [-1.0, -1.0, 1.0, 1.0]).reshape(-1, 1, 4)
    a, b = first[:, None] + grow, second[None] + grow
    shared = _area(np.maximum(a[..., :2], b[..., :2]), np.minimum(a[..., 2:], b[..., 2:]))
    united = _area(a[..., :2], a[..., 2:]) + _area(b[..., :2], b[..., 2:]) - shared
    return np.divide(shared, united, out=np.zeros_like(shared), where=united > 0)


def assign(similarity: Array, least: float) -> tuple[Indices, Indices]:
    """Rows and columns of the one-to-one pairs with the largest sum of similarities, each at least `least`."""
    allowed = np.where(similarity >= least, similarity, 0.0)
    rows, columns = linear_sum_assignment(allowed, maximize=True)
    kept = allowed[rows, columns] > 0
    return rows[kept], columns[kept]


def associate(similarity: Array, scores: Array, high: float, low: float, least: float) -> Indices:
    """Two-stage association by score (ByteTrack, arXiv 2110.06864).

    Sure detections choose among all tracks first; unsure ones, often half hidden, may only continue a track that is
    left over. Detections below `low` are not used.

    Args:
        similarity: (N, M) of N tracks and M detections.
        scores: (M,) of the detections.
        high: least score of a sure detection.
        low: least score of an unsure one.
        least: least similarity of a pair.

    Returns:
        (M,) the row of each detection's track, or -1.
    """
    tracks = np.full(len(scores), -1, dtype=np.intp)
    free = np.arange(len(similarity))
    for stage in (scores >= high, (scores >= low) & (scores < high)):
        detections = np.flatnonzero(stage)
        rows, columns = assign(similarity[np.ix_(free, detections)], least)
        tracks[detections[columns]] = free[rows]
        free = np.delete(free, rows)
    return tracks


def _area(top_left: Array, bottom_right: Array) -> Array:
    sides = np.maximum(bottom_right - top_left, 0.0)
    return sides[..., 0] * sides[..., 1]
