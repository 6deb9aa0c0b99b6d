"""The threshold that an embedder ships with, from what strangers score against a small gallery.

The people are CelebA's validation people. A gallery of another size needs another threshold, which `calibrate` finds
on the user's own.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.data.celeba import VALIDATION, read_celeba
from training.data.pictures import Pictures
from training.errors import TrainingError
from training.evaluate.faces import Embeds, Locates, People, Vectors, aligned, embed
from training.evaluate.identification import search

SPLITS = 200


@dataclass(frozen=True, slots=True)
class Threshold:
    """A cosine above which the share `far` of the strangers' searches would get a name.

    Attributes:
        low, high: between these lies the threshold of nine in ten random galleries.
        named_rightly: share of the enrolled people's own searches that get their name at this threshold.
    """

    cosine: float
    low: float
    high: float
    far: float
    enrolled: int
    named_rightly: float


def evaluate(
    data: Path, embedder: Embeds, far: float = 0.01, enrolled: int = 20, landmarker: Locates | None = None
) -> Threshold:
    """The threshold measured on partition 1 of a folder in CelebA's layout; partition 2 is never looked at.

    A landmarker's points align the faces instead of the given ones.

    Raises:
        TrainingError: the data are missing or malformed, or of too few people.
    """
    celeba = read_celeba(data).part(VALIDATION)
    if len(np.unique(celeba.people)) < 2 * enrolled:
        raise TrainingError(f"{data} has too few people in partition 1 for a gallery of {enrolled} and strangers.")
    crops = aligned(Pictures(data), [f"img_celeba/{file}" for file in celeba.files], celeba.points, landmarker)
    return threshold(embed(embedder, crops), celeba.people, far, enrolled)


def threshold(vectors: Vectors, people: People, far: float, enrolled: int, splits: int = SPLITS) -> Threshold:
    """Draw galleries of `enrolled` people with one to three pictures each; everybody else is a stranger to them.

    A search is one picture, scored as in the product: the mean of the three largest cosines to a person's samples.
    """
    strangers, known, right, each = [], [], [], []
    for split in range(splits):
        random = np.random.default_rng(split)
        persons = random.choice(np.unique(people), enrolled, replace=False)
        rows = [random.choice(np.flatnonzero(people == p), random.integers(1, 4), replace=False) for p in persons]
        gallery = np.concatenate(rows)
        inside = np.isin(people, persons)
        own = np.setdiff1d(np.flatnonzero(inside), gallery)
        other = search(vectors[~inside], people[~inside], vectors[gallery], people[gallery])
        found = search(vectors[own], people[own], vectors[gallery], people[gallery])
        strangers.append(other.scores)
        each.append(np.quantile(other.scores, 1 - far))
        known.append(found.scores)
        right.append(found.right)
    cosine = float(np.quantile(np.concatenate(strangers), 1 - far))
    named = (np.concatenate(known) > cosine) & np.concatenate(right)
    low, high = np.quantile(each, [0.05, 0.95])
    return Threshold(cosine, float(low), float(high), far, enrolled, float(named.mean()))


def reason(found: Threshold) -> str:
    """How the threshold came about, for the manifest."""
    return (
        f"{found.far:.0%} of searches by strangers (one picture each) get a name from a gallery of {found.enrolled} "
        f"people with one to three pictures each, and {found.named_rightly:.0%} of the enrolled people's get the right "
        f"one; score per person: mean of the three largest cosines; {SPLITS} random galleries of CelebA's partition 1, "
        f"nine in ten of which would put it between {found.low:.3f} and {found.high:.3f}"
    )
