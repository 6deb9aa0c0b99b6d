"""What the benches share: where things are, a reason to skip, tables."""

import json
import os
import platform
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[2]
OUT = ROOT / "bench-output"
DETECTORS = ["yolov5n-face", "yolov5m-face"]

Detectors = Annotated[list[str], typer.Option("--detector", help="shipped detectors, one after the other")]

Row = dict[str, Any]
console = Console(highlight=False)
if not console.is_terminal:
    console.width = 140  # a pipe has room for every column


class Skipped(Exception):
    """A bench cannot run here; the message says what it needs."""


def shared(place: str) -> Path:
    """A folder of the data beside the checkout. Raises Skipped where there is none."""
    folder = ROOT.parent / "shared" / place
    if not folder.is_dir():
        raise Skipped(f"the data folder {folder} is not here")
    return folder


def report(name: str, title: str, rows: Sequence[Row]) -> None:
    """Print rows as a table, and keep them with what they were measured on as bench-output/NAME.json."""
    table = Table(*rows[0], title=title)
    for row in rows:
        table.add_row(*(_text(value) for value in row.values()))
    console.print(table)
    machine = {"cpus": len(os.sched_getaffinity(0)), "load": os.getloadavg()[0], "machine": platform.machine()}
    OUT.mkdir(exist_ok=True)
    text = json.dumps({"title": title, **machine, "rows": rows}, indent=2)
    (OUT / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def run(bench: Callable[[], None]) -> None:
    """Run a bench, or say why it is skipped."""
    try:
        bench()
    except Skipped as reason:
        console.print(f"{Path(sys.argv[0]).stem} is skipped: {reason}", style="yellow")


def _text(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
