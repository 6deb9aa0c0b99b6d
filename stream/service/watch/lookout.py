"""How the cameras of a watch are, and what they show now, for whoever asks."""

import logging
import threading
from collections.abc import Callable, Iterable

from stream.monitoring.status import CameraStatus, Reminder, Watchman
from stream.service.watch.picture import Picture
from stream.sources.source import Source
from stream.watching.feed import unknown_camera

log = logging.getLogger(__name__)


class Lookout:
    """Knows each camera's newest picture, and judges by them how it is; may be asked from any thread.

    Args:
        sources: what is watched at first.
        clock: seconds, never falling.
    """

    def __init__(self, sources: Iterable[Source], clock: Callable[[], float]) -> None:
        self._clock = clock
        self._changed = threading.Condition()  # of all that follows, what watchmen have noted included
        self._watchmen = {source.name: Watchman(source, clock) for source in sources}
        self._newest: dict[str, Picture] = {}
        self._reminder = Reminder()
        self._is_over = False

    def add(self, source: Source) -> None:
        """One more camera is watched."""
        with self._changed:
            self._watchmen[source.name] = Watchman(source, self._clock)

    def remove(self, name: str) -> None:
        """A camera is watched no more."""
        with self._changed:
            self._watchmen.pop(name, None)
            self._newest.pop(name, None)
            self._changed.notify_all()

    def end(self) -> None:
        """No picture will come: nobody waits for one any longer; a signal handler may call it, too."""
        self._is_over = True
        with self._changed:
            self._changed.notify_all()

    def note(self, picture: Picture) -> None:
        """Let whoever asks know of a camera's newest picture, and the log of those that are searched too seldom."""
        name = picture.view.frame.camera
        with self._changed:
            if name in self._watchmen:
                self._watchmen[name].note(picture.view)
                self._newest[name] = picture
                self._changed.notify_all()
            reminder = self._reminder.due(self._watchmen.values(), self._clock())
        if reminder is not None:
            log.warning("%s", reminder)

    def cameras(self) -> list[CameraStatus]:
        """How each is."""
        with self._changed:
            return [watchman.status() for watchman in self._watchmen.values()]

    def newest(self, camera: str, after: int | None = None, timeout: float = 0.0) -> Picture | None:
        """See `WatchSession.newest`."""

        def has_other() -> bool:
            picture = self._newest.get(camera)
            gone = camera not in self._watchmen or self._is_over
            return gone or (picture is not None and picture.number != after)

        with self._changed:
            self._changed.wait_for(has_other, timeout)
            if camera not in self._watchmen:
                raise unknown_camera(camera, self._watchmen)
            picture = self._newest.get(camera)
        return picture if picture is not None and picture.number != after else None
