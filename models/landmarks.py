"""Landmarks: five points on each face, and how sure the network is of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.align import warp
from models.runtime import Network, preprocess

# The crop's side over the longer side of the box. A detector's box puts the points within a third of its longer side of
# its centre, which leaves room for its errors; a wider crop would spend the network's few pixels on background.
MARGIN = 1.0


@dataclass(frozen=True, slots=True)
class Landmarks:
    """Five points for each of N boxes.

    points: (N, 5, 2) pixels: image-left eye, image-right eye, nose tip, image-left and image-right mouth corner.
    uncertainty: (N,) expected error of a point (mean predicted standard deviation) over the eye distance. It is large
        for bad pictures, for faces turned away (their eyes lie close together), and where there is no face.
    """

    points: NDArray[np.float32]
    uncertainty: NDArray[np.float32]


class Landmarker:
    """Places five points in detected boxes.

    Args:
        network: gives (N, 10) points and (N, 5) deviations in fractions of the side of its square crops.
        tolerance: sides of its crop by which a box may be off for one look to be enough: as exact, but less steady.
    """

    def __init__(self, network: Network, tolerance: float = 0.0) -> None:
        self.network = network
        self._tolerance = tolerance
        self._size = network.entry.input.width or 64

    def locate(self, image: NDArray[np.uint8], boxes: ArrayLike) -> Landmarks:
        """The five points in each of `boxes` (N, 4), xyxy pixels of `image` (H, W, 3); they may leave the picture."""
        boxes = np.asarray(boxes, np.float32).reshape(-1, 4)
        return self.locate_each([image] * len(boxes), boxes)

    def locate_each(self, images: Sequence[NDArray[np.uint8]], boxes: NDArray[np.float32]) -> Landmarks:
        """The five points of one face in each of N pictures, in its own of `boxes` (N, 4).

        The network looks twice, the second time around the points that it found: a detector's and more so a tracker's
        box is off by some percent, and the first look takes that error out.
        """
        found = self._look(images, boxes)
        around = np.array([face_box(points) for points in found.points], np.float32).reshape(-1, 4)
        again = np.flatnonzero(_distances(boxes, around) > self._tolerance)
        second = self._look([images[row] for row in again.tolist()], around[again])
        found.points[again] = second.points
        found.uncertainty[again] = second.uncertainty
        return found

    def _look(self, images: Sequence[NDArray[np.uint8]], boxes: NDArray[np.float32]) -> Landmarks:
        if not len(boxes):
            return Landmarks(np.zeros((0, 5, 2), np.float32), np.zeros(0, np.float32))
        cuts = [crop_around(image, box, self._size) for image, box in zip(images, boxes, strict=True)]
        places, deviations = self.network.run(preprocess([crop for crop, _ in cuts], self.network.entry.input))[:2]
        points = places.reshape(-1, 5, 2) * self._size
        back = np.stack([transform for _, transform in cuts])
        eyes = np.linalg.norm(points[:, 1] - points[:, 0], axis=1)
        uncertainty = deviations.mean(axis=1) * self._size / np.maximum(eyes, 1e-3)
        return Landmarks(points @ back[:, :, :2].transpose(0, 2, 1) + back[:, None, :, 2], uncertainty)


def face_box(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """The box (xyxy) that a face detector would put around five points (5, 2).

    Fitted to the boxes and points of 90,722 CelebA crops: the size follows the points' spread (within 4 %), the middle
    lies behind the nose of a turned face (correlation -0.98). A face that leans is boxed like a leaning ellipse.
    """
    middle = points.mean(axis=0)
    spread = np.sqrt(((points - middle) ** 2).sum(axis=1).mean())
    eyes, mouth = points[:2].mean(axis=0), points[3:].mean(axis=0)
    down = (mouth - eyes) / max(np.linalg.norm(mouth - eyes), 1e-6)
    right = np.array([down[1], -down[0]])
    centre = middle - 0.28 * spread * down - 1.42 * ((points[2] - eyes) @ right) * right
    size = spread * np.hypot(3.52 * down[::-1], 4.68 * down)
    return np.concatenate([centre - size / 2, centre + size / 2]).astype(np.float32)


def _distances(boxes: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far the borders of the crops around N boxes (N, 4) lie from those around others, at most; in sides (N,)."""
    crops = _borders(boxes)
    other_crops = _borders(others)
    return np.asarray(np.abs(crops - other_crops).max(axis=1) / (crops[:, 2] - crops[:, 0]), np.float32)


def _borders(boxes: NDArray[np.float32]) -> NDArray[np.floating]:
    """The borders of the crops around boxes, xyxy (N, 4)."""
    centres, sides = _squares(boxes)
    return np.hstack([centres - sides / 2, centres + sides / 2])


def _squares(boxes: NDArray[np.floating]) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """The middles (N, 2) and the sides (N, 1) of the crops around boxes (N, 4), in pixels of the picture."""
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    return centres, MARGIN * (boxes[:, 2:] - boxes[:, :2]).max(axis=1, keepdims=True, initial=1.0)


def crop_around(image: NDArray[np.uint8], box: ArrayLike, size: int) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """A square (size, size, 3) around the face `box` (xyxy pixels), black outside the picture, and the way back.

    The transform (2, 3) takes points of the crop to points of the image.
    """
    transform = crop_transform(box, size)
    return warp(image, transform, size), cv2.invertAffineTransform(transform).astype(np.float32)


def crop_transform(box: ArrayLike, size: int) -> NDArray[np.float32]:
    """The (2, 3) transform from image to crop that puts the middle of `box` into the middle of a crop of `size`."""
    centres, sides = _squares(np.asarray(box, dtype=np.float64)[None])
    x, y = centres[0]
    scale = size / sides[0, 0]
    return np.array([[scale, 0, size / 2 - scale * x], [0, scale, size / 2 - scale * y]], dtype=np.float32)
