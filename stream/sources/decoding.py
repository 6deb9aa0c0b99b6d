"""Compressed video as BGR pictures.

PyAV rather than OpenCV's reader, for files and network cameras alike: it tells each picture's exact presentation time
and rotation, why something cannot be opened (a wrong password is not a broken cable), and its time-outs hold.
"""

import math
from collections.abc import Iterator

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from stream.errors import SourceError


class Decoder:
    """The pictures of a container's video stream, once.

    Attributes:
        stream: the video stream that is read.
        fps: frames a second as the container tells, None where it does not.
        damaged: packets skipped so far because they could not be decoded.
    """

    def __init__(self, container: InputContainer, label: str, patience: float = math.inf) -> None:
        """Raises SourceError if there is no video in the container.

        Args:
            label: what the error calls it.
            patience: packets in a row that may give no picture.
        """
        stream = container.streams.best("video")
        if not isinstance(stream, VideoStream):
            raise SourceError(f"{label} holds no video: choose another source.")
        self.stream = stream
        self.fps = float(self.stream.average_rate or self.stream.guessed_rate or 0) or None
        self.damaged = 0
        self._container = container
        self._label = label
        self._patience = patience
        self._reformatter = VideoReformatter()  # kept, since setting up a conversion takes longer than converting

    def __iter__(self) -> Iterator[tuple[NDArray[np.uint8], float | None]]:
        """Pictures (H, W, 3), upright, each in its own size, and their presentation times in seconds.

        Raises as `frames` does.
        """
        return ((self.image(frame), frame.time) for frame in self.frames())

    def frames(self) -> Iterator[VideoFrame]:
        """The same as FFmpeg gives them, for who does not want a picture of each.

        A packet that cannot be decoded costs its own picture. Raises av.FFmpegError where the container breaks off,
        SourceError where too many packets give no picture.
        """
        barren = 0
        for packet in self._container.demux(self.stream):
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
                yield frame

    def image(self, frame: VideoFrame) -> NDArray[np.uint8]:
        """A frame's picture (H, W, 3), upright."""
        image = np.asarray(self._reformatter.reformat(frame, format="bgr24").to_ndarray(), np.uint8)
        turns = round(frame.rotation / 90) % 4  # a phone held upright; degrees counter-clockwise, as rot90's
        return np.ascontiguousarray(np.rot90(image, turns)) if turns else image
