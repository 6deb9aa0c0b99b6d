"""Whitening: directions in which one person's pictures differ count for less."""

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("timm")
from training.whitening import within_class_whitening

pytestmark = pytest.mark.training


def people_of(spreads, count=400, each=6, seed=0):
    """Vectors (N, D) of people whose own pictures spread by so much in each direction, and whose they are."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(count, len(spreads)))
    vectors = np.repeat(centres, each, axis=0) + random.normal(size=(count * each, len(spreads))) * spreads
    return vectors.astype(np.float32), np.repeat(np.arange(count), each)


def test_every_direction_varies_alike_within_a_person():
    vectors, people = people_of([0.1, 1.0, 3.0])
    matrix, mean = within_class_whitening(vectors, people, shrinkage=0.0)
    white = (vectors - mean) @ matrix.T
    rest = white - np.stack([white[people == p].mean(0) for p in range(400)])[people]
    np.testing.assert_allclose(rest.T @ rest / (len(rest) - 400), np.eye(3), atol=1e-6)


def test_the_mean_of_all_goes_to_the_origin():
    vectors, people = people_of([0.1, 1.0])
    matrix, mean = within_class_whitening(vectors + 5, people)
    np.testing.assert_allclose(((vectors + 5 - mean) @ matrix.T).mean(0), 0, atol=1e-4)


def test_full_shrinkage_leaves_the_directions_nearly_as_they_are():
    vectors, people = people_of([0.1, 1.0])
    matrix, _ = within_class_whitening(vectors, people, shrinkage=1e6)
    assert matrix[0, 0] == pytest.approx(matrix[1, 1], rel=1e-3)
