"""Training samples for the detector: square crops at about the scale of use, augmented."""

import math

import albumentations as A
import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from models.detector import GREY
from models.images import read_image
from models.manifest import ModelInput
from models.runtime import preprocess
from training.detection_data import Labelled

Image = NDArray[np.uint8]
Boxes = NDArray[np.float32]
INPUT = ModelInput(width=None, height=None, color="rgb", mean=(0, 0, 0), std=(255, 255, 255))
LONG_SIDE = 640  # pixels: the size at which pictures are evaluated and, by default, served
CLOSE_UPS = 0.3  # share of crops
SMALL = 32 / LONG_SIDE  # of a picture: a face below this is one of a crowd


class Crops(Dataset[tuple[Image, Boxes]]):
    """Sample n of a training run: a crop (size, size, 3) and its boxes (N, 4) in pixels.

    Everything about a sample follows from the seed and n, so a run that goes on at step n sees what it would have seen.
    Pictures with many small faces are drawn more often.
    """

    def __init__(self, data: list[Labelled], size: int, mosaics: float, seed: int) -> None:
        self.pictures = [read_image(item.path) for item in data]  # decoded once; workers share the memory
        self.boxes = [item.boxes for item in data]
        self.size, self.mosaics, self.seed = size, mosaics, seed
        small = np.array([np.count_nonzero(boxes[:, 3] - boxes[:, 1] < SMALL) for boxes in self.boxes])
        weights = np.sqrt(1 + small)
        self.chances = weights / weights.sum()
        self.augment = augmentation()

    def __getitem__(self, n: int) -> tuple[Image, Boxes]:
        rng = np.random.default_rng((self.seed, n))
        parts = [self.crop(rng) for _ in range(4 if rng.random() < self.mosaics else 1)]
        image, boxes = mosaic(parts, rng) if len(parts) == 4 else parts[0]
        self.augment.set_random_seed(int(rng.integers(2**31)))
        result = self.augment(image=image, bboxes=boxes)
        return result["image"], np.asarray(result["bboxes"], np.float32).reshape(-1, 4)

    def crop(self, rng: np.random.Generator) -> tuple[Image, Boxes]:
        """A crop of a random picture, most often one that holds a face."""
        i = rng.choice(len(self.pictures), p=self.chances)
        image, boxes = self.pictures[i], self.boxes[i] * np.tile(self.pictures[i].shape[1::-1], 2)
        face = boxes[rng.integers(len(boxes))] if len(boxes) and rng.random() < 0.9 else None
        return random_crop(image, boxes, face, self.size, rng)


def random_crop(
    image: Image, boxes: Boxes, face: Boxes | None, size: int, rng: np.random.Generator
) -> tuple[Image, Boxes]:
    """Cut a square out of the picture at 0.5 to 1.6 times its evaluation scale, around `face` where one is given.

    Some crops are close-ups of their face, at up to twice that scale: without them large faces are too rare to learn.
    """
    height, width = image.shape[:2]
    scale = LONG_SIDE / max(height, width)
    times = math.exp(rng.uniform(math.log(0.5), math.log(1.6)))
    if face is not None:
        whole = size / (scale * max(face[2] - face[0], face[3] - face[1]))
        times = min(2.0, whole * rng.uniform(0.4, 0.9)) if rng.random() < CLOSE_UPS else min(times, 0.9 * whole)
    scale *= times
    corner = []
    for axis, extent in enumerate((width * scale, height * scale)):
        low, high = min(0, extent - size), max(0, extent - size)
        if face is not None:
            low, high = max(low, face[axis + 2] * scale - size), min(high, face[axis] * scale)
        corner.append(rng.uniform(low, max(low, high)))
    shift = np.array([[scale, 0, -corner[0]], [0, scale, -corner[1]]])
    crop = cv2.warpAffine(image, shift, (size, size), borderValue=(GREY,) * 3)
    return np.asarray(crop, np.uint8), visible(boxes * scale - np.tile(corner, 2), (0, 0, size, size))


def mosaic(parts: list[tuple[Image, Boxes]], rng: np.random.Generator) -> tuple[Image, Boxes]:
    """Four crops around a random point, each keeping its own quarter."""
    size = parts[0][0].shape[0]
    x, y = rng.integers(size // 4, size - size // 4, 2)
    quarters = (0, 0, x, y), (x, 0, size, y), (0, y, x, size), (x, y, size, size)
    image, boxes = np.empty_like(parts[0][0]), []
    for (part, faces), (x1, y1, x2, y2) in zip(parts, quarters, strict=True):
        image[y1:y2, x1:x2] = part[y1:y2, x1:x2]
        boxes.append(visible(faces, (x1, y1, x2, y2)))
    return image, np.concatenate(boxes)


def visible(boxes: Boxes, window: tuple[int, int, int, int]) -> Boxes:
    """The boxes clipped to the window; those of which less than half would remain, or next to nothing, are dropped."""
    x1, y1, x2, y2 = window
    clipped = np.clip(boxes, (x1, y1, x1, y1), (x2, y2, x2, y2))
    area, kept = (np.prod(b[:, 2:] - b[:, :2], axis=1) for b in (boxes, clipped))
    return clipped[(kept > 0.5 * area) & (kept > 9)].astype(np.float32)


def augmentation() -> A.Compose:
    """What cameras do to pictures: colour, low light, grey, blur, noise, compression; and a flip."""
    return A.Compose(
        [
            A.HorizontalFlip(p=0.5),
            A.ColorJitter(brightness=(0.6, 1.4), contrast=(0.7, 1.3), saturation=(0.4, 1.6), hue=(-0.03, 0.03), p=0.6),
            A.RandomGamma(gamma_limit=(110, 250), p=0.1),
            A.ToGray(p=0.1),
            A.OneOf([A.GaussianBlur(sigma_limit=(0.4, 2)), A.MotionBlur(blur_limit=(3, 9))], p=0.15),
            A.GaussNoise(std_range=(0.02, 0.1), p=0.1),
            A.ImageCompression(quality_range=(25, 80), p=0.1),
        ],
        bbox_params=A.BboxParams(format="pascal_voc", clip=True, filter_invalid_bboxes=True),
    )


def collate(samples: list[tuple[Image, Boxes]]) -> dict[str, Tensor]:
    """A batch as Ultralytics' losses want it: boxes by centre and size in fractions, and which picture each is of."""
    size = samples[0][0].shape[0]
    boxes = torch.from_numpy(np.concatenate([boxes for _, boxes in samples])) / size
    index = np.repeat(np.arange(len(samples)), [len(boxes) for _, boxes in samples])
    return {
        "img": torch.from_numpy(preprocess([image for image, _ in samples], INPUT)),
        "batch_idx": torch.from_numpy(index).float(),
        "cls": torch.zeros(len(boxes)),
        "bboxes": torch.cat([(boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]], dim=1),
    }
