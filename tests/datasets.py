"""Made-up data sets: pictures of one colour for each person."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.align import TEMPLATE

MARKS = [str(number) for number in TEMPLATE.ravel()]


class ByColour:
    """Stands for an embedder: the mean colour as a unit vector of three, which tells these people apart."""

    def embed(self, crops: NDArray[np.uint8], flip: bool = False) -> NDArray[np.float32]:
        colours = crops.reshape(len(crops), -1, 3).mean(1).astype(np.float32)
        return colours / np.linalg.norm(colours, axis=1, keepdims=True)


def write_celeba(folder: Path, people: dict[int, int], pictures: int) -> None:
    """A folder in CelebA's layout, with so many people in each partition, numbered from 0."""
    (folder / "img_celeba").mkdir(parents=True)
    identities, points, partition = [], [], []
    for person, part in enumerate(np.repeat(list(people), list(people.values()))):
        colour = np.random.default_rng(person).integers(0, 256, 3)
        for picture in range(pictures):
            name = f"{person}_{picture}.png"
            cv2.imwrite(str(folder / "img_celeba" / name), np.full((112, 112, 3), colour, np.uint8))
            identities.append(f"{name} {person}")
            points.append(" ".join([name, *MARKS]))
            partition.append(f"{name} {part}")
    (folder / "identity_CelebA.txt").write_text("\n".join(identities))
    (folder / "list_landmarks_celeba.txt").write_text("\n".join(points))
    (folder / "list_eval_partition.txt").write_text("\n".join(partition))


def write_pairs(folder: Path) -> None:
    """LFW's lists beside what `write_celeba` wrote: two folds of pairs of the first two people."""
    names = [f"img_celeba/{person}_{picture}.png" for person in (0, 1) for picture in (0, 1)]
    header = ["file", *(f"n{i}" for i in range(10))]
    (folder / "landmarks.csv").write_text("\n".join(",".join(row) for row in (header, *([n, *MARKS] for n in names))))
    pairs = [f"{fold},{int(other == 1)},{names[0]},{names[other]}" for fold in (0, 1) for other in (1, 2, 3)]
    (folder / "pairs.csv").write_text("\n".join(["fold,same,a,b", *pairs]))
