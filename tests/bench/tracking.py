"""How well and how fast faces are followed, beside trackers of others on the same detections.

    python -m tests.bench.tracking

The detections are those of the shipped detector in composed clips, given in every frame and in every tenth.
"""

import math
import subprocess
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
import supervision as sv
import typer
from numpy.typing import NDArray

from models.detector import Detector
from models.manifest import find
from models.runtime import Network
from stream.frame import Recalled, View
from stream.gallery.identity import UNKNOWN
from stream.motion.flow import Flow
from stream.pipeline.hindsight import Hindsight
from stream.pipeline.lookahead import LOOKAHEAD, LookAhead
from stream.pipeline.tracked_faces import tracked_faces
from stream.sources.source import open_source
from stream.watching.pipelines import UNSURE
from tests.bench.common import OUT, Row, console, report, run
from tests.bench.compose import FPS, composed
from tests.bench.offline import detect_all
from tracker import Tracker
from training.evaluate.tracking import Boxes, Clip, follow, measure, read_clips

EVERY = 1, 10
COUNTS = 5, 50, 500
FRAMES = 60  # of a crowd whose updates are timed
PEERS = {  # name: the packages of its environment
    "norfair": ("norfair", "numpy<2"),
    "bytetrack": ("trackers",),
    "sort": ("trackers",),
}

Floats = NDArray[np.float64]


def environment(*packages: str) -> Path | None:
    """A Python with these packages, made in bench-output where it is not yet; None, with a word, where it cannot be."""
    folder = OUT / "environments" / packages[0]
    if not (folder / "made").is_file():
        commands = [[sys.executable, "-m", "venv", folder], [folder / "bin/python", "-m", "pip", "-q", "install"]]
        commands[1] += packages
        if any(subprocess.run(command, check=False).returncode for command in commands):
            console.print(f"{packages[0]} is skipped: pip cannot install {' '.join(packages)}", style="yellow")
            return None
        (folder / "made").touch()
    return folder / "bin/python"


class Peer:
    """A tracker of somebody else, in a Python of its own."""

    def __init__(self, name: str, python: Path, threshold: float) -> None:
        self.name = name
        self._python = python
        self._threshold = threshold

    def follow(self, clip: Clip, every: int) -> tuple[list[Boxes], float]:
        """What it shows in each frame, and the median time of an update in milliseconds."""
        with TemporaryDirectory() as folder:
            given, out = Path(folder) / "in.npz", Path(folder) / "out.npz"
            np.savez(
                given,
                frame=np.repeat(np.arange(len(clip.detections)), [len(found.xyxy) for found in clip.detections]),
                xyxy=np.concatenate([found.xyxy for found in clip.detections]),
                score=np.concatenate([found.scores for found in clip.detections]),
                frames=len(clip.detections),
                fps=clip.fps,
                every=every,
                threshold=self._threshold,
            )
            command = [self._python, Path(__file__).with_name("peer.py"), self.name, given, out]
            subprocess.run(command, check=True)
            with np.load(out) as shown:
                frames = [shown["frame"] == frame for frame in range(len(clip.detections))]
                boxes = [
                    Boxes(shown["id"][here].astype(np.int64), shown["xyxy"][here], np.ones(here.sum()))
                    for here in frames
                ]
                return boxes, 1e3 * float(np.median(shown["seconds"]))


class Ours:
    """This project's tracker, by motion alone."""

    name = "Doorman, motion alone"

    def __init__(self, threshold: float) -> None:
        self._threshold = threshold

    def follow(self, clip: Clip, every: int) -> tuple[list[Boxes], float]:
        """As `Peer.follow`; the time is that of the update and of asking where the tracks are."""
        seconds = []

        class Timed(Tracker):
            def update(self, *detections: object) -> NDArray[np.int64]:
                began = perf_counter()
                ids = super().update(*detections)
                seconds.append(perf_counter() - began)
                return ids

        tracker = Timed(high=self._threshold, low=UNSURE * self._threshold)
        return follow(clip, tracker, every), 1e3 * float(np.median(seconds))


class WithFlow:
    """This project's tracker as the product runs it: between detections the boxes follow the pictures."""

    name = "Doorman"

    def __init__(self, threshold: float) -> None:
        self._threshold = threshold

    def follow(self, clip: Clip, every: int) -> tuple[list[Boxes], float]:
        """As `Peer.follow`; the time is that of a frame's flow and update."""
        tracker, flow = Tracker(high=self._threshold, low=UNSURE * self._threshold), Flow()
        shown, seconds = [], []
        for frame in open_source(str(clip_of(clip))):
            began = perf_counter()
            flow.carry(frame, tracker)
            if frame.index % every == 0:
                found = clip.detections[frame.index]
                tracker.update(found.xyxy, found.scores, frame.t)
            tracks = [track for track in tracker.at(frame.t) if not track.misses]
            seconds.append(perf_counter() - began)
            ids = np.array([track.id for track in tracks], np.int64)
            boxes = np.array([track.box for track in tracks], np.float64).reshape(-1, 4)
            shown.append(Boxes(ids, boxes, np.array([track.score for track in tracks])))
        return shown, 1e3 * float(np.median(seconds))


class WithHindsight:
    """The same as it watches recordings: what a detection tells of the frames before it goes into them."""

    name = "Doorman, recordings"

    def __init__(self, threshold: float) -> None:
        self._threshold = threshold

    def follow(self, clip: Clip, every: int) -> tuple[list[Boxes], float]:
        """As `WithFlow.follow`; without a time, since views are held back."""
        tracker, flow, ahead = Tracker(high=self._threshold, low=UNSURE * self._threshold), Flow(), LookAhead(LOOKAHEAD)
        hindsight, views = Hindsight(tracker, flow), list[View]()
        for frame in open_source(str(clip_of(clip))):
            flow.carry(frame, tracker)
            recalled, is_scanned = list[Recalled](), frame.index % every == 0
            if is_scanned:
                found = clip.detections[frame.index]
                tracker.update(found.xyxy, found.scores, frame.t)
                recalled = hindsight.after_scan(tracker.at(frame.t), frame.t)
            faces = tracked_faces([(track, UNKNOWN) for track in tracker.at(frame.t) if not track.misses], [])
            views += ahead.push(View(frame, faces, is_scanned, recalled=recalled))
        return [_boxes(view.faces) for view in [*views, *ahead.flush()]], math.nan


def _boxes(faces: sv.Detections) -> Boxes:
    ids = np.asarray(faces.tracker_id if len(faces) else [], np.int64)
    return Boxes(ids, faces.xyxy.astype(np.float64), np.ones(len(ids)))


def clip_of(clip: Clip) -> Path:
    """The video of a sequence, whose name is that of its folder and the detector's."""
    return OUT / "-".join(clip.name.split("-")[:2]) / "clip.mp4"


def crowd(count: int) -> Clip:
    """Faces of 40 px that walk to and fro, as dense for every count."""
    random = np.random.default_rng(0)
    centres, velocities = random.uniform(0, 300 * np.sqrt(count), (count, 2)), random.normal(0, 60, (count, 2))
    found = []
    for frame in range(FRAMES):
        middle = centres + velocities * np.sin(frame / FPS) + random.normal(0, 1, (count, 2))
        found.append(Boxes(np.arange(count), np.hstack([middle - 20, middle + 20]), np.full(count, 0.9)))
    return Clip(f"crowd-{count}", FPS, found, found, found)


def quality(trackers: list[Ours | WithFlow | WithHindsight | Peer], clips: list[Clip]) -> Iterator[Row]:
    for every, tracker in product(EVERY, trackers):
        figures = measure(clips, [tracker.follow(clip, every)[0] for clip in clips])
        yield {
            "detections": f"every {every}",
            "tracker": tracker.name,
            "MOTA": figures["mota"],
            "IDF1": figures["idf1"],
            "HOTA": figures["hota"],
            "switches": figures["id_switches"],
            "false": figures["false_positives"],
            "missed": figures["misses"],
        }


def speed(trackers: list[Ours | Peer]) -> Iterator[Row]:
    crowds = {count: crowd(count) for count in COUNTS}
    for tracker in trackers:
        times = {f"{count} boxes, ms": tracker.follow(clip, every=1)[1] for count, clip in crowds.items()}
        yield {"tracker": tracker.name, **times}


def main(seeds: int = 1) -> None:
    def bench() -> None:
        detector = Detector(Network(find("detection", None)))
        clips = [clip for seed in range(seeds) for clip in read_clips(detect_all(composed(seed), detector))]
        trackers: list[Ours | Peer] = [Ours(detector.threshold)]
        for name, packages in PEERS.items():
            if (python := environment(*packages)) is not None:
                trackers.append(Peer(name, python, detector.threshold))
        ours: list[Ours | WithFlow | WithHindsight | Peer] = [
            WithHindsight(detector.threshold),
            WithFlow(detector.threshold),
        ]
        report("tracking", "Tracking on composed clips", list(quality([*ours, *trackers], clips)))
        report("tracking-speed", "One update, median", list(speed(trackers)))

    run(bench)


if __name__ == "__main__":
    typer.run(main)
