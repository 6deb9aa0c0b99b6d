"""Pictures to measure detectors on where no labelled ones are at hand: large faces, and crowds in the wild.

People and backgrounds are those of val alone, and everything follows from the numbers of the pictures.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.detector import GREY
from models.images import read_image
from training.data.detection import Labelled, in_pixels, read_layout, write_boxes
from training.detector.crowds import crowd
from training.detector.pasted_faces import PastedFaces
from training.detector.portraits import Portraits, covering, seen
from training.evaluate.false_alarms import face_free_part

PORTRAITS, CROWDS = 600, 150  # pictures
LONG_SIDES = (320, 480, 640, 960)  # pixels, of portraits
ASPECTS = (9 / 16, 3 / 4, 1.0, 4 / 3, 16 / 9)  # width over height
CROWDED = (1024, 768)  # pixels: a crowd's picture
CELL = 480  # pixels: the longest side that the val pictures have
FAR = {"half": 2, "third": 3}  # pictures side by side, which makes each that much smaller

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]


def write_proxies(celeba: Path, landmarks: Path, detection: Path, out: Path) -> list[int]:
    """Write the sets `portraits` and `crowds` in Ultralytics' layout; returns how many pictures each has.

    A file name begins with the kind: what a portrait's background is, `half` and `third` for val pictures that are seen
    from so much further away, `crowd` for pasted ones. Portraits of partition 1 and of the landmark set's val part.
    """
    pictures = read_layout(detection, "val")
    images = [read_image(labelled.path) for labelled in pictures]
    face_free = partial(face_free_part, images, [labelled.boxes for labelled in pictures])
    portraits, faces = Portraits(celeba, landmarks, "val", face_free), PastedFaces(celeba, "val")
    crowds = [*far_away(pictures, images), *pasted_crowds(face_free, faces)]
    sets = {"portraits": list(all_portraits(portraits)), "crowds": crowds}
    for name, composed in sets.items():
        for number, (kind, image, boxes) in enumerate(composed):
            path = out / name / "images" / "val" / f"{kind}_{number:04}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(path), image, [cv2.IMWRITE_JPEG_QUALITY, 95])
            relative = boxes / np.tile(image.shape[1::-1], 2)
            write_boxes(relative, out / name / "labels" / "val" / f"{path.stem}.txt")
    return [len(composed) for composed in sets.values()]


def all_portraits(portraits: Portraits) -> Iterator[tuple[str, Image, Floats]]:
    for number in range(PORTRAITS):
        rng = np.random.default_rng((1, number))
        long, aspect = int(rng.choice(LONG_SIDES)), float(rng.choice(ASPECTS))
        yield portraits.compose(rng, round(long * min(1, aspect)), round(long / max(1, aspect)))


def pasted_crowds(
    face_free: Callable[[np.random.Generator], Image], faces: PastedFaces
) -> Iterator[tuple[str, Image, Floats]]:
    for number in range(CROWDS):
        rng = np.random.default_rng((2, number))
        scene = covering(face_free(rng), *CROWDED)
        image, boxes = crowd(scene, np.empty((0, 4), np.float32), faces, rng)
        yield "crowd", seen(image, rng), boxes


def far_away(pictures: Sequence[Labelled], images: Sequence[Image]) -> Iterator[tuple[str, Image, Floats]]:
    """The pictures that have faces, four and nine to a picture."""
    both = [pair for pair in zip(pictures, images, strict=True) if len(pair[0].boxes)]
    for kind, across in FAR.items():
        for first in range(0, len(both), across**2):
            canvas = np.full((across * CELL, across * CELL, 3), GREY, np.uint8)
            boxes = [np.empty((0, 4), np.float32)]
            for place, (labelled, image) in enumerate(both[first : first + across**2]):
                y, x = (CELL * step for step in divmod(place, across))
                canvas[y : y + image.shape[0], x : x + image.shape[1]] = image[:CELL, :CELL]
                boxes.append(in_pixels(labelled.boxes, image) + np.array([x, y, x, y], np.float32))
            yield kind, canvas, np.concatenate(boxes)
