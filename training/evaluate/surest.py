"""How often the surest box of a picture of one person lies on the face, as enrolment needs it.

    python -m training.evaluate.surest yolov5n-face --data data/lfw --enlarged 700

The face's box is the one that its points give (`models.landmarks.face_box`), for a folder with landmarks.csv.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import supervision as sv
import typer
from numpy.typing import NDArray

from models.detector import Detector
from models.images import read_image
from models.landmarks import face_box
from models.manifest import find
from models.runtime import Network, resize
from models.search.pictures import PictureSearch
from tracker.association import iou
from training.data.landmarks import read_faces
from training.data.progress import counted
from training.errors import TrainingError, plain_errors
from training.evaluate.detection import OVERLAP

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]


def read_pictures(data: Path) -> list[tuple[Path, Floats]]:
    """Pictures and the boxes of their faces: those of LFW (file, ten coordinates), or a landmark set's val part.

    Raises:
        TrainingError: there is no landmarks.csv.
    """
    if not (data / "lfw").is_dir():
        return [(face.path, face_box(face.points)) for face in read_faces(data, "val")]
    table = data / "landmarks.csv"
    if not table.is_file():
        raise TrainingError(f"There is no {table}: give the folder that holds it.")
    with table.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    return [(data / "lfw" / name, face_box(np.array(marks, np.float32).reshape(5, 2))) for name, *marks in rows]


def surest(
    pictures: Iterable[tuple[Path, Floats]], search: Callable[[Image], sv.Detections], enlarged: int | None
) -> Iterator[tuple[float, float]]:
    """For each picture the score of the surest box and its IoU with the face's; zeros where nothing was found.

    Args:
        enlarged: side in pixels to which pictures are brought first, smoothly, as portraits are.
    """
    for path, box in pictures:
        image = read_image(path)
        if enlarged:
            grown = enlarged / image.shape[1]
            image, box = resize(image, enlarged, round(image.shape[0] * grown)), box * np.float32(grown)
        found = search(image)
        assert found.confidence is not None
        yield (
            (float(found.confidence[0]), float(iou(found.xyxy[:1].astype(float), box[None].astype(float))[0, 0]))
            if len(found)
            else (0.0, 0.0)
        )


def main(
    detectors: Annotated[list[str], typer.Argument(help="Shipped names, or FILE.onnx.")],
    data: Annotated[Path, typer.Option(help="A folder with landmarks.csv: data/lfw or data/landmarks.")],
    enlarged: Annotated[int | None, typer.Option(help="Bring the pictures to this width first, pixels.")] = None,
    every: Annotated[int, typer.Option(help="Measure on every so many of the pictures.")] = 1,
    size: Annotated[
        int | None, typer.Option(help="Search at this long side alone; by default as pictures are.")
    ] = None,
    threads: Annotated[int | None, typer.Option(help="By default the CPUs that there are.")] = None,
) -> None:
    """Tell how many faces have the surest box on them, and how many have none at the detector's threshold."""
    pictures = read_pictures(data)[::every]
    for name in detectors:
        detector = Detector(Network(find("detection", name), threads))
        at_size = (lambda image: detector.detect(image, 0.05, size)) if size else None  # noqa: B023
        search = at_size or (lambda image: PictureSearch(detector).find(image, 0.05))  # noqa: B023
        shown = counted(pictures, name)
        scores, overlaps = np.array(list(surest(shown, search, enlarged))).T
        right = overlaps >= OVERLAP
        figures = {
            "detector": name,
            "pictures": len(right),
            "right": round(float(right.mean()), 4),
            "right_and_sure": round(float((right & (scores >= detector.threshold)).mean()), 4),
            "nothing_sure": round(float((scores < detector.threshold).mean()), 4),
        }
        typer.echo(json.dumps(figures))


if __name__ == "__main__":
    with plain_errors():
        typer.run(main)
