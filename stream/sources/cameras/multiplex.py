"""Several cameras at the same time."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator

from stream.errors import SourceError
from stream.frame import Frame
from stream.sources.cameras.camera import Camera
from stream.sources.cameras.state import State

log = logging.getLogger(__name__)

PULSE = 0.1  # seconds between two looks around while no frame comes


class NewestFrames:
    """The newest frame of each of several cameras in its turn; none waits for another.

    Cameras may come and go meanwhile, in the iterating thread.

    Args:
        ended: told of each that will give no more.
        endless: go on when all have ended: others may come.
    """

    def __init__(
        self, cameras: Iterable[Camera] = (), ended: Callable[[Camera], None] = lambda _: None, endless: bool = False
    ) -> None:
        self._ended = ended
        self._endless = endless
        self._bell = _Bell()
        self._going: list[Camera] = []
        self._failures: list[SourceError] = []
        for camera in cameras:
            self.add(camera)

    def add(self, camera: Camera) -> None:
        """Read this camera, too."""
        camera.on_news = self._bell.ring
        self._going.append(camera)

    def remove(self, camera: Camera) -> None:
        """Read it no more."""
        if camera in self._going:
            self._going.remove(camera)

    def wake(self) -> None:
        """Let the iterating thread look around now; from any thread, a signal handler too."""
        self._bell.ring()

    def __iter__(self) -> Iterator[Frame | None]:
        """Frames until all cameras have ended, and ten times a second or more None while there is none.

        Raises:
            SourceError: a camera was a recording that cannot be played; the others have ended by then.
        """
        while self._going or self._endless:
            idle = True
            for camera in tuple(self._going):
                is_last = camera.state is State.ENDED  # asked first, lest the last frame comes in between
                frame = self._read(camera)
                if frame is not None:
                    idle = False
                    yield frame
                elif is_last and camera in self._going:
                    self._end(camera)
            if idle and (self._going or self._endless):
                yield None
                self._bell.wait(PULSE)
        if self._failures:
            raise self._failures[0]

    def _read(self, camera: Camera) -> Frame | None:
        try:
            return camera.read(timeout=0)
        except SourceError as error:
            log.warning("%s: %s", camera.name, error)
            self._failures.append(error)
            self._end(camera)
            return None

    def _end(self, camera: Camera) -> None:
        self._going.remove(camera)
        self._ended(camera)


class _Bell:
    """Wakes who waits for it. A signal handler may ring it too, since unlike an Event's its lock can be taken twice."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._rung = False

    def ring(self) -> None:
        with self._changed:
            self._rung = True
            self._changed.notify()

    def wait(self, seconds: float) -> None:
        """Until it rings, or has rung since it was last waited for; or for so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._rung, seconds)
            self._rung = False
