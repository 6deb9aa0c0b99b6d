"""What a run tells of itself: a table that grows with it, and its curves."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from models.files import whole


def note(table: Path, **row: float | str) -> None:
    """Add a row to a CSV file; the first one brings the names of the columns."""
    fresh = not table.is_file()
    table.parent.mkdir(parents=True, exist_ok=True)
    with table.open("a", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([row.keys(), row.values()] if fresh else [row.values()])


def go_on_from(table: Path, step: int) -> None:
    """Forget the rows after a step, from which an interrupted run goes on and notes them once more."""
    if not table.is_file():
        return
    names, *rows = csv.reader(table.read_text(encoding="utf-8").splitlines())
    place = names.index("step")
    with whole(table) as part, part.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([names, *(row for row in rows if int(row[place]) <= step)])


def plot(table: Path, columns: Sequence[str], window: int = 1) -> None:
    """The columns of a CSV file over its `step`, one below the other, as a PNG beside it; there may be empty places.

    Args:
        window: rows over which each is averaged.
    """
    with table.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    window = min(window, len(rows))
    figure = Figure(figsize=(7, 2 * len(columns)), layout="constrained")
    for name, axes in zip(columns, figure.subplots(len(columns), sharex=True, squeeze=False)[:, 0], strict=True):
        values = np.convolve([float(row[name] or "nan") for row in rows], np.full(window, 1 / window), "valid")
        axes.plot([int(row["step"]) for row in rows[window - 1 :]], values, marker="." if len(values) < 50 else None)
        axes.set_ylabel(name)
    axes.set_xlabel("step")
    figure.savefig(table.with_suffix(".png"))
