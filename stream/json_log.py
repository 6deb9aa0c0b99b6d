"""The log of a run: one JSON object per frame."""

import errno
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
import supervision as sv
from numpy.typing import NDArray

from stream.files import beside, unwritable
from stream.frame import View


def record(view: View, now: float | None = None) -> dict[str, Any]:
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
    points, similarity = faces.data["landmarks"][row], float(faces.data["similarity"][row])
    return {
        "track": int(faces.tracker_id[row]),
        "box": np.round(faces.xyxy[row].astype(float), 2).tolist(),
        "score": round(float(faces.confidence[row]), 4),
        "landmarks": np.round(points.astype(float), 2).tolist() if np.isfinite(points).all() else None,
        "name": faces.data["name"][row],
        "state": faces.data["state"][row],
        "similarity": round(similarity, 4) if np.isfinite(similarity) else None,
        "refused": faces.data["refused"][row],
    }


class JsonLog:
    """Writes the log, a whole line at a time.

    A recording's log is written beside its place and appears when the run ends, however it ends. A camera's has no end
    to wait for and is read while it grows (`tail -f`), so its lines are appended to the file itself.

    Args:
        path: the file, or `-` for standard output.
        live: whether the source is a camera.
        clock: the live source's clock.
    """

    def __init__(self, path: Path | str, live: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = None if str(path) == "-" else Path(path)
        self._live = live
        self._clock = clock
        self._label = str(self._path or "Standard output")

    def __enter__(self) -> Self:
        """Raises StreamError if there is no such place."""
        if self._path is None:
            self._file: IO[bytes] = sys.stdout.buffer
            return self
        self._growing = self._path if self._live else beside(self._path)
        try:
            # Unbuffered: a line is in the file when it is written, and no half of one waits for room on the disk.
            self._file = self._growing.open("ab" if self._live else "wb", buffering=0)
        except OSError as error:
            raise unwritable(self._path, error) from error
        self._size = self._file.tell()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._path is None:
            return
        self._file.close()
        try:
            self._growing.replace(self._path)
        except OSError as reason:
            raise unwritable(self._path, reason) from reason

    def write(self, view: View, image: NDArray[np.uint8]) -> None:  # noqa: ARG002 - a log has no picture
        """Add a line."""
        line = json.dumps(record(view, self._clock()), ensure_ascii=False, allow_nan=False) + "\n"
        data = line.encode("utf-8", "backslashreplace")  # a file name may hold bytes that are no text
        try:
            if self._file.write(data) < len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            self._file.flush()
        except OSError as error:
            if self._path is not None:
                os.truncate(self._growing, self._size)
            raise unwritable(self._label, error) from error
        if self._path is not None:
            self._size += len(data)
