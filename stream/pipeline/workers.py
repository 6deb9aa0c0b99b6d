"""The two kinds of heavy work, each behind `submit` and `finished`: finding faces, and embedding them.

These do the work in line, within `submit`: what is submitted is finished at once, in order. `stream.pipeline.threads`
runs them in threads instead.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar, cast

import numpy as np
import supervision as sv
from numpy.typing import NDArray

from models.analysis import Analyzer, Face
from models.detector import Detector
from models.search.pictures import PictureSearch
from stream.evidence.liveness import Liveness
from stream.frame import Frame
from stream.scan import Scan
from tracker import Track, boxes_of
from tracker.association import inside

Request = TypeVar("Request")
Result = TypeVar("Result", covariant=True)


class Worker(Protocol[Request, Result]):
    """Heavy work on frames: what is submitted is finished then or later."""

    @property
    def waiting(self) -> Request | None:
        """What was submitted and not begun yet: newer work takes its place. None if there is no such work."""

    @property
    def under_way(self) -> Sequence[Request]:
        """What was begun, and of which the results were not taken yet."""

    def submit(self, frame: Frame, request: Request, /) -> None:
        """Take work on."""

    def finished(self) -> Sequence[Result]:
        """What was done since the last call, oldest first."""


@dataclass(frozen=True, slots=True, eq=False)
class ScanResult:
    """The faces of one frame: boxes in pixels with `confidence`, the frame's time, and how long it took, in seconds.

    Where only a region was scanned, those are left out that may go on beyond it. `apart` are those that do not count,
    where there may be such.
    """

    faces: sv.Detections
    t: float
    seconds: float
    scan: Scan
    apart: sv.Detections | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A track's face, aligned, graded and embedded once, as it was at time `t` in seconds, and the frame it was in."""

    track: int
    t: float
    face: Face
    frame: Frame | None = None


class InLine(Generic[Request, Result]):
    """What workers have in common that have done their work when `submit` returns."""

    waiting: None = None
    under_way: Sequence[Request] = ()

    def __init__(self) -> None:
        self._finished: list[Result] = []

    def finished(self) -> list[Result]:
        """What was done since the last call, oldest first."""
        finished, self._finished = self._finished, []
        return finished


class DetectionWorker(InLine[Scan, ScanResult]):
    """Finds the faces of the frames submitted.

    Args:
        min_score: of a detection that is worth telling.
        search: how whole pictures are searched, where it is not the detector alone that does it.
        clock: seconds, never falling.
    """

    def __init__(
        self,
        detector: Detector,
        min_score: float,
        search: PictureSearch | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        super().__init__()
        self._detector = detector
        self._min_score = min_score
        self._search = search
        self._clock = clock

    def submit(self, frame: Frame, scan: Scan) -> None:
        """Find the faces of this frame, where and as closely as the scan says."""
        began = self._clock()
        faces = self._find(frame.image, scan)
        self._finished.append(ScanResult(faces, frame.t, self._clock() - began, scan))

    def _find(self, image: NDArray[np.uint8], scan: Scan) -> sv.Detections:
        if self._search is not None:
            return self._search.find(image, self._min_score)
        if scan.size is None or scan.region is None:
            return self._detector.detect(image, self._min_score, scan.size)
        x1, y1, x2, y2 = scan.region.box
        part = image[y1:y2, x1:x2]
        faces = self._detector.detect(part, self._min_score, scan.size * max(part.shape[:2]) / max(image.shape[:2]))
        faces.xyxy = boxes = np.asarray(faces.xyxy + np.array([x1, y1, x1, y1]), np.float32)
        return cast(sv.Detections, faces[inside(boxes, scan.region.sight)])


class EmbeddingWorker(InLine[Sequence[Track], Look]):
    """Aligns, grades and embeds the faces of tracks.

    Args:
        liveness: asked about each of them, too, where there is one.
    """

    def __init__(self, analyzer: Analyzer, liveness: Liveness | None = None) -> None:
        super().__init__()
        self._analyzer = analyzer
        self._liveness = liveness

    def submit(self, frame: Frame, tracks: Sequence[Track]) -> None:
        """Look at the faces of these tracks, whose boxes are those of this frame."""
        if not tracks:
            return
        faces = self._analyzer.look(frame.image, boxes_of(tracks), [track.score for track in tracks])
        if self._liveness is not None:
            faces = self._liveness.graded(frame.image, faces)
        self._finished += [Look(track.id, frame.t, face, frame) for track, face in zip(tracks, faces, strict=True)]
