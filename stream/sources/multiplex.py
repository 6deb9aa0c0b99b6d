"""Several cameras at the same time."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence

from stream.errors import SourceError
from stream.frame import Frame
from stream.sources.camera import Camera, State

log = logging.getLogger(__name__)

PULSE = 0.1  # seconds between two looks around while no frame comes


def newest_of(cameras: Sequence[Camera], ended: Callable[[Camera], None] = lambda _: None) -> Iterator[Frame | None]:
    """The newest frame of each camera in its turn, until all have ended; none waits for another.

    While there is none, each camera's `on_wait` is called in this thread, ten times a second or more, and None comes.

    Args:
        ended: told of each that will give no more.

    Raises:
        SourceError: one was a recording that cannot be played; the others have ended by then.
    """
    bell = _Bell()
    for camera in cameras:
        camera.on_news = bell.ring
    going, failures = list(cameras), list[SourceError]()
    while going:
        idle = True
        for camera in tuple(going):
            is_last = camera.state is State.ENDED  # asked first, lest the last frame comes in between
            try:
                frame = camera.read(timeout=0)
            except SourceError as error:
                log.warning("%s: %s", camera.name, error)
                camera.problem = str(error)
                failures.append(error)
                going.remove(camera)
                ended(camera)
                continue
            if frame is not None:
                idle = False
                yield frame
            elif is_last:
                going.remove(camera)
                ended(camera)
        if idle and going:
            for camera in cameras:
                camera.on_wait()
            yield None
            bell.wait(PULSE)
    if failures:
        raise failures[0]


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
