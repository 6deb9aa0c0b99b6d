"""Time of one tracker update and one look at the tracks, by number of boxes: `python tests/bench/bench_tracker.py`."""

from time import perf_counter

import numpy as np
from rich.console import Console
from rich.table import Table

from tracker import Tracker

FPS = 30.0


def milliseconds(count: int, frames: int) -> tuple[float, float]:
    """Medians of update and at, in ms, with `count` faces that walk to and fro in a picture of their own size."""
    random = np.random.default_rng(0)
    centres = random.uniform(0, 300 * np.sqrt(count), (count, 2))
    velocities = random.normal(0, 60, (count, 2))
    tracker = Tracker()
    updates, looks = [], []
    for frame in range(frames):
        middle = centres + velocities * np.sin(frame / FPS) + random.normal(0, 1, (count, 2))
        boxes = np.hstack([middle - 20, middle + 20])
        start = perf_counter()
        tracker.update(boxes, np.full(count, 0.9), frame / FPS)
        updated = perf_counter()
        tracker.at((frame + 0.5) / FPS)
        updates.append(updated - start)
        looks.append(perf_counter() - updated)
    return 1e3 * float(np.median(updates)), 1e3 * float(np.median(looks))


def main() -> None:
    table = Table("boxes", "update ms", "at ms", title="Tracker, medians")
    for count in (5, 50, 500):
        update, look = milliseconds(count, frames=60)
        table.add_row(str(count), f"{update:.3f}", f"{look:.3f}")
    Console().print(table)


if __name__ == "__main__":
    main()
