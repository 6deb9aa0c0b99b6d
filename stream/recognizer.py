"""Everything put together: a gallery, the three networks, and what can be done with them."""

import logging
import math
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import supervision as sv
from numpy.typing import NDArray

from db import Database, SearchIndex, Writers, default_url
from db.errors import TEMPORARY
from db.events.audience import Audience
from db.people.counting import picture_counts, totals
from db.search.asked import Near
from db.sightings import retention
from models.analysis import Analyzer, open_analyzer
from models.scores import person_scores
from stream.events.event import Tell, untold
from stream.evidence.liveness import Liveness
from stream.frame import View
from stream.gallery.calibration.calibration import stored
from stream.gallery.calibration.report import outgrown
from stream.gallery.calibration.threshold import (
    Thresholds,
    sure_threshold_for,
    threshold_for,
    unlike_threshold_for,
)
from stream.gallery.embedder import embedder_of, refuse_another
from stream.gallery.enroll import Enroller, Verdict
from stream.gallery.identify import Identified, identified
from stream.gallery.identity import Rule
from stream.pipeline.lookahead import LOOKAHEAD
from stream.pipeline.schedule import Schedule
from stream.pipeline.tracked_faces import tracked_faces
from stream.pipeline.workers import Look
from stream.sources.source import Source, open_source
from stream.unknowns.ignored import ignores
from stream.unknowns.joining import placing
from stream.unknowns.tidying import tidy_up
from stream.watching.feed import Feed, all_live
from stream.watching.live import Live
from stream.watching.pipelines import Pipelines
from stream.watching.recorded import recorded_views
from stream.watching.reporting import Reporting
from stream.watching.upkeep import Followed, Keep, Repeated, following, looked_after
from tracker import Track

log = logging.getLogger(__name__)

HOUR = 3600.0  # seconds
DAY = 24 * HOUR


class Recognizer:
    """Recognizes the people of a gallery in pictures and streams.

    >>> with Recognizer.open("people.db") as recognizer:
    ...     recognizer.enroll("Ada", ["ada.jpg"])
    ...     for view in recognizer.watch("rtsp://camera/stream"):
    ...         print(view.faces.data["name"])

    Args:
        threshold: cosine from which a face counts as a person, kept as `given`; None: see `open`.
        liveness: asked while it watches whether faces are living ones.
        near: asks those who hold the gallery, where it is not to be held here, as `stream.cluster.shards` does.
    """

    def __init__(
        self,
        database: Database,
        analyzer: Analyzer,
        threshold: float | None = None,
        liveness: Liveness | None = None,
        near: Near | None = None,
    ) -> None:
        self.database = database
        self.analyzer = analyzer
        self.given = threshold
        self.liveness = liveness
        ignoring = partial(ignores, database, analyzer.embedder.digest, lambda: analyzer.embedder.network.entry)
        self.index = SearchIndex(database, analyzer.embedder.digest, person_scores, ignoring, near)
        self._ruled: tuple[int, Rule] | None = None  # and the generation of the gallery that it is for

    @classmethod
    def open(
        cls,
        db: str | Path | None = None,
        detector: str | None = None,
        embedder: str | None = None,
        threshold: float | None = None,
        reading: bool = False,
        liveness: str | Path | None = None,
        near: Near | None = None,
    ) -> Self:
        """Open a gallery with the shipped networks, or with others.

        Args:
            db: an SQLite file or a database URL; by default the user's own gallery.
            detector: the name of a shipped one, or an ONNX file; see also `analyzer_for`.
            embedder: likewise; by default the one that made the gallery, see `embedder_of`.
            threshold: cosine from which a face counts as a person; by default as calibrated, or usual for that size.
            reading: whether the gallery is only asked, and stays as it is, whatever version it is of.
            liveness: an ONNX file that tells living faces from pictures; it is asked while cameras are watched.
            near: see `Recognizer`.

        Raises:
            ModelError: a network cannot be used, or there is no threshold for it.
            DatabaseError: the gallery cannot be opened, or was made with another embedder.
        """
        asked = None if liveness is None else Liveness.open(str(liveness))
        database = (Database.open_to_read if reading else Database.open)(db or default_url())
        try:
            used = embedder_of(database, embedder)
            refuse_another(database, used)
            analyzer = open_analyzer(detector, used)
            threshold_for(analyzer.embedder, database, threshold)  # better told now than in the middle of a picture
            return cls(database, analyzer, threshold, asked, near)
        except BaseException:
            database.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.database.close()

    @property
    def rule(self) -> Rule:
        """When a face gets a name; the threshold moves with the gallery."""
        try:
            generation = self.database.generation()
            if self._ruled is None or self._ruled[0] != generation:
                self._ruled = generation, Rule(threshold_for(self.analyzer.embedder, self.database, self.given))
        except TEMPORARY:
            if self._ruled is None:
                raise
        return self._ruled[1]  # while the database is away, that of before

    @property
    def enroller(self) -> Enroller:
        """What takes people into the gallery, by the thresholds in force."""
        return Enroller(self.database, self.analyzer, lambda: self.thresholds, self.index)

    @property
    def thresholds(self) -> Thresholds:
        """By which pictures are enrolled and checked, for the gallery as it is now."""
        usual = self.rule.threshold
        embedder = self.analyzer.embedder
        return Thresholds(
            usual,
            sure_threshold_for(embedder, self.database, usual),
            unlike_threshold_for(embedder, self.database, usual),
        )

    @property
    def unlike(self) -> float:
        """The one of `thresholds` below which two pictures are hardly of one person; it costs least to ask for."""
        return unlike_threshold_for(self.analyzer.embedder, self.database, self.rule.threshold)

    def enroll(self, name: str, pictures: Iterable[str | Path], force: bool = False) -> list[Verdict]:
        """Enrol pictures of one person; see `Enroller.pictures`."""
        return self.enroller.pictures(name, [Path(picture) for picture in pictures], force)

    def identify(self, image: NDArray[np.uint8], top: int = 5) -> list[Identified]:
        """The faces of a picture (H, W, 3 BGR), the largest first, each with the people most similar to it."""
        return identified(self.analyzer.faces(image, flip=True), self.index, self.rule, top)

    def look(self, image: NDArray[np.uint8]) -> sv.Detections:
        """The faces of a picture (H, W, 3 BGR), with names and the like in `data` as in a `View`."""
        found = self.identify(image)
        tracks = [Track(i, one.face.box, one.face.score, 0.0, 0.0, hits=1) for i, one in enumerate(found)]
        looks = [Look(track.id, track.seen, one.face) for track, one in zip(tracks, found, strict=True)]
        return tracked_faces(list(zip(tracks, [one.identity for one in found], strict=True)), looks)

    def analyzer_for(self, live: bool) -> Analyzer:
        """The networks that watch: recordings the same on any machine, cameras swift ones (`Analyzer.for_cameras`).

        Raises:
            ModelError: a network cannot be used.
        """
        return self._for_cameras if live else self.analyzer

    @cached_property
    def _for_cameras(self) -> Analyzer:
        return self.analyzer.for_cameras()

    def watch(
        self,
        source: str | Source,
        schedule: Schedule | None = None,
        lookahead: float = LOOKAHEAD,
        max_seconds: float = math.inf,
        snapshots: Path | None = None,
        tell: Tell = untold,
    ) -> Generator[View]:
        """Watch one source, which is what `open_source` takes, or gives; see `watch_all` and `Feed`."""
        opened = open_source(source) if isinstance(source, str) else source
        return self.watch_all([Feed(opened, schedule, lookahead, max_seconds, snapshots=snapshots)], tell)

    def watch_all(
        self, feeds: Sequence[Feed], tell: Tell = untold, keep_days: float = retention.DAYS
    ) -> Generator[View]:
        """Watch cameras at the same time, or recordings one after the other.

        Who was seen goes into the database, what is seen comes out as views. What has become too old in the database
        is erased at the start and every day. The sources are closed at the end.

        Args:
            tell: told of events.
            keep_days: for how many days things are kept; see `db.sightings.retention.prune`.

        Raises:
            StreamError: they cannot be watched together, one is a recording that cannot be read, a recording gave no
                frame, or no camera ever did.
            ModelError: a network cannot be used.
            DatabaseError: the log cannot be written.
        """
        live = Live(feeds) if all_live(feeds) else None
        with self.watching(live is not None, Reporting(Audience(tell), keep=Keep(keep_days))) as pipelines:
            views = recorded_views(pipelines, feeds) if live is None else live.views(pipelines)
            with closing(views):
                yield from (view for view in views if view is not None)

    @contextmanager
    def watching(self, live: bool, reporting: Reporting | None = None) -> Iterator[Pipelines]:
        """What a watch needs, within a `with` block; beside it, what is too old is erased, at the start and every day.

        Args:
            live: whether cameras are watched: what somebody enrols meanwhile is taken up beside them, and swapped in.
            reporting: what becomes of what is seen; by default it is stored, and nobody is told.
        """
        with ExitStack() as stack:
            analyzer = self.analyzer_for(live)
            place = placing(analyzer.embedder)
            wished = reporting or Reporting()
            tell = wished.audience.tell
            writers = Writers(self.database, place, wished.absence, wished.audience)
            writer = stack.enter_context(writers.new())
            if self.database.is_served:
                stack.enter_context(looked_after(writers))
            upkeep = partial(self._keep_up, wished.keep)
            stack.enter_context(Repeated(upkeep, DAY, "What is old stays for now"))
            tidying = partial(tidy_up, self.database, analyzer.embedder)
            stack.enter_context(Repeated(tidying, HOUR, "Strangers are not grouped anew"))
            if live:
                gallery = Followed(self.index, lambda: self.rule)
                stack.enter_context(following(gallery, self.database))
                yield Pipelines(analyzer, gallery.search, gallery.rule, writer, tell, self.liveness, gallery.generation)
            else:
                yield Pipelines(analyzer, self.index.search_namable, lambda: self.rule, writer, tell, self.liveness)

    def _keep_up(self, keep: Keep) -> None:
        self._say_if_outgrown()
        retention.prune(self.database, self.database.clock.now(), keep.days, keep.max_bytes)

    def _say_if_outgrown(self) -> None:
        calibration = None if self.given is not None else stored(self.database, self.analyzer.embedder.digest)
        if sentence := outgrown(calibration, *totals(picture_counts(self.database))):
            log.warning(sentence)
