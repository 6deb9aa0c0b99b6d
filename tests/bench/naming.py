"""Whether the faces of a composed clip are named, rightly, and how soon."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.bench.compose import FPS
from tracker.association import assign, iou
from training.evaluate.tracking import read_clips

SAME = 0.3  # IoU from which a box is a true face's: detectors do not agree on where a face ends


class Naming:
    """Compares shown names with the truth, frame by frame.

    Attributes:
        right, wrong, unknown: true faces shown with their own name, with another, with none; what is not shown counts
            as unknown.
    """

    def __init__(self, folder: Path) -> None:
        (clip,) = read_clips(folder)
        self._truth = clip.truth
        names = json.loads((folder / "names.json").read_text(encoding="utf-8"))
        self._names = {int(track): name for track, name in names.items()}
        self._first: dict[int, int] = {}
        for index, seen in reversed(list(enumerate(clip.truth))):
            self._first |= dict.fromkeys(seen.ids.tolist(), index)
        self._named: dict[int, float] = {}
        self._last = 0
        self.right = self.wrong = self.unknown = 0

    def shown(self, index: int, boxes: NDArray[np.floating], names: Sequence[str | None], age: float = 0.0) -> None:
        """Take in what is shown of frame `index`: boxes (N, 4) with their names, `age` seconds after it came."""
        truth, self._last = self._truth[index], index
        rows, columns = assign(iou(truth.xyxy, boxes.astype(np.float64)), SAME)
        told = dict(zip(truth.ids[rows].tolist(), (names[column] for column in columns), strict=True))
        for track in truth.ids.tolist():
            name = told.get(track)
            if name == self._names[track]:
                self.right += 1
                self._named.setdefault(track, (index - self._first[track]) / FPS + age)
            elif name is None:
                self.unknown += 1
            else:
                self.wrong += 1

    def seconds(self) -> NDArray[np.float64]:
        """From each true face's first appearance to its right name; endless where that never came.

        Faces that came in the clip's last second are left out.
        """
        tracks = [track for track, first in self._first.items() if first <= self._last - FPS]
        return np.array([self._named.get(track, np.inf) for track in tracks])
