"""What is remembered of the searches for faces in one source, to decide on the next."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from stream.frame import Frame
from stream.schedule import Schedule, Search
from stream.workers import Found
from tracker import Track

CONFIRMED = 3  # detections after which a track is no longer new


class Searching:
    """Asks the schedule whether and how to search a frame.

    Attributes:
        last: the search decided on last.
        seconds: how long the last finished one took; None before the first.
    """

    def __init__(self, schedule: Schedule) -> None:
        self.last: Search | None = None
        self.seconds: float | None = None
        self._schedule = schedule
        self._cost = 0.0
        self.begin_anew()

    def begin_anew(self) -> None:
        """After a cut, the next frame is searched."""
        self._frames: int | None = None
        self._t = self._whole = -math.inf

    def due(
        self, frame: Frame, tracks: Sequence[Track], changed: Callable[[float], int], waiting: bool = False
    ) -> Search | None:
        """The search of this frame, if there is to be one.

        Args:
            tracks: where the faces are thought to be.
            changed: counts the parts of the picture that have changed since a time.
            waiting: whether the last search was not begun yet: this frame, being newer, is searched in its place.
        """
        schedule, t = self._schedule, frame.t
        if waiting and self.last is not None:
            self._frames, self._t = 0, t
            return self.last
        if self._frames is not None:
            self._frames += 1
        unsure = any(track.misses or track.hits < CONFIRMED for track in tracks)
        reason = schedule.search_due(self._frames, t - self._t, self.seconds or 0.0, unsure, lambda: changed(self._t))
        if reason is None:
            return None
        last = self.last.size if self.last else None
        size = schedule.size_for(_smallest(frame, tracks), last, self._cost, t - self._whole)
        self._frames, self._t, self.last = 0, t, Search(reason, size)
        if size == max(schedule.sizes, default=None):
            self._whole = t
        return self.last

    def note(self, found: Found) -> None:
        """A search has finished."""
        self.seconds = found.seconds
        self._cost = found.seconds / found.size**2 if found.size else 0.0


def _smallest(frame: Frame, tracks: Sequence[Track]) -> float | None:
    """Side of the smallest face as a part of the picture's long side; None without faces, or where one is missed."""
    if not tracks or any(track.misses for track in tracks):
        return None
    boxes = np.array([track.box for track in tracks])
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    return math.sqrt(max(float(areas.min()), 0.0)) / float(max(frame.image.shape[:2]))
