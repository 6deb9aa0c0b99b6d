"""What is remembered of one track: its latest measurements in the order of time, and the state after each."""

import math
from bisect import bisect_right
from dataclasses import dataclass, field

import numpy as np

from tracker.kalman import MOST_SHRINKING, Array, BoxFilter, BoxState, Motion

HISTORY = 128  # measurements that are remembered: four seconds of one per frame at 30 frames a second


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """Where a box was found: (4,) xyxy in pixels; `noise` as in BoxFilter.update."""

    box: Array
    noise: float


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One measurement of a track, and the state after it at time `t` in seconds."""

    t: float
    measured: Detection | Motion
    state: BoxState


@dataclass(slots=True, eq=False)
class Trail:
    """A track from inside. Measurements may arrive late: each is put in its place and those after it applied again."""

    id: int
    filter: BoxFilter
    started: float
    seen: float
    score: float = 0.0
    hits: int = 0
    misses: int = 0
    doubted: float = -math.inf
    steps: list[Step] = field(default_factory=list)

    def detect(self, t: float, box: Array, score: float, noise: float, doubtful: bool = False) -> None:
        """Take in a detection (4,) xyxy in pixels of time `t` in seconds; `noise` as in BoxFilter.update."""
        if doubtful:
            self.doubted = max(self.doubted, t)
        self._measure(t, Detection(box, noise))
        self.hits += 1
        if t >= self.seen:
            self.seen = t
            self.score = score
            self.misses = 0
        self.started = min(self.started, t)

    def follow(self, motion: Motion) -> None:
        """Take in how the box moved, which says nothing of whether it is still there."""
        if motion.since >= self.started:
            self._measure(motion.until, motion)

    def latest(self, t: float) -> Step:
        """The last step up to time `t`, or the first one where all are later."""
        return self.steps[max(self._steps_until(t) - 1, 0)]

    def recalled(self, t: float) -> Array:
        """Centre, area and aspect (4,) at time `t` in seconds by all that was measured until now.

        What the next detection corrected is spread evenly over the time since the one before: a box that drifted away
        in between goes from the one place to the other.
        """
        before = self.latest(t)
        place = np.array(before.state.after(t - before.t))
        index = self._steps_until(t)
        after = next((i for i in range(index, len(self.steps)) if isinstance(self.steps[i].measured, Detection)), None)
        first = next((s.t for s in reversed(self.steps[:index]) if isinstance(s.measured, Detection)), None)
        if after is None or first is None:
            return place
        found, expected = self.steps[after], self.steps[after - 1]
        corrected = np.subtract(found.state.after(0.0), expected.state.after(found.t - expected.t))
        recalled = place + (t - first) / (found.t - first) * corrected
        recalled[2] = max(recalled[2], MOST_SHRINKING * place[2])  # it may be corrected by more than it was then
        return recalled

    def followed(self, since: float) -> float:
        """The time in seconds up to which motions without a gap tell where the box went from time `since` on."""
        until = since
        for step in self.steps[self._steps_until(since) :]:
            if isinstance(step.measured, Motion) and step.measured.since == until:
                until = step.t
        return until

    def _measure(self, t: float, measured: Detection | Motion) -> None:
        index = self._steps_until(t)
        if index == 0 and self.steps and self.steps[0].t > self.started:
            return  # older than all that is remembered: the states since went on without it
        later = self.steps[index:]
        del self.steps[index:]
        self._append(t, measured)
        for step in later:
            self._append(step.t, step.measured)
        del self.steps[:-HISTORY]

    def _append(self, t: float, measured: Detection | Motion) -> None:
        self.steps.append(Step(t, measured, self._state_after(t, measured)))

    def _state_after(self, t: float, measured: Detection | Motion) -> BoxState:
        if isinstance(measured, Motion):
            last = self.steps[-1]
            begin = max(last.t, measured.since)
            return self.filter.follow(self.filter.predict(last.state, begin - last.t), measured, t - begin)
        if not self.steps:
            return self.filter.start(measured.box, measured.noise)
        last = self.steps[-1]
        return self.filter.update(self.filter.predict(last.state, t - last.t), measured.box, measured.noise)

    def _steps_until(self, t: float) -> int:
        """How many steps are not later than `t`."""
        return bisect_right(self.steps, t, key=lambda step: step.t)
