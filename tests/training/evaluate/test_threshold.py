"""The shipped threshold on vectors whose cosines are known."""

import numpy as np
import pytest

pytest.importorskip("sklearn")
from training.errors import TrainingError
from training.evaluate.threshold import evaluate, reason, threshold


def crowd(people=60, pictures=6, noise=0.3, dimensions=32):
    random = np.random.default_rng(0)
    centres = np.repeat(random.normal(size=(people, dimensions)), pictures, axis=0)
    vectors = centres + noise * random.normal(size=centres.shape)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float32), np.repeat(np.arange(people), pictures)


def test_a_stricter_rate_needs_a_higher_threshold():
    vectors, people = crowd()
    loose, strict = (threshold(vectors, people, far, 20, splits=20).cosine for far in (0.1, 0.01))
    assert loose < strict


def test_a_larger_gallery_needs_a_higher_threshold():
    vectors, people = crowd()
    small, large = (threshold(vectors, people, 0.01, enrolled, splits=20).cosine for enrolled in (5, 30))
    assert small < large


def test_people_unlike_each_other_are_named_and_strangers_are_not():
    vectors = np.repeat(np.eye(40, dtype=np.float32), 4, axis=0)  # everyone at a right angle to everyone else
    found = threshold(vectors, np.repeat(np.arange(40), 4), 0.01, 20, splits=5)
    assert found.cosine == pytest.approx(0, abs=1e-6)
    assert found.named_rightly == 1
    assert "1% of searches" in reason(found)


def test_too_few_people_are_told(tmp_path):
    (tmp_path / "identity_CelebA.txt").write_text("a.png 1")
    (tmp_path / "list_landmarks_celeba.txt").write_text("a.png " + " ".join("0123456789"))
    (tmp_path / "list_eval_partition.txt").write_text("a.png 1")
    with pytest.raises(TrainingError, match="too few people"):
        evaluate(tmp_path, None)
