"""Aligned crops as training batches, augmented the same way whenever a step is repeated."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import albumentations as A
import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import Dataset

from models.align import SIZE, TEMPLATE
from models.manifest import ModelInput
from models.runtime import preprocess, resize
from training.data.augment import coarse_copy, motion_blur, with_mask
from training.data.celeba import CelebA
from training.errors import TrainingError


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """What `training.prepare faces` packed: crops (N, 112, 112, 3) uint8 BGR and the lists in the same order."""

    crops: NDArray[np.uint8]
    lists: CelebA

    def rows(self, partition: int, least: int, turned: bool = False) -> NDArray[np.int64]:
        """Rows of a partition with people of at least `least` pictures; profiles only if `turned` (see CelebA)."""
        kept = self.lists.part(partition)
        if not turned:
            kept = kept.with_nose_between_eyes()
        return np.flatnonzero(np.isin(self.lists.files, kept.with_people_of(least).files))


def read_faces(folder: Path) -> Faces:
    """Open the packed crops without reading them into memory. Raises TrainingError: the folder holds none."""
    if not (folder / "crops.npz").is_file():
        raise TrainingError(f"{folder} holds no packed crops: run python -m training.prepare faces.")
    lists = np.load(folder / "crops.npz")
    celeba = CelebA(lists["files"], lists["people"], lists["points"], lists["partition"])
    return Faces(np.load(folder / "crops.npy", mmap_mode="r"), celeba)


class Batch(NamedTuple):
    """Pictures (N, 3, size, size) float32, labels (N,) from 0, and the rows (N,) of the packed crops."""

    images: torch.Tensor
    labels: torch.Tensor
    rows: torch.Tensor


class FaceBatches(Dataset[Batch]):
    """A map from the step to its batch.

    What a step sees depends on the seed and the step alone: a run that is resumed goes on as if never interrupted.

    Args:
        rows: the crops to train on; their people are numbered from 0 in `labels`.
        per_person: 0 goes through all crops in random order; otherwise a batch holds this many crops of each of its
            people (with repetition where they have fewer), as triplets need.
        degrade: probability of each degradation (see `augmentation`).
    """

    def __init__(
        self, faces: Faces, rows: NDArray[np.int64], expected: ModelInput, batch: int, per_person: int = 0,
        degrade: float = 0.2, seed: int = 0,
    ) -> None:  # fmt: skip
        self.faces, self.rows, self.expected = faces, rows, expected
        self.batch, self.per_person, self.seed = batch, per_person, seed
        self.people, self.labels = np.unique(faces.lists.people[rows], return_inverse=True)
        self.augment = augmentation(degrade)
        self._order = (-1, rows)  # an epoch and its permutation

    def __getitem__(self, step: int) -> Batch:
        chosen = self._by_person(step) if self.per_person else self._in_turn(step)
        self.augment.set_random_seed(self.seed * 1_000_003 + step)
        rows = self.rows[chosen]
        crops = [self.augment(image=crop)["image"] for crop in fitted(self.faces.crops[rows], self.expected)]
        images = torch.from_numpy(preprocess(crops, self.expected))
        return Batch(images, torch.from_numpy(self.labels[chosen]), torch.from_numpy(rows))

    def _in_turn(self, step: int) -> NDArray[np.int64]:
        first, count = step * self.batch, len(self.rows)
        places = range(first, first + self.batch)
        return np.array([self._permutation(place // count)[place % count] for place in places])

    def _permutation(self, epoch: int) -> NDArray[np.int64]:
        if self._order[0] != epoch:
            self._order = epoch, np.random.default_rng([self.seed, epoch]).permutation(len(self.rows))
        return self._order[1]

    def _by_person(self, step: int) -> NDArray[np.int64]:
        random = np.random.default_rng([self.seed, step])
        people = random.choice(len(self.people), self.batch // self.per_person, replace=False)
        crops = [np.flatnonzero(self.labels == person) for person in people]
        return np.concatenate([random.choice(own, self.per_person, len(own) < self.per_person) for own in crops])


def fitted(crops: NDArray[np.uint8], expected: ModelInput) -> list[NDArray[np.uint8]]:
    """Crops (N, H, W, 3) at the size that a network expects, where it expects one."""
    return [resize(crop, expected.width or crop.shape[1], expected.height or crop.shape[0]) for crop in crops]


class Mask(A.ImageOnlyTransform):
    """A patch of one colour over nose, mouth and chin of an aligned face."""

    def apply(self, img: NDArray[np.uint8], **_params: Any) -> NDArray[np.uint8]:
        return with_mask(img, TEMPLATE * len(img) / SIZE, self.random_generator)


def augmentation(degrade: float) -> A.Compose:
    """Mirroring, and each thing that cameras do to faces with the probability `degrade`.

    As a landmark network misplaces it (the proportions of a face stay: they are the person's), low resolution, light,
    blur, compression, grey pictures, and something that covers a part of the face; and a quarter as likely, a mask.
    """
    steps: list[Any] = [
        A.HorizontalFlip(p=0.5),
        Mask(p=degrade / 4),
        A.Affine((0.9, 1.1), (-0.06, 0.06), rotate=(-8, 8), keep_ratio=True, fill=0, p=degrade),
        coarse_copy(0.25, 0.8, p=degrade),
        A.ColorJitter((0.6, 1.4), (0.6, 1.4), (0.5, 1.5), (-0.03, 0.03), p=degrade),
        A.OneOf([A.GaussianBlur(sigma_limit=(0.3, 1.5)), motion_blur(7)], p=degrade / 2),
        A.ImageCompression(quality_range=(30, 90), p=degrade),
        A.ToGray(p=degrade / 2),
        A.CoarseDropout((1, 1), (0.15, 0.45), (0.15, 0.6), fill="random_uniform", p=degrade),
    ]
    return A.Compose(steps)
