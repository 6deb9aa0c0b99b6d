"""How exactly are a followed face's five points found by one look of the network, and by two?

    python -m tests.bench.points

On the hand-marked faces that it was not trained on, in the boxes that a detector puts around them, and in boxes that
are off by more, as a tracker's are.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import typer
from numpy.typing import NDArray

from models.align import TEMPLATE, umeyama
from models.analysis import TOLERANCE
from models.detector import Detector
from models.landmarks import Landmarker, Landmarks, face_box
from models.manifest import shipped
from models.runtime import Network
from tests.bench.common import Row, Skipped, report, run
from tracker.association import iou
from training.data.landmarks import Floats, picture, read_faces, transformed
from training.evaluate.landmarks import FAILED, over_eyes

LEAST = 0.3  # IoU from which a detection is the marked face's
SIZE = 160  # long side at which the detector sees the pictures, which the faces fill
OFF = (0.0, 0.03, 0.06)  # sides by which boxes are shifted and scaled besides, standard deviations


@dataclass(frozen=True, slots=True, eq=False)
class Marked:
    """A face's picture, its marks (5, 2), and the detector's box (4,) around it."""

    image: NDArray[np.uint8]
    marks: Floats
    box: Floats


class Counting(Landmarker):
    """Counts the looks of its network."""

    looks = 0

    def _look(self, images: Sequence[NDArray[np.uint8]], boxes: Floats) -> Landmarks:
        self.looks += len(images)
        return super()._look(images, boxes)


def marked(data: Path) -> Iterator[Marked]:
    """The faces of the split `val` that the detector finds."""
    detector = Detector(Network(shipped("detection")))
    for face in read_faces(data, "val"):
        image, true = picture(face.path), face_box(face.points).astype(np.float64)
        boxes = np.asarray(detector.detect(image, size=SIZE).xyxy, np.float32)
        overlaps = iou(true[None], boxes.astype(np.float64))[0]
        if overlaps.max(initial=0.0) >= LEAST:
            yield Marked(image, face.points, boxes[overlaps.argmax()])


def shaken(box: Floats, off: float, rng: np.random.Generator) -> Floats:
    """The box (4,) shifted and scaled."""
    size, centre = box[2:] - box[:2], (box[:2] + box[2:]) / 2
    centre, size = centre + rng.normal(0, off, 2) * size, size * np.exp(rng.normal(0, off))
    return np.concatenate([centre - size / 2, centre + size / 2]).astype(np.float32)


def measure(faces: Sequence[Marked], network: Network, tolerance: float) -> Iterator[Row]:
    """A row for each of `OFF`: the error over the eye distance, and by how many pixels of the aligned 112 px face a
    mark lands elsewhere than in the detector's own box."""
    marks, first = np.stack([face.marks for face in faces]), None
    for off in OFF:
        rng, landmarker = np.random.default_rng(0), Counting(network, tolerance)
        boxes = [shaken(face.box, off, rng) for face in faces]
        found = [landmarker.locate(face.image, [box]) for face, box in zip(faces, boxes, strict=True)]
        points = np.concatenate([one.points for one in found])
        aligned = np.stack([transformed(umeyama(five, TEMPLATE), of) for five, of in zip(points, marks, strict=True)])
        first = aligned if first is None else first
        errors = over_eyes(points, marks).mean(axis=1)
        yield {
            "looks": "two" if tolerance == 0 else "one" if math.isinf(tolerance) else f"two where {tolerance:g} off",
            "boxes shaken by": off,
            "looks at each": landmarker.looks / len(faces),
            "error %": 100 * float(errors.mean()),
            "over 10 %": 100 * float((errors > FAILED).mean()),
            "moves px": float(np.linalg.norm(aligned - first, axis=2).mean()),
        }


def main(data: Path = Path("data/landmarks")) -> None:
    def bench() -> None:
        if not data.is_dir():
            raise Skipped(f"there is no {data}")
        faces, network = list(marked(data)), Network(shipped("landmarks"))
        rows = [row for tolerance in (0.0, TOLERANCE, math.inf) for row in measure(faces, network, tolerance)]
        report("points", f"Five points of {len(faces)} faces", rows)

    run(bench)


if __name__ == "__main__":
    typer.run(main)
