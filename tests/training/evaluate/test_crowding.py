"""False matches that crowd together, and some that do not."""

import numpy as np
import pytest

from training.evaluate.crowding import crowding, false_matches


def test_one_who_is_like_everybody_takes_part_in_half_of_the_matches():
    matches = np.array([[3, 0], [1, 3], [3, 2], [4, 5], [6, 7]])
    found = crowding(matches, people=10)
    assert (found.matches, found.share) == (5, 0.1)


def test_matches_of_everybody_with_everybody_need_many():
    pairs = np.stack(np.triu_indices(100, 1), axis=1)
    found = crowding(pairs, people=100)
    assert found.share == pytest.approx(0.3, abs=0.02)  # 1 - sqrt(1/2) of the people are in half of all pairs
    assert found.even == pytest.approx(found.share, abs=0.06)


def test_false_matches_are_the_most_similar_pairs_of_different_people():
    degrees = np.radians([0, 1, 10, 90, 100])
    vectors = np.stack([np.cos(degrees), np.sin(degrees)], axis=1).astype(np.float32)
    people = np.array([0, 0, 1, 2, 2])
    assert false_matches(vectors, people, 1 / 8).tolist() == [[0, 1]]
    assert sorted(false_matches(vectors, people, 2 / 8).tolist()) == [[0, 1], [0, 1]]
