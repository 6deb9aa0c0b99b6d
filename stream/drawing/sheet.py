"""Several pictures on one sheet, each with its caption."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.files import PRIVATE
from models.images import from_jpeg, to_jpeg
from models.runtime import letterbox
from stream.drawing.captions import label, put
from stream.files import write_whole

GAP = 6  # pixels between pictures
PAPER = 24  # grey
CELL = 224  # pixels of a side of a captioned picture
LETTERS = 12  # pixels of a caption's height


@dataclass(frozen=True, slots=True)
class Captioned:
    """A picture, as JPEG, and what stands below it, if anything."""

    jpeg: bytes
    caption: str = ""


def write_sheet(pictures: Iterable[Captioned], path: Path) -> bool:
    """Write pictures on one sheet, a JPEG for its keeper alone; False where there are none, and nothing is written.

    Raises:
        StreamError: it cannot be written.
        PictureError: a picture is damaged.
    """
    cells = [_cell(picture) for picture in pictures]
    if cells:
        write_whole(path, to_jpeg(lay_out(cells)), PRIVATE)
    return bool(cells)


def _cell(picture: Captioned) -> NDArray[np.uint8]:
    cell = letterbox(from_jpeg(picture.jpeg), CELL, CELL)
    if picture.caption:
        put(cell, label(picture.caption, LETTERS), 0, CELL)
    return cell


def lay_out(cells: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Pictures (H, W, 3) of one size, at least one, in rows that make about a square."""
    height, width = cells[0].shape[:2]
    columns = ceil(sqrt(len(cells)))
    rows = ceil(len(cells) / columns)
    sheet = np.full((rows * (height + GAP) + GAP, columns * (width + GAP) + GAP, 3), PAPER, np.uint8)
    for index, cell in enumerate(cells):
        row, column = divmod(index, columns)
        top = GAP + row * (height + GAP)
        left = GAP + column * (width + GAP)
        sheet[top : top + height, left : left + width] = cell
    return sheet
