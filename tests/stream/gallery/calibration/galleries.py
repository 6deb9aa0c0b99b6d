"""Galleries of made-up people whose vectors, and so whose false-accept rates, can be drawn at will."""

from datetime import UTC, datetime

import numpy as np

from db import Gallery, Person

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
COMMON = 0.3  # how much all people have in common


def looks(random, people, pictures, common=COMMON):
    """Unit vectors (people, pictures, 512) of random people, in 24 dimensions: alike enough to be mistaken."""
    vectors = random.normal(size=(people, 1, 24)) + 0.4 * random.normal(size=(people, pictures, 24))
    vectors[..., 0] += common * 5
    padded = np.zeros((people, pictures, 512), np.float32)
    padded[..., :24] = vectors / np.linalg.norm(vectors, axis=2, keepdims=True)
    return padded


def gallery_of(vectors):
    people, pictures = vectors.shape[:2]
    everybody = [Person(row, f"person {row}", NOW, pictures) for row in range(people)]
    return Gallery(1, vectors.reshape(-1, 512), everybody, np.arange(people) * pictures)


def gallery(people=12, pictures=2, common=COMMON, seed=7):
    return gallery_of(looks(np.random.default_rng(seed), people, pictures, common))
