"""How a detector's boxes lie against those of a face's points: what `training.data.landmarks.jittered` imitates.

python -m training.box_errors yolov5n-face --data data/landmarks
"""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from models.detector import Detector
from models.landmarks import face_box
from models.manifest import find
from models.runtime import Network
from tracker.association import iou
from training.data.landmarks import Face, Floats, picture, read_faces
from training.errors import plain_errors

LEAST = 0.3  # IoU: what overlaps less is another face's


def errors(found: Floats, true: Floats) -> Floats:
    """By how much boxes (N, 4) differ from the true ones: (N, 4) to the right and down in sides, in size, in shape.

    The last two are natural logarithms: of the factor of the sides, and of that of width over height.
    """
    sides = true[:, 2:] - true[:, :2]
    shift = (found[:, :2] + found[:, 2:] - true[:, :2] - true[:, 2:]) / 2 / sides
    growth = np.log((found[:, 2:] - found[:, :2]) / sides)
    return np.column_stack([shift, growth.mean(axis=1), growth[:, 0] - growth[:, 1]])


def pairs(detector: Detector, faces: list[Face], size: int) -> tuple[Floats, Floats]:
    """The boxes (N, 4) of the faces that are found, as found and as their points give them, in pixels.

    Args:
        size: long side in pixels at which the detector sees the pictures.
    """
    both = []
    for face in faces:
        true, found = face_box(face.points), np.asarray(detector.detect(picture(face.path), size=size).xyxy, np.float32)
        overlaps = iou(true[None].astype(np.float64), found.astype(np.float64))[0]
        if len(found) and overlaps.max() >= LEAST:
            both.append((found[overlaps.argmax()], true))
    boxes = np.array(both, np.float32).reshape(-1, 2, 4)
    return boxes[:, 0], boxes[:, 1]


def main(
    network: Annotated[str, typer.Argument(help="a shipped detector's name, or FILE.onnx")],
    data: Annotated[Path, typer.Option(help="folder with landmarks.csv and images/")] = Path("data/landmarks"),
    split: Annotated[str, typer.Option(help="train or val")] = "val",
    size: Annotated[int, typer.Option(help="long side at which it sees the pictures, which faces fill")] = 160,
) -> None:
    """Print the errors' means and standard deviations."""
    faces = read_faces(data, split)
    found, true = pairs(Detector(Network(find("detection", network))), faces, size)
    typer.echo(f"{len(found)} of {len(faces)} faces found")
    for name, values in zip(
        ("right, sides", "down, sides", "size, log", "shape, log"), errors(found, true).T, strict=True
    ):
        typer.echo(f"{name}: {values.mean():+.3f}, deviation {values.std():.3f}")


if __name__ == "__main__":
    with plain_errors():
        typer.run(main)
