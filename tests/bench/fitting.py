"""How the boxes that are shown fit: what the detector finds with all the time that it wants, and the truth."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tests.bench.common import Row
from tracker.association import assign, iou
from training.evaluate.tracking import Clip

SAME = 0.5  # IoU from which a face counts as shown
TOUCHING = 0.01  # IoU from which a box has anything to do with a face

Floats = NDArray[np.float64]


class ByDetector:
    """Compares shown boxes with the detector's own in each frame: what is lost by not always searching everywhere.

    Args:
        threshold: score of the detections that should be shown. A box on one that is less sure stands on something.
    """

    def __init__(self, clip: Clip, threshold: float) -> None:
        self._detections = clip.detections
        self._threshold = threshold
        self._fits: list[float] = []
        self._found = self._there = 0

    def shown(self, index: int, boxes: NDArray[np.floating]) -> None:
        """Take in the boxes (N, 4) that are shown in frame `index`."""
        detections = self._detections[index]
        sure = detections.scores >= self._threshold
        best, covered = fit(boxes.astype(np.float64), detections.xyxy)
        self._fits += best
        self._found, self._there = self._found + int(covered[sure].sum()), self._there + int(sure.sum())

    def figures(self) -> Row:
        """Sure detections that are shown, the IoU of boxes with theirs, and boxes that no detection belongs to."""
        overlaps = np.array(self._fits)
        return {
            "faces shown %": 100 * self._found / self._there,
            "mean IoU": float(overlaps[overlaps > 0].mean()),
            "nothing there %": 100 * float((overlaps == 0).mean()),
        }


class ByTruth:
    """Compares shown boxes with the composed clip's exact truth: what the detector misses or imagines counts, too."""

    def __init__(self, clip: Clip) -> None:
        self._clip = clip
        self._overlaps: list[float] = []
        self._found = self._there = self._nothing = self._boxes = 0

    def shown(self, index: int, boxes: NDArray[np.floating]) -> None:
        """Take in the boxes (N, 4) that are shown in frame `index`."""
        boxes, truth, ignored = boxes.astype(np.float64), self._clip.truth[index].xyxy, self._clip.ignored[index].xyxy
        best, covered = fit(boxes, truth)
        touched = iou(boxes, np.concatenate([truth, ignored])).max(axis=1, initial=0.0) >= TOUCHING
        self._overlaps += [overlap for overlap in best if overlap > 0]
        self._found, self._there = self._found + int(covered.sum()), self._there + len(truth)
        self._nothing, self._boxes = self._nothing + int((~touched).sum()), self._boxes + len(boxes)

    def figures(self) -> Row:
        """True faces that are shown, the IoU of boxes with theirs, and boxes that touch neither a true nor a hidden
        face."""
        return {
            "true faces shown %": 100 * self._found / self._there,
            "true IoU": float(np.mean(self._overlaps)),
            "truly nothing %": 100 * self._nothing / self._boxes,
        }


def every_frame(clip: Clip, threshold: float, columns: Sequence[str]) -> Row:
    """A row of what the detector shows that searches every frame and follows nobody, by the truth alone.

    Args:
        threshold: score of what it shows.
        columns: of the row; those that have nothing to say here are empty.
    """
    truth = ByTruth(clip)
    for index, found in enumerate(clip.detections):
        truth.shown(index, found.xyxy[found.scores >= threshold])
    return {**dict.fromkeys(columns), "search": "every frame, nobody followed", **truth.figures()}


def fit(shown: Floats, faces: Floats) -> tuple[list[float], NDArray[np.bool_]]:
    """The IoU of each shown box (N, 4) with the face that it belongs to, 0 where it has none, and which of those (M, 4)
    are shown."""
    overlap = iou(shown, faces)
    rows, columns = assign(overlap, TOUCHING)
    best, covered = np.zeros(len(shown)), np.zeros(len(faces), bool)
    best[rows] = overlap[rows, columns]
    covered[columns] = overlap[rows, columns] >= SAME
    return best.tolist(), covered
