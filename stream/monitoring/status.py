"""How a camera is, judged by what is seen of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from stream.frame import View
from stream.monitoring.rate import Rate
from stream.sightings.sighting_log import CONFIRM
from stream.sources.cameras.camera import Camera
from stream.sources.cameras.state import WELL, State
from stream.sources.source import Source

STALE = 10.0  # seconds without a view, after which nothing is being done with a camera's pictures
PASSAGE = 6.0  # seconds for which somebody who walks through a picture shows a face
# Searches a second: with fewer, who walks by is found too few times to be logged. Of the composed clip's 14 people all
# are named at some time with so many, 11 with one in six seconds (`tests.bench.simulated`).
SELDOM = CONFIRM / PASSAGE
PERIOD = 30.0  # seconds over which searches are counted: now and then any computer is busy for a moment
REMINDER = 600.0  # seconds until the log says so again


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
        seldom: that it is searched for faces too seldom, in a sentence with the remedy, where that is so; its problem,
            where it has no other.
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
    seldom: str | None = None


class Watchman:
    """Notes what is seen of one source, to tell how it is.

    Args:
        clock: seconds, never falling.
    """

    def __init__(self, source: Source, clock: Callable[[], float]) -> None:
        self.source = source
        self._clock = clock
        self._since = clock()
        self._shown = Rate()
        self._detected = Rate()
        self._searches = _Searches()
        self._count = 0
        self._view: View | None = None
        self._last: float | None = None

    @property
    def seldom(self) -> str | None:
        """As of `CameraStatus`."""
        often = self._searches.too_seldom
        if often is None or not self.source.live or self._state not in WELL:
            return None
        how = f"only every {1 / often:.0f} seconds" if often else f"not once in {PERIOD:.0f} seconds"
        return (
            f"{self.source.name} is searched for faces {how}, too seldom to find who walks by: let this computer watch "
            "fewer cameras, let them send smaller or fewer pictures, or leave out --detector and --detect-every where "
            "they are given."
        )

    def note(self, view: View) -> None:
        """A view was there just now."""
        self._view = view
        self._last = self._clock()
        self._count += 1
        self._shown.note(self._last)
        if view.detected:
            self._detected.note(self._last)
        self._searches.note(self._last, view, self._reconnects)

    def status(self) -> CameraStatus:
        """How it is now."""
        now = self._clock()
        view = self._view
        fps = self._shown.at(now)
        state = self._state
        neglect = self._neglect(now, state)
        seldom = self.seldom
        current = view if fps else None  # of one that shows nothing any more, nobody knows who is there
        names = [] if current is None else [name for name in current.faces.data.get("name", ()) if name]
        return CameraStatus(
            name=self.source.name,
            state=state,
            fps=fps,
            detections=self._detected.at(now),
            age=None if self._last is None else now - self._last,
            problem=self.source.problem or neglect or seldom,
            size=None if view is None else (view.frame.image.shape[1], view.frame.image.shape[0]),
            faces=0 if current is None else len(current.faces),
            named=len(names),
            names=tuple(sorted(set(names))),
            well=state in WELL and neglect is None,
            shown=self._count,
            dropped=self.source.dropped if isinstance(self.source, Camera) else 0,
            reconnects=self._reconnects,
            seldom=seldom,
        )

    @property
    def _state(self) -> State:
        return self.source.state if isinstance(self.source, Camera) else State.LIVE

    @property
    def _reconnects(self) -> int:
        return self.source.reconnects if isinstance(self.source, Camera) else 0

    def _neglect(self, now: float, state: State) -> str | None:
        """That pictures come and nothing is done with them; recordings have their turns."""
        idle = now - (self._since if self._last is None else self._last)
        if not self.source.live or state not in WELL or idle <= STALE:
            return None
        return f"{self.source.name} gives pictures, but for {idle:.0f} seconds none was processed."


class _Searches:
    """Counts how often a camera is searched, period by period.

    Attributes:
        too_seldom: searches a second in the last whole period, where they were too few; a camera that itself sends
            hardly more pictures than that is searched as often as it can be.
    """

    def __init__(self) -> None:
        self.too_seldom: float | None = None
        self._period: tuple[float, int, int] | None = None  # when it began, with which picture, after how many losses
        self._count = 0

    def note(self, now: float, view: View, reconnects: int) -> None:
        """A view was there at `now`, in seconds, of a camera that was lost and found so many times."""
        index = view.frame.index
        if self._period is None or self._period[2] != reconnects:  # while it was away there was nothing to search
            self._period = (now, index, reconnects)
            self._count = 0
            self.too_seldom = None
            return
        self._count += view.detected
        began, first, _ = self._period
        if now - began >= PERIOD:
            often = self._count / (now - began)
            pictures = (index - first) / (now - began)
            self.too_seldom = often if often < min(SELDOM, pictures / 2) else None
            self._period = (now, index, reconnects)
            self._count = 0


class Reminder:
    """What the log is to say of cameras that are searched too seldom: at once, and every ten minutes while it lasts."""

    def __init__(self) -> None:
        self._next = 0.0

    def due(self, cameras: Iterable[Watchman | CameraStatus], now: float) -> str | None:
        """One sentence for all of these cameras, at `now` in seconds; None where there is nothing to say."""
        if now < self._next:
            return None
        sentences = [sentence for one in cameras if (sentence := one.seldom)]
        if not sentences:
            return None
        self._next = now + REMINDER
        return sentences[0] if len(sentences) == 1 else f"{sentences[0]} The same goes for {len(sentences) - 1} more."
