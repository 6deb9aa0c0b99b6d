"""Faces with five points, and the boxes that a detector would put around them. Runs without torch."""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.images import is_picture, opened, read_image
from training.data.celeba import TRAIN, read_celeba
from training.errors import TrainingError

Floats = NDArray[np.float32]
MIRRORED = [1, 0, 2, 4, 3]  # the place of each point after a horizontal flip: left and right change their names
# Pixels by which the marks of some sets lie right of and below what they mark. Right: by `training.offsets`. Below,
# where no mirror shows it: as far, as the distances of these sets from each other are alike in both directions.
AFLW, MTFL, UDACITY = 1.4, 0.25, 1.1


@dataclass(frozen=True, slots=True)
class Face:
    """A picture with one marked face.

    Attributes:
        points: (5, 2) in pixels, image-left eye first.
        offset: pixels by which its marks lay right of and below these.
    """

    path: Path
    source: str
    points: Floats
    offset: float = 0.0


def read_faces(data: Path, split: str) -> list[Face]:
    """The faces of one split ("train" or "val") of `landmarks.csv` in `data`, whose pictures lie in `images/`.

    Columns: file, split, source, width, height, then ten coordinates, which are put back by the set's offset.

    Raises:
        TrainingError: there is no such table.
    """
    table = data / "landmarks.csv"
    if not table.is_file():
        raise TrainingError(f"There is no {table}: give the folder that holds landmarks.csv and images/.")
    with table.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.reader(file) if row[1] == split]
    faces = []
    for name, _, source, _, _, *marks in rows:
        offset = offset_of(name, source)
        points = np.array(marks[:10], np.float32).reshape(5, 2) - np.float32(offset)
        faces.append(Face(data / "images" / name, source, points, offset))
    return faces


def offset_of(name: str, source: str) -> float:
    """The offset of the set that a picture comes from; `mtcnn5pt` is two, which their file names tell apart."""
    if source == "mtcnn5pt":
        return AFLW if "-image" in name else MTFL
    return UDACITY if source == "udacity" else 0.0


def machine_marked(celeba: Path, points: Path | None = None) -> list[Face]:
    """The training part of a folder in CelebA's layout, with the points of its list or of another."""
    part = read_celeba(celeba, points).part(TRAIN)
    files = [celeba / "img_celeba" / name for name in part.files]
    return [Face(path, "celeba", five) for path, five in zip(files, part.points, strict=True)]


def read_backgrounds(data: Path, split: str, each: int = 4) -> list[tuple[Path, Floats]]:
    """Places without a face, up to `each` a picture, from a detection set in Ultralytics' layout: (picture, box)."""
    rng = np.random.default_rng(0)
    found: list[tuple[Path, Floats]] = []
    for path in sorted(filter(is_picture, (data / "images" / split).iterdir())):
        with opened(path) as file:  # the size alone, without decoding
            width, height = file.size
        label = data / "labels" / split / f"{path.stem}.txt"
        rows = label.read_text().splitlines() if label.is_file() else []
        middles = np.array([row.split()[1:5] for row in rows], np.float32).reshape(-1, 4)
        faces = middles * [width, height, width, height]
        side = rng.uniform(16, max(32, 0.6 * min(width, height)), each)
        centre = rng.uniform([0, 0], [width, height], (each, 2))
        apart = abs(centre[:, None] - faces[None, :, :2]) > (faces[None, :, 2:] + side[:, None, None]) / 2
        boxes = np.column_stack([centre - side[:, None] / 2, centre + side[:, None] / 2]).astype(np.float32)
        found += [(path, box) for box in boxes[np.all(apart.any(axis=2), axis=1)]]
    return found


@lru_cache(maxsize=16384)
def picture(path: Path) -> NDArray[np.uint8]:
    """A training picture, kept in memory: decoding would cost as much as augmenting."""
    return read_image(path)


def jittered(box: Floats, rng: np.random.Generator, amount: float = 1.0) -> Floats:
    """The box with the errors of a tracker, which are larger than a detector's (`training.box_errors`).

    Shifted by 7 %, scaled by 13 %, stretched by 8 % (standard deviations).
    """
    size = box[2:] - box[:2]
    centre = (box[:2] + box[2:]) / 2 + rng.normal(0, 0.07 * amount, 2) * size
    stretch = rng.normal(0, 0.08 * amount)
    size = size * np.exp(rng.normal(0, 0.13 * amount) + np.array([stretch, -stretch]) / 2)
    return np.concatenate([centre - size / 2, centre + size / 2]).astype(np.float32)


def transformed(transform: NDArray[Any], points: Floats) -> NDArray[Any]:
    """Points (P, 2) carried by a (2, 3) transform."""
    return points @ transform[:, :2].T + transform[:, 2]
