"""A look at a track once it is weighed, and whoever keeps something of such looks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from models.analysis import Face
from stream.gallery.identity import Rule, TrackEvidence

Image = NDArray[np.uint8]
Polygons = Sequence[NDArray[np.int64]]


@dataclass(frozen=True, slots=True, eq=False)
class WeighedLook:
    """A look at a track, and what is known of the track with it.

    Attributes:
        t: when it was, in seconds.
        evidence: of the track, with this look.
        rule: by which it was weighed.
        image: the picture (H, W, 3) in which it was; None: nothing of that is to be kept.
        masks: polygons (P, 2) in pixels of the picture; of what they touch nothing is to be kept.
    """

    track: int
    t: float
    face: Face
    evidence: TrackEvidence
    rule: Rule
    image: Image | None = None
    masks: Polygons = ()

    def is_behind(self, face: Face) -> bool:
        """Whether an earlier face of the track, or this one, is part of its evidence now: of others nothing is kept."""
        return any(look.embedding is face.embedding for look in self.evidence.looks)

    def is_masked(self) -> bool:
        """Whether a mask touches the face; one with dents counts as if it had none."""
        x1, y1, x2, y2 = (float(side) for side in self.face.box)
        corners = np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]], np.float32)
        hulls = (cv2.convexHull(np.asarray(mask, np.float32)) for mask in self.masks)
        return any(cv2.intersectConvexConvex(corners, hull)[0] > 0 for hull in hulls)


class Keeper(Protocol):
    """Keeps something of the looks at the tracks that are there."""

    def note(self, look: WeighedLook) -> None:
        """A track was looked at."""

    def keep(self, tracks: Collection[int]) -> None:
        """Forget every track but these."""
