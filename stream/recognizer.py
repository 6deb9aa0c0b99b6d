"""Everything put together: a gallery, the three networks, and what can be done with them."""

import math
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import supervision as sv
from numpy.typing import NDArray

from db import Database, SearchIndex, SightingWriter, default_url, prune
from models.analysis import Analyzer
from models.detector import Detector
from models.embedder import Embedder
from models.errors import ModelError
from models.landmarks import Landmarker
from models.manifest import find, shipped
from models.quality import Limits
from models.runtime import Network
from stream.beside import Beside
from stream.cuts import CutDetector
from stream.detections import as_detections
from stream.enroll import Enroller, Verdict
from stream.errors import StreamError
from stream.frame import View
from stream.identify import Identified
from stream.identity import UNKNOWN, Judge, Rule, decide
from stream.lookahead import LookAhead
from stream.pipeline import Pipeline
from stream.recorded import Pictures
from stream.recorder import CONFIRM, Recorder, no_snapshot
from stream.schedule import LIVE, RECORDED, Schedule
from stream.snapshots import Snapshots
from stream.sources import Source, ended_after, open_source
from stream.workers import Detection, Found, Look, Looks, Worker
from tracker import Track, Tracker

DAY = 86_400.0  # seconds
UNSURE = 0.5  # of the detector's threshold: a detection of this score goes on with a track, but does not begin one


class Recognizer:
    """Recognizes the people of a gallery in pictures and streams.

    >>> with Recognizer.open("people.db") as recognizer:
    ...     recognizer.enroll("Ada", ["ada.jpg"])
    ...     for view in recognizer.watch("rtsp://camera/stream"):
    ...         print(view.faces.data["name"])

    Args:
        rule: when a face gets a name.
    """

    def __init__(self, database: Database, analyzer: Analyzer, rule: Rule) -> None:
        self.database = database
        self.analyzer = analyzer
        self.rule = rule
        self.index = SearchIndex(database, analyzer.embedder.digest)
        self.enroller = Enroller(database, analyzer, rule.threshold)

    @classmethod
    def open(
        cls,
        db: str | Path | None = None,
        detector: str | None = None,
        embedder: str | None = None,
        threshold: float | None = None,
    ) -> Self:
        """Open a gallery with the shipped networks, or with others.

        Args:
            db: an SQLite file or a database URL; by default the user's own gallery.
            detector: the name of a shipped detector, or an ONNX file.
            embedder: likewise.
            threshold: cosine from which a face counts as a person; by default the embedder's own.

        Raises:
            ModelError: a network cannot be used, or there is no threshold for it.
            DatabaseError: the gallery cannot be opened, or was made with another embedder.
        """
        analyzer = open_analyzer(detector, embedder)
        rule = Rule(threshold_for(analyzer.embedder, threshold))
        database = Database.open(db or default_url())
        try:
            return cls(database, analyzer, rule)
        except BaseException:
            database.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.database.close()

    def enroll(self, name: str, pictures: Iterable[str | Path], force: bool = False) -> list[Verdict]:
        """Enrol pictures of one person; see `Enroller.pictures`."""
        return self.enroller.pictures(name, [Path(picture) for picture in pictures], force)

    def enroll_shown(self, view: View, row: int, name: str) -> Verdict:
        """Enrol a face of a view, by its row in `view.faces`.

        Raises:
            DatabaseError: the gallery cannot take it.
        """
        assert view.faces.confidence is not None
        box, score = np.asarray(view.faces.xyxy[[row]], np.float32), view.faces.confidence[[row]]
        face = self.analyzer.look(view.frame.image, box, score, flip=True)[0]
        if face.refused is not None:
            return Verdict(name, view.frame.camera, face.refused)
        return self.enroller.face(name, face, view.frame.camera)

    def identify(self, image: NDArray[np.uint8], top: int = 5) -> list[Identified]:
        """The faces of a picture (H, W, 3 BGR), the largest first, each with the people most similar to it."""
        faces = self.analyzer.faces(image, flip=True)
        return [
            Identified(face, [] if face.embedding is None else self.index.search(face.embedding[None], top)[0])
            for face in faces
        ]

    def look(self, image: NDArray[np.uint8]) -> sv.Detections:
        """The faces of a picture (H, W, 3 BGR), with names and the like in `data` as in a `View`."""
        found = self.identify(image)
        rule = replace(self.rule, agree=1)  # a picture gives no second look
        tracks = [Track(i, one.face.box, one.face.score, 0.0, 0.0, hits=1) for i, one in enumerate(found)]
        identities = [replace(decide(UNKNOWN, 0, one.matches, rule)[0], refused=one.face.refused) for one in found]
        looks = [Look(track.id, track.seen, one.face) for track, one in zip(tracks, found, strict=True)]
        return as_detections(list(zip(tracks, identities, strict=True)), looks)

    def watch(
        self,
        source: str | Source,
        schedule: Schedule | None = None,
        lookahead: float = 2.0,
        max_seconds: float = math.inf,
        snapshots: Path | None = None,
    ) -> Generator[View]:
        """Watch a source; who was seen goes into the database, what is seen comes out as views.

        What has become too old in the database is erased at the start and every day.

        Args:
            source: what `open_source` takes, or gives; it is closed at the end.
            lookahead: seconds of video by which the views of a recording follow its reading, so that a name decided
                meanwhile labels them already; those of a camera follow at once.
            max_seconds: end after so many seconds of the source.
            snapshots: a folder for pictures of those who are named.

        Raises:
            StreamError: the source cannot be read, or never gave a frame.
            DatabaseError: the log cannot be written.
        """
        opened = open_source(source) if isinstance(source, str) else source
        with ExitStack() as stack:
            stack.enter_context(closing(opened))
            stack.enter_context(ended_after(max_seconds, opened))
            writer = stack.enter_context(SightingWriter(self.database))
            pipeline = stack.enter_context(self._pipeline(opened, writer, schedule, snapshots))
            ahead = LookAhead(0.0 if opened.live else lookahead)
            frame, pruned = None, -math.inf
            for frame in opened:
                if frame.t >= max_seconds:
                    break
                if frame.t >= pruned + DAY:
                    prune(self.database, datetime.now(UTC))
                    pruned = frame.t
                yield from ahead.push(pipeline.step(frame))
            yield from ahead.flush()
            if frame is None:
                raise StreamError(opened.problem or f"{opened.name} gave no picture within {max_seconds:.0f} seconds.")

    @contextmanager
    def _pipeline(
        self, source: Source, writer: SightingWriter, schedule: Schedule | None, snapshots: Path | None
    ) -> Iterator[Pipeline]:
        """A pipeline that suits the source."""
        stills = isinstance(source, Pictures)  # every picture stands alone: one detection and one look must do
        detector = self.analyzer.detector
        low = UNSURE * detector.threshold
        detection: Worker[Found] = Detection(detector, low)
        looks: Worker[Look] = Looks(self.analyzer)
        with ExitStack() as stack:
            if source.live:
                detection, looks = stack.enter_context(Beside(detection)), stack.enter_context(Beside(looks))
            yield Pipeline(
                detection,
                looks,
                Tracker(high=detector.threshold, low=low),
                Judge(self.index.search, replace(self.rule, agree=1) if stills else self.rule),
                Recorder(
                    writer,
                    started=datetime.now(UTC),
                    snapshot=Snapshots(snapshots) if snapshots else no_snapshot,
                    confirm=1 if stills else CONFIRM,
                ),
                schedule or (LIVE if source.live else RECORDED),
                is_cut=(lambda _: True) if stills else CutDetector().is_cut,
            )


def threshold_for(embedder: Embedder, wanted: float | None = None) -> float:
    """The cosine from which two faces count as the same person: the wanted one, or the embedder's own.

    Raises:
        ModelError: there is neither.
    """
    threshold = embedder.network.entry.threshold if wanted is None else wanted
    if threshold is None:
        raise ModelError(f"The embedder {embedder.network.entry.name} has no threshold of its own: give --threshold.")
    return threshold


def open_analyzer(detector: str | None = None, embedder: str | None = None) -> Analyzer:
    """The shipped networks, or others, ready to look at pictures.

    Raises:
        ModelError: a network is missing, altered or cannot be used.
    """
    finder = Detector(Network(find("detection", detector)))
    landmarks = shipped("landmarks")
    certain = Limits() if landmarks.threshold is None else Limits(uncertainty=landmarks.threshold)
    return Analyzer(
        finder,
        Landmarker(Network(landmarks)),
        Embedder(Network(find("embedding", embedder))),
        replace(certain, score=finder.threshold),
    )
