"""Time of an update and of a look at the tracks by number of boxes, and what is kept after 20,000 frames.

Run it with `python tests/bench/bench_tracker.py` from the project's folder.
"""

import pickle
from collections.abc import Iterator
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from tracker import Tracker

FPS = 30.0


def crowd(count: int, frames: int) -> Iterator[tuple[NDArray[np.float64], float]]:
    """Boxes (count, 4) and time of each frame: faces of 40 px that walk to and fro, as dense for every count."""
    random = np.random.default_rng(0)
    centres = random.uniform(0, 300 * np.sqrt(count), (count, 2))
    velocities = random.normal(0, 60, (count, 2))
    for frame in range(frames):
        middle = centres + velocities * np.sin(frame / FPS) + random.normal(0, 1, (count, 2))
        yield np.hstack([middle - 20, middle + 20]), frame / FPS


def milliseconds(count: int, frames: int) -> tuple[float, float]:
    """Medians of update and at."""
    tracker, updates, looks = Tracker(), [], []
    for boxes, t in crowd(count, frames):
        start = perf_counter()
        tracker.update(boxes, np.full(count, 0.9), t)
        updated = perf_counter()
        tracker.at(t + 0.5 / FPS)
        updates.append(updated - start)
        looks.append(perf_counter() - updated)
    return 1e3 * float(np.median(updates)), 1e3 * float(np.median(looks))


def kilobytes_kept(frames: int) -> tuple[float, float]:
    """Size of the tracker's whole state after a hundredth of the frames and after all, the faces renewed every 100."""
    tracker, sizes = Tracker(), []
    for number, (boxes, t) in enumerate(crowd(2, frames), start=1):
        tracker.update(boxes + 1000 * (number // 100 % 7), [0.9, 0.9], t)
        if number in (frames // 100, frames):
            sizes.append(len(pickle.dumps(tracker)) / 1024)
    return sizes[0], sizes[1]


def main() -> None:
    table = Table("boxes", "update ms", "at ms", title="Tracker, medians")
    for count in (5, 50, 500):
        update, look = milliseconds(count, frames=60)
        table.add_row(str(count), f"{update:.3f}", f"{look:.3f}")
    Console().print(table)
    early, late = kilobytes_kept(frames=20_000)
    Console().print(f"state after 200 frames: {early:.0f} kB, after 20,000: {late:.0f} kB")


if __name__ == "__main__":
    main()
