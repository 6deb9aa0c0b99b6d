"""Accuracy and speed of detectors at each input size, to choose between them on the machine at hand.

python -m training.evaluate.sizes yolov5m-face yolov5n-face --data data/detection
"""

import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from models.detector import Detector
from models.images import read_image
from models.manifest import find
from models.runtime import Network
from training.data.detection import Labelled, read_layout
from training.evaluate.detection import average_precision, look

SIZES = (320, 416, 512, 640, 960)  # long sides of the input, pixels
TIMED = 30  # pictures


@dataclass(frozen=True, slots=True)
class Choice:
    """A detector at an input size: AP50 on the pictures, and the median milliseconds of a detection in one."""

    detector: str
    size: int
    ap50: float | None
    milliseconds: float


def weigh(pictures: Sequence[Labelled], detector: Detector) -> Choice:
    """Measure a detector at its size."""
    precision, _ = average_precision([look(picture, detector) for picture in pictures])
    seconds = []
    for picture in pictures[:: -(-len(pictures) // TIMED)]:
        image = read_image(picture.path)
        began = time.perf_counter()
        detector.detect(image)  # at its threshold: with the scores of a whole curve, sorting them out takes its time
        seconds.append(time.perf_counter() - began)
    return Choice(detector.network.entry.name, detector.size, precision, round(statistics.median(seconds) * 1000, 1))


def main(
    detectors: Annotated[list[str], typer.Argument(help="Shipped names, or FILE.onnx.")],
    data: Annotated[Path, typer.Option(help="Pictures and labels in Ultralytics' layout.")] = Path("data/detection"),
    size: Annotated[list[int] | None, typer.Option(help="Long side, repeatable; by default 320 to 960.")] = None,
    subset: Annotated[int, typer.Option(help="Measure on every so many of the pictures.")] = 1,
    threads: Annotated[int | None, typer.Option(help="By default the CPUs that there are.")] = None,
    out: Annotated[Path | None, typer.Option(help="A JSON file for the table.")] = None,
) -> None:
    """Tell AP50 and milliseconds of each detector at each size, measured on the pictures of `val`."""
    pictures = read_layout(data, "val")[::subset]
    terminal = Console(stderr=True)
    networks = [Network(find("detection", name), threads) for name in detectors]
    choosable = [Detector(network, size=pixels) for network in networks for pixels in size or SIZES]
    choices: list[Choice] = []
    for detector in track(choosable, "Measuring", console=terminal, disable=not terminal.is_terminal):
        choices.append(weigh(pictures, detector))
        terminal.print(choices[-1])
        if out:  # each time, so that a run that is cut off leaves what it has
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_text(json.dumps([asdict(choice) for choice in choices], indent=2) + "\n", encoding="utf-8")
    table = Table("detector", "long side", "AP50", "ms", title=f"{len(pictures)} pictures")
    for choice in choices:
        table.add_row(choice.detector, str(choice.size), f"{choice.ap50 or 0:.3f}", f"{choice.milliseconds:.0f}")
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
