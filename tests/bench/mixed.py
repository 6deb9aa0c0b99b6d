"""Pictures of two people enrolled as one's: how often are they refused or told of, and how often those of one?

    python -m tests.bench.mixed

People are drawn from CelebA's partition 1 and from LFW, with some pictures each, as enrolment embeds them. In CelebA
some labels are wrong: what is refused or told of those people is no mistake.
"""

from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from db import Database
from models.analysis import Analyzer, Face, open_analyzer
from models.scores import read_scores
from stream.gallery.calibration.false_accepts import FalseAccepts
from stream.gallery.calibration.threshold import FAR, HALF, Thresholds, unlike_threshold_for
from stream.gallery.enroll import Enroller
from stream.hygiene.check import PART, parts_of
from tests.bench.common import Row, Skipped, report, run, shared
from training.data.celeba import VALIDATION, read_celeba
from training.data.pictures import Pictures
from training.evaluate.faces import aligned, embed
from training.evaluate.pairs import read_points

NEVER = 2.0  # cosine: whom it is like besides is not asked
PICTURES = (4, 6, 8, 12)
LEAST = 4  # pictures of somebody who takes part
EACH = 3  # pictures of those enrolled, where the threshold is asked for
SIZES = (10, 100, 1000)  # people of a gallery, whose threshold was taken by half

People = list[NDArray[np.float32]]  # the embeddings (N, 512) of each


def sets(analyzer: Analyzer) -> Iterator[tuple[str, People]]:
    """The people of each data set, by its name."""
    celeba = read_celeba(shared("data/celeba")).part(VALIDATION)
    files = [f"img_celeba/{file}" for file in celeba.files]
    crops = aligned(Pictures(shared("data/celeba")), files, celeba.points, analyzer.landmarker)
    yield "CelebA", _people(embed(analyzer.embedder, crops, flip=True), celeba.people)
    points = read_points(shared("data/lfw") / "landmarks.csv")
    owners = np.unique([file.partition("/")[0] for file in points], return_inverse=True)[1]
    kept = np.bincount(owners)[owners] >= LEAST
    names = [file for file, is_kept in zip(points, kept, strict=True) if is_kept]
    crops = aligned(
        Pictures(shared("data/lfw")), names, np.stack([points[name] for name in names]), analyzer.landmarker
    )
    yield "LFW", _people(embed(analyzer.embedder, crops, flip=True), owners[kept])


def _people(vectors: NDArray[np.float32], owners: NDArray[np.int64]) -> People:
    found = [vectors[owners == owner] for owner in np.unique(owners)]
    return [one for one in found if len(one) >= LEAST]


def drawn(people: People, counts: tuple[int, ...], draws: int) -> Iterator[NDArray[np.float32]]:
    """Embeddings (N, 512) of so many pictures of somebody, and of somebody else, one draw after the other."""
    random = np.random.default_rng(0)
    enough = [one for one in people if len(one) >= max(counts)]
    for _ in range(draws):
        chosen = [enough[place] for place in random.choice(len(enough), len(counts), replace=False)]
        rows = [one[random.choice(len(one), count, False)] for one, count in zip(chosen, counts, strict=True)]
        yield np.concatenate(rows)


def told(people: People, counts: tuple[int, ...], unlike: float, draws: int) -> float:
    """Percent of the draws in which it is told of two people."""
    found = sum(len(parts_of(one @ one.T, unlike)) > 1 for one in drawn(people, counts, draws))
    return 100 * found / draws


def refused(people: People, counts: tuple[int, ...], unlike: float, draws: int, at: int = 0) -> float:
    """Percent of the draws in which a picture from place `at` on is refused, all of them enrolled at a time."""
    found = 0
    with Database.open("sqlite://") as database:
        enroller = Enroller(
            database, SimpleNamespace(embedder=SimpleNamespace(digest="")), lambda: Thresholds(NEVER, NEVER, unlike)
        )
        for one in drawn(people, counts, draws):
            verdicts, _ = enroller.samples("Ada", [(str(place), _face(row)) for place, row in enumerate(one)])
            found += any(verdict.refused for verdict in verdicts if int(verdict.source) >= at)
    return 100 * found / draws


def _face(embedding: NDArray[np.float32]) -> Face:
    return Face(np.zeros(4, np.float32), 1.0, None, np.zeros((1, 1, 3), np.uint8), embedding, 1.0, None)


def bounds(analyzer: Analyzer) -> Mapping[str, float]:
    """Below which similarity a picture is unlike somebody's others: as it is, and by half of a gallery's threshold."""
    with Database.open("sqlite://") as database:
        found = {"as it is": unlike_threshold_for(analyzer.embedder, database, NEVER)}
    scores = read_scores(analyzer.embedder.network.entry)
    if scores is None:
        raise Skipped("the embedder has no score set")
    for size in SIZES:
        threshold = FalseAccepts(scores, {EACH: size}).expected(shift=0.0).threshold(FAR)
        found[f"half of the threshold of {size:,} people"] = HALF * threshold
    return found


def of_refusal(name: str, people: People, by: Mapping[str, float], draws: int) -> Iterator[Row]:
    """How often a picture is refused as unlike the others, by each bound."""
    for bound, unlike in by.items():
        yield {
            "people": name,
            "unlike": bound,
            "similarity": unlike,
            "one's three, one refused %": refused(people, (3,), unlike, draws),
            "two and another's, that taken %": 100 - refused(people, (2, 1), unlike, draws, at=2),
            "three and another's, that taken %": 100 - refused(people, (3, 1), unlike, draws, at=3),
        }


def of_telling(name: str, people: People, unlike: float, draws: int) -> Iterator[Row]:
    """How often two people are told of who are enrolled as one."""
    for count in PICTURES:
        if sum(len(one) >= count for one in people) >= 2:
            yield {
                "people": name,
                "pictures": count,
                "one, told %": told(people, (count,), unlike, draws),
                "two of another %": told(people, (count - PART, PART), unlike, draws),
                "half %": told(people, (count // 2, count - count // 2), unlike, draws),
            }


def main(draws: Annotated[int, typer.Option(help="of people, for each figure")] = 3000) -> None:
    def bench() -> None:
        analyzer = open_analyzer()
        by = bounds(analyzer)
        refusals: list[Row] = []
        tellings: list[Row] = []
        for name, people in sets(analyzer):
            refusals += of_refusal(name, people, by, draws)
            tellings += of_telling(name, people, by["as it is"], draws)
        report("mixed-refused", "A picture unlike somebody's others", refusals)
        report("mixed", "Pictures of two people enrolled as one's", tellings)

    run(bench)


if __name__ == "__main__":
    typer.run(main)
