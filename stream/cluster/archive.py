"""An archive is watched: what is left to do, by whom it is done, and what came of it."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from db.schema.tables import utc_now
from db.sightings.recordings import Progress, Recording, Recordings
from stream.cluster.chunk_watcher import Watched
from stream.cluster.chunks import USUAL, Chunk, chunks_of_file
from stream.cluster.job import Job
from stream.cluster.recordings import Found, changed, recording_of
from stream.cluster.segments import AT_WORK, chunks_of_segments
from stream.cluster.stitching import stitched
from stream.errors import SourceError
from stream.recognizer import Recognizer
from stream.unknowns.joining import Joining

Results = Callable[[Iterator[Chunk]], Iterator[tuple[Chunk, Watched]]]
"""Watches chunks, in whatever order, and gives what was seen in each in theirs."""


@dataclass(slots=True)
class Outcome:
    """What came of an archive.

    Attributes:
        recordings: of which anything was watched.
        seconds: of video that were watched.
        frames: that were watched.
        known: files that had been watched before.
        outdated: how many of them with other people or networks.
        left: files for the next time, since something is still written to them.
        problems: what could not be read, in sentences.
    """

    recordings: set[Recording] = field(default_factory=set)
    seconds: float = 0.0
    frames: int = 0
    known: int = 0
    outdated: int = 0
    left: int = 0
    problems: list[str] = field(default_factory=list)


class Archive:
    """Watches the recordings that were found, from where each was watched to.

    Args:
        recognizer: of the gallery, open for writing.
        seconds: of a chunk; by default what is usual.
        is_growing: whether a recorder may be at work; see `chunks_of_segments`. A file that has changed a moment ago is
            left for the next time.
        again: watch anew what was watched before.

    Attributes:
        outcome: so far.
    """

    def __init__(
        self,
        recognizer: Recognizer,
        job: Job,
        found: Sequence[Found],
        seconds: float | None = None,
        is_growing: bool = False,
        again: bool = False,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.outcome = Outcome()
        self._found = found
        self._seconds = seconds
        self._is_growing = is_growing
        self._again = again
        self._now = now
        self._made = made_with(recognizer, job)
        self._recordings = Recordings(recognizer.database, Joining(recognizer.analyzer.embedder.network.entry).place)
        self._progress: dict[Recording, Progress] = {}
        self._given_up: set[Recording] = set()

    def run(self, results: Results) -> Iterator[Chunk]:
        """Watch all that is left; gives each chunk when it is written.

        Raises:
            DatabaseError: it cannot be read or written.
            ModelError, StreamError: the workers cannot do it.
        """
        pending: tuple[Chunk, Watched] | None = None
        for chunk, watched in results(self._chunks()):
            if pending is not None:
                self._write(*pending, watched if chunk.recording == pending[0].recording else None)
                yield pending[0]
            pending = None if chunk.only_tells else (chunk, watched)
        if pending is not None:
            self._write(*pending, None)
            yield pending[0]

    def _chunks(self) -> Iterator[Chunk]:
        for found in self._found:
            try:
                yield from self._chunks_of(found)
            except SourceError as error:
                self.outcome.problems.append(str(error))

    def _chunks_of(self, found: Found) -> Iterator[Chunk]:
        """What is left of a place's recordings; how far each has come is known from its first chunk on."""
        if self._again:
            self._recordings.forget(found.place)
        before = self._recordings.latest(found.place)
        for chunk in self._of_segments(found, before) if found.moments else self._of_file(found, before):
            recording = chunk.recording
            if recording not in self._progress:
                goes_on = before is not None and before.recording == recording
                self._progress[recording] = before if before and goes_on else Progress(recording, self._made)
            yield chunk

    def _of_segments(self, found: Found, before: Progress | None) -> Iterator[Chunk]:
        return chunks_of_segments(
            found, before, self._seconds or USUAL, self._is_growing, self._now(), self.outcome.problems
        )

    def _of_file(self, found: Found, before: Progress | None) -> Iterator[Chunk]:
        """The chunks of a file that are left; all, where it is another by now, or was begun with other people."""
        if self._is_growing and self._now() - changed(found) < AT_WORK:
            self.outcome.left += 1
            return iter(())
        recording = recording_of(found)
        if before is not None and before.recording.content == recording.content:
            recording = before.recording
            if before.ended:
                self.outcome.known += 1
                self.outcome.outdated += before.made != self._made
                return iter(())
        if before is not None and (before.recording != recording or before.made != self._made):
            self._recordings.forget(found.place)
            before = None
        return chunks_of_file(found.paths[0], recording, 0.0 if before is None else before.watched, self._seconds)

    def _write(self, chunk: Chunk, watched: Watched, following: Watched | None) -> None:
        self.outcome.problems += [each for each in watched.problems if each not in self.outcome.problems]
        if not watched.is_read or (following is not None and not following.is_read):
            self._given_up.add(chunk.recording)
        if chunk.recording in self._given_up:
            return
        before = self._progress[chunk.recording]
        piece = stitched(chunk, watched, before.staying or {}, following)
        self._progress[chunk.recording] = self._recordings.write(before, piece)
        self.outcome.recordings.add(chunk.recording)
        self.outcome.frames += watched.frames
        self.outcome.seconds += watched.seconds


def made_with(recognizer: Recognizer, job: Job) -> str:
    """A digest of what decides who is seen in a recording: people, networks, wishes."""
    networks = (recognizer.analyzer.detector.network, recognizer.analyzer.embedder.network)
    digests = [network.entry.sha256 for network in networks]
    if recognizer.liveness is not None:
        digests.append(recognizer.liveness.digest)
    wishes = replace(job, db="", detector=None, embedder=None, liveness=None, shards=())  # told by their digests
    people = recognizer.database.gallery_fingerprint()
    return hashlib.sha256(repr((people, recognizer.rule, digests, wishes)).encode()).hexdigest()


def shares(found: Sequence[Found]) -> dict[str, tuple[int, int]]:
    """How many bytes lie before each recording's place, and how many it has."""
    shares = dict[str, tuple[int, int]]()
    before = 0
    for one in found:
        shares[one.place] = before, one.size
        before += one.size
    return shares
