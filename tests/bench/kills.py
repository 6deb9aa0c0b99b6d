"""kill -9 at random moments: does the database open, and is everything there that was acknowledged?

    python -m tests.bench.kills --moments 200

A process watches a recording with `--keep-unknown` and `--snapshots` while, in another thread, it enrols people, names
strangers and merges their groups; the networks are stand-ins. It tells of everything once it is done, and is killed
somewhere. What it has left is looked at after the next start. All lives have one database.
"""

import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
from rich.progress import track

from tests.bench.common import Row, console, report, run
from tests.bench.killed import Life, live, prepare
from tests.bench.left_behind import Told, problems

MOST = 40  # messages after which a process is killed
SOON = 0.05  # seconds after the last of them, at most
PATIENCE = 120.0  # seconds for a message
GROUPS = 6  # of strangers for each life, about as many as it decides about


def kill(folder: Path, number: int, messages: int, seconds: float) -> Told:
    """Let a process live until so many messages have come, and then for so many seconds; returns all that it has told.

    Raises:
        TimeoutError: it says nothing.
    """
    processes = multiprocessing.get_context("forkserver")  # has loaded already what is slow to import
    processes.set_forkserver_preload(["tests.bench.killed"])
    ours, theirs = processes.Pipe(duplex=False)
    process = processes.Process(target=live, args=(theirs, Life(folder, number)), daemon=True)
    process.start()
    theirs.close()
    told = []
    while len(told) < messages:
        if not ours.poll(PATIENCE):
            raise TimeoutError("The process that is to be killed says nothing.")
        told.append(ours.recv())
    time.sleep(seconds)
    process.kill()
    process.join()
    return Told([*told, *_rest(ours)])


def _rest(connection: Connection) -> Iterator[tuple[Any, ...]]:
    """What was told before the kill; what was broken off is nothing."""
    with suppress(EOFError):
        while connection.poll():
            yield connection.recv()


def kills(folder: Path, moments: int, seed: int = 0) -> tuple[Row, list[str]]:
    """Kill so often; returns counts of what was acknowledged, and all that was wrong."""
    chance, acknowledged, wrong = random.Random(seed), Counter[str](), list[str]()
    prepare(folder, GROUPS * moments)
    for number in track(range(moments), "killing", console=console, transient=True):
        told = kill(folder, number, chance.randint(0, MOST), chance.uniform(0, SOON))
        acknowledged.update(message[0] for message in told.messages)
        wrong += [f"life {number}: {problem}" for problem in problems(folder, told)]
    shown = {kind: acknowledged[kind] for kind in ("enrolled", "named", "merged", "event")}
    return {"moments": moments, **shown, "problems": len(wrong)}, wrong


def main(moments: Annotated[int, typer.Option(help="at which a process is killed")] = 200) -> None:
    def bench() -> None:
        with TemporaryDirectory() as folder:
            row, wrong = kills(Path(folder), moments)
        report("kills", "Killed at random moments: what was acknowledged, and what was wrong", [row])
        for problem in wrong:
            console.print(problem)

    run(bench)


if __name__ == "__main__":
    typer.run(main)
