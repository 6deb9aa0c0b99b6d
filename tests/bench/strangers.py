"""How often a stranger's track gets any name, which is what a false-accept rate promises; and a known face its own.

    python -m tests.bench.strangers

The tracks are videos of YouTube Faces, of which the landmark set holds three frames each; `of one` lines up all the
frames of a person as one long track. The galleries are drawn from CelebA's partition 2, with the threshold that is
usual for their size. A known person is enrolled by frames of other videos, in the place of one of the gallery's; a
second table says what withholds the names of those who get none. `--views mirrored` looks at every face and at its
mirror image, as enrolment does, `--views alternate` at either in turn, which costs nothing. Intervals are those of
strangers and galleries drawn anew.
"""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
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
from models.analysis import Analyzer, Face, open_analyzer
from models.landmarks import face_box
from models.manifest import find
from models.scores import ScoreSet, person_scores, read_scores
from stream.evidence.accounts import BELOW, FEW, why_unnamed
from stream.gallery.calibration.false_accepts import FalseAccepts
from stream.gallery.calibration.threshold import FAR
from stream.gallery.identity import Rule, TrackEvidence
from stream.gallery.judge import Judge
from tests.bench.common import ROOT, Row, Skipped, console, report, run, shared
from training.data.celeba import CelebA
from training.data.pictures import Pictures
from training.evaluate.faces import aligned, embed
from training.evaluate.identification import enrolled_rows, read_held_out

KINDS = ((20, 1), (20, 3), (99, 1), (99, 4))  # people of a gallery, and pictures of each
RESAMPLED = 1000
FRAME = re.compile(r"udacity_(?P<person>.+)_(?P<video>\d)\d\.webp")  # those that end in _b are marked a second time

NAMED, WRONG, RIVAL = "named", "named as somebody else", "below, somebody else nearer"

Vectors = NDArray[np.float32]
Videos = dict[str, list[list["Frame"]]]


class Views(StrEnum):
    """What is embedded of each look at a face: itself, its mirror image with it, or either in turn."""

    PLAIN = "plain"
    MIRRORED = "mirrored"
    ALTERNATE = "alternate"


USUAL = [Views.PLAIN]  # what cameras embed


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A frame of a video, looked at in two ways.

    Attributes:
        plain: the face as cameras look at it.
        mirrored: the vector (512,) of its mirror image.
    """

    plain: Face
    mirrored: Vectors

    @property
    def sample(self) -> Vectors:
        """Of both, as enrolment embeds a picture: (512,)."""
        assert self.plain.embedding is not None
        both = self.plain.embedding + self.mirrored
        return np.asarray(both / np.linalg.norm(both), np.float32)


def looks(video: Sequence[Frame], views: Views) -> list[Face]:
    """A video's faces, each with the vector that such views give."""
    if views is Views.MIRRORED:
        return [replace(frame.plain, embedding=frame.sample) for frame in video]
    alternate = views is Views.ALTERNATE
    return [
        replace(frame.plain, embedding=frame.mirrored) if alternate and place % 2 else frame.plain
        for place, frame in enumerate(video)
    ]


def read_videos(folder: Path, analyzer: Analyzer) -> Videos:
    """The videos of each person: the frames that the product would look at, of each as a track shows them."""
    pictures, found = Pictures(folder), defaultdict[tuple[str, str], list[Frame]](list)
    with (folder / "landmarks.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in track(rows, "looking at video faces", console=console, transient=True):
        if frame := FRAME.fullmatch(row["file"]):
            points = np.array(list(row.values())[5:15], np.float32).reshape(5, 2)
            boxes = np.array([face_box(points)], np.float32)
            face = analyzer.look(pictures.read(f"images/{row['file']}"), boxes, [1.0])[0]
            if face.embedding is not None and face.crop is not None:
                mirrored = analyzer.embedder.embed(face.crop[None, :, ::-1])[0]
                found[frame["person"], frame["video"]].append(Frame(face, mirrored))
    videos = defaultdict[str, list[list[Frame]]](list)
    for (person, _), frames in found.items():
        videos[person].append(frames)
    return videos


@dataclass(frozen=True, slots=True, eq=False)
class Enrolled:
    """A gallery of people with equally many pictures each: their samples (N, 512), and when a face gets a name."""

    samples: Vectors
    pictures: int
    rule: Rule

    def named(self, faces: Sequence[Face]) -> tuple[set[int], TrackEvidence]:
        """The people whose name a track of these faces gets, be it for a moment, and what it has shown in the end."""
        court, names = Judge(self.search, lambda: self.rule), set[int]()
        for moment, face in enumerate(faces):
            identity = court.weigh(1, face, float(moment))
            if identity.person and identity.name:
                names.add(identity.person.id)
        return names, court.evidence(1)

    def knows(self, person: Sequence[Sequence[Frame]], views: Views) -> tuple[str, bool] | None:
        """What becomes of the last video of somebody, and whether it gets another's name; None: too few frames.

        That is NAMED, WRONG, or what withholds the name.
        """
        frames = [frame.sample for video in person[:-1] for frame in video]
        if len(frames) < self.pictures:
            return None
        samples = np.concatenate([self.samples[: -self.pictures], frames[: self.pictures]])
        last = len(samples) // self.pictures - 1
        names, evidence = Enrolled(samples, self.pictures, self.rule).named(looks(person[-1], views))
        if last in names:
            return NAMED, bool(names - {last})
        if names:
            return WRONG, True
        reason = why_unnamed(evidence, self.rule)
        return RIVAL if reason == BELOW and evidence.nearest[0].person.id != last else reason, False

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


def measured(galleries: Sequence[Enrolled], videos: Videos, views: Views) -> tuple[Row, Row]:
    """Shares in percent: of strangers' searches, tracks and long tracks with a name, of known faces with their own; and
    of what withholds it from the others."""
    searches, tracks, long = (np.zeros((len(galleries), len(videos))) for _ in range(3))
    known: list[tuple[str, bool]] = []
    for row, gallery in enumerate(track(galleries, "naming strangers", console=console, transient=True)):
        for column, person in enumerate(videos.values()):
            seen = [looks(video, views) for video in person]
            frames = [face for video in seen for face in video]
            found = gallery.search(np.stack([face.embedding for face in frames if face.embedding is not None]))
            searches[row, column] = np.mean([one[0].similarity >= gallery.rule.threshold for one in found])
            tracks[row, column] = np.mean([bool(gallery.named(video)[0]) for video in seen])
            long[row, column] = bool(gallery.named(frames)[0])
            if (theirs := gallery.knows(person, views)) is not None:
                known.append(theirs)
    outcomes, count = Counter(outcome for outcome, _ in known), len(known) / 100
    named = outcomes.pop(NAMED, 0) / count
    withheld = {reason: outcomes.pop(reason, 0) / count for reason in (BELOW, RIVAL, FEW, WRONG)}
    return {
        "strangers' searches %": interval(searches),
        "tracks %": interval(tracks),
        "all of one %": interval(long),
        "known named %": named,
        "wrongly %": sum(wrongly for _, wrongly in known) / count,
    }, withheld | {"else": sum(outcomes.values()) / count}


def main(
    galleries: Annotated[int, typer.Option(help="of each kind")] = 10,
    celeba: Path = ROOT / "data",
    views: Annotated[list[Views], typer.Option(help="of each face")] = USUAL,
    embedder: Annotated[str | None, typer.Option(help="a shipped one; by default the default")] = None,
) -> None:
    def bench() -> None:
        analyzer = open_analyzer(embedder=find("embedding", embedder))
        if (scores := read_scores(analyzer.embedder.network.entry)) is None:
            raise Skipped("the embedder has no score set")
        held_out = read_held_out(celeba)
        names = [f"img_celeba/{file}" for file in held_out.files]
        crops = aligned(Pictures(celeba), names, held_out.points, analyzer.landmarker)
        vectors = embed(analyzer.embedder, crops, flip=True)
        videos, rows, reasons = read_videos(shared("data/landmarks"), analyzer), list[Row](), list[Row]()
        for people, pictures in KINDS:
            drawn = list(draw(held_out, vectors, scores, people, pictures, galleries))
            size = {"people": people, "pictures": pictures, "threshold": drawn[0].rule.threshold}
            for way in views:
                named, withheld = measured(drawn, videos, way)
                rows.append(size | {"views": way.value} | named)
                reasons.append(size | {"views": way.value} | withheld)
        report("strangers", "Video faces against galleries of CelebA's partition 2", rows)
        report("withheld", "What withholds the names of known faces, %", reasons)

    run(bench)


if __name__ == "__main__":
    typer.run(main)
