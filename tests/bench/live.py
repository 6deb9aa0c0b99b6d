"""A camera at 30 frames a second: is every frame shown, how old, do the boxes sit, and when are the names there?

    python -m tests.bench.live

The composed clip is played as a camera, to the product and to the naive loop that detects and embeds in every frame.
"""

import itertools
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import typer
from numpy.typing import NDArray

from stream.drawing.draw import draw
from stream.frame import Frame
from stream.recognizer import Recognizer
from stream.sources.cameras.camera import Camera
from stream.sources.source import open_source
from tests.bench.common import DETECTORS, Detectors, Row, report, run
from tests.bench.compose import composed
from tests.bench.fitting import ByDetector, ByTruth
from tests.bench.gallery import opened
from tests.bench.naive import Naive, labelled
from tests.bench.naming import Naming
from tests.bench.offline import detect_all
from training.evaluate.tracking import Clip, read_clips

Shown = tuple[Frame, NDArray[np.float32], list[str | None], bool]


def product(recognizer: Recognizer, camera: Camera) -> Iterator[Shown]:
    for view in recognizer.watch(camera):
        draw(view)
        yield view.frame, view.faces.xyxy, list(view.faces.data.get("name", ())), view.detected


def naive(recognizer: Recognizer, camera: Camera) -> Iterator[Shown]:
    loop = Naive(recognizer)
    with closing(camera):
        for frame in camera:
            boxes, names = loop.recognize(frame.image)
            labelled(frame, boxes, names)
            yield frame, boxes, names, True


def measured(shown: Iterator[Shown], camera: Camera, clip: Clip, threshold: float, naming: Naming) -> Row:
    """Show everything and note how that went; what is compared is compared afterwards.

    Args:
        clip: with what the detector finds in each frame, unsure ones too.
        threshold: score of those that should be shown.
    """
    noted = [(time.monotonic(), *each) for each in shown]
    ages = np.array([now - frame.arrived for now, frame, *_ in noted if frame.arrived is not None])
    detector, truth = ByDetector(clip, threshold), ByTruth(clip)
    for (_, frame, boxes, names, _), age in zip(noted, ages, strict=True):
        detector.shown(frame.index, boxes)
        truth.shown(frame.index, boxes)
        naming.shown(frame.index, boxes, names, float(age))
    seconds, waits = noted[-1][0] - noted[0][0], naming.seconds()
    return {
        "shown fps": (len(noted) - 1) / seconds,
        "dropped %": 100 * camera.dropped / (camera.dropped + len(noted)),
        "age p50 ms": 1e3 * float(np.median(ages)),
        "age p95 ms": 1e3 * float(np.percentile(ages, 95)),
        "detections /s": sum(detected for *_, detected in noted) / seconds,
        **detector.figures(),
        **truth.figures(),
        "named %": 100 * float(np.isfinite(waits).mean()) if len(waits) else None,
        "name p50 s": quantile(waits, 0.5),
        "name p95 s": quantile(waits, 0.95),
        "wrong name %": 100 * naming.wrong / max(1, naming.right + naming.wrong + naming.unknown),
    }


def quantile(waits: NDArray[np.float64], part: float) -> float | None:
    """A quantile of times some of which are endless; None where it is, or where there are none."""
    value = float(np.quantile(waits, part, method="higher")) if len(waits) else np.inf
    return value if np.isfinite(value) else None


def clip_as_camera(clip: Path) -> Camera:
    camera = open_source(str(clip), realtime=True)
    assert isinstance(camera, Camera)
    return camera


def main(seed: int = 0, detectors: Detectors = DETECTORS, loops: str = "product,naive", seconds: float = 20.0) -> None:
    def bench() -> None:
        folder, rows = composed(seed), []
        for which, loop in itertools.product(detectors, loops.split(",")):
            with opened(folder, which) as recognizer:
                finder = recognizer.analyzer.detector
                (clip,) = read_clips(detect_all(folder, finder))
                camera = clip_as_camera(folder / "clip.mp4")
                used = recognizer.analyzer_for(live=loop == "product")
                views = {"product": product, "naive": naive}[loop](recognizer, camera)
                noted = itertools.takewhile(lambda each: each[0].t < seconds, views)
                figures = measured(noted, camera, clip, finder.threshold, Naming(folder))
                camera.close()
            rows.append({"loop": loop, "detector": used.detector.network.entry.name, **figures})
        report("live", "A clip of 1280x720 at 30 frames a second, played as a camera", rows)

    run(bench)


if __name__ == "__main__":
    typer.run(main)
