"""The log of a run: one JSON object per frame."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import supervision as sv

from stream.frame import View
from stream.json_lines import JsonLines


def log_entry(view: View, now: float | None = None) -> dict[str, Any]:
    """What is logged of a view.

    Args:
        now: the live source's clock, for the frame's `age` in seconds.
    """
    frame = view.frame
    seen = {
        "frame": frame.index,
        "t": round(frame.t, 6),
        "camera": frame.camera,
        "detected": view.detected,
        "faces": [_face(view.faces, row) for row in range(len(view.faces))],
    }
    return seen if frame.arrived is None or now is None else {**seen, "age": round(now - frame.arrived, 4)}


def _face(faces: sv.Detections, row: int) -> dict[str, Any]:
    assert faces.tracker_id is not None
    assert faces.confidence is not None
    points = faces.data["landmarks"][row]
    similarity = float(faces.data["similarity"][row])
    return {
        "track": int(faces.tracker_id[row]),
        "box": np.round(faces.xyxy[row].astype(float), 2).tolist(),
        "score": round(float(faces.confidence[row]), 4),
        "landmarks": np.round(points.astype(float), 2).tolist() if np.isfinite(points).all() else None,
        "name": faces.data["name"][row],
        "state": faces.data["state"][row],
        "similarity": round(similarity, 4) if np.isfinite(similarity) else None,
        "refused": faces.data["refused"][row],
        **({"picture": True} if "picture" in faces.data and faces.data["picture"][row] else {}),
    }


class JsonLog(JsonLines):
    """Writes the log, a line for each view.

    Args:
        path: the file, or `-` for standard output.
        live: whether the source is a camera: it has no end.
        clock: the live source's clock.
    """

    def __init__(self, path: Path | str, live: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(path, growing=live)
        self._clock = clock

    def note(self, view: View) -> None:
        """Add a line."""
        self.add(log_entry(view, self._clock()))
