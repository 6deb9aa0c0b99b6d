"""The frames of a chunk, with the times that they have in the whole recording."""

import math
from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing
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
        problems: after iterating, what could not be read, in sentences.
    """

    live = False
    frames: int | None = None

    def __init__(self, chunk: Chunk) -> None:
        """Raises SourceError if a file cannot be read."""
        self.name = chunk.recording.camera
        self.problems: list[str] = []
        self.dating = Dating(chunk.recording.began, "its recording")
        self._chunk = chunk
        self._from = chunk.begins - OVERLAP
        self.fps = VideoFile(chunk.parts[0].path, self.name).fps if chunk.parts else None

    def __iter__(self) -> Iterator[Frame]:
        """Every frame, in order; files of which pictures overlap in time go on where the one before has ended."""
        last = -1.0
        with ExitStack() as stack:  # a part that is left before its end tells, too, what could not be read of it
            parts = [stack.enter_context(closing(self._frames(part))) for part in self._chunk.parts]
            for index, frame in enumerate(chain.from_iterable(parts)):
                if frame.t >= self._chunk.ends:
                    return
                if frame.t > last:
                    yield replace(frame, index=index)
                    last = frame.t

    @property
    def problem(self) -> str | None:
        """All of them."""
        return " ".join(self.problems) or None

    def close(self) -> None:
        """It ends by itself."""

    def _frames(self, part: Part) -> Generator[Frame]:
        if part.origin is None:
            whole = VideoFile(part.path, self.name)
            for frame in whole:
                yield replace(frame, t=frame.t + part.offset)
            self.problems += filter(None, [whole.problem])
            return
        try:
            yield from self._frames_from(part, part.origin)
        except av.FFmpegError as error:
            self.problems.append(f"{part.path} breaks off ({error.strerror}): what is there was used.")

    def _frames_from(self, part: Part, origin: float) -> Generator[Frame]:
        with av.open(part.path, metadata_errors="replace") as container:
            decoder = Decoder(container, str(part.path))
            decoder.stream.codec_context.thread_count = cpus()
            wanted = self._from - part.offset
            try:
                for number, frame in enumerate(_from(container, decoder, wanted + origin)):
                    t = (frame.time or 0.0) - origin
                    if t >= wanted:
                        picture = decoder.picture(frame)
                        yield Frame(picture(), number, t + part.offset, self.name, stretch=picture.stretch)
            finally:
                if decoder.damaged:  # in one sentence for all chunks
                    self.problems.append(f"{part.path} is damaged: what could not be decoded was skipped.")


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
