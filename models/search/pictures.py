"""The search of whole pictures for faces of any size: from several distances, and in tiles where faces are small."""

import math
from collections.abc import Iterator, Sequence
from typing import cast

import numpy as np
import supervision as sv
from numpy.typing import NDArray

from models.detector import Detector
from models.search.merging import merged
from models.search.tiles import EDGE, SHARED, Tiling, tiles_of

PHOTOGRAPH = (4, 2, 1)  # distances from which one is searched: a face may fill it
CLEAR = 80  # pixels of the network's input: beside a face of this height, half as high ones are found too
ENLARGED = 2.0  # a picture's pixels are shown in tiles at most so many times as large
VAGUE = 24  # pixels of the network's input: of lower faces a nearer view of the whole picture tells better
FAINT = 12  # pixels likewise, from distance 1: of lower faces tiles tell better
PLAIN = 64  # pixels likewise: of higher faces tiles do not tell, since parts of them may look like faces from nearby
LEGIBLE = 32  # pixels of the network's input: a face of this height is found as well as larger ones
FEW = 0.25  # share of the faces found that may be smaller, for the picture not to be searched from nearer
NEAREST = 4.0  # times as near as the whole picture is searched
UNSEEN = 2.0  # times as near where the whole picture shows no face, at most, and as far as it has the pixels
WORTH = 1.25  # times as near, below which it shows nothing new

Image = NDArray[np.uint8]


class PictureSearch:
    """Finds the faces of whole pictures, from those that fill one to those of a crowd.

    Args:
        size: long side in pixels at which the whole picture is seen from distance 1; None: the detector's.
        distances: from which the whole picture is searched, the furthest first.
        tiles: in how many along its long side it is searched from nearby, too; "auto": where many of the faces found
            are small, as near as they need it. No picture is enlarged to more than twice its own size in them.
    """

    def __init__(
        self,
        detector: Detector,
        size: int | None = None,
        distances: Sequence[int] = PHOTOGRAPH,
        tiles: Tiling = "auto",
    ) -> None:
        self._detector = detector
        self._size = size or detector.size
        self._distances = distances if detector.scales else (1,)
        self._tiles = tiles

    def find(self, image: Image, min_score: float | None = None, main: bool = False) -> sv.Detections:
        """The faces of a picture (H, W, 3), the surest first, as `Detector.detect` gives them.

        Args:
            min_score: least score of a face, in place of the detector's threshold.
            main: whether the faces that count beside the largest are enough: a picture is not searched from nearer
                then where a face is clear from further away, and never in tiles.
        """
        if main:
            return self._main_faces(image, min_score)
        views = [self._seen(image, distance, min_score) for distance in self._distances]
        whole = merged(views)
        pixel = max(image.shape[:2]) / self._size
        near = list(self._from_nearby(image, whole, min_score))
        if not near:
            return whole
        plain = [_of_heights(faces, 0, PLAIN * pixel) for faces in near]
        return merged([_of_heights(whole, FAINT * pixel), *plain])

    def _main_faces(self, image: Image, min_score: float | None) -> sv.Detections:
        views: list[sv.Detections] = []
        for distance in self._distances:
            views.append(self._seen(image, distance, min_score))
            if self._is_clear(merged(views), max(image.shape[:2]) * distance / self._size):
                break
        return merged(views)

    def _seen(self, image: Image, distance: int, min_score: float | None) -> sv.Detections:
        """What is seen of the whole picture from a distance, but for low faces if it is seen from nearer, too."""
        size = self._size / distance
        found = self._detector.detect(image, min_score, size)
        least = VAGUE if distance > min(self._distances) else 0
        return _of_heights(found, least * max(image.shape[:2]) / size)

    def _is_clear(self, found: sv.Detections, pixel: float) -> bool:
        """Whether one face is so large that a view of such pixels, in those of the picture, shows all that count."""
        assert found.confidence is not None
        return bool((_heights(found)[found.confidence >= self._detector.threshold] >= CLEAR * pixel).any())

    def _from_nearby(self, image: Image, found: sv.Detections, min_score: float | None) -> Iterator[sv.Detections]:
        """What each tile shows, where the picture is to be searched in tiles; faces that a tile cuts are left out.

        Args:
            found: the faces of the whole picture.
        """
        height, width = image.shape[:2]
        assert found.confidence is not None
        sure = cast(sv.Detections, found[found.confidence >= self._detector.threshold])
        times = self._times_as_near(sure, max(height, width))
        if times < WORTH:
            return
        scale = times * self._size / max(height, width)  # pixels of the network's input for one of the picture
        for tile in tiles_of(width, height, math.ceil(times), SHARED / scale):
            part = image[tile.y1 : tile.y2, tile.x1 : tile.x2]
            faces = self._detector.detect(part, min_score, scale * max(part.shape[:2]))
            boxes = np.asarray(faces.xyxy + tile.corner, np.float32)
            faces.xyxy = boxes
            yield cast(sv.Detections, faces[tile.shows_whole(boxes, width, height, EDGE / scale)])

    def _times_as_near(self, found: sv.Detections, long: int) -> float:
        """How many times as large as from distance 1 the picture is to be seen in its tiles; 1 is not nearer at all.

        Args:
            found: the faces of the whole picture that are sure.
            long: its long side, pixels.
        """
        if self._tiles == "off":
            return 1.0
        most = ENLARGED * long / self._size
        if self._tiles != "auto":
            return min(self._tiles, most)
        if not len(found):
            return min(long / self._size, UNSEEN)
        smallest = float(np.quantile(_heights(found), FEW)) * self._size / long
        return min(LEGIBLE / smallest, most, NEAREST)


def _of_heights(faces: sv.Detections, least: float, most: float = math.inf) -> sv.Detections:
    """The faces that are so many pixels of the picture high, but less than `most`."""
    heights = _heights(faces)
    return cast(sv.Detections, faces[(heights >= least) & (heights < most)])


def _heights(faces: sv.Detections) -> NDArray[np.float32]:
    return np.asarray(faces.xyxy[:, 3] - faces.xyxy[:, 1], np.float32)
