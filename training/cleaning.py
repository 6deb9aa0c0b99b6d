"""Find labels that are wrong: crops that do not look like their person, and people who are one.

python -m training.cleaning rexnet200-embedder --out runs/clean.csv

The list that it writes can be looked at, changed, and given to the training (`--clean`). Only the training partition
is touched.
"""

import csv
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from models.embedder import Embedder
from models.manifest import find
from models.runtime import Network
from training.data.celeba import TRAIN, CelebA
from training.data.vectors import vectors_of
from training.embedder.faces import read_faces
from training.errors import TrainingError, plain_errors

DROPPED = -1  # the partition of a crop that is left out
LEAST = 4  # crops of a person without whom nothing is said of them
STRANGERS = 0.5  # see `doubtful`
HALVES = 0.5  # see `doubles`
RESEMBLING = 0.7  # cosine; looked at, most pairs from there on are one person, or infants
COLUMNS = ("action", "what", "into", "score")
CHUNK = 1024

Vectors = NDArray[np.float32]
People = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """Vectors by person, and how alike strangers are by chance.

    Attributes:
        vectors: (N, D) of unit length.
        owners: (N,) int, the place of each one's person in `people`.
        people: (P,) numbers, ascending.
        sums: (P, D) sum of each person's vectors.
    """

    vectors: Vectors
    owners: People
    people: People
    sums: Vectors

    @classmethod
    def of(cls, vectors: Vectors, people: People) -> "Labels":
        numbers, owners = np.unique(people, return_inverse=True)
        sums = np.zeros((len(numbers), vectors.shape[1]), np.float32)
        np.add.at(sums, owners, vectors)
        return cls(vectors, owners, numbers, sums)

    def own(self) -> Vectors:
        """(N,) cosine of each vector and the mean of its person's others."""
        return np.asarray((unit(self.sums[self.owners] - self.vectors) * self.vectors).sum(1))

    def strangers(self, random: np.random.Generator) -> Vectors:
        """(N,) cosine of each vector and the mean of some other person."""
        steps = random.integers(1, len(self.people), len(self.owners))
        others = (self.owners + steps) % len(self.people)
        return np.asarray((unit(self.sums[others]) * self.vectors).sum(1))

    def nearest(self) -> tuple[People, Vectors]:
        """Each person's (P,) nearest other, as a place in `people`, and the cosine of both means."""
        means = unit(self.sums)
        nearest, cosines = np.zeros(len(means), np.int64), np.zeros(len(means), np.float32)
        for start in range(0, len(means), CHUNK):
            found = means[start : start + CHUNK] @ means.T
            found[np.arange(len(found)), start + np.arange(len(found))] = -1
            nearest[start : start + CHUNK], cosines[start : start + CHUNK] = found.argmax(1), found.max(1)
        return nearest, cosines

    def alike(self, level: float) -> list[tuple[int, int, float]]:
        """Pairs of people, each the other's nearest, whose means have at least this cosine; highest first."""
        nearest, cosines = self.nearest()
        mutual = np.flatnonzero((nearest[nearest] == np.arange(len(nearest))) & (cosines >= level))
        pairs = [(int(one), int(nearest[one]), float(cosines[one])) for one in mutual if one < nearest[one]]
        return sorted(pairs, key=lambda pair: -pair[2])

    def halves(self, random: np.random.Generator) -> Vectors:
        """Cosine of the means of two random halves of each person's vectors: how alike one person is to themselves."""
        first = np.zeros_like(self.sums)
        order = random.permutation(len(self.owners))
        rank = _rank_within(self.owners[order])
        chosen = order[rank % 2 == 0]
        np.add.at(first, self.owners[chosen], self.vectors[chosen])
        return np.asarray((unit(first) * unit(self.sums - first)).sum(1))


def doubtful(labels: Labels, strangers: float = STRANGERS, seed: int = 0) -> tuple[NDArray[np.int64], Vectors]:
    """Rows of the crops that are less like the mean of their person's others than a share of strangers' crops is.

    People of fewer than four crops are left alone; a smaller share doubts more crops. Returns the rows, the most
    doubtful first, and their cosines.
    """
    own = labels.own()
    level = np.quantile(labels.strangers(np.random.default_rng(seed)), 1 - strangers)
    enough = np.bincount(labels.owners)[labels.owners] >= LEAST
    rows = np.flatnonzero(enough & (own < level))
    rows = rows[np.argsort(own[rows])]
    return rows, own[rows]


def doubles(labels: Labels, share: float = HALVES, seed: int = 0) -> list[tuple[int, int, float]]:
    """Numbers of people who are more alike than the halves of one person are for this share of people.

    The larger of the two comes second. Only people of at least four crops have halves that tell.
    """
    counts = np.bincount(labels.owners)
    halves = labels.halves(np.random.default_rng(seed))[counts >= LEAST]
    if not len(halves):
        return []
    pairs = [
        (one, other, cosine) if counts[one] <= counts[other] else (other, one, cosine)
        for one, other, cosine in labels.alike(float(np.quantile(halves, share)))
    ]
    return [(int(labels.people[small]), int(labels.people[large]), cosine) for small, large, cosine in pairs]


def resembling(labels: Labels, level: float = RESEMBLING) -> tuple[NDArray[np.int64], Vectors]:
    """Rows of the only crops of people who are at least so much like somebody else that they may be the same person.

    Returns the rows and the cosines. Who has no name (`training.data.unnamed`) may stand there twice, or have a name.
    """
    cosines = labels.nearest()[1][labels.owners]
    rows = np.flatnonzero((np.bincount(labels.owners)[labels.owners] == 1) & (cosines >= level))
    return rows, cosines[rows]


def unit(vectors: Vectors) -> Vectors:
    """Vectors (N, D) at unit length; zeros stay zeros."""
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9))


def _rank_within(owners: People) -> People:
    """The how manyeth of its owner each entry is."""
    order = np.argsort(owners, kind="stable")
    starts = np.searchsorted(owners[order], owners)
    place = np.empty_like(order)
    place[order] = np.arange(len(owners))
    return place - starts


def write(
    path: Path,
    lists: CelebA,
    dropped: NDArray[np.int64],
    scores: Vectors,
    merged: list[tuple[int, int, float]],
) -> None:
    """Write what to drop (files) and to merge (people's numbers) as CSV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(("merge", one, other, f"{score:.3f}") for one, other, score in merged)
        writer.writerows(
            ("drop", lists.files[row], "", f"{score:.3f}") for row, score in zip(dropped, scores, strict=True)
        )


def cleaned(lists: CelebA, path: Path) -> CelebA:
    """The lists, as long as before: dropped crops belong to no partition, merged people have one number.

    Raises:
        TrainingError: the file is not a list that this script wrote, or would change an evaluation.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        dropped = {row["what"] for row in rows if row["action"] == "drop"}
        merged = {int(row["what"]): int(row["into"]) for row in rows if row["action"] == "merge"}
    except (OSError, KeyError, ValueError) as error:
        raise TrainingError(f"{path} is no list of training.cleaning ({error}).") from error
    out = np.isin(lists.files, sorted(dropped))
    touched = out | np.isin(lists.people, [*merged, *merged.values()])
    if (lists.partition[touched] != TRAIN).any():
        raise TrainingError(f"{path} changes pictures or people that are not for training: make it again.")
    people = np.array([merged.get(person, person) for person in lists.people.tolist()], np.int64)
    return replace(lists, people=people, partition=np.where(out, DROPPED, lists.partition))


def main(
    embedder: Annotated[str, typer.Argument(help="a shipped embedder's name, or FILE.onnx")],
    faces: Annotated[Path, typer.Option(help="folder of the packed crops")] = Path("data/faces"),
    out: Annotated[Path, typer.Option(help="the list to write")] = Path("runs/clean.csv"),
    strangers: Annotated[
        float, typer.Option(min=0, max=1, help="drop what looks less like its person than this share of strangers do")
    ] = STRANGERS,
    halves: Annotated[
        float,
        typer.Option(min=0, max=1, help="merge people more alike than the two halves of this share of people are"),
    ] = HALVES,
    threads: Annotated[int | None, typer.Option(help="for the embedder; by default all CPUs")] = None,
) -> None:
    """List the crops to drop and the people to merge."""
    data = read_faces(faces)
    network = Embedder(Network(find("embedding", embedder), threads))
    vectors = vectors_of(data.crops, network, faces)
    training = data.rows(TRAIN, 1, turned=True)
    lists = data.lists.where(np.isin(np.arange(len(data.lists)), training))
    labels = Labels.of(vectors[training].astype(np.float32), lists.people)
    for share in sorted({0.7, 0.5, 0.3, 0.2, 0.1, 0.05, strangers}, reverse=True):
        typer.echo(f"less like their person than {share:.0%} of strangers: {len(doubtful(labels, share)[0]):,} crops")
    doubted = [doubtful(labels, strangers), resembling(labels)]
    dropped = np.concatenate([rows for rows, _ in doubted])
    scores = np.concatenate([cosines for _, cosines in doubted])
    merged = doubles(labels, halves)
    write(out, lists, dropped, scores, merged)
    typer.echo(f"{out}: {len(dropped):,} of {len(lists):,} crops to drop, {len(merged):,} people to merge into others")


if __name__ == "__main__":
    with plain_errors():
        typer.run(main)
