"""How long the program takes to begin: `python -m tests.bench.start`.

CPU seconds of commands, beside those of importing what they are made of, and the wall clock from `watch` to its first
labelled frame. The least of several runs counts, since a busy machine only adds to it.
"""

import json
import os
import resource
import subprocess
import sys
import time
from tempfile import TemporaryDirectory

from stream.cli.demo import CLIP
from stream.cli.terminal import say

RUNS = 5
USUAL = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}  # compiled once
BASE = "import typer, rich, sqlalchemy"
STORED = "import typer, rich, sqlalchemy.orm, numpy"
LEAST = """
from typing import Annotated
import numpy, rich, sqlalchemy.orm, typer
from rich.console import Console
from rich.table import Table

app = typer.Typer(add_completion=False)

@app.command()
def command(db: Annotated[str, typer.Option()] = "people.db") -> None:
    Console().print(Table("name", "pictures"))

app()
"""
COMMANDS = ((["--help"], BASE, 1.5), (["people", "list"], STORED, 1.3), (["sightings"], STORED, 1.3))


def main() -> None:
    """Print the figures."""
    with TemporaryDirectory() as folder:
        db = ["--db", f"{folder}/people.db"]
        bases = {code: cpu_seconds(["-c", code]) for code in (BASE, STORED)}
        for code, seconds in bases.items():
            say(f"{seconds:.2f} s CPU  {code}")
        say(f"{cpu_seconds(['-c', LEAST]):.2f} s CPU  that, and a command with an option that prints a table")
        for command, base, goal in COMMANDS:
            seconds = cpu_seconds(["run.py", *command, *(db if command != ["--help"] else [])])
            say(f"{seconds:.2f} s CPU  doorman {' '.join(command)}: {seconds / bases[base]:.2f} times; goal {goal}")
        say(f"{first_frame(db):.2f} s       to the first labelled frame of watch clip.mp4 --realtime; goal 2.5")


def cpu_seconds(arguments: list[str]) -> float:
    """The least CPU seconds of a Python process."""
    taken = []
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True, env=USUAL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(taken)


def first_frame(db: list[str]) -> float:
    """The least seconds from the start of a watch to its first frame in which faces were searched for."""
    taken = []
    for _ in range(RUNS):
        begun = time.monotonic()
        command = [sys.executable, "run.py", "watch", str(CLIP), "--realtime", "--log", "-", "--no-window", *db]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=USUAL) as process:
            assert process.stdout is not None
            next(line for line in process.stdout if json.loads(line)["detected"])
            taken.append(time.monotonic() - begun)
            process.terminate()
    return min(taken)


if __name__ == "__main__":
    main()
