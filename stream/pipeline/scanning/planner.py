"""Whether, where and how closely to scan the frames of one source for faces."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from stream.frame import Frame
from stream.pipeline.scanning.candidates import Candidates, ScanCosts
from stream.pipeline.scanning.regions import Boxes
from stream.pipeline.schedule import Schedule
from stream.scan import Reason, Scan
from tracker import Track, boxes_of
from tracker.association import inside

CONFIRMED = 3  # detections after which a track is no longer new


class Changed(Protocol):
    """Counts the parts of the picture that have changed since a time, but for those that boxes (N, 4) touch."""

    def __call__(self, since: float, apart_from: Boxes = ..., /) -> int: ...


@dataclass(frozen=True, slots=True)
class ScanHistory:
    """When was scanned what, in seconds; before all times where it never was.

    Attributes:
        t: of the last scan.
        whole: of the last scan of the whole picture.
        sizes: the same for each size.
        last: the last scan itself.
        tracks: when each track was last scanned for.
    """

    t: float = -math.inf
    whole: float = -math.inf
    sizes: Mapping[int, float] = field(default_factory=dict)
    last: Scan | None = None
    tracks: Mapping[int, float] = field(default_factory=dict)

    def after(self, t: float, scan: Scan, tracks: Sequence[Track]) -> "ScanHistory":
        """This history with one more scan, and without the tracks that have ended."""
        shown = inside(boxes_of(tracks), scan.sight)
        return ScanHistory(
            t,
            t if scan.is_whole else self.whole,
            {**self.sizes, scan.size: t} if scan.is_whole and scan.size is not None else self.sizes,
            scan,
            {
                track.id: t if is_shown else self.tracks.get(track.id, -math.inf)
                for track, is_shown in zip(tracks, shown, strict=True)
            },
        )


class ScanPlanner:
    """Asks the schedule whether to scan a frame, and chooses the cheapest scan that will do.

    Attributes:
        last: the scan decided on last.
        costs: what scans take.
    """

    def __init__(self, schedule: Schedule) -> None:
        self.last: Scan | None = None
        self.costs = ScanCosts()
        self._schedule = schedule
        self.begin_anew()

    def begin_anew(self) -> None:
        """After a cut, the next frame is scanned."""
        self._frames: int | None = None
        self._told: list[tuple[int, int, int]] | None = None  # what scans had told of the tracks by the last decision
        self._history = self._before = ScanHistory(last=self.last)

    def due(self, frame: Frame, tracks: Sequence[Track], changed: Changed, waiting: Scan | None = None) -> Scan | None:
        """The scan of this frame, if there is to be one.

        Args:
            tracks: where the faces are thought to be.
            changed: tells what has changed up to this frame.
            waiting: a scan that was not begun yet: this frame, being newer, is scanned in its place.
        """
        history = self._history if waiting is None else self._before
        reason = self._reason(frame.t, tracks, changed) if waiting is None else waiting.reason
        if reason is None:
            return None
        scan, told = waiting, [(track.id, track.hits, track.misses) for track in tracks]
        # While one of the whole picture waits, as with many cameras in nearly every frame, only news changes it.
        if scan is None or not scan.is_whole or told != self._told:
            scan = self._choose(reason, frame, tracks, changed, history)
        self.last = scan
        self._frames, self._told = 0, told
        self._before = history
        self._history = history.after(frame.t, scan, tracks)
        return scan

    def _reason(self, t: float, tracks: Sequence[Track], changed: Changed) -> Reason | None:
        if self._frames is not None:
            self._frames += 1
        history = self._history
        unsure = any(track.misses or track.hits < CONFIRMED for track in tracks)
        return self._schedule.scan_due(
            self._frames,
            t - history.t,
            t - history.whole,
            self.costs.of(history.last),
            unsure,
            lambda: changed(history.t),
        )

    def _choose(
        self, reason: Reason, frame: Frame, tracks: Sequence[Track], changed: Changed, history: ScanHistory
    ) -> Scan:
        """The cheapest scan that will do, in pixels; that of the whole picture where newcomers are expected."""
        schedule = self._schedule
        if not schedule.sizes:
            return Scan(reason)
        longest_ago_first = sorted(tracks, key=lambda track: history.tracks.get(track.id, -math.inf))
        last = history.last.size if history.last else None
        since = {size: frame.t - history.sizes.get(size, -math.inf) for size in schedule.sizes}
        candidates = Candidates(schedule, self.costs, reason, frame, longest_ago_first, last, since)
        whole = candidates.whole()

        def stirred() -> int:
            return changed(history.whole, candidates.neighbourhoods)

        if not tracks or schedule.whole_due(reason, frame.t - history.whole, self.costs.of(whole), stirred):
            return whole  # newcomers may be anywhere
        region = candidates.region()
        costs = {region: region.pixels, whole: schedule.worth * whole.pixels}
        return min(costs, key=costs.__getitem__)
