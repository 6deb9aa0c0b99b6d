"""Pairs of video faces for `doorman evaluate pairs`: the same person in two videos, or two people.

    python -m training.video_pairs --data data/landmarks --out data/video
    doorman evaluate pairs --data data/video

The faces are the YouTube Faces frames (Wolf et al. 2011) of the landmark set's val split, whose people are not in its
train split; the points are hand-made. Frames are named udacity_<person>_<video><frame>.webp.
"""

import csv
import re
import shutil
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import typer
from numpy.typing import NDArray

from training.data.landmarks import read_faces
from training.errors import TrainingError, plain_errors

FRAME = re.compile(r"udacity_(?P<person>.+)_(?P<video>\d)\d\.[^.]+")  # a second marking of a frame ends in _b
FOLDS = 10


class Pair(NamedTuple):
    """A row of pairs.csv."""

    fold: int
    same: int
    a: str
    b: str


def make(data: Path, out: Path) -> list[Pair]:
    """Write landmarks.csv, pairs.csv and the pictures into `out`.

    Raises:
        TrainingError: the landmark set is missing, or has too few people in videos.
    """
    faces = {face.path.name: face for face in read_faces(data, "val") if FRAME.fullmatch(face.path.name)}
    found = pairs(sorted(faces))
    if not found:
        raise TrainingError(f"{data} has too few frames named udacity_<person>_<video><frame>: unpack the whole set.")
    (out / "images").mkdir(parents=True, exist_ok=True)
    for face in faces.values():
        shutil.copyfile(face.path, out / "images" / face.path.name)
    header = ["file", *(f"{axis}{point}" for point in range(5) for axis in "xy")]
    write(out / "landmarks.csv", header, [[name, *face.points.ravel().tolist()] for name, face in faces.items()])
    write(out / "pairs.csv", Pair._fields, found)
    return found


def pairs(names: list[str]) -> list[Pair]:
    """All pairs of a person's frames from different videos, and as many of different people of the same fold.

    Frames of one video are nearly the same picture and would say nothing. A fold has people of its own, so that a
    threshold is never chosen on those it is tried on.
    """
    frames = {name: match.group("person", "video") for name in names if (match := FRAME.fullmatch(name))}
    people = sorted({person for person, _ in frames.values()})
    fold_of = {person: place % FOLDS for place, person in enumerate(people)}
    random = np.random.default_rng(0)
    found = []
    for fold in range(FOLDS):
        own = [name for name, (person, _) in frames.items() if fold_of[person] == fold]
        both = [(a, b, frames[a], frames[b]) for a, b in combinations(own, 2)]
        same = [(a, b) for a, b, (p, v), (q, w) in both if p == q and v != w]
        other = [(a, b) for a, b, (p, _), (q, _) in both if p != q]
        chosen = random.permutation(len(other))[: len(same)]
        found += [Pair(fold, 1, *pair) for pair in same] + [Pair(fold, 0, *other[place]) for place in chosen]
    return found


def videos_of(names: Iterable[str]) -> tuple[list[str], NDArray[np.int64], NDArray[np.int64]]:
    """Those of some files (N,) that are frames, whose each is and from which video, both as numbers."""
    frames = {name: match.group("person", "video") for name in names if (match := FRAME.fullmatch(name))}
    people = np.unique([person for person, _ in frames.values()], return_inverse=True)[1]
    videos = np.unique(["/".join(video) for video in frames.values()], return_inverse=True)[1]
    return list(frames), people, videos


def write(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """A CSV file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def main(
    data: Annotated[Path, typer.Option(help="the landmark set: landmarks.csv and images/")] = Path("data/landmarks"),
    out: Annotated[Path, typer.Option(help="where the pairs and pictures go")] = Path("data/video"),
) -> None:
    """Make the pairs."""
    found = make(data, out)
    typer.echo(f"{out}: {len(found):,} pairs, half of them of the same person")


if __name__ == "__main__":
    with plain_errors():
        typer.run(main)
