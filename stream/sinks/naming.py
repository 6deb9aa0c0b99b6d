"""Naming a face in the window: which face, and the line of text that is typed."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stream.drawing.captions import label, letters, put, wrapped
from stream.sinks.grid import Pane

ENTER = {10, 13}
ESCAPE = 27
BACKSPACE = {8, 127}


def selected_face(panes: Sequence[Pane]) -> tuple[Pane, int] | None:
    """A pane and the row of its face that was clicked; where none was, of the largest of all; None if it is not there.

    The face that was clicked is meant, wherever it has gone since, and never another one in its place.
    """
    faces = [(pane, row) for pane in panes if pane.view for row in range(len(pane.view.faces))]
    if clicked := [pane.clicked for pane in panes if pane.clicked is not None]:
        faces = [(pane, row) for pane, row in faces if pane.track(row) in clicked]
    return max(faces, key=lambda face: face[0].area(face[1]), default=None)


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
            self.done = True
            self.text = text.strip() or None if key in ENTER else None
        elif key in BACKSPACE:
            self.text = text[:-1]
        elif 32 <= key < 127:
            self.text = text + chr(key)


def with_line(image: NDArray[np.uint8], text: str) -> NDArray[np.uint8]:
    """A copy of the picture with a line of text in its lower left corner, or several where it is long."""
    shown = image.copy()
    top = image.shape[0]
    for line in reversed(wrapped(text, image)):
        plate = label(line, letters(image))
        top -= plate.shape[0]
        put(shown, plate, 0, top)
    return shown
