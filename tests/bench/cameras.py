"""One to eight cameras in one process: frames a second, their age, and how often each camera is searched for faces.

    python -m tests.bench.cameras

The cameras are the composed clip, played several times at its 30 frames a second.
"""

import time
from pathlib import Path

import numpy as np
import typer

from stream.drawing.draw import draw
from stream.feed import Feed
from stream.recognizer import Recognizer
from stream.sources.camera import Camera
from stream.sources.source import open_source
from tests.bench.common import Row, report, run
from tests.bench.compose import composed
from tests.bench.gallery import opened

COUNTS = 1, 2, 4, 8


def watched(recognizer: Recognizer, clip: Path, count: int, seconds: float) -> Row:
    """Watch so many cameras for some seconds."""
    cameras = [open_source(str(clip), f"camera {number}", realtime=True) for number in range(count)]
    ages, detections, shown = list[float](), 0, 0
    began, used = time.monotonic(), time.process_time()
    for view in recognizer.watch_all([Feed(camera, max_seconds=seconds) for camera in cameras]):
        draw(view)
        assert view.frame.arrived is not None
        ages.append(time.monotonic() - view.frame.arrived)
        shown, detections = shown + 1, detections + view.detected
    took, used = time.monotonic() - began, time.process_time() - used
    dropped = sum(camera.dropped for camera in cameras if isinstance(camera, Camera))
    return {
        "cameras": count,
        "fps of each": shown / count / took,
        "dropped %": 100 * dropped / (dropped + shown),
        "age p50 ms": 1e3 * float(np.median(ages)),
        "age p95 ms": 1e3 * float(np.percentile(ages, 95)),
        "detections /s of each": detections / count / took,
        "CPUs used": used / took,
    }


def main(seed: int = 0, detector: str | None = None, seconds: float = 10.0, counts: list[int] | None = None) -> None:
    def bench() -> None:
        folder = composed(seed)
        with opened(folder, detector) as recognizer:
            rows = [watched(recognizer, folder / "clip.mp4", count, seconds) for count in counts or COUNTS]
        report("cameras", "Cameras of 1280x720 at 30 frames a second, in one process", rows)

    run(bench)


if __name__ == "__main__":
    typer.run(main)
