"""How often a stranger's track gets any name, which is what a false-accept rate promises; and a known face its own.

    python -m tests.bench.strangers

The tracks are videos of YouTube Faces, of which the landmark set holds three frames each; `of one` lines up all the
frames of a person as one long track. The galleries are drawn from CelebA's partition 2, with the threshold that is
usual for their size. A known person is enrolled by frames of other videos, in the place of one of the gallery's.
Intervals are those of strangers and galleries drawn anew.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from rich.progress import track

from db import Match, Person
from db.schema.tables import utc_now
from db.search.loaded import best
from models.analysis import Analyzer, Face
from models.landmarks import face_box
from models.scores import ScoreSet, person_scores, read_scores
from stream.gallery.false_accepts import FalseAccepts
from stream.gallery.identity import Rule
from stream.gallery.judge import Judge
from stream.gallery.threshold import FAR
from stream.recognizer import open_analyzer
from tests.bench.common import ROOT, Row, Skipped, console, report, run, shared
from training.data.celeba import CelebA
from training.data.pictures import Pictures
from training.evaluate.faces import aligned, embed
from training.evaluate.identification import enrolled_rows, read_held_out

KINDS = ((20, 1), (20, 3), (99, 1), (99, 4))  # people of a gallery, and pictures of each
RESAMPLED = 1000
FRAME = re.compile(r"udacity_(?P<person>.+)_(?P<video>\d)\d\.webp")  # those that end in _b are marked a second time

Vectors = NDArray[np.float32]
Videos = dict[str, list[list[Face]]]


def read_videos(folder: Path, analyzer: Analyzer) -> Videos:
    """The videos of each person: the frames that the product would look at, of each as a track shows them."""
    pictures, found = Pictures(folder), defaultdict[tuple[str, str], list[Face]](list)
    with (folder / "landmarks.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in track(rows, "looking at video faces", console=console, transient=True):
        if frame := FRAME.fullmatch(row["file"]):
            points = np.array(list(row.values())[5:15], np.float32).reshape(5, 2)
            boxes = np.array([face_box(points)], np.float32)
            face = analyzer.look(pictures.read(f"images/{row['file']}"), boxes, [1.0])[0]
            if face.embedding is not None:
                found[frame["person"], frame["video"]].append(face)
    videos = defaultdict[str, list[list[Face]]](list)
    for (person, _), faces in found.items():
        videos[person].append(faces)
    return videos


@dataclass(frozen=True, slots=True, eq=False)
class Enrolled:
    """A gallery of people with equally many pictures each: their samples (N, 512), and when a face gets a name."""

    samples: Vectors
    pictures: int
    rule: Rule

    def named(self, faces: Sequence[Face]) -> set[int]:
        """The people whose name a track of these faces gets, be it for a moment."""
        court, names = Judge(self.search, lambda: self.rule), set[int]()
        for moment, face in enumerate(faces):
            identity = court.weigh(1, face, float(moment))
            if identity.person and identity.name:
                names.add(identity.person.id)
        return names

    def knows(self, person: Sequence[Sequence[Face]]) -> tuple[bool, bool] | None:
        """Whether the last video of somebody gets their name, and whether it gets another; None: too few frames."""
        frames = [face.embedding for video in person[:-1] for face in video if face.embedding is not None]
        if len(frames) < self.pictures:
            return None
        samples = np.concatenate([self.samples[: -self.pictures], frames[: self.pictures]])
        names, last = Enrolled(samples, self.pictures, self.rule).named(person[-1]), len(samples) // self.pictures - 1
        return last in names, bool(names - {last})

    def search(self, queries: Vectors) -> list[list[Match]]:
        scores = person_scores(queries @ self.samples.T, np.arange(0, len(self.samples), self.pictures))
        return [[Match(somebody(person), float(row[person])) for person in best(row, 2).tolist()] for row in scores]


@cache
def somebody(number: int) -> Person:
    return Person(number, f"person {number}", utc_now(), 1)


def draw(
    held_out: CelebA, vectors: Vectors, scores: ScoreSet, people: int, pictures: int, count: int
) -> Iterable[Enrolled]:
    """Galleries at random, each with the threshold that is usual for one of its size."""
    rule = Rule(FalseAccepts(scores, {pictures: people}).expected(shift=0.0).threshold(FAR))
    for seed in range(count):
        random = np.random.default_rng([seed, people, pictures])
        persons = random.choice(np.unique(held_out.people), people, replace=False)
        yield Enrolled(vectors[enrolled_rows(held_out.people, persons, pictures, random)], pictures, rule)


def interval(shares: NDArray[np.floating]) -> str:
    """The mean of (galleries, strangers) shares in percent, and its 90 % interval with both drawn anew."""
    random, (rows, columns) = np.random.default_rng(0), shares.shape
    means = [
        shares[random.integers(rows, size=rows)][:, random.integers(columns, size=columns)].mean()
        for _ in range(RESAMPLED)
    ]
    low, high = 100 * np.quantile(means, [0.05, 0.95])
    return f"{100 * shares.mean():.2f} ({low:.2f} to {high:.2f})"


def measured(galleries: Sequence[Enrolled], videos: Videos) -> Row:
    """Shares in percent: of strangers' searches, tracks and long tracks with a name; of known faces with their own."""
    searches, tracks, long = (np.zeros((len(galleries), len(videos))) for _ in range(3))
    known: list[tuple[bool, bool]] = []
    for row, gallery in enumerate(track(galleries, "naming strangers", console=console, transient=True)):
        for column, person in enumerate(videos.values()):
            frames = [face for video in person for face in video]
            found = gallery.search(np.stack([face.embedding for face in frames if face.embedding is not None]))
            searches[row, column] = np.mean([one[0].similarity >= gallery.rule.threshold for one in found])
            tracks[row, column] = np.mean([bool(gallery.named(video)) for video in person])
            long[row, column] = bool(gallery.named(frames))
            if (theirs := gallery.knows(person)) is not None:
                known.append(theirs)
    right, wrong = 100 * np.mean(known, axis=0)
    return {
        "strangers' searches %": interval(searches),
        "tracks %": interval(tracks),
        "all of one %": interval(long),
        "known named %": float(right),
        "wrongly %": float(wrong),
    }


def main(galleries: Annotated[int, typer.Option(help="of each kind")] = 10, celeba: Path = ROOT / "data") -> None:
    def bench() -> None:
        analyzer = open_analyzer()
        if (scores := read_scores(analyzer.embedder.network.entry)) is None:
            raise Skipped("the embedder has no score set")
        held_out = read_held_out(celeba)
        names = [f"img_celeba/{file}" for file in held_out.files]
        crops = aligned(Pictures(celeba), names, held_out.points, analyzer.landmarker)
        vectors = embed(analyzer.embedder, crops, flip=True)
        videos, rows = read_videos(shared("data/landmarks"), analyzer), list[Row]()
        for people, pictures in KINDS:
            drawn = list(draw(held_out, vectors, scores, people, pictures, galleries))
            size = {"people": people, "pictures": pictures, "threshold": drawn[0].rule.threshold}
            rows.append(size | measured(drawn, videos))
        report("strangers", "Video faces against galleries of CelebA's partition 2", rows)

    run(bench)


if __name__ == "__main__":
    typer.run(main)
