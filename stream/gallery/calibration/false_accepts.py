"""How often a stranger's track would get some name, by threshold and size of the gallery."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.scores import ScoreSet

GRID = np.linspace(-1.0, 1.0, 201)  # thresholds (cosine) at which rates are told; between them they are interpolated
TINY = 1e-12
MOST = 0.9999  # cosine, for a finite Fisher's z
TAIL = 0.99  # quantile of strangers' scores by whose growth those of more pictures are told

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """The false-accept rate per search, by threshold.

    Attributes:
        levels: (201,) -log of the rate at the thresholds in GRID, rising.
        shift: by how much more alike than those of the score set the people in question are, as Fisher's z.
    """

    levels: Floats
    shift: float = 0.0

    def threshold(self, far: float) -> float:
        """The threshold (cosine) at which the share `far` of the strangers' searches would give a name."""
        return moved(float(np.interp(-math.log(far), self.levels, GRID)), self.shift)

    def rate(self, threshold: float) -> float:
        """The share of the strangers' searches that would give a name at a threshold."""
        return math.exp(-np.interp(moved(threshold, -self.shift), GRID, self.levels))


def levels_of(counted: Floats, floor: float, parts: float) -> Floats:
    """-log of the rates at the thresholds in GRID (201,).

    Rates below `floor` are not counted but lie on a straight line that goes on from the last counted tenth. Cosines end
    at 1, so that the line rather gives too high a threshold.

    Args:
        counted: (201,) rates for as large a gallery as can be drawn from the score set, falling.
        floor: the rate of one stranger among those of the score set.
        parts: how many such galleries the gallery in question is worth.
    """
    levels = -np.log(np.maximum(counted, TINY))
    last, tenth_before = np.interp([-math.log(floor), -math.log(min(10 * floor, 0.99))], levels, GRID)
    tenth = max(last - tenth_before, GRID[1] - GRID[0])
    levels = np.where(last < GRID, -math.log(floor) + math.log(10) * (GRID - last) / tenth, levels)
    unnamed = np.log1p(-np.minimum(np.exp(-levels), 1 - TINY)) * parts
    return np.asarray(-np.log(np.maximum(-np.expm1(unnamed), np.finfo(float).tiny)))


class FalseAccepts:
    """Curves for a gallery, from the strangers of a score set.

    A gallery of n people is n columns drawn from the set. A stranger of whose N columns k are above the threshold gets
    no name with the chance that none of the k is drawn, C(N - k, n) / C(N, n), which is taken as
    (1 - n / (N - (k - 1) / 2)) ** k: exact for k = 0 and 1, and defined for the broken k of a gallery in which people
    have different numbers of pictures. More than half of the set is never drawn: a gallery that is larger counts as
    several, as if their strangers had nothing in common, which rather overestimates the rate.

    Args:
        enrolled: how many people have so many pictures (see `variants`), by that number.
    """

    def __init__(self, scores: ScoreSet, enrolled: Mapping[int, int]) -> None:
        self.people = scores.scores.shape[2]
        self._strangers = scores.strangers
        self._shares, self._scores = _weighted(scores, enrolled)
        count = sum(enrolled.values())
        self._drawn = min(count, (self.people - 1) // 2)
        self._parts = count / self._drawn

    def alikeness(self, times: NDArray[np.integer]) -> float:
        """How alike the people of the score set are who count so many times (P,); see `pair_mean`."""
        return pair_mean(self._pairs, times)

    def expected(self, shift: float) -> Curve:
        """The mean curve of all galleries, for people by `shift` more alike than those of the score set."""
        above = np.zeros((len(self._strangers), len(GRID)))
        for share, scores in zip(self._shares, self._scores, strict=True):
            above += share * _counts_above(scores)
        others = self.people - 1
        unnamed = np.clip(1 - self._drawn / (others - (above - 1) / 2), 0, 1) ** above
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
        return self._curve(np.asarray(rates, np.float64), shift)

    def _curve(self, counted: Floats, shift: float) -> Curve:
        return Curve(levels_of(counted, 1 / len(np.unique(self._strangers)), self._parts), shift)

    @cached_property
    def _pairs(self) -> Floats:
        return pair_matrix(np.einsum("v,vrp->rp", self._shares, self._scores), self._strangers)

    @cached_property
    def _unnamed(self) -> NDArray[np.float32]:
        """(R, 201, P) log of the chance that a person does not give a stranger their name."""
        above = np.zeros((len(self._strangers), len(GRID), self.people), np.float32)
        for share, scores in zip(self._shares, self._scores, strict=True):
            above += np.float32(share) * (scores[:, None] > GRID[:, None])  # NaN is above nothing
        return np.log1p(-np.minimum(above, 1 - 1e-6))


def variants(known: NDArray[np.integer], pictures: int) -> list[tuple[int, float, float]]:
    """What stands for a person with so many pictures: variants of a score set (V,), shares, and numbers of doublings.

    Between two of the set's numbers it is a mixture of both, and so is the rate, since scores grow with the logarithm
    of the number. Beyond the largest they grow by as much with each doubling as from the last number but one.
    """
    if pictures >= known[-1]:
        return [(len(known) - 1, 1.0, math.log2(pictures / known[-1]))]
    upper = int(np.searchsorted(known, pictures, side="right"))
    if upper == 0:
        return [(0, 1.0, 0.0)]
    share = math.log(pictures / known[upper - 1]) / math.log(known[upper] / known[upper - 1])
    return [(upper - 1, 1 - share, 0.0), (upper, share, 0.0)]


def moved(cosine: float, shift: float) -> float:
    """A cosine moved by a distance in Fisher's z, in which equal steps tell as much near 1 as near 0."""
    return math.tanh(fisher(cosine) + shift)


def fisher(cosine: float) -> float:
    """Fisher's z of a cosine."""
    return math.atanh(min(max(cosine, -MOST), MOST))


def pair_matrix(scores: NDArray[np.floating], owners: NDArray[np.int64]) -> Floats:
    """Mean score, as Fisher's z, of each person's looks against each other person: (R, P) to (P, P)."""
    z = _fisher(scores)
    total = np.zeros((scores.shape[1], scores.shape[1]))
    np.add.at(total, owners, z)
    return np.asarray(total / np.maximum(np.bincount(owners, minlength=len(total)), 1)[:, None])


def pair_mean(pairs: Floats, times: NDArray[np.integer]) -> float:
    """Mean over the pairs of different people, each person counted so many times (P,); NaN where there is no pair."""
    weights = np.outer(times, times) * ~np.isnan(pairs)
    return float((weights * np.nan_to_num(pairs)).sum() / weights.sum()) if weights.any() else math.nan


def _weighted(scores: ScoreSet, enrolled: Mapping[int, int]) -> tuple[Floats, NDArray[np.float32]]:
    """Shares (V,) of the people for whom scores (V, R, P) stand."""
    shares: dict[tuple[int, float], float] = {}
    count = sum(enrolled.values())
    for pictures, people in sorted(enrolled.items()):
        for variant, share, doublings in variants(scores.pictures, pictures):
            if share:
                shares[variant, doublings] = shares.get((variant, doublings), 0.0) + share * people / count
    step = _doubling(scores) if any(doublings for _, doublings in shares) else 0.0
    table = [
        np.tanh(_fisher(scores.scores[:, variant]) + doublings * step) if doublings else scores.scores[:, variant]
        for variant, doublings in shares
    ]
    return np.array(list(shares.values())), np.stack(table)


def _doubling(scores: ScoreSet) -> float:
    """By how much, as Fisher's z, high scores of strangers grow when people have twice as many pictures."""
    if len(scores.pictures) < 2:
        return 0.0
    fewer, most = (fisher(float(np.nanquantile(scores.scores[:, variant], TAIL))) for variant in (-2, -1))
    return max(0.0, (most - fewer) / math.log2(scores.pictures[-1] / scores.pictures[-2]))


def _fisher(scores: NDArray[np.floating]) -> NDArray[np.floating]:
    return np.asarray(np.arctanh(np.clip(scores, -MOST, MOST)))


def _counts_above(scores: NDArray[np.floating]) -> NDArray[np.int64]:
    """(R, 201) how many of each row of scores (R, P) lie above each threshold in GRID; NaN above none."""
    below = np.searchsorted(GRID, np.nan_to_num(scores, nan=-2.0))  # thresholds that a score is above
    rows = len(scores)
    size = len(GRID) + 1
    places = below + size * np.arange(rows)[:, None]
    histogram = np.bincount(places.ravel(), minlength=rows * size).reshape(rows, size)
    return np.asarray(histogram[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:])
