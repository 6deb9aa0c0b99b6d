"""How exactly the landmark network places its points, how steadily, and whether it knows when it does not."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.align import TEMPLATE, umeyama
from models.landmarks import Landmarker, face_box
from models.pose import pose
from models.runtime import resize
from training.data.landmarks import Face, Floats, jittered, picture, read_faces, transformed
from training.data.progress import counted

POINTS = ("left_eye", "right_eye", "nose", "left_mouth", "right_mouth")
FAILED, BAD = 0.10, 0.15  # errors over the eye distance
SIZES = (24, 32, 48)  # longer side of the box, pixels, of faces made smaller
YAWS = {"under 15": (0, 15), "15 to 30": (15, 30), "30 to 45": (30, 45), "over 45": (45, 181)}
BOXES = 3  # boxes of a detector per face, for the repeatability
GREEN, RED = (80, 200, 0), (0, 0, 230)


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What the network found for N faces, one after the other.

    points (N, 5, 2) pixels; errors (N, 5) distances to the marks over the eye distance; uncertainty (N,) likewise.
    """

    points: Floats
    errors: Floats
    uncertainty: Floats


def evaluate(data: Path, landmarker: Landmarker, out: Path | None = None) -> dict[str, Any]:
    """Figures on the split `val` of a folder with landmarks.csv and images/; errors are in eye distances (NME).

    The box of a face is derived from its marks as a detector would draw it, once exactly (`sources`, `points`, `yaw`,
    `size`; `as_marked`: against the marks where they are in the file) and several times with a detector's errors
    (`detector_boxes`: the error, and by how many pixels of the aligned 112 px face the same mark lands elsewhere from
    box to box). With `out`, also metrics.json, error-curve.png, uncertainty.png and worst.jpg (green marked, red
    found).
    """
    faces = read_faces(data, "val")
    exact = locate(landmarker, faces)
    sources = np.array([face.source for face in faces])
    figures = {
        "faces": len(faces),
        "all": summary(exact),
        "sources": {name: summary(exact, sources == name) for name in sorted(set(sources))},
        "as_marked": as_marked(faces, exact),
        "points": {name: _mean(exact.errors[:, index]) for index, name in enumerate(POINTS)},
        "yaw": by_yaw(faces, exact),
        "size": {f"{side} px": summary(locate(landmarker, faces, side)) for side in SIZES},
        "detector_boxes": repeatability(landmarker, faces),
        "uncertainty": calibration(exact),
    }
    if out:
        out.mkdir(parents=True, exist_ok=True)
        (out / "metrics.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
        plot_errors(exact, sources, out / "error-curve.png")
        plot_uncertainty(exact, out / "uncertainty.png")
        show_worst(faces, exact, out / "worst.jpg")
    return figures


def locate(
    landmarker: Landmarker, faces: list[Face], side: int | None = None, rng: np.random.Generator | None = None
) -> Found:
    """Find the points of all faces, optionally in pictures so small that the box is `side` pixels long; with `rng`, in
    boxes with a detector's errors."""
    points, uncertainty = [], []
    for face in counted(faces, "Locating"):
        image, box = picture(face.path), face_box(face.points)
        shrink = min(1.0, side / max(box[2:] - box[:2])) if side else 1.0
        height, width = (max(1, round(shrink * length)) for length in image.shape[:2])
        by = np.array([width / image.shape[1], height / image.shape[0]], np.float32)
        box = jittered(box, rng) if rng else box
        found = landmarker.locate(resize(image, width, height), [box * np.tile(by, 2)])
        points.append((found.points[0] + 0.5) / by - 0.5)  # pixel centres
        uncertainty.append(found.uncertainty[0])
    errors = over_eyes(np.stack(points), np.stack([face.points for face in faces]))
    return Found(np.stack(points), errors, np.array(uncertainty))


def over_eyes(points: Floats, marks: Floats) -> Floats:
    """Distances (N, 5) of points from marks (N, 5, 2) over the marks' eye distance."""
    distance = np.linalg.norm(marks[:, 1] - marks[:, 0], axis=1, keepdims=True)
    return np.asarray(np.linalg.norm(points - marks, axis=2) / np.maximum(distance, 1e-3), np.float32)


def summary(found: Found, chosen: NDArray[np.bool_] | slice = slice(None)) -> dict[str, Any]:
    """Mean and median error, and the shares of faces above 10 and 15 %."""
    errors = found.errors[chosen].mean(axis=1)
    return {
        "faces": len(errors),
        "mean": _mean(errors),
        "median": round(float(np.median(errors)), 4),
        "over_10_percent": _mean(errors > FAILED),
        "over_15_percent": _mean(errors > BAD),
    }


def as_marked(faces: list[Face], found: Found) -> dict[str, float]:
    """The mean error by source against the marks as they are in the file, not put back by the sets' offsets."""
    marks = np.stack([face.points + np.float32(face.offset) for face in faces])
    errors, sources = over_eyes(found.points, marks).mean(axis=1), np.array([face.source for face in faces])
    return {name: _mean(errors[sources == name]) for name in sorted(set(sources))}


def by_yaw(faces: list[Face], found: Found) -> dict[str, Any]:
    """The summary by how far a face is turned (degrees, from its marks)."""
    yaw = np.array([abs(pose(face.points).yaw) for face in faces])
    chosen = {name: (yaw >= low) & (yaw < high) for name, (low, high) in YAWS.items()}
    return {name: summary(found, some) for name, some in chosen.items() if some.any()}


def repeatability(landmarker: Landmarker, faces: list[Face]) -> dict[str, Any]:
    """The same faces in several boxes with a detector's errors: how exact, and how far the aligned face moves.

    `moves_px`: distance of an aligned mark from its mean place over the boxes, in pixels of the 112 px face.
    """
    rng = np.random.default_rng(0)
    runs = [locate(landmarker, faces, rng=rng) for _ in range(BOXES)]
    aligned = [
        [transformed(umeyama(points, TEMPLATE), face.points) for face, points in zip(faces, run.points, strict=True)]
        for run in runs
    ]
    moves = np.linalg.norm(np.array(aligned) - np.mean(aligned, axis=0), axis=3).mean(axis=(0, 2))
    errors = np.concatenate([run.errors.mean(axis=1) for run in runs])
    return {
        "mean": _mean(errors),
        "over_10_percent": _mean(errors > FAILED),
        "over_15_percent": _mean(errors > BAD),
        "moves_px": {"mean": _mean(moves), "95th_percentile": round(float(np.percentile(moves, 95)), 2)},
    }


def calibration(found: Found) -> dict[str, Any]:
    """Whether the uncertainty tells the error: by fifths of it, the mean error that it predicts and the real one."""
    predicted, real = expected_error(found.uncertainty), found.errors.mean(axis=1)
    order = np.argsort(predicted)
    ranks = [np.argsort(np.argsort(values)) for values in (predicted, real)]
    return {
        "predicted": [_mean(predicted[fifth]) for fifth in np.array_split(order, 5)],
        "real": [_mean(real[fifth]) for fifth in np.array_split(order, 5)],
        "rank_correlation": round(float(np.asarray(np.corrcoef(ranks))[0, 1]), 3),
    }


def refusal(landmarker: Landmarker, faces: list[Face], backgrounds: list[tuple[Path, Floats]]) -> dict[str, Any]:
    """The uncertainty above which a face should be refused, and what it then refuses.

    It is the 99th percentile of the faces whose points are usable (error below 10 %) in boxes with a detector's errors:
    one usable face in a hundred is given up. Reported are the shares that it refuses of the faces with an error over
    15 %, of all faces, and of `backgrounds` (picture, box), which show no face.
    """
    found = locate(landmarker, faces, rng=np.random.default_rng(1))
    errors = found.errors.mean(axis=1)
    threshold = float(np.quantile(found.uncertainty[errors < FAILED], 0.99))
    empty = np.concatenate([landmarker.locate(picture(path), [box]).uncertainty for path, box in backgrounds])
    bad = found.uncertainty[errors > BAD]
    return {
        "threshold": round(threshold, 3),
        "refused_faces": _mean(found.uncertainty > threshold),
        "refused_faces_over_15_percent": _mean(bad > threshold) if len(bad) else None,
        "refused_backgrounds": _mean(empty > threshold),
    }


def expected_error(uncertainty: Floats) -> Floats:
    """Mean distance of a point whose two coordinates are Laplace distributed with this standard deviation.

    For independent x, y of scale b = deviation / sqrt(2), E[hypot(x, y)] = 1.623 b (integrated numerically).
    """
    return (1.623 / np.sqrt(2) * uncertainty).astype(np.float32)


def plot_errors(found: Found, sources: NDArray[np.str_], path: Path) -> None:
    """The share of faces below each error, by source."""
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 5), layout="constrained")
    for name in sorted(set(sources)):
        errors = np.sort(found.errors[sources == name].mean(axis=1))
        axes.step(100 * errors, np.arange(1, len(errors) + 1) / len(errors), where="post", label=name)
    axes.set(xlim=(0, 25), ylim=(0, 1), xlabel="mean error, % of the eye distance", ylabel="share of faces")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=120)
    pyplot.close(figure)


def plot_uncertainty(found: Found, path: Path) -> None:
    """The error that each face's uncertainty predicts, and the real one."""
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6, 6), layout="constrained")
    predicted, real = expected_error(found.uncertainty), found.errors.mean(axis=1)
    axes.loglog(100 * predicted, 100 * real, ".", alpha=0.4)
    axes.loglog([1, 100], [1, 100], "k-", linewidth=1)
    axes.set(xlabel="predicted error, % of the eye distance", ylabel="real error, %")
    axes.grid(alpha=0.3, which="both")
    figure.savefig(path, dpi=120)
    pyplot.close(figure)


def show_worst(faces: list[Face], found: Found, path: Path, count: int = 40, columns: int = 8) -> None:
    """A contact sheet of the faces with the largest errors."""
    tiles = []
    for index in np.argsort(-found.errors.mean(axis=1))[:count]:
        image = picture(faces[index].path)
        scale = 160 / max(image.shape[:2])
        tile = np.zeros((160, 160, 3), np.uint8)
        enlarged = cv2.resize(image, None, fx=scale, fy=scale)
        tile[: enlarged.shape[0], : enlarged.shape[1]] = enlarged
        for points, color in ((faces[index].points, GREEN), (found.points[index], RED)):
            for x, y in np.rint(points * scale).astype(int).tolist():
                cv2.circle(tile, (x, y), 2, color, -1, cv2.LINE_AA)
        tiles.append(tile)
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % columns)
    rows = [np.hstack(tiles[start : start + columns]) for start in range(0, len(tiles), columns)]
    cv2.imwrite(str(path), np.vstack(rows))


def _mean(values: NDArray[Any]) -> float:
    return round(float(np.mean(values)), 4)
