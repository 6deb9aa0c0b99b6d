"""Verification: are two pictures of the same person? The protocol of LFW (Huang et al. 2007, View 2)."""

import csv
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.align import SIZE
from training.data.pictures import Pictures
from training.errors import TrainingError
from training.evaluate import plots
from training.evaluate.crowding import crowding, false_matches
from training.evaluate.faces import Embeds, Locates, People, Vectors, aligned, embed
from training.evaluate.rates import tpr_at
from training.video_pairs import videos_of

POINTS = "landmarks.csv"
FPRS = (1e-1, 1e-2, 1e-3)
FACES = (16, 24, 32, 48, 64)  # pixels
CROWD_FPR = 1e-3  # of all pairs of pictures of different people


def evaluate(
    data: Path,
    embedder: Embeds,
    out: Path | None = None,
    flip: bool = False,
    faces: tuple[int, ...] = FACES,
    landmarker: Locates | None = None,
) -> dict[str, Any]:
    """Ten-fold accuracy and TPR at fixed FPR over the pairs of a folder, and how false matches crowd together.

    For the latter a picture's folder is its person, and any two pictures of different people are a pair.

    Args:
        data: `landmarks.csv` (file and five points), `pairs.csv` (fold,same,a,b) and the pictures, in folders or a tar.
        out: folder for metrics.json, roc.png, det.png and histogram.png.
        faces: also measure with every face scaled down to these widths, in pixels.
        landmarker: align the faces by its points instead of the given ones.

    Raises:
        TrainingError: the lists or pictures are missing or malformed.
    """
    points = read_points(data / POINTS)
    rows = _table(data / "pairs.csv", ("fold", "same", "a", "b"))
    names = sorted({row[side] for row in rows for side in ("a", "b")})
    if unknown := [name for name in names if name not in points]:
        raise TrainingError(f"{data}/landmarks.csv has no points for {unknown[0]}.")
    place = {name: index for index, name in enumerate(names)}
    first, second = (np.array([place[row[side]] for row in rows]) for side in ("a", "b"))
    folds, same = (np.array([int(row[column]) for row in rows]) for column in ("fold", "same"))
    crops = aligned(Pictures(data), names, np.stack([points[name] for name in names]), landmarker)

    def cosines(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray((vectors[first] * vectors[second]).sum(1))

    def accuracy(face: int) -> float:
        scaled = embed(embedder, crops, face, flip)
        return float(fold_accuracies(cosines(scaled), same == 1, folds).mean())

    vectors = embed(embedder, crops, SIZE, flip)
    full = cosines(vectors)
    accuracies = fold_accuracies(full, same == 1, folds)
    figures: dict[str, Any] = {
        "pairs": len(rows),
        "pictures": len(names),
        "accuracy": float(accuracies.mean()),
        "accuracy_std": float(accuracies.std(ddof=1)),
        "tpr_at_fpr": tpr_at(full[same == 1], full[same == 0], FPRS),
        "accuracy_by_face_px": {str(face): accuracy(face) for face in faces} | {str(SIZE): float(accuracies.mean())},
    }
    people = np.unique([Path(name).parent.name for name in names], return_inverse=True)[1]
    if people.any():  # the pictures of each person lie in a folder of their own
        crowd = crowding(false_matches(vectors, people, CROWD_FPR), people.max() + 1)
        figures["false_matches"] = {"fpr": CROWD_FPR, **asdict(crowd)}
    if out:
        plots.write(out, full[same == 1], full[same == 0])
        (out / "metrics.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return figures


def fold_accuracies(
    scores: NDArray[np.floating], same: NDArray[np.bool_], folds: NDArray[np.integer]
) -> NDArray[np.float64]:
    """Accuracy on each fold (F,) at the threshold that is best on all the others.

    Args:
        scores, same, folds: (N,) of the pairs.
    """
    accuracies = []
    for fold in np.unique(folds):
        rest, tested = folds != fold, folds == fold
        threshold = best_threshold(scores[rest], same[rest])
        accuracies.append(((scores[tested] > threshold) == same[tested]).mean())
    return np.array(accuracies)


def best_threshold(scores: NDArray[np.floating], same: NDArray[np.bool_]) -> float:
    """The threshold that tells most of N pairs rightly, halfway between two scores; of several the middle one."""
    order = np.argsort(scores)
    ascending, hits = scores[order], same[order]
    between = np.concatenate([[ascending[0] - 1], (ascending[1:] + ascending[:-1]) / 2, [ascending[-1] + 1]])
    refused_rightly = np.concatenate([[0], np.cumsum(~hits)])
    accepted_rightly = hits.sum() - np.concatenate([[0], np.cumsum(hits)])
    right = refused_rightly + accepted_rightly
    right[1:-1][ascending[1:] == ascending[:-1]] = -1  # no threshold parts equal scores
    best = np.flatnonzero(right == right.max())
    return float(between[best[len(best) // 2]])


def video_faces(
    data: Path, embedder: Embeds, landmarker: Locates | None = None
) -> tuple[Vectors, People, NDArray[np.int64]]:
    """Unit vectors (N, 512) of the frames of a folder that `training.video_pairs` has made, whose each is, and from
    which video; for the arguments see `evaluate`."""
    points = read_points(data / POINTS)
    names, people, videos = videos_of(sorted(points))
    if not names:
        raise TrainingError(f"{data} has no frames of videos: make them with `python -m training.video_pairs`.")
    crops = aligned(Pictures(data), names, np.stack([points[name] for name in names]), landmarker)
    return embed(embedder, crops), people, videos


def read_points(path: Path) -> dict[str, NDArray[np.float32]]:
    """The five points (5, 2) of each picture in a `landmarks.csv`. Raises TrainingError: it is missing, or damaged."""
    rows = _table(path, ("file",))
    try:
        return {row["file"]: np.array(list(row.values())[1:11], np.float32).reshape(5, 2) for row in rows}
    except ValueError as error:
        raise TrainingError(f"{path} must have a file and ten numbers in each line ({error}).") from error


def _table(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    if not path.is_file():
        raise TrainingError(f"{path} is missing.")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows or not set(columns) <= rows[0].keys():
        raise TrainingError(f"{path} must begin with a header of the columns {', '.join(columns)}.")
    return rows
