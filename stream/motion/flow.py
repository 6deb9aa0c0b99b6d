"""Optical flow: where the faces of one picture have gone by the next, as the pictures themselves show it."""

import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from models.runtime import resize
from stream.frame import Frame
from stream.motion.shifts import Floats, Halves, shifts_of
from tracker import Motion, Track, Tracker, boxes_of

LONGEST = 960  # pixels of a picture's long side, beyond which it is shrunk
MEMORY = 64  # pictures that are kept: two seconds at 30 frames a second, some 20 MB

PARTS = (64, 36)  # of a picture, across and down, each its mean grey: noise vanishes
CHANGE = 6.0  # grey levels
HOPS = 6  # in which a new track is carried through all pictures since: quicker than each, nearly as good

NOTHING = np.empty((0, 4))  # boxes


@dataclass(frozen=True, slots=True, eq=False)
class _Picture:
    """A grey picture (H, W), a whole number of times smaller than the frame of time `t` in seconds."""

    t: float
    grey: Halves
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
        now = _Picture(frame.t, Halves(resize(grey, max(1, width // factor), max(1, height // factor))), factor)
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
            (moved,) = shifts_of(after.grey, before.grey, there[None] / after.factor)
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
        changes = np.subtract(*(resize(one.grey[0], *PARTS).astype(np.int16) for one in (self._pictures[-1], before)))
        changed = np.abs(changes - np.median(changes)) > CHANGE
        for box in apart_from * np.tile(np.array(PARTS) / before.grey[0].shape[::-1] / before.factor, 2):
            x1, y1, x2, y2 = np.clip([*np.floor(box[:2]), *np.ceil(box[2:])], 0, max(PARTS)).astype(int)
            changed[y1:y2, x1:x2] = False
        return int(changed.sum())

    def forget(self) -> None:
        """Begin anew, as after a cut."""
        self._pictures.clear()


def _follow(tracker: Tracker, tracks: Sequence[Track], before: _Picture, after: _Picture) -> None:
    if after.t == before.t:  # as a coarse clock tells it: what takes no time has no velocity
        return
    shifts = shifts_of(before.grey, after.grey, boxes_of(tracks) / before.factor)
    for track, moved in zip(tracks, shifts, strict=True):
        if moved is not None:
            shift = moved.shift * before.factor
            tracker.follow(track.id, Motion(before.t, after.t, shift, moved.growth, moved.noise))
