"""What travels: a frame from its source, and a view of it for the sinks."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import supervision as sv
from numpy.typing import NDArray

from models.analysis import Face
from stream.scan import Scan


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of a source.

    Attributes:
        image: (H, W, 3) uint8 BGR.
        index: the source's own count from 0; a gap is a dropped frame.
        t: seconds of the video, or since a camera's start; never falls.
        camera: the source's name.
        arrived: a live source's clock at the frame's arrival in seconds; None for a recorded one.
        stretch: by how much the picture was made wider and higher than it came, for its pixels to be square.
    """

    image: NDArray[np.uint8]
    index: int
    t: float
    camera: str
    arrived: float | None = None
    stretch: tuple[float, float] = (1.0, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Recalled:
    """Where a face was in earlier frames, as is known only now.

    Attributes:
        track: its number; None: it is not to be shown, only to be hidden where strangers are.
        boxes: (4,) xyxy in pixels, by the time of the frame in seconds.
        gone: from when on it was not there, in seconds, before the frame that tells of it.
    """

    track: int | None
    boxes: Mapping[float, NDArray[np.floating]]
    gone: float = math.inf


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What is known of a frame when it is shown.

    Attributes:
        faces: boxes in pixels, `tracker_id`, and in `data`: `landmarks` (N, 5, 2) in pixels (NaN but where a look has
            just been finished), `name` (str or None), `state` ("unknown", "probable", "named"), `similarity` (cosine,
            NaN where none), `refused` (why the face was last not looked at, or None),
            `picture` (whether it is a picture's face).
        detected: whether the detector has just told of faces: of this frame, or, with a live source, of an earlier one.
            Elsewhere the boxes were carried on.
        shot: counts the cuts of the source before this frame.
        detection_seconds: how long the last detection took; None before the first.
        scan: why and at what size the source was scanned last.
        unseen: (N, 4) boxes of those without a name who are not shown: the detector has missed them for a while, but
            they may still be there; or they are where faces do not count, and strangers are to be unrecognizable.
        looks: by track, the good looks that are in memory of it, the best first.
        recalled: where faces were in earlier frames, if those are still held back (`stream.pipeline.lookahead`).
    """

    frame: Frame
    faces: sv.Detections
    detected: bool
    shot: int = 0
    detection_seconds: float | None = None
    scan: Scan | None = None
    unseen: NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 4), np.float32))
    looks: Mapping[int, tuple[Face, ...]] = field(default_factory=dict)
    recalled: Sequence[Recalled] = ()
