"""Embeddings as the database keeps them: 512 numbers of four bytes each, the lowest byte first."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from db.records import EMBEDDING_SIZE

STORED = np.dtype("<f4")
STORED_BYTES = EMBEDDING_SIZE * STORED.itemsize


def as_stored(vector: ArrayLike) -> bytes:
    """A (512,) vector as bytes."""
    return np.asarray(vector, STORED).tobytes()


def is_whole(stored: bytes) -> bool:
    """Whether so many bytes are a vector; what is damaged may have others."""
    return len(stored) == STORED_BYTES


def from_stored(stored: Iterable[bytes]) -> NDArray[np.float32]:
    """The vectors (N, 512) of whole bytes."""
    vectors = np.frombuffer(b"".join(stored), STORED).reshape(-1, EMBEDDING_SIZE)
    return vectors.astype(np.float32, copy=False)
