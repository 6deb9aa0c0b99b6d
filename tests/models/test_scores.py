"""How alike people are, against a naive loop; score sets: written, read back, refused where they do not belong."""

import numpy as np
import pytest
from numpy.typing import NDArray

from models.errors import ModelError
from models.manifest import ModelEntry, ModelInput
from models.scores import AGREEING, ScoreSet, person_scores, read_scores, scores_path


@pytest.fixture
def entry(tmp_path) -> ModelEntry:
    anything = ModelInput(None, None, "rgb", (0, 0, 0), (1, 1, 1))
    return ModelEntry("own", "embedding", tmp_path / "own.onnx", "a" * 64, anything)


def made(digest="a" * 64) -> ScoreSet:
    scores = np.array([[[np.nan, 0.25]], [[0.5, np.nan]]], np.float32)
    return ScoreSet(digest, np.array([1]), scores, np.array([0, 1]))


def test_a_set_comes_back_as_it_was_written(entry):
    made().write(scores_path(entry.path))
    found = read_scores(entry)
    assert found.digest == entry.sha256
    np.testing.assert_array_equal(found.scores, made().scores)
    assert found.scores.dtype == np.float32
    assert (found.pictures.tolist(), found.strangers.tolist()) == ([1], [0, 1])
    assert [file.name for file in entry.path.parent.iterdir()] == ["own.scores.npz"]


def test_no_search_gives_no_scores():
    assert person_scores(np.zeros((0, 3), np.float32), np.array([0, 2])).shape == (0, 2)


def test_an_embedder_may_have_none(entry):
    assert read_scores(entry) is None


def test_the_set_of_another_embedder_is_refused(entry):
    made("b" * 64).write(scores_path(entry.path))
    with pytest.raises(ModelError, match=r"another embedder than own\.onnx"):
        read_scores(entry)


@pytest.mark.parametrize("damage", [lambda data: b"", lambda data: data[:-30], lambda data: b"no archive at all"])
def test_a_damaged_set_is_told(entry, damage):
    path = scores_path(entry.path)
    made().write(path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ModelError, match="cannot be read"):
        read_scores(entry)


def naive_scores(similarities: NDArray[np.float32], starts: NDArray[np.intp]) -> list[list[float]]:
    return [
        [float(np.mean(sorted(samples)[-AGREEING:])) for samples in np.split(row, starts[1:])] for row in similarities
    ]


def test_score_is_the_mean_of_the_three_most_similar_samples() -> None:
    similarities = np.array([[0.1, 0.9, 0.5, 0.7, 0.2, 0.4]], np.float32)
    scores = person_scores(similarities, np.array([0, 4]))
    np.testing.assert_allclose(scores, [[0.7, 0.3]], rtol=1e-6)


def test_equal_similarities_count_as_often_as_they_occur() -> None:
    scores = person_scores(np.array([[0.8, 0.8, 0.2, 0.8]], np.float32), np.array([0, 3]))
    np.testing.assert_allclose(scores, [[0.6, 0.8]], rtol=1e-6)


@pytest.mark.parametrize("seed", range(30))
def test_a_thousand_embeddings_score_like_a_naive_loop(seed: int) -> None:
    random = np.random.default_rng(seed)
    people, queries = random.integers(1, 1000), random.integers(1, 5)
    starts = np.sort(np.concatenate([[0], random.choice(np.arange(1, 1000), people - 1, replace=False)]))
    similarities = random.uniform(-1, 1, (queries, 1000)).astype(np.float32).round(2)  # rounded: with equal ones
    scores = person_scores(similarities, starts)
    np.testing.assert_allclose(scores, naive_scores(similarities, starts), atol=1e-5)


def test_a_sample_that_is_left_out_does_not_count() -> None:
    similarities = np.array([[0.9, -np.inf, 0.5, -np.inf]], np.float32)
    np.testing.assert_allclose(person_scores(similarities, np.array([0, 3])), [[0.7, np.nan]], rtol=1e-6)


def test_scoring_leaves_the_similarities_as_they_are() -> None:
    similarities = np.array([[0.1, 0.9]], np.float32)
    person_scores(similarities, np.array([0]))
    np.testing.assert_array_equal(similarities, np.array([[0.1, 0.9]], np.float32))


def test_nobody_enrolled_scores_nobody() -> None:
    assert person_scores(np.empty((2, 0), np.float32), np.empty(0, np.intp)).shape == (2, 0)
