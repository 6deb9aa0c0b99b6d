"""When to do the costly things, as pure rules."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from stream.scan import Reason


@dataclass(frozen=True, slots=True)
class Schedule:
    """How often and how closely faces are scanned for, and how often each is looked at.

    Attributes:
        detect_every: frames from one scan to the next, at least.
        coverage: seconds after which a scan of the whole picture is due, whatever is to be seen.
        share: of the time may be spent on scanning.
        newcomers: share of the time for scans of the whole picture while it changes apart from the known faces.
        around: sides of a face that a region shows on each side of it, and as many again for each second that it was
            not seen.
        worth: part of the whole picture's pixels that a region may have.
        stirred: parts of the picture (of `Flow.changed`) whose change makes a scan due.
        sizes: long sides in pixels to choose from, ascending; none leaves it to the detector.
        legible: pixels that a followed face's side should have in the scan of a region.
        findable: pixels that it should have in that of the whole picture: there it is enough to find those like it.
        slowest: seconds that a scan may take, as far as a smaller size helps.
        far: seconds after which the largest of those sizes is due that are not too slow, for those who are far away.
        first: seconds between the first looks at a track.
        growth: factor from each interval to the next while the track stays unsettled; it is never given up.
        longest: seconds, the longest interval.
        named: seconds between looks at a settled track.
        deciding: seconds between looks at one that may be a picture, at most.
        again: share of the time may be spent on looks at settled tracks, which newcomers would wait for.
        together: tracks that are looked at at a time, at most: who comes meanwhile waits for all of them; None: all.
        fresh: seconds after a detection was told for which a track's box is good enough to look into.
        linger: seconds for which a face that the detector misses is shown after it was last seen.
        better: growth of the face's area since the best look that makes the next one due at once.
    """

    detect_every: int = 3
    coverage: float = 0.0
    share: float = math.inf
    newcomers: float = 0.5
    around: float = 0.6
    worth: float = 0.6
    stirred: int = 3
    sizes: tuple[int, ...] = ()
    legible: float = 40.0
    findable: float = 26.0
    slowest: float = 0.6
    far: float = 3.0
    first: float = 0.2
    growth: float = 1.3
    longest: float = 3.0
    named: float = 2.0
    deciding: float = 1.0
    again: float = math.inf
    together: int | None = None
    fresh: float = 0.0
    linger: float = 0.5
    better: float = 1.5

    def scan_due(
        self,
        frames: int | None,
        waited: float,
        since_whole: float,
        took: float,
        unsure: bool,
        changed: Callable[[], int],
    ) -> Reason | None:
        """Why to scan this frame; None: not yet.

        Args:
            frames: since the last scan began (None: there was none).
            waited: seconds since then.
            since_whole: seconds since the last scan of the whole picture began.
            took: seconds that the last scan took, or takes.
            unsure: whether a track is new or was missed.
            changed: counts the parts of the picture that have changed since.
        """
        if frames is None:
            return "first"
        if frames < self.detect_every or waited < took / self.share:
            return None
        if since_whole >= self.coverage:
            return "coverage"
        if unsure:
            return "unsure"
        return "motion" if changed() >= self.stirred else None

    def whole_due(self, reason: Reason, since_whole: float, seconds: float, apart: Callable[[], int]) -> bool:
        """Whether this scan is for newcomers, who may be anywhere, rather than for those who are known.

        Args:
            reason: for the scan.
            since_whole: seconds since the last scan of the whole picture began.
            seconds: that such a scan takes.
            apart: counts the parts of the picture away from known faces that have changed since.
        """
        if reason in ("first", "coverage"):
            return True
        return since_whole >= seconds / self.newcomers and apart() >= self.stirred

    def size_for(
        self,
        smallest: float | None,
        whole: bool,
        missed: bool,
        last: int | None,
        seconds: Callable[[int], float],
        since: Mapping[int, float],
    ) -> int:
        """The long side in pixels at which to scan.

        Args:
            smallest: side of the smallest face, as a part of the picture's long side; None where nobody is followed:
                the largest and the smallest size take turns then, since a face may be too near for one and too far away
                for the other.
            whole: whether the whole picture is scanned.
            missed: whether one of those scanned for was missed: the largest size takes turns then.
            last: size of the last scan.
            seconds: tells what a scan at a size takes: the larger, the longer; asked for few, since telling takes time.
            since: seconds since the last scan at each of these sizes.
        """
        largest = next((size for size in reversed(self.sizes) if seconds(size) <= self.slowest), self.sizes[0])
        sizes = self.sizes[: self.sizes.index(largest) + 1]
        if smallest is None:
            return sizes[0] if last == sizes[-1] else sizes[-1]
        pixels = self.findable if whole else self.legible
        enough = next((size for size in sizes if smallest * size >= pixels), sizes[-1])
        return sizes[-1] if since[sizes[-1]] >= self.far or (missed and last == enough) else enough

    def look_due(
        self,
        t: float,
        history: "LookHistory | None",
        settled: bool,
        area: float,
        took: float = 0.0,
        undecided: bool = False,
    ) -> bool:
        """Whether to look at a track at time `t` (seconds) whose face covers `area` (pixels).

        Args:
            settled: whether the track has a name that nothing speaks against.
            took: seconds that the last looks took, or waited for their turn: the busier the machine, the longer.
            undecided: whether the track may be a picture: it is looked at more often, though it has a name.
        """
        if history is None or area >= self.better * history.area:
            return True
        waited, longest = t - history.t, self.deciding if undecided else math.inf
        if settled:
            return waited >= max(min(self.named, longest), took / self.again)
        return history.looks == 0 or waited >= min(self._interval(history.looks), longest)

    def _interval(self, looks: int) -> float:
        return min(self.longest, self.first * self.growth ** min(looks - 1, 30))  # the cap only keeps the power finite


# Of a recording. With hindsight nobody is shown who may have gone: who is found again is shown in between, too.
RECORDED = Schedule(detect_every=10, linger=0.0)
BLIND = Schedule(detect_every=3)  # of one whose views are not held back
# A detection of a live source comes when there is time and need for it, and late. Who is missed is scanned for again
# at once; four in five of those who were shown meanwhile had gone (`tests.bench.simulated`), so a box waits for three
# frames from where it was last seen. Newcomers wait for at most two others to be looked at; of looks at those who are
# known a twentieth of the time would do for names, but let wrong ones stand for longer.
LIVE = Schedule(
    detect_every=1, coverage=1.0, share=0.9, sizes=(320, 416, 512, 640), again=0.1, together=2, fresh=1.0, linger=0.1
)


@dataclass(frozen=True, slots=True)
class LookHistory:
    """The looks at a track so far.

    Attributes:
        t: when the last one was, seconds.
        looks: how many, since the track was last settled, or the gallery last changed.
        area: the largest face area seen, pixels.
        told: when the last one was that could tell who it is, seconds.
    """

    t: float = -math.inf
    looks: int = 0
    area: float = 0.0
    told: float = -math.inf

    def after(self, t: float, area: float, told: bool) -> "LookHistory":
        """This history with one more look, which could tell who it is or not."""
        return LookHistory(t, self.looks + 1, max(self.area, area), max(self.told, t) if told else self.told)
