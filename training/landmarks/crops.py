"""The crops that the landmark network learns from: cut from the picture in one step, then made worse."""

from pathlib import Path

import albumentations as A
import cv2
import numpy as np
from numpy.typing import NDArray
from torch.utils.data import Dataset

from models.align import warp
from models.landmarks import crop_transform, face_box
from models.manifest import ModelInput
from models.runtime import preprocess
from training.data.augment import coarse_copy, motion_blur, with_mask
from training.data.landmarks import MIRRORED, Face, Floats, jittered, picture, transformed

# How often a face of each source is drawn: the more its marks can be trusted and the fewer it has, the more often.
TRUST = {"helen348": 8.0, "facesynthetics100": 2.0, "mtcnn5pt": 1.0, "udacity": 0.8}
BORDERS = (cv2.BORDER_CONSTANT, cv2.BORDER_REPLICATE, cv2.BORDER_REFLECT_101)
Sample = tuple[Floats, Floats]


class Crops(Dataset[Sample]):
    """Sample n of a run: a crop (3, size, size) and its points (5, 2) in fractions of the crop's side.

    A sample depends on `seed` and n alone, so that a run goes on where it stopped. The share of the machine-marked
    faces (`celeba`) falls from a half to a tenth over the `length` of the run: they are many and teach the network to
    see, but their marks are worse than what it shall learn. `backgrounds` are crops without a face, 6 % of all, whose
    points are some face's: where nothing is to be seen any place is as likely, and the network learns to say so.
    """

    def __init__(
        self,
        marked: list[Face],
        celeba: list[Face],
        backgrounds: list[tuple[Path, Floats]],
        expected: ModelInput,
        length: int,
        seed: int = 0,
    ) -> None:
        self.marked, self.celeba, self.backgrounds = marked, celeba, backgrounds
        self.expected, self.length, self.seed = expected, length, seed
        trust = np.array([TRUST.get(face.source, 1.0) for face in marked])
        self._chance = trust.cumsum() / trust.sum()
        self._size = expected.width or 64
        self._worsen = worsening(self._size)

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, n: int) -> Sample:
        rng = np.random.default_rng((self.seed, n))
        crop, points = random_crop(self._draw(n, rng), rng, self._size)
        if self.backgrounds and rng.random() < 0.06:
            path, box = self.backgrounds[rng.integers(len(self.backgrounds))]
            crop = warp(picture(path), crop_transform(jittered(box, rng), len(crop)), len(crop))
        elif rng.random() < 0.08:
            crop = with_mask(crop, points * len(crop), rng)
        self._worsen.set_random_seed(int(rng.integers(2**31)))
        crop = self._worsen(image=crop)["image"]
        return preprocess([crop], self.expected)[0], points

    def _draw(self, n: int, rng: np.random.Generator) -> Face:
        if self.celeba and rng.random() < 0.5 - 0.4 * n / self.length:
            return self.celeba[rng.integers(len(self.celeba))]
        return self.marked[np.searchsorted(self._chance, rng.random())]


def random_crop(face: Face, rng: np.random.Generator, size: int) -> tuple[NDArray[np.uint8], Floats]:
    """A crop as serving would cut it around a detector's box, mirrored and turned by chance, in a single warp.

    Returns the crop and the points in fractions of its side. What lies outside the picture is filled in different
    ways: many sources are centred on the points, and black edges would give them away.
    """
    image, points = picture(face.path), face.points
    angle = 45 * rng.uniform(-1, 1) * rng.random()
    transform = cv2.getRotationMatrix2D(points.mean(axis=0).tolist(), angle, 1.0)
    mirrored = rng.random() < 0.5
    if mirrored:
        transform[0] = [0, 0, image.shape[1] - 1] - transform[0]
    points = transformed(transform, points)[MIRRORED if mirrored else slice(None)]
    cut = crop_transform(jittered(face_box(points), rng), size)
    whole = cut[:, :2] @ transform
    whole[:, 2] += cut[:, 2]
    crop = warp(image, whole.astype(np.float32), size, BORDERS[rng.integers(len(BORDERS))])
    return crop, (transformed(cut, points) / size).astype(np.float32)


def worsening(size: int) -> A.Compose:
    """What cameras, networks and hands do to a face: dark, grey, blurred, coarse, noisy, compressed, covered.

    Crops of `size` pixels become as coarse as a face of 24.
    """
    return A.Compose(
        [
            A.RandomBrightnessContrast(0.3, 0.3, p=0.5),
            A.RandomGamma((60, 220), p=0.2),
            A.HueSaturationValue(12, 40, 10, p=0.3),
            A.ToGray(p=0.1),
            A.OneOf([A.GaussianBlur(blur_limit=(3, 5)), motion_blur(7)], p=0.2),
            coarse_copy(24 / size, 0.9, p=0.2),
            A.GaussNoise(std_range=(0.01, 0.08), p=0.2),
            A.ImageCompression(quality_range=(25, 95), p=0.25),
            A.CoarseDropout((1, 3), (0.1, 0.35), (0.1, 0.35), fill="random_uniform", p=0.2),
        ]
    )
