"""Chunks of what a recorder writes in segments: those that follow each other are one recording."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from db.sightings.recordings import Progress, Recording
from stream.cluster.chunks import OVERLAP, Chunk, Part, cuts_of
from stream.cluster.recordings import Found
from stream.errors import SourceError

ROUNDED = 2.0  # seconds by which a segment's name and the end of the one before may differ: names are whole seconds
AT_WORK = timedelta(minutes=5)  # after the end of a segment, or the last change of a file, a recorder may go on


@dataclass(slots=True)
class _Run:
    """A recording that segments are added to.

    Attributes:
        begins: of the chunk that is made, in seconds of the recording.
        ends: of the last segment.
        segments: those of the chunk and of the `OVERLAP` before it, with their ends.
    """

    recording: Recording
    begins: float = 0.0
    ends: float = 0.0
    segments: list[tuple[Part, float]] = field(default_factory=list)

    def is_followed_by(self, moment: datetime) -> bool:
        """Whether a segment that begins at this moment, by its name, goes on where the last one ends."""
        return abs((moment - self.end).total_seconds()) <= ROUNDED

    @property
    def unwatched(self) -> float:
        """Seconds that are in no chunk yet."""
        return self.ends - self.begins

    @property
    def end(self) -> datetime:
        """The moment at which the last segment ends."""
        return self.recording.began + timedelta(seconds=self.ends)

    def add(self, segment: Part, seconds: float) -> None:
        self.ends = round(self.ends + seconds, 6)
        self.segments.append((segment, self.ends))

    def chunk(self, ends: float, last: bool, read: float) -> Chunk:
        """The chunk up to that time; the next one begins with it."""
        chunk = Chunk(self.recording, self.begins, ends, tuple(part for part, _ in self.segments), last, read)
        self.begins = ends
        self.segments = [(part, end) for part, end in self.segments if end > ends - OVERLAP]
        return chunk


def chunks_of_segments(
    found: Found, before: Progress | None, seconds: float, is_growing: bool, now: datetime, problems: list[str]
) -> Iterator[Chunk]:
    """The chunks of a recorder's segments, from where they were watched to.

    Args:
        before: the latest recording of them that was watched.
        seconds: that a chunk should have.
        is_growing: leave what has not its length yet for the next time, while the recorder may be at work.
        problems: takes what is wrong with segments, which are passed over.
    """
    first, run = _left_off(found, before)
    has_more = False
    for number in range(first, len(found.paths)):
        moment = found.moments[number]
        path = found.paths[number]
        read = number / len(found.paths)
        try:
            cuts = cuts_of(path)
        except SourceError as error:
            problems.append(str(error))
            continue
        if run is not None and not run.is_followed_by(moment):
            yield run.chunk(run.ends, True, read)
            run = None
        elif run is not None and run.unwatched >= seconds:
            has_more = True
            yield run.chunk(run.ends, False, read)
        run = run or _Run(Recording(found.place, found.camera, moment))
        run.add(Part(path, run.ends, cuts.origin), cuts.seconds)
    if run is None:
        return
    if not is_growing or now - run.end > AT_WORK:
        yield run.chunk(run.ends, True, 1.0)
        return
    if run.unwatched >= seconds:
        has_more = True
        yield run.chunk(run.ends, False, 1.0)
    if has_more:
        yield run.chunk(run.begins, False, 1.0)  # empty: it only tells who goes on from the one before


def _left_off(found: Found, before: Progress | None) -> tuple[int, _Run | None]:
    """The number of the first segment that is not watched, and the recording that it may go on with."""
    if before is None:
        return 0, None
    watched_to = before.recording.began + timedelta(seconds=before.watched)
    first = bisect_left(found.moments, watched_to - timedelta(seconds=ROUNDED))
    return first, None if before.ended else _resumed(found, first, before)


def _resumed(found: Found, first: int, before: Progress) -> _Run:
    """A recording of which the segments before the first are watched; the last of them shows who was there."""
    run = _Run(before.recording, before.watched, before.watched)
    if first:
        try:
            cuts = cuts_of(found.paths[first - 1])
        except SourceError:
            return run
        run.ends = round(before.watched - cuts.seconds, 6)
        if run.is_followed_by(found.moments[first - 1]):
            run.add(Part(found.paths[first - 1], run.ends, cuts.origin), cuts.seconds)
        run.ends = before.watched
    return run
