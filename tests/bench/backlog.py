"""Hours of an outage are stored beside the next watch: when does that begin, and what does storing take?

    python -m tests.bench.backlog --hours 1 --hours 8

Two cameras were watched by one process, while their PostgreSQL server was away: somebody is before each half of the
time, for twenty seconds at a time, and gets a name; the others are strangers. What was seen waits in the file that it
waits in, see `db.bridge`, and is stored as at the next start, once the new run's writer is ready.
"""

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from db import Database, Event
from db.bridge.bridge import Batch, Bridge
from db.bridge.leaving import Writers
from db.sightings.reports import Reports
from tests.bench.common import Row, report, run
from tests.bench.outages import ABSENCE, nobody
from tests.people import at, enrol, untold
from tests.postgresql import Server, running

CAMERAS, STAY, PAUSE = 2, 20, 20  # how many; seconds for which somebody is there, and for which nobody is
EVERY = 4  # of so many who come one is a stranger
AT_ONCE = 3_600  # batches that are written into the file at a time


def seen(hours: float, ada: int) -> list[Batch]:
    """What a watch reports, a batch a second."""
    reports, batches, keys = Reports(), list[Batch](), dict[str, int]()
    for second in range(round(hours * 3600)):
        for camera in (f"camera {number}" for number in range(CAMERAS)):
            visit, since = divmod(second, STAY + PAUSE)
            name = None if visit % EVERY == 0 else "Ada"
            if since == 0:
                keys[camera] = reports.open(camera, at(second))
                tell(reports, keys[camera], camera, visit, second, "entered")
            elif since == 2 and name:
                reports.name(keys[camera], ada, 0.5)
                tell(reports, keys[camera], camera, visit, second, "named", name)
            elif since < STAY:
                reports.extend(keys[camera], at(second), 0.5 if name else None)
            elif since == STAY:
                tell(reports, keys[camera], camera, visit, second, "left", name)
                reports.close(keys[camera], at(second))
        if reports.taken:
            batches.append(Batch(len(batches) + 1, tuple(reports.taken)))
        reports.taken = []
    return batches


def tell(reports: Reports, key: int, camera: str, visit: int, second: int, what: str, name: str | None = None) -> None:
    happened = Event(at(second), camera, what, visit, name=name, similarity=None if name is None else 0.5)  # type: ignore[arg-type]
    reports.note(happened, key, untold)


def stored(server: Server, hours: float, folder: Path) -> Row:
    """Let so many hours wait, and store them; returns what that took."""
    with Database.open(server.new_database()) as database:
        (ada,) = enrol(database, "Ada")
        writers = Writers(database, nobody, ABSENCE, folder=folder)
        bridge = writers.bridge()
        assert isinstance(bridge, Bridge)
        batches = seen(hours, ada)
        for begin in range(0, len(batches), AT_ONCE):
            bridge.add(batches[begin : begin + AT_ONCE])
        size = bridge.file.stat().st_size
        count = len(bridge)
        bridge.close()
        began = time.process_time()
        with writers.new():
            ready = time.process_time() - began
        began, worked = time.monotonic(), time.process_time()
        writers.store_left_behind()
        clock, cpu = time.monotonic() - began, time.process_time() - worked
        assert not list(folder.glob("*.db"))
        sightings, events = len(database.sightings()), len(database.events())
    return {
        "hours": hours,
        "reports": count,
        "MB on disk": round(size / 1e6, 1),
        "sightings": sightings,
        "events": events,
        "ready, processor ms": round(1000 * ready, 1),
        "clock, s": round(clock, 1),
        "our processor, s": round(cpu, 1),
    }


def main(hours: Annotated[list[float], typer.Option(help="for which the server was away")]) -> None:
    def bench() -> None:
        rows = []
        for length in hours:
            with running() as server, TemporaryDirectory() as folder:
                rows.append(stored(server, length, Path(folder)))
        report("backlog", f"{CAMERAS} cameras: what waited is stored beside the next watch", rows)

    run(bench)


if __name__ == "__main__":
    typer.run(main)
