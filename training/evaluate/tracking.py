"""How well tracks keep their ids: MOTA, IDF1 and HOTA by TrackEval, over sequences in MOTChallenge's layout."""

import json
from collections.abc import Callable, Sequence
from configparser import ConfigParser
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from trackeval.metrics import CLEAR, HOTA, Identity

from tracker import Tracker
from tracker.association import assign, iou
from training.data.progress import counted
from training.errors import TrainingError

SAME = 0.5  # IoU from which a tracked box is the object's
FPS = 30.0  # of a sequence without seqinfo.ini
METRICS = [
    CLEAR({"THRESHOLD": SAME, "PRINT_CONFIG": False}),
    Identity({"THRESHOLD": SAME, "PRINT_CONFIG": False}),
    HOTA(),
]

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """Boxes of one frame: ids (N,), xyxy (N, 4) in pixels, scores (N,)."""

    ids: Ids
    xyxy: Floats
    scores: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A sequence: in each frame the true boxes, those that need not be found (hidden, say), and the detected ones."""

    name: str
    fps: float
    truth: list[Boxes]
    ignored: list[Boxes]
    detections: list[Boxes]


def evaluate(
    data: Path, tracker: Callable[[], Tracker] = Tracker, out: Path | None = None, every: int = 1
) -> dict[str, Any]:
    """Figures of a tracker on sequences with known ids.

    A track counts in a frame while the latest detection pass has seen it. With `out`, also metrics.json and for each
    sequence NAME.png: a row per true object, a colour per track id that it was given.

    Args:
        data: a folder with `gt/gt.txt`, or of such folders. Detections are those of `det/det.txt` beside it, where
            there is one, else the true boxes; frames a second those of `seqinfo.ini`, else 30.
        tracker: makes a new tracker for each sequence.
        out: where to write, made if missing.
        every: detections are given in every so many frames only.

    Raises:
        TrainingError: there is no sequence, or a file cannot be read.
    """
    clips = read_clips(data)
    tracked = [follow(clip, tracker(), every) for clip in counted(clips, "Following")]
    figures = {"every": every, **measure(clips, tracked)}
    if out:
        out.mkdir(parents=True, exist_ok=True)
        (out / "metrics.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
        for clip, boxes in zip(clips, tracked, strict=True):
            plot_ids(clip, boxes, out / f"{clip.name}.png")
    return figures


def measure(clips: Sequence[Clip], tracked: Sequence[list[Boxes]]) -> dict[str, Any]:
    """The figures of what a tracker shows in each frame of each clip, in all and for each."""
    results = {clip.name: _sequence_results(clip, boxes) for clip, boxes in zip(clips, tracked, strict=True)}
    totals = [
        metric.combine_sequences({name: each[i] for name, each in results.items()}) for i, metric in enumerate(METRICS)
    ]
    return {**_figures(totals), "sequences": {name: _figures(each) for name, each in results.items()}}


def read_clips(data: Path) -> list[Clip]:
    """The sequences in a folder, in the order of their names. Raises TrainingError: there are none."""
    folders = [path.parent.parent for path in sorted([*data.glob("gt/gt.txt"), *data.glob("*/gt/gt.txt")])]
    if not folders:
        raise TrainingError(f"No gt/gt.txt in {data} or in a folder of it; give a folder in MOTChallenge's layout.")
    return [_read_clip(folder) for folder in folders]


def follow(clip: Clip, tracker: Tracker, every: int = 1) -> list[Boxes]:
    """The boxes that a tracker shows in each frame, given the detections of every so many."""
    shown = []
    for frame, found in enumerate(clip.detections):
        t = frame / clip.fps
        if frame % every == 0:
            tracker.update(found.xyxy, found.scores, t)
            detected = t
        tracks = [track for track in tracker.at(t) if track.seen >= detected]
        shown.append(
            Boxes(
                np.array([track.id for track in tracks], dtype=np.int64),
                np.array([track.box for track in tracks], dtype=np.float64).reshape(-1, 4),
                np.array([track.score for track in tracks]),
            )
        )
    return shown


def plot_ids(clip: Clip, tracked: list[Boxes], path: Path) -> None:
    """Draw when each true object was followed, in a colour per track id: one colour in a row is one id kept."""
    points = []
    for frame, (truth, found) in enumerate(zip(clip.truth, tracked, strict=True)):
        rows, columns = assign(iou(truth.xyxy, found.xyxy), SAME)
        points += [(frame / clip.fps, *pair) for pair in zip(truth.ids[rows], found.ids[columns], strict=True)]
    figure = Figure(figsize=(10, 4), layout="constrained")
    axes = figure.subplots()
    times, objects, ids = np.array(points).reshape(-1, 3).T
    axes.scatter(times, objects, c=ids % 20, cmap="tab20", vmin=0, vmax=19, marker="|")
    axes.set(title=clip.name, xlabel="seconds", ylabel="true object")
    figure.savefig(path)


def _read_clip(folder: Path) -> Clip:
    rows = _read_rows(folder / "gt" / "gt.txt")
    truth, ignored = rows[rows[:, 6] != 0], rows[rows[:, 6] == 0]
    if not len(truth):
        raise TrainingError(f"{folder / 'gt' / 'gt.txt'} has no box to follow; write one row per object and frame.")
    detections = _read_rows(folder / "det" / "det.txt") if (folder / "det" / "det.txt").exists() else truth
    info = ConfigParser()
    info.read(folder / "seqinfo.ini", encoding="utf-8")
    frames = info.getint("Sequence", "seqLength", fallback=int(max(truth[:, 0].max(), detections[:, 0].max())))
    fps = info.getfloat("Sequence", "frameRate", fallback=FPS)
    return Clip(folder.resolve().name, fps, *(_by_frame(boxes, frames) for boxes in (truth, ignored, detections)))


def _read_rows(path: Path) -> Floats:
    """Rows of frame (from 1), id, left, top, width, height, score or 0 and 1 for truth, as (N, 7)."""
    try:
        rows = [line.split(",")[:7] for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        return np.array(rows, dtype=np.float64).reshape(-1, 7)
    except (OSError, ValueError) as error:
        raise TrainingError(f"{path} is not in MOTChallenge's format: {error}") from error


def _by_frame(rows: Floats, frames: int) -> list[Boxes]:
    boxes = []
    for frame in range(1, frames + 1):
        chosen = rows[rows[:, 0] == frame]
        xyxy = np.hstack([chosen[:, 2:4], chosen[:, 2:4] + chosen[:, 4:6]])
        boxes.append(Boxes(chosen[:, 1].astype(np.int64), xyxy, chosen[:, 6]))
    return boxes


def _sequence_results(clip: Clip, tracked: list[Boxes]) -> list[dict[str, Any]]:
    """What each metric makes of one sequence."""
    truth = clip.truth
    tracked = [_without_ignored(*frame) for frame in zip(tracked, truth, clip.ignored, strict=True)]
    true_ids, found_ids = _counted(truth), _counted(tracked)
    data = {
        "num_timesteps": len(truth),
        "num_gt_ids": len(np.unique(np.concatenate(true_ids))),
        "num_tracker_ids": len(np.unique(np.concatenate(found_ids))),
        "num_gt_dets": sum(map(len, true_ids)),
        "num_tracker_dets": sum(map(len, found_ids)),
        "gt_ids": true_ids,
        "tracker_ids": found_ids,
        "similarity_scores": [iou(a.xyxy, b.xyxy) for a, b in zip(truth, tracked, strict=True)],
    }
    return [metric.eval_sequence(data) for metric in METRICS]


def _without_ignored(found: Boxes, truth: Boxes, ignored: Boxes) -> Boxes:
    """The boxes of one frame without those that belong to what need not be found, as MOTChallenge has it."""
    rows, columns = assign(iou(np.vstack([truth.xyxy, ignored.xyxy]), found.xyxy), SAME)
    kept = np.delete(np.arange(len(found.ids)), columns[rows >= len(truth.ids)])
    return Boxes(found.ids[kept], found.xyxy[kept], found.scores[kept])


def _counted(frames: list[Boxes]) -> list[Ids]:
    """Ids of each frame, numbered from 0 without gaps."""
    _, numbers = np.unique(np.concatenate([boxes.ids for boxes in frames]), return_inverse=True)
    return np.split(numbers, np.cumsum([len(boxes.ids) for boxes in frames])[:-1])


def _figures(results: list[dict[str, Any]]) -> dict[str, float]:
    clear, identity, hota = results
    return {
        "mota": float(clear["MOTA"]),
        "idf1": float(identity["IDF1"]),
        "hota": float(np.mean(hota["HOTA"])),
        "id_switches": int(clear["IDSW"]),
        "false_positives": int(clear["CLR_FP"]),
        "misses": int(clear["CLR_FN"]),
    }
