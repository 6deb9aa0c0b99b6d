"""A PostgreSQL server is stopped for a while, and the watch killed: is everything there once, and what does it take?

    python -m tests.bench.outages --seconds 20 --seconds 40

A process reports people who come and go before four cameras, one at a time before each, ten times a second, as a watch
does. It goes on, or is killed (kill -9) in the outage, and what it has left is stored at the next start. What lasts is
told from when the server was started again.
"""

import multiprocessing
import time
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from db import Database, Event, SightingWriter
from db.bridge.leaving import Writers
from tests.bench.common import Row, report, run
from tests.people import at, enrol, untold
from tests.postgresql import Server, running

CAMERAS, STAY, PAUSE = 4, 50, 0.1  # how many, reports of a stay, and seconds from one to the next
ABSENCE = 10.0


def nobody(*_: object) -> None:
    """No stranger is like another."""


def watch(connection: Connection, url: str, folder: Path) -> None:
    """Report people until told to end; each who has left is told with what is on disk or stored by then."""
    with Database.open(url) as database:
        (ada,) = [person.id for person in database.people()]
        bridge = Writers(database, nobody, ABSENCE, folder=folder).bridge()
        with SightingWriter(database, bridge=bridge) as writer:
            left = 0
            while not connection.poll():
                keys = [writer.open(f"camera {number}", at(1000 * left)) for number in range(CAMERAS)]
                for key in keys:
                    writer.name(key, ada, 0.5)
                    writer.note(Event(at(1000 * left), "door", "named", key, name="Ada", similarity=0.5), key, untold)
                for step in range(STAY):
                    for key in keys:
                        writer.extend(key, at(1000 * left + step * PAUSE), 0.5)
                    time.sleep(PAUSE)
                for key in keys:
                    writer.close(key, at(1000 * left + STAY * PAUSE))
                while writer._in_memory:
                    time.sleep(0.01)
                left += 1
                connection.send(left)


def outage(server: Server, seconds: float, kill: bool, folder: Path) -> Row:
    """Stop the server for so long, and kill the watch or not; returns what came of it."""
    url = server.new_database()
    ours, theirs = multiprocessing.Pipe()
    with Database.open(url) as database:
        enrol(database, "Ada")
        process = multiprocessing.Process(target=watch, args=(theirs, url, folder))
        process.start()
        left = int(ours.recv())
        server.stop()
        time.sleep(seconds)
        size = sum(file.stat().st_size for file in folder.glob("*.db"))
        if kill:
            process.kill()
            process.join()
        server.start()
        began = time.monotonic()
        if kill:
            Writers(database, nobody, ABSENCE, folder=folder).store_left_behind()
            stored = time.monotonic() - began
        else:
            while list(folder.glob("*.db")):
                time.sleep(0.01)
            stored = time.monotonic() - began
            ours.send("end")
            process.join()
        while ours.poll():
            left = int(ours.recv())
        seen = Counter((one.camera, one.first_seen) for one in database.sightings())
        wanted = {(f"camera {number}", at(1000 * turn)) for turn in range(left) for number in range(CAMERAS)}
        named = Counter((event.track, event.time) for event in database.events())
    return {
        "seconds": seconds,
        "killed": kill,
        "stays": len(wanted),
        "lost": len(wanted - seen.keys()),
        "doubled": sum(count > 1 for count in (*seen.values(), *named.values())),
        "KB on disk": round(size / 1000),
        "stored after s": round(stored, 1),
    }


def main(
    seconds: Annotated[list[float], typer.Option(help="for which the server is away")],
) -> None:
    def bench() -> None:
        rows = []
        for length in seconds:
            for kill in (False, True):
                with running() as server, TemporaryDirectory() as folder:
                    rows.append(outage(server, length, kill, Path(folder)))
        report("outages", "The server is stopped: what was lost, stored twice, and what it took", rows)

    run(bench)


if __name__ == "__main__":
    typer.run(main)
