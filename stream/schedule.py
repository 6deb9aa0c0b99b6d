"""When to do the costly things, as pure rules."""

from dataclasses import dataclass

from stream.identity import State


@dataclass(frozen=True, slots=True)
class Schedule:
    """How often faces are searched for, and how often each is looked at.

    Attributes:
        detect_every: frames from one detection to the next.
        first: seconds between the first looks at a track.
        growth: factor from each interval to the next while the track stays unknown; it is never given up.
        longest: seconds, the longest interval.
        named: seconds between looks at a named track.
        fresh: seconds after a detection for which a track's box is good enough to look into.
        linger: seconds for which a face that the detector misses is shown after it was last seen.
        better: growth of the face's area since the best look that makes the next one due at once.
    """

    detect_every: int = 3
    first: float = 0.2
    growth: float = 1.3
    longest: float = 3.0
    named: float = 2.0
    fresh: float = 0.0
    linger: float = 0.5
    better: float = 1.5

    def detection_due(self, frames_since: int | None) -> bool:
        """Whether to search this frame, so many frames after the last one searched (None: none was yet)."""
        return frames_since is None or frames_since >= self.detect_every

    def look_due(self, t: float, past: "Past | None", state: State, area: float) -> bool:
        """Whether to look at a track at time `t` (seconds) whose face covers `area` (pixels)."""
        if past is None or area >= self.better * past.area:
            return True
        return t - past.t >= (self.named if state == "named" else self._interval(past.looks))

    def _interval(self, looks: int) -> float:
        return min(self.longest, self.first * self.growth ** min(looks - 1, 30))  # the cap only keeps the power finite


RECORDED = Schedule()
# A detection of a live source comes when there is time for it, and late: boxes are carried for longer.
LIVE = Schedule(detect_every=1, fresh=1.0, linger=1.0)


@dataclass(frozen=True, slots=True)
class Past:
    """The looks at a track so far: when the last one was, how many, and the largest face area seen (pixels)."""

    t: float
    looks: int
    area: float

    def after(self, t: float, area: float) -> "Past":
        """This past with one more look."""
        return Past(t, self.looks + 1, max(self.area, area))
