"""The pipelines of a watch, one for each feed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from db.sightings.reports import Reporter
from models.analysis import Analyzer
from models.search.pictures import PHOTOGRAPH, PictureSearch
from stream.events.event import Tell
from stream.evidence.accounts import Accounts
from stream.evidence.liveness import Liveness
from stream.evidence.pictures import NO_PICTURES, PictureFinder
from stream.gallery.identity import GallerySearch, Rule, named_since
from stream.gallery.judge import Judge
from stream.motion.shots import CutDetector, Shots
from stream.pipeline.bookkeeper import Bookkeeper
from stream.pipeline.pipeline import Pipeline
from stream.pipeline.whereabouts import Whereabouts
from stream.pipeline.workers import DetectionWorker, EmbeddingWorker, Look, ScanResult, Worker
from stream.pipeline.zones import WHOLE_PICTURE, Area, InZones
from stream.scan import Scan
from stream.sightings.announcer import PATIENCE, Announcer
from stream.sightings.sighting_log import CONFIRM, RARE, SightingLog, no_snapshot
from stream.sightings.snapshots import Snapshots
from stream.sightings.source_clock import SourceClock
from stream.unknowns.joining import Joining
from stream.unknowns.strangers import NO_STRANGERS, NoStrangers, Strangers
from stream.watching.feed import Feed
from tracker import Track, Tracker

UNSURE = 0.5  # of the detector's threshold: a detection of this score goes on with a track, but does not begin one


class Pipelines:
    """Makes the pipelines of a watch, which share what can be shared.

    Args:
        search: finds the people nearest to embeddings.
        rule: when a face gets a name; asked for at every look.
        writer: stores who was seen.
        tell: told of events.
        liveness: a network of the user's that tells living faces from pictures.
        generation: the gallery's; see `Judge`.
    """

    def __init__(
        self,
        analyzer: Analyzer,
        search: GallerySearch,
        rule: Callable[[], Rule],
        writer: Reporter,
        tell: Tell,
        liveness: Liveness | None = None,
        generation: Callable[[], int] = lambda: 0,
    ) -> None:
        self._analyzer = analyzer
        self._search = search
        self._rule = rule
        self.writer = writer
        self.tell = tell
        self._liveness = liveness
        self._generation = generation

    def detector(self, areas: Mapping[str, Area], recorded: Feed | None = None) -> Worker[Scan, ScanResult]:
        """What finds the faces that count.

        Args:
            areas: by the name of the source; those of cameras that come later are added to it.
            recorded: the recording or the pictures that it is for; None: cameras.
        """
        detector = self._analyzer.detector
        search = None if recorded is None else self._search_for(recorded)
        return InZones(DetectionWorker(detector, UNSURE * detector.threshold, search), areas)

    def _search_for(self, feed: Feed) -> PictureSearch | None:
        """How a feed is searched: photographs from several distances, recordings in tiles, if wished."""
        if feed.are_stills:  # in which a face may be of any size
            return PictureSearch(self._analyzer.detector, distances=PHOTOGRAPH, tiles=feed.tiles or "auto")
        if feed.tiles is None or feed.tiles == "off":
            return None
        return PictureSearch(self._analyzer.detector, distances=(1,), tiles=feed.tiles)

    @property
    def helpers(self) -> frozenset[int]:
        """The system's ids of the threads that help the networks."""
        return self._analyzer.helpers

    def embedder(self) -> Worker[Sequence[Track], Look]:
        """What aligns, grades and embeds the faces of tracks."""
        return EmbeddingWorker(self._analyzer, self._liveness)

    @contextmanager
    def pipeline(
        self, feed: Feed, detector: Worker[Scan, ScanResult], embedder: Worker[Sequence[Track], Look]
    ) -> Iterator[Pipeline]:
        """A pipeline that suits the feed; whoever is there when it is left, has left."""
        timing = feed.timing if self._analyzer.detector.scales else replace(feed.timing, sizes=())
        rule = self._rule_for(feed)
        strangers = self._strangers_of(feed, rule)
        accounts = Accounts(self._analyzer.embedder.digest, feed.keep_evidence, feed.learn)
        log = self._log_for(feed, accounts, strangers)
        try:
            yield Pipeline(
                detector,
                embedder,
                self._whereabouts(feed),
                Judge(self._search, rule, self._generation),
                Bookkeeper(log, [accounts, strangers], feed.area, feed.blur_unknown and feed.snapshots is not None),
                timing,
                Shots((lambda _: True) if feed.are_stills else CutDetector().is_cut),
                NO_PICTURES if feed.are_stills else PictureFinder(self._liveness.threshold if self._liveness else None),
            )
        finally:
            log.end()

    def _whereabouts(self, feed: Feed) -> Whereabouts:
        bystanders = self._tracker() if feed.blur_unknown and feed.area != WHOLE_PICTURE else None
        return Whereabouts(self._tracker(), bystanders, hindsight=feed.looks_ahead and not feed.are_stills)

    def _tracker(self) -> Tracker:
        threshold = self._analyzer.detector.threshold
        return Tracker(high=threshold, low=UNSURE * threshold)

    def _rule_for(self, feed: Feed) -> Callable[[], Rule]:
        """When a face of the feed gets a name; asked for at every look."""

        def rule() -> Rule:
            usual = self._rule()
            wanted = usual if feed.threshold is None else replace(usual, threshold=feed.threshold)
            return replace(wanted, agree=1, back_within=0.0) if feed.are_stills else wanted

        return rule

    def _log_for(self, feed: Feed, accounts: Accounts, strangers: Strangers | NoStrangers) -> SightingLog:
        dating = feed.source.dating
        began = dating.began if dating else self.writer.now()
        return SightingLog(
            self.writer,
            SourceClock(began, self.writer.now, recorded=dating is not None),
            Announcer(self.writer, self.tell, PATIENCE if self.writer.telling.by_visit else 0.0),
            accounts,
            strangers,
            Snapshots(feed.snapshots) if feed.snapshots else no_snapshot,
            _detections_to_confirm(feed),
        )

    def _strangers_of(self, feed: Feed, rule: Callable[[], Rule]) -> Strangers | NoStrangers:
        """What is kept of those who leave the feed without a name."""
        if not feed.keep_unknown:
            return NO_STRANGERS
        embedder = self._analyzer.embedder
        joining = Joining(embedder.network.entry)
        return Strangers(
            embedder.digest,
            joining.place,
            alike=lambda: rule().for_agreement.threshold,
            named_since=lambda evidence: named_since(evidence, self._search, rule()),
            portraits=not feed.blur_unknown,
        )


def _detections_to_confirm(feed: Feed) -> int:
    """How many make a track more than a flicker."""
    if feed.are_stills:
        return 1
    return RARE if feed.looks_ahead else CONFIRM
