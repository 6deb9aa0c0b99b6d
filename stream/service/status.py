"""How the cameras of a watch are."""

from collections.abc import Callable
from dataclasses import dataclass

from stream.events.metrics import Rate
from stream.frame import View
from stream.sources.camera import WELL, Camera, State
from stream.sources.source import Source

STALE = 10.0  # seconds without a view, after which nothing is being done with a camera's pictures


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """One camera, or recording, at a moment.

    Attributes:
        state: of a camera; a recording is live.
        fps: views a second, lately.
        age: seconds since its last view was there; None before the first.
        problem: what is wrong, in a sentence, if anything is.
        size: width and height of its pictures in pixels; None before the first.
        faces: how many are followed.
        names: of those who are there.
    """

    name: str
    state: State
    fps: float
    age: float | None
    problem: str | None
    size: tuple[int, int] | None
    faces: int
    names: tuple[str, ...]


class Watchman:
    """Notes what is seen of one source, to tell how it is.

    Args:
        clock: seconds, never falling.
    """

    def __init__(self, source: Source, clock: Callable[[], float]) -> None:
        self._source = source
        self._clock = clock
        self._shown = Rate()
        self._view: View | None = None
        self._last: float | None = None

    def note(self, view: View) -> None:
        """A view was there just now."""
        self._view, self._last = view, self._clock()
        self._shown.note(self._last)

    def status(self) -> CameraStatus:
        """How it is now."""
        now, view = self._clock(), self._view
        age = None if self._last is None else now - self._last
        state = self._source.state if isinstance(self._source, Camera) else State.LIVE
        problem = self._source.problem
        if problem is None and age is not None and age > STALE and state in WELL:
            problem = f"{self._source.name} gives pictures, but none was processed for {age:.0f} seconds."
        fps = self._shown.at(now)
        faces = view.faces if view is not None and fps else None
        return CameraStatus(
            self._source.name,
            state,
            fps,
            age,
            problem,
            None if view is None else (view.frame.image.shape[1], view.frame.image.shape[0]),
            0 if faces is None else len(faces),
            () if faces is None else tuple(sorted({name for name in faces.data.get("name", ()) if name})),
        )
