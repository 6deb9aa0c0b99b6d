"""Recorded sources: every picture, in order, at its own time."""

import logging
import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
from av.container import InputContainer

from models.errors import PictureError
from models.images import pictures_in, read_image
from stream.errors import SourceError
from stream.files import exists
from stream.frame import Frame
from stream.sources.dating import Dating, told_by_container, told_by_file, told_by_user
from stream.sources.decoding import Decoder, LazyPicture

log = logging.getLogger(__name__)

USUAL_FPS = 25.0  # where a file does not tell its rate
LONGEST_GAP = 3600.0  # seconds; recorders that store movement only leave gaps, but a longer one is a damaged time stamp
MISSING = 1.0  # seconds that the picture may end before the file says it does


class Timeline:
    """Makes presentation times start at 0 and rise, whatever the file says.

    Args:
        step: seconds between frames that have no usable time.
    """

    def __init__(self, step: float) -> None:
        self._step = step
        self._last = -step
        self._origin: float | None = None

    def at(self, time: float | None) -> float:
        """Seconds since the first frame, of a frame presented at `time`."""
        expected = self._last + self._step
        if time is None:
            self._last = expected
            return expected
        if self._origin is None or not self._last < time - self._origin < self._last + LONGEST_GAP:
            self._origin = time - expected
        self._last = time - self._origin
        return self._last


class VideoFile:
    """A video file.

    Attributes:
        path: the file.
        name: camera name of its frames.
        fps: frames a second as the file tells, None where it does not.
        frames: how many it should hold; where the file does not count them, its duration times its rate.
        problem: after iterating, what of it could not be read, in a sentence.
        dating: when it was recorded.
    """

    live = False

    def __init__(self, path: Path, name: str, started: datetime | None = None) -> None:
        """Raises SourceError if the file is missing or not a video.

        Args:
            started: when it was recorded, where the user knows.
        """
        self.name = name
        self.problem: str | None = None
        self.path = path
        self._closed = False
        with self._opened() as container:
            decoder = Decoder(container, str(path))
            self.fps = decoder.fps
            if decoder.choice:
                log.warning(decoder.choice)
            self._seconds, self._whole = _duration(container, decoder), _whole(container)
            self.frames = decoder.stream.frames or round(self._seconds * (self.fps or 0)) or None
            self.dating = self._dating(container, started)

    def __iter__(self) -> Iterator[Frame]:
        """Every frame from the first. Raises SourceError if not one can be decoded."""
        pictures = self.pictures(making=True)
        return (Frame(made(), i, t, self.name, stretch=made.stretch) for i, (made, t) in enumerate(pictures))

    def pictures(self, making: bool = False) -> Iterator[tuple[LazyPicture, float]]:
        """The same as pictures with their times in seconds, for who does not want each.

        Args:
            making: make each at once; one that cannot be made is the recording's last.
        """
        step = 1 / (self.fps or USUAL_FPS)
        timeline, index, broken = Timeline(step), 0, ""
        first, end = math.inf, 0.0  # of the pictures, by the file's clock
        self._closed = False
        with self._opened() as container:
            decoder = Decoder(container, str(self.path))
            decoder.stream.thread_type = "AUTO"
            try:
                for picture, time in decoder:
                    if self._closed:
                        return
                    t = timeline.at(time)
                    if making:
                        picture()
                    yield picture, t
                    index += 1
                    first = min(first, t if time is None else time)
                    end = (t if time is None else time) + step
            except av.FFmpegError as error:
                broken = f" ({error.strerror})"
        if index == 0:
            raise SourceError(f"{self.path} holds no picture that can be decoded{broken}: record or copy it again.")
        self.problem = self._shortfall(decoder, end - first, broken)
        if self.problem:
            log.warning(self.problem)

    def close(self) -> None:
        """End the iteration before its next frame; another begins with the first again."""
        self._closed = True

    def _dating(self, container: InputContainer, started: datetime | None) -> Dating:
        now, seconds = datetime.now(UTC), max(self._seconds, self._whole)
        if started is not None:
            return told_by_user(self.name, started, seconds, now)
        return told_by_container(container.metadata, seconds, now) or told_by_file(self.path, seconds, now)

    def _opened(self) -> InputContainer:
        try:
            return av.open(self.path, metadata_errors="replace")
        except (av.FFmpegError, OSError) as error:
            if not exists(self.path):
                raise SourceError(f"There is no video {self.path}: check the path.") from None
            if self.path.is_file() and self.path.stat().st_size == 0:
                raise SourceError(f"{self.path} is empty (0 bytes): record or copy it again.") from None
            raise SourceError(
                f"{self.path} is not a video that can be read ({error.strerror}): record or copy it again."
            ) from error

    def _shortfall(self, decoder: Decoder, shown: float, broken: str) -> str | None:
        """What is missing, where the pictures that were read last `shown` seconds, with all gaps between them."""
        # Matroska does not say how long the pictures last, only when the last thing in it ends: that may be sound.
        is_whole = shown >= self._seconds - MISSING or decoder.reached >= self._whole - MISSING
        if broken or not is_whole:
            return f"{self.path} breaks off at {shown:.1f} of {self._seconds:.1f} s{broken}: what is there was used."
        if decoder.damaged:
            return f"{self.path} is damaged: {decoder.damaged} of its packets were skipped."
        return None


def _duration(container: InputContainer, decoder: Decoder) -> float:
    """Seconds that the video stream should last, 0 if nothing tells."""
    stream = decoder.stream
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return _whole(container)


def _whole(container: InputContainer) -> float:
    """Seconds that all that is in the file should last, 0 if nothing tells."""
    return (container.duration or 0) / av.time_base


class Pictures:
    """A picture, or the pictures of a folder in the order of their names, one a second.

    Attributes:
        problem: after iterating, which pictures could not be read, in a sentence.
        dating: when the first was taken.
    """

    live = False
    fps = 1.0

    def __init__(self, path: Path, name: str, started: datetime | None = None) -> None:
        """Raises SourceError if there is no such picture, or none in the folder."""
        if not exists(path):
            raise SourceError(f"There is no picture {path}: check the path.")
        self.name = name
        self.problem: str | None = None
        self._paths = pictures_in(path) if path.is_dir() else [path]
        self._closed = False
        self.frames = len(self._paths)
        if not self._paths:
            raise SourceError(f"The folder {path} holds no pictures: choose one that does.")
        seconds, now = (self.frames - 1) / self.fps, datetime.now(UTC)
        told = started and told_by_user(name, started, seconds, now)
        self.dating = told or told_by_file(self._paths[0], 0.0, now - timedelta(seconds=seconds))

    def __iter__(self) -> Iterator[Frame]:
        """Every picture that can be read. Raises SourceError if there is none."""
        unread: list[str] = []
        self._closed = False
        for index, path in enumerate(self._paths):
            if self._closed:
                return
            try:
                yield Frame(read_image(path), index, index / self.fps, self.name)
            except PictureError as error:
                unread.append(str(error))
                log.warning(str(error))
        if len(unread) == len(self._paths):
            raise SourceError(unread[0])
        if unread:
            self.problem = f"{len(unread)} of {len(self._paths)} pictures could not be read; the first: {unread[0]}"

    def pictures(self) -> Iterator[tuple[LazyPicture, float]]:
        """The same with their times in seconds, as `VideoFile` gives them."""
        return ((LazyPicture.of(frame.image), frame.t) for frame in self)

    def close(self) -> None:
        """End the iteration before its next picture; another begins with the first again."""
        self._closed = True
