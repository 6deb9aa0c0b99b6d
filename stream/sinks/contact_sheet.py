"""A video at a glance: one labelled picture per shot."""

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from models.runtime import letterbox
from stream.drawing.sheet import PAPER, lay_out
from stream.files import beside, write_whole
from stream.frame import View

CELL_WIDTH = 480  # pixels
CAPTION_HEIGHT = 24
MOST_SHOTS = 60  # a sheet of more is none at a glance
INK = (230, 230, 230)


@dataclass(frozen=True, slots=True)
class _Pick:
    worth: tuple[int, float]
    t: float
    picture: NDArray[np.uint8]


class ContactSheet:
    """Keeps of every shot the picture with the most names in it, the surest ones, and lays them out as a PNG."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._picks: dict[int, _Pick] = {}

    def __enter__(self) -> Self:
        """Raises StreamError if there is no such place."""
        beside(self._path)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._picks:
            _, data = cv2.imencode(".png", lay_out([_captioned(pick) for _, pick in sorted(self._picks.items())]))
            write_whole(self._path, data.tobytes())

    def write(self, view: View, image: NDArray[np.uint8]) -> None:
        """Consider a picture."""
        worth = _worth(view)
        if not self._takes(view.shot, worth):
            return
        rows, columns = image.shape[:2]
        first = next(iter(self._picks.values()), None)
        height = first.picture.shape[0] if first else max(1, round(CELL_WIDTH * rows / columns))
        self._picks[view.shot] = _Pick(worth, view.frame.t, letterbox(image, CELL_WIDTH, height))

    def _takes(self, shot: int, worth: tuple[int, float]) -> bool:
        """Whether a picture of a shot is its best so far, and there is room for the shot."""
        kept = self._picks.get(shot)
        return len(self._picks) < MOST_SHOTS if kept is None else worth > kept.worth


def _worth(view: View) -> tuple[int, float]:
    """How much a view tells: how many are named, then how sure of them we are."""
    if not len(view.faces):
        return 0, 0.0
    named = np.array([name is not None for name in view.faces.data["name"]])
    return int(named.sum()), float(np.sum(view.faces.data["similarity"][named]))


def _captioned(pick: _Pick) -> NDArray[np.uint8]:
    caption = np.full((CAPTION_HEIGHT, CELL_WIDTH, 3), PAPER, np.uint8)
    minutes, seconds = divmod(pick.t, 60)
    at = (4, CAPTION_HEIGHT - 7)
    cv2.putText(caption, f"{minutes:.0f}:{seconds:04.1f}", at, cv2.FONT_HERSHEY_SIMPLEX, 0.5, INK, 1, cv2.LINE_AA)
    return np.vstack([pick.picture, caption])
