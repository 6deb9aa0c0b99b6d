"""An archive watched whole, and in chunks by 1, 2 and 4 workers: what it costs, and whether the outcome is the same.

    python -m tests.bench.archive --minutes 10
    python -m tests.bench.archive --minutes 2 --chunk .3 --workers 1 --workers 2    # six borders, too, in a fifth of it

The demo clip, looped, at a few frames a second; YOLOv5n. Seconds on the clock mean little on a machine that does other
things; processor seconds count what was done, with what starting each worker takes.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from db import Database, Event, Sighting
from models.images import to_jpeg
from stream.cli.demo import CLIP, NAME, cut_out
from tests.archives import DETECTOR, loop, nearest
from tests.bench.common import Row, console, report, run

FEWEST = 4  # frames a second; with fewer, reordered pictures lie so far apart that a file is not cut


def main(
    minutes: float = 10.0,
    fps: Annotated[int, typer.Option(min=FEWEST)] = FEWEST,
    chunk: float = 1.5,
    workers: list[int] = [1, 2, 4],  # noqa: B006
) -> None:
    """Watch so many minutes of so many frames a second, in chunks of so many minutes, by so many workers in turn."""
    run(lambda: measure(minutes, fps, chunk, workers))


def measure(minutes: float, fps: int, chunk: float, workers: Sequence[int]) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        film = loop(folder / "door.mp4", round(minutes * 60), fps)
        portrait = folder / f"{NAME}.jpg"
        portrait.write_bytes(to_jpeg(cut_out(CLIP)))
        doorman("enroll", portrait, "--db", folder / "gallery.db")
        with console.status("watching it whole"):
            cost, (whole, _) = watched(folder, "watch", film, *DETECTOR)
        rows: list[Row] = [{"": "watch", **cost, "sightings": len(whole), "within 1 s": "", "rows of the first": ""}]
        alone = None
        for count in workers:
            with console.status(f"watching its chunks, {count} at a time"):
                cost, found = watched(folder, "archive", film, *DETECTOR, "--chunk", chunk, "--workers", count)
            alone = alone or found
            off = [seconds for one in whole for seconds in nearest(one, found[0])]
            near, same = sum(seconds <= 1 for seconds in off) / len(off), "yes" if found == alone else "no"
            told = {"sightings": len(found[0]), "within 1 s": f"{near:.1%}", "rows of the first": same}
            rows.append({"": f"archive, {count} workers", **cost, **told})
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
