"""Talking heads to compose clips of: their pictures, and where the face is in each.

The boxes in heads.csv are those that YuNet, a detector of somebody else, found in every frame, without their jitter;
they were looked at. `python -m tests.bench.heads` finds them anew.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from stream.sources.source import open_source
from tests.bench.common import run, shared
from tests.bench.light import Light

BOXES = Path(__file__).with_name("heads.csv")
CLIPS = (*(f"{name}.mpg" for name in ("bbaf2n", "brbk7n", "lbax4n", "lbbc2a", "lrwp9a", "lwbsza", "pwij3p")),
         *(f"{name}.mpg" for name in ("sbia1a", "sbwe5n", "swiz3n")),
         *(f"{name}.mp4" for name in ("d10", "d11", "d12", "d18", "d19", "d20", "d3")))  # fmt: skip
PASTED = 50  # so many of a clip's first frames are pasted
PORTRAITS = 3  # pictures of the rest of the clip, to enrol
LATER = 100  # frames that they are taken from
LARGEST = 130.0  # pixels: the width to which larger faces are shrunk once, well, rather than in every paste, badly
SIZE = 400  # long side in pixels at which faces are searched: those that fill a picture are too large for YuNet

Image = NDArray[np.uint8]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A person.

    Attributes:
        fps: of the pictures, a second.
        pictures: to paste.
        boxes: (N, 4) xyxy in pixels, of the face in each of them.
        portraits: other pictures, from later in the clip.
    """

    name: str
    fps: float
    pictures: list[Image]
    boxes: Floats
    portraits: list[Image]

    @property
    def width(self) -> float:
        """Of the face, in pixels, on average."""
        return float((self.boxes[:, 2] - self.boxes[:, 0]).mean())


def read_heads() -> list[Head]:
    """Every head whose boxes are known, in their order there."""
    boxes: dict[str, list[list[float]]] = {}
    with BOXES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            boxes.setdefault(row["clip"], []).append([float(row[side]) for side in ("x1", "y1", "x2", "y2")])
    return [_head(clip, np.array(found)) for clip, found in boxes.items()]


def _head(clip: str, boxes: Floats) -> Head:
    pictures, fps = _pictures(clip, len(boxes) + LATER)
    later = pictures[len(boxes) + 5 :]  # somewhat after the last one that is pasted
    portraits = [later[index] for index in np.linspace(0, len(later) - 1, PORTRAITS).astype(int)]
    scale = min(1.0, LARGEST / float((boxes[:, 2] - boxes[:, 0]).mean()))
    pasted = [_resized(picture, scale) for picture in pictures[: len(boxes)]]
    return Head(Path(clip).stem, fps, pasted, boxes * scale, portraits)


def _pictures(clip: str, most: int) -> tuple[list[Image], float]:
    source = open_source(str(shared("videos/heads") / clip))
    return [frame.image for frame in islice(source, most)], source.fps or 25.0


def _found(clip: str, light: Light) -> Iterator[Floats]:
    """The surest face in each of the pictures that are pasted."""
    for picture in _pictures(clip, PASTED)[0]:
        scale = min(1.0, SIZE / max(picture.shape))
        left, top, width, height = light.detect(_resized(picture, scale))[0, :4].astype(np.float64) / scale
        yield np.array([left, top, left + width, top + height])


def _resized(picture: Image, scale: float) -> Image:
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def main() -> None:
    light = Light()
    with BOXES.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["clip", "frame", "x1", "y1", "x2", "y2"])
        for clip in CLIPS:
            boxes = median_filter(np.array(list(_found(clip, light))), size=(5, 1), mode="nearest")
            rows.writerows([clip, index, *np.round(box, 1)] for index, box in enumerate(boxes))


if __name__ == "__main__":
    run(main)
