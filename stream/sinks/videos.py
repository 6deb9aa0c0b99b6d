"""The labelled videos of all that is watched."""

import threading
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from stream.frame import View
from stream.sinks.sink import Sink
from stream.sinks.video import CameraVideo
from stream.sources.source import Source


class Videos:
    """A sink that hands each view to its source's video; a camera's begins and ends with it.

    Args:
        videos: by the names of their sources.
    """

    def __init__(self, videos: Mapping[str, Sink]) -> None:
        self._videos = dict(videos)
        self._using = threading.Lock()  # cameras come and go in other threads than their views

    def __enter__(self) -> Self:
        """Raises StreamError if one cannot be written; none is begun then."""
        with ExitStack() as begun:
            for video in self._videos.values():
                begun.enter_context(video)
            begun.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._using, ExitStack() as ending:  # each, whatever another raises
            for video in self._videos.values():
                ending.push(video)
            self._videos.clear()

    def wants(self, view: View) -> bool:
        """Whether its source has a video."""
        return view.frame.camera in self._videos

    def write(self, view: View, image: NDArray[np.uint8]) -> None:
        """Add a picture to its source's video."""
        with self._using:
            video = self._videos.get(view.frame.camera)
            if video is not None:
                video.write(view, image)

    def add_camera(self, source: Source, out: Path | None, /) -> None:
        """Begin the video of one more camera, if it is to have one. Raises StreamError if it cannot be written."""
        if out is None:
            return
        video = CameraVideo(out, source.fps).__enter__()
        with self._using:
            self._videos[source.name] = video

    def forget_camera(self, name: str) -> None:
        """End a camera's video."""
        with self._using:
            video = self._videos.pop(name, None)
            if video is not None:
                video.__exit__(None, None, None)
