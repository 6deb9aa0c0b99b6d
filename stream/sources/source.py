"""Where frames come from."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol

import cv2

from db.redaction import is_address, redacted
from models.images import SUFFIXES
from stream.errors import SourceError
from stream.files import exists
from stream.frame import Frame
from stream.sources.address import camera_url, default_name, is_url, refuse_empty, split_name
from stream.sources.cameras.backlog import Backlog
from stream.sources.cameras.camera import Camera
from stream.sources.cameras.capture import Capture, NetworkCapture, Playback, Webcam, open_webcam
from stream.sources.cameras.certificates import clean_certificate
from stream.sources.cameras.http import HttpCamera
from stream.sources.dating import Dating
from stream.sources.recording import Pictures, VideoFile


class Source(Protocol):
    """Frames of one camera or recording."""

    @property
    def name(self) -> str:
        """The camera's name, that its frames carry."""

    @property
    def live(self) -> bool:
        """Whether frames come at their own time, and those not taken are dropped."""

    @property
    def fps(self) -> float | None:
        """Frames a second, where known."""

    @property
    def frames(self) -> int | None:
        """How many there will be, where known."""

    @property
    def problem(self) -> str | None:
        """What is wrong with it at present, or, with a recorded one, was at its end; in a sentence."""

    @property
    def dating(self) -> Dating | None:
        """When it was recorded; None where it happens now."""

    def __iter__(self) -> Iterator[Frame]:
        """A recorded source's every frame; a live one's newest, again and again until it is closed."""

    def close(self) -> None:
        """End the iteration; from any thread, a signal handler too."""


def open_source(
    text: str,
    name: str | None = None,
    realtime: bool = False,
    *,
    certificate: str | None = None,
    started: datetime | None = None,
    open_camera: Callable[[int], cv2.VideoCapture] = open_webcam,
    clock: Callable[[], float] = time.monotonic,
) -> Source:
    """The source that a text tells.

    A camera need not be there yet: it is tried until it is. A file is opened at once.

    Args:
        text: a webcam's index, an rtsp:// or http:// address, a video file, a picture, or a folder of pictures; each
            may have a name before it, as `name=SOURCE`.
        name: the camera's name; by default the text's, or else made of the source.
        realtime: play a recorded source as a camera, at its own rate.
        certificate: the SHA-256 of a network camera's own certificate, where no authority vouches for it; `any` trusts
            whoever answers.
        started: when a recording was made; by default as its file tells.
        open_camera: opens OpenCV's webcam of an index.
        clock: seconds, never falling; of a live source's times.

    Raises:
        SourceError: the text is empty; there is no such file, or it is none that can be read; or a camera was to have
            `started` long ago.
    """
    given, text = split_name(text)
    refuse_empty(text)
    name = name or given or default_name(text)
    connect = connection(text, certificate, open_camera)
    if started is not None and (realtime or connect is not None):
        raise SourceError(f"{name} is watched as it happens: leave --started to recordings.")
    if connect is not None:
        return Camera(name, connect, clock=clock)
    recorded = _recording(text, name, started)
    return _played(recorded, clock) if realtime else recorded


def _recording(text: str, name: str, started: datetime | None) -> VideoFile | Pictures:
    path = Path(text)
    if not exists(path) and is_address(text):
        raise SourceError(
            f"{redacted(text)} is neither a file nor an address: write it like rtsp://user:password@host/stream."
        )
    is_still = (exists(path) and path.is_dir()) or path.suffix.lower() in SUFFIXES - {".gif"}  # a GIF may move
    return Pictures(path, name, started) if is_still else VideoFile(path, name, started)


def _played(recorded: VideoFile | Pictures, clock: Callable[[], float]) -> Camera:
    """A recording as a camera that plays it at its own rate, and ends with it."""

    def play() -> Capture:
        return Playback(recorded.pictures(), recorded.fps, clock)

    return Camera(recorded.name, play, frames=recorded.frames, recorded=True, clock=clock)


def connection(
    text: str, certificate: str | None = None, open_camera: Callable[[int], cv2.VideoCapture] = open_webcam
) -> Callable[[], Capture] | None:
    """What connects to a camera, each time it is called; None where the text names none, but a recording perhaps.

    Args:
        text, certificate, open_camera: see `open_source`; the text has no name before it.

    Raises:
        SourceError: the address is none.
    """
    if is_url(text):
        url, pinned = camera_url(text), clean_certificate(certificate)
        if url.startswith("http"):
            return HttpCamera(url, pinned)
        return partial(NetworkCapture, url, Backlog(), certificate=pinned)
    if text.isdecimal() and not exists(Path(text)):
        return partial(Webcam, int(text), open_camera)
    return None


def frames_of(source: Source, patience: float) -> Iterator[Frame]:
    """A source's frames, for which a camera is not tried again and again: each must come within its time.

    Args:
        patience: seconds for each frame of a camera, from when it is asked for.

    Raises:
        SourceError: a camera's next frame does not come, or the source cannot be read.
    """
    asked = time.monotonic()

    def give_up_in_time() -> None:
        if time.monotonic() - asked > patience:
            source.close()

    if isinstance(source, Camera):
        source.on_wait = give_up_in_time
    frame = None
    for frame in source:
        yield frame
        asked = time.monotonic()
    if frame is None or source.live:  # a recording may end after its first frame, a camera never
        unknown = f"{source.name} gave no picture within {patience:g} seconds: check that it is on."
        raise SourceError(source.problem or unknown)


@contextmanager
def ended_after(seconds: float, source: Source) -> Iterator[None]:
    """Close a live source after so many seconds, even if it never gives a frame."""
    timer = threading.Timer(min(seconds, threading.TIMEOUT_MAX), source.close)
    timer.daemon = True
    if source.live:
        timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if source.live:
            timer.join()
