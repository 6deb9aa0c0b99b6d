"""A recorded file: frames a second, all of them decoded and labelled, none encoded; and how many faces get their name.

    python -m tests.bench.recorded

Beside the product: the loop that detects and embeds in every frame, with the product's networks; the same with YOLOv5m
in torch at 1024 pixels, as the project's model did it (with the training environment); OpenCV's YuNet and SFace.
"""

import json
import subprocess
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np
import typer
from numpy.typing import NDArray

from models.analysis import Analyzer
from models.detector import Detector
from stream.drawing.draw import draw
from stream.recognizer import Recognizer
from stream.sources.source import open_source
from tests.bench.common import DETECTORS, OUT, ROOT, Detectors, Row, Skipped, console, report, run
from tests.bench.compose import FPS, composed
from tests.bench.gallery import opened
from tests.bench.light import Light
from tests.bench.naive import Naive, labelled
from tests.bench.naming import Naming

TORCH_SIZE = 1024  # pixels
FRAMES, NAIVE, TORCH = 600, 100, 20  # at most: the slower ones need not see the whole clip

Image = NDArray[np.uint8]
Shown = tuple[int, NDArray[np.floating], list[str | None]]
Recognize = Callable[[Image], tuple[NDArray[np.floating], list[str | None]]]


def product(recognizer: Recognizer, clip: Path, frames: int) -> Iterator[Shown]:
    for view in recognizer.watch(str(clip), max_seconds=frames / FPS):
        draw(view)
        yield view.frame.index, view.faces.xyxy, list(view.faces.data.get("name", ()))


def every_frame(recognize: Recognize, clip: Path) -> Iterator[Shown]:
    for frame in open_source(str(clip)):
        boxes, names = recognize(frame.image)
        labelled(frame, boxes, names)
        yield frame.index, boxes, names


def light(folder: Path) -> Recognize:
    """YuNet and SFace with the same gallery."""
    pipeline = Light()
    for picture in sorted((folder / "people").glob("*/*.png")):
        pipeline.enroll(picture.parent.name, cv2.imread(str(picture)))
    return pipeline.recognize


def in_torch(recognizer: Recognizer) -> Recognize:
    """The naive loop with the detector in torch."""
    from training.detector.train import TorchNetwork, build, decoding
    from training.export.onnx import load_onnx_weights

    analyzer = recognizer.analyzer
    model = build("yolov5m")
    load_onnx_weights(model, analyzer.detector.network.entry.path)
    finder = Detector(TorchNetwork(decoding(model), "cpu"), analyzer.detector.threshold, TORCH_SIZE)
    recognizer.analyzer = Analyzer(finder, analyzer.landmarker, analyzer.embedder, analyzer.limits)
    return Naive(recognizer).recognize


def measured(name: str, shown: Iterator[Shown], naming: Naming) -> Row:
    began = perf_counter()
    noted = list(shown)
    seconds = perf_counter() - began
    for each in noted:
        naming.shown(*each)
    faces = naming.right + naming.wrong + naming.unknown
    return {
        "pipeline": name,
        "frames": len(noted),
        "frames /s": len(noted) / seconds,
        "named rightly %": 100 * naming.right / faces,
        "wrongly %": 100 * naming.wrong / faces,
    }


def rows(folder: Path, detectors: list[str], torch: Path, frames: int) -> Iterator[Row]:
    clip = folder / "clip.mp4"
    for which in detectors:
        with opened(folder, which) as recognizer:
            name = recognizer.analyzer.detector.network.entry.name
            yield measured(f"Doorman, {name}", product(recognizer, clip, frames), Naming(folder))
            naive = islice(every_frame(Naive(recognizer).recognize, clip), min(frames, NAIVE))
            yield measured(f"every frame, {name}", naive, Naming(folder))
    try:
        shown = islice(every_frame(light(folder), clip), frames)
        yield measured("every frame, YuNet + SFace", shown, Naming(folder))
    except Skipped as reason:
        console.print(f"YuNet + SFace are skipped: {reason}", style="yellow")
    command = [torch, "-m", "tests.bench.recorded", "--only-torch"]
    if not torch.exists() or subprocess.run(command, cwd=ROOT, check=False).returncode:
        console.print(f"torch is skipped: {torch} cannot run it; make test-training installs it", style="yellow")
    else:
        yield from json.loads((OUT / "recorded-torch.json").read_text(encoding="utf-8"))["rows"]


def main(
    seed: int = 0,
    detectors: Detectors = DETECTORS,
    frames: int = FRAMES,
    torch: Path = ROOT / ".venv-train/bin/python",
    only_torch: bool = False,
) -> None:
    def bench() -> None:
        folder = composed(seed)
        if only_torch:
            with opened(folder, "yolov5m-face") as recognizer:
                shown = islice(every_frame(in_torch(recognizer), folder / "clip.mp4"), TORCH)
                name = f"every frame, YOLOv5m in torch at {TORCH_SIZE} px"
                report("recorded-torch", "In torch", [measured(name, shown, Naming(folder))])
        else:
            found = list(rows(folder, detectors, torch, frames))
            report("recorded", "A clip of 1280x720, read from a file", found)

    run(bench)


if __name__ == "__main__":
    typer.run(main)
