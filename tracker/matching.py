"""Which track each detection of a frame continues."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracker.association import associate, beyond, inside, iou, likeness
from tracker.kalman import Array, BoxFilter, to_boxes
from tracker.trail import Trail

LEAST = 0.2  # likeness of a detection and the track that it continues
MARGIN = 2.0  # by which boxes are grown before they are compared, in standard deviations of the predicted centre
SURE = 0.5  # IoU from which a detection is taken to be of the track that was expected there


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """Which of N tracks each of M detections continues.

    Attributes:
        trails: the tracks.
        expected: (N, 4) their boxes at the time of the detections, before these are known.
        rows: (M,) the row of each detection's track, or -1.
        unlike: (M,) whether a detection continues a track that was expected elsewhere, and may be of something else.
    """

    trails: Sequence[Trail]
    expected: Array
    rows: NDArray[np.intp]
    unlike: NDArray[np.bool_]

    def looked_for(self, sight: Sequence[float], smallest: float, extent: Sequence[float]) -> set[int]:
        """The ids of the tracks that a scan had to find: of boxes within its sight, and not too small for it.

        One whose middle lies beyond the picture has left it, whatever its size: of a face that is cut off on its way
        out, a narrow strip is seen last.
        """
        large = np.prod(self.expected[:, 2:] - self.expected[:, :2], axis=1) >= smallest**2
        large |= beyond(self.expected, extent)
        return {self.trails[row].id for row in np.flatnonzero(inside(self.expected, sight) & large).tolist()}


def matched(
    trails: Sequence[Trail], boxes: Array, scores: Array, t: float, high: float, low: float, motion: BoxFilter
) -> Assignment:
    """Match detections of time `t`, in seconds, with tracks.

    A track of unknown or old motion is looked for further away, but unsure detections are taken as they are. One that
    overlaps little with where a track was expected continues it if no other does.

    Args:
        trails: of the tracks.
        boxes: (M, 4) of the detections.
        scores: (M,) of the detections.
        high, low: least scores of a sure and of an unsure detection.
        motion: tells how far a box may have gone.
    """
    latest = [trail.latest(t) for trail in trails]
    expected = to_boxes([step.state.after(t - step.t) for step in latest])
    margin = MARGIN * np.array([motion.spread(step.state, t - step.t) for step in latest])
    overlaps = iou(expected, boxes)
    likenesses = likeness(expected, boxes, np.outer(margin, scores >= high))
    likenesses += overlaps >= SURE  # a track that was expected there goes before one that is looked for widely
    rows = associate(likenesses, scores, high, low, LEAST)
    unlike = np.array([row >= 0 and overlaps[row, index] < SURE for index, row in enumerate(rows)], np.bool_)
    return Assignment(trails, expected, rows, unlike)
