"""Faces that nobody shall recognize, neither on the picture nor on what is kept of it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import supervision as sv
from numpy.typing import NDArray

from stream.frame import Frame
from stream.identity import Identity
from stream.recorder import Recorder
from tracker import Track

AROUND = 0.2  # of a box's width and height, made unrecognizable on each side of it: hair and ears are known by, too


def blurred(image: NDArray[np.uint8], boxes: NDArray[np.float32]) -> NDArray[np.uint8]:
    """A copy of the picture in which the faces in these boxes (N, 4), and what is next to them, are coarse pixels."""
    around = AROUND * np.tile(boxes[:, 2:] - boxes[:, :2], 2) * (-1, -1, 1, 1)
    return np.asarray(sv.PixelateAnnotator().annotate(image.copy(), sv.Detections(xyxy=boxes + around)), np.uint8)


class DiscreetRecorder(Recorder):
    """A recorder on whose pictures nobody is recognizable but those who are named."""

    def record(self, frame: Frame, tracks: Sequence[Track], identities: Sequence[Identity]) -> None:
        """Note who is in this frame."""
        strangers = [track.box for track, who in zip(tracks, identities, strict=True) if who.name is None]
        if strangers:
            frame = replace(frame, image=blurred(frame.image, np.stack(strangers)))
        super().record(frame, tracks, identities)
