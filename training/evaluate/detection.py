"""How well a detector finds faces: average precision by face height and source, errors at its threshold, pictures."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import supervision as sv
from numpy.typing import NDArray
from supervision.metrics import MeanAveragePrecision

from models.detector import MOST, Detector
from models.images import read_image
from training.data.detection import Labelled, contact_sheet, mark, read_layout
from training.data.progress import counted
from training.evaluate.false_alarms import face_free_scores, false_alarms

LEAST = 0.001  # score above which detections enter the precision-recall curve
HEIGHTS = {"under 16 px": (0, 16), "16 to 32 px": (16, 32), "32 to 96 px": (32, 96), "over 96 px": (96, np.inf)}
SHARES = {"under .1": (0, 0.1), ".1 to .25": (0.1, 0.25), ".25 to .5": (0.25, 0.5), "over .5": (0.5, np.inf)}
OVERLAP = 0.5  # IoU from which a box has found a face
WORST = 24  # pictures on the contact sheet
LABELLED, FALSE, FOUND = (0, 0, 230), (0, 220, 255), (80, 200, 0)  # red, yellow, green

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """One picture's faces (M, 4) and what was found, the surest first: boxes (N, 4) in pixels, scores (N,).

    Attributes:
        hits: (N,) whether the detection found a face that no surer one had found.
        long_side: of the picture, in pixels.
    """

    picture: Labelled
    faces: Floats
    boxes: Floats
    scores: Floats
    hits: NDArray[np.bool_]
    long_side: int

    def errors(self, threshold: float) -> tuple[int, int]:
        """Faces missed and false detections at a threshold."""
        sure = self.scores >= threshold
        return len(self.faces) - int(self.hits[sure].sum()), int((~self.hits[sure]).sum())


def evaluate(data: Path, detector: Detector, out: Path | None = None) -> dict[str, Any]:
    """Figures of a detector on labelled pictures in Ultralytics' layout (the split `val`, or all where there is none).

    Heights are in pixels of the picture as stored; false detections are counted on face-free crops too. With `out`,
    also metrics.json, pr-curve.png, false-alarms.jpg and worst.jpg, the pictures with the most errors: labelled
    faces in red, false detections yellow, true ones green.

    Raises:
        TrainingError: there are no pictures, or a label file cannot be read.
    """
    pictures = read_layout(data, "val" if (data / "images" / "val").is_dir() else "")
    results = [look(picture, detector) for picture in counted(pictures, "Detecting")]
    if out:
        out.mkdir(parents=True, exist_ok=True)
    alarms = false_alarms(face_free_scores(pictures, detector, out), detector.threshold)
    figures = measure(results, detector.threshold) | alarms | {"long_side": detector.size}
    if out:
        (out / "metrics.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
        plot_curve(results, detector.threshold, out / "pr-curve.png")
        show_worst(results, detector.threshold, out / "worst.jpg")
    return figures


def look(picture: Labelled, detector: Detector) -> Result:
    """Detect the faces of one picture and compare them with its labels."""
    image = read_image(picture.path)
    return compared(picture, image, detector.detect(image, min_score=LEAST))


def compared(picture: Labelled, image: NDArray[np.uint8], found: sv.Detections) -> Result:
    """What was found in a picture, the surest first, beside its labels."""
    height, width = image.shape[:2]
    faces = picture.boxes * np.array([width, height, width, height], np.float32)
    boxes, scores = np.asarray(found.xyxy, np.float32), np.asarray(found.confidence, np.float32)
    return Result(picture, faces, boxes, scores, match(boxes, faces), max(height, width))


def match(found: Floats, faces: Floats) -> NDArray[np.bool_]:
    """Whether each detection (N, 4), surest first, is the first to find some face (M, 4)."""
    hits = np.zeros(len(found), bool)
    if not len(found) or not len(faces):
        return hits
    overlaps = sv.box_iou_batch(faces, found)
    for index in range(len(found)):
        face = int(overlaps[:, index].argmax())
        if overlaps[face, index] >= OVERLAP:
            hits[index] = True
            overlaps[face] = 0
    return hits


def measure(results: list[Result], threshold: float) -> dict[str, Any]:
    """The figures of `evaluate`, from the comparisons of all pictures."""
    missed, false = np.array([result.errors(threshold) for result in results]).sum(axis=0)
    faces = sum(len(result.faces) for result in results)
    hits = int(faces - missed)
    empty = [result.errors(threshold)[1] for result in results if not len(result.faces)]
    ap50, ap50_95 = average_precision(results)
    sources = sorted({_source(result) for result in results})
    return {
        "pictures": len(results),
        "faces": faces,
        "ap50": ap50,
        "ap50_95": ap50_95,
        "ap50_by_height": {name: average_precision(results, low, high)[0] for name, (low, high) in HEIGHTS.items()},
        "ap50_by_share": {name: average_precision(results, *share, True)[0] for name, share in SHARES.items()},
        "surest_right": surest_right(results),
        "ap50_by_source": {
            source: average_precision([result for result in results if _source(result) == source])[0]
            for source in sources
        },
        "threshold": threshold,
        "precision": _ratio(hits, hits + int(false)),
        "recall": _ratio(hits, faces),
        "face_free_pictures": len(empty),
        "false_positives_per_face_free_picture": _ratio(sum(empty), len(empty)),
        "face_free_pictures_with_false_positives": sum(count > 0 for count in empty),
        "best_f1": best_f1(results),
    }


def average_precision(
    results: list[Result], low: float = 0, high: float = np.inf, shares: bool = False
) -> tuple[float | None, float | None]:
    """AP at IoU .5 and averaged over .5 to .95 (COCO's rules), of the faces with `low` <= height < `high`.

    Heights are in pixels, or shares of the picture's long side. Other faces, what finds them, and unmatched detections
    of other heights are ignored. None where there is no face.
    """
    metric = MeanAveragePrecision(max_detection_thresholds=(1, 10, MOST))
    for result in results:
        unit = np.float32(result.long_side if shares else 1)
        found = sv.Detections(result.boxes, confidence=result.scores, data=_bucket(result.boxes / unit, low, high))
        metric.update(found, sv.Detections(result.faces, data=_bucket(result.faces / unit, low, high)))
    inside = metric.compute().small_objects
    assert inside is not None
    return (round(inside.map50, 4), round(inside.map50_95, 4)) if inside.map50 >= 0 else (None, None)


def _bucket(boxes: Floats, low: float, high: float) -> dict[str, Any]:
    """Supervision buckets by area; stating an area of our own makes its rule for objects of other sizes serve ours."""
    height = boxes[:, 3] - boxes[:, 1]
    small, large = 1, 1e6
    return {"area": np.where((height >= low) & (height < high), small, large)}


def surest_right(results: list[Result]) -> float | None:
    """In how many of the pictures of one face the surest box of all has found it; None where there are none."""
    single = [result for result in results if len(result.faces) == 1]
    return _ratio(sum(bool(result.hits[:1].any()) for result in single), len(single))


def curve(results: list[Result]) -> tuple[NDArray[np.floating], NDArray[np.floating], NDArray[np.floating]]:
    """Score, precision and recall, (N,) each, after each of the N detections in all pictures, the surest first."""
    scores = np.concatenate([result.scores for result in results])
    order = np.argsort(-scores, kind="stable")
    hits = np.concatenate([result.hits for result in results])[order].cumsum()
    faces = sum(len(result.faces) for result in results)
    return scores[order], hits / np.arange(1, len(hits) + 1), hits / max(1, faces)


def best_f1(results: list[Result]) -> dict[str, float]:
    """The threshold at which the harmonic mean of precision and recall is greatest, and what it is there."""
    scores, precision, recall = curve(results)
    if not len(scores):
        return {}
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    best = int(f1.argmax())
    return {"threshold": round(float(scores[best]), 4), "f1": round(float(f1[best]), 4)}


def choose_threshold(results: list[Result], alarms: Sequence[Floats], disturbed: float = 0.05) -> tuple[float, str]:
    """A threshold to ship, and why: the best F1, but false detections on at most this share of face-free crops.

    Crops, since there are many more of them than of pictures without a face, of which one or two would decide.

    Args:
        alarms: the scores on each face-free crop (`face_free_scores`).
    """
    best = best_f1(results)
    highest = sorted((float(scores.max(initial=0)) for scores in alarms), reverse=True)
    allowed = int(disturbed * len(highest))
    least = highest[allowed] if highest else 0.0
    if best and best["threshold"] > least:
        return round(best["threshold"], 2), f"best F1 on val ({best['f1']:.3f})"
    return (
        math.floor(least * 100 + 1) / 100,
        f"false detections on at most {allowed:,} of {len(highest):,} face-free crops of val; best F1 would be lower",
    )


def plot_curve(results: list[Result], threshold: float, path: Path) -> None:
    """Precision over recall, with the point of the threshold."""
    from matplotlib.figure import Figure

    scores, precision, recall = curve(results)
    figure = Figure(figsize=(6, 5), layout="constrained")
    axes = figure.subplots()
    axes.plot(recall, precision)
    at = np.count_nonzero(scores >= threshold) - 1
    if at >= 0:
        axes.plot(recall[at], precision[at], "o", label=f"threshold {threshold:g}")
        axes.legend()
    axes.set(xlabel="recall", ylabel="precision", xlim=(0, 1), ylim=(0, 1.02), title="Faces at IoU .5")
    figure.savefig(path)


def show_worst(results: list[Result], threshold: float, path: Path) -> None:
    """The pictures with the most errors, their boxes drawn."""
    worst = sorted(results, key=lambda result: sum(result.errors(threshold)), reverse=True)[:WORST]
    pictures = []
    for result in worst:
        image = read_image(result.picture.path)
        sure = result.scores >= threshold
        boxes, hits = result.boxes[sure], result.hits[sure]
        for part, color in ((result.faces, LABELLED), (boxes[~hits], FALSE), (boxes[hits], FOUND)):
            mark(image, part, color)
        pictures.append(image)
    contact_sheet(pictures, path)


def _source(result: Result) -> str:
    """Where a picture came from: the file name up to its first underscore."""
    return result.picture.path.stem.split("_")[0]


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
