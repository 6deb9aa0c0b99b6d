"""The two kinds of heavy work, each behind `submit` and `finished`: finding faces, and looking at them.

These do the work in line, within `submit`: what is submitted is finished at once, in order. `stream.pipeline.threads`
runs them in threads instead.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, cast

import numpy as np
import supervision as sv
from numpy.typing import NDArray

from models.analysis import Analyzer, Face
from models.detector import Detector
from stream.frame import Frame
from stream.search import Search
from tracker import Track
from tracker.association import inside

Result = TypeVar("Result", covariant=True)


class Worker(Protocol[Result]):
    """Heavy work: what is submitted is finished then or later."""

    @property
    def waiting(self) -> bool:
        """Whether submitted work was not begun yet, so that newer work takes its place."""

    @property
    def busy(self) -> bool:
        """Whether work was begun whose results were not taken yet."""

    def submit(self, *work: Any) -> None:
        """Take work on."""

    def finished(self) -> Sequence[Result]:
        """What was done since the last call, oldest first."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The faces of one frame: boxes in pixels with `confidence`, the frame's time, and how long it took, in seconds.

    Where only a region was searched, those are left out that may go on beyond it.
    """

    faces: sv.Detections
    t: float
    seconds: float
    search: Search


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One look at a track's face, at time `t` in seconds."""

    track: int
    t: float
    face: Face


class Detection:
    """Finds the faces of the frames submitted.

    Args:
        min_score: of a detection that is worth telling.
        portraits: whether faces may fill the picture, as in photographs.
        clock: seconds, never falling.
    """

    waiting = busy = False  # between two calls

    def __init__(
        self,
        detector: Detector,
        min_score: float,
        portraits: bool = False,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._detector = detector
        self._min_score = min_score
        self._portraits = portraits
        self._clock = clock
        self._finished: list[Found] = []

    def submit(self, frame: Frame, search: Search) -> None:
        """Find the faces of this frame, where and as closely as the search says."""
        began = self._clock()
        faces = self._find(frame.image, search)
        self._finished.append(Found(faces, frame.t, self._clock() - began, search))

    def finished(self) -> list[Found]:
        """What was found since the last call, oldest first."""
        finished, self._finished = self._finished, []
        return finished

    def _find(self, image: NDArray[np.uint8], search: Search) -> sv.Detections:
        if self._portraits:
            return self._detector.detect_portraits(image, self._min_score)
        if search.size is None or search.region is None:
            return self._detector.detect(image, self._min_score, search.size)
        x1, y1, x2, y2 = search.region.box
        part = image[y1:y2, x1:x2]
        faces = self._detector.detect(part, self._min_score, search.size * max(part.shape[:2]) / max(image.shape[:2]))
        faces.xyxy = boxes = np.asarray(faces.xyxy + np.array([x1, y1, x1, y1]), np.float32)
        return cast(sv.Detections, faces[inside(boxes, search.region.sight)])


class Looks:
    """Aligns, grades and embeds the faces of tracks."""

    waiting = busy = False  # between two calls

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._finished: list[Look] = []

    def submit(self, frame: Frame, tracks: Sequence[Track]) -> None:
        """Look at the faces of these tracks, whose boxes are those of this frame."""
        if not tracks:
            return
        boxes = np.stack([track.box for track in tracks])
        faces = self._analyzer.look(frame.image, boxes, [track.score for track in tracks])
        self._finished += [Look(track.id, frame.t, face) for track, face in zip(tracks, faces, strict=True)]

    def finished(self) -> list[Look]:
        """The looks since the last call."""
        finished, self._finished = self._finished, []
        return finished
