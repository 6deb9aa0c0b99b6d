"""How often a stranger's track would get some name, by threshold and size of the gallery."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.scores import ScoreSet

GRID = np.linspace(-1.0, 1.0, 201)  # thresholds (cosine) at which rates are counted; between them they are interpolated
TINY = 1e-12
MOST = 0.9999  # cosine, for a finite Fisher's z

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """The false-accept rate per search, by threshold.

    Rates below `floor` are not counted but read off a straight line that goes on from the last counted tenth, in the
    logarithm of the rate. Cosines end at 1, so that the line rather gives too high a threshold.

    Attributes:
        rates: (201,) of the thresholds in GRID, falling, for as large a gallery as can be drawn from the score set.
        parts: how many such galleries the gallery in question is worth.
        floor: the rate of one stranger among those of the score set.
        shift: by how much more alike than those of the score set the people in question are, as Fisher's z.
    """

    rates: Floats
    parts: float
    floor: float
    shift: float = 0.0

    def threshold(self, far: float) -> float:
        """The threshold (cosine) at which the share `far` of the strangers' searches would give a name."""
        part = -math.expm1(math.log1p(-far) / self.parts)
        if part >= self.floor:
            threshold = self._counted(part)
        else:
            threshold = self._counted(self.floor) + self._tenth() * math.log10(self.floor / part)
        return moved(threshold, self.shift)

    def rate(self, threshold: float) -> float:
        """The share of the strangers' searches that would give a name at a threshold."""
        threshold = moved(threshold, -self.shift)
        beyond = threshold - self._counted(self.floor)
        if beyond <= 0:
            part = math.exp(-np.interp(threshold, GRID, self._levels()))
        else:
            part = self.floor * math.pow(10, -beyond / self._tenth())
        return -math.expm1(math.log1p(-min(part, 1 - TINY)) * self.parts)

    def _levels(self) -> Floats:
        return np.asarray(-np.log(np.maximum(self.rates, TINY)))

    def _counted(self, rate: float) -> float:
        return float(np.interp(-math.log(rate), self._levels(), GRID))

    def _tenth(self) -> float:
        """The step in cosine from ten times the floor to the floor."""
        step = self._counted(self.floor) - self._counted(min(10 * self.floor, 0.99))
        return max(step, float(GRID[1] - GRID[0]))


class FalseAccepts:
    """Curves for a gallery, from the strangers of a score set.

    A gallery of n people is n columns drawn from the set. A stranger of whose N columns k are above the threshold gets
    no name with the chance that none of the k is drawn, C(N - k, n) / C(N, n), which is taken as
    (1 - n / (N - (k - 1) / 2)) ** k: exact for k = 0 and 1, and defined for the broken k of a gallery in which people
    have different numbers of pictures. More than half of the set is never drawn: a gallery that is larger counts as
    several, as if their strangers had nothing in common, which rather overestimates the rate.

    Args:
        pictures: of each enrolled person; a column with the nearest number in the score set stands for them.
    """

    def __init__(self, scores: ScoreSet, pictures: Sequence[int]) -> None:
        nearest = np.abs(scores.pictures[:, None] - np.asarray(pictures)).argmin(0)
        share = np.bincount(nearest, minlength=len(scores.pictures)) / len(pictures)
        self.people = scores.scores.shape[2]
        self._strangers = scores.strangers
        self._pairs = pair_matrix(np.einsum("v,rvp->rp", share, scores.scores), scores.strangers)
        above = np.zeros((len(scores.scores), len(GRID), self.people), np.float32)
        for variant in np.flatnonzero(share):  # NaN is above nothing
            above += np.float32(share[variant]) * (scores.scores[:, variant, None] > GRID[:, None])
        self._above = above.sum(axis=2)
        self._unnamed = np.log1p(-np.minimum(above, 1 - 1e-6))
        self._drawn = min(len(pictures), (self.people - 1) // 2)
        self._parts = len(pictures) / self._drawn

    def alikeness(self, times: NDArray[np.integer]) -> float:
        """How alike the people of the score set are who count so many times (P,); see `pair_mean`."""
        return pair_mean(self._pairs, times)

    def expected(self, shift: float) -> Curve:
        """The mean curve of all galleries, for people by `shift` more alike than those of the score set."""
        others = self.people - 1
        unnamed = np.clip(1 - self._drawn / (others - (self._above - 1) / 2), 0, 1) ** self._above
        return self._curve(1 - unnamed.mean(axis=0), shift)

    def draw(self, random: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """A gallery, as columns, and how many times each person (P,) is a stranger to it."""
        gallery, others = np.split(random.permutation(self.people), [self._drawn])
        return gallery, np.bincount(random.choice(others, len(others)), minlength=self.people)

    def drawn(self, gallery: NDArray[np.int64], times: NDArray[np.int64], shift: float) -> Curve:
        """The curve of one gallery for some strangers, as `draw` gives them."""
        enrolled = np.bincount(gallery, minlength=self.people).astype(np.float32)
        counted = times[self._strangers]
        rates = counted @ -np.expm1(self._unnamed @ enrolled) / counted.sum()
        return self._curve(rates, shift)

    def _curve(self, rates: Floats, shift: float) -> Curve:
        return Curve(np.asarray(rates, np.float64), self._parts, 1 / len(np.unique(self._strangers)), shift)


def moved(cosine: float, shift: float) -> float:
    """A cosine moved by a distance in Fisher's z, in which equal steps tell as much near 1 as near 0."""
    return math.tanh(math.atanh(min(max(cosine, -MOST), MOST)) + shift)


def pair_matrix(scores: NDArray[np.float32], owners: NDArray[np.int64]) -> Floats:
    """Mean score, as Fisher's z, of each person's looks against each other person: (R, P) to (P, P)."""
    z = np.arctanh(np.clip(scores, -MOST, MOST))
    total = np.zeros((scores.shape[1], scores.shape[1]))
    np.add.at(total, owners, z)
    return np.asarray(total / np.maximum(np.bincount(owners, minlength=len(total)), 1)[:, None])


def pair_mean(pairs: Floats, times: NDArray[np.integer]) -> float:
    """Mean over the pairs of different people, each person counted so many times (P,); NaN where there is no pair."""
    weights = np.outer(times, times) * ~np.isnan(pairs)
    return float((weights * np.nan_to_num(pairs)).sum() / weights.sum()) if weights.any() else math.nan
