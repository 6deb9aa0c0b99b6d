"""Face boxes for the detector: the Ultralytics layout, and how to make it from the data sets that have them.

Labels of one face per picture (CelebA) teach a detector that the other faces are background: use them for portraits,
never alone.
"""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.errors import PictureError
from models.files import is_litter
from models.images import SUFFIXES, read_image
from training.errors import TrainingError

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]

NONE = np.empty((0, 4), np.float32)  # boxes
LEAST_SIDE = 2  # pixels: a narrower box marks no face
REMAINING = 0.3  # part of a face from which it is still labelled where a crop cuts it, as people label pictures
SHEET = 48  # pictures on a contact sheet


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """A picture file and its faces: boxes (N, 4), x1 y1 x2 y2 in fractions of the picture's width and height.

    Attributes:
        doubtful: (M, 4) places that may hold faces or not, so that training had better not see them.
        place: the file's below the folder of its split, which may have folders in it with files of the same names.
    """

    path: Path
    boxes: Floats
    doubtful: Floats = field(default_factory=lambda: NONE)
    place: Path = Path()

    @property
    def label(self) -> Path:
        """Where its label file lies below a folder of a split."""
        return self.place.with_suffix(".txt")

    def without_doubtful(self, image: Image) -> Image:
        """The picture's image with the doubtful places in its mean colour, but for what the faces share with them."""
        if not len(self.doubtful):
            return image
        blank = image.copy()
        for rows, columns in _areas(in_pixels(self.doubtful, image)):
            blank[rows, columns] = image.mean(axis=(0, 1))
        for rows, columns in _areas(in_pixels(self.boxes, image)):
            blank[rows, columns] = image[rows, columns]
        return blank


@dataclass(frozen=True, slots=True, eq=False)
class Annotation:
    """A picture of another data set: its boxes (N, 4) are x1 y1 width height in pixels, `name` is unique in the set."""

    path: Path
    name: str
    split: str
    boxes: Floats


def read_layout(data: Path, split: str) -> list[Labelled]:
    """The pictures of `data/images/<split>` with the boxes of `data/labels/<split>`, in the order of their names.

    A line of a label file is "class x y width height", the box centre and size in fractions. A picture without a label
    file has no faces.

    Raises:
        TrainingError: there are no pictures, or a label file holds something else.
    """
    images, labels = data / "images" / split, data / "labels" / split
    paths = sorted(path for path in images.rglob("*") if path.suffix.lower() in SUFFIXES and not is_litter(path.name))
    if not paths:
        raise TrainingError(f"There are no pictures in {images}: make it with `python -m training.prepare`.")
    pictures = (Labelled(path, NONE, place=path.relative_to(images)) for path in paths)
    return [replace(picture, boxes=corners(read_rows(labels / picture.label))) for picture in pictures]


def read_rows(label: Path, columns: int = 5) -> Floats:
    """The numbers of a label file (N, columns): class x y width height, and in predictions the score; none, no rows.

    Raises:
        TrainingError: the file holds something else.
    """
    lines = label.read_text().splitlines() if label.is_file() else []
    try:
        return np.array([line.split() for line in lines], np.float32).reshape(-1, columns)
    except ValueError as error:
        expected = "class x y width height" + " score" * (columns > 5)
        raise TrainingError(f"{label} is not a label file ({expected} on each line): {error}.") from error


def corners(rows: Floats) -> Floats:
    """Boxes (N, 4) x1 y1 x2 y2 of the rows of a label file."""
    centres, halves = rows[:, 1:3], rows[:, 3:5] / 2
    return np.hstack([centres - halves, centres + halves])


def in_pixels(boxes: Floats, image: Image) -> Floats:
    """Boxes (N, 4) in fractions of a picture, in its pixels."""
    return boxes * np.tile(image.shape[1::-1], 2).astype(np.float32)


def visible(boxes: Floats, size: tuple[int, int]) -> Floats:
    """Boxes (N, 4) in pixels clipped to a crop; those of which little would remain, or next to nothing, are dropped.

    Args:
        size: width and height of the crop.
    """
    clipped = np.clip(boxes, 0, np.tile(size, 2))
    area, kept = (np.prod(b[:, 2:] - b[:, :2], axis=1) for b in (boxes, clipped))
    return clipped[(kept > REMAINING * area) & (kept > 9)].astype(np.float32)


def _areas(boxes: Floats) -> Iterator[tuple[slice, slice]]:
    """Rows and columns of the pixels that each box touches."""
    for x1, y1, x2, y2 in np.hstack([np.floor(boxes[:, :2]), np.ceil(boxes[:, 2:])]).clip(0).astype(int).tolist():
        yield slice(y1, y2), slice(x1, x2)


def read_celeba_boxes(root: Path) -> Iterator[Annotation]:
    """CelebA in the wild: `list_bbox_celeba.txt`, `list_eval_partition.txt` and `img_celeba/`, without the test part.

    Raises:
        TrainingError: a list is missing or malformed.
    """
    splits = {"0": "train", "1": "val"}
    partition = dict(line.split() for line in _lines(root / "list_eval_partition.txt"))
    for line in _lines(root / "list_bbox_celeba.txt")[2:]:  # after the count and the names of the columns
        file, *box = line.split()
        if partition.get(file) in splits:
            name = f"celeba_{Path(file).stem}"
            yield Annotation(root / "img_celeba" / file, name, splits[partition[file]], _numbers([box], 4, line))


def read_wider(root: Path) -> Iterator[Annotation]:
    """WIDER FACE: `wider_face_<split>_bbx_gt.txt` (also below wider_face_split/) and `WIDER_<split>/images/`.

    Faces marked as invalid are left out, as their authors advise.

    Raises:
        TrainingError: there is no list, or one is malformed.
    """
    found = sorted(root.rglob("wider_face_*_bbx_gt.txt"))
    if not found:
        raise TrainingError(f"There is no wider_face_train_bbx_gt.txt in {root}: unpack WIDER FACE there.")
    for listing in found:
        split = listing.name.split("_")[2]
        lines = iter(_lines(listing))
        for file in lines:
            count = int(_numbers([[next(lines, "")]], 1, file)[0, 0])
            rows = [next(lines, "").split() for _ in range(max(1, count))]  # no face: one line of zeros
            faces = _numbers(rows, 10, file)[:count]
            name = "wider_" + Path(file).stem
            yield Annotation(root / f"WIDER_{split}" / "images" / file, name, split, faces[faces[:, 7] == 0, :4])


def _lines(path: Path) -> list[str]:
    if not path.is_file():
        raise TrainingError(f"{path} is missing: it is part of the data set's annotations.")
    return path.read_text(encoding="utf-8").splitlines()


def _numbers(rows: list[list[str]], columns: int, where: str) -> Floats:
    try:
        return np.array(rows, np.float32).reshape(-1, columns)
    except ValueError as error:
        raise TrainingError(f'The annotations are damaged at "{where}": {error}.') from error


def write_layout(pictures: Iterable[Annotation], out: Path) -> list[str]:
    """Put pictures and label files into Ultralytics' layout; a file is linked where the disk allows it, else copied.

    Returns what is wrong: pictures that cannot be read (left out), boxes without an extent in their picture (dropped).
    """
    problems = []
    for picture in pictures:
        try:
            height, width = read_image(picture.path).shape[:2]
        except PictureError as error:
            problems.append(str(error))
            continue
        boxes = np.hstack([picture.boxes[:, :2], picture.boxes[:, :2] + picture.boxes[:, 2:]])
        inside = np.clip(boxes, 0, (width, height, width, height))
        whole = (inside[:, 2:] - inside[:, :2]).min(axis=1, initial=np.inf) >= LEAST_SIDE
        problems += [f"{picture.path}: the box {box.tolist()} marks no face." for box in picture.boxes[~whole]]
        link(picture.path, out / "images" / picture.split / (picture.name + picture.path.suffix))
        fractions = inside[whole] / np.array([width, height, width, height])
        write_boxes(fractions, out / "labels" / picture.split / f"{picture.name}.txt")
    return problems


def check(pictures: Iterable[Labelled]) -> list[str]:
    """What is wrong with pictures in the layout: those that cannot be read, and boxes without an extent in them."""
    problems = []
    for picture in pictures:
        try:
            read_image(picture.path)
        except PictureError as error:
            problems.append(str(error))
        inside = np.clip(picture.boxes, 0, 1)
        whole = (inside[:, 2:] > inside[:, :2]).all(axis=1)
        problems += [f"{picture.path}: the box {box.tolist()} marks no face." for box in picture.boxes[~whole]]
    return problems


def counts(pictures: list[Labelled]) -> str:
    """Pictures and faces, for the log."""
    faces = [len(picture.boxes) for picture in pictures]
    return f"{len(faces):,} pictures ({faces.count(0):,} without a face), {sum(faces):,} faces"


def link(source: Path, target: Path) -> None:
    """Put a file in another place as well: linked where the disk allows it, else copied."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)


def write_boxes(boxes: NDArray[np.floating], label: Path, scores: Floats | None = None) -> None:
    """Write a label file of boxes (N, 4) x1 y1 x2 y2 in fractions; with scores (N,), one of predictions."""
    label.parent.mkdir(parents=True, exist_ok=True)
    centres, sizes = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
    rows = np.hstack([centres, sizes] if scores is None else [centres, sizes, scores[:, None]])
    label.write_text("".join(" ".join(["0", *(f"{number:.6f}" for number in row)]) + "\n" for row in rows.tolist()))


def show(pictures: list[Labelled], path: Path, seed: int = 0) -> None:
    """A contact sheet of some of the pictures, at random, with their boxes; those that cannot be read are left out."""
    images: list[Image] = []
    for index in np.random.default_rng(seed).permutation(len(pictures)):
        picture = pictures[index]
        with suppress(PictureError):
            image = read_image(picture.path)
            mark(image, in_pixels(picture.boxes, image), (80, 200, 0))
            images.append(image)
        if len(images) == SHEET:
            break
    contact_sheet(images, path)


def mark(image: Image, boxes: NDArray[np.floating], color: tuple[int, int, int]) -> None:
    """Draw boxes (N, 4) in pixels into a picture."""
    for x1, y1, x2, y2 in boxes.round().astype(int).tolist():
        cv2.rectangle(image, (x1, y1), (x2, y2), color, 1)


def contact_sheet(images: list[Image], path: Path, columns: int = 8, cell: int = 240) -> None:
    """Write pictures side by side, each scaled into a square cell."""
    sheet = np.zeros((max(1, -(-len(images) // columns)) * cell, columns * cell, 3), np.uint8)
    for index, image in enumerate(images):
        scale = cell / max(image.shape[:2])
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)[:cell, :cell]
        row, column = divmod(index, columns)
        sheet[row * cell :, column * cell :][: small.shape[0], : small.shape[1]] = small
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), sheet)
