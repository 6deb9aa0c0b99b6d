"""Which stays are one face's."""

import numpy as np
import pytest

from stream.unknowns.grouping import group_means, merges, nearest_group, summary
from tests.fakes import unit

EMBEDDINGS = np.stack([unit(1, 0.2), unit(0, 1), unit(1, -0.2), unit(0.2, 1)])
OWNERS = np.array([7, 3, 7, 3])


def test_a_stay_joins_the_nearest_group_above_the_threshold():
    assert nearest_group(EMBEDDINGS, OWNERS, unit(1, 0.1), 0.9)[0] == 7
    assert nearest_group(EMBEDDINGS, OWNERS, unit(0.1, 1), 0.9)[0] == 3
    assert nearest_group(EMBEDDINGS, OWNERS, unit(0, 0, 1), 0.1) is None
    assert nearest_group(EMBEDDINGS[:0], OWNERS[:0], unit(1), 0.1) is None


def test_one_stay_alone_that_is_like_it_does_not_make_a_whole_group_so():
    embeddings, owners = np.stack([unit(1), unit(0, 1), unit(0, 0, 1)]), np.array([1, 1, 1])
    assert nearest_group(embeddings, owners, unit(1), 0.5) is None


def test_groups_with_a_mean_similarity_above_the_threshold_become_one_with_the_lower_number():
    numbers, means = group_means(EMBEDDINGS, OWNERS)
    assert numbers.tolist() == [3, 7]
    mean = np.mean([[a @ b for a in EMBEDDINGS[OWNERS == 3]] for b in EMBEDDINGS[OWNERS == 7]])
    assert means[0] @ means[1] == pytest.approx(mean, abs=1e-6)
    assert merges(numbers, means, mean - 0.01) == [(7, 3)]
    assert merges(numbers, means, mean + 0.01) == []
    assert merges(numbers[:1], means[:1], 0.0) == []


def test_what_was_split_by_hand_never_becomes_one_also_not_over_a_third():
    numbers = np.array([1, 2, 3])
    means = np.stack([unit(1, 0.3), unit(1, -0.3), unit(1, 0.28)])
    assert merges(numbers, means, 0.5) == [(2, 1), (3, 1)]
    assert merges(numbers, means, 0.5, apart={(1, 2)}) == [(3, 1)]
    assert merges(numbers, means, 0.5, apart={(2, 3)}) == [(3, 1)]
    assert merges(numbers, means, 0.5, apart={(1, 3)}) == []  # the nearest two: the third is left for a person


def test_the_similarity_of_two_stays_is_as_if_one_of_the_two_were_of_unit_length():
    looks = np.stack([unit(1, 0.5), unit(1, -0.5)])
    stay = summary(looks, np.ones(2, np.float32))
    mean = looks.mean(axis=0)
    assert stay @ stay == pytest.approx(mean @ mean / np.linalg.norm(mean))
    assert np.allclose(summary(looks, np.array([1, 1e-6], np.float32)), looks[0], atol=1e-4)
