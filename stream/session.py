"""From sources to views: recordings one after the other, cameras at the same time."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from db import SightingWriter
from models.analysis import Analyzer
from stream.errors import StreamError
from stream.events.event import Tell
from stream.events.recorder import CONFIRM, Recorder, no_snapshot
from stream.events.snapshots import Snapshots
from stream.frame import View
from stream.gallery.identity import Rule, Search
from stream.gallery.judge import Judge
from stream.pipeline.cuts import CutDetector
from stream.pipeline.lookahead import LookAhead
from stream.pipeline.pipeline import Pipeline
from stream.pipeline.priority import display_first
from stream.pipeline.threads import Shared
from stream.pipeline.workers import Detection, Found, Look, Looks, Worker
from stream.pipeline.zones import InZones
from stream.sources.camera import AWAY, Camera
from stream.sources.multiplex import newest_of
from stream.sources.recording import Pictures
from stream.watched import Watched, all_live
from tracker import Tracker

UNSURE = 0.5  # of the detector's threshold: a detection of this score goes on with a track, but does not begin one


class Views:
    """Carries frames through pipelines that share what can be shared.

    Args:
        search: finds the people nearest to embeddings.
        rule: when a face gets a name; asked for at every look.
        writer: stores who was seen.
        tell: told of events.
    """

    def __init__(
        self, analyzer: Analyzer, search: Search, rule: Callable[[], Rule], writer: SightingWriter, tell: Tell
    ) -> None:
        self._analyzer = analyzer
        self._search = search
        self._rule = rule
        self._writer = writer
        self._tell = tell

    def of(self, watched: Sequence[Watched]) -> Generator[View]:
        """The views of cameras, taken together, or of recordings, one after the other.

        Raises:
            StreamError: they cannot be watched together, one is a recording that cannot be read, a recording gave no
                frame, or no camera ever did.
        """
        if all_live(watched):
            yield from self._of_cameras(watched)
        else:
            for one in watched:
                yield from self._of_recording(one)

    def _of_recording(self, watched: Watched) -> Generator[View]:
        """Every frame, in order."""
        ahead, given = LookAhead(watched.lookahead), False
        with self._pipeline(watched, self._detection([watched]), Looks(self._analyzer)) as pipeline:
            for frame in watched.source:
                if frame.t >= watched.max_seconds:
                    break
                given = True
                yield from ahead.push(pipeline.step(frame))
            yield from ahead.flush()
        if not given:
            raise StreamError(watched.without_picture())

    def _of_cameras(self, watched: Sequence[Watched]) -> Generator[View]:
        """The newest frame of each camera in its turn; one detector and one embedder, each in its thread, serve all."""
        cameras = {one.source.name: one.source for one in watched if isinstance(one.source, Camera)}
        limits = {one.source.name: one.max_seconds for one in watched}
        given = False
        with ExitStack() as stack:
            stack.enter_context(display_first())
            detection = stack.enter_context(Shared(self._detection(watched)))
            looks = stack.enter_context(Shared(Looks(self._analyzer)))
            pipelines = {
                one.source.name: stack.enter_context(self._pipeline(one, detection.for_camera(), looks.for_camera()))
                for one in watched
            }
            for frame in newest_of(
                list(cameras.values()), lambda camera: pipelines[camera.name].pause("It has ended.")
            ):
                if frame is not None and frame.t < limits[frame.camera]:
                    given = True
                    yield pipelines[frame.camera].step(frame)
                for name, camera in cameras.items():
                    if camera.state in AWAY and (frame is None or frame.camera != name):
                        pipelines[name].pause("The camera gave no picture any more.")
        if not given:
            raise StreamError(" ".join(one.without_picture() for one in watched))

    def _detection(self, watched: Sequence[Watched]) -> Worker[Found]:
        stills = all(isinstance(one.source, Pictures) for one in watched)
        everywhere = Detection(self._analyzer.detector, UNSURE * self._analyzer.detector.threshold, portraits=stills)
        return InZones(everywhere, {one.source.name: one.area for one in watched})

    @contextmanager
    def _pipeline(self, watched: Watched, detection: Worker[Found], looks: Worker[Look]) -> Iterator[Pipeline]:
        """A pipeline that suits the source; whoever is there when it is left, has left."""
        stills = isinstance(watched.source, Pictures)  # each stands alone: one detection and one look must do
        threshold = self._analyzer.detector.threshold
        timing = watched.timing if self._analyzer.detector.scales else replace(watched.timing, sizes=())

        def rule() -> Rule:
            usual = self._rule()
            wanted = usual if watched.threshold is None else replace(usual, threshold=watched.threshold)
            return replace(wanted, agree=1, back_within=0.0) if stills else wanted

        recorder = Recorder(
            self._writer,
            started=datetime.now(UTC),
            snapshot=Snapshots(watched.snapshots) if watched.snapshots else no_snapshot,
            confirm=1 if stills else CONFIRM,
            tell=self._tell,
        )
        try:
            yield Pipeline(
                detection,
                looks,
                Tracker(high=threshold, low=UNSURE * threshold),
                Judge(self._search, rule),
                recorder,
                timing,
                is_cut=(lambda _: True) if stills else CutDetector().is_cut,
                discreet=watched.blur_unknown and watched.snapshots is not None,
            )
        finally:
            recorder.end()
