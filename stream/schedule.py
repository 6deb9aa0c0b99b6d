"""When to do the costly things, as pure rules."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from stream.identity import State

Reason = Literal["first", "coverage", "unsure", "motion"]


@dataclass(frozen=True, slots=True)
class Search:
    """A search for faces that was decided on: why, and at what long side in pixels (None: the detector's own)."""

    reason: Reason
    size: int | None

    def __str__(self) -> str:
        return self.reason if self.size is None else f"{self.reason}, {self.size} px"


@dataclass(frozen=True, slots=True)
class Schedule:
    """How often and how closely faces are searched for, and how often each is looked at.

    Attributes:
        detect_every: frames from one search to the next, at least.
        coverage: seconds after which a search is due, whatever is to be seen.
        share: of the time may be spent on searching.
        stirred: parts of the picture (of `Flow.changed`) whose change makes a search due.
        sizes: long sides in pixels to choose from, ascending; none leaves it to the detector.
        legible: pixels that a followed face's side should have in the search.
        slowest: seconds that a search may take, as far as a smaller size helps.
        whole: seconds after which the largest size is due, for those who are far away.
        first: seconds between the first looks at a track.
        growth: factor from each interval to the next while the track stays unknown; it is never given up.
        longest: seconds, the longest interval.
        named: seconds between looks at a named track.
        fresh: seconds after a detection for which a track's box is good enough to look into.
        linger: seconds for which a face that the detector misses is shown after it was last seen.
        better: growth of the face's area since the best look that makes the next one due at once.
    """

    detect_every: int = 3
    coverage: float = 0.0
    share: float = math.inf
    stirred: int = 3
    sizes: tuple[int, ...] = ()
    legible: float = 40.0
    slowest: float = 0.6
    whole: float = 3.0
    first: float = 0.2
    growth: float = 1.3
    longest: float = 3.0
    named: float = 2.0
    fresh: float = 0.0
    linger: float = 0.5
    better: float = 1.5

    def search_due(
        self, frames: int | None, waited: float, took: float, unsure: bool, changed: Callable[[], int]
    ) -> Reason | None:
        """Why to search this frame; None: not yet.

        Args:
            frames: since the last search began (None: there was none).
            waited: seconds since then.
            took: seconds that a search takes.
            unsure: whether a track is new or was missed.
            changed: counts the parts of the picture that have changed since.
        """
        if frames is None:
            return "first"
        if frames < self.detect_every or waited < took / self.share:
            return None
        if waited >= self.coverage:
            return "coverage"
        if unsure:
            return "unsure"
        return "motion" if changed() >= self.stirred else None

    def size_for(self, smallest: float | None, last: int | None, cost: float, since_whole: float) -> int | None:
        """The long side in pixels at which to search.

        Args:
            smallest: side of the smallest face, as a part of the picture's long side; None where none is followed, or
                one is missed: the largest and the smallest size take turns then, since a face may be too near for one
                and too far away for the other.
            last: size of the last search.
            cost: seconds for a square pixel of the long side.
            since_whole: seconds since the last search at the largest size.
        """
        if not self.sizes:
            return None
        sizes = [size for size in self.sizes if cost * size**2 <= self.slowest] or self.sizes[:1]
        if smallest is None:
            return sizes[0] if last == sizes[-1] else sizes[-1]
        if since_whole >= self.whole:
            return sizes[-1]
        return next((size for size in sizes if smallest * size >= self.legible), sizes[-1])

    def look_due(self, t: float, past: "Past | None", state: State, area: float) -> bool:
        """Whether to look at a track at time `t` (seconds) whose face covers `area` (pixels)."""
        if past is None or area >= self.better * past.area:
            return True
        return t - past.t >= (self.named if state == "named" else self._interval(past.looks))

    def _interval(self, looks: int) -> float:
        return min(self.longest, self.first * self.growth ** min(looks - 1, 30))  # the cap only keeps the power finite


RECORDED = Schedule()
# A detection of a live source comes when there is time and need for it, and late: boxes are carried for longer.
LIVE = Schedule(detect_every=1, coverage=1.0, share=0.9, sizes=(320, 416, 512, 640), fresh=1.0, linger=1.0)


@dataclass(frozen=True, slots=True)
class Past:
    """The looks at a track so far: when the last one was, how many, and the largest face area seen (pixels)."""

    t: float
    looks: int
    area: float

    def after(self, t: float, area: float) -> "Past":
        """This past with one more look."""
        return Past(t, self.looks + 1, max(self.area, area))
