"""The score set of made-up people."""

import numpy as np
import pytest

from training.errors import TrainingError
from training.scores import LOOKS, PICTURES, make, score_set


def crowd(people=6, pictures=9):
    random = np.random.default_rng(0)
    vectors = np.repeat(random.normal(size=(people, 16)), pictures, 0) + 0.1 * random.normal(
        size=(people * pictures, 16)
    )
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float32), np.repeat(np.arange(people) + 7, pictures)


def test_everybody_is_a_stranger_to_everybody_else():
    vectors, people = crowd()
    found = score_set(vectors, vectors, people, "a" * 64)
    assert found.scores.shape == (6 * LOOKS, len(PICTURES), 6)
    own = np.isnan(found.scores)
    assert own.sum() == 6 * LOOKS * len(PICTURES)
    assert own[np.arange(6 * LOOKS), :, found.strangers].all()


def test_a_score_is_that_of_a_search():
    vectors, people = crowd()
    found = score_set(vectors, vectors, people, "a" * 64)
    expected = vectors[people == 7].mean(0) @ vectors[people == 8].mean(0)
    np.testing.assert_allclose(np.nanmean(found.scores[:LOOKS, :, 1]), expected, atol=0.05)


def test_looks_are_asked_for_and_samples_are_enrolled():
    vectors, people = crowd()
    looks = np.zeros_like(vectors)
    looks[:, 0] = 1
    found = score_set(looks, vectors, people, "a" * 64).scores
    np.testing.assert_allclose(found[0, :, 2], found[3, :, 2])  # all looks are the same, the samples are not
    assert np.nanstd(found[0, 0]) > 0.05


def test_too_few_people_are_told(tmp_path):
    (tmp_path / "identity_CelebA.txt").write_text("a.png 1")
    (tmp_path / "list_landmarks_celeba.txt").write_text("a.png " + " ".join("0123456789"))
    (tmp_path / "list_eval_partition.txt").write_text("a.png 1")
    with pytest.raises(TrainingError, match="too few people"):
        make(tmp_path, None, "a" * 64)
