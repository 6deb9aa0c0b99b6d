"""Aligned faces to vectors whose cosine says how alike two faces are."""

import numpy as np
from numpy.typing import NDArray

from models.errors import ModelError
from models.runtime import Network, preprocess, resize

DIMENSIONS = 512


class Embedder:
    """An embedding network and the identity of its file: vectors of two files cannot be compared."""

    def __init__(self, network: Network) -> None:
        self.network = network

    @property
    def digest(self) -> str:
        """sha256 of the network's file."""
        return self.network.entry.sha256

    def embed(self, crops: NDArray[np.uint8], flip: bool = False) -> NDArray[np.float32]:
        """Crops (N, 112, 112, 3) as `models.align.align` cuts them -> unit vectors (N, 512); no crops give (0, 512).

        Args:
            flip: add the vector of the mirrored face: steadier, at twice the cost.

        Raises:
            ModelError: the network does not give (N, 512) finite numbers.
        """
        if len(crops) == 0:
            return np.zeros((0, DIMENSIONS), np.float32)
        vectors = self._vectors(crops)
        if flip:
            vectors = vectors + self._vectors(crops[:, :, ::-1])
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)

    def _vectors(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        expected = self.network.entry.input
        height, width = crops.shape[1:3]
        images = [resize(crop, expected.width or width, expected.height or height) for crop in crops]
        vectors = self.network.run(preprocess(images, expected))[0]
        if vectors.shape != (len(crops), DIMENSIONS) or not np.isfinite(vectors).all():
            raise ModelError(
                f"The network {self.network.entry.name} gave {vectors.shape} instead of ({len(crops)}, {DIMENSIONS}) "
                "finite numbers and is no embedder for this program: name another."
            )
        return vectors
