"""Enrolling many people, with one picture each: how many are refused, since they look like somebody else?

    python -m tests.bench.newcomers

The people are LFW's, in several orders, each into a gallery that is empty at first.
"""

from itertools import pairwise
from typing import Annotated

import numpy as np
import typer
from rich.progress import track

from db import Database
from models.analysis import Face, open_analyzer
from stream.gallery.enroll import Verdict
from stream.recognizer import Recognizer
from tests.bench.common import Row, console, report, run, shared
from training.data.pictures import Pictures
from training.evaluate.crowding import crowding
from training.evaluate.faces import aligned, embed
from training.evaluate.pairs import read_points

SIZES = (1, 50, 100, 200, 500, 1000)  # of the gallery, in steps
BOX = np.array([0, 0, 112, 112], np.float32)


def newcomers(orders: int, seed: int = 0) -> list[list[tuple[str, Face]]]:
    """So many times 1,000 people at random, each with the first of their pictures."""
    analyzer, folder = open_analyzer(), shared("data/lfw")
    points = read_points(folder / "landmarks.csv")
    everybody = {name.partition("/")[0]: name for name in sorted(points, reverse=True)}
    random = np.random.default_rng(seed)
    drawn = [random.choice(sorted(everybody), min(SIZES[-1], len(everybody)), replace=False) for _ in range(orders)]
    asked = sorted({everybody[name] for order in drawn for name in order.tolist()})
    crops = aligned(Pictures(folder), asked, np.stack([points[name] for name in asked]), analyzer.landmarker)
    faces = {
        name.partition("/")[0]: Face(BOX, 1.0, None, crop, vector, 0.8, None)
        for name, crop, vector in zip(asked, crops, embed(analyzer.embedder, crops, flip=True), strict=True)
    }
    return [[(name, faces[name]) for name in order.tolist()] for order in drawn]


def enrolled(order: list[tuple[str, Face]]) -> list[Verdict]:
    """What became of each of them; whoever is refused is not in the gallery for the next."""
    with Database.open("sqlite://") as database:
        enroller = Recognizer(database, open_analyzer()).enroller
        people = track(order, "enrolling", console=console, transient=True)
        return [enroller.face(name, face, name) for name, face in people]


def main(orders: Annotated[int, typer.Option(help="of 1,000 people each")] = 3) -> None:
    def bench() -> None:
        verdicts = [enrolled(order) for order in newcomers(orders)]
        rows: list[Row] = []
        for low, high in [*pairwise(SIZES), (SIZES[0], SIZES[-1])]:
            some = [verdict for order in verdicts for verdict in order[low:high]]
            refused, noted = (
                100 * np.mean([bool(one) for one in each]) for each in zip(*map(_fate, some), strict=True)
            )
            rows.append({"newcomers": f"{low} to {high}", "refused %": refused, "enrolled with a note %": noted})
        report("newcomers", f"People enrolled one after the other, in {orders} orders", rows)
        names = {name: number for number, name in enumerate(verdict.name for verdict in verdicts[0])}
        alike = [(names[one.name], names[one.like]) for one in verdicts[0] if one.like]
        found = crowding(np.array(alike), len(names))
        console.print(
            f"Likenesses of the first order: {found.matches}. In half of them somebody takes part of only "
            f"{100 * found.share:.1f} % of the people ({100 * found.even:.1f} % if all were as likely)."
        )

    run(bench)


def _fate(verdict: Verdict) -> tuple[bool, bool]:
    return verdict.refused is not None, verdict.refused is None and verdict.like is not None


if __name__ == "__main__":
    typer.run(main)
