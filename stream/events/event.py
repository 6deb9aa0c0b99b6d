"""What happens before the cameras, told to whoever wants to know."""

from collections.abc import Callable
from datetime import UTC, datetime

from db import Event
from db.records import Tell, untold
from stream.sources.camera import Camera
from stream.sources.state import AWAY, State, Status

__all__ = ["Event", "Tell", "tell_of_camera", "untold"]


def tell_of_camera(camera: Camera, tell: Tell, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
    """Tell when a camera is lost, once and why, and when it is back.

    Whoever listened to its state before still does.
    """
    heard, told = camera.on_change, False

    def listen(status: Status) -> None:
        nonlocal told
        heard(status)
        lost = status.state in AWAY
        momentary = lost and status.problem is None
        if lost != told and not momentary and status.state is not State.ENDED:
            told = lost
            tell(Event(now(), camera.name, "camera_lost" if lost else "camera_back", reason=status.problem))

    camera.on_change = listen
