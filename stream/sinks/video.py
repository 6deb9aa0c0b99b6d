"""The labelled video."""

import logging
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange
from av.video.reformatter import Colorspace as ColorSpace
from av.video.stream import VideoStream
from numpy.typing import NDArray

from models.runtime import letterbox
from stream.errors import StreamError
from stream.files import begin, beside, discard, rotate, unwritable
from stream.frame import View
from stream.sinks.sound import Sound

log = logging.getLogger(__name__)

FORMATS = {".mp4": "mp4", ".mkv": "matroska"}
# While an MP4 is written it is a row of fragments, each of which plays, so that neither a full disk nor a power cut
# loses the hours before; only its end turns it into an ordinary one. (With `faststart` it would be lost whole.)
OPTIONS = {".mp4": {"movflags": "+hybrid_fragmented", "flush_packets": "1"}, ".mkv": {"flush_packets": "1"}}
TICKS = 90_000  # a second: divides the usual frame rates, 1001 ones too
USUAL_FPS = 30.0
LARGEST = 3840  # pixels; phones and browsers play no larger H.264
HIGH_DEFINITION = 720  # lines from which on players expect other colours
BT709, BT601 = 1, 6  # how H.264 numbers the standards of colours
FULL = 10**9  # bytes of a camera's video: an hour or more
KEPT = 100  # such videos, beside the one that is written
SECONDS_PER_FRAGMENT = 2  # what a full disk costs, and how exactly players can jump


class VideoSink:
    """Writes H.264 that browsers and phones play, each picture shown at its own time.

    All pictures are put into the size of the first, rounded up to even numbers. The file appears under its name when
    the sink is left, also by an interrupt; when the disk fills, what was written stays beside it as `NAME.part`.

    Args:
        fps: about how many frames a second will come.
        recording: a video file whose sound is kept, where the format takes it.
        kept: earlier videos of this name that are kept, as NAME.1.EXT and so on.
    """

    def __init__(self, path: Path, fps: float | None = None, recording: Path | None = None, kept: int = 0) -> None:
        """Raises StreamError if the name does not end in .mp4 or .mkv."""
        self._suffix = path.suffix.lower()
        if self._suffix not in FORMATS:
            raise StreamError(f"{path} cannot be written: a video's name must end in .mp4 or .mkv.")
        self._path = path
        self._fps = fps or USUAL_FPS
        self._recording = recording
        self._sound: Sound | None = None
        self._kept = kept
        self._stream: VideoStream | None = None
        self._origin = 0.0
        self._ticks = -1
        self._failed = False
        self._written = ExitStack()  # the part, as long as it is open

    def __enter__(self) -> Self:
        """Raises StreamError if there is no such place, or it is being written already."""
        self._part = beside(self._path)
        # A pipe waits for its reader: PyAV itself opens it, with the first picture only.
        place = self._part if self._part == self._path else self._written.enter_context(begin(self._path))
        self._file = av.open(place, "w", format=FORMATS[self._suffix], container_options=OPTIONS[self._suffix])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._finish()
        except (av.FFmpegError, OSError) as reason:
            if not self._failed:
                raise self._full(reason) from reason
        finally:
            self._written.close()

    def _finish(self) -> None:
        """Write what is left, and give the file its name; where that has failed before, the part stays."""
        self._mux(None)
        if self._sound is not None and not self._failed:
            self._sound.copy_until(self._ticks / TICKS + 1 / self._fps)
            self._sound.close()
        self._file.close()
        self._written.close()  # before it is renamed, as Windows wants it
        if self._stream is None:
            discard(self._part)
        elif not self._failed:
            if self._part != self._path:
                rotate(self._path, self._kept)
            self._part.replace(self._path)

    @property
    def size(self) -> int:
        """Bytes written so far; 0 where that is to no file of its own. Raises StreamError if the file is gone."""
        try:
            return self._part.stat().st_size if self._part != self._path else 0
        except OSError as error:
            raise unwritable(self._path, error) from error

    def write(self, view: View, image: NDArray[np.uint8]) -> None:
        """Add a picture."""
        if self._stream is None:
            self._stream = self._begin(*image.shape[:2])
            self._sound = self._sound_of(self._recording) if self._recording else None
            self._origin = view.frame.t
        picture = self._picture(letterbox(image, self._stream.width, self._stream.height))
        self._ticks = max(self._ticks + 1, round((view.frame.t - self._origin) * TICKS))
        picture.pts = self._ticks
        picture.time_base = Fraction(1, TICKS)
        try:
            self._mux(picture)
            if self._sound is not None:
                self._sound.copy_until(self._ticks / TICKS)
        except (av.FFmpegError, OSError) as error:
            self._failed = True
            raise self._full(error) from error

    def _begin(self, rows: int, columns: int) -> VideoStream:
        scale = min(1.0, LARGEST / max(rows, columns))
        stream = self._file.add_stream("libx264", rate=Fraction(self._fps).limit_denominator(1001))
        stream.width, stream.height = (2 * -(-round(side * scale) // 2) for side in (columns, rows))
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, TICKS)
        stream.gop_size = max(1, round(self._fps * SECONDS_PER_FRAGMENT))
        standard = BT709 if stream.height >= HIGH_DEFINITION else BT601
        stream.color_primaries = stream.color_trc = stream.colorspace = standard
        stream.color_range = ColorRange.MPEG
        stream.options = {"preset": "veryfast", "crf": "23"}
        return stream

    def _sound_of(self, recording: Path) -> Sound | None:
        """The sound of a recording; None where it cannot be opened any more: its pictures are what matters."""
        try:
            return Sound(recording, self._file)
        except (av.FFmpegError, OSError) as error:
            cause = getattr(error, "strerror", None) or error
            log.warning("%s is written without the sound of %s: %s", self._path, recording, cause)
            return None

    def _picture(self, image: NDArray[np.uint8]) -> VideoFrame:
        """The frame of a picture, in the colours that the file says it has."""
        colours = ColorSpace.ITU709 if image.shape[0] >= HIGH_DEFINITION else ColorSpace.ITU601
        frame = VideoFrame.from_ndarray(image, format="bgr24")
        return frame.reformat(format="yuv420p", dst_colorspace=colours, dst_color_range=ColorRange.MPEG)

    def _mux(self, picture: VideoFrame | None) -> None:
        """Encode a picture, or, with None, those that the encoder still holds."""
        if self._stream is not None and not self._failed:
            self._file.mux(self._stream.encode(picture))

    def _full(self, error: Exception) -> StreamError:
        return StreamError(f"{unwritable(self._path, error)} What was written before plays: {self._part}")


class CameraVideo:
    """The labelled video of a camera, which may run for months, in pieces that are whole as soon as they are full.

    The last whole one has the name itself, those before it are NAME.1.EXT and so on; the oldest are lost.

    Args:
        fps: about how many frames a second will come.
        full: bytes after which another is begun.
    """

    def __init__(self, path: Path, fps: float | None = None, full: int = FULL) -> None:
        """Raises StreamError if the name does not end in .mp4 or .mkv."""
        self._path = path
        self._fps = fps
        self._full = full
        self._piece = VideoSink(path, fps, kept=KEPT)
        self._ending = ExitStack()  # of the piece, as long as one is begun and not ended

    def __enter__(self) -> Self:
        """Raises StreamError if there is no such place."""
        self._ending.enter_context(self._piece)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.close()

    def write(self, view: View, image: NDArray[np.uint8]) -> None:
        """Add a picture."""
        self._piece.write(view, image)
        if self._piece.size >= self._full:
            self._ending.close()
            self._piece = VideoSink(self._path, self._fps, kept=KEPT)
            self._ending.enter_context(self._piece)
