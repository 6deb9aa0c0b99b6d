"""How often a detector sees a face where there is none, on many more views than there are pictures without a face."""

import math
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.detector import Detector
from models.images import read_image
from training.data.detection import Labelled, contact_sheet, mark
from training.data.progress import counted

CROPS = 1000
LEAST = 0.05  # score from which detections are kept; thresholds are higher
TRIES = 100  # windows tried in a picture at each turn
PICTURES_TRIED = 20  # for one part without a face
SMALLEST = 0.3  # least width and height of a window, in parts of the picture
SHOWN = 48  # crops on the contact sheet

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]


def face_free_scores(pictures: Sequence[Labelled], detector: Detector, out: Path | None = None) -> list[Floats]:
    """Scores above .05 of what is found on 1,000 face-free crops, each seen as large as it is in its whole picture.

    With `out`, false-alarms.jpg shows crops with detections at the detector's threshold.
    """
    scores: list[Floats] = []
    wrong: list[Image] = []
    for crop, share in counted(islice(face_free_crops(pictures), CROPS), "Looking where no face is", CROPS):
        found = detector.detect(crop, LEAST, round(detector.size * share))
        scores.append(np.asarray(found.confidence, np.float32))
        boxes = found.xyxy[scores[-1] >= detector.threshold]
        if len(boxes) and len(wrong) < SHOWN:
            mark(crop, np.asarray(boxes, np.float32), (0, 220, 255))
            wrong.append(crop)
    if out and wrong:
        contact_sheet(wrong, out / "false-alarms.jpg")
    return scores


def false_alarms(scores: Sequence[Floats], threshold: float) -> dict[str, Any]:
    """Figures of the detections on each face-free crop; a face that nobody labelled counts as a false one."""
    counts = [int((each >= threshold).sum()) for each in scores]
    return {
        "face_free_crops": len(counts),
        "face_free_crops_with_false_positives": sum(count > 0 for count in counts),
        "false_positives_per_face_free_crop": round(sum(counts) / len(counts), 4) if counts else None,
    }


def face_free_crops(pictures: Sequence[Labelled], seed: int = 0) -> Iterator[tuple[Image, float]]:
    """Windows that touch no labelled face, and their long sides as parts of their pictures' (for the scale).

    The pictures take turns, and all windows follow from the seed. They end with a turn in which no picture had one.
    """
    rng = np.random.default_rng(seed)
    found = True
    while found:
        found = False
        for picture in pictures:
            window = face_free_window(picture.boxes, rng)
            if window is not None:
                found = True
                image = read_image(picture.path)
                crop = cut(image, window)
                yield crop, max(crop.shape[:2]) / max(image.shape[:2])


def face_free_window(boxes: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float64] | None:
    """A random x1 y1 x2 y2 in fractions that touches none of the boxes (N, 4), or None where that is not found."""
    for _ in range(TRIES):
        sides = rng.uniform(SMALLEST, 1, 2)
        start = rng.uniform(0, 1 - sides)
        window = np.concatenate([start, start + sides])
        apart = (boxes[:, :2] >= window[2:]) | (boxes[:, 2:] <= window[:2])
        if apart.any(axis=1).all():
            return window
    return None


def face_free_part(
    images: Sequence[Image],
    boxes: Sequence[Floats],
    rng: np.random.Generator,
    chances: NDArray[np.float64] | None = None,
) -> Image:
    """A part of a random one of the images that touches no face; where faces are everywhere, nothing but black.

    Args:
        boxes: of the faces of each image (N, 4), in fractions.
        chances: of each image, all alike by default.
    """
    for i in rng.choice(len(images), PICTURES_TRIED, p=chances):
        window = face_free_window(boxes[i], rng)
        if window is not None:
            return cut(images[i], window)
    return np.zeros((64, 64, 3), np.uint8)


def cut(image: Image, window: NDArray[np.float64]) -> Image:
    """What a window (x1 y1 x2 y2 in fractions) shows of a picture."""
    height, width = image.shape[:2]
    x1, y1, x2, y2 = window * (width, height, width, height)
    return image[math.ceil(y1) : math.floor(y2), math.ceil(x1) : math.floor(x2)].copy()
