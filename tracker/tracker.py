"""Tracks of boxes over time: Kalman motion, two-stage association, and detections that may come late."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tracker.association import associate, likeness
from tracker.kalman import Array, BoxFilter, State, boxes_of, moved

HISTORY = 64  # measurements a track remembers: two seconds of one per frame at 30 frames a second


@dataclass(frozen=True, slots=True)
class Track:
    """A tracked box at one time.

    box: (4,) float32 xyxy in pixels.
    score: of the latest detection.
    started, seen: times of the first and the latest detection, seconds.
    hits: number of detections so far.
    """

    id: int
    box: NDArray[np.float32]
    score: float
    started: float
    seen: float
    hits: int


class Tracker:
    """Follows boxes by their motion alone.

    A sure detection that continues no track starts one. A track with fewer than `confirm` hits ends at the first
    update that misses it; any other ends when it was not detected for `lost_after` seconds. Ids count up from 1 in
    each instance and are never used twice.

    Args:
        high: least score of a detection that may start a track.
        low: least score of a detection that may continue one; the detector has to report boxes down to it.
        least: least likeness (IoU of the grown boxes times the ratio of their areas) of a detection and the track that
            it continues.
        margin: how far boxes are grown before they are compared, in standard deviations of the predicted centre: a
            track of unknown or old motion is looked for further away. Unsure detections are taken as they are.
        noise: standard deviation of a detection's centre, in sides (square root of the box area).
        confirm: hits that make a track a lasting one.
        lost_after: seconds without a detection after which a track ends.
        motion: the Kalman filter, with its process noise.
    """

    def __init__(
        self,
        high: float = 0.5,
        low: float = 0.1,
        least: float = 0.2,
        margin: float = 2.0,
        noise: float = 0.05,
        confirm: int = 2,
        lost_after: float = 1.0,
        motion: BoxFilter | None = None,
    ) -> None:
        self.high, self.low, self.least, self.margin = high, low, least, margin
        self.noise, self.confirm, self.lost_after = noise, confirm, lost_after
        self._motion = motion or BoxFilter()
        self._paths: dict[int, _Path] = {}
        self._now = -np.inf
        self._next_id = 1

    def update(self, boxes: ArrayLike, scores: ArrayLike, t: float) -> NDArray[np.int64]:
        """Take in all detections of the frame at time `t`, none included.

        `t` may lie in the past: the detections are then associated with where the tracks were at that time, and what
        was measured since is applied again.

        Args:
            boxes: (N, 4) xyxy in pixels.
            scores: (N,) in 0..1.
            t: time of the frame, seconds.

        Returns:
            (N,) the track id of each detection; -1: too unsure to start a track and continues none.

        Raises:
            ValueError: wrong shapes, or values that are not finite.
        """
        boxes, scores = _checked(boxes, scores, t)
        paths = [path for path in self._paths.values() if abs(t - path.at(t).t) <= self.lost_after]
        likenesses = self._likeness(paths, boxes, scores >= self.high, t)
        rows = associate(likenesses, scores, self.high, self.low, self.least)
        ids = np.full(len(boxes), -1, dtype=np.int64)
        for index in np.flatnonzero((rows >= 0) | (scores >= self.high)):
            path = paths[rows[index]] if rows[index] >= 0 else self._start(t)
            path.detect(t, boxes[index], float(scores[index]), self.noise)
            ids[index] = path.id
        self._end_lost(set(ids.tolist()), t)
        return ids

    def correct(self, track: int, box: ArrayLike, t: float, noise: float) -> None:
        """Tell where a track's box was at time `t` from another source than a detection, such as optical flow.

        It moves the box without counting as a hit or keeping the track alive; an ended track is ignored.

        Args:
            track: its id.
            box: (4,) xyxy in pixels.
            t: seconds.
            noise: standard deviation of the box's centre, in sides.

        Raises:
            ValueError: values that are not finite.
        """
        boxes, _ = _checked(np.reshape(np.asarray(box), (1, -1)), [noise], t)
        if track in self._paths:
            self._paths[track].measure(t, boxes[0], noise)

    def at(self, t: float) -> list[Track]:
        """The live tracks, moved to time `t` in seconds; the tracker itself stays as it is."""
        paths = [path for path in self._paths.values() if path.started <= t <= path.seen + self.lost_after]
        means, _, dt = _states(paths, t)
        boxes = boxes_of(moved(means, dt)).astype(np.float32)
        return [
            Track(path.id, box, path.score, path.started, path.seen, path.hits)
            for path, box in zip(paths, boxes, strict=True)
        ]

    def end_all(self) -> None:
        """End every track, as after a cut: whatever comes next gets a new id."""
        self._paths.clear()

    def _likeness(self, paths: "Sequence[_Path]", boxes: Array, sure: NDArray[np.bool_], t: float) -> Array:
        means, covariances, dt = _states(paths, t)
        margin = self.margin * self._motion.spread(means, covariances, dt)
        return likeness(boxes_of(moved(means, dt)), boxes, np.outer(margin, sure))

    def _start(self, t: float) -> "_Path":
        path = _Path(self._next_id, self._motion, started=t, seen=t)
        self._paths[path.id] = path
        self._next_id += 1
        return path

    def _end_lost(self, detected: set[int], t: float) -> None:
        missing_counts = t >= self._now  # a late frame says nothing of tracks that are newer
        self._now = max(self._now, t)
        self._paths = {
            path.id: path
            for path in self._paths.values()
            if self._now - path.seen <= self.lost_after
            and (path.hits >= self.confirm or path.id in detected or not missing_counts)
        }


@dataclass(frozen=True, slots=True)
class _Step:
    """One measurement of a track and the state after it."""

    t: float
    box: Array
    noise: float
    state: State


@dataclass(slots=True)
class _Path:
    """A track from inside: its latest measurements in the order of time, which may not be the order of arrival."""

    id: int
    motion: BoxFilter
    started: float
    seen: float
    score: float = 0.0
    hits: int = 0
    steps: list[_Step] = field(default_factory=list)

    def at(self, t: float) -> _Step:
        """The latest step up to time `t`, or the first one where all are later."""
        return self.steps[max(self._index(t) - 1, 0)]

    def detect(self, t: float, box: Array, score: float, noise: float) -> None:
        self.measure(t, box, noise)
        self.hits += 1
        if t >= self.seen:
            self.seen, self.score = t, score
        self.started = min(self.started, t)

    def measure(self, t: float, box: Array, noise: float) -> None:
        """Insert a measurement at its place in time and apply again those that follow it."""
        index = self._index(t)
        if index == 0 and self.steps and self.steps[0].t > self.started:
            return  # older than all that is remembered: the states after it already went on without it
        later = self.steps[index:]
        del self.steps[index:]
        self._append(t, box, noise)
        for step in later:
            self._append(step.t, step.box, step.noise)
        del self.steps[:-HISTORY]

    def _append(self, t: float, box: Array, noise: float) -> None:
        if self.steps:
            last = self.steps[-1]
            state = self.motion.update(self.motion.predict(last.state, t - last.t), box, noise)
        else:
            state = self.motion.start(box, noise)
        self.steps.append(_Step(t, box, noise, state))

    def _index(self, t: float) -> int:
        """How many steps are not later than `t`."""
        return bisect_right(self.steps, t, key=lambda step: step.t)


def _states(paths: Sequence[_Path], t: float) -> tuple[Array, Array, Array]:
    """Means (N, 7) and covariances (N, 7, 7) of the tracks' states up to `t`, and the seconds (N,) from then to `t`."""
    steps = [path.at(t) for path in paths]
    means = np.array([step.state.mean for step in steps]).reshape(-1, 7)
    covariances = np.array([step.state.covariance for step in steps]).reshape(-1, 7, 7)
    return means, covariances, np.array([t - step.t for step in steps])


def _checked(boxes: ArrayLike, scores: ArrayLike, t: float) -> tuple[Array, Array]:
    boxes, scores = np.array(boxes, dtype=np.float64), np.array(scores, dtype=np.float64)
    if boxes.size == 0:
        boxes = boxes.reshape(0, 4)
    if boxes.shape != (len(scores), 4) or scores.ndim != 1:
        raise ValueError(f"Boxes {boxes.shape} and scores {scores.shape} must be (N, 4) and (N,).")
    if not (np.isfinite(boxes).all() and np.isfinite(scores).all() and np.isfinite(t)):
        raise ValueError("Boxes, scores and the time must be finite; drop the detection that is not.")
    return boxes, scores
