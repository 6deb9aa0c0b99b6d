"""Score sets: written, read back, and refused where they do not belong."""

import numpy as np
import pytest

from models.errors import ModelError
from models.manifest import ModelEntry, ModelInput
from models.scores import ScoreSet, read_scores, scores_path


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
