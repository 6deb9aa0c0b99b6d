"""By how much false matches crowd together: a few people, who look like many others, take part in most of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DRAWS = 10


@dataclass(frozen=True, slots=True)
class Crowding:
    """False matches, and who takes part in them.

    Attributes:
        matches: how many there are.
        share: least share of all people of whom one at least takes part in half of the matches.
        even: that share if every pair of people were as likely as any other.
    """

    matches: int
    share: float
    even: float


def crowding(matches: NDArray[np.integer], people: int) -> Crowding:
    """How the false matches (M, 2) of people (numbers from 0) crowd together; M is at least 1."""
    random = np.random.default_rng(0)
    first = random.integers(people, size=(DRAWS, len(matches)))
    second = (first + random.integers(1, people, size=first.shape)) % people
    even = [_share(np.stack(pair, axis=1), people) for pair in zip(first, second, strict=True)]
    return Crowding(len(matches), _share(matches, people), float(np.mean(even)))


def false_matches(vectors: NDArray[np.float32], people: NDArray[np.int64], rate: float) -> NDArray[np.int64]:
    """The people (M, 2) of the most similar of all pairs of pictures (N, D) of different people, this share of them."""
    first, second = np.triu_indices(len(people), 1)
    different = people[first] != people[second]
    first, second = first[different], second[different]
    cosines = (vectors @ vectors.T)[first, second]
    most = np.argpartition(cosines, -max(1, round(rate * len(cosines))))[-max(1, round(rate * len(cosines))) :]
    return np.stack([people[first[most]], people[second[most]]], axis=1)


def _share(matches: NDArray[np.integer], people: int) -> float:
    """Of the people, the most frequent first, those who are needed for half of the matches."""
    frequency = np.bincount(matches.ravel(), minlength=people)
    rank = np.empty(people, np.int64)
    rank[np.argsort(-frequency, kind="stable")] = np.arange(people)
    covered_with = np.sort(rank[matches].min(axis=1)) + 1
    return float(covered_with[(len(matches) - 1) // 2] / people)
