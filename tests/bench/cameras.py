"""One to sixteen cameras in one process: frames a second, their age, how often each camera is searched for faces, and
where the CPUs' time goes.

    python -m tests.bench.cameras

The cameras are the composed clip, played several times at its 30 frames a second.
"""

import os
import threading
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

import numpy as np
import typer

from models.runtime import TASKS
from stream.drawing.draw import draw
from stream.recognizer import Recognizer
from stream.sources.cameras.camera import Camera
from stream.sources.source import open_source
from stream.watching.feed import Feed
from tests.bench.common import Row, report, run
from tests.bench.compose import composed
from tests.bench.gallery import opened

COUNTS = 1, 2, 4, 8, 16
SAMPLE = 0.5  # seconds between two looks at what the threads have used: who ends in between takes it along


def watched(recognizer: Recognizer, clip: Path, count: int, seconds: float) -> Row:
    """Watch so many cameras for some seconds."""
    cameras = [open_source(str(clip), f"camera {number}", realtime=True) for number in range(count)]
    ages, detections, looks, shown = list[float](), 0, 0, 0
    threads = ThreadTimes(recognizer.analyzer_for(live=True).helpers)
    began, used = time.monotonic(), time.process_time()
    for view in recognizer.watch_all([Feed(camera, max_seconds=seconds) for camera in cameras]):
        draw(view)
        assert view.frame.arrived is not None
        ages.append(time.monotonic() - view.frame.arrived)
        shown, detections = shown + 1, detections + view.detected
        looks += int(np.isfinite(view.faces.data["landmarks"]).all(axis=(1, 2)).sum()) if len(view.faces) else 0
        threads.sample(time.monotonic())
    took, used = time.monotonic() - began, time.process_time() - used
    dropped = sum(camera.dropped for camera in cameras if isinstance(camera, Camera))
    by_work = threads.used()
    return {
        "cameras": count,
        "fps of each": shown / count / took,
        "dropped %": 100 * dropped / (dropped + shown),
        "age p50 ms": 1e3 * float(np.median(ages)),
        "age p95 ms": 1e3 * float(np.percentile(ages, 95)),
        "detections /s of each": detections / count / took,
        "looks /s of each": looks / count / took,
        "CPUs used": used / took,
        **{f"CPUs for {what}": seconds / took for what, seconds in by_work.items()},
        "reading, CPU ms a picture": 1e3 * by_work["reading"] / (dropped + shown),
        "showing, CPU ms a picture": 1e3 * by_work["showing"] / shown,
    }


class ThreadTimes:
    """What the threads of this process use from now on, by what they do, as Linux tells.

    Args:
        helpers: the system's ids of the threads that help the networks.
    """

    def __init__(self, helpers: Collection[int]) -> None:
        self._roles = dict.fromkeys(helpers, "networks") | {threading.get_native_id(): "showing"}
        self._before = self._now = self._seconds()
        self._sampled = 0.0

    def sample(self, t: float) -> None:
        """Remember it, if the last time was a while ago; at `t` in seconds."""
        if t - self._sampled < SAMPLE:
            return
        self._sampled = t
        workers = [thread for thread in threading.enumerate() if thread.name in ("InZones", "EmbeddingWorker")]
        self._roles |= {thread.native_id: "networks" for thread in workers if thread.native_id is not None}
        self._now = self._now | self._seconds()

    def used(self) -> dict[str, float]:
        """Seconds of CPU, of the threads that show, those of the networks, and all others, which read."""
        used = {"reading": 0.0, "showing": 0.0, "networks": 0.0}
        for thread, seconds in self._now.items():
            used[self._roles.get(thread, "reading")] += seconds - self._before.get(thread, 0.0)
        return used

    @staticmethod
    def _seconds() -> dict[int, float]:
        used = dict[int, float]()
        for task in TASKS.iterdir():
            with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
                fields = (task / "stat").read_text().rpartition(")")[2].split()
                used[int(task.name)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return used


def main(seed: int = 0, detector: str | None = None, seconds: float = 10.0, counts: list[int] | None = None) -> None:
    def bench() -> None:
        folder = composed(seed)
        with opened(folder, detector) as recognizer:
            rows = [watched(recognizer, folder / "clip.mp4", count, seconds) for count in counts or COUNTS]
        report("cameras", "Cameras of 1280x720 at 30 frames a second, in one process", rows)

    run(bench)


if __name__ == "__main__":
    typer.run(main)
