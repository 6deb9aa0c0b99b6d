"""What happens before the cameras, told to whoever wants to know."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from db import Event
from db.records import Tell, untold
from db.schema.tables import utc_now
from stream.sources.cameras.camera import Camera
from stream.sources.cameras.state import AWAY, State, Status

__all__ = ["Event", "Hearers", "Tell", "tell_of_camera", "untold"]


class Hearers:
    """Those who are told of every event for a while; they come and go, and are told, in any thread."""

    def __init__(self) -> None:
        self._tells: list[Tell] = []
        self._changing = threading.Lock()

    @property
    def are_there(self) -> bool:
        """Whether there is anybody to be told."""
        return bool(self._tells)

    @contextmanager
    def hearing(self, tell: Tell) -> Iterator[None]:
        """Within it, somebody is one of them; must not raise."""
        with self._changing:
            self._tells.append(tell)
        try:
            yield
        finally:
            with self._changing:
                self._tells.remove(tell)

    def tell(self, event: Event) -> None:
        """Tell all who are there."""
        with self._changing:
            tells = list(self._tells)
        for tell in tells:
            tell(event)


def tell_of_camera(camera: Camera, tell: Tell, now: Callable[[], datetime] = utc_now) -> None:
    """Tell when a camera is lost, once and why, and when it is back.

    Whoever listened to its state before still does.
    """
    heard = camera.on_change
    told = False

    def listen(status: Status) -> None:
        nonlocal told
        heard(status)
        lost = status.state in AWAY
        momentary = lost and status.problem is None
        if lost != told and not momentary and status.state is not State.ENDED:
            told = lost
            tell(Event(now(), camera.name, "camera_lost" if lost else "camera_back", reason=status.problem))

    camera.on_change = listen
