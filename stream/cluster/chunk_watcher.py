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
from stream.feed import Feed
from stream.frame import View
from stream.pipelines import Pipelines
from stream.recognizer import Recognizer
from stream.upkeep import Followed

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
        problem: what of it could not be read, in a sentence.
        is_read: whether any of it could be read: what could not, as a disk that is away, is left for the next time.
    """

    reports: tuple[Report, ...]
    head: Mapping[int, Trajectory]
    tail: Mapping[int, Trajectory]
    frames: int = 0
    seconds: float = 0.0
    problem: str | None = None
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
            return Watched((), {}, {}, problem=str(error), is_read=False)
        reports, times = Reports(), list[float]()
        head, tail = dict[int, Trajectory](), dict[int, Trajectory]()
        pipelines = Pipelines(
            self._recognizer.analyzer_for(live=False),
            self._gallery.search,
            self._gallery.rule,
            reports,
            untold,
            self._recognizer.liveness,
        )
        feed = Feed.of(source, self._job.wishes.get(source.name, self._job.common))
        detector = pipelines.detector({feed.name: feed.area}, feed)
        with pipelines.pipeline(feed, detector, pipelines.embedder()) as pipeline:
            try:
                for frame in source:
                    reports.t = frame.t
                    view = pipeline.step(frame)
                    if frame.t < chunk.begins:
                        _note(view, head)
                    else:
                        times.append(frame.t)
                    if frame.t >= chunk.ends - OVERLAP:
                        _note(view, tail)
            except SourceError as error:
                source.problem = str(error)
            reports.t = AT_THE_END
        keys = _keys(reports)
        return Watched(
            tuple(reports.taken),
            _by_key(head, keys),
            _by_key(tail, keys),
            len(times),
            2 * times[-1] - times[-2] - chunk.begins if len(times) > 1 else 0.0,  # the last is shown for a while, too
            source.problem,
        )


def _note(view: View, paths: dict[int, Trajectory]) -> None:
    """Take down where the tracks of a view are."""
    if len(view.faces):
        for track, box in zip(np.asarray(view.faces.tracker_id).tolist(), view.faces.xyxy, strict=True):
            paths.setdefault(track, {})[view.frame.t] = box


def _keys(reports: Reports) -> dict[int, int]:
    """The keys of the sightings of tracks, as events tell them."""
    noted = [(report.key, report.given[0]) for report in reports.taken if report.method == "note"]
    return {event.track: key for key, event in noted if isinstance(event, Event) and event.track and key}


def _by_key(paths: Mapping[int, Trajectory], keys: Mapping[int, int]) -> dict[int, Trajectory]:
    return {keys[track]: path for track, path in paths.items() if track in keys}
