"""Compressed video as BGR pictures.

PyAV rather than OpenCV's reader, for files and network cameras alike: it tells each picture's exact presentation time
and rotation, why something cannot be opened (a wrong password is not a broken cable), and its time-outs hold.
"""

import math
import threading
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from typing import Any, Self, cast

import av
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.sidedata.sidedata import SideData
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from stream.errors import SourceError
from stream.sources.upright import Position, stretch

AS_STORED = Position()


class LazyPicture:
    """A picture that is made when somebody first asks for it, in any thread; of many cameras most may never be.

    Args:
        make: makes it, (H, W, 3).
        stretch: see `Frame`.
    """

    def __init__(self, make: Callable[[], NDArray[np.uint8]], stretch: tuple[float, float] = (1.0, 1.0)) -> None:
        self.stretch = stretch
        self._make = make
        self._made: NDArray[np.uint8] | None = None

    @classmethod
    def of(cls, image: NDArray[np.uint8]) -> Self:
        """One that is made already, (H, W, 3)."""
        return cls(lambda: image)

    def __call__(self) -> NDArray[np.uint8]:
        """The picture (H, W, 3). Raises what making it does."""
        if self._made is None:
            self._made = self._make()  # two threads at once: both make the same
        return self._made


class Decoder:
    """The pictures of a container's video stream, once.

    Attributes:
        stream: the video stream that is read.
        fps: frames a second as the container tells, None where it does not.
        damaged: packets skipped so far because they could not be decoded.
        choice: which of several videos is read, as a sentence.
        reached: seconds, by the container's clock, up to which anything in it goes, sound too, as far as it was read.
    """

    choice: str | None = None

    def __init__(self, container: InputContainer, label: str, patience: float = math.inf) -> None:
        """Raises SourceError if there is no video in the container.

        Args:
            label: what the error calls it.
            patience: packets in a row that may give no picture.
        """
        moving = [one for one in container.streams.video if not one.disposition & Disposition.attached_pic]
        if not moving:
            raise SourceError(f"{label} holds no video: choose another source.")
        stream = max(moving, key=lambda one: one.width * one.height)
        if len(moving) > 1:
            self.choice = f"{label} holds {len(moving)} videos: the largest, {stream.width} x {stream.height}, is read."
        self.stream = stream
        self.fps = float(self.stream.average_rate or self.stream.guessed_rate or 0) or None
        self.damaged = 0
        self.reached = 0.0
        self._container = container
        self._label = label
        self._patience = patience
        self._begun_with = stream.sample_aspect_ratio, stream.codec_context.sample_aspect_ratio
        self._reformatter = VideoReformatter()  # kept, since setting up a conversion takes longer than converting
        self._converting = threading.Lock()

    def __iter__(self) -> Iterator[tuple[LazyPicture, float | None]]:
        """Pictures, upright, with square pixels, each in its own size, and their times in seconds.

        Raises as `frames` does.
        """
        return ((self.picture(frame), frame.time) for frame in self.frames())

    def frames(self) -> Iterator[VideoFrame]:
        """The same as FFmpeg gives them, for who does not want a picture of each.

        A packet that cannot be decoded costs its own picture. Raises av.FFmpegError where the container breaks off,
        SourceError where too many packets give no picture.
        """
        barren = 0
        for packet in self._container.demux():
            self._note_end_of(packet)
            if packet.stream is not self.stream:
                continue
            if barren > self._patience:
                raise SourceError(f"{self._label} sends nothing that can be decoded.")
            barren += 1
            try:
                frames = packet.decode()
            except av.FFmpegError:
                self.damaged += 1
                continue
            for frame in frames:
                barren = 0
                yield cast(VideoFrame, frame)

    def _note_end_of(self, packet: "Packet[Any]") -> None:
        if packet.pts is not None and packet.time_base is not None:
            self.reached = max(self.reached, float((packet.pts + (packet.duration or 0)) * packet.time_base))

    def picture(self, frame: VideoFrame) -> LazyPicture:
        """A frame's picture, upright and with square pixels."""
        wider, higher = stretch(self._aspect())
        size = round(frame.width * wider), round(frame.height * higher)
        matrix = cast(SideData | None, frame.side_data.get("DISPLAYMATRIX"))
        position = AS_STORED if matrix is None else Position.of(bytes(matrix))
        stretched = (higher, wider) if position.on_its_side else (wider, higher)
        return LazyPicture(partial(self._converted, frame, size, position), stretched)

    def _converted(self, frame: VideoFrame, size: tuple[int, int], position: Position) -> NDArray[np.uint8]:
        """A frame as a picture (H, W, 3) of this width and height, in this position."""
        with self._converting:
            image = np.asarray(self._reformatter.reformat(frame, *size, format="bgr24").to_ndarray(), np.uint8)
        return image if position == AS_STORED else position.show(image)

    def _aspect(self) -> Fraction | None:
        """A pixel's width over its height: the container's word, until the pictures themselves say something else."""
        told = self.stream.codec_context.sample_aspect_ratio
        return self._begun_with[0] if told == self._begun_with[1] else told
