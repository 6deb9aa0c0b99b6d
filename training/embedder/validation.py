"""How well a network that trains tells people apart: those whom it trains on, and others."""

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from models.manifest import ModelInput
from models.runtime import preprocess
from training.data.celeba import VALIDATION, require_apart
from training.embedder.faces import Faces, fitted
from training.evaluate.rates import pair_scores, tpr_at

UNSEEN_CROPS = 1000
KNOWN_PEOPLE = 1000  # training people, two crops each, who show how much of an error is not one of generalising
FPRS = (0.01, 0.001)
CURVES = [f"{whose}_tpr_at_fpr_{fpr:g}" for whose in ("unseen", "known") for fpr in FPRS]


def embed(network: nn.Module, faces: Faces, rows: NDArray[np.int64], expected: ModelInput, batch: int = 64) -> Tensor:
    """Unit vectors (N, 512) of packed crops, in evaluation mode; the network is left in the mode it came in."""
    training, device = network.training, next(network.parameters()).device
    network.eval()
    with torch.inference_mode():
        parts = [
            network(torch.from_numpy(preprocess(fitted(faces.crops[some], expected), expected)).to(device)).cpu()
            for some in np.split(rows, range(batch, len(rows), batch))
        ]
    network.train(training)
    return torch.cat(parts)


class Validation:
    """TPR at FPR .01 and .001 over all pairs of crops of people whom a network has not seen, and of whom it trains on.

    Args:
        rows: the crops for training; a thousand of their people are the known ones, with two crops each.

    Raises:
        TrainingError: somebody is in two partitions.
    """

    def __init__(self, faces: Faces, rows: NDArray[np.int64], expected: ModelInput) -> None:
        unseen, people = faces.rows(VALIDATION, 2)[:UNSEEN_CROPS], faces.lists.people
        require_apart(people[rows], people[unseen])
        self.faces, self.expected = faces, expected
        self.parts = unseen, rows[two_each(people[rows], KNOWN_PEOPLE)]

    def __call__(self, network: nn.Module) -> dict[str, float]:
        """The figures by their names in CURVES; NaN where there are too few pairs."""
        rates = [rate for rows in self.parts for rate in self._rates(network, rows)]
        return dict(zip(CURVES, rates, strict=True))

    def _rates(self, network: nn.Module, rows: NDArray[np.int64]) -> list[float]:
        vectors = embed(network, self.faces, rows, self.expected).float().numpy()
        rates = tpr_at(*pair_scores(vectors, self.faces.lists.people[rows]), FPRS)
        return [round(rates.get(f"{fpr:g}", math.nan), 4) for fpr in FPRS]


def two_each(people: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Places in `people` of two crops each of `count` people (of all who have two, if fewer), the same every time."""
    numbers, counts = np.unique(people, return_counts=True)
    chosen = np.random.default_rng(0).permutation(numbers[counts > 1])[:count]
    return np.concatenate([np.flatnonzero(people == person)[:2] for person in chosen])
