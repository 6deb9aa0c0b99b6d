"""How well the shown boxes sit between detections, with and without optical flow: mean IoU with a detection per frame.

    python -m tests.bench.bench_flow [CLIP...]

Detections come in every 3rd and every 10th frame, as with a recording, and one at a time and 10 frames late, as with a
camera whose detector takes a third of a second.
"""

from collections.abc import Iterator
from pathlib import Path
from time import thread_time
from typing import Annotated

import cv2
import numpy as np
import typer
from numpy.typing import NDArray
from rich.progress import track

from models.detector import Detector
from models.manifest import find
from models.runtime import Network
from stream.frame import Frame
from stream.motion.flow import Flow
from stream.motion.shots import CutDetector
from stream.pipeline.schedule import BLIND
from stream.sources.source import open_source
from stream.watching.pipelines import UNSURE
from tests.bench.common import Row, console, report, run, shared
from tests.bench.compose import composed
from tracker import Tracker
from tracker.association import iou

CLIPS = "hamilton.mp4", "street.mp4"
CASES = {"every 3rd": (3, 0), "every 10th": (10, 0), "10 frames late": (1, 10)}  # frames apart, frames late
HIT = 0.5  # IoU

Floats = NDArray[np.float64]


class Clip:
    """A clip's frames, and what the detector finds in each."""

    def __init__(self, path: Path, detector: Detector) -> None:
        source = open_source(str(path))
        self.name, self.threshold = path.parent.name + "/" + path.name, detector.threshold
        self.frames = list(source)
        low = UNSURE * detector.threshold
        self.found = [
            detector.detect(frame.image, low)
            for frame in track(self.frames, f"detecting in {path.name}", console=console, transient=True)
        ]
        is_cut = CutDetector().is_cut
        self.cuts = [is_cut(frame.image) for frame in self.frames]


class Still(Flow):
    """No flow at all: the Kalman filter alone carries the boxes."""

    def carry(self, frame: Frame, *trackers: Tracker) -> None: ...


def shown(clip: Clip, every: int, late: int, flow: Flow) -> Iterator[tuple[Floats, float]]:
    """The boxes (N, 4) shown in each frame, and the CPU seconds of the flow."""
    tracker = Tracker(high=clip.threshold, low=UNSURE * clip.threshold)
    searched = pending = None
    for index, (frame, is_cut) in enumerate(zip(clip.frames, clip.cuts, strict=True)):
        if is_cut:
            tracker.end_all()
            flow.forget()
            searched = pending = None
        began = thread_time()
        flow.carry(frame, tracker)
        seconds = thread_time() - began
        if pending is None and (searched is None or index - searched >= every):
            searched = pending = index
        if pending is not None and index - pending >= late:
            found = clip.found[pending]
            tracker.update(found.xyxy, found.confidence, clip.frames[pending].t)
            flow.catch_up(tracker, clip.frames[pending].t)
            pending = None
        tracks = [track for track in tracker.at(frame.t) if not track.misses or frame.t - track.seen <= BLIND.linger]
        yield np.array([track.box for track in tracks], np.float64).reshape(-1, 4), seconds


def overlaps(clip: Clip, index: int, boxes: Floats) -> Floats:
    """The best IoU of each face detected in a frame with a shown box; 0 where none is shown."""
    found = clip.found[index]
    assert found.confidence is not None
    faces = found.xyxy[found.confidence >= clip.threshold].astype(np.float64)
    return np.asarray(iou(faces, boxes).max(axis=1, initial=0.0))


def rows(clip: Clip) -> Iterator[Row]:
    for case, (every, late) in CASES.items():
        for name, flow in (("Kalman", Still()), ("flow", Flow())):
            boxes, seconds = zip(*shown(clip, every, late, flow), strict=True)
            found = np.concatenate([overlaps(clip, *one) for one in enumerate(boxes)])
            yield {
                "clip": clip.name,
                "detections": case,
                "carried by": name,
                "mean IoU": float(found.mean()),
                f"IoU < {HIT}": f"{(found < HIT).mean():.1%}",
                "faces": round(float(np.mean([len(some) for some in boxes])), 1),
                "CPU ms a frame": 1e3 * float(np.mean(seconds)),
            }


def main(clips: Annotated[list[Path] | None, typer.Argument()] = None) -> None:
    def bench() -> None:
        cv2.setNumThreads(1)
        paths = clips or [*(shared("videos") / name for name in CLIPS), composed(0) / "clip.mp4"]
        detector = Detector(Network(find("detection", None)))
        report(
            "flow",
            "Boxes between detections, against a detection in every frame",
            [row for path in paths for row in rows(Clip(path, detector))],
        )

    run(bench)


if __name__ == "__main__":
    typer.run(main)
