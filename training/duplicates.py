"""Are the people and photographs of the evaluations absent from training?

python -m training.duplicates rexnet200-embedder --lfw data/lfw

People: the identity lists must not intersect. Photographs: of every evaluated face, the training faces that are most
similar by the embedder, and among them those that are the same photograph by their pixels.
"""

import csv
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer
from numpy.typing import NDArray

from models.embedder import Embedder
from models.manifest import find
from models.runtime import Network
from training.data.celeba import TEST, TRAIN, VALIDATION, CelebA
from training.data.pictures import Pictures
from training.data.vectors import vectors_of
from training.embedder.faces import read_faces
from training.errors import TrainingError, plain_errors
from training.evaluate.faces import aligned, embed
from training.evaluate.pairs import read_points

NEAREST = 5  # training faces that are compared with each evaluated one
SIDE, BLUR = 16, 2.0  # pixels, of what is compared
SAME = 0.93  # correlation; different people reach .91, half of the jittered and recompressed copies more than this
CHUNK = 256

Crops = NDArray[np.uint8]
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Pair:
    """An evaluated face and a training face that is like it.

    Attributes:
        similarity: cosine of their vectors.
        correlation: of their pixels, the larger of as it is and mirrored.
    """

    evaluated: str
    trained: str
    similarity: float
    correlation: float


def overlaps(lists: CelebA) -> Iterator[str]:
    """A sentence for each two partitions; raises TrainingError where people or files stand in both."""
    for one, other in ((TRAIN, VALIDATION), (TRAIN, TEST), (VALIDATION, TEST)):
        first, second = lists.part(one), lists.part(other)
        people, files = (
            len(np.intersect1d(*both)) for both in ((first.people, second.people), (first.files, second.files))
        )
        told = f"partitions {one} and {other}: {people} people and {files} files in common"
        if people or files:
            raise TrainingError(f"The {told}: no figure of the evaluation can be trusted.")
        yield f"{told} (of {first.counts()}, and {second.counts()})"


def nearest(evaluated: Vectors, trained: Vectors, count: int = NEAREST) -> tuple[NDArray[np.int64], Vectors]:
    """Rows (N, count) of the most similar training vectors, the most similar first, and their cosines."""
    rows, cosines = [], []
    for start in range(0, len(evaluated), CHUNK):
        found = evaluated[start : start + CHUNK] @ trained.T
        some = np.argpartition(found, -count, axis=1)[:, -count:]
        order = np.argsort(-np.take_along_axis(found, some, 1), axis=1)
        rows.append(np.take_along_axis(some, order, 1))
        cosines.append(np.take_along_axis(found, rows[-1], 1))
    return np.concatenate(rows), np.concatenate(cosines)


def correlation(one: Crops, other: Crops) -> float:
    """How far two aligned faces (112, 112, 3) go up and down together, whatever their brightness, mirrored or not."""
    detail = _detail(one)
    return float(max(detail @ _detail(other), detail @ _detail(np.ascontiguousarray(other[:, ::-1]))))


def _detail(crop: Crops) -> NDArray[np.float32]:
    small = cv2.resize(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    grey = small.astype(np.float32)
    detail = (grey - cv2.GaussianBlur(grey, (0, 0), BLUR)).ravel()
    detail -= detail.mean()
    return np.asarray(detail / max(float(np.linalg.norm(detail)), 1e-6), np.float32)


def like_training(
    crops: Crops, vectors: Vectors, names: list[str], training: Crops, trained: Vectors, trained_names: list[str]
) -> list[Pair]:
    """The nearest training faces of all evaluated ones, the most correlated first."""
    rows, cosines = nearest(vectors, trained)
    pairs = [
        Pair(names[face], trained_names[row], float(cosine), correlation(crops[face], np.asarray(training[row])))
        for face in range(len(crops))
        for row, cosine in zip(rows[face], cosines[face], strict=True)
    ]
    return sorted(pairs, key=lambda pair: -pair.correlation)


def main(
    embedder: Annotated[str, typer.Argument(help="a shipped embedder's name, or FILE.onnx")],
    faces: Annotated[Path, typer.Option(help="folder of the packed crops")] = Path("data/faces"),
    lfw: Annotated[Path | None, typer.Option(help="LFW's pictures and landmarks.csv, to look at too")] = None,
    out: Annotated[Path, typer.Option(help="folder for the lists")] = Path("runs/duplicates"),
    threads: Annotated[int | None, typer.Option(help="for the embedder; by default all CPUs")] = None,
) -> None:
    """Show that evaluation and training are apart, and list the most similar faces of both."""
    data = read_faces(faces)
    for sentence in overlaps(data.lists):
        typer.echo(sentence)
    network = Embedder(Network(find("embedding", embedder), threads))
    vectors = vectors_of(data.crops, network, faces).astype(np.float32)
    rows = {part: np.flatnonzero(data.lists.partition == part) for part in (TRAIN, VALIDATION, TEST)}
    training = data.crops[rows[TRAIN]], vectors[rows[TRAIN]], data.lists.files[rows[TRAIN]].tolist()
    sets = {
        f"partition {part}": (data.crops[rows[part]], vectors[rows[part]], data.lists.files[rows[part]].tolist())
        for part in (VALIDATION, TEST)
    }
    if lfw is not None:
        points = read_points(lfw / "landmarks.csv")
        crops = aligned(Pictures(lfw), list(points), np.stack(list(points.values())))
        sets["LFW"] = crops, embed(network, crops), list(points)
    for name, evaluated in sets.items():
        pairs = like_training(*evaluated, *training)
        same = [pair for pair in pairs if pair.correlation >= SAME]
        path = out / f"{name.replace(' ', '-').lower()}.csv"
        write(path, pairs[: max(len(same), 100)])
        typer.echo(f"{name}: {len(same)} pairs that seem to be one photograph, of {len(pairs):,} compared; see {path}")


def write(path: Path, pairs: list[Pair]) -> None:
    """Write pairs as CSV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(field.name for field in fields(Pair))
        writer.writerows(astuple(pair) for pair in pairs)


if __name__ == "__main__":
    with plain_errors():
        typer.run(main)
