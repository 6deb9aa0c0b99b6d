"""What the search of a camera's pictures is worth, on a clock of its own: the same on any machine, however busy it is.

    python -m tests.bench.simulated

The composed clip is a camera whose time passes frame by frame. A scan takes as long as its pixels usually do, a look as
long as its faces, and what they find is there so much later; nothing else takes time. `--slower` makes both workers so
many times slower, as if so many cameras took turns. The work is done all the same, and its CPU time measured.
"""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import Generic, TypeVar

import typer

from stream.frame import Frame, View
from stream.pipeline.schedule import LIVE, Schedule
from stream.pipeline.workers import ScanResult, Worker
from stream.recognizer import Recognizer
from stream.scan import Scan
from stream.sources.source import open_source
from stream.watching.feed import Feed
from tests.bench.common import Row, report, run
from tests.bench.compose import composed
from tests.bench.fitting import ByDetector, ByTruth, every_frame
from tests.bench.gallery import opened
from tests.bench.live import quantile
from tests.bench.naming import Naming
from tests.bench.offline import detect_all
from tracker import Track
from training.evaluate.tracking import Clip, read_clips

BY_PIXEL = 34e-3 / (640 * 384)  # seconds of a scan with YOLOv5n on two cores, for a pixel of its input
BY_FACE = 20e-3  # seconds of a look: points and embedding
VARIANTS: Mapping[str, Schedule] = {
    "as it is": LIVE,
    "the whole picture only": replace(LIVE, worth=0.0),
    "at 640 px only": replace(LIVE, sizes=(640,)),
    "the whole picture at 640 px only": replace(LIVE, worth=0.0, sizes=(640,)),
    "whether anything moves or not": replace(LIVE, stirred=0),
    "newcomers once a second": replace(LIVE, newcomers=0.0001),
    "looks at all at once": replace(LIVE, again=math.inf, together=None),
    "a search in two seconds": replace(LIVE, detect_every=60),
    "a search in six seconds": replace(LIVE, detect_every=180),
}

Request = TypeVar("Request")
Result = TypeVar("Result")


class Slowly(Generic[Request, Result]):
    """A worker that takes its time by a clock that is set; newer work takes the place of what was not begun.

    Args:
        takes: how long a request takes, in seconds.

    Attributes:
        now: the time, in seconds.
        begun: how many requests took any time.
        cpu: seconds of CPU that they took in fact.
        here: those of the calling thread.
    """

    def __init__(self, worker: Worker[Request, Result], takes: Callable[[Request], float]) -> None:
        self._worker, self._takes = worker, takes
        self._work: tuple[Frame, Request] | None = None
        self._running: Request | None = None
        self._until = 0.0
        self.now = self.cpu = self.here = 0.0
        self.begun = 0

    @property
    def waiting(self) -> Request | None:
        return None if self._work is None else self._work[1]

    @property
    def under_way(self) -> Sequence[Request]:
        return [] if self._running is None else [self._running]

    def submit(self, frame: Frame, request: Request) -> None:
        self._work = frame, request
        if self._running is None:
            self._begin(frame.t)

    def finished(self) -> list[Result]:
        done = list[Result]()
        while self._running is not None and self._until <= self.now:
            done += self._worker.finished()
            self._running = None
            if self._work is not None:
                self._begin(self._until)
        return done

    def _begin(self, t: float) -> None:
        assert self._work is not None
        (frame, self._running), self._work = self._work, None
        cpu, here = time.process_time(), time.thread_time()
        self._worker.submit(frame, self._running)
        self.cpu, self.here = self.cpu + time.process_time() - cpu, self.here + time.thread_time() - here
        seconds = self._takes(self._running)
        self._until, self.begun = max(t, frame.t) + seconds, self.begun + (seconds > 0)


class Told(Slowly[Scan, ScanResult]):
    """A detector that takes its time, and tells how long that was."""

    def finished(self) -> list[ScanResult]:
        return [replace(result, seconds=self._takes(result.scan)) for result in super().finished()]


def simulated(
    recognizer: Recognizer, clip: Path, schedule: Schedule, slower: float, seconds: float
) -> tuple[list[View], Row]:
    """The views of a camera, and what they cost.

    Args:
        slower: how many times as long as usual scans and looks take.
        seconds: of the clip.
    """

    def scanning(scan: Scan) -> float:
        return slower * BY_PIXEL * scan.pixels

    def looking(tracks: Sequence[Track]) -> float:
        return slower * BY_FACE * len(tracks)

    feed, views, used = Feed(open_source(str(clip)), schedule, lookahead=0.0), list[View](), 0.0
    with recognizer.watching(live=True) as pipelines:
        detector = Told(pipelines.detector({feed.name: feed.area}), scanning)
        embedder = Slowly(pipelines.embedder(), looking)
        with pipelines.pipeline(feed, detector, embedder) as pipeline:
            for frame in takewhile(lambda frame: frame.t < seconds, feed.source):
                detector.now = embedder.now = frame.t
                began = time.thread_time()
                views.append(pipeline.step(frame))
                used += time.thread_time() - began
    count = len(views)
    return views, {
        "searches /s": detector.begun / views[-1].frame.t,
        "search, CPU ms a frame": 1e3 * detector.cpu / count,
        "looks, CPU ms a frame": 1e3 * embedder.cpu / count,
        "the rest, CPU ms a frame": 1e3 * (used - detector.here - embedder.here) / count,
    }


def figures(folder: Path, views: Sequence[View], clip: Clip, threshold: float) -> Row:
    """How the faces that are shown fit what the detector finds with all the time that it wants, and the truth."""
    detector, truth, naming = ByDetector(clip, threshold), ByTruth(clip), Naming(folder)
    for view in views:
        detector.shown(view.frame.index, view.faces.xyxy)
        truth.shown(view.frame.index, view.faces.xyxy)
        naming.shown(view.frame.index, view.faces.xyxy, list(view.faces.data.get("name", ())))
    waits, told = naming.seconds(), naming.right + naming.wrong + naming.unknown
    return {
        **detector.figures(),
        **truth.figures(),
        "named rightly %": 100 * naming.right / told,
        "wrongly %": 100 * naming.wrong / told,
        "name p50 s": quantile(waits, 0.5),
        "name p95 s": quantile(waits, 0.95),
    }


def main(
    seed: int = 0,
    detector: str | None = None,
    seconds: float = 20.0,
    slower: list[float] | None = None,
    variant: list[str] | None = None,
) -> None:
    def bench() -> None:
        folder, rows = composed(seed), list[Row]()
        with opened(folder, detector) as recognizer:
            finder = recognizer.analyzer.detector
            (clip,) = read_clips(detect_all(folder, finder))
            for times in slower or [1.0, 8.0]:
                for name in variant or VARIANTS:
                    views, costs = simulated(recognizer, folder / "clip.mp4", VARIANTS[name], times, seconds)
                    quality = figures(folder, views, clip, finder.threshold)
                    rows.append({"search": name, "slower": times, **costs, **quality})
            rows.append(every_frame(clip, finder.threshold, list(rows[0])))
        report("simulated", "A camera of 1280x720 at 30 frames a second, simulated", rows)

    run(bench)


if __name__ == "__main__":
    typer.run(main)
