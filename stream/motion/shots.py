"""Shots: the stretches of a source in which one picture goes on from the last."""

import math
from collections import deque
from collections.abc import Callable
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from stream.frame import Frame

CELLS = (32, 18)  # the picture as so many cells, each its mean colour: noise and small movements vanish
ROWS = 90  # of a picture that are looked at, lest a large one takes longer; all of each, since they lie together
CHANGE = 12  # grey levels; moving people and cameras stay below 5, cuts between dark scenes begin at 18

MISSING = 3  # usual intervals between frames: after more of them some have not come


class CutDetector:
    """Tells the first frame of every new shot.

    More than half of the cells must have changed: something that crosses less of the picture is no cut.
    """

    def __init__(self) -> None:
        self._before: NDArray[np.uint8] | None = None

    def is_cut(self, image: NDArray[np.uint8]) -> bool:
        """Whether this picture (H, W, 3) begins a new shot; the first picture of all does not."""
        step = max(1, image.shape[0] // ROWS)
        cells = np.asarray(cv2.resize(image[::step], CELLS, interpolation=cv2.INTER_AREA), np.uint8)
        before, self._before = self._before, cells
        if before is None:
            return False
        changed = (cv2.absdiff(cells, before) > CHANGE).any(axis=2)
        return bool(2 * np.count_nonzero(changed) > changed.size)


class Shots:
    """Tells where nothing goes on: after a cut, an interruption, a long gap, or a change of the picture's size.

    Args:
        is_cut: tells whether a picture (H, W, 3) begins a new shot.

    Attributes:
        number: of the present shot, from 0.
        began: when it did, in seconds; before all times for the first.
        last: the latest frame.
    """

    def __init__(self, is_cut: Callable[[NDArray[np.uint8]], bool]) -> None:
        self.is_cut = is_cut
        self.number = 0
        self.began = -math.inf
        self.last: Frame | None = None
        self._intervals: deque[float] = deque(maxlen=9)  # between the latest frames, seconds
        self._interrupted = False

    def begins_with(self, frame: Frame, gap: float) -> bool:
        """Whether a new shot begins with this frame, the next one of the source.

        Args:
            gap: seconds without a frame after which that is so; more where frames come seldom.
        """
        is_new = self._is_elsewhere(frame, gap)
        self.last = frame
        if is_new:
            self._begin(frame.t)
        return is_new

    def interrupt(self) -> bool:
        """No frames come for now: whatever comes next is in another shot. False where that was known, or none came."""
        if self.last is None or self._interrupted:
            return False
        self._begin(self.last.t)
        self._interrupted = True
        return True

    def _is_elsewhere(self, frame: Frame, gap: float) -> bool:
        is_cut = self.is_cut(frame.image)
        last = self.last
        if last is None:
            return is_cut
        longest = max(gap, MISSING * median(self._intervals or [0.0]))
        self._intervals.append(frame.t - last.t)
        return is_cut or self._interrupted or last.image.shape != frame.image.shape or frame.t - last.t > longest

    def _begin(self, t: float) -> None:
        self.number += 1
        self.began = t
        self._interrupted = False
