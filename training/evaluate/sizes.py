"""Accuracy and speed of detectors at each input size, and as photographs are searched.

python -m training.evaluate.sizes yolov5m-face yolov5n-face --data data/detection --size 640 --size photograph
"""

import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import supervision as sv
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

from models.detector import Detector
from models.images import read_image
from models.manifest import find
from models.runtime import Network
from models.search.pictures import PictureSearch
from models.search.tiles import tiles_wished
from training.data.detection import Labelled, read_layout
from training.errors import TrainingError, plain_errors
from training.evaluate.detection import compared, measure

PHOTOGRAPH = "photograph"  # in the place of a size
SIZES = ("320", "416", "512", "640", "960", PHOTOGRAPH)  # long sides of the input, pixels
LEAST = 0.05  # score of what enters the precision-recall curve: searches of several views merge what is surer
TIMED = 30  # pictures
TOLD = ("ap50", "ap50_95", "ap50_by_height", "ap50_by_share", "ap50_by_source", "surest_right", "precision", "recall")

FindFaces = Callable[[NDArray[np.uint8], float | None], sv.Detections]


@dataclass(frozen=True, slots=True)
class Choice:
    """A detector at an input size: its figures on the pictures, and the median time of a detection in one.

    Attributes:
        size: pixels, or that it searches as photographs are.
        figures: those of `training.evaluate.detection.measure` that depend on no threshold, and errors at its own.
        milliseconds: of the clock; on a busy machine the next tells more.
        cpu_milliseconds: of all threads.
    """

    detector: str
    size: str
    figures: dict[str, Any]
    milliseconds: float
    cpu_milliseconds: float


def search_at(detector: Detector, size: str, tiles: str) -> FindFaces:
    """How it searches: the whole picture at a long side in pixels, or as photographs are searched.

    Raises:
        TrainingError: that is no size.
    """
    if size == PHOTOGRAPH:
        return PictureSearch(detector, tiles=tiles_wished(tiles)).find
    if not size.isdecimal():
        raise TrainingError(f"{size} is no size: give pixels, or {PHOTOGRAPH}.")
    return PictureSearch(detector, int(size), distances=(1,), tiles="off").find


def weigh(pictures: Sequence[Labelled], size: str, detector: Detector, search: FindFaces) -> Choice:
    """Measure a way of searching."""
    results = []
    for picture in pictures:
        image = read_image(picture.path)
        results.append(compared(picture, image, search(image, LEAST)))
    figures = measure(results, detector.threshold)
    seconds = []
    for picture in pictures[:: -(-len(pictures) // TIMED)]:
        image = read_image(picture.path)
        began = time.perf_counter(), time.process_time()
        search(image, None)  # at its threshold: with the scores of a whole curve, sorting them out takes its time
        seconds.append((time.perf_counter() - began[0], time.process_time() - began[1]))
    clock, cpu = (round(statistics.median(each) * 1000, 1) for each in zip(*seconds, strict=True))
    false = "face_free_pictures", "face_free_pictures_with_false_positives"
    return Choice(detector.network.entry.name, size, {key: figures[key] for key in (*TOLD, *false)}, clock, cpu)


def main(
    detectors: Annotated[list[str], typer.Argument(help="Shipped names, or FILE.onnx.")],
    data: Annotated[Path, typer.Option(help="Pictures and labels in Ultralytics' layout.")] = Path("data/detection"),
    size: Annotated[
        list[str] | None, typer.Option(help="Long side, or photograph, repeatable; by default 320 to 960, and that.")
    ] = None,
    tiles: Annotated[str, typer.Option(help="Of photographs: auto, off, or how many along the long side.")] = "auto",
    subset: Annotated[int, typer.Option(help="Measure on every so many of the pictures.")] = 1,
    threads: Annotated[int | None, typer.Option(help="By default the CPUs that there are.")] = None,
    out: Annotated[Path | None, typer.Option(help="A JSON file for all figures.")] = None,
) -> None:
    """Tell AP50, errors and milliseconds of each detector at each size, measured on the pictures of `val`."""
    pictures = read_layout(data, "val")[::subset]
    terminal = Console(stderr=True)
    opened = [Detector(Network(find("detection", name), threads)) for name in detectors]
    every = [(detector, one, search_at(detector, one, tiles)) for detector in opened for one in size or SIZES]
    choices: list[Choice] = []
    for detector, one, search in track(every, "Measuring", console=terminal, disable=not terminal.is_terminal):
        choices.append(weigh(pictures, one, detector, search))
        terminal.print(choices[-1])
        if out:  # each time, so that a run that is cut off leaves what it has
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_text(json.dumps([asdict(choice) for choice in choices], indent=2) + "\n", encoding="utf-8")
    Console().print(_table(choices, len(pictures)))


def _table(choices: Sequence[Choice], pictures: int) -> Table:
    columns = ("detector", "long side", "AP50", "precision", "recall", "false faces", "ms", "CPU ms")
    table = Table(*columns, title=f"{pictures} pictures")
    for choice in choices:
        known = (choice.figures[key] for key in ("ap50", "precision", "recall"))
        empty = (choice.figures[key] for key in ("face_free_pictures_with_false_positives", "face_free_pictures"))
        cells = (*(f"{each or 0:.3f}" for each in known), "{} of {}".format(*empty))
        table.add_row(
            choice.detector, choice.size, *cells, f"{choice.milliseconds:.0f}", f"{choice.cpu_milliseconds:.0f}"
        )
    return table


if __name__ == "__main__":
    with plain_errors():
        typer.run(main)
