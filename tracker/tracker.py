"""Tracks of boxes over time: Kalman motion, two-stage association, and detections that may come late."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tracker.kalman import Array, BoxFilter, Motion, to_boxes
from tracker.matching import Assignment, matched
from tracker.trail import Trail

NOISE = 0.05  # standard deviation of a detection's centre, in sides (square roots of the box's area)
EVERYWHERE = (-np.inf, -np.inf, np.inf, np.inf)


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """A tracked box at one time.

    Attributes:
        id: counts up from 1 in each tracker and is never used twice there.
        box: (4,) float32 xyxy in pixels.
        score: of the latest detection.
        started: time of the first detection, seconds.
        seen: time of the latest detection, seconds.
        hits: number of detections so far.
        misses: number of detection passes since the latest that saw it.
        doubted: time of the latest detection that may have been of something else, seconds; before all times if none.
    """

    id: int
    box: NDArray[np.float32]
    score: float
    started: float
    seen: float
    hits: int
    misses: int = 0
    doubted: float = -math.inf


def boxes_of(tracks: Sequence[Track]) -> NDArray[np.float32]:
    """The tracks' boxes (N, 4), xyxy in pixels."""
    return np.array([track.box for track in tracks], np.float32).reshape(-1, 4)


class Tracker:
    """Follows boxes by their motion alone.

    A sure detection that continues no track starts one. A track with fewer than `confirm` hits ends at the first
    update that misses it; any other at the first by whose time it was not detected for `lost_after` seconds, or, where
    none came that could have seen it, for `patience` seconds.

    Args:
        high: least score of a sure detection.
        low: least score of an unsure one, which may only continue a track; the detector has to report boxes down to it.
        confirm: hits that make a track a lasting one.
        lost_after: seconds after its last detection within which a track lives that has been missed since.
        patience: seconds after its last detection at which an update ends any track.
    """

    def __init__(
        self,
        high: float = 0.5,
        low: float = 0.1,
        confirm: int = 2,
        lost_after: float = 1.0,
        patience: float = 5.0,
    ) -> None:
        self.high = high
        self.low = low
        self.confirm = confirm
        self.lost_after = lost_after
        self.patience = patience
        self._motion = BoxFilter()
        self._trails: dict[int, Trail] = {}
        self._now = -np.inf
        self._next_id = 1

    def update(
        self,
        boxes: ArrayLike,
        scores: ArrayLike,
        t: float,
        sight: Sequence[float] = EVERYWHERE,
        smallest: float = 0.0,
        extent: Sequence[float] = (np.inf, np.inf),
    ) -> NDArray[np.int64]:
        """Take in all detections of the frame at time `t`, none included.

        `t` may lie in the past: the detections are then associated with where the tracks were at that time, and what
        was measured since is applied again.

        Args:
            boxes: (N, 4) xyxy in pixels.
            scores: (N,) in 0..1.
            t: time of the frame, seconds.
            sight: xyxy, the part of the frame that was scanned; a track whose box does not lie in it was not missed.
            smallest: side in pixels of the boxes that had to be found; a track whose box is smaller was not missed,
                unless it has left the picture.
            extent: width and height of the picture in pixels.

        Returns:
            (N,) the track id of each detection; -1: too unsure to start a track and continues none.

        Raises:
            ValueError: wrong shapes, or values that are not finite.
        """
        boxes, scores = _checked(boxes, scores, t)
        trails = [trail for trail in self._trails.values() if abs(t - trail.latest(t).t) <= self._lifetime(trail)]
        assignment = matched(trails, boxes, scores, t, self.high, self.low, self._motion)
        ids = self._apply(assignment, boxes, scores, t)
        self._end(assignment.looked_for(sight, smallest, extent) - set(ids.tolist()), t)
        return ids

    def follow(self, track: int, motion: Motion) -> None:
        """Tell how a track's box moved from another source than detections, such as optical flow.

        It moves the box without counting as a hit or keeping the track alive; an ended track is ignored. Motions may
        come in any order, and a detection that comes late moves on with those after its time.

        Raises:
            ValueError: values that are not finite, or no time between the two moments.
        """
        numbers = *motion.shift.tolist(), motion.growth, motion.noise
        if not (all(map(math.isfinite, numbers)) and motion.since < motion.until):
            raise ValueError("A motion must be finite and take time; drop the one that is not.")
        if track in self._trails:
            self._trails[track].follow(motion)

    def at(self, t: float) -> list[Track]:
        """The live tracks, moved to time `t` in seconds; the tracker itself stays as it is.

        Each is there until an update ends it, however late that comes: a detection that is still under way may see it.
        """
        trails = [trail for trail in self._trails.values() if trail.started <= t]
        latest = [trail.latest(t) for trail in trails]
        boxes = to_boxes([step.state.after(t - step.t) for step in latest]).astype(np.float32)
        return [
            Track(trail.id, box, trail.score, trail.started, trail.seen, trail.hits, trail.misses, trail.doubted)
            for trail, box in zip(trails, boxes, strict=True)
        ]

    def recalled(self, track: int, times: Sequence[float]) -> NDArray[np.float32]:
        """Boxes (N, 4) of a live track at N times in the past, in seconds, by all that was measured before and after.

        Raises:
            KeyError: there is no such track.
        """
        trail = self._trails[track]
        return to_boxes([trail.recalled(t) for t in times]).astype(np.float32)

    def followed(self, track: int, since: float) -> float:
        """The time in seconds up to which it was seen where a live track's box went from a detection at `since` on.

        Raises:
            KeyError: there is no such track.
        """
        return self._trails[track].followed(since)

    def renew(self, track: int, t: float) -> int:
        """Give a track a new id, which is returned, since it shows something else from time `t` in seconds on.

        An ended track stays as it was, with its id.
        """
        if track not in self._trails:
            return track
        trail = self._trails.pop(track)
        trail.id = self._next_id
        trail.started = t
        self._trails[trail.id] = trail
        self._next_id += 1
        return trail.id

    def end_all(self) -> None:
        """End every track, as after a cut: whatever comes next gets a new id."""
        self._trails.clear()

    def _apply(self, assignment: Assignment, boxes: Array, scores: Array, t: float) -> NDArray[np.int64]:
        """Move the matched tracks to their detections, start new ones, and tell the track id of each detection."""
        ids = np.full(len(boxes), -1, dtype=np.int64)
        for index in np.flatnonzero((assignment.rows >= 0) | (scores >= self.high)):
            row = assignment.rows[index]
            trail = assignment.trails[row] if row >= 0 else self._start(t)
            trail.detect(t, boxes[index], float(scores[index]), NOISE, doubtful=bool(assignment.unlike[index]))
            ids[index] = trail.id
        return ids

    def _end(self, missed: set[int], t: float) -> None:
        """End the tracks that have not been seen for too long, or were missed before they were confirmed."""
        late = t < self._now  # a late frame says nothing of tracks that are newer
        self._now = max(self._now, t)
        for trail in self._trails.values():
            trail.misses += trail.id in missed and trail.seen < t
        self._trails = {
            trail.id: trail
            for trail in self._trails.values()
            if self._now - trail.seen <= self._lifetime(trail)
            and (late or trail.id not in missed or trail.hits >= self.confirm)
        }

    def _start(self, t: float) -> Trail:
        trail = self._trails[self._next_id] = Trail(self._next_id, self._motion, started=t, seen=t)
        self._next_id += 1
        return trail

    def _lifetime(self, trail: Trail) -> float:
        """Seconds after its last detection at which a track ends."""
        return self.lost_after if trail.misses else self.patience


def _checked(boxes: ArrayLike, scores: ArrayLike, t: float) -> tuple[Array, Array]:
    boxes = np.array(boxes, dtype=np.float64)
    scores = np.array(scores, dtype=np.float64)
    if boxes.size == 0:
        boxes = boxes.reshape(0, 4)
    if scores.ndim != 1 or boxes.shape != (len(scores), 4):
        raise ValueError(f"Boxes {boxes.shape} and scores {scores.shape} must be (N, 4) and (N,).")
    if not (np.isfinite(boxes).all() and np.isfinite(scores).all() and np.isfinite(t)):
        raise ValueError("Boxes, scores and the time must be finite; drop the detection that is not.")
    return boxes, scores
