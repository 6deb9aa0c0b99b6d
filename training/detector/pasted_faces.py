"""Faces of portraits, pasted small into other pictures: more faces in the sizes of crowds and cameras."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.images import read_image
from training.data.detection import read_celeba_boxes
from training.detector.outlines import Outline, any_outline

MOST = 4  # faces pasted into one crop
HEIGHTS = (12, 60)  # pixels
OVAL = Outline(1.5, 1.5, 0, 0.3)  # with hair and chin
TINT = 0.5  # how far the pasted face takes over the brightness of its place

Image = NDArray[np.uint8]
Head = NDArray[np.float32]  # (H, W, 4): colours from 0 to 255, and the opacity from 0 to 1
Boxes = NDArray[np.float32]


class PastedFaces:
    """The faces of a split ("train" or "val") of a folder in CelebA's layout, to be pasted where there is room.

    Args:
        varied: cut each head out in an outline of its own.

    Raises:
        TrainingError: a list is missing or malformed.
    """

    def __init__(self, celeba: Path, split: str = "train", varied: bool = False) -> None:
        self._faces = [face for face in read_celeba_boxes(celeba) if face.split == split]
        self._varied = varied

    def head(self, rng: np.random.Generator, height: float) -> tuple[Head, Boxes]:
        """A random head whose face is `height` pixels high, and the face's box (4,) in it."""
        face = self._faces[rng.integers(len(self._faces))]
        outline = any_outline(rng) if self._varied else OVAL
        return cut_head(read_image(face.path), face.boxes[0], height, outline)

    def paste(self, image: Image, boxes: Boxes, rng: np.random.Generator) -> tuple[Image, Boxes]:
        """The picture with up to four more faces that touch no other, and the boxes of all (N, 4)."""
        image = image.copy()
        for _ in range(rng.integers(1, MOST + 1)):
            head, box = self.head(rng, rng.uniform(*HEIGHTS))
            room = np.array(image.shape[1::-1]) - head.shape[1::-1]
            if (room < 0).any():
                continue
            corner = rng.integers(0, room + 1)
            end = corner + head.shape[1::-1]
            if ((boxes[:, :2] < end) & (boxes[:, 2:] > corner)).all(axis=1).any():
                continue
            blend(image, head, corner)
            boxes = np.concatenate([boxes, (box + np.tile(corner, 2))[None]]).astype(np.float32)
        return image, boxes


def cut_head(portrait: Image, face: Boxes, height: float, outline: Outline) -> tuple[Head, Boxes]:
    """The head around a face box (x, y, width, height), scaled to a face of `height` pixels; and the box in it."""
    scale = height / face[3]
    box = np.concatenate([face[:2], face[:2] + face[2:]])
    reach = outline.around(box)
    size = np.ceil((reach[2:] - reach[:2]) * scale).astype(int)
    scaled = cv2.resize(portrait, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    shift = np.array([[1, 0, -reach[0] * scale], [0, 1, -reach[1] * scale]])
    head = cv2.warpAffine(scaled, shift, size.tolist(), borderMode=cv2.BORDER_REPLICATE)
    box = ((box - np.tile(reach[:2], 2)) * scale).astype(np.float32)
    return np.dstack([head.astype(np.float32), outline.opacity(box, *size.tolist())]), box


def blend(image: Image, head: Head, corner: NDArray[np.int_]) -> None:
    """Put a head into a picture, as far as it reaches, about as bright as its place."""
    start, end = np.maximum(corner, 0), np.minimum(corner + head.shape[1::-1], image.shape[1::-1])
    if (end <= start).any():
        return
    (left, top), (right, bottom) = start - corner, end - corner
    place = image[start[1] : end[1], start[0] : end[0]]
    colors, opacity = head[top:bottom, left:right, :3], head[top:bottom, left:right, 3:]
    tinted = colors + TINT * (place.mean() - head[..., :3].mean())
    place[:] = np.clip(opacity * tinted + (1 - opacity) * place, 0, 255).astype(np.uint8)
