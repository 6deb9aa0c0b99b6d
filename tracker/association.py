"""Which detection continues which track: pure functions over arrays of boxes (xyxy, pixels)."""

from collections.abc import Sequence

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
        margin: pixels, one for all or (N, M): how far the boxes of a pair are grown on every side before they are
            compared, so that small fast boxes still meet (arXiv 2211.14317).

    Returns:
        (N, M) in 0..1.
    """
    grown = 2 * np.asarray(margin)
    width = np.minimum.outer(first[:, 2], second[:, 2]) - np.maximum.outer(first[:, 0], second[:, 0]) + grown
    height = np.minimum.outer(first[:, 3], second[:, 3]) - np.maximum.outer(first[:, 1], second[:, 1]) + grown
    intersection = np.maximum(width, 0.0) * np.maximum(height, 0.0)
    return _ratio(intersection, _area(first[:, None], grown) + _area(second[None], grown) - intersection)


def likeness(tracks: Array, detections: Array, margin: Array) -> Array:
    """How well each detection (M, 4) continues each track (N, 4), as (N, M) in 0..1.

    It is the IoU with a margin (N, M), times the ratio of the smaller area to the larger, which the margin hides.
    """
    ours, theirs = _area(tracks)[:, None], _area(detections)[None]
    return iou(tracks, detections, margin) * _ratio(np.minimum(ours, theirs), np.maximum(ours, theirs))


def inside(boxes: NDArray[np.floating], part: Sequence[float]) -> NDArray[np.bool_]:
    """Which boxes (N, 4) lie wholly in a part of the picture, xyxy, as (N,)."""
    return np.asarray((boxes[:, :2] >= part[:2]).all(axis=1) & (boxes[:, 2:] <= part[2:]).all(axis=1))


def beyond(boxes: NDArray[np.floating], extent: Sequence[float]) -> NDArray[np.bool_]:
    """Which boxes (N, 4) have their middle outside a picture of this width and height, as (N,)."""
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    return np.asarray(((middle < 0) | (middle > extent)).any(axis=1))


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


def _area(boxes: Array, grown: Array | float = 0.0) -> Array:
    """Areas of boxes (..., 4) whose sides are longer by `grown`."""
    width, height = boxes[..., 2] - boxes[..., 0] + grown, boxes[..., 3] - boxes[..., 1] + grown
    return np.maximum(width, 0.0) * np.maximum(height, 0.0)


def _ratio(part: Array, whole: Array) -> Array:
    """part / whole, and 0 where there is nothing."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
