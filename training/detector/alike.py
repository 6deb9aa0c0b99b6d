"""Labels that are alike: some people box a face, others the whole head.

A detector that has learned both tells by the kind of picture which is meant; of a picture of no such kind it finds two
boxes, each half as sure. So a box that holds much more than the face becomes the face's own. And some faces were cut
out and have no box: as pictures without a face, which are drawn often, they teach that what fills a picture is none.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from models.images import read_image
from models.landmarks import Landmarker, face_box
from training.data.detection import Labelled, in_pixels, link, read_layout, write_boxes

LEAST = 20  # pixels, the height of a face whose points are to be trusted
CUT_OUT = 64  # pixels; a picture without a label that is smaller is a face that was cut out, or shows nothing
HEAD = 1.4  # area of a box that holds the whole head, over that of its face, at least

Floats = NDArray[np.float32]


def write_alike(data: Path, out: Path, landmarker: Landmarker, unsure: float) -> tuple[int, int]:
    """Write pictures and labels in Ultralytics' layout again, those to train on with boxes as `faces_of` has them.

    Faces that were cut out and have no label are left out. Those of val stay, and all of its boxes are as people drew
    them: a detector is measured by these.

    Args:
        unsure: see `faces_of`.

    Returns:
        How many boxes there are to train on, and how many of them are others now.

    Raises:
        TrainingError: there are no pictures, or a label file is damaged.
    """
    number = changed = 0
    for picture in track(read_layout(data, "train"), "Looking"):
        image = read_image(picture.path)
        if not len(picture.boxes) and max(image.shape[:2]) < CUT_OUT:
            continue
        boxes = in_pixels(picture.boxes, image)
        faces = faces_of(image, boxes, landmarker, unsure)
        number += len(boxes)
        changed += int((faces != boxes).any(axis=1).sum())
        _write(picture, faces / np.tile(image.shape[1::-1], 2), out, "train")
    for picture in read_layout(data, "val"):
        _write(picture, picture.boxes, out, "val")
    return number, changed


def faces_of(image: NDArray[np.uint8], boxes: Floats, landmarker: Landmarker, unsure: float) -> Floats:
    """The boxes (N, 4), x1 y1 x2 y2 in pixels; those of whole heads are now those of their faces, by their points.

    Args:
        unsure: uncertainty of the points above which a box stays as it is: of the back of a head, say.
    """
    boxes = boxes.copy()
    tall = np.flatnonzero(boxes[:, 3] - boxes[:, 1] >= LEAST)
    found = landmarker.locate(image, boxes[tall])
    for index, points, uncertainty in zip(tall, found.points, found.uncertainty, strict=True):
        face = np.clip(face_box(points), 0, np.tile(image.shape[1::-1], 2))
        if uncertainty <= unsure and _area(boxes[index]) > HEAD * _area(face):
            boxes[index] = face
    return boxes


def _write(picture: Labelled, boxes: NDArray[np.floating], out: Path, split: str) -> None:
    link(picture.path, out / "images" / split / picture.place)
    write_boxes(boxes, out / "labels" / split / picture.label)


def _area(box: Floats) -> float:
    return float(np.prod(box[2:] - box[:2]))
