"""Pictures of two people enrolled as one's: how often it is told of, and how often of somebody who is one?

    python -m tests.bench.mixed

People are drawn from CelebA's partition 1 and from LFW, with some pictures each, as enrolment embeds them. In CelebA
some labels are wrong: what is told of those people is no mistake.
"""

from collections.abc import Iterator
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from models.analysis import Analyzer, open_analyzer
from stream.gallery.enroll import UNLIKE
from stream.hygiene.check import PART, parts_of
from tests.bench.common import Row, report, run, shared
from training.data.celeba import VALIDATION, read_celeba
from training.data.pictures import Pictures
from training.evaluate.faces import aligned, embed
from training.evaluate.pairs import read_points

THRESHOLD = 0.38  # of a gallery of ten people
PICTURES = (4, 6, 8, 12)
LEAST = 4  # pictures of somebody who takes part

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


def told(people: People, counts: tuple[int, ...], unlike: float, draws: int) -> float:
    """Share of the draws of so many pictures of somebody, and of somebody else, in which it is told of two people."""
    random = np.random.default_rng(0)
    enough = [one for one in people if len(one) >= max(counts)]
    found = 0
    for _ in range(draws):
        drawn = [enough[place] for place in random.choice(len(enough), len(counts), replace=False)]
        rows = [one[random.choice(len(one), count, False)] for one, count in zip(drawn, counts, strict=True)]
        embeddings = np.concatenate(rows)
        found += len(parts_of(embeddings @ embeddings.T, unlike)) > 1
    return found / draws


def main(draws: Annotated[int, typer.Option(help="of people, for each figure")] = 3000) -> None:
    def bench() -> None:
        rows: list[Row] = []
        for name, people in sets(open_analyzer()):
            for count in PICTURES:
                if sum(len(one) >= count for one in people) < 2:
                    continue
                of_one, few, half = (
                    100 * told(people, counts, UNLIKE * THRESHOLD, draws)
                    for counts in ((count,), (count - PART, PART), (count // 2, count - count // 2))
                )
                rows.append(
                    {"people": name, "pictures": count, "one, told %": of_one, "two of another %": few, "half %": half}
                )
        report("mixed", "Pictures of two people enrolled as one's", rows)

    run(bench)


if __name__ == "__main__":
    typer.run(main)
