"""Faces and five points of pictures, as rows of a CSV file."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Self

import numpy as np
import supervision as sv
from numpy.typing import NDArray

from db.text.spreadsheets import FORMULA
from models.detector import open_detector
from models.errors import PictureError
from models.images import pictures_in, read_image, to_jpeg
from models.landmarks import Landmarker
from models.manifest import shipped
from models.runtime import Network
from models.search.pictures import PictureSearch
from models.search.tiles import Tiling
from stream.errors import StreamError
from stream.files import beside, exists, names_of, spare, write_whole

POINTS = ("left_eye", "right_eye", "nose", "left_mouth", "right_mouth")
COLUMNS = ("image", "x1", "y1", "x2", "y2", "score", *(f"{point}_{axis}" for point in POINTS for axis in "xy"))

Image = NDArray[np.uint8]


class FaceFinder:
    """Finds the faces of pictures and the five points of each; nobody is recognized."""

    def __init__(self, search: PictureSearch, landmarker: Landmarker) -> None:
        self._search = search
        self._landmarker = landmarker

    @classmethod
    def open(
        cls,
        detector: str | None = None,
        min_score: float | None = None,
        size: int | None = None,
        tiles: Tiling = "auto",
    ) -> Self:
        """With the shipped networks, or another detector.

        Args:
            min_score: of a face; by default the detector's threshold.
            size, tiles: how closely pictures are searched; see `PictureSearch`.
        """
        search = PictureSearch(open_detector(detector, min_score), size, tiles=tiles)
        return cls(search, Landmarker(Network(shipped("landmarks"))))

    def find(self, image: Image) -> sv.Detections:
        """The faces of a picture (H, W, 3 BGR); `data["landmarks"]` is (N, 5, 2), in pixels as the boxes are."""
        faces = self._search.find(image)
        faces.data["landmarks"] = self._landmarker.locate(image, faces.xyxy).points
        return faces


def pictures_under(paths: Iterable[Path]) -> list[Path]:
    """The pictures among files and folders (with all that is in them).

    Raises:
        StreamError: a path does not exist, or a folder holds no pictures.
    """
    found: list[Path] = []
    for path in paths:
        if not exists(path):
            raise StreamError(f"There is no picture or folder {path}: check the path.")
        inside = pictures_in(path) if path.is_dir() else [path]
        if not inside:
            raise StreamError(f"The folder {path} holds no pictures: choose one that does.")
        found += inside
    return found


def write_detections(
    out: Path,
    pictures: Iterable[Path],
    finder: FaceFinder,
    drawn: Path | None = None,
    counted: Callable[[Iterable[Path], int], Iterable[Path]] = lambda pictures, _total: pictures,
) -> list[str]:
    """Write a row for every face of the pictures; returns why some pictures could not be read.

    Args:
        drawn: a folder for the pictures with boxes and points on them.
        counted: is given the pictures as they are taken, and how many there are; gives them on (and shows progress).

    Raises:
        StreamError: the file or a drawn picture cannot be written, or would be written over a picture.
    """
    pictures = list(pictures)
    shown = {} if drawn is None else {path: drawn / f"{name}.jpg" for path, name in names_of(pictures).items()}
    beside(out)  # a wrong place is told before the work
    for path in pictures:
        spare(path, out, shown.get(path))
    refused: list[str] = []
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for path in counted(pictures, len(pictures)):
        try:
            image = read_image(path)
        except PictureError as error:
            refused.append(str(error))
            continue
        faces = finder.find(image)
        writer.writerows(rows(_as_text(path), faces))
        if path in shown:
            save_drawn(shown[path], image, faces)
    write_whole(out, text.getvalue().encode("utf-8", "surrogateescape"))
    return refused


def rows(picture: str, faces: sv.Detections) -> Iterator[list[str]]:
    """One row of COLUMNS for each face of a picture."""
    assert faces.confidence is not None
    for box, score, points in zip(faces.xyxy, faces.confidence, faces.data["landmarks"], strict=True):
        yield [picture, *(f"{x:.2f}" for x in box), f"{score:.4f}", *(f"{x:.2f}" for x in np.ravel(points))]


def _as_text(path: Path) -> str:
    """The path, so that it finds the picture and no spreadsheet takes it for a formula."""
    return f"./{path}" if str(path).startswith(FORMULA) else str(path)


def save_drawn(place: Path, image: Image, faces: sv.Detections) -> None:
    """Save the picture with boxes and points on it, as JPEG.

    Raises:
        StreamError: it cannot be written.
    """
    side = max(image.shape[:2])
    boxes = sv.BoxAnnotator(thickness=max(1, side // 480), color_lookup=sv.ColorLookup.INDEX)
    drawn = boxes.annotate(image.copy(), faces)
    if len(faces):
        points = sv.KeyPoints(xy=np.asarray(faces.data["landmarks"], np.float32))
        drawn = sv.VertexAnnotator(radius=max(1, side // 320)).annotate(drawn, points)
    write_whole(place, to_jpeg(np.asarray(drawn, np.uint8)))
