"""The rate at which strangers get a name, against strangers whose scores can be drawn at will."""

import numpy as np
import pytest

from models.scores import ScoreSet, person_scores
from stream.gallery.calibration.false_accepts import GRID, FalseAccepts, levels_of, variants

KNOWN = np.array([1, 2, 3, 5, 8])


@pytest.mark.parametrize(
    ("pictures", "expected"),
    [
        (1, [(0, 1.0, 0.0), (1, 0.0, 0.0)]),
        (4, [(2, 0.437, 0.0), (3, 0.563, 0.0)]),
        (8, [(4, 1.0, 0.0)]),
        (32, [(4, 1.0, 2.0)]),
    ],
)
def test_what_stands_for_a_person_with_so_many_pictures(pictures, expected):
    for found, wanted in zip(variants(KNOWN, pictures), expected, strict=True):
        assert found == pytest.approx(wanted, abs=1e-3)


PEOPLE, SPREAD = 60, 0.5


def looks(random, people, pictures):
    """Unit vectors (people * pictures, 20) of random people, whose pictures differ."""
    vectors = random.normal(size=(people, 1, 20)) + SPREAD * random.normal(size=(people, pictures, 20))
    return (vectors / np.linalg.norm(vectors, axis=2, keepdims=True)).reshape(-1, 20).astype(np.float32)


def score_set(random):
    """Strangers against people with each of the known numbers of pictures."""
    table = [
        person_scores(looks(random, PEOPLE, 1) @ looks(random, PEOPLE, count).T, np.arange(PEOPLE) * count)
        for count in KNOWN
    ]
    return ScoreSet("a" * 64, KNOWN, np.stack(table, 1), np.arange(PEOPLE))


@pytest.mark.parametrize("pictures", [1, 4, 6, 8, 12, 30])
def test_the_rate_is_the_wanted_one_whatever_the_number_of_pictures(pictures):
    rates = []
    for seed in range(8):
        random = np.random.default_rng([seed, pictures])
        threshold = FalseAccepts(score_set(random), {pictures: 20}).expected(shift=0.0).threshold(0.05)
        strangers, gallery = looks(random, 1000, 1), looks(random, 20, pictures)
        scores = person_scores(strangers @ gallery.T, np.arange(20) * pictures)
        rates.append((scores.max(axis=1) >= threshold).mean())
    assert 0.03 < np.mean(rates) < 0.07


def test_rate_and_threshold_are_each_others_inverse_also_below_what_was_counted():
    curve = FalseAccepts(score_set(np.random.default_rng(0)), {2: 10}).expected(shift=0.05)
    for far in (0.3, 0.01, 1e-3):
        assert curve.rate(curve.threshold(far)) == pytest.approx(far, rel=1e-6)
    assert curve.threshold(1e-3) > curve.threshold(0.01)


def test_a_gallery_larger_than_can_be_drawn_counts_as_several():
    counted = np.clip(0.5 - GRID / 2, 0, 1)
    one, four = (levels_of(counted, floor=1e-3, parts=parts) for parts in (1, 4))
    at = np.searchsorted(GRID, 0.8)
    assert np.exp(-one[at]) == pytest.approx(0.1)
    assert np.exp(-four[at]) == pytest.approx(1 - 0.9**4)
