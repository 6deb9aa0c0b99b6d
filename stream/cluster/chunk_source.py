"""The frames of a chunk, with the times that they have in the whole recording."""

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

import av
from av.container import InputContainer
from av.video.frame import VideoFrame

from models.runtime import cpus
from stream.cluster.chunks import OVERLAP, Chunk, Part
from stream.frame import Frame
from stream.sources.dating import Dating
from stream.sources.decoding import Decoder
from stream.sources.recording import VideoFile

BACK = (0.0, 10.0, 60.0, math.inf)  # seconds before a time from which it is looked for, one after the other


class ChunkSource:
    """A recorded source that begins `OVERLAP` before its chunk.

    Attributes:
        problem: after iterating, what could not be read, in a sentence.
    """

    live = False
    frames: int | None = None

    def __init__(self, chunk: Chunk) -> None:
        """Raises SourceError if a file cannot be read."""
        self.name = chunk.recording.camera
        self.problem: str | None = None
        self.dating = Dating(chunk.recording.began, "its recording")
        self._chunk = chunk
        self._from = chunk.begins - OVERLAP
        self.fps = VideoFile(chunk.parts[0].path, self.name).fps if chunk.parts else None

    def __iter__(self) -> Iterator[Frame]:
        """Every frame, in order; files of which pictures overlap in time go on where the one before has ended."""
        last = -1.0
        for index, frame in enumerate(frame for part in self._chunk.parts for frame in self._frames(part)):
            if frame.t >= self._chunk.ends:
                return
            if frame.t > last:
                yield replace(frame, index=index)
                last = frame.t

    def close(self) -> None:
        """It ends by itself."""

    def _frames(self, part: Part) -> Iterator[Frame]:
        if part.origin is None:
            whole = VideoFile(part.path, self.name)
            for frame in whole:
                yield replace(frame, t=frame.t + part.offset)
            self.problem = self.problem or whole.problem
            return
        try:
            yield from self._frames_from(part, part.origin)
        except av.FFmpegError as error:
            self.problem = f"{part.path} breaks off ({error.strerror}): what is there was used."

    def _frames_from(self, part: Part, origin: float) -> Iterator[Frame]:
        with av.open(part.path, metadata_errors="replace") as container:
            decoder = Decoder(container, str(part.path))
            decoder.stream.codec_context.thread_count = cpus()
            wanted = self._from - part.offset
            for number, frame in enumerate(_from(container, decoder, wanted + origin)):
                t = (frame.time or 0.0) - origin
                if t >= wanted:
                    picture = decoder.picture(frame)
                    yield Frame(picture(), number, t + part.offset, self.name, stretch=picture.stretch)
            if decoder.damaged:
                self.problem = f"{part.path} is damaged: {decoder.damaged} of its packets were skipped."


def _from(container: InputContainer, decoder: Decoder, wanted: float) -> Iterator[VideoFrame]:
    """The pictures from one on that is shown at a time, in seconds of the file's clock, or before it.

    Where a container cannot tell where that is, looking for it ends too late; then it is looked for earlier.
    """
    for back in BACK:
        if wanted > back:
            container.seek(int((wanted - back) / (decoder.stream.time_base or 1)), stream=decoder.stream)
        else:
            container.seek(0)
        pictures = decoder.frames()
        first = next(pictures, None)
        if first is not None and ((first.time or 0.0) <= wanted or wanted <= back):
            return chain([first], pictures)
    return iter(())
