"""By how many pixels the marks of each set lie right of what they mark: the offsets of `training.data.landmarks`.

python -m training.offsets resnet18-landmarks --data data/landmarks

A network that has learned from pictures and from their mirror images has no side of its own: the middle of what it
finds in both lies where the feature does.
"""

from collections import defaultdict
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from models.landmarks import Landmarker, face_box
from models.manifest import find
from models.runtime import Network
from training.data.landmarks import MIRRORED, Face, Floats, picture, read_faces
from training.errors import plain_errors
from training.evaluate.faces import Locates


def found_in_both(landmarker: Locates, face: Face) -> Floats:
    """The middle (5, 2) of the points found in the picture and in its mirror image, in pixels of the picture."""
    image, (x1, y1, x2, y2) = picture(face.path), face_box(face.points)
    last = image.shape[1] - 1
    boxes = np.array([[x1, y1, x2, y2], [last - x2, y1, last - x1, y2]], np.float32)
    plain, mirrored = landmarker.locate_each([image, np.ascontiguousarray(image[:, ::-1])], boxes).points
    back = np.column_stack([last - mirrored[:, 0], mirrored[:, 1]])[MIRRORED]
    return np.asarray((plain + back) / 2, np.float32)


def offsets(landmarker: Locates, faces: list[Face]) -> dict[tuple[str, float], Floats]:
    """For each set, by its source and present offset, how far right the marks of its faces lie (N,), in pixels."""
    right = defaultdict(list)
    for face in faces:
        marks = face.points[:, 0] + face.offset
        right[face.source, face.offset].append((marks - found_in_both(landmarker, face)[:, 0]).mean())
    return {key: np.array(values, np.float32) for key, values in sorted(right.items())}


def main(
    network: Annotated[str, typer.Argument(help="a shipped landmark network's name, or FILE.onnx")],
    data: Annotated[Path, typer.Option(help="folder with landmarks.csv and images/")] = Path("data/landmarks"),
    split: Annotated[str, typer.Option(help="train or val")] = "val",
) -> None:
    """Print each set's offset, with its standard error, beside the one in use."""
    landmarker = Landmarker(Network(find("landmarks", network)))
    for (source, used), right in offsets(landmarker, read_faces(data, split)).items():
        error = right.std() / np.sqrt(len(right))
        typer.echo(f"{source}, in use {used}: {right.mean():.2f} +- {error:.2f} px, {len(right)} faces")


if __name__ == "__main__":
    with plain_errors():
        typer.run(main)
