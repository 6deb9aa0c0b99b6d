"""Parts of a picture that are searched from nearby, each for itself, where its faces are small."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Tiling = Literal["auto", "off"] | int  # how many along a picture's long side, or whether small faces are to tell

SHARED = 96  # pixels of the network's input that tiles have in common: a face of fewer is whole in one of them
MOST = 8  # along a picture's long side
EDGE = 4  # pixels of the network's input from a tile's border: a face that comes closer may go on beyond it

Boxes = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Tile:
    """A part of a picture, x1, y1, x2, y2 in its pixels."""

    x1: int
    y1: int
    x2: int
    y2: int

    @property
    def corner(self) -> NDArray[np.float32]:
        """What a box (4,) within the tile is moved by, to be one of the picture."""
        return np.array([self.x1, self.y1, self.x1, self.y1], np.float32)

    def shows_whole(self, boxes: Boxes, width: int, height: int, edge: float) -> NDArray[np.bool_]:
        """Which boxes (N, 4) of a picture of this size come no closer to the tile's borders within it, in pixels."""
        least = [self.x1 + edge if self.x1 > 0 else -np.inf, self.y1 + edge if self.y1 > 0 else -np.inf]
        most = [self.x2 - edge if self.x2 < width else np.inf, self.y2 - edge if self.y2 < height else np.inf]
        return np.asarray((boxes[:, :2] >= least).all(axis=1) & (boxes[:, 2:] <= most).all(axis=1))


def tiles_wished(text: str) -> Tiling:
    """What a user writes: auto, off, or a number from 1 to `MOST`. Raises ValueError at anything else."""
    if text == "auto":
        return "auto"
    if text == "off":
        return "off"
    if not text.isdecimal() or not 1 <= int(text) <= MOST:
        raise ValueError(f"{text}: say auto, off, or a number from 1 to {MOST}")
    return int(text)


def tiles_of(width: int, height: int, count: int, shared: float) -> list[Tile]:
    """The tiles of a picture, which cover it in rows.

    Args:
        count: along the long side; along the short one as many as make them about square.
        shared: pixels that neighbours have in common, at least.
    """
    long = max(width, height)
    across, down = (max(1, round(count * side / long)) for side in (width, height))
    return [Tile(x1, y1, x2, y2) for y1, y2 in _spans(height, down, shared) for x1, x2 in _spans(width, across, shared)]


def _spans(length: int, count: int, shared: float) -> list[tuple[int, int]]:
    """From where to where so many parts of a side go, in pixels; fewer where it has hardly any pixels."""
    extent = min(length, int(np.ceil((length + (count - 1) * shared) / count)))
    firsts = np.linspace(0, length - extent, count).round().astype(int)
    return [(first, first + extent) for first in dict.fromkeys(firsts.tolist())]
