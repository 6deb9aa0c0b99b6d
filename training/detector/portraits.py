"""Portraits: one face at any size in its picture, as webcams and enrolment have them, made of marked face crops.

Sharp or soft, with a background of their own or another's, cut by the border or whole.
"""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.landmarks import face_box
from models.runtime import resize
from training.data.celeba import TRAIN, VALIDATION, read_celeba
from training.data.detection import visible
from training.data.landmarks import Face, picture, read_faces
from training.detector.outlines import Outline, any_outline

SHARES = (0.05, 1.2)  # height of the face over the longer side of the picture
KINDS = {"own": 0.35, "scene": 0.35, "blur": 0.15, "plain": 0.15}  # backgrounds, and how often
HAND_MARKED = 0.3  # share of faces that are of the landmark set, where there is one
BLACK = 12  # brightness: crops are black beyond the border of the pictures that they are of
CUT_OFF = 0.3  # share of faces that may stand across the border, and by how much of their side
SOFT, SHARP = 0.4, 0.3  # shares of portraits: stills of few pixels, enlarged; and those with edges sharpened
STILL = (24, 80)  # height in pixels of the face in such a still
OVAL = 1.7  # width and height of what is cut out in an oval, over those of the face's box
DISTRACTED = 0.3  # share of portraits beside whose face stands something that is cut out like one

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]


class Portraits:
    """Composes portraits of a split ("train" or "val"), of a folder in CelebA's layout and of a landmark set.

    Everything about a portrait follows from the generator that is given.

    Args:
        face_free: gives the part of a picture that holds no face, for backgrounds.
        varied: cut each face and each distraction that stands in an oval out in an outline of its own.

    Raises:
        TrainingError: a list is missing or malformed.
    """

    def __init__(
        self,
        celeba: Path,
        landmarks: Path | None,
        split: str,
        face_free: Callable[[np.random.Generator], Image],
        varied: bool = False,
    ) -> None:
        people = read_celeba(celeba).part({"train": TRAIN, "val": VALIDATION}[split])
        files = [celeba / "img_celeba" / name for name in people.files]
        self._marked = [Face(path, "celeba", five) for path, five in zip(files, people.points, strict=True)]
        self._by_hand = read_faces(landmarks, split) if landmarks else []
        self._face_free = face_free
        self._outline = any_outline if varied else an_oval

    def compose(self, rng: np.random.Generator, width: int, height: int) -> tuple[str, Image, Floats]:
        """The kind of its background, a picture (height, width, 3), and its face's box (1, 4), or none if cut away."""
        by_hand = self._by_hand and rng.random() < HAND_MARKED
        faces = self._by_hand if by_hand else self._marked
        face = faces[rng.integers(len(faces))]
        kind = str(rng.choice(list(KINDS), p=list(KINDS.values())))
        crop, box = picture(face.path), face_box(face.points)
        share = math.exp(rng.uniform(*np.log(SHARES)))
        scale = share * max(width, height) / float((box[2:] - box[:2]).max())
        content = content_of(crop)
        if kind == "own":
            scale = max(scale, *((width, height) / (content[2:] - content[:2])))
        corner = placed(box * scale, (width, height), rng) - box[:2] * scale
        if kind == "own":
            corner = np.clip(corner, (width, height) - content[2:] * scale, -content[:2] * scale)
        image = self._background(kind, rng, width, height)
        if rng.random() < DISTRACTED:
            self._distract(image, rng)
        head = np.dstack([crop.astype(np.float32), opacity(crop, box, content, kind, rng, self._outline)])
        over(image, enlarged(head, scale, corner, (width, height), float(box[3] - box[1]), rng))
        where = np.tile(corner, 2) + box * scale
        return kind, seen(image, rng), visible(where[None].astype(np.float32), (width, height))

    def _background(self, kind: str, rng: np.random.Generator, width: int, height: int) -> Image:
        if kind == "plain":
            ends = rng.uniform(0, 255, (2, 1, 1, 3)) * [[[[1]]], [[[rng.uniform(0.7, 1)]]]]
            down = np.linspace(0, 1, height)[:, None, None] * np.ones((1, width, 1))
            return np.asarray((1 - down) * ends[0] + down * ends[1], np.uint8)
        scene = covering(self._face_free(rng), width, height)
        if kind != "blur":
            return scene
        return np.asarray(cv2.GaussianBlur(scene, (0, 0), max(width, height) * rng.uniform(0.005, 0.04)), np.uint8)

    def _distract(self, image: Image, rng: np.random.Generator) -> None:
        """Paste something that is no face as a face would be pasted, so that the oval gives nobody away."""
        height, width = image.shape[:2]
        side = np.maximum(8, rng.uniform(0.1, 0.6) * max(width, height) * np.array([0.8, 1])).astype(int)
        thing = resize(self._face_free(rng), *side.tolist())
        box = np.concatenate([side * 0.2, side * 0.8])
        whole = np.array([0, 0, *side], np.float32)
        layer = np.dstack([thing.astype(np.float32), opacity(thing, box, whole, "scene", rng, self._outline)])
        corner = rng.uniform(-0.3 * side, (width, height) - 0.7 * side)
        over(image, enlarged(layer, 1.0, corner, (width, height), float(side[1]), rng))


def content_of(crop: Image) -> Floats:
    """The part x1 y1 x2 y2 of a crop without the black around it."""
    bright = crop.max(axis=2) > BLACK
    columns, rows = (np.flatnonzero(bright.mean(axis=axis) > 0.1) for axis in (0, 1))
    if not len(columns) or not len(rows):
        return np.array([0, 0, crop.shape[1], crop.shape[0]], np.float32)
    return np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1], np.float32)


def placed(box: Floats, size: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float64]:
    """Where the top left corner (x, y) of a box goes in a picture of this size: some stand across the border."""
    sides = box[2:] - box[:2]
    room = np.array(size) - sides
    beyond = CUT_OFF * sides if rng.random() < CUT_OFF else 0 * sides
    return rng.uniform(np.minimum(0, room) - beyond, np.maximum(0, room) + beyond)


def an_oval(rng: np.random.Generator) -> Outline:
    """An oval with room for the hair, its edge more or less soft."""
    return Outline(OVAL, OVAL, 0, rng.uniform(0.1, 0.4))


def opacity(
    crop: Image,
    box: NDArray[Any],
    content: Floats,
    kind: str,
    rng: np.random.Generator,
    outline: Callable[[np.random.Generator], Outline] = an_oval,
) -> NDArray[np.float32]:
    """How far (0 to 1) each pixel of a crop covers a background: the content with soft edges, or an oval of it."""
    rows, columns = np.mgrid[: crop.shape[0], : crop.shape[1]].astype(np.float32) + 0.5
    if kind == "own":
        return np.ones(crop.shape[:2], np.float32)
    inside = np.minimum.reduce([columns - content[0], content[2] - columns, rows - content[1], content[3] - rows])
    alpha = np.clip(inside / rng.uniform(0.5, 12), 0, 1)
    if rng.random() < 0.6:
        alpha = np.minimum(alpha, outline(rng).opacity(box, *crop.shape[1::-1]))
    return np.asarray(alpha, np.float32)


def enlarged(
    layer: Floats, scale: float, corner: NDArray[Any], size: tuple[int, int], face: float, rng: np.random.Generator
) -> Floats:
    """A layer (H, W, 4) at a scale and a place in a picture of `size`, soft or sharpened as the case may be.

    Args:
        face: its height in the layer, pixels.
    """
    still = min(1.0, scale)
    if rng.random() < SOFT:
        still = min(still, rng.uniform(*STILL) / face)
    columns, rows = (max(4, round(side * still)) for side in layer.shape[1::-1])
    small = cv2.resize(layer, (columns, rows), interpolation=cv2.INTER_AREA)
    grown = scale * np.array([layer.shape[1] / columns, layer.shape[0] / rows])
    shift = np.array([[grown[0], 0, corner[0] + (grown[0] - 1) / 2], [0, grown[1], corner[1] + (grown[1] - 1) / 2]])
    way = cv2.INTER_LINEAR if rng.random() < 0.5 else cv2.INTER_CUBIC
    large = cv2.warpAffine(small, shift, size, flags=way, borderMode=cv2.BORDER_REPLICATE)
    inside = cv2.warpAffine(small[..., 3], shift, size, flags=cv2.INTER_LINEAR)
    large[..., 3] = np.clip(inside, 0, 1)
    if grown[0] > 1 and rng.random() < SHARP:
        edges = large[..., :3] - cv2.GaussianBlur(large[..., :3], (0, 0), 0.7 * float(grown[0]))
        large[..., :3] = large[..., :3] + rng.uniform(0.5, 2) * edges
    return np.asarray(large, np.float32)


def over(image: Image, layer: Floats) -> None:
    """Lay a layer (H, W, 4) of colour and opacity over a picture of its size."""
    alpha = layer[..., 3:]
    image[:] = np.clip(alpha * layer[..., :3] + (1 - alpha) * image, 0, 255).astype(np.uint8)


def covering(image: Image, width: int, height: int) -> Image:
    """The picture's middle, scaled so that it covers a size."""
    scale = max(width / image.shape[1], height / image.shape[0])
    large = resize(image, math.ceil(image.shape[1] * scale), math.ceil(image.shape[0] * scale))
    top, left = (large.shape[0] - height) // 2, (large.shape[1] - width) // 2
    return large[top : top + height, left : left + width].copy()


def seen(image: Image, rng: np.random.Generator) -> Image:
    """The picture as a webcam may give it: a little soft, dim, noisy, compressed; each now and then."""
    if rng.random() < 0.25:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), max(image.shape[:2]) * rng.uniform(0.001, 0.008)), np.uint8)
    if rng.random() < 0.15:
        image = np.asarray(cv2.convertScaleAbs(image, alpha=rng.uniform(0.2, 0.7)), np.uint8)
    if rng.random() < 0.25:
        noise = rng.normal(0, rng.uniform(2, 10), image.shape)
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
    if rng.random() < 0.3:
        coded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 85))])[1]
        image = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
    return image
