"""Vectors of the packed crops, made once."""

import numpy as np
import pytest

from training.data.vectors import forget, vectors_of
from training.errors import TrainingError
from training.evaluate.faces import BATCH


class ByGrey:
    """Embeds a crop by its grey level; may fail after some calls."""

    def __init__(self, calls=99, digest="a" * 64):
        self.calls, self.digest = calls, digest

    def embed(self, crops, flip=False):
        if self.calls == 0:
            raise KeyboardInterrupt
        self.calls -= 1
        vectors = np.zeros((len(crops), 512), np.float32)
        vectors[:, 0] = 1
        vectors[:, 1] = crops[:, 0, 0, 0] / 255
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def crops(count=3 * BATCH - 1):
    return np.arange(count, dtype=np.uint8)[:, None, None, None] * np.ones((1, 4, 4, 3), np.uint8)


def test_each_crop_has_its_vector(tmp_path):
    found = vectors_of(crops(), ByGrey(), tmp_path / "new")
    np.testing.assert_allclose(found[:, 1] / found[:, 0], np.arange(len(found)) / 255, atol=2e-3)


def test_an_interrupted_run_goes_on_and_a_finished_one_embeds_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        vectors_of(crops(), ByGrey(calls=2), tmp_path)
    assert vectors_of(crops(), ByGrey(calls=1), tmp_path).any(axis=1).all()
    assert len(vectors_of(crops(), ByGrey(calls=0), tmp_path)) == 3 * BATCH - 1


def test_another_embedder_has_its_own_file(tmp_path):
    vectors_of(crops(BATCH), ByGrey(), tmp_path)
    with pytest.raises(KeyboardInterrupt):
        vectors_of(crops(BATCH), ByGrey(calls=0, digest="b" * 64), tmp_path)


def test_the_vectors_of_other_crops_are_refused(tmp_path):
    vectors_of(crops(BATCH), ByGrey(), tmp_path)
    with pytest.raises(TrainingError, match="delete it"):
        vectors_of(crops(BATCH + 1), ByGrey(), tmp_path)


def test_vectors_of_crops_that_were_packed_anew_are_forgotten(tmp_path):
    vectors_of(crops(BATCH), ByGrey(), tmp_path)
    forget(tmp_path)
    assert len(vectors_of(crops(BATCH + 1), ByGrey(), tmp_path)) == BATCH + 1
