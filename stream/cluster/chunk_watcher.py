"""What a worker does: watch one chunk after the other, and report who is seen."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from db.records import Event
from db.sightings.reports import Report, Reports
from models.runtime import cpus
from stream.cluster.chunk_source import ChunkSource
from stream.cluster.chunks import OVERLAP, Chunk
from stream.cluster.job import Job
from stream.cluster.shards import near_of
from stream.errors import SourceError
from stream.events.event import untold
from stream.frame import View
from stream.recognizer import Recognizer
from stream.watching.feed import Feed
from stream.watching.pipelines import Pipelines
from stream.watching.upkeep import Followed

AT_THE_END = math.inf  # when what the end of a chunk makes of those who are there is reported
Trajectory = dict[float, NDArray[np.float32]]
"""The boxes (4,) xyxy in pixels of a track, by the seconds of the frames."""


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """What was seen in a chunk.

    Attributes:
        reports: of who was seen, from `OVERLAP` before the chunk on; those of time `AT_THE_END` hold for whoever does
            not go on in the next chunk.
        head, tail: where those who have a sighting were in the `OVERLAP` before the chunk, and in its last seconds.
        frames, seconds: that were watched of the chunk itself.
        problems: what of it could not be read, in sentences.
        is_read: whether any of it could be read: what could not, as a disk that is away, is left for the next time.
    """

    reports: tuple[Report, ...]
    head: Mapping[int, Trajectory]
    tail: Mapping[int, Trajectory]
    frames: int = 0
    seconds: float = 0.0
    problems: tuple[str, ...] = ()
    is_read: bool = True


class ChunkWatcher:
    """Watches chunks with the gallery as it is when each is begun.

    Raises:
        ModelError: a network cannot be used.
        DatabaseError: the gallery cannot be read.
    """

    def __init__(self, job: Job) -> None:
        cv2.setNumThreads(cpus())
        self._job = job
        self._recognizer = Recognizer.open(
            job.db,
            job.detector,
            job.embedder,
            job.threshold,
            reading=True,
            liveness=job.liveness,
            near=near_of(job.shards, patience=None),
        )
        self._gallery = Followed(self._recognizer.index, lambda: self._recognizer.rule, live=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._recognizer.database.close()

    def watch(self, chunk: Chunk) -> Watched:
        """Watch a chunk.

        Raises:
            DatabaseError: the gallery cannot be read.
        """
        self._gallery.refresh()
        try:
            source = ChunkSource(chunk)
        except SourceError as error:
            return Watched((), {}, {}, problems=(str(error),), is_read=False)
        reports = Reports()
        seen = _Seen(chunk)
        pipelines = self._pipelines(reports)
        feed = Feed.of(source, self._job.wishes.get(source.name, self._job.common))
        detector = pipelines.detector({feed.name: feed.area}, feed)
        with pipelines.pipeline(feed, detector, pipelines.embedder()) as pipeline:
            try:
                for frame in source:
                    reports.t = frame.t
                    seen.note(pipeline.step(frame))
            except SourceError as error:
                source.problems.append(str(error))
            reports.t = AT_THE_END
        keys = _keys(reports)
        return Watched(
            tuple(reports.taken),
            _by_key(seen.head, keys),
            _by_key(seen.tail, keys),
            len(seen.times),
            seen.seconds,
            tuple(source.problems),
        )

    def _pipelines(self, reports: Reports) -> Pipelines:
        return Pipelines(
            self._recognizer.analyzer_for(live=False),
            self._gallery.search,
            self._gallery.rule,
            reports,
            untold,
            self._recognizer.liveness,
        )


class _Seen:
    """What is seen of a chunk.

    Attributes:
        times: of the frames of the chunk itself, in seconds.
        head, tail: by the numbers of tracks, where they were before the chunk, and in its last seconds.
    """

    def __init__(self, chunk: Chunk) -> None:
        self.times: list[float] = []
        self.head: dict[int, Trajectory] = {}
        self.tail: dict[int, Trajectory] = {}
        self._chunk = chunk

    def note(self, view: View) -> None:
        """Take down a frame, and where the tracks are."""
        t = view.frame.t
        if t < self._chunk.begins:
            _note(view, self.head)
        else:
            self.times.append(t)
        if t >= self._chunk.ends - OVERLAP:
            _note(view, self.tail)

    @property
    def seconds(self) -> float:
        """How long the frames are shown, the last one as long as the one before."""
        if len(self.times) < 2:
            return 0.0
        last = self.times[-1]
        before = self.times[-2]
        return 2 * last - before - self._chunk.begins


def _note(view: View, trajectories: dict[int, Trajectory]) -> None:
    """Take down where the tracks of a view are."""
    if len(view.faces):
        for track, box in zip(np.asarray(view.faces.tracker_id).tolist(), view.faces.xyxy, strict=True):
            trajectories.setdefault(track, {})[view.frame.t] = box


def _keys(reports: Reports) -> dict[int, int]:
    """The keys of the sightings of tracks, as events tell them."""
    noted = [(report.key, report.given[0]) for report in reports.taken if report.method == "note"]
    return {event.track: key for key, event in noted if isinstance(event, Event) and event.track and key}


def _by_key(trajectories: Mapping[int, Trajectory], keys: Mapping[int, int]) -> dict[int, Trajectory]:
    return {keys[track]: where for track, where in trajectories.items() if track in keys}
