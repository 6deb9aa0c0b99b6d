"""Stand-ins for the heavy parts: a detector and an analyzer that know what to answer."""

from collections.abc import Callable, Generator, Sequence
from datetime import UTC, datetime
from types import SimpleNamespace

import numpy as np
import supervision as sv
from numpy.typing import NDArray

from db import Match, Person
from models.analysis import Face
from stream.frame import Frame, View
from stream.gallery.identity import GradedLook, Rule, TrackEvidence
from stream.gallery.weighed import WeighedLook
from stream.pipeline.workers import Look, ScanResult
from stream.scan import Scan
from stream.service.watch.session import WatchSession
from stream.watching.feed import Feed
from tests.people import DIGEST
from tracker import Track
from tracker.association import inside

BOX = (100.0, 50.0, 160.0, 120.0)
ADA, BOB = (Person(i, name, datetime(2026, 1, 1, tzinfo=UTC), 3) for i, name in enumerate(("Ada", "Bob"), start=1))
RULE = Rule(threshold=0.5, margin=0.05, agree=2, slack=0.05, clear=1.0)  # no look alone is clear enough


def unit(*values: float) -> NDArray[np.float32]:
    """A unit vector (512,) that begins with these numbers."""
    vector = np.zeros(512, np.float32)
    vector[: len(values)] = values
    return vector / np.linalg.norm(vector)


def matches(ada: float, bob: float) -> list[Match]:
    """What a search finds that gives Ada and Bob these similarities."""
    return sorted([Match(ADA, ada), Match(BOB, bob)], key=lambda match: -match.similarity)


def found_by(queries: NDArray[np.float32]) -> list[list[Match]]:
    """A search in a gallery of Ada along the first axis and Bob along the second."""
    return [matches(float(query[0]), float(query[1])) for query in queries]


def make_face(
    embedding: NDArray[np.float32] | None,
    quality: float = 0.8,
    refused: str | None = None,
    box: Sequence[float] = BOX,
    crop: NDArray[np.uint8] | None = None,
    score: float = 0.9,
) -> Face:
    crop = np.full((112, 112, 3), 128, np.uint8) if crop is None else crop
    return Face(np.array(box, np.float32), score, np.ones((5, 2), np.float32), crop, embedding, quality, refused)


def weighed(
    track: int,
    face: Face,
    behind: Sequence[Face],
    image: NDArray[np.uint8] | None = None,
    masks: Sequence[NDArray[np.int64]] = (),
) -> WeighedLook:
    """A look at a track of which these faces are the evidence."""
    looks = tuple(GradedLook(one.quality, one.embedding) for one in behind if one.embedding is not None)
    return WeighedLook(track, 0.0, face, TrackEvidence(looks), RULE, image, masks)


def boxes(*found: Sequence[float]) -> sv.Detections:
    if not found:
        return sv.Detections(xyxy=np.empty((0, 4), np.float32), confidence=np.empty(0, np.float32))
    return sv.Detections(xyxy=np.array(found, np.float32), confidence=np.full(len(found), 0.9, np.float32))


class FakeDetector:
    """Answers each frame with what `see` finds where it is scanned, `delay` submissions later, as if it took 0.3 s."""

    waiting = None
    under_way = ()

    def __init__(self, see: Callable[[Frame], sv.Detections], delay: int = 0) -> None:
        self.submitted: list[Frame] = []
        self.scans: list[Scan] = []
        self._see, self._delay, self._taken = see, delay, 0

    def submit(self, frame: Frame, scan: Scan) -> None:
        self.submitted.append(frame)
        self.scans.append(scan)

    def finished(self) -> list[ScanResult]:
        ready = self.submitted[self._taken : max(0, len(self.submitted) - self._delay)]
        self._taken += len(ready)
        scans = self.scans[self._taken - len(ready) :]
        return [ScanResult(self._seen(*one), one[0].t, 0.3, one[1]) for one in zip(ready, scans, strict=False)]

    def _seen(self, frame: Frame, scan: Scan) -> sv.Detections:
        faces = self._see(frame)
        return faces[inside(faces.xyxy, scan.sight)]


class FakeEmbedder:
    """Answers each look with the face that `show` gives for the track."""

    waiting = None
    under_way = ()

    def __init__(self, show: Callable[[Track], Face]) -> None:
        self.submitted: list[tuple[Frame, list[Track]]] = []
        self._show = show
        self._finished: list[Look] = []

    def submit(self, frame: Frame, tracks: Sequence[Track]) -> None:
        self.submitted.append((frame, list(tracks)))
        self._finished += [Look(track.id, frame.t, self._show(track)) for track in tracks]

    def finished(self) -> list[Look]:
        finished, self._finished = self._finished, []
        return finished


class FakeAnalyzer:
    """Sees the same stranger everywhere.

    Args:
        twin: what `for_cameras` gives.
    """

    embedder = SimpleNamespace(digest=DIGEST, embed=lambda crops, flip: np.stack([unit(1)] * len(crops)))
    helpers = frozenset[int]()

    def __init__(self, twin: "FakeAnalyzer | None" = None) -> None:
        self.twin, self.used = twin, False
        self.detector = SimpleNamespace(threshold=0.5, scales=False, detect=self.detect)

    def for_cameras(self) -> "FakeAnalyzer":
        return self.twin or self

    def detect(self, image: NDArray[np.uint8], min_score: float, size: float) -> sv.Detections:
        self.used = True
        return boxes(BOX)

    def look(
        self, image: NDArray[np.uint8], boxes: NDArray[np.float32], scores: Sequence[float], flip: bool = False
    ) -> list[Face]:
        return [make_face(unit(1), box=box) for box in boxes]

    def faces(self, image: NDArray[np.uint8], flip: bool = False, main: bool = False) -> list[Face]:
        return [make_face(unit(1))]


def showing(views: Generator[View], feeds: Sequence[Feed] = ()) -> WatchSession:
    """A session that shows these views, wherever they come from."""
    session = WatchSession(None, feeds)
    session._views = lambda: views
    return session
