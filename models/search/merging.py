"""The faces of several searches of one picture."""

from collections.abc import Sequence
from typing import cast

import numpy as np
import supervision as sv

from models.detector import OVERLAP

PART = 0.8  # of a box, inside a larger one: they are one face
SMALL = 0.25  # area of a part of a face, over the face's, at most
AS_SURE = 0.5  # score of a face, over that of what is taken for a part of it, at least


def merged(views: Sequence[sv.Detections]) -> sv.Detections:
    """The faces of several searches of one picture, the surest first; those of the first are seen from furthest away.

    Of boxes of two views, one within the other, only the surest is a face; or the larger, if it was seen from further
    away and the other, at most twice as sure, is a small part of it. Within a view the network itself has told faces
    that cover each other from one that is found twice.
    """
    together = sv.Detections.merge(list(views))
    boxes, scores = np.asarray(together.xyxy, np.float32), np.asarray(together.confidence, np.float32)
    view = np.repeat(np.arange(len(views)), [len(found) for found in views])
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    inside = sv.box_iou_batch(boxes, boxes, sv.OverlapMetric.IOS) > PART
    small = SMALL * area[:, None] > area
    same = (sv.box_iou_batch(boxes, boxes) > OVERLAP) | (inside & ~small & ~small.T & (view[:, None] != view))
    part = (inside & small & (view[:, None] < view) & (scores[:, None] >= AS_SURE * scores)).any(axis=0)
    kept: list[int] = []
    for index in np.argsort(-scores, kind="stable").tolist():
        if not part[index] and not same[index, kept].any():
            kept.append(index)
    return cast(sv.Detections, together[np.array(kept, int)])
