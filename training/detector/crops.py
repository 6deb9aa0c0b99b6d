"""Training samples for the detector: square crops at about the scale of use, augmented."""

import math
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import albumentations as A
import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset, Sampler

from models.detector import GREY
from models.images import read_image
from models.manifest import ModelInput
from models.runtime import preprocess
from training.data.augment import motion_blur
from training.data.detection import Labelled, visible
from training.detector.crowds import crowd
from training.detector.pasted_faces import PastedFaces
from training.detector.portraits import Portraits
from training.evaluate.false_alarms import face_free_part

Image = NDArray[np.uint8]
Boxes = NDArray[np.float32]
INPUT = ModelInput(width=None, height=None, color="rgb", mean=(0, 0, 0), std=(255, 255, 255))
LONG_SIDE = 640  # pixels: the size at which pictures are evaluated and, by default, served
CLOSE_UPS = 0.3  # share of crops
LARGEST = 2.0  # times the evaluation scale: more would only blur
SMALL = 32 / LONG_SIDE  # of a picture: a face below this is one of a crowd
PASTED = 0.25  # share of crops into which portraits' faces are pasted, where there are some to paste
CROWDED = 0.3  # of those, into which a crowd is pasted
PORTRAITS = 0.2  # share of samples that are portraits, where there are some to compose
SCALES = (0.3, 1.6)  # of a crop, over that of use: the pictures are of few pixels, so the faces of a crowd are large
DARK_BLURS = 0.06  # share of samples without a face, out of focus and unlit: large dark blurs pass for faces otherwise
BLUR = (0.02, 0.06)  # standard deviation of a dark blur, over its side
LIGHT = (0.1, 0.5)  # part of the light that is left in one
UNLIT = 24  # brightness: nineteen of twenty pixels of a face are below it, and nothing of it is to be seen
FACE_FREE = 3.0  # how many times as often a picture without a face is drawn: they are few, and false alarms disturb


class Crops(Dataset[tuple[Image, Boxes]]):
    """Sample (n, size) of a training run: a crop (size, size, 3) and its boxes (N, 4) in pixels.

    Everything about a sample follows from the seed and n, so a run that goes on at step n sees what it would have seen.
    Pictures with many small faces are drawn more often, and those with large ones for close-ups.

    Args:
        celeba: a folder in CelebA's layout, whose faces are pasted into crops and shown as portraits.
        landmarks: a landmark set, for more portraits.
    """

    def __init__(
        self,
        data: list[Labelled],
        mosaics: float,
        seed: int,
        celeba: Path | None = None,
        landmarks: Path | None = None,
    ) -> None:
        # Decoded once; workers share the memory.
        self.pictures = [item.without_doubtful(read_image(item.path)) for item in data]
        self.boxes = [item.boxes for item in data]
        self.mosaics, self.seed = mosaics, seed
        heights = [boxes[:, 3] - boxes[:, 1] for boxes in self.boxes]
        self.chances = _shares([np.sqrt(1 + np.sum(h < SMALL)) if len(h) else FACE_FREE for h in heights])
        self.close_ups = _shares([h.max(initial=1e-6) for h in heights])
        self.pasted = PastedFaces(celeba, varied=True) if celeba else None
        self.portraits = Portraits(celeba, landmarks, "train", self.face_free, varied=True) if celeba else None
        self.augment = augmentation()

    def __getitem__(self, sample: tuple[int, int]) -> tuple[Image, Boxes]:
        n, size = sample
        rng = np.random.default_rng((self.seed, n))
        if rng.random() < DARK_BLURS:
            image, boxes = dark_blur(self.face_free(rng), size, rng), np.empty((0, 4), np.float32)
        elif self.portraits and rng.random() < PORTRAITS:
            _, image, boxes = self.portraits.compose(rng, size, size)
        elif rng.random() < self.mosaics:
            image, boxes = mosaic(size, partial(self.crop, rng), rng)
        else:
            image, boxes = self.crop(rng, size, size)
        self.augment.set_random_seed(int(rng.integers(2**31)))
        result = self.augment(image=image, bboxes=boxes)
        return result["image"], lit(result["image"], np.asarray(result["bboxes"], np.float32).reshape(-1, 4))

    def crop(self, rng: np.random.Generator, width: int, height: int) -> tuple[Image, Boxes]:
        """A crop of a random picture, most often one that holds a face: any, or in close-ups the picture's largest."""
        close_up = rng.random() < CLOSE_UPS
        i = rng.choice(len(self.pictures), p=self.close_ups if close_up else self.chances)
        image, boxes = self.pictures[i], self.boxes[i] * np.tile(self.pictures[i].shape[1::-1], 2)
        face = None
        if len(boxes) and close_up:
            face = boxes[(boxes[:, 3] - boxes[:, 1]).argmax()]
        elif len(boxes) and rng.random() < 0.9:
            face = boxes[rng.integers(len(boxes))]
        crop = random_crop(image, boxes, face, (width, height), rng, close_up)
        if not self.pasted or rng.random() >= PASTED:
            return crop
        return crowd(*crop, self.pasted, rng) if rng.random() < CROWDED else self.pasted.paste(*crop, rng)

    def face_free(self, rng: np.random.Generator) -> Image:
        """A part of a random picture that touches no face; where faces are everywhere, nothing but black."""
        return face_free_part(self.pictures, self.boxes, rng, self.chances)


class Steps(Sampler[list[tuple[int, int]]]):
    """Which samples (n, size) each step sees: as many pixels at each, but now and then in fewer and larger crops.

    Faces are as large in those as in use, where a portrait may fill the network's input.
    """

    def __init__(self, first: int, last: int, batch: int, size: int, large_every: int) -> None:
        self._steps = range(first, last)
        self._batch, self._size, self._large_every = batch, size, large_every

    def __iter__(self) -> Iterator[list[tuple[int, int]]]:
        for step in self._steps:
            large = self._large_every and (step + 1) % self._large_every == 0
            size, count = (2 * self._size, -(-self._batch // 4)) if large else (self._size, self._batch)
            yield [(step * self._batch + i, size) for i in range(count)]


def _shares(weights: list[float]) -> NDArray[np.float64]:
    return np.array(weights) / np.sum(weights)


def random_crop(
    image: Image,
    boxes: Boxes,
    face: Boxes | None,
    size: tuple[int, int],
    rng: np.random.Generator,
    close_up: bool = False,
) -> tuple[Image, Boxes]:
    """Cut a rectangle out of the picture at 0.3 to 1.6 times its evaluation scale, around `face` where one is given.

    Args:
        size: width and height of the crop in pixels.
        close_up: let the face fill much of the crop, at up to twice the evaluation scale: without close-ups large faces
            are too rare to learn.
    """
    full = np.array(image.shape[1::-1])
    scale = LONG_SIDE / full.max()
    times = math.exp(rng.uniform(*np.log(SCALES)))
    if face is not None:
        whole = float((size / (face[2:] - face[:2])).min()) / scale
        times = min(LARGEST, whole * rng.uniform(0.3, 0.95)) if close_up else min(times, 0.9 * whole)
    scale *= times
    corner = []
    for axis, extent in enumerate(full * scale):
        low, high = min(0, extent - size[axis]), max(0, extent - size[axis])
        if face is not None:
            low, high = max(low, face[axis + 2] * scale - size[axis]), min(high, face[axis] * scale)
        corner.append(rng.uniform(low, max(low, high)))
    shift = np.array([[scale, 0, -corner[0]], [0, scale, -corner[1]]])
    crop = cv2.warpAffine(image, shift, size, borderValue=(GREY,) * 3)
    return np.asarray(crop, np.uint8), visible(boxes * scale - np.tile(corner, 2), size)


def mosaic(size: int, cut: Callable[[int, int], tuple[Image, Boxes]], rng: np.random.Generator) -> tuple[Image, Boxes]:
    """Four crops of their own sizes around a random point; `cut` makes one from its width and height."""
    x, y = rng.integers(size // 4, size - size // 4, 2).tolist()
    image, boxes = np.empty((size, size, 3), np.uint8), []
    for x1, y1, x2, y2 in ((0, 0, x, y), (x, 0, size, y), (0, y, x, size), (x, y, size, size)):
        image[y1:y2, x1:x2], faces = cut(x2 - x1, y2 - y1)
        boxes.append(faces + np.array([x1, y1, x1, y1], np.float32))
    return image, np.concatenate(boxes)


def dark_blur(image: Image, size: int, rng: np.random.Generator) -> Image:
    """A picture as a square that is far out of focus and badly lit."""
    square = cv2.resize(image, (size, size))
    blurred = cv2.GaussianBlur(square, (0, 0), size * rng.uniform(*BLUR))
    return np.asarray(cv2.convertScaleAbs(blurred, alpha=rng.uniform(*LIGHT)), np.uint8)


def lit(image: Image, boxes: Boxes) -> Boxes:
    """The boxes in which there is light left: a face that nobody can see must not be called one."""
    parts = (image[int(y1) : math.ceil(y2), int(x1) : math.ceil(x2)] for x1, y1, x2, y2 in boxes.tolist())
    seen = np.array([part.size > 0 and np.percentile(part, 95) >= UNLIT for part in parts], bool)
    return boxes[seen]


def augmentation() -> A.Compose:
    """What cameras do to pictures: colour, low light, grey, blur, noise, compression; and a flip."""
    return A.Compose(
        [
            A.HorizontalFlip(p=0.5),
            A.ColorJitter(brightness=(0.6, 1.4), contrast=(0.7, 1.3), saturation=(0.4, 1.6), hue=(-0.03, 0.03), p=0.6),
            A.RandomGamma(gamma_limit=(110, 250), p=0.1),
            A.ToGray(p=0.1),
            A.OneOf([A.GaussianBlur(sigma_limit=(0.4, 2)), motion_blur(9)], p=0.15),
            A.GaussNoise(std_range=(0.02, 0.1), p=0.1),
            A.ImageCompression(quality_range=(25, 80), p=0.1),
        ],
        bbox_params=A.BboxParams(format="pascal_voc", clip=True, filter_invalid_bboxes=True),
    )


def collate(samples: list[tuple[Image, Boxes]]) -> dict[str, Tensor]:
    """N samples as Ultralytics' losses want them: pictures (N, 3, S, S), boxes (B, 4) with the picture of each (B,).

    Boxes are told by their centre and size, in fractions of the picture's side.
    """
    size = samples[0][0].shape[0]
    boxes = torch.from_numpy(np.concatenate([boxes for _, boxes in samples])) / size
    index = np.repeat(np.arange(len(samples)), [len(boxes) for _, boxes in samples])
    return {
        "img": torch.from_numpy(preprocess([image for image, _ in samples], INPUT)),
        "batch_idx": torch.from_numpy(index).float(),
        "cls": torch.zeros(len(boxes)),
        "bboxes": torch.cat([(boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]], dim=1),
    }
