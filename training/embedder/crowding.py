"""Who is seen more often than others: people whom many others resemble, since it is they who are taken for one another.

A group of which the data holds few lies close together in what a network has learned, and closer the fewer they are:
seen more often, its people are learned as others are. Nobody has to say what the groups are.
"""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from training.embedder.classes import means_of_file

NEIGHBOURS = 20
SHARES = (0.1, 0.05, 0.025)  # of all people, the most crowded; each share that somebody is in gives a turn more


def crowding(centres: Tensor) -> Tensor:
    """Mean cosine (P,) of each unit vector of (P, D) to the 20 others that are most alike, or to all of fewer."""
    cosines = (centres @ centres.T).fill_diagonal_(-torch.inf)
    return cosines.topk(min(NEIGHBOURS, len(centres) - 1)).values.mean(1)


def turns(measured: Tensor) -> NDArray[np.int64]:
    """How often (P,) each person's crops are seen in an epoch, by their crowding (P,): one to four times."""
    place = measured.argsort(descending=True).argsort().numpy() / len(measured)
    return 1 + sum((place < share).astype(np.int64) for share in SHARES)


def by_crowding(rows: NDArray[np.int64], people: NDArray[np.int64], vectors: Path) -> NDArray[np.int64]:
    """The rows (N,) of crops, those of people in crowds up to four times.

    Args:
        people: (N,) whom each row shows.
        vectors: a file of vectors of all packed crops.

    Raises:
        TrainingError: there is no such file, or it is of fewer crops.
    """
    numbers, labels = np.unique(people, return_inverse=True)
    often = turns(crowding(means_of_file(vectors, rows, labels, len(numbers))))[labels]
    return np.concatenate([rows[often > turn] for turn in range(len(SHARES) + 1)])
