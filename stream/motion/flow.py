"""Optical flow: where the faces of one picture have gone by the next, as the pictures themselves show it."""

import math
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from models.runtime import resize
from stream.frame import Frame
from tracker import Motion, Track, Tracker

LONGEST = 960  # pixels of a picture's long side, beyond which it is shrunk
MEMORY = 64  # pictures that are kept: two seconds at 30 frames a second, some 20 MB

PARTS = (64, 36)  # of a picture, across and down, each its mean grey: noise vanishes
CHANGE = 6.0  # grey levels
HOPS = 6  # in which a new track is carried through all pictures since: quicker than each, nearly as good

SIDE = 32.0  # pixels to which a larger face's side is shrunk
AROUND = 0.6  # sides around the face within which it is looked for
NOTHING = np.empty((0, 4))  # boxes
ROW = (-0.5, -0.25, 0.0, 0.25, 0.5)  # where points are taken, in sides of the box from its centre
GRID = np.array([(x, y) for x in ROW for y in ROW if x**2 + y**2 <= 0.33])  # a box's corners show the background
WINDOW = (15, 15)  # pixels around each point that are compared
LEVELS = 2  # halvings of the picture: what moves far is found there first
STOP = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_COUNT, 10, 0.03)
ROUND_TRIP = 1.0  # pixels by which a point may miss its start when it is followed there and back
LEAST = 0.5  # of the points must have come back
OUTLIER, TOLERANCE = 3.0, 0.001  # median deviations and sides from the other points: more is another's movement
GROWTH = (0.8, 1.25)  # of a face from one picture to the next
FLOOR = 0.02  # sides: noise of the best flow, which takes a head that turns for one that moves

Grey = NDArray[np.uint8]
Points = NDArray[np.float32]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Shift:
    """How a box moved: its centre by `shift` (2,) pixels, its sides by `growth` as a factor.

    `noise` is the standard deviation of the shift, in sides.
    """

    shift: Floats
    growth: float
    noise: float

    def applied_to(self, box: Floats, factor: int) -> Floats:
        """A box (4,) moved so, in a picture that is `factor` times as large."""
        corners = box.reshape(2, 2)
        centre = corners.mean(axis=0)
        return np.asarray((corners - centre) * self.growth + centre + factor * self.shift).ravel()


@dataclass(frozen=True, slots=True, eq=False)
class _Picture:
    """A grey picture (H, W), a whole number of times smaller than the frame of time `t` in seconds."""

    t: float
    grey: Grey
    factor: int


class Flow:
    """Lets the boxes of a source's tracks follow what they show, from each frame to the next."""

    def __init__(self) -> None:
        self._pictures: deque[_Picture] = deque(maxlen=MEMORY)

    def carry(self, frame: Frame, *trackers: Tracker) -> None:
        """Move the tracks from the last frame to this one, but those that the detector has missed.

        Their faces are hidden or gone; what is to be seen there would carry the boxes away.
        """
        height, width = frame.image.shape[:2]
        factor = math.ceil(max(height, width) / LONGEST)
        grey = np.asarray(cv2.cvtColor(frame.image, cv2.COLOR_BGR2GRAY), np.uint8)
        now = _Picture(frame.t, resize(grey, max(1, width // factor), max(1, height // factor)), factor)
        if self._pictures:
            before = self._pictures[-1]
            for tracker in trackers:
                _follow(tracker, [track for track in tracker.at(before.t) if not track.misses], before, now)
        self._pictures.append(now)

    def catch_up(self, tracker: Tracker, t: float) -> None:
        """Move the tracks that a late detection has begun at time `t`, in seconds, through the frames since."""
        begun = {track.id for track in tracker.at(t) if track.started == t}
        if not begun:
            return
        since = [picture for picture in self._pictures if picture.t >= t]
        stride = max(1, math.ceil(len(since) / HOPS))
        for before, after in pairwise(since[:-1:stride] + since[-1:]):
            _follow(tracker, [track for track in tracker.at(before.t) if track.id in begun], before, after)

    def times(self, since: float) -> list[float]:
        """Of the pictures that are remembered from after time `since`, all in seconds, but for the latest."""
        return [picture.t for picture in self._pictures if picture.t > since][:-1]

    def back(self, box: NDArray[np.floating], since: float) -> Iterator[tuple[float, Floats]]:
        """Where what a box (4,) of the latest frame shows was before, the later the earlier it comes, while it is seen.

        Times and boxes, from the last frame but one to the first after time `since`, all in seconds and pixels.
        """
        pictures = [picture for picture in self._pictures if picture.t > since]
        there: Floats = np.asarray(box, np.float64)
        for after, before in pairwise(reversed(pictures)):
            moved = shift_of(after.grey, before.grey, there / after.factor)
            if moved is None:
                return
            there = moved.applied_to(there, before.factor)
            yield before.t, there

    def changed(self, since: float, apart_from: NDArray[np.floating] = NOTHING) -> int:
        """How many of the picture's 64 by 36 parts have changed from time `since` to the latest frame.

        A change of the whole picture's brightness is none. All have changed where that time is not remembered.

        Args:
            apart_from: boxes (N, 4) in pixels of the frame; the parts that they touch do not count.
        """
        before = next((picture for picture in self._pictures if picture.t == since), None)
        if before is None:
            return PARTS[0] * PARTS[1]
        changes = np.subtract(*(resize(one.grey, *PARTS).astype(np.int16) for one in (self._pictures[-1], before)))
        changed = np.abs(changes - np.median(changes)) > CHANGE
        for box in apart_from * np.tile(np.array(PARTS) / before.grey.shape[::-1] / before.factor, 2):
            x1, y1, x2, y2 = np.clip([*np.floor(box[:2]), *np.ceil(box[2:])], 0, max(PARTS)).astype(int)
            changed[y1:y2, x1:x2] = False
        return int(changed.sum())

    def forget(self) -> None:
        """Begin anew, as after a cut."""
        self._pictures.clear()


def _follow(tracker: Tracker, tracks: Iterable[Track], before: _Picture, after: _Picture) -> None:
    for track in tracks:
        moved = shift_of(before.grey, after.grey, track.box / before.factor)
        if moved is not None:
            shift = moved.shift * before.factor
            tracker.follow(track.id, Motion(before.t, after.t, shift, moved.growth, moved.noise))


def shift_of(before: Grey, after: Grey, box: NDArray[np.floating]) -> Shift | None:
    """How what is in a box moved between two pictures; None where that cannot be seen.

    Args:
        before: (H, W).
        after: (H, W).
        box: (4,) xyxy in pixels of `before`.
    """
    corners = np.asarray(box, np.float64).reshape(2, 2)
    centre, sides = corners.mean(axis=0), np.maximum(corners[1] - corners[0], 1.0)
    side = math.sqrt(sides.prod())
    limits = np.array(before.shape[::-1])
    first = np.clip(np.floor(corners[0] - AROUND * side), 0, limits).astype(int)
    last = np.clip(np.ceil(corners[1] + AROUND * side), 0, limits).astype(int)
    if (last - first).min() < WINDOW[0]:
        return None
    view = np.s_[first[1] : last[1], first[0] : last[0]]
    start = centre + GRID * sides
    end = first + followed(before[view], after[view], start - first, min(1.0, SIDE / side))
    seen = np.isfinite(end).all(axis=1)
    if seen.sum() < LEAST * len(GRID):
        return None
    shift, growth, noise = _similarity((start[seen] - centre) / side, (end[seen] - centre) / side)
    return Shift(side * shift, growth, noise)


def followed(before: Grey, after: Grey, points: Floats, scale: float) -> Floats:
    """Where points (N, 2) of one picture are in the next (N, 2), in pixels; NaN where they cannot be found.

    They are followed there and back, in the pictures shrunk by `scale`; only those that come back to where they
    started are believed (Kalal et al., Forward-Backward Error: Automatic Detection of Tracking Failures, ICPR 2010).
    """
    extent = np.array(before.shape[::-1])
    size = np.ceil(extent * scale).astype(int)
    old, new = (resize(picture, *size.tolist()) for picture in (before, after))
    start = ((points + 0.5) * size / extent - 0.5).astype(np.float32)
    there, found = _lucas_kanade(old, new, start)
    back, returned = _lucas_kanade(new, old, there)
    inside = ((start >= 0) & (start <= size - 1)).all(axis=1)
    sure = inside & found & returned & (np.hypot(*(back - start).T) <= ROUND_TRIP)
    return np.where(sure[:, None], (there + 0.5) * extent / size - 0.5, np.nan)


def _lucas_kanade(before: Grey, after: Grey, points: Points) -> tuple[Points, NDArray[np.bool_]]:
    """Where points (N, 2) of one picture are in the next, and which (N,) of them were found."""
    end, found, _ = cv2.calcOpticalFlowPyrLK(
        before, after, points, np.empty_like(points), winSize=WINDOW, maxLevel=LEVELS, criteria=STOP
    )
    return np.asarray(end, np.float32), np.asarray(found, np.bool_).ravel()


def _similarity(start: Floats, end: Floats) -> tuple[Floats, float, float]:
    """The movement that most points (N, 2) share, about (0, 0): shift (2,), growth, and the shift's noise."""
    moves = end - start
    away = np.hypot(*(moves - _median(moves)).T)
    alike = away <= OUTLIER * _median(away) + TOLERANCE
    start, end = start[alike], end[alike]
    middle, middle_after = start.mean(axis=0), end.mean(axis=0)
    spokes, spokes_after = start - middle, end - middle_after
    growth = float(np.clip((spokes * spokes_after).sum() / max((spokes**2).sum(), 1e-9), *GROWTH))
    rest = spokes_after - growth * spokes
    noise = FLOOR + 2 * math.sqrt((rest**2).mean() / len(rest))
    return middle_after - growth * middle, growth, noise


def _median(values: Floats) -> Floats:
    """Along the first axis; of so few values NumPy's own takes ten times as long."""
    ordered = np.sort(values, axis=0)
    return np.asarray((ordered[(len(values) - 1) // 2] + ordered[len(values) // 2]) / 2)
