"""Chunks of recordings: cut where each can be read by itself, and begun a little early, so that they can be joined."""

import math
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av

from db.sightings.recordings import Recording
from stream.errors import SourceError
from stream.pipeline.lookahead import LOOKAHEAD
from stream.sources.decoding import Decoder
from stream.sources.recording import LONGEST_GAP, USUAL_FPS, VideoFile

OVERLAP = (
    LOOKAHEAD  # seconds before its beginning from which a chunk is watched: those who are there have names by then
)
USUAL = 300.0  # seconds of a chunk
SHORTEST = 30.0  # those of a recording that is not long, of which all cores are to have something
PIECES = 8  # in which such a one is cut
REORDERED = 2.0  # seconds by which pictures may come in another order than they are shown


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a recording.

    Attributes:
        offset: seconds of the recording at the file's first picture.
        origin: the time of that picture by the file's own clock; None where that clock is not to be relied on.
    """

    path: Path
    offset: float
    origin: float | None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a recording, from `begins` to `ends` in seconds of the recording.

    One that is empty only tells who goes on from the chunk before it.

    Attributes:
        parts: the files that show it and the `OVERLAP` before it.
        last: whether the recording ends with it.
        read: how much of all that was found of the recording is watched with it, 0 to 1.
    """

    recording: Recording
    begins: float
    ends: float
    parts: tuple[Part, ...]
    last: bool
    read: float = 1.0

    @property
    def only_tells(self) -> bool:
        """Whether nothing of it is to be written."""
        return self.begins == self.ends and not self.last

    def __str__(self) -> str:
        began, ended = (f"{seconds:.0f} s" for seconds in (self.begins, self.ends))
        return f"{self.recording.place}, {began} to {'its end' if math.isinf(self.ends) else ended}"


@dataclass(frozen=True, slots=True)
class Cuts:
    """Where a file can be cut.

    Attributes:
        origin: the time of its first picture by its own clock; None where it can only be read from there on.
        keys: seconds from the first picture to those that can be read without the ones before, rising.
        seconds: that it lasts; infinite where that is not known.
    """

    origin: float | None
    keys: tuple[float, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class _Packet:
    """What is known of a picture before it is decoded: its time in seconds, if told, by the file's own clock."""

    time: float | None
    is_key: bool
    delay: int | None  # from when it is decoded to when it is shown, in ticks

    @classmethod
    def of(cls, packet: Any) -> "_Packet":
        time = None if packet.pts is None else float(packet.pts * packet.time_base)
        delay = None if packet.pts is None or packet.dts is None else packet.pts - packet.dts
        return cls(time, packet.is_keyframe, delay)


def cuts_of(path: Path) -> Cuts:
    """Read through a video file, without decoding more than its first picture.

    A file of which the times cannot be relied on, since they are missing, jump or come twice, is not to be cut.

    Raises:
        SourceError: it is no video that can be read.
    """
    step = 1 / (VideoFile(path, path.stem).fps or USUAL_FPS)  # tells, too, what is wrong with it
    origin = None
    packets = list[_Packet]()
    is_reordered = False
    with suppress(av.FFmpegError), av.open(path, metadata_errors="replace") as container:
        decoder = Decoder(container, str(path))
        origin = next((frame.time for frame in decoder.frames()), None)
        is_reordered = bool(decoder.stream.codec_context.has_b_frames)
        container.seek(0)
        packets += (_Packet.of(packet) for packet in container.demux(decoder.stream) if packet.size)
    times = [packet.time for packet in packets if packet.time is not None]
    # AVI tells when a picture is decoded, which is not when it is shown.
    is_shown_time = not is_reordered or len({packet.delay for packet in packets}) > 1
    if origin is None or not times or len(times) < len(packets) or not (is_shown_time and _reliable(times)):
        return Cuts(None, (), math.inf)
    keys = sorted(time - origin for time, packet in zip(times, packets, strict=True) if packet.is_key)
    keys = [key for key in keys if key > 0]
    return Cuts(origin, tuple(keys), max(times) - origin + step)


def _reliable(times: list[float]) -> bool:
    """Whether a file's times, in the order of its packets, are each picture's own, and rise but for reordering."""
    latest = -math.inf
    for time in times:
        if time < latest - REORDERED or (latest > -math.inf and time > latest + LONGEST_GAP):
            return False
        latest = max(time, latest)
    return len(set(times)) == len(times)


def borders(keys: Iterable[float], begins: float, ends: float, seconds: float) -> Iterator[float]:
    """Where to cut between two times: at keys, so that chunks have so many seconds at least, the last one too."""
    border = begins
    for key in keys:
        if key >= border + seconds and ends - key >= seconds / 2:
            border = key
            yield border


def usual(recording: float) -> float:
    """How long the chunks are of a recording that lasts for so many seconds, whoever watches them."""
    return min(USUAL, max(SHORTEST, recording / PIECES))


def chunks_of_file(path: Path, recording: Recording, begins: float, seconds: float | None = None) -> Iterator[Chunk]:
    """The chunks of a recording that is one file.

    Args:
        begins: seconds of it that are watched already.
        seconds: that a chunk should have; by default what is usual.

    Raises:
        SourceError: it is no video that can be read.
    """
    cuts = cuts_of(path)
    if begins and cuts.origin is None:
        raise SourceError(f"{path} has changed while it was watched: watch it anew with --again.")
    parts = (Part(path, 0.0, cuts.origin),)
    for end in [*borders(cuts.keys, begins, cuts.seconds, seconds or usual(cuts.seconds)), cuts.seconds]:
        yield Chunk(recording, begins, end, parts, end == cuts.seconds, 1.0 if math.isinf(end) else end / cuts.seconds)
        begins = end
