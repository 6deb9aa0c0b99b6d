"""Whiten a trained embedder: let the directions in which one person's pictures differ count for less.

    python -m training.whitening runs/embedder/all/last.pt runs/embedder/all/whitened.pt

The cosine of plain embeddings weighs every direction alike, although light and pose move a face along some of them far
more than along others. Dividing by the within-class covariance is the first half of Fisher's discriminant; in speaker
verification it is known as WCCN (Hatch et al. 2006).
"""

from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from numpy.typing import NDArray

from training import checkpoint
from training.celeba import TRAIN
from training.embedder import embed
from training.faces import read_faces
from training.networks import load_network

SHRINKAGE = 0.03  # towards equal variances, in shares of their mean; chosen on the validation people
LEAST = 8  # pictures of a person: with fewer, their mean is too uncertain
PEOPLE = 1000


def within_class_whitening(
    vectors: NDArray[np.float32], people: NDArray[np.int64], shrinkage: float = SHRINKAGE
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The matrix (D, D) and the mean (D,) by which `matrix @ (vector - mean)` varies alike in all directions.

    Args:
        vectors: (N, D) unit vectors.
        people: (N,) whose they are; each has several.
    """
    _, labels, counts = np.unique(people, return_inverse=True, return_counts=True)
    mean = vectors.mean(0, dtype=np.float64)
    centred = vectors - mean
    sums = np.zeros((len(counts), vectors.shape[1]))
    np.add.at(sums, labels, centred)
    rest = centred - (sums / counts[:, None])[labels]
    covariance = rest.T @ rest / (len(vectors) - len(counts))
    covariance += shrinkage * covariance.trace() / len(covariance) * np.eye(len(covariance))
    variances, directions = np.linalg.eigh(covariance)
    return (directions / np.sqrt(variances)) @ directions.T, mean


def whiten(
    source: Annotated[Path, typer.Argument(help="last.pt of training.embedder")],
    target: Annotated[Path, typer.Argument(help="the checkpoint to write")],
    faces: Annotated[Path, typer.Option(help="folder of the packed crops")] = Path("data/faces"),
    least: int = LEAST,
    number: Annotated[int, typer.Option("--people", help="people whose pictures are measured")] = PEOPLE,
    seed: int = 0,
) -> None:
    """Write the checkpoint's averaged network with a whitening as its last layer."""
    network, data = load_network(source).to(memory_format=torch.channels_last), read_faces(faces)
    rows = data.rows(TRAIN, least)
    people = data.lists.people[rows]
    everybody = np.unique(people)
    chosen = np.random.default_rng(seed).choice(everybody, min(number, len(everybody)), replace=False)
    rows = rows[np.isin(people, chosen)]
    vectors = embed(network, data, rows, network.input).numpy()
    network.whiten(*within_class_whitening(vectors, data.lists.people[rows]))
    checkpoint.save(target, network=network.shape, average=network.state_dict())


if __name__ == "__main__":
    typer.run(whiten)
