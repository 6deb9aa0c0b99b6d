"""The pictures of several cameras beside each other, each with its camera's name and state."""

import math
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from models.runtime import fit, letterbox
from stream.drawing.captions import label, letters, out_of_date, put
from stream.frame import View
from stream.sources.cameras.camera import Camera
from stream.sources.cameras.state import WELL

Image = NDArray[np.uint8]

WIDTH, HEIGHT = 1280, 720  # pixels of all panes together
SILENCE = {"connecting": "Connecting ...", "stalled": "No picture comes.", "ended": "It has ended."}
DARK = 70  # grey of a pane without a picture, which is dimmed too
ACCENT, BORDER = (147, 189, 62), 2  # of the selected pane; BGR, pixels


class Pane:
    """One camera's place.

    Args:
        camera: None where there is none: recordings have no state.

    Attributes:
        view: what was last seen there.
        image: its labelled picture.
        clicked: the track of the face that was clicked.
    """

    def __init__(self, camera: Camera | None) -> None:
        self.view: View | None = None
        self.image: Image | None = None
        self.clicked: int | None = None
        self._camera = camera
        self._told: tuple[str, ...] = ()
        self._drawn: Image | None = None

    def put(self, view: View, image: Image) -> None:
        """Take a new picture."""
        self.view = view
        self.image = image
        self._drawn = None

    def fresh(self) -> bool:
        """Whether the pane looks otherwise than when it was last drawn."""
        return self._drawn is None or self._told != self._state()

    def draw(self, width: int, height: int) -> Image:
        """The picture in this size, with what is to be said of the camera."""
        if self._drawn is None or self._drawn.shape[1::-1] != (width, height) or self.fresh():
            self._told = self._state()
            self._drawn = self._draw(width, height)
        return self._drawn

    def click(self, x: int, y: int, width: int, height: int) -> None:
        """Choose the face at a pixel of the pane, which has this size; the largest, of several."""
        self.clicked = None
        if self.view is None or self.image is None:
            return
        place = fit(self.image.shape[1], self.image.shape[0], width, height)
        point = np.array([x - place.left, y - place.top]) / place.scale
        boxes = self.view.faces.xyxy
        rows = np.flatnonzero(((boxes[:, :2] <= point) & (point <= boxes[:, 2:])).all(axis=1)).tolist()
        if rows:
            self.clicked = self.track(max(rows, key=self.area))

    def mark(self, row: int) -> None:
        """Show which face is meant, until the next picture."""
        assert self.view is not None
        assert self.image is not None
        x1, y1, x2, y2 = self.view.faces.xyxy[row].round().astype(int).tolist()
        thick = max(2 * BORDER, max(self.image.shape) // 160)
        self.put(self.view, np.asarray(cv2.rectangle(self.image.copy(), (x1, y1), (x2, y2), ACCENT, thick), np.uint8))

    def track(self, row: int) -> int:
        """The track of a face of its view."""
        assert self.view is not None
        assert self.view.faces.tracker_id is not None
        return int(self.view.faces.tracker_id[row])

    def area(self, row: int) -> float:
        """How large a face of its view is, in square pixels."""
        assert self.view is not None
        return float(self.view.faces.area[row])

    def _draw(self, width: int, height: int) -> Image:
        if self.image is None:
            image = np.full((height, width, 3), DARK, np.uint8)
        else:
            image = letterbox(self.image, width, height)
        if self._camera is None:
            return image
        name, state, *problem = self._told
        if state not in WELL:
            image = out_of_date(image, *(problem or [SILENCE.get(state, "")]))
        put(image, label(f"{name} · {state}", letters(image)), 0, 0)
        return image

    @property
    def size(self) -> tuple[int, int]:
        """Width and height that show every pixel."""
        return (WIDTH, HEIGHT) if self.image is None else (self.image.shape[1], self.image.shape[0])

    def _state(self) -> tuple[str, ...]:
        """The camera's name and state and, if any, its problem."""
        if self._camera is None:
            return ()
        known = self._camera.name, str(self._camera.state)
        return known if self._camera.problem is None else (*known, self._camera.problem)


class Grid:
    """All cameras' panes; a single one is as large as its pictures.

    Args:
        cameras: those that are shown at first; None for recordings, which share one pane.
    """

    def __init__(self, cameras: Sequence[Camera] | None) -> None:
        self._are_recordings = cameras is None
        self._without = Pane(None)  # that of recordings, and of nobody as long as there is no camera
        self._panes = {camera.name: Pane(camera) for camera in cameras or ()}
        self._selected: Pane | None = None
        self._changed = True

    def add(self, camera: Camera) -> None:
        """Show this camera, too."""
        self._changed = True
        self._panes[camera.name] = Pane(camera)

    def remove(self, name: str) -> None:
        """Show a camera no more."""
        self._changed = True
        pane = self._panes.pop(name, None)
        if pane is self._selected:
            self._selected = None

    def put(self, view: View, image: Image) -> None:
        """Take a new picture; that of a camera which is not shown yet, or not any more, is passed over."""
        pane = self._without if self._are_recordings else self._panes.get(view.frame.camera)
        if pane is not None:
            pane.put(view, image)

    def fresh(self) -> bool:
        """Whether there is anything new to be seen."""
        return self._changed or any(pane.fresh() for pane in self._all())

    def draw(self) -> Image:
        """All panes in one picture."""
        self._changed = False
        width, height = self._size()
        pictures = [pane.draw(width, height) for pane in self._all()]
        if len(pictures) == 1:
            return pictures[0]
        columns = self._columns()
        whole = np.zeros((math.ceil(len(pictures) / columns) * height, columns * width, 3), np.uint8)
        for picture, (pane, left, top) in zip(pictures, self._places(), strict=True):
            whole[top : top + height, left : left + width] = picture
            if pane is self._selected:
                edges = (left + BORDER, top + BORDER), (left + width - 1 - BORDER, top + height - 1 - BORDER)
                cv2.rectangle(whole, *edges, ACCENT, BORDER)
        return whole

    def select(self, x: int, y: int) -> None:
        """Choose the pane, and the place in its picture, at a pixel of the whole picture."""
        self._changed = True
        self._selected = None
        width, height = self._size()
        for pane, left, top in self._places():
            pane.clicked = None
            if left <= x < left + width and top <= y < top + height:
                self._selected = pane
                pane.click(x - left, y - top, width, height)

    def chosen(self) -> list[Pane]:
        """The selected pane, or all while none is; only those with a picture."""
        chosen = self._all() if self._selected is None else [self._selected]
        return [pane for pane in chosen if pane.image is not None]

    def _all(self) -> list[Pane]:
        """Every pane, one at least."""
        return list(self._panes.values()) or [self._without]

    def _columns(self) -> int:
        return math.ceil(math.sqrt(len(self._all())))

    def _size(self) -> tuple[int, int]:
        """Width and height of each pane."""
        panes = self._all()
        return panes[0].size if len(panes) == 1 else (WIDTH // self._columns(), HEIGHT // self._columns())

    def _places(self) -> Iterator[tuple[Pane, int, int]]:
        """Each pane with its left and upper edge, row by row."""
        width, height = self._size()
        for number, pane in enumerate(self._all()):
            row, column = divmod(number, self._columns())
            yield pane, column * width, row * height
