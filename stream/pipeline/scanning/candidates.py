"""The scans that a frame may be given, and what they cost."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

import numpy as np

from stream.frame import Frame
from stream.pipeline.scanning.regions import Boxes, around, everything, grown, hull, worthwhile_group
from stream.pipeline.schedule import Schedule
from stream.pipeline.workers import ScanResult
from stream.scan import Reason, Region, Scan
from tracker import Track, boxes_of


class ScanCosts:
    """What scans take, by what the last ones took.

    Attributes:
        last: seconds that the last finished scan took; None before the first.
    """

    def __init__(self) -> None:
        self.last: float | None = None
        self._by_pixel: dict[bool, float] = {}  # seconds for a pixel of the network's input, of whole pictures or less

    def note(self, result: ScanResult) -> None:
        """A scan has finished."""
        self.last = result.seconds
        if result.scan.region:
            self._by_pixel[result.scan.is_whole] = result.seconds / result.scan.pixels

    def of(self, scan: Scan | None) -> float:
        """Seconds that a scan takes; None stands for one of which nothing is known."""
        if scan is None or scan.region is None:
            return self.last or 0.0
        return scan.pixels * self._by_pixel.get(scan.is_whole, max(self._by_pixel.values(), default=0.0))


@dataclass(frozen=True, slots=True)
class Candidates:
    """The scans that one frame may be given, each at the size that suits the faces it is for.

    Attributes:
        reason: for the scan.
        tracks: where the faces are thought to be, those first that were not scanned for the longest.
        last: size of the last scan.
        since: seconds since the last scan of the whole picture at each size.
    """

    schedule: Schedule
    costs: ScanCosts
    reason: Reason
    frame: Frame
    tracks: Sequence[Track]
    last: int | None
    since: Mapping[int, float]

    @property
    def neighbourhoods(self) -> Boxes:
        """Boxes (N, 4) in which the faces must be: the longer one was not seen, the wider."""
        unseen = np.array([self.frame.t - track.seen for track in self.tracks])
        return grown(boxes_of(self.tracks), self.schedule.around * (1 + unseen))

    def whole(self) -> Scan:
        """Of the whole picture."""
        height, width = self.frame.image.shape[:2]
        sides, region_at = _sides(self.tracks), partial(everything, width, height)
        return self._sized(self.tracks, sides, region_at, self.since, is_whole=True)

    def region(self) -> Scan:
        """Around the first face, and those that are scanned with it at no more cost than alone."""
        height, width = self.frame.image.shape[:2]
        boxes, just_now = self.neighbourhoods.tolist(), dict.fromkeys(self.schedule.sizes, 0.0)
        sides = _sides(self.tracks)

        def of(rows: Sequence[int]) -> Scan:
            part = hull([boxes[row] for row in rows])
            faces, their_sides = [self.tracks[row] for row in rows], [sides[row] for row in rows]
            return self._sized(faces, their_sides, partial(around, part, width, height), just_now, is_whole=False)

        return of(worthwhile_group(len(self.tracks), lambda rows: of(rows).pixels))

    def _sized(
        self,
        faces: Sequence[Track],
        sides: Sequence[float],
        region_at: Callable[[float], Region],
        since: Mapping[int, float],
        is_whole: bool,
    ) -> Scan:
        """At the size that suits the faces of these sides, in pixels; `region_at` is given the scale."""
        long = max(self.frame.image.shape[:2])

        @cache
        def at(size: int) -> Scan:
            return Scan(self.reason, size, region_at(size / long))

        missed = not is_whole and any(face.misses for face in faces)
        smallest = min(sides) / long if sides else None
        return at(
            self.schedule.size_for(smallest, is_whole, missed, self.last, lambda size: self.costs.of(at(size)), since)
        )


def _sides(tracks: Sequence[Track]) -> list[float]:
    """The square roots of the boxes' areas, in pixels."""
    boxes = boxes_of(tracks)
    areas: list[float] = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1).tolist()
    return [math.sqrt(max(area, 0.0)) for area in areas]
