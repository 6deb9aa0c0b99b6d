"""Similarity scores, and true-accept rates at fixed false-accept rates."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.scores import person_scores

LEAST_IMPOSTORS = 10  # impostor pairs above the threshold without which a rate would rest on chance


def tpr_at(genuine: NDArray[np.floating], impostor: NDArray[np.floating], fprs: Sequence[float]) -> dict[str, float]:
    """Share of genuine scores (G,) above the threshold that lets through each share of the impostor scores (I,).

    A rate is given only where at least 10 impostor pairs lie above its threshold.
    """
    descending = np.sort(impostor)[::-1]
    rates = {}
    for fpr in fprs:
        passed = int(fpr * len(descending) + 1e-9)
        if passed >= LEAST_IMPOSTORS:
            threshold = descending[passed] if passed < len(descending) else -np.inf
            rates[f"{fpr:g}"] = float((genuine > threshold).mean())
    return rates


def pair_scores(
    embeddings: NDArray[np.float32], people: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Cosines of all pairs of unit vectors (N, D): those of the same person, and those of different people."""
    first, second = np.triu_indices(len(people), 1)
    cosines = (embeddings @ embeddings.T)[first, second]
    same = people[first] == people[second]
    return cosines[same], cosines[~same]


def search_scores(
    probes: NDArray[np.float32], gallery: NDArray[np.float32], owners: NDArray[np.int64]
) -> NDArray[np.float32]:
    """What each probe scores against each enrolled person, as the product scores it (`models.scores`).

    Args:
        probes: (P, D) unit vectors.
        gallery: (N, D) unit vectors of the samples.
        owners: (N,) whose samples they are.

    Returns (P, people), the people in the order of their numbers.
    """
    order = np.argsort(owners, kind="stable")
    _, starts = np.unique(owners[order], return_index=True)
    return person_scores(probes @ gallery[order].T, starts)
