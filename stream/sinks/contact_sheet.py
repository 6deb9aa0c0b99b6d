"""A video at a glance: one labelled picture per shot."""

from dataclasses import dataclass
from math import ceil, sqrt
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from models.runtime import letterbox
from stream.files import beside, write_whole
from stream.frame import View

CELL_WIDTH = 480  # pixels
CAPTION_HEIGHT = 24
GAP = 6
MOST_SHOTS = 60  # a sheet of more is none at a glance
INK, PAPER = (230, 230, 230), 24


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
        kept = self._picks.get(view.shot)
        if len(self._picks) == MOST_SHOTS if kept is None else worth <= kept.worth:
            return
        rows, columns = image.shape[:2]
        first = next(iter(self._picks.values()), None)
        height = first.picture.shape[0] if first else max(1, round(CELL_WIDTH * rows / columns))
        self._picks[view.shot] = _Pick(worth, view.frame.t, letterbox(image, CELL_WIDTH, height))


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


def lay_out(cells: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Pictures of one size, at least one, in rows that make about a square."""
    height, width = cells[0].shape[:2]
    columns = ceil(sqrt(len(cells)))
    rows = ceil(len(cells) / columns)
    sheet = np.full((rows * (height + GAP) + GAP, columns * (width + GAP) + GAP, 3), PAPER, np.uint8)
    for index, cell in enumerate(cells):
        row, column = divmod(index, columns)
        top, left = GAP + row * (height + GAP), GAP + column * (width + GAP)
        sheet[top : top + height, left : left + width] = cell
    return sheet
