"""Class vectors that mean something from the first step on: those of an earlier run, or the means of people's crops.

Random ones mean nothing until their class has been seen a few times: thousands of classes keep the loss on a plateau
for an epoch.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from training import checkpoint
from training.embedder.faces import FaceBatches
from training.embedder.losses import CosineHead
from training.embedder.network import FaceNetwork
from training.embedder.validation import embed
from training.errors import TrainingError

SETTLING = 30  # batches


def means(vectors: Tensor, labels: NDArray[np.int64], classes: int) -> Tensor:
    """Unit means (classes, D) of vectors (N, D) by label (N,); a class without vectors gets zeros."""
    sums = torch.zeros(classes, vectors.shape[1]).index_add_(0, torch.from_numpy(labels), vectors.float())
    return F.normalize(sums)


def means_of_file(path: Path, rows: NDArray[np.int64], labels: NDArray[np.int64], classes: int) -> Tensor:
    """The means of crops' vectors that `training.data.vectors` left beside the packed crops.

    Raises:
        TrainingError: there is no such file, or it is of fewer crops.
    """
    if not path.is_file():
        raise TrainingError(f"There is no file {path}: python -m training.cleaning leaves it beside the packed crops.")
    vectors = np.load(path, mmap_mode="r")
    if len(vectors) <= rows.max():
        raise TrainingError(f"{path} holds {len(vectors):,} vectors, fewer than there are crops: delete it.")
    return means(torch.from_numpy(np.asarray(vectors[rows])), labels, classes)


def carried(path: Path, people: NDArray[np.int64]) -> tuple[NDArray[np.bool_], Tensor]:
    """Class vectors of a checkpoint by the people's numbers: which of `people` (P,) it knows, and theirs (known, D)."""
    state = checkpoint.load(path)
    if "people" not in state or "weight" not in state.get("head", {}):
        return np.zeros(len(people), bool), torch.zeros(0, 0)
    before = state["people"].numpy()  # ascending
    places = np.searchsorted(before, people).clip(max=len(before) - 1)
    known = before[places] == people
    return known, state["head"]["weight"][torch.from_numpy(places[known])]


def imprint(head: CosineHead, network: FaceNetwork, batches: FaceBatches, each: int) -> None:
    """Begin every class's vector as the mean embedding of its first crops.

    A new neck's norms first get their statistics from some batches.
    """
    with torch.no_grad():
        for step in range(SETTLING):
            network(batches[step].images.to(head.weight.device, memory_format=torch.channels_last))
    first = [np.flatnonzero(batches.labels == label)[:each] for label in range(len(batches.people))]
    chosen = np.concatenate(first)
    vectors = embed(network, batches.faces, batches.rows[chosen], network.input)
    begun = means(vectors, batches.labels[chosen], len(batches.people))
    head.weight.data = begun.to(head.weight.device)


def begin(
    head: CosineHead, network: FaceNetwork, batches: FaceBatches, init: str | None, vectors: Path | None, imprinted: int
) -> None:
    """Begin the class vectors by the best that is there: vectors of all crops, or some crops' by the network.

    What a checkpoint to begin from knows of the same people stays.

    Args:
        init: what the network has begun from; see `training.embedder.train`.
        vectors: a file of vectors of all crops.
        imprinted: crops of each person that begin a vector by the network; 0: none.
    """
    if vectors:
        found = means_of_file(vectors, batches.rows, batches.labels, len(batches.people))
        head.weight.data = found.to(head.weight.device)
    known = np.zeros(len(batches.people), bool)
    if init and init.endswith(".pt"):
        known, before = carried(Path(init), batches.people)
    if init and imprinted and not vectors and not known.all():
        imprint(head, network, batches, imprinted)
    if known.any():
        head.weight.data[torch.from_numpy(known)] = before.to(head.weight.device)
