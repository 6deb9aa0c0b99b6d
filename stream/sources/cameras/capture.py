"""What a camera's reader reads: pictures that arrive when they like."""

import logging
import sys
import time
from collections.abc import Callable, Iterator
from typing import Protocol

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame

from db.redaction import parts, redacted
from stream.errors import CameraError, DeniedError, SourceError, UnreadableError
from stream.sources.address import look_up_host
from stream.sources.cameras.backlog import Backlog
from stream.sources.cameras.certificates import distrust, tls_options
from stream.sources.decoding import Decoder, LazyPicture

log = logging.getLogger(__name__)

OPEN_TIMEOUT = 5.0  # seconds to answer
READ_TIMEOUT = 5.0  # seconds without a packet
BARREN = 250  # packets without a picture: about ten seconds
OPTIONS = {
    "rtsp_flags": "prefer_tcp",  # lost UDP packets are grey smears for seconds
    "allowed_media_types": "video",  # sound that goes on would hide that no picture comes
    "analyzeduration": "500000",  # microseconds of looking at the stream before its first picture
}
UNREADABLE = av.error.EOFError, av.error.ExitError
LARGEST_INDEX = 2**31 - 1  # of a webcam, for OpenCV
WEBCAM_INTERFACES = {"linux": cv2.CAP_V4L2, "darwin": cv2.CAP_AVFOUNDATION, "win32": cv2.CAP_DSHOW}


class Capture(Protocol):
    """An open camera."""

    @property
    def fps(self) -> float | None:
        """Frames a second as the camera tells, None where it does not."""

    def read(self) -> LazyPicture | None:
        """Wait for the next picture; None after the last one of a recording.

        Raises:
            CameraError: the camera is lost.
            SourceError: the recording cannot be played.
        """

    def close(self) -> None:
        """Let go of the camera."""


class NetworkCapture:
    """A camera that is read over the network.

    Attributes:
        fps: frames a second as the camera tells, None where it does not.
        gives_one: whether what it sent is one picture rather than a stream of them.
    """

    def __init__(
        self,
        url: str,
        backlog: Backlog,
        clock: Callable[[], float] = time.monotonic,
        certificate: str | None = None,
        form: str | None = None,
    ) -> None:
        """Raises CameraError if it cannot be reached, DeniedError if it wants other credentials or is not trusted.

        UnreadableError, here and from `read`, tells that it answers with what is none of this form.

        Args:
            url: as `camera_url` gives it.
            backlog: what tells this camera's late pictures, over all connections.
            certificate: see `tls_options`.
            form: FFmpeg's name of what it sends; by default FFmpeg finds out.
        """
        self._clock = clock
        # Only RTSP tells when a picture was made; elsewhere FFmpeg counts pictures.
        self._backlog = backlog if url.startswith("rtsp") else None
        backlog.begin(clock())
        self._label = redacted(url)  # FFmpeg's own messages carry the URL with its password: they go no further
        look_up_host(url)
        options = OPTIONS | tls_options(url, certificate)
        try:
            self._container = av.open(
                url, format=form, options=options, timeout=(OPEN_TIMEOUT, READ_TIMEOUT), metadata_errors="replace"
            )
        except (av.FFmpegError, OSError) as error:
            raise distrust(url, certificate) or _unopened(self._label, bool(parts(url)[0]), error) from None
        try:
            self._decoder = Decoder(self._container, self._label, BARREN)
        except SourceError as error:
            self._container.close()
            raise UnreadableError(str(error)) from None
        if self._decoder.choice:
            log.warning(self._decoder.choice)
        self.fps = self._decoder.fps
        self.gives_one = self._container.format.name.endswith("_pipe")  # FFmpeg's readers of single pictures
        self._frames = self._decoder.frames()
        self._lost: type[CameraError] = UnreadableError  # until there was a picture

    def read(self) -> LazyPicture:
        """The next picture that was not held up on its way; a camera has no last one."""
        while True:
            frame = self._next()
            self._lost = CameraError
            if self._backlog is None or not self._backlog.holds(frame.time, self._clock()):
                return self._decoder.picture(frame)
            if self._backlog.is_hopeless():
                raise CameraError(f"{self._label} lags behind: its network or this computer is too slow for it.")

    def _next(self) -> VideoFrame:
        try:
            return next(self._frames)
        except StopIteration:
            raise self._lost(f"{self._label} ended its stream.") from None
        except av.FFmpegError as error:
            raise self._lost(f"{self._label} is lost ({_cause(error)}).") from None
        except SourceError as error:
            raise self._lost(str(error)) from None

    def close(self) -> None:
        """Hang up."""
        self._container.close()


def _unopened(label: str, has_password: bool, error: OSError | av.FFmpegError) -> CameraError:
    """Why a camera could not be opened, and what helps.

    Args:
        label: its address, fit to be shown.
        has_password: whether that has a user name or a password in it.
    """
    write = "write the right ones into its URL, as user:password@ before the host."
    if isinstance(error, av.error.HTTPUnauthorizedError):
        told = "refuses the user name or password" if has_password else "asks for a user name and a password"
        return DeniedError(f"{label} {told}: {write}")
    if isinstance(error, av.error.HTTPForbiddenError):
        return DeniedError(f"{label} refuses the user name or password, or forbids this user to watch (403): {write}")
    if isinstance(error, av.error.HTTPNotFoundError):
        return CameraError(f"{label} has nothing at the path of its address (404): check what stands behind the host.")
    if isinstance(error, av.error.InvalidDataError):
        return UnreadableError(f"{label} sends no pictures: check the path in its address.")
    if isinstance(error, av.error.ConnectionRefusedError):
        check = "check the port in its address, and that the camera, and its streams, are on"
        return CameraError(f"{label} cannot be reached, since nothing answers at this port ({_cause(error)}): {check}.")
    kind = UnreadableError if isinstance(error, UNREADABLE) else CameraError
    return kind(f"{label} cannot be reached ({_cause(error)}): check the address, and that the camera is on.")


def _cause(error: OSError | av.FFmpegError) -> str:
    if isinstance(error, av.error.ExitError):  # how a time-out of PyAV looks
        return "no answer in time"
    return error.strerror or type(error).__name__


def open_webcam(index: int) -> cv2.VideoCapture:
    """OpenCV's camera of an index, by the system's own interface; without the noise of those that find nothing."""
    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        return cv2.VideoCapture(index, WEBCAM_INTERFACES.get(sys.platform, cv2.CAP_ANY))
    finally:
        cv2.utils.logging.setLogLevel(level)


class Webcam:
    """A camera of this machine, by OpenCV's index."""

    def __init__(self, index: int, open_camera: Callable[[int], cv2.VideoCapture] = open_webcam) -> None:
        """Raises CameraError if there is no such camera or another program has it, SourceError if none can have it."""
        if index > LARGEST_INDEX:
            raise SourceError(f"There is no webcam {index}: give its index, counted from 0.")
        self._index = index
        self._camera = open_camera(index)
        if not self._camera.isOpened():
            raise CameraError(f"Webcam {index} cannot be opened: plug it in, or close the program that uses it.")
        self._camera.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        self.fps = self._camera.get(cv2.CAP_PROP_FPS) or None

    def read(self) -> LazyPicture:
        """The next picture; a webcam has no last one."""
        given, image = self._camera.read()
        if not given:
            raise CameraError(f"Webcam {self._index} gives no picture: plug it in again.")
        return LazyPicture.of(np.asarray(image, np.uint8))

    def close(self) -> None:
        """Let another program have it."""
        self._camera.release()


class Playback:
    """Recorded pictures, each given when its time has come.

    Args:
        pictures: with their times, seconds.
    """

    def __init__(
        self,
        pictures: Iterator[tuple[LazyPicture, float]],
        fps: float | None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.fps = fps
        self._pictures = pictures
        self._clock = clock
        self._sleep = sleep
        self._start: float | None = None

    def read(self) -> LazyPicture | None:
        """The next picture, not before its time; None after the last."""
        picture, t = next(self._pictures, (None, 0.0))
        if picture is None:
            return None
        if self._start is None:
            self._start = self._clock()
        self._sleep(max(0.0, self._start + t - self._clock()))
        return picture

    def close(self) -> None:
        """Nothing more is to be done: the recording is let go of with its pictures, which nobody else holds."""
