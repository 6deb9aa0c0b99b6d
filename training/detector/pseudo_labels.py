"""Pseudo-labels: faces that nobody labelled, as trained detectors find them at a larger input.

Without them training teaches that these faces are background. They are written beside the given labels, which stay as
they are: a file per picture with lines "0 x y width height score", as Ultralytics writes predictions, and limits.json.
A box of high score counts as a face; the place of a doubtful one is blanked out, and so teaches nothing.

Where most faces are labelled, what a detector finds beside them is mostly not a face, however sure it is. So a second
detector has its say: the two err at different places.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import supervision as sv
from numpy.typing import NDArray

from models.detector import Detector
from models.files import whole
from models.images import read_image
from training.data.detection import SHEET, Labelled, contact_sheet, corners, in_pixels, mark, read_rows, write_boxes
from training.errors import TrainingError
from training.evaluate.detection import LEAST, OVERLAP, Result, match

CANDIDATE = 0.3  # score of the first detector from which the others are asked
TOUCHING = 0.1  # part of the smaller one's area that two boxes share if both may be of one face
FACE, DOUBTFUL = 0.98, 0.9  # precision from which a box counts as a face, and from which it is doubtful
WINDOW = 100  # detections of about the same score, whose precision is taken
AROUND = 4  # width of a picture on the contact sheet, over the longer side of the box that it shows

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Limits:
    """What found the boxes, and which scores count.

    Attributes:
        detectors: each one's name and the long side in pixels at which it saw the pictures.
        face: score from which a box is taken for a face.
        doubtful: score from which a box below that is doubtful; what is less sure is background, as before.
    """

    detectors: list[str]
    face: float
    doubtful: float


def limits(folder: Path, detectors: Sequence[Detector], pictures: Iterable[Labelled]) -> Limits:
    """The limits in the folder; where there are none yet, those of these detectors, measured on validation pictures.

    Raises:
        TrainingError: the folder was begun with other detectors or sizes, or the pictures are too few.
    """
    path, names = folder / "limits.json", [f"{one.network.entry.name} at {one.size} px" for one in detectors]
    if not path.is_file():
        chosen = Limits(names, *choose([_look(picture, detectors) for picture in pictures]))
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(chosen), indent=2) + "\n", encoding="utf-8")
    stored = _read_limits(folder)
    if stored.detectors != names:
        raise TrainingError(f"{folder} was begun with {' and '.join(stored.detectors)}: choose another folder.")
    return stored


def _look(picture: Labelled, detectors: Sequence[Detector]) -> Result:
    image = read_image(picture.path)
    faces = in_pixels(picture.boxes, image)
    boxes, scores = agreed(image, detectors)
    return Result(picture, faces, boxes, scores, match(boxes, faces), max(image.shape[:2]))


def agreed(image: Image, detectors: Sequence[Detector], faces: Floats | None = None) -> tuple[Floats, Floats]:
    """Boxes (N, 4) of the first detector, and the least score (N,) that any of them gives each, the surest first.

    Args:
        faces: (M, 4) boxes in pixels; what is found there is left out.
    """
    first, *others = detectors
    found = first.detect(image, CANDIDATE)
    boxes, scores = np.asarray(found.xyxy, np.float32), np.asarray(found.confidence, np.float32)
    if faces is not None:
        new = apart(boxes, faces)
        boxes, scores = boxes[new], scores[new]
    for other in others if len(boxes) else ():
        seen = other.detect(image, LEAST)
        same = sv.box_iou_batch(boxes, seen.xyxy) >= OVERLAP
        scores = np.minimum(scores, (same * np.asarray(seen.confidence)).max(axis=1, initial=0))
    order = np.argsort(-scores, kind="stable")
    return boxes[order], scores[order].astype(np.float32)


def choose(results: Sequence[Result]) -> tuple[float, float]:
    """The scores down to which detections are labelled faces often enough to be taken for one, and to be doubtful.

    Precision is that of a window of 100 detections, by score. Those that touch a labelled face without finding it are
    left out, as they are where faces are added. Faces without a label count as errors, so precision is at least that.

    Raises:
        TrainingError: there are fewer detections than a window holds.
    """
    counted = [result.hits | apart(result.boxes, result.faces) for result in results]
    scores = np.concatenate([result.scores[kept] for result, kept in zip(results, counted, strict=True)])
    hits = np.concatenate([result.hits[kept] for result, kept in zip(results, counted, strict=True)])
    if len(scores) < WINDOW:
        raise TrainingError(f"{len(scores)} detections in the val pictures are too few to measure their precision.")
    order = np.argsort(-scores, kind="stable")
    precision = np.convolve(hits[order], np.ones(WINDOW) / WINDOW, "valid")
    middle = scores[order][WINDOW // 2 :]
    face, doubtful = (
        float(middle[np.argmax(precision < wanted)] if (precision < wanted).any() else scores.min())
        for wanted in (FACE, DOUBTFUL)
    )
    return round(face, 3), round(doubtful, 3)


def apart(boxes: Floats, faces: Floats) -> NDArray[np.bool_]:
    """Whether each box (N, 4) is of none of the faces (M, 4), as far as places tell."""
    if not len(boxes) or not len(faces):
        return np.ones(len(boxes), bool)
    return np.asarray((sv.box_iou_batch(faces, boxes, sv.OverlapMetric.IOS) < TOUCHING).all(axis=0))


def find_unlabelled(pictures: Iterable[Labelled], detectors: Sequence[Detector], folder: Path) -> None:
    """Write what the detectors find apart from the labels, a file per picture; pictures that have one are skipped."""
    for picture in pictures:
        path = _file(folder, picture)
        if path.is_file():
            continue
        image = read_image(picture.path)
        boxes, scores = agreed(image, detectors, in_pixels(picture.boxes, image))
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as part:
            write_boxes(boxes / np.tile(image.shape[1::-1], 2), part, scores)


def with_pseudo_labels(pictures: Iterable[Labelled], folder: Path) -> list[Labelled]:
    """The pictures with the faces of `folder` added to their own, and its doubtful places to be blanked.

    Pictures that have no file there stay as they are.

    Raises:
        TrainingError: the folder has no limits, or a file in it is damaged.
    """
    known, extended = _read_limits(folder), []
    for picture in pictures:
        rows = read_rows(_file(folder, picture), 6)
        boxes, scores = corners(rows), rows[:, 5]
        face, doubtful = scores >= known.face, scores >= known.doubtful
        faces = np.concatenate([picture.boxes, boxes[face]])
        extended.append(replace(picture, boxes=faces, doubtful=boxes[doubtful & ~face]))
    return extended


def added(given: list[Labelled], extended: list[Labelled]) -> dict[str, list[tuple[Path, Floats]]]:
    """What pictures have more than before, box by box with the picture's file: "faces" and "doubtful" ones."""
    faces = [
        (after.path, box)
        for before, after in zip(given, extended, strict=True)
        for box in after.boxes[len(before.boxes) :]
    ]
    return {"faces": faces, "doubtful": [(picture.path, box) for picture in extended for box in picture.doubtful]}


def show_boxes(boxes: list[tuple[Path, Floats]], path: Path, seed: int = 0) -> None:
    """A contact sheet of some of the boxes (in fractions of their pictures), at random, with what is around them."""
    chosen = np.random.default_rng(seed).permutation(len(boxes))[:SHEET]
    views = []
    for file, box in (boxes[index] for index in chosen):
        image = read_image(file)
        x1, y1, x2, y2 = in_pixels(box[None], image)[0]
        mark(image, np.array([[x1, y1, x2, y2]]), (80, 200, 0))
        reach = AROUND / 2 * max(x2 - x1, y2 - y1)
        left, top = max(0, round((x1 + x2) / 2 - reach)), max(0, round((y1 + y2) / 2 - reach))
        views.append(image[top : round((y1 + y2) / 2 + reach), left : round((x1 + x2) / 2 + reach)])
    contact_sheet(views, path)


def _file(folder: Path, picture: Labelled) -> Path:
    return folder / "train" / picture.label


def _read_limits(folder: Path) -> Limits:
    path = folder / "limits.json"
    try:
        return Limits(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise TrainingError(
            f"{path} has no limits ({error}): make it with `python -m training.prepare pseudo`."
        ) from error
