"""CelebA in its official layout: who is on which picture, five points, and what is set apart for evaluation."""

from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.errors import TrainingError

TRAIN, VALIDATION, TEST = 0, 1, 2  # list_eval_partition.txt


@dataclass(frozen=True, slots=True, eq=False)
class CelebA:
    """Pictures of people, as parallel arrays.

    Attributes:
        files: (N,) file names below `img_celeba/`.
        people: (N,) the number of the person on each.
        points: (N, 5, 2) five points in pixels, image-left eye first.
        partition: (N,) 0 train, 1 validation, 2 test.
    """

    files: NDArray[np.str_]
    people: NDArray[np.int64]
    points: NDArray[np.float32]
    partition: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.files)

    def where(self, kept: NDArray[np.bool_]) -> "CelebA":
        """The pictures that a mask (N,) keeps."""
        return CelebA(self.files[kept], self.people[kept], self.points[kept], self.partition[kept])

    def part(self, number: int) -> "CelebA":
        """The pictures of one partition."""
        return self.where(self.partition == number)

    def with_nose_between_eyes(self) -> "CelebA":
        """Without profiles and misplaced points: the nose stands between the eyes, as the original work had it."""
        left, right, nose = (self.points[:, index, 0] for index in (0, 1, 2))
        return self.where((left < nose) & (nose < right))

    def with_people_of(self, least: int) -> "CelebA":
        """Only people with at least `least` pictures."""
        _, index, counts = np.unique(self.people, return_inverse=True, return_counts=True)
        return self.where(counts[index] >= least)

    def with_people(self, people: NDArray[np.int64]) -> "CelebA":
        """Only the given people."""
        return self.where(np.isin(self.people, people))

    def held_out(self, count: int, least: int = 2, seed: int = 0) -> NDArray[np.int64]:
        """`count` people of the test partition with at least `least` pictures; all of them where there are fewer.

        The official test partition has about 1,000 people; the original work reports on 100.
        """
        candidates = np.unique(self.part(TEST).with_people_of(least).people)
        if len(candidates) <= count:
            return candidates
        return np.sort(np.random.default_rng(seed).choice(candidates, count, replace=False))

    def counts(self) -> str:
        """People and pictures, for the log."""
        return f"{len(np.unique(self.people)):,} people, {len(self):,} pictures"


def read_celeba(root: Path, points: Path | None = None) -> CelebA:
    """Read `identity_CelebA.txt`, `list_landmarks_celeba.txt` (or another list) and `list_eval_partition.txt`.

    Pictures that one of the three lists lacks are left out.

    Args:
        points: a list of other points, such as `training.prepare points` writes.

    Raises:
        TrainingError: a list is missing or malformed, or a person stands in two partitions.
    """
    people = {row[0]: int(row[1]) for row in _rows(root / "identity_CelebA.txt", 2)}
    partition = {row[0]: int(row[1]) for row in _rows(root / "list_eval_partition.txt", 2)}
    places = {row[0]: row[1:] for row in _rows(points or root / "list_landmarks_celeba.txt", 11)}
    files = sorted(people.keys() & partition.keys() & places.keys())
    celeba = CelebA(
        np.array(files),
        np.array([people[file] for file in files], np.int64),
        np.array([places[file] for file in files], np.float32).reshape(-1, 5, 2),
        np.array([partition[file] for file in files], np.int64),
    )
    for one, other in combinations((TRAIN, VALIDATION, TEST), 2):
        require_apart(celeba.part(one).people, celeba.part(other).people)
    return celeba


def require_apart(chosen_on: NDArray[np.int64], measured_on: NDArray[np.int64]) -> None:
    """Raise TrainingError where a network learns, or a threshold is chosen, on a person on whom it is measured, too."""
    shared = np.intersect1d(chosen_on, measured_on)
    if len(shared):
        raise TrainingError(
            f"{len(shared)} people stand in two partitions, such as number {shared[0]}: the figures would be worthless."
        )


def _rows(path: Path, columns: int) -> list[list[str]]:
    """The rows of a list, without the count and the header that some of the official lists begin with."""
    if not path.is_file():
        raise TrainingError(f"{path} is missing: the folder must have CelebA's official layout.")
    rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    if rows and len(rows[0]) == 1:  # the number of pictures, then the names of the columns
        rows = rows[2:]
    wrong = next((row for row in rows if len(row) != columns), None)
    if wrong is not None:
        raise TrainingError(f"{path} has a line of {len(wrong)} instead of {columns} columns: {' '.join(wrong)[:60]}")
    return rows
