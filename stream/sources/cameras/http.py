"""Cameras over HTTP: endless pictures, however loosely the server keeps to the rules, or one picture an answer."""

import time
from collections.abc import Callable
from contextlib import closing

from stream.errors import CameraError, DeniedError, UnreadableError
from stream.sources.cameras.backlog import Backlog
from stream.sources.cameras.capture import Capture, NetworkCapture
from stream.sources.decoding import LazyPicture

LOOSE = "mjpeg"  # FFmpeg's reader that takes every JPEG for a picture, whatever stands between two
SHORTEST, LONGEST = 0.1, 10.0  # seconds from one question for a picture to the next
PATIENCE = 3  # questions in a row that a server may refuse, since it is asked too often


class HttpCamera:
    """Opens a camera of an http:// or https:// URL; it finds out how that is read, and remembers it.

    Args:
        url: as `camera_url` gives it.
        certificate: see `tls_options`.
    """

    def __init__(self, url: str, certificate: str | None = None) -> None:
        self._url, self._certificate = url, certificate
        self._format: str | None = None

    def __call__(self) -> Capture:
        """Raises CameraError if it cannot be reached, or read, DeniedError if it wants other credentials."""
        try:
            return self._opened(self._format)
        except UnreadableError as error:
            other = LOOSE if self._format is None else None
            try:
                capture = self._opened(other)
            except CameraError:
                raise error from None
            self._format = other
            return capture

    def _opened(self, form: str | None) -> Capture:
        """The camera, once it has given a picture: what its server says of its pictures is only now read."""
        capture = self._connected(form)
        try:
            if form is None and capture.gives_one:
                capture.close()
                return PolledCapture(self._connected)
            capture.read()
        except BaseException:
            capture.close()
            raise
        return capture

    def _connected(self, form: str | None = None) -> NetworkCapture:
        return NetworkCapture(self._url, Backlog(), certificate=self._certificate, form=form)


class PolledCapture:
    """A camera that gives one picture an answer, asked again and again, as often as it bears that.

    It rests for as long as it took to answer, and is asked half as often whenever it refuses.

    Args:
        connect: opens the address.
        clock, sleep: in seconds.
    """

    fps = None

    def __init__(
        self,
        connect: Callable[[], Capture],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._connect = connect
        self._clock = clock
        self._sleep = sleep
        self._apart = SHORTEST
        self._asked = -LONGEST
        self._took = 0.0

    def read(self) -> LazyPicture | None:
        """The next picture; raises CameraError, or DeniedError, if it is refused several times in a row."""
        left = PATIENCE
        while True:
            self._sleep(max(0.0, self._asked + max(self._apart, 2 * self._took) - self._clock()))
            self._asked = self._clock()
            try:
                with closing(self._connect()) as capture:
                    picture = capture.read()
            except CameraError as error:
                left -= 1
                if isinstance(error, DeniedError) or not left:
                    raise
                self._apart = min(LONGEST, 2 * self._apart)
            else:
                self._took = self._clock() - self._asked
                return picture

    def close(self) -> None:
        """Nothing to let go of: it is open only while it answers."""
