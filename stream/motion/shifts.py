"""How what is in a box moves from one picture to the next, by sparse optical flow."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.runtime import resize

SIDE = 32.0  # pixels to which a larger face's side is shrunk, in halves of the picture
AROUND = 0.6  # sides around the face within which it is looked for
ROW = (-0.5, -0.25, 0.0, 0.25, 0.5)  # where points are taken, in sides of the box from its centre
GRID = np.array([(x, y) for x in ROW for y in ROW if x**2 + y**2 <= 0.33])  # a box's corners show the background
WINDOW = (11, 11)  # pixels around each point that are compared
CALL = 30_000  # pixels, to look at which takes as long as one more call
LEVELS = 2  # halvings of what is looked at: what moves far is found there first
STOP = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_COUNT, 10, 0.1)
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


class Halves:
    """A grey picture (H, W), and the same at a half, a quarter, ... of its size, each made when it is first needed."""

    def __init__(self, grey: Grey) -> None:
        self._levels = [grey]

    def __getitem__(self, level: int) -> Grey:
        """The picture after so many halvings."""
        while len(self._levels) <= level:
            height, width = self._levels[-1].shape
            self._levels.append(resize(self._levels[-1], max(1, width // 2), max(1, height // 2)))
        return self._levels[level]


def shifts_of(before: Halves, after: Halves, boxes: NDArray[np.floating]) -> list[Shift | None]:
    """How what is in each of N boxes moved between two pictures; None where that cannot be seen.

    Args:
        before: a picture (H, W).
        after: another of the same size.
        boxes: (N, 4) xyxy in pixels of `before`.
    """
    corners = np.asarray(boxes, np.float64).reshape(-1, 2, 2)
    sides = np.maximum(corners[:, 1] - corners[:, 0], 1.0)
    side = np.sqrt(sides.prod(axis=1))
    levels = np.maximum(np.rint(np.log2(side / SIDE)), 0).astype(int)
    scale = 0.5**levels
    centres = corners.mean(axis=1) * scale[:, None]
    reach = (sides / 2 + AROUND * side[:, None]) * scale[:, None]
    starts = centres[:, None] + GRID * (sides * scale[:, None])[:, None]
    ends = np.zeros_like(starts)
    seen = np.zeros(starts.shape[:2], np.bool_)
    views = np.stack([np.floor(centres - reach), np.ceil(centres + reach)], axis=1)
    for rows in _groups(levels, views):
        level, view = int(levels[rows[0]]), _hull(views[rows])
        end, found = followed(before[level], after[level], view, starts[rows].reshape(-1, 2))
        ends[rows], seen[rows] = end.reshape(-1, *GRID.shape), found.reshape(-1, len(GRID))
    units = side * scale
    shifts: list[Shift | None] = [None] * len(boxes)
    enough = np.flatnonzero(seen.sum(axis=1) >= LEAST * len(GRID))
    start, end = ((each - centres[:, None])[enough] / units[enough, None, None] for each in (starts, ends))
    for row, shift, growth, noise in zip(enough.tolist(), *_similarities(start, end, seen[enough]), strict=True):
        shifts[row] = Shift(side[row] * shift, float(growth), float(noise))
    return shifts


def _groups(levels: NDArray[np.intp], views: Floats) -> Iterator[NDArray[np.intp]]:
    """The rows to follow in one call: those of a level, unless there is too much between them, then each alone.

    Args:
        levels: (N,) after how many halvings of the picture each is followed.
        views: (N, 2, 2) the first and the last corner of what is looked at for each, there.
    """
    for level in sorted(set(levels.tolist())):
        rows = np.flatnonzero(levels == level)
        between = _areas(_hull(views[rows])[None]).sum() - _areas(views[rows]).sum()
        together = between <= CALL * (len(rows) - 1)
        yield from [rows] if together else rows[:, None]


def _hull(views: Floats) -> Floats:
    """The first and the last corner (2, 2) of what holds all of these (N, 2, 2)."""
    return np.stack([views[:, 0].min(axis=0), views[:, 1].max(axis=0)])


def _areas(views: Floats) -> Floats:
    return np.asarray((views[:, 1] - views[:, 0]).prod(axis=1))


def followed(before: Grey, after: Grey, view: Floats, points: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Where points (P, 2) of one picture are in the next (P, 2), in pixels, and which (P,) were found.

    They are followed there and back; only those that come back to where they started are believed (Kalal et al.,
    Forward-Backward Error: Automatic Detection of Tracking Failures, ICPR 2010).

    Args:
        view: (2, 2) the first and the last corner of what is looked at; what lies beyond the picture is left out.
    """
    (x1, y1), (x2, y2) = view.clip(0, before.shape[::-1]).astype(int).tolist()
    if min(x2 - x1, y2 - y1) < WINDOW[0]:
        return points, np.zeros(len(points), np.bool_)
    old, new = before[y1:y2, x1:x2], after[y1:y2, x1:x2]
    start = (points - (x1, y1)).astype(np.float32)
    there, found = _lucas_kanade(old, new, start)
    back, returned = _lucas_kanade(new, old, there)
    inside = ((start >= 0) & (start <= (x2 - x1 - 1, y2 - y1 - 1))).all(axis=1)
    sure = inside & found & returned & (np.hypot(*(back - start).T) <= ROUND_TRIP)
    return there + np.array([x1, y1]), sure


def _lucas_kanade(before: Grey, after: Grey, points: Points) -> tuple[Points, NDArray[np.bool_]]:
    """Where points (P, 2) of one picture are in the next, and which (P,) of them were found."""
    end, found, _ = cv2.calcOpticalFlowPyrLK(
        before, after, points, np.empty_like(points), winSize=WINDOW, maxLevel=LEVELS, criteria=STOP
    )
    return np.asarray(end, np.float32), np.asarray(found, np.bool_).ravel()


def _similarities(start: Floats, end: Floats, seen: NDArray[np.bool_]) -> tuple[Floats, Floats, Floats]:
    """The movements that most points of each of N groups share, about (0, 0): shifts (N, 2), growths and noises (N,).

    Args:
        start, end: (N, P, 2).
        seen: (N, P), which of them are known.
    """
    moves = end - start
    others = moves - _median(moves, seen)
    away = np.hypot(others[..., 0], others[..., 1])
    alike = seen & (away <= OUTLIER * _median(away[..., None], seen)[..., 0] + TOLERANCE)
    weights = alike[..., None]
    count = alike.sum(axis=1)
    middle, middle_after = (np.sum(each * weights, axis=1) / count[:, None] for each in (start, end))
    spokes, spokes_after = ((start - middle[:, None]) * weights, (end - middle_after[:, None]) * weights)
    growth = np.sum(spokes * spokes_after, axis=(1, 2)) / np.maximum(np.sum(spokes**2, axis=(1, 2)), 1e-9)
    growth = growth.clip(*GROWTH)
    rest = spokes_after - growth[:, None, None] * spokes
    noise = FLOOR + 2 * np.sqrt(np.sum(rest**2, axis=(1, 2)) / 2) / count
    return middle_after - growth[:, None] * middle, growth, noise


def _median(values: Floats, seen: NDArray[np.bool_]) -> Floats:
    """Of those of the values (N, P, D) that are seen (N, P), as (N, 1, D); NumPy's own takes ten times as long."""
    ordered = np.sort(np.where(seen[..., None], values, np.inf), axis=1)
    last = seen.sum(axis=1) - 1
    rows = np.arange(len(seen))
    return np.asarray(ordered[rows, last // 2] + ordered[rows, (last + 1) // 2])[:, None] / 2
