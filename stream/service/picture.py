"""A view as a picture, drawn and encoded only when somebody asks, and once."""

import threading

import numpy as np
from numpy.typing import NDArray

from models.images import to_jpeg
from models.runtime import resize
from stream.drawing.draw import draw
from stream.frame import View

NEAR = 0.75  # of a face's width or height from its middle, within which it is meant
QUALITY = 75  # of a JPEG that is shown for a moment


class Picture:
    """What is shown of a view; any thread may ask.

    Args:
        blur_unknown: make everybody unrecognizable who has no name.

    Attributes:
        view: what is shown.
        arrived: when it was there, in seconds of the session's clock.
    """

    def __init__(self, view: View, arrived: float, blur_unknown: bool = False) -> None:
        self.view = view
        self.arrived = arrived
        self._blur_unknown = blur_unknown
        self._lock = threading.Lock()
        self._image: NDArray[np.uint8] | None = None
        self._jpegs: dict[int | None, bytes] = {}

    @property
    def number(self) -> int:
        """The frame's, by the camera's own count: another one means another picture."""
        return self.view.frame.index

    @property
    def hides_strangers(self) -> bool:
        """Whether nobody who has no name may be recognized on what is shown of it."""
        return self._blur_unknown

    def strangers(self) -> list[int]:
        """The tracks of those who have no name, from the left to the right; the faces of pictures are nobody's."""
        data, ids = self.view.faces.data, self.view.faces.tracker_id
        if ids is None:
            return []
        pictures = data.get("picture", np.zeros(len(ids), bool))
        rows = [row for row in range(len(ids)) if data["state"][row] != "named" and not pictures[row]]
        return [int(ids[row]) for row in sorted(rows, key=lambda row: float(self.view.faces.xyxy[row, 0]))]

    def name(self, track: int) -> str | None:
        """Whom a track is taken for."""
        ids = self.view.faces.tracker_id
        rows = [] if ids is None else np.flatnonzero(ids == track).tolist()
        return self.view.faces.data["name"][rows[0]] if rows else None

    def at(self, x: float, y: float) -> int | None:
        """The track of the face at a point, given in fractions of the width and the height; None where there is none.

        A face has moved a little since it was shown: near it is enough.
        """
        height, width = self.view.frame.image.shape[:2]
        boxes, ids = self.view.faces.xyxy, self.view.faces.tracker_id
        if ids is None or not len(boxes):
            return None
        point = np.array([x * width, y * height])
        middles, sides = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
        off = np.abs((point - middles) / np.maximum(sides, 1.0)).max(axis=1)
        nearest = int(off.argmin())
        return int(ids[nearest]) if off[nearest] <= NEAR else None

    @property
    def image(self) -> NDArray[np.uint8]:
        """The labelled picture (H, W, 3); not to be changed."""
        with self._lock:
            return self._drawn()

    def jpeg(self, width: int | None = None) -> bytes:
        """The same as a JPEG.

        Args:
            width: in pixels, to which a wider picture is shrunk.
        """
        with self._lock:
            if width not in self._jpegs:
                image = self._drawn()
                rows, columns = image.shape[:2]
                if width is not None and width < columns:
                    image = resize(image, width, max(1, round(rows * width / columns)))
                self._jpegs[width] = to_jpeg(image, QUALITY)
            return self._jpegs[width]

    def _drawn(self) -> NDArray[np.uint8]:
        if self._image is None:
            self._image = draw(self.view, self._blur_unknown)
        return self._image
