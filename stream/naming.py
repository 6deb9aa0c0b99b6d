"""Naming a face in the window: which face, and the line of text that is typed."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stream.captions import label, letters, put, wrapped
from stream.frame import View
from stream.tiles import Tile

ENTER, ESCAPE, BACKSPACE = {10, 13}, 27, {8, 127}


def selected_face(tiles: Sequence[Tile]) -> tuple[View, int] | None:
    """A view and the row of its face that was clicked, or of the largest face of all; None where there is none."""
    faces = [(tile.view, *_best(tile.view, tile.click)) for tile in tiles if tile.view and len(tile.view.faces)]
    return max(faces, key=lambda face: face[2])[:2] if faces else None


def _best(view: View, click: tuple[int, int] | None) -> tuple[int, float]:
    """The row of the face at a click (x, y in pixels), or else of the largest one; and its area."""
    x1, y1, x2, y2 = view.faces.xyxy.T
    area = (x2 - x1) * (y2 - y1)
    if click is not None:
        x, y = click
        hit = (x1 <= x) & (x <= x2) & (y1 <= y) & (y <= y2)
        area = np.where(hit, area, 0) if hit.any() else area
    return int(np.argmax(area)), float(area.max())


class Line:
    """A line of text being typed.

    Attributes:
        text: what was typed so far.
        done: whether it is finished; then `text` is None if it was given up.
    """

    def __init__(self) -> None:
        self.text: str | None = ""
        self.done = False

    def press(self, key: int) -> None:
        """Take a key's code, as OpenCV gives it."""
        text = self.text or ""
        if key in ENTER or key == ESCAPE:
            self.done, self.text = True, text.strip() or None if key in ENTER else None
        elif key in BACKSPACE:
            self.text = text[:-1]
        elif 32 <= key < 127:
            self.text = text + chr(key)


def with_line(image: NDArray[np.uint8], text: str) -> NDArray[np.uint8]:
    """A copy of the picture with a line of text in its lower left corner, or several where it is long."""
    shown, top = image.copy(), image.shape[0]
    for line in reversed(wrapped(text, image)):
        plate = label(line, letters(image))
        top -= plate.shape[0]
        put(shown, plate, 0, top)
    return shown
