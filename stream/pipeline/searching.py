"""What is remembered of the searches for faces in one source, to decide on the next."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

import numpy as np

from stream.frame import Frame
from stream.pipeline.regions import Boxes, around, everything, grown, together
from stream.pipeline.schedule import Schedule
from stream.pipeline.workers import Found
from stream.search import Reason, Region, Search
from tracker import Track
from tracker.association import inside

CONFIRMED = 3  # detections after which a track is no longer new


class Changed(Protocol):
    """Counts the parts of the picture that have changed since a time, but for those that boxes (N, 4) touch."""

    def __call__(self, since: float, apart_from: Boxes = ..., /) -> int: ...


@dataclass(frozen=True, slots=True)
class _Past:
    """The searches so far: the times of the last one, of the last of the whole picture and of the last of it at each
    size, the last one itself, and when each track was last searched for."""

    t: float = -math.inf
    whole: float = -math.inf
    sizes: Mapping[int, float] = field(default_factory=dict)
    search: Search | None = None
    tracks: Mapping[int, float] = field(default_factory=dict)


class Searching:
    """Asks the schedule whether, where and how closely to search a frame.

    Attributes:
        last: the search decided on last.
        seconds: how long the last finished one took; None before the first.
    """

    def __init__(self, schedule: Schedule) -> None:
        self.last: Search | None = None
        self.seconds: float | None = None
        self._schedule = schedule
        self._costs: dict[bool, float] = {}  # seconds for a pixel of the network's input, of the whole picture or less
        self.begin_anew()

    def begin_anew(self) -> None:
        """After a cut, the next frame is searched."""
        self._frames: int | None = None
        self._past = self._before = _Past(search=self.last)

    def due(self, frame: Frame, tracks: Sequence[Track], changed: Changed, waiting: bool = False) -> Search | None:
        """The search of this frame, if there is to be one.

        Args:
            tracks: where the faces are thought to be.
            changed: tells what has changed up to this frame.
            waiting: whether the last search was not begun yet: this frame, being newer, is searched in its place.
        """
        past = self._before if waiting else self._past
        reason = self.last.reason if waiting and self.last else self._reason(frame.t, tracks, changed)
        if reason is None:
            return None
        self.last = self._choose(reason, frame, tracks, changed, past)
        self._frames, self._before, self._past = 0, past, self._after(past, frame.t, self.last, tracks)
        return self.last

    def note(self, found: Found) -> None:
        """A search has finished."""
        self.seconds = found.seconds
        if found.search.region:
            self._costs[found.search.is_whole] = found.seconds / found.search.region.pixels

    def _reason(self, t: float, tracks: Sequence[Track], changed: Changed) -> Reason | None:
        if self._frames is not None:
            self._frames += 1
        past = self._past
        unsure = any(track.misses or track.hits < CONFIRMED for track in tracks)
        return self._schedule.search_due(
            self._frames, t - past.t, t - past.whole, self._seconds(past.search), unsure, lambda: changed(past.t)
        )

    def _choose(self, reason: Reason, frame: Frame, tracks: Sequence[Track], changed: Changed, past: _Past) -> Search:
        """A search of the whole picture, or of a region around the faces that were not searched for the longest."""
        schedule, t = self._schedule, frame.t
        if not schedule.sizes:
            return Search(reason)
        height, width = frame.image.shape[:2]
        last = past.search.size if past.search else None

        def search(region: Callable[[float], Region], faces: Sequence[Track], whole: bool) -> Search:
            """At the size that suits the faces; `region` is given the scale."""
            missed = not whole and any(face.misses for face in faces)
            since = {size: t - past.sizes.get(size, -math.inf) if whole else 0.0 for size in schedule.sizes}
            searches = {size: Search(reason, size, region(size / max(width, height))) for size in schedule.sizes}
            seconds = {size: self._seconds(one) for size, one in searches.items()}
            return searches[schedule.size_for(_smallest(frame, faces), whole, missed, last, seconds, since)]

        whole = search(partial(everything, width, height), tracks, whole=True)
        if not tracks:
            return whole
        tracks = sorted(tracks, key=lambda track: past.tracks.get(track.id, -math.inf))
        unseen = np.array([t - track.seen for track in tracks])
        boxes = grown(np.array([track.box for track in tracks]), schedule.around * (1 + unseen))
        if schedule.whole_due(reason, t - past.whole, self._seconds(whole), lambda: changed(past.whole, boxes)):
            return whole

        def part(rows: Sequence[int]) -> Search:
            return search(partial(around, boxes[rows], width, height), [tracks[row] for row in rows], whole=False)

        best = part(together(len(tracks), lambda rows: part(rows).pixels))
        return best if best.pixels <= schedule.worth * whole.pixels else whole

    def _seconds(self, search: Search | None) -> float:
        """What a search takes, by what those of its kind took last."""
        if search is None or search.region is None:
            return self.seconds or 0.0
        return search.pixels * self._costs.get(search.is_whole, max(self._costs.values(), default=0.0))

    def _after(self, past: _Past, t: float, search: Search, tracks: Sequence[Track]) -> _Past:
        shown = inside(np.array([track.box for track in tracks]).reshape(-1, 4), search.sight)
        return _Past(
            t,
            t if search.is_whole else past.whole,
            {**past.sizes, search.size: t} if search.is_whole and search.size is not None else past.sizes,
            search,
            {
                track.id: t if seen else past.tracks.get(track.id, -math.inf)
                for track, seen in zip(tracks, shown, strict=True)
            },
        )


def _smallest(frame: Frame, tracks: Sequence[Track]) -> float | None:
    """Side of the smallest face as a part of the picture's long side; None without faces."""
    if not tracks:
        return None
    boxes = np.array([track.box for track in tracks])
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    return math.sqrt(max(float(areas.min()), 0.0)) / float(max(frame.image.shape[:2]))
