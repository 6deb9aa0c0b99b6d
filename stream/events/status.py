"""How a camera is, judged by what is seen of it."""

from collections.abc import Callable
from dataclasses import dataclass

from stream.events.rate import Rate
from stream.frame import View
from stream.sources.camera import Camera
from stream.sources.source import Source
from stream.sources.state import WELL, State

STALE = 10.0  # seconds without a view, after which nothing is being done with a camera's pictures


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """One camera, or recording, at a moment.

    Attributes:
        state: of a camera; a recording is live.
        fps: views a second, lately.
        detections: searches of them that were told of, a second, lately.
        age: seconds since its last view was there; None before the first.
        problem: what is wrong, in a sentence, if anything is.
        size: width and height of its pictures in pixels; None before the first.
        faces: how many are followed.
        named: how many of those have a name.
        names: of those who are there.
        well: whether its pictures come and are processed.
        shown: views so far.
        dropped, reconnects: as of `Camera`.
    """

    name: str
    state: State
    fps: float
    detections: float
    age: float | None
    problem: str | None
    size: tuple[int, int] | None
    faces: int
    named: int
    names: tuple[str, ...]
    well: bool
    shown: int = 0
    dropped: int = 0
    reconnects: int = 0


class Watchman:
    """Notes what is seen of one source, to tell how it is.

    Args:
        clock: seconds, never falling.
    """

    def __init__(self, source: Source, clock: Callable[[], float]) -> None:
        self.source = source
        self._clock = clock
        self._since = clock()
        self._shown, self._detected = Rate(), Rate()
        self._count = 0
        self._view: View | None = None
        self._last: float | None = None

    def note(self, view: View) -> None:
        """A view was there just now."""
        self._view, self._last = view, self._clock()
        self._count += 1
        self._shown.note(self._last)
        if view.detected:
            self._detected.note(self._last)

    def status(self) -> CameraStatus:
        """How it is now."""
        now, view = self._clock(), self._view
        fps = self._shown.at(now)
        camera = self.source if isinstance(self.source, Camera) else None
        state = State.LIVE if camera is None else camera.state
        neglect = self._neglect(now, state)
        current = view if fps else None  # of one that shows nothing any more, nobody knows who is there
        names = [] if current is None else [name for name in current.faces.data.get("name", ()) if name]
        return CameraStatus(
            name=self.source.name,
            state=state,
            fps=fps,
            detections=self._detected.at(now),
            age=None if self._last is None else now - self._last,
            problem=self.source.problem or neglect,
            size=None if view is None else (view.frame.image.shape[1], view.frame.image.shape[0]),
            faces=0 if current is None else len(current.faces),
            named=len(names),
            names=tuple(sorted(set(names))),
            well=state in WELL and neglect is None,
            shown=self._count,
            dropped=0 if camera is None else camera.dropped,
            reconnects=0 if camera is None else camera.reconnects,
        )

    def _neglect(self, now: float, state: State) -> str | None:
        """That pictures come and nothing is done with them; recordings have their turns."""
        idle = now - (self._since if self._last is None else self._last)
        if not self.source.live or state not in WELL or idle <= STALE:
            return None
        return f"{self.source.name} gives pictures, but for {idle:.0f} seconds none was processed."
