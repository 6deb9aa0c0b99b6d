"""A view as a picture, drawn and encoded only when somebody asks, and once."""

import threading

import numpy as np
from numpy.typing import NDArray

from models.images import to_jpeg
from models.runtime import resize
from stream.drawing.draw import draw
from stream.frame import View

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
