"""An archive watched whole, and in chunks by 1, 2 and 4 workers: what it costs, and whether the outcome is the same.

    python -m tests.bench.archive --minutes 10

The demo clip, looped, at a few frames a second; YOLOv5n. Seconds on the clock mean little on a machine that does other
things; processor seconds count what was done, with what starting each worker takes.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import typer

from db import Database, Event, Sighting
from models.images import to_jpeg
from stream.cli.demo import CLIP, NAME, cut_out
from tests.bench.common import Row, report, run
from tests.end_to_end.test_archive import DETECTOR, loop, nearest

WORKERS = (1, 2, 4)


def main(minutes: float = 10.0, fps: int = 4, chunk: float = 1.5) -> None:
    """Watch so many minutes of so many frames a second, in chunks of so many minutes."""
    run(lambda: measure(minutes, fps, chunk))


def measure(minutes: float, fps: int, chunk: float) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        film = loop(folder / "door.mp4", round(minutes * 60), fps)
        portrait = folder / f"{NAME}.jpg"
        portrait.write_bytes(to_jpeg(cut_out(CLIP)))
        doorman("enroll", portrait, "--db", folder / "gallery.db")
        cost, (whole, _) = watched(folder, "watch", film, *DETECTOR)
        rows: list[Row] = [{"": "watch", **cost, "sightings": len(whole), "within 1 s": "", "rows of 1 worker": ""}]
        alone = None
        for workers in WORKERS:
            cost, found = watched(folder, "archive", film, *DETECTOR, "--chunk", chunk, "--workers", workers)
            alone = alone or found
            off = [seconds for one in whole for seconds in nearest(one, found[0])]
            near, same = sum(seconds <= 1 for seconds in off) / len(off), "yes" if found == alone else "no"
            told = {"sightings": len(found[0]), "within 1 s": f"{near:.1%}", "rows of 1 worker": same}
            rows.append({"": f"archive, {workers} workers", **cost, **told})
    report("archive", f"{minutes:g} minutes at {fps} frames a second, chunks of {chunk:g} minutes", rows)


def watched(folder: Path, *command: object) -> tuple[Row, tuple[list[Sighting], list[Event]]]:
    """What a command costs, and what it writes into a gallery of its own."""
    db = shutil.copy(folder / "gallery.db", folder / "people.db")
    cost = doorman(*command, "--db", db)
    with Database.open_to_read(db) as database:
        told = database.sightings(), database.events()
    for file in folder.glob("people.db*"):
        file.unlink()
    return cost, told


def doorman(*arguments: object) -> Row:
    """Run a command; returns seconds on the clock, and of the processors."""
    began = time.monotonic()
    process = subprocess.Popen([sys.executable, "run.py", *map(str, arguments)], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"doorman {' '.join(map(str, arguments))} ended with {status}.")
    return {"clock, s": round(time.monotonic() - began), "processors, s": round(usage.ru_utime + usage.ru_stime)}


if __name__ == "__main__":
    typer.run(main)
