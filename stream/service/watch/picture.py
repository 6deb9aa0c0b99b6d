"""A view as a picture, drawn and encoded only when somebody asks, and once; and whom it shows."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.analysis import Face
from models.images import to_jpeg
from models.runtime import resize
from stream.drawing.draw import draw
from stream.frame import View
from stream.gallery.shown import looks_at

NEAR = 0.75  # of a face's width or height from its middle, within which it is meant
QUALITY = 75  # of a JPEG that is shown for a moment


@dataclass(frozen=True, slots=True)
class SeenFace:
    """A face of a picture.

    Attributes:
        box: x1, y1, x2, y2 in pixels.
        name: whom it is taken for, if anybody.
        state: "unknown", "probable" or "named".
        is_picture: whether it is a picture's face, and nobody's.
        looks: how many good looks at it are in memory.
    """

    track: int
    box: tuple[float, float, float, float]
    name: str | None
    state: str
    is_picture: bool
    looks: int


@dataclass(frozen=True, slots=True)
class Seen:
    """Whom a picture shows; it travels, without the picture.

    Attributes:
        number: the frame's, by the camera's own count: another one means another picture.
        size: width and height in pixels.
        stretch: as of `Frame`.
        hides_strangers: whether nobody who has no name may be recognized on what is shown of it.
    """

    number: int
    size: tuple[int, int]
    stretch: tuple[float, float]
    hides_strangers: bool
    faces: tuple[SeenFace, ...]

    def strangers(self) -> list[int]:
        """The tracks of those who have no name, from the left to the right; the faces of pictures are nobody's."""
        unnamed = [face for face in self.faces if face.state != "named" and not face.is_picture]
        return [face.track for face in sorted(unnamed, key=lambda face: face.box[0])]

    def face(self, track: int) -> SeenFace | None:
        """The face of a track, if it is there."""
        return next((face for face in self.faces if face.track == track), None)

    def at(self, x: float, y: float) -> int | None:
        """The track of the face at a point, given in fractions of the width and the height; None where there is none.

        A face has moved a little since it was shown: near it is enough.
        """
        if not self.faces:
            return None
        boxes = np.array([face.box for face in self.faces])
        point = np.array([x, y]) * self.size
        middles, sides = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
        off = np.abs((point - middles) / np.maximum(sides, 1.0)).max(axis=1)
        nearest = int(off.argmin())
        return self.faces[nearest].track if off[nearest] <= NEAR else None


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
    def seen(self) -> Seen:
        """Whom it shows."""
        frame = self.view.frame
        height, width = frame.image.shape[:2]
        return Seen(self.number, (width, height), frame.stretch, self._blur_unknown, tuple(self._faces()))

    def looks(self, track: int) -> Sequence[Face]:
        """The good looks at a face, see `stream.gallery.shown.looks_at`."""
        return looks_at(self.view, track)

    def portrait(self, track: int) -> bytes | None:
        """The best look at a face as a JPEG; None where there is none, or strangers are to be unrecognizable."""
        looks = self.view.looks.get(track, ())
        crop = looks[0].crop if looks else None
        return None if crop is None or self._blur_unknown else to_jpeg(crop)

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

    def _faces(self) -> Iterator[SeenFace]:
        faces = self.view.faces
        looks = self.view.looks
        ids = [] if faces.tracker_id is None else faces.tracker_id.tolist()
        pictures = faces.data.get("picture", np.zeros(len(ids), bool))
        for row, track in enumerate(ids):
            x1, y1, x2, y2 = faces.xyxy[row].tolist()
            name = faces.data["name"][row]
            state = faces.data["state"][row]
            yield SeenFace(track, (x1, y1, x2, y2), name, state, bool(pictures[row]), len(looks.get(track, ())))

    def _drawn(self) -> NDArray[np.uint8]:
        if self._image is None:
            self._image = draw(self.view, self._blur_unknown)
        return self._image
