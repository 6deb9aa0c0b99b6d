"""Many unknowns: milliseconds of CPU time to load, list a page, name a group and join a track, and memory.

    python -m tests.bench.unknowns --tracks 100000    # makes a file of 8 KB a track, and deletes it

A fifth as many groups, and people with one sample each; faces and pictures are made up. Naming is what the database
does, without the embedder.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Annotated

import numpy as np
import typer
from rich.progress import track
from sqlalchemy import insert

from db import Database, NewSample
from db.schema.tables import LookRow, SightingRow, StayRow, UnknownRow
from db.unknowns.keeping import keep
from db.unknowns.records import NewLook, NewStay
from db.unknowns.unknowns import Unknowns
from db.vectors import STORED
from models.manifest import shipped
from stream.service.unknowns import UnknownFaces
from stream.unknowns.joining import Joining
from tests.bench.common import Row, console, report, run
from tests.bench.loading import AT_ONCE, DIGEST, PICTURE, megabytes
from tests.bench.loading import fill as enrol

EACH = 5  # tracks a group
TRIES = 5  # the median of so many is told
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def fill(database: Database, tracks: int) -> None:
    """Keep so many tracks, as fast as can be."""
    random = np.random.default_rng(1)
    groups = max(1, tracks // EACH)
    with database.writing() as session:
        session.execute(insert(UnknownRow), [{"id": number, "ignored": False} for number in range(1, groups + 1)])
    centres = random.standard_normal((groups, 512), np.float32)
    for begin in track(range(0, tracks, AT_ONCE), "keeping", console=console, transient=True):
        ids = np.arange(begin, min(begin + AT_ONCE, tracks))
        vectors = centres[ids % groups] + 0.5 * random.standard_normal((len(ids), 512), np.float32)
        vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(STORED)
        stays, looks = [], []
        for number, vector in zip(ids.tolist(), vectors, strict=True):
            first = BEGAN + timedelta(seconds=number)
            stay = {"id": number + 1, "unknown_id": number % groups + 1, "camera": "door", "first_seen": first}
            stay |= {"last_seen": first + timedelta(seconds=9), "digest": DIGEST, "pictures": 1, "size": len(PICTURE)}
            stays.append(stay | {"embedding": vector.tobytes(), "portrait": PICTURE})
            looks.append({"stay_id": number + 1, "quality": 0.5, "embedding": vector.tobytes(), "crop": PICTURE})
        with database.writing() as session:
            session.execute(insert(StayRow), stays)
            session.execute(insert(LookRow), looks)


def milliseconds(work: Callable[[], object]) -> float:
    """CPU time that it takes."""
    begun = time.process_time()
    work()
    return 1e3 * (time.process_time() - begun)


def unit() -> np.ndarray:
    """A face like nobody's."""
    vector = np.random.default_rng().standard_normal(512, np.float32)
    return vector / np.linalg.norm(vector)


def measure(database: Database, tracks: int, people: int) -> Row:
    """All of it on one database."""
    unknowns, faces = Unknowns(database), UnknownFaces(database, DIGEST)
    joining = Joining(shipped("embedding"))
    before = megabytes()
    loaded = unknowns.faces(DIGEST)  # as the writer of sightings holds them
    megabyte = megabytes() - before
    row: Row = {"tracks": tracks, "people": people, "load": milliseconds(lambda: unknowns.faces(DIGEST))}
    joining.place(loaded, unit())  # computes the threshold, once for so many groups
    row["page"] = median(milliseconds(lambda: faces.everybody(100)) for _ in range(TRIES))
    row["all"] = milliseconds(faces.all)

    def join() -> None:
        nonlocal loaded
        face = unit()
        with database.writing() as session:
            sighting = SightingRow(camera="door", first_seen=BEGAN, last_seen=BEGAN)
            session.add(sighting)
            session.flush()
            stay = NewStay(DIGEST, face, (NewLook(face, 0.5, PICTURE),), PICTURE)
            loaded = keep(session, loaded, sighting, stay, joining.place)

    join()  # makes room for more
    row["join"] = median(milliseconds(join) for _ in range(TRIES))
    sample = NewSample(unit(), DIGEST, 0.5, "made up", PICTURE)
    row["name"] = median(
        milliseconds(lambda number=number: unknowns.name(number, f"New {number}", [sample]))
        for number in range(1, TRIES + 1)
    )
    return row | {"megabytes": megabyte}


def main(
    tracks: Annotated[int, typer.Option(help="stays of strangers")] = 100_000,
    people: Annotated[int, typer.Option(help="with one picture each")] = 1_000,
) -> None:
    def bench() -> None:
        with TemporaryDirectory() as folder, Database.open(Path(folder) / "people.db") as database:
            enrol(database, people)
            fill(database, tracks)
            report("unknowns", "Unknowns in SQLite, CPU ms", [measure(database, tracks, people)])

    run(bench)


if __name__ == "__main__":
    typer.run(main)
