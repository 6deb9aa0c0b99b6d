"""Made-up faces for tests of the database."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from db import Database, NewSample, NewSnapshot
from db.records import untold
from models.images import to_jpeg

__all__ = ["untold"]

DIGEST = "a" * 64


def embedding(seed: int) -> NDArray[np.float32]:
    """A unit vector, which differs from seed to seed."""
    vector = np.random.default_rng(seed).normal(size=512).astype(np.float32)
    return vector / np.linalg.norm(vector)


def units(count: int, seed: int) -> NDArray[np.float32]:
    """(count, 512) unit vectors at random."""
    vectors = np.random.default_rng(seed).normal(size=(count, 512)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def new_sample(seed: int = 0, digest: str = DIGEST, crop: bytes = b"\xff\xd8 a face") -> NewSample:
    return NewSample(embedding(seed), digest, quality=0.5, source=f"{seed}.jpg", crop=crop)


def grey_crop(level: int) -> bytes:
    """The JPEG of an aligned face on which nothing is but this grey."""
    return to_jpeg(np.full((112, 112, 3), level, np.uint8))


def enrol(database: Database, *names: str) -> list[int]:
    """One sample each; returns the people's ids."""
    return [database.add_samples(name, [new_sample(seed)]).id for seed, name in enumerate(names)]


def at(seconds: float) -> datetime:
    """A moment, so many seconds after the tests' beginning of time."""
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


def picture(path: Path, data: bytes = b"a face") -> NewSnapshot:
    """A snapshot of so many bytes that is to be kept there."""
    return NewSnapshot(str(path.absolute()), data)
