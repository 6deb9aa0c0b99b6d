"""The embedder over a fake network that averages its input."""

from pathlib import Path

import numpy as np
import pytest

from models.embedder import Embedder
from models.errors import ModelError
from models.manifest import ModelEntry, ModelInput


class Averages:
    """Left and right brightness in the first two of `dimensions` numbers."""

    def __init__(self, size: int | None = None, dimensions: int = 512) -> None:
        given = ModelInput(size, size, "rgb", (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
        self.entry = ModelEntry("averages", "embedding", Path("averages.onnx"), "ab12", given)
        self.dimensions, self.shapes = dimensions, []

    def run(self, batch):
        self.shapes.append(batch.shape)
        half = batch.shape[3] // 2
        vectors = np.zeros((len(batch), self.dimensions), np.float32)
        vectors[:, 0] = batch[..., :half].mean((1, 2, 3))
        vectors[:, 1] = batch[..., half:].mean((1, 2, 3))
        return [vectors]


def left_lit(count=1):
    crops = np.zeros((count, 112, 112, 3), np.uint8)
    crops[:, :, :56] = 200
    return crops


def test_vectors_have_unit_length():
    vectors = Embedder(Averages()).embed(left_lit(3))
    assert vectors.shape == (3, 512) and vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_flip_adds_the_mirrored_face():
    vector = Embedder(Averages()).embed(left_lit(), flip=True)[0]
    np.testing.assert_allclose(vector[:2], [0.5**0.5, 0.5**0.5], atol=1e-6)


def test_crops_are_resized_to_what_the_network_expects():
    network = Averages(size=64)
    Embedder(network).embed(left_lit(2))
    assert network.shapes == [(2, 3, 64, 64)]


def test_a_network_of_free_size_gets_the_crops_as_they_are():
    network = Averages()
    Embedder(network).embed(left_lit())
    assert network.shapes == [(1, 3, 112, 112)]


def test_no_crops_give_no_vectors_and_no_run():
    network = Averages()
    assert Embedder(network).embed(np.zeros((0, 112, 112, 3), np.uint8)).shape == (0, 512)
    assert network.shapes == []


def test_a_vector_of_zeros_stays_finite():
    assert np.isfinite(Embedder(Averages()).embed(np.zeros((1, 112, 112, 3), np.uint8))).all()


def test_a_network_of_another_width_is_refused():
    with pytest.raises(ModelError, match="no embedder for this program: name another"):
        Embedder(Averages(dimensions=128)).embed(left_lit())


def test_the_digest_is_that_of_the_file():
    assert Embedder(Averages()).digest == "ab12"
