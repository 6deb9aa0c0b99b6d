"""A camera that does everything wrong, again and again: is it always found again, and does anything grow?

    python -m tests.bench.faults --count 100

A real RTSP server is killed, paused, slowed, cut off in the middle of a picture, comes back with pictures of another
size, wants another password, goes black, freezes. The clock in its pictures tells how old is what is shown as live.
Needs GStreamer (Debian: python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-ugly).
"""

import logging
import signal
import subprocess
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path

import numpy as np
import typer

from stream.sources.cameras import camera as reader
from stream.sources.cameras import capture
from stream.sources.cameras.camera import Camera
from stream.sources.cameras.state import State
from stream.sources.source import open_source
from tests.bench.common import Row, Skipped, report, run
from tests.bench.proxy import Proxy
from tests.bench.soak import resources

PYTHON = "/usr/bin/python3"  # the one that Debian's GStreamer bindings are for
SERVER = Path(__file__).with_name("faulty_camera.py")
SOON = 60.0  # seconds within which the camera must be back
FRESH = 1.0  # seconds: what is older is not shown as live
LASTS = 2.0  # seconds of a fault


class Server:
    """The camera's process; it keeps its port over a restart."""

    def __init__(self) -> None:
        self.port = "0"
        self.block = 16
        self.start()

    def start(self, *credentials: str) -> None:
        command = [PYTHON, SERVER, str(self.block), self.port, *credentials]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.port = self.process.stdout.readline().strip()
        if not self.port:
            raise Skipped("GStreamer's RTSP server does not run here")

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def show(self, mode: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(mode + "\n")
        self.process.stdin.flush()


class Trial:
    """A camera behind a bad network, watched all the time."""

    def __init__(self) -> None:
        self.server = Server()
        self.proxy = Proxy(int(self.server.port))
        source = open_source(f"rtsp://viewer:right@127.0.0.1:{self.proxy.port}/clock", "trial")
        assert isinstance(source, Camera)
        self.camera = source
        self.ages: list[float] = []
        self.states: set[State] = set()

    def watch(self, seconds: float, until: Callable[[], bool] = lambda: False, clocked: bool = True) -> bool:
        """Take frames for so long, or until something is so; whether it was.

        Args:
            clocked: whether the pictures' clock goes.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            frame = self.camera.read(0.1)
            self.states.add(self.camera.state)
            if frame is not None and clocked and self.camera.state is State.LIVE:
                self.ages.append(seconds_old(frame.image))
            if frame is not None and until():
                return True
        return until()

    def is_back(self) -> bool:
        return self.camera.state is State.LIVE and bool(self.ages) and self.ages[-1] < FRESH

    def close(self) -> None:
        self.camera.close()
        self.proxy.close()
        self.server.kill()


def seconds_old(image: np.ndarray) -> float:
    """How long ago the picture was made, as the clock in it tells."""
    blocks = image[4:12].reshape(8, 32, -1, 3)[:, :, 4:12].mean(axis=(0, 2, 3))
    made = int("".join("1" if block > 125 else "0" for block in blocks), 2)
    return ((int(time.time() * 1000) - made) % 2**32) / 1000


def killed(trial: Trial) -> None:
    trial.server.kill()
    trial.watch(LASTS)
    trial.server.start()


def paused(trial: Trial) -> None:
    trial.server.process.send_signal(signal.SIGSTOP)
    trial.watch(LASTS)
    trial.server.process.send_signal(signal.SIGCONT)


def held_up(trial: Trial) -> None:
    trial.proxy.held.set()
    trial.watch(LASTS)
    trial.proxy.held.clear()


def slowed(trial: Trial) -> None:
    trial.proxy.delay = 0.2
    trial.watch(LASTS)
    trial.proxy.delay = 0.0


def slowed_for_long(trial: Trial) -> None:
    """So that new connections are slow too."""
    trial.proxy.delay = 0.2
    trial.watch(6 * LASTS)
    trial.proxy.delay = 0.0


def cut_off(trial: Trial) -> None:
    trial.proxy.cut()
    trial.watch(LASTS)


def of_another_size(trial: Trial) -> None:
    trial.server.kill()
    trial.server.block = 40 - trial.server.block
    trial.server.start()


def other_password(trial: Trial) -> None:
    trial.server.kill()
    trial.server.start("viewer", "other")
    trial.watch(SOON, lambda: State.FAILED in trial.states)
    trial.server.kill()
    trial.server.start("viewer", "right")


def black(trial: Trial) -> None:
    shows(trial, "black")


def frozen(trial: Trial) -> None:
    shows(trial, "frozen")


def shows(trial: Trial, mode: str) -> None:
    trial.server.show(mode)
    trial.watch(LASTS, clocked=False)
    trial.server.show("normal")
    trial.watch(0.5, clocked=False)  # until the last such picture has come through


FAULTS = (killed, paused, held_up, slowed, slowed_for_long, cut_off, of_another_size, other_password, black, frozen)


def trials(count: int) -> tuple[list[Row], Row]:
    """How each fault went, and what this process holds before and after them all."""
    trial, notes = Trial(), dict[str, list[float]]()
    ages = {fault.__name__: list[float]() for fault in FAULTS}
    try:
        if not trial.watch(SOON, trial.is_back):
            raise Skipped(f"the camera cannot be watched at all: {trial.camera.problem}")
        before = resources()
        for fault in islice(cycle(FAULTS), count):
            trial.ages.clear()
            trial.states.clear()
            fault(trial)
            ages[fault.__name__] += trial.ages
            trial.ages.clear()
            began = time.monotonic()
            back = trial.watch(SOON, trial.is_back)
            notes.setdefault(fault.__name__, []).append(time.monotonic() - began if back else np.inf)
            trial.watch(0.5)
            ages[fault.__name__] += trial.ages
        after = resources()
    finally:
        trial.close()
    rows: list[Row] = [
        {
            "fault": name.replace("_", " "),
            "times": len(waits),
            "back again": int(np.isfinite(waits).sum()),
            "back after, median s": float(np.median(waits)),
            "longest s": float(np.max(waits)),
            "shown as live": len(ages[name]),
            "of these older than 1 s": sum(age > FRESH for age in ages[name]),
            "oldest s": max(ages[name]),
        }
        for name, waits in notes.items()
    ]
    return rows, {name: f"{before[name]:.0f} to {after[name]:.0f}" for name in after}


def main(count: int = 100) -> None:
    logging.getLogger("stream").setLevel(logging.ERROR)  # that the camera is lost is what we want here
    reader.LONGEST_WAIT = 3.0  # seconds: a wrong password is tried again sooner, lest this takes an hour
    capture.READ_TIMEOUT = capture.OPEN_TIMEOUT = 3.0

    def bench() -> None:
        rows, held = trials(count)
        report("faults", "A camera that does everything wrong", rows)
        report("faults-held", f"What the program holds, before and after {count} faults", [held])

    run(bench)


if __name__ == "__main__":
    typer.run(main)
