"""Loading a very large gallery: seconds, and memory.

    python -m tests.bench.loading --samples 1000000    # makes a file of 5 KB a sample, and deletes it

Everybody has one made-up sample, with a picture of the usual size.
"""

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from rich.progress import track
from sqlalchemy import insert

from db import Database
from db.schema.tables import PersonRow, SampleRow
from db.search.searches import search_of
from db.vectors import as_stored
from models.scores import person_scores
from tests.bench.common import Row, console, report, run

PICTURE = os.urandom(2_500)  # bytes, as a crop of 112 x 112 has as JPEG
DIGEST = "0" * 64
AT_ONCE = 10_000
PAGE = os.sysconf("SC_PAGE_SIZE")


def made_up(samples: int) -> Iterator[NDArray[np.float32]]:
    """So many unit vectors, some at a time."""
    random = np.random.default_rng(0)
    for begin in range(0, samples, AT_ONCE):
        vectors = random.standard_normal((min(AT_ONCE, samples - begin), 512), np.float32)
        yield vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def fill(database: Database, samples: int, blocks: Iterable[NDArray[np.floating]]) -> None:
    """Enrol so many people with a vector each, as fast as can be; their ids count from 1."""
    last = 0
    for vectors in track(blocks, "enrolling", -(-samples // AT_ONCE), console=console, transient=True):
        ids = range(last + 1, last + 1 + len(vectors))
        last = ids[-1]
        common = {"digest": DIGEST, "quality": 0.5, "source": "made up", "forced": False, "crop": PICTURE}
        rows = [
            common | {"id": number, "person_id": number, "embedding": as_stored(vector)}
            for number, vector in zip(ids, vectors, strict=True)
        ]
        with database.writing() as session:
            session.execute(insert(PersonRow), [{"id": id_, "name": f"P{id_}", "key": f"p{id_}"} for id_ in ids])
            session.execute(insert(SampleRow), rows)


def megabytes() -> float:
    """What this process takes now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 1e6


def main(samples: Annotated[int, typer.Option(help="people with one picture each")] = 1_000_000) -> None:
    def bench() -> None:
        with TemporaryDirectory() as folder:
            with Database.open(Path(folder) / "people.db") as database:
                fill(database, samples, made_up(samples))
            with Database.open(Path(folder) / "people.db") as database:
                before, begun = megabytes(), time.process_time()
                gallery = database.gallery(DIGEST)
                loaded = time.process_time()
                search = search_of(gallery, person_scores)
                row: Row = {"samples": samples, "loaded, CPU s": loaded - begun}
                row |= {"made ready to search, CPU s": time.process_time() - loaded, "megabytes": megabytes() - before}
                del search  # counted until here
        report("loading", "A large gallery from SQLite", [row])

    run(bench)


if __name__ == "__main__":
    typer.run(main)
