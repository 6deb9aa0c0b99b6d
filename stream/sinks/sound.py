"""The sound of a recording, for its labelled video."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
from av.container import OutputContainer


class Sound:
    """Copies the sound of a video file as it is, where the other file takes its format; without any it does nothing.

    Args:
        path: the video file.
        file: the other one, of which nothing is written yet.
    """

    def __init__(self, path: Path, file: OutputContainer) -> None:
        self._file = file
        self._recording = av.open(path.absolute(), metadata_errors="replace")
        told = self._recording.streams
        self._copies = {
            stream.index: file.add_stream_from_template(stream)
            for stream in told.audio
            if stream.codec_context.name in file.supported_codecs
        }
        picture = told.best("video")
        begun = picture is not None and picture.start_time is not None and picture.time_base is not None
        self._begin = float(picture.start_time * picture.time_base) if begun else 0.0  # type: ignore[union-attr,operator]
        self._packets = self._read()
        self._next = next(self._packets, None)

    def copy_until(self, t: float) -> None:
        """Copy what is heard up to `t` seconds after the first picture."""
        while self._next is not None and self._time(self._next) <= t:
            packet = self._next
            stream = self._copies[self._next.stream.index]
            if self._time(packet) >= 0:
                shift = round(self._begin / packet.time_base)
                packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
                packet.stream = stream
                self._file.mux(packet)
            self._next = next(self._packets, None)

    def close(self) -> None:
        """Let go of the recording."""
        self._recording.close()

    def _time(self, packet: Any) -> float:
        return float(packet.dts * packet.time_base) - self._begin

    def _read(self) -> Iterator[Any]:
        """Its packets of sound; where it breaks off, so does the sound."""
        if not self._copies:
            return
        try:
            for packet in self._recording.demux([self._recording.streams[index] for index in self._copies]):
                if packet.dts is not None and packet.pts is not None:
                    yield packet
        except av.FFmpegError:
            return
